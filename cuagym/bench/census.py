"""What a process has before and after a soak: what must be gone, what may only grow a little."""

from __future__ import annotations

import ctypes
import gc
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cuagym.bench import processes
from cuagym.bench.leftovers import Holdings
from cuagym.sandbox import memory

__all__ = ["Census", "adopting", "left", "snapshots", "temporary"]

_PATIENCE = 10.0
"""Real seconds in which disposals may end after the last close."""
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Census:
    """What this process has, counted.

    Attributes:
        holdings: All of it, by name.
        rss: Bytes of memory that it has, shared ones included.
        pss: Bytes, of which shared ones count in part.
        inotify: Instances of inotify in it and all processes below it.
    """

    holdings: Holdings
    rss: int
    pss: int
    inotify: int

    @classmethod
    def now(cls, temporary: Path) -> Census:
        """Counts."""
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return cls(
            Holdings.now(temporary),
            pages * os.sysconf("SC_PAGE_SIZE"),
            processes.pss([os.getpid()]),
            sum(_inotify(pid) for pid in processes.below(os.getpid())),
        )

    def beyond(self, before: Census) -> dict[str, Any]:
        """By how much each has grown."""
        mine, other = self.holdings, before.holdings
        return {
            "rss_mb": round((self.rss - before.rss) / 1e6, 1),
            "descriptors": len(mine.descriptors) - len(other.descriptors),
            "mounts": len(mine.mounts) - len(other.mounts),
            "inotify": self.inotify - before.inotify,
            "processes": len(mine.processes) - len(other.processes),
        }


def _inotify(pid: int) -> int:
    place, found = f"/proc/{pid}/fd", 0
    with suppress(OSError):
        for number in os.listdir(place):
            with suppress(OSError):
                found += os.readlink(f"{place}/{number}") == "anon_inode:inotify"
    return found


def snapshots() -> Iterator[str]:
    """What this process has in the folder where snapshots are kept and restored from."""
    own = f"{os.getpid()}-*"
    yield from (str(path) for path in memory.base().glob(own))
    yield from (str(path) for path in memory.base().glob(f"*/{own}"))


def left(before: Holdings, folder: Path) -> dict[str, list[str]]:
    """What is there beyond what was before, once all that goes on in the background is done."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        gc.collect()
        found = Holdings.now(folder).beyond(before)
        kept = f"{memory.base()}/"  # on disk where memory has no room; `_snapshots` looks there
        found["files"] = [name for name in found["files"] if not f"{name}/".startswith(kept)]
        if not any(found.values()) or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


@contextmanager
def adopting() -> Iterator[None]:
    """Within it orphans of our descendants become our children, and so are seen."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


@contextmanager
def temporary() -> Iterator[Path]:
    """Within it temporary files of this process and its children lie in a folder of their own."""
    kept = os.environ.get("TMPDIR")
    with tempfile.TemporaryDirectory(prefix="cuagym-soak-") as folder:
        os.environ["TMPDIR"], tempfile.tempdir = folder, None
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = None
            if kept is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = kept
