"""Text documents: docx, odt, doc, rtf, txt."""

from __future__ import annotations

from cuagym.envs.formats._containers import Odf, Ole, Ooxml, Text

__all__ = ["Doc", "Docx", "Odt", "Rtf", "Txt"]


class Docx(Ooxml):
    """A document of Word 2007 and later."""

    suffix = copy = ".docx"
    filter = "MS Word 2007 XML"
    kind, main, folder = "document", b"wordprocessingml.document.main+xml", "word"


class Odt(Odf):
    """An OpenDocument text."""

    suffix, copy = ".odt", ".docx"
    filter = "writer8"
    kind = "text"


class Doc(Ole):
    """A document of Word before 2007."""

    suffix, copy = ".doc", ".docx"
    filter = "MS Word 97"
    kind = "a Word 97 document"


class Rtf(Text):
    """Rich text."""

    suffix, copy = ".rtf", ".docx"
    filter = "Rich Text Format"

    def problem(self, data: bytes) -> str:
        """Whether it begins as one."""
        return "" if data.startswith(b"{\\rtf") else "it does not begin as rich text does"


class Txt(Text):
    """Plain text in UTF-8."""

    suffix, copy = ".txt", ".docx"
    filter, options = "Text (encoded)", "UTF8,LF,,,"
