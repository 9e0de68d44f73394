"""Folders in memory: where snapshots are written, and what CRIU remembers of the kernel."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

from cuagym.errors import Fault
from cuagym.sandbox import folders
from cuagym.sandbox.folders import Folder

__all__ = ["available", "base", "claim", "run_folder", "sweep", "total"]

_SHM = Path("/dev/shm")


def base() -> Path:
    """Return a folder of this user's in memory, or on disk where there is none; made if need be.

    Raises:
        Fault: Somebody else has made it: what root reads and runs must not be theirs.
    """
    place = _SHM if os.access(_SHM, os.W_OK) and _roomy(_SHM) else Path(tempfile.gettempdir())
    folder = place / f"cuagym-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    seen = folder.lstat()
    if seen.st_uid != os.geteuid() or not stat.S_ISDIR(seen.st_mode) or seen.st_mode & 0o022:
        raise Fault(f"{folder} belongs to somebody else or is writable by others: remove it")
    return folder


def _roomy(place: Path) -> bool:
    """Whether it could ever hold some snapshots: containers often have 64 MB there."""
    room = os.statvfs(place)
    return room.f_blocks * room.f_frsize >= 1 << 30


def run_folder() -> Path:
    """Return the folder that CRIU has at /run: its tar, nobody to the host, must pass through."""
    folder = base() / "run"
    folder.mkdir(mode=0o711, exist_ok=True)
    folder.chmod(0o711)
    return folder


def _images() -> Path:
    return base() / "images"


def claim(need: int) -> Folder:
    """Make a folder for what shall be written to memory; it is ours until it is removed.

    Args:
        need: How many bytes may be written.

    Raises:
        OSError: If it cannot be made, or there is too little room (ENOSPC).
    """
    place = base()
    room = os.statvfs(place)
    free = room.f_bavail * room.f_frsize
    if place.is_relative_to(_SHM):
        free = min(free, available())
    if free < need:
        said = f"about {need >> 20} MiB are needed for a snapshot, {free >> 20} MiB are free"
        raise OSError(errno.ENOSPC, said, str(place))
    return folders.claim(_images())


def total() -> int:
    """Return the machine's memory in bytes."""
    return _told("MemTotal")


def available() -> int:
    """Return how many bytes of memory programs can still have, without swapping."""
    return _told("MemAvailable")


def _told(name: str) -> int:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) << 10
    return 0


def sweep() -> None:
    """Remove what processes that were killed have left in memory."""
    for folder in folders.abandoned(_images()):
        folder.remove()
