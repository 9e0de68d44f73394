"""CUA-PowerPoint: LibreOffice Impress."""

from __future__ import annotations

from cuagym.envs.office import Office


class App(Office):
    """LibreOffice Impress with one presentation."""

    name = "powerpoint"
    module = "--impress"
    window = "LibreOffice Impress"
    compared = ".pptx"
    suffixes = (".pptx", ".odp", ".ppt")
    pdf = "impress_pdf_Export"
