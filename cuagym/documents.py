"""Whether a file is what its name says: a look at its container, without any application.

A document is looked at before an application opens it, because an application that is handed a
damaged file answers with a dialog, or guesses.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from openpyxl import Workbook

__all__ = ["MAX_BYTES", "MAX_UNPACKED", "SUFFIXES", "problem", "stable_zip", "workbook_bytes"]

MAX_BYTES: Final = 64 * 2**20
"""The largest document that is opened or graded."""
MAX_UNPACKED: Final = 1024 * 2**20
"""The most that a document's archive may unpack to: beyond it is a bomb, not a workbook."""

_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_ODS: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_XLSX_MAIN: Final = b"spreadsheetml.sheet.main+xml"


def _archive(data: bytes) -> zipfile.ZipFile | str:
    """Return the archive, or what is wrong with it."""
    if data.startswith(_OLE):
        return "it is an OLE file, as an older format or a password gives; neither can be read"
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
        size = sum(e.file_size for e in entries)
        if size > MAX_UNPACKED:
            return f"it unpacks to {size:,} bytes, more than the {MAX_UNPACKED:,} allowed"
        if any(e.flag_bits & 1 for e in entries):
            return "it is protected by a password"
        damaged = archive.testzip()
    except Exception as e:  # zipfile raises whatever its decompressors do
        return f"it is not a readable zip archive ({e or type(e).__name__})"
    return f"its part {damaged!r} is damaged" if damaged else archive


def _xlsx(data: bytes) -> str:
    archive = _archive(data)
    if isinstance(archive, str):
        return archive
    try:
        types = archive.read("[Content_Types].xml")
    except KeyError:
        return "it is a zip archive, but not an Office document: [Content_Types].xml is missing"
    return "" if _XLSX_MAIN in types else "it is an Office document, but not a workbook"


def _ods(data: bytes) -> str:
    archive = _archive(data)
    if isinstance(archive, str):
        return archive
    names = archive.namelist()
    if "mimetype" not in names or not archive.read("mimetype").startswith(_ODS):
        return "it is a zip archive, but not an OpenDocument spreadsheet"
    if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read(
        "META-INF/manifest.xml"
    ):
        return "it is protected by a password"
    return "" if "content.xml" in names else "its content.xml is missing"


def _xls(data: bytes) -> str:
    return "" if data.startswith(_OLE) else "it does not begin as an Excel 97 workbook does"


def _csv(data: bytes) -> str:
    return "it holds NUL bytes: not text" if b"\0" in data else ""


_CHECKS: Final[dict[str, Callable[[bytes], str]]] = {
    ".csv": _csv,
    ".ods": _ods,
    ".xls": _xls,
    ".xlsx": _xlsx,
}

SUFFIXES: Final = tuple(_CHECKS)
"""The endings of the documents that can be looked at, lower case, with their dot."""


def problem(name: str, data: bytes) -> str:
    """Say what is wrong with a document.

    Args:
        name: Its file name; the ending tells what it ought to be.
        data: Its bytes.

    Returns:
        What is wrong, as a clause that begins with "it" or "its", or "" if nothing is.

    Example:
        >>> problem("sales.xlsx", b"PK")
        'it is not a readable zip archive (File is not a zip file)'
        >>> problem("sales.csv", b"name,amount")
        ''
    """
    check = _CHECKS.get(PurePath(name).suffix.lower())
    if check is None:
        return f"its ending is none of {', '.join(SUFFIXES)}"
    if not data:
        return "it is empty"
    if len(data) > MAX_BYTES:
        return f"it has {len(data):,} bytes, more than the {MAX_BYTES:,} allowed"
    return check(data)


def stable_zip(data: bytes, replace: Callable[[str, bytes], bytes] = lambda _, part: part) -> bytes:
    """Rewrite a zip archive so that equal contents give equal bytes, on every machine.

    Dates go, and so does compression, whose output differs between builds of zlib.

    Args:
        data: The archive.
        replace: Maps an entry's name and contents to the contents to store.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            plain = zipfile.ZipInfo(entry.filename, date_time=(1980, 1, 1, 0, 0, 0))
            plain.external_attr = 0o600 << 16
            plain.create_system = 3
            target.writestr(plain, replace(entry.filename, source.read(entry)))
    return out.getvalue()


def workbook_bytes(workbook: Workbook) -> bytes:
    """Return a workbook as xlsx: equal workbooks give equal bytes, today and tomorrow.

    `Workbook.save` writes the time of day into the archive twice.

    Args:
        workbook: An openpyxl workbook.
    """
    out = io.BytesIO()
    workbook.save(out)

    def undated(name: str, part: bytes) -> bytes:
        if name != "docProps/core.xml":
            return part
        return re.sub(rb">[0-9-]+T[0-9:.]+Z?</dcterms:", b">2024-01-01T00:00:00Z</dcterms:", part)

    return stable_zip(out.getvalue(), undated)
