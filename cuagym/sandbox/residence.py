"""Programs' files are held in memory, so that no thread of a desktop ever waits for a disk.

A thread that waits for one lets the others run, which they would not do where the file is at hand:
what a desktop does next would depend on what the machine happens to keep in its page cache.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import re
import subprocess
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cuagym.sandbox import memory

__all__ = ["begin", "complete", "hold", "wait"]

_SHARE = 4
"""No more than this part of the machine's memory."""

_COMMON = (
    *("/usr/share/fonts", "/usr/share/icons", "/usr/share/mime", "/usr/share/themes"),
    *("/usr/share/X11", "/usr/share/zoneinfo", "/usr/share/zoneinfo-icu", "/usr/lib/locale/C.utf8"),
    *("/usr/share/locale/en", "/usr/share/locale/en_US", "/usr/share/locale/locale.alias"),
    *("/usr/local/share/fonts", "/usr/share/pixmaps", "/usr/share/drirc.d", "/etc/selinux/config"),
    *("/usr/share/glib-2.0", "/usr/share/gtk-3.0", "/etc/fonts", "/var/cache/fontconfig"),
    *("/usr/share/fontconfig", "/usr/lib/xorg", "/usr/lib/os-release"),
    *("/etc/ld.so.cache", "/etc/gtk-3.0", "/etc/X11", "/etc/xdg", "/etc/mime.types"),
)
_PROGRAMS = tuple(f"/usr/bin/{name}" for name in "Xvfb xkbcomp openbox dash find python3".split())
"""What every desktop runs beside its application."""
_BESIDE_LIBRARIES = (
    *("gconv", "gdk-pixbuf-2.0", "gio", "gtk-3.0", "nss", "pulseaudio"),
    *("libsoftokn3.so", "libfreeblpriv3.so", "libnssckbi.so"),
)
"""What libraries load by themselves."""

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


def _hold_trees(tops: Iterable[str]) -> None:
    for top in tops:
        hold([top])  # it may be a file
        for folder, folders, names in os.walk(top):
            hold(os.path.join(folder, name) for name in names)
            for name in folders:  # links, into which the walk does not go
                with suppress(OSError):
                    os.listdir(os.path.join(folder, name))


def _hold_linked(parts: Iterable[str]) -> None:
    """What programs and libraries need elsewhere: any step may be the first to load one."""
    known, places = _libraries(), [Path(part) for part in parts]
    found = {known[place.name] for place in places if place.name in known}
    found |= {str(p) for top in places for p in (top, *top.rglob("*")) if _is_program(p)}
    waiting = sorted(found)
    while waiting:
        hold(waiting)
        needed = {known[name] for name in _needed(waiting, known) if name in known}
        waiting = sorted(needed - found)
        found |= needed
    homes = {os.path.dirname(os.path.realpath(path)) for path in known.values()}
    _hold_trees(os.path.join(home, name) for home in homes for name in _BESIDE_LIBRARIES)


def _is_program(path: Path) -> bool:
    """Or a library, whose name need not tell."""
    if path.is_file():
        with suppress(OSError), path.open("rb") as file:
            return file.read(4) == b"\x7fELF"
    return False


def _libraries() -> dict[str, str]:
    """Paths of the machine's shared libraries by their names, as the loader finds them."""
    told = _told(["/sbin/ldconfig", "-p"])
    return dict(reversed(re.findall(r"^\t(\S+) \(.*\) => (/.*)$", told, re.MULTILINE)))


def _needed(files: Iterable[str], known: dict[str, str]) -> set[str]:
    """The names of the libraries that files are linked with; where they look for them is added."""
    told = _told(["readelf", "--dynamic", "--wide", *files])
    homes = re.findall(r"\((?:RPATH|RUNPATH)\).*\[(.+)\]$", told, re.MULTILINE)
    for home in set(":".join(homes).split(":")):
        for path in Path(home).glob("*.so*") if home.startswith("/") else ():
            known.setdefault(path.name, str(path))
    return set(re.findall(r"\(NEEDED\).*\[(.+)\]$", told, re.MULTILINE))


def _told(command: list[str]) -> str:
    """What a program prints; "" if it is not there: then what it would tell is not held."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            env={"LC_ALL": "C", "PATH": os.defpath},
        )
    except (OSError, RuntimeError):  # the latter while the interpreter ends
        return ""
    return done.stdout


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


def _hold_program(folders: tuple[str, ...]) -> None:
    python = os.path.basename(os.path.realpath("/usr/bin/python3"))
    files = (path for path in folders if "/" in path)
    _hold_trees((*_PROGRAMS, *_COMMON, f"/usr/lib/{python}", *files))
    if not _refused:
        _hold_linked((*_PROGRAMS, *folders))


def begin(folders: tuple[str, ...]) -> None:
    """Begin to read a program's folders, in the background; once in each process."""
    with _lock:
        if folders in _readers:
            return
        reader = threading.Thread(
            target=_hold_program, args=(folders,), name="cuagym-residence", daemon=True
        )
        reader.start()
        _readers[folders] = reader


def wait(folders: tuple[str, ...]) -> None:
    """Wait until all is read that `begin` began to read.

    Before the first program of a desktop runs: threads are numbered as they are born, in whatever
    order they were let run.
    """
    _readers[folders].join()


def complete(folders: tuple[str, ...], root: int) -> None:
    """Hold what the program has mapped elsewhere, too; once in each process.

    Args:
        folders: The same as for `begin`.
        root: A process; its descendants count too.
    """
    wait(folders)
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
