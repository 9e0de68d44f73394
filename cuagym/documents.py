"""Whether a file is what its name says: a look at its container, without any application.

A document is looked at before an application opens it, because an application that is handed a
damaged file answers with a dialog, or guesses.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from cuagym.errors import TaskError, nearest

if TYPE_CHECKING:
    from openpyxl import Workbook

__all__ = [
    "MAX_BYTES",
    "MAX_UNPACKED",
    "SUFFIXES",
    "digest",
    "problem",
    "read",
    "stable_zip",
    "undated",
    "workbook_bytes",
]

MAX_BYTES: Final = 64 * 2**20
"""The largest document that is opened or graded."""
MAX_UNPACKED: Final = 1024 * 2**20
"""The most that a document's archive may unpack to: beyond it is a bomb, not a workbook."""
_SMALL: Final = 64 * 2**20
_MAX_RATIO: Final = 200
"""How many times its size an archive may unpack to, from `_SMALL` on; tables reach about 30."""

_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_ODS: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_STORED_AT: Final = re.compile(rb">[0-9-]+T[0-9:.]+Z?</(dcterms|dc|meta):")
_XLSX_MAIN: Final = b"spreadsheetml.sheet.main+xml"
_MACROS: Final = "xl/vbaProject.bin"
_KINDS: Final = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def _fits(data: bytes, size: int) -> bool:
    """Whether an archive may be unpacked, to so many bytes."""
    return size <= min(MAX_UNPACKED, max(_SMALL, _MAX_RATIO * len(data)))


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
        if not _fits(data, size):
            return f"it unpacks to {size:,} bytes, more than {_MAX_RATIO} times its own size"
        if any(e.flag_bits & 1 for e in entries):
            return "it is protected by a password"
        damaged = archive.testzip()
    except Exception as e:  # zipfile raises whatever its decompressors do
        return f"it is not a readable zip archive ({e or type(e).__name__})"
    return f"its part {damaged!r} is damaged" if damaged else archive


def _ill_formed(archive: zipfile.ZipFile) -> str:
    """Say which part of an Office document is no XML, "" if all are.

    LibreOffice shows what it read before the error, without a word, where Excel refuses the file.
    A document type, which no Office document has, is what bombs and references to files need.
    """

    def refuse(*_: object) -> None:
        raise ValueError("it has a document type")

    for name in archive.namelist():
        if not name.endswith((".xml", ".rels")):
            continue
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = refuse
        try:
            with archive.open(name) as part:
                parser.ParseFile(part)
        except (ValueError, expat.ExpatError) as e:
            return f"its part {name!r} is damaged ({e})"
    return ""


def _xlsx(data: bytes) -> str:
    archive = _archive(data)
    if isinstance(archive, str):
        return archive
    try:
        types = archive.read("[Content_Types].xml")
    except KeyError:
        return "it is a zip archive, but not an Office document: [Content_Types].xml is missing"
    if _MACROS in archive.namelist():
        return f"it holds macros ({_MACROS}): save it as a workbook without them"
    if _XLSX_MAIN not in types:
        return "it is an Office document, but not a workbook"
    return _ill_formed(archive)


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


def _read(descriptor: int) -> bytes:
    """Return what a file holds, one byte more than allowed at most."""
    with open(descriptor, "rb", closefd=False) as file:
        return file.read(MAX_BYTES + 1)


def read(path: Path, kind: str = "file") -> bytes:
    """Return the bytes of a user's file, of at most `MAX_BYTES`.

    Args:
        path: Where it is.
        kind: What errors call it.

    Raises:
        TaskError: If it is missing (the nearest name beside it is told), no regular file,
            unreadable or too large.
    """
    shown = f"{kind} {str(path)!r}"
    try:
        # A named pipe without a writer must not hold us up.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            other = _KINDS.get(stat.S_IFMT(os.fstat(descriptor).st_mode))
            data = b"" if other else _read(descriptor)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        if path.is_symlink():
            raise TaskError(f"{shown} is a link to nothing: {os.readlink(path)!r}") from None
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise TaskError(f"there is no {shown}{nearest(path.name, beside)}") from None
    except OSError as e:
        why = "its symbolic links are cyclic" if e.errno == errno.ELOOP else e.strerror
        raise TaskError(f"{shown} cannot be read: {why}") from None
    except ValueError as e:  # a NUL in the path
        raise TaskError(f"{shown} cannot be read: {e}") from None
    if other:
        raise TaskError(f"{shown} cannot be read: it is {other}, not a regular file")
    if len(data) > MAX_BYTES:
        raise TaskError(f"{shown} cannot be read: it has more than the {MAX_BYTES:,} bytes allowed")
    return data


def digest(data: bytes, without: str = "") -> str:
    """Return a hash of what a file holds, whenever and however densely it was stored.

    Of an archive these are the names and contents of its entries; their dates are not. What is no
    archive, or unpacks to more than a document may, is taken as it is.

    Args:
        data: The file.
        without: The beginning of entries' names that do not count, if any.
    """
    total = hashlib.sha256()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if not _fits(data, sum(e.file_size for e in entries)):
                raise ValueError("it unpacks to too much")
            for entry in entries:
                if without and entry.filename.startswith(without):
                    continue
                with archive.open(entry) as stream:
                    part = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
                total.update(f"{entry.filename}\0{part}\n".encode())
    except Exception:  # zipfile raises whatever its decompressors do
        total = hashlib.sha256(data)
    return total.hexdigest()


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


def undated(name: str, part: bytes) -> bytes:
    """Return an entry of an Office document without the times at which it was made and stored.

    Args:
        name: The entry's name.
        part: Its contents.
    """
    if name not in ("docProps/core.xml", "meta.xml"):
        return part
    return _STORED_AT.sub(rb">2024-01-01T00:00:00Z</\1:", part)


def workbook_bytes(workbook: Workbook) -> bytes:
    """Return a workbook as xlsx: equal workbooks give equal bytes, today and tomorrow.

    `Workbook.save` writes the time of day into the archive twice.

    Args:
        workbook: An openpyxl workbook.
    """
    out = io.BytesIO()
    workbook.save(out)
    return stable_zip(out.getvalue(), undated)
