"""What is done to a document as a file, whatever its format: read, hashed, made stable."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cuagym.errors import TaskError, nearest

if TYPE_CHECKING:
    from openpyxl import Workbook

__all__ = [
    "MAX_BYTES",
    "MAX_RATIO",
    "MAX_UNPACKED",
    "digest",
    "fits",
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
MAX_RATIO: Final = 200
"""How many times its size an archive may unpack to, from `_SMALL` on; tables reach about 30."""

_STORED_AT: Final = re.compile(rb">[0-9-]+T[0-9:.]+Z?</(dcterms|dc|meta):")
_KINDS: Final = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def fits(data: bytes, size: int) -> bool:
    """Whether an archive may be unpacked, to so many bytes."""
    return size <= min(MAX_UNPACKED, max(_SMALL, MAX_RATIO * len(data)))


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
            if not fits(data, sum(e.file_size for e in entries)):
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
