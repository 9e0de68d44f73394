"""CUA-Word: LibreOffice Writer."""

from __future__ import annotations

from cuagym.envs.office import Office


class App(Office):
    """LibreOffice Writer with one text document."""

    name = "word"
    module = "--writer"
    window = "LibreOffice Writer"
    compared = ".docx"
    suffixes = (".docx", ".odt", ".doc", ".rtf", ".txt")
    pdf = "writer_pdf_Export"
