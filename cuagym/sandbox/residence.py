"""Programs' files are held in memory, so that no thread of a desktop ever waits for a disk.

A thread that waits for one lets the others run, which they would not do where the file is at hand:
what a desktop does next would depend on what the machine happens to keep in its page cache.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cuagym.sandbox import memory

__all__ = ["begin", "complete", "hold"]

_SHARE = 4
"""No more than this part of the machine's memory."""

_COMMON = (
    "/usr/share/fonts",
    "/usr/share/icons",
    "/usr/share/mime",
    "/usr/share/X11",
    "/usr/share/zoneinfo-icu",
)

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
_libc.mlock.argtypes = _libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
_FAILED = ctypes.c_void_p(-1).value

_lock, _holding = threading.Lock(), threading.Lock()
_held: set[tuple[int, int]] = set()
_bytes, _refused = 0, False
_readers: dict[tuple[str, ...], threading.Thread] = {}
_complete: set[tuple[str, ...]] = set()


def hold(paths: Iterable[str]) -> None:
    """Keep files in memory until this process ends. Those that are held already cost nothing.

    Where that is not allowed (ordinary users may not), or would take too much of the machine's
    memory, the rest is left to the page cache.

    Args:
        paths: Files; what is not there, or is no regular file, is passed over.
    """
    most = memory.total() // _SHARE
    with _holding:
        for path in paths:
            if _refused or _bytes > most:
                return
            _hold(path)


def _hold(path: str) -> None:
    global _bytes, _refused
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return
    try:
        seen = os.fstat(fd)
        which = seen.st_dev, seen.st_ino
        if which in _held or not os.path.isfile(path) or not seen.st_size:
            return
        place = _libc.mmap(None, seen.st_size, mmap.PROT_READ, mmap.MAP_SHARED, fd, 0)
        if place == _FAILED:
            return
        if _libc.mlock(place, seen.st_size):
            _libc.munmap(place, seen.st_size)
            _refused = True
            return
        _held.add(which)
        _bytes += seen.st_size
    finally:
        os.close(fd)


def _hold_trees(folders: Iterable[str]) -> None:
    for top in folders:
        for folder, _, names in os.walk(top):
            hold(os.path.join(folder, name) for name in names)


def _hold_mapped(root: int) -> None:
    """What of /usr a process and its descendants have mapped: programs, libraries and fonts."""
    waiting, found = [root], set[str]()
    while waiting:
        place = Path("/proc", str(waiting.pop()))
        with suppress(OSError):  # it has ended
            for children in place.glob("task/*/children"):
                waiting += map(int, children.read_text().split())
            for line in (place / "maps").read_text(errors="replace").splitlines():
                if "/usr/" in line and (path := line.split(None, 5)[5]).startswith("/usr/"):
                    found.add(path)
    hold(sorted(found))


def begin(folders: tuple[str, ...]) -> None:
    """Begin to read a program's folders, in the background; once in each process."""
    with _lock:
        if folders in _readers:
            return
        reader = threading.Thread(
            target=_hold_trees, args=((*folders, *_COMMON),), name="cuagym-residence", daemon=True
        )
        reader.start()
        _readers[folders] = reader


def complete(folders: tuple[str, ...], root: int) -> None:
    """Wait until all is read, and what the program has mapped elsewhere.

    Args:
        folders: The same as for `begin`.
        root: A process; its descendants count too.
    """
    _readers[folders].join()
    with _lock:
        first = folders not in _complete
        _complete.add(folders)
    if first:
        _hold_mapped(root)


def _in_child() -> None:
    """A fork has none of the locked memory, and no thread that reads."""
    global _lock, _holding, _bytes, _refused
    _lock, _holding = threading.Lock(), threading.Lock()
    _bytes, _refused = 0, False
    for each in (_held, _readers, _complete):
        each.clear()


os.register_at_fork(after_in_child=_in_child)
