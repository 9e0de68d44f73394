"""The private folders of runc's sandboxes and of snapshots, and whose they are.

Below one base there is a folder per sandbox (below another one per snapshot), and its owner holds a
lock on it for as long as the owner lives: the kernel gives the lock up even for a process that was
killed, and so the next start anywhere on the machine knows what to sweep.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cuagym.errors import Fault

_BASE = Path("/run/cuagym")
_PASS = 0o711
"""A sandbox's user passes through these folders and cannot look around."""


def _base() -> Path:
    # Not $XDG_RUNTIME_DIR: a sandbox's user must be able to pass through, if not to look around.
    if os.access(_BASE.parent, os.W_OK):
        return _BASE
    return Path(tempfile.gettempdir()) / f"cuagym-{os.geteuid()}"


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


@contextmanager
def _locked_base(how: int, base: Path) -> Iterator[Path]:
    """The base folder under a lock; BlockingIOError if LOCK_NB is in `how` and it is taken."""
    fd = _lock_base(base, how)
    while fd is None:
        fd = _lock_base(base, how)
    try:
        yield base
    finally:
        os.close(fd)


def _lock_base(base: Path, how: int) -> int | None:
    """Makes, opens and locks the base folder; None if somebody has removed it meanwhile."""
    with ExitStack() as stack:
        base.mkdir(mode=_PASS, exist_ok=True)
        try:
            fd = _opened(base)
            stack.callback(os.close, fd)
            seen = os.fstat(fd)
            if seen.st_uid != os.geteuid() or seen.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                raise Fault(f"{base} belongs to somebody else or is writable by others: remove it")
            if stat.S_IMODE(seen.st_mode) != _PASS:  # the umask was stricter
                os.fchmod(fd, _PASS)
            fcntl.flock(fd, how)
            if not os.path.samestat(seen, base.stat()):
                return None
        except FileNotFoundError:
            return None
        stack.pop_all()
        return fd


@dataclass(frozen=True)
class Folder:
    """The folder of one sandbox, ours by the lock that `fd` holds.

    A fork of its owner has a copy of this object, but not the folder.
    """

    path: Path
    fd: int
    owner: int = field(default_factory=os.getpid)

    @property
    def name(self) -> str:
        """The sandbox's name."""
        return self.path.name

    def remove(self) -> None:
        """Removes the folder and gives the lock up.

        Raises:
            Fault: If something is mounted below it: what is behind a mount is not ours to delete.
        """
        if os.getpid() != self.owner:
            return
        try:
            mounts = Path("/proc/self/mountinfo").read_text()
            if f" {self.path}/" in mounts:
                raise Fault(f"something is still mounted below {self.path}; it was left there")
            shutil.rmtree(self.path)
        finally:
            os.close(self.fd)


def claim(base: Path | None = None) -> Folder:
    """Makes the folder of a new sandbox, or of something else below another base.

    Raises:
        OSError: If it cannot be made.
    """
    # No sweep between making and locking.
    with _locked_base(fcntl.LOCK_SH, base or _base()) as base:
        path = base / f"{os.getpid()}-{secrets.token_hex(4)}"
        path.mkdir()
        try:
            path.chmod(_PASS)
            fd = _opened(path)
        except BaseException:
            path.rmdir()
            raise
        fcntl.flock(fd, fcntl.LOCK_EX)
        return Folder(path, fd)


def abandoned(base: Path | None = None) -> list[Folder]:
    """The folders whose owners have died, now ours."""
    base = base or _base()
    if not base.is_dir():
        return []
    try:
        with _locked_base(fcntl.LOCK_EX | fcntl.LOCK_NB, base):
            return [f for path in base.iterdir() if (f := _seize(path))]
    except BlockingIOError:  # somebody starts or sweeps right now; the next start will do
        return []


def _seize(path: Path) -> Folder | None:
    try:
        fd = _opened(path)
    except OSError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    if not path.exists():  # its owner has just removed it and let go
        os.close(fd)
        return None
    return Folder(path, fd)


def when_empty(also: Callable[[], None]) -> None:
    """If no sandbox is left on the machine: calls `also` and removes the base folder."""
    if not _base().is_dir():
        return
    try:
        with _locked_base(fcntl.LOCK_EX | fcntl.LOCK_NB, _base()) as base:
            if not any(base.iterdir()):
                also()
                base.rmdir()
    except BlockingIOError:
        pass
