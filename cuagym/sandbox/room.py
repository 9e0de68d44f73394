"""How many desktops fit on the machine at once: what the kernel hands out only so many of."""

from __future__ import annotations

import resource
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cuagym.errors import UsageError
from cuagym.sandbox import memory

__all__ = ["Limit", "limits", "reserve"]

# What a desktop takes at most, counted on the four applications (a browser has the most threads).
_MEMORY = 100 << 20
_THREADS = 110
_INOTIFY = 1
_KEYRINGS = 1
_DESCRIPTORS = 16
_OTHERS = 200
"""Descriptors that the process needs besides, and threads that the machine does."""


@dataclass(frozen=True)
class Limit:
    """One thing of which there is only so much.

    Attributes:
        of: What.
        desktops: For how many desktops there is enough of it.
        fix: What raises it.
    """

    of: str
    desktops: int
    fix: str


def limits() -> list[Limit]:
    """Return all of them, the tightest first. Other programs of the machine share most of them."""
    threads = min(_number("kernel/pid_max"), _number("kernel/threads-max"))
    found = [
        Limit(
            "free memory",
            memory.available() // _MEMORY,
            f"a desktop takes {_MEMORY >> 20} MiB and more",
        ),
        Limit(
            "inotify instances of one user",
            _number("fs/inotify/max_user_instances") // _INOTIFY,
            "sysctl -w fs.inotify.max_user_instances=1024",
        ),
        Limit(
            "threads",
            max(0, threads - _OTHERS) // _THREADS,
            "sysctl -w kernel.pid_max=4194304",
        ),
        Limit(
            "keyrings of one user",
            _number("kernel/keys/maxkeys") // _KEYRINGS,
            "sysctl -w kernel.keys.maxkeys=2000",
        ),
        Limit(
            "open files of this process",
            max(0, _most_open_files() - _OTHERS) // _DESCRIPTORS,
            "ulimit -Hn 65536",
        ),
    ]
    return sorted(found, key=lambda limit: limit.desktops)


def reserve(desktops: int) -> None:
    """Make sure that so many fit, and let this process open as many files as they take.

    Raises:
        UsageError: They do not; it says what there is too little of.
    """
    tightest = limits()[0]
    if tightest.desktops < desktops:
        raise UsageError(
            f"{desktops} desktops do not fit on this machine at once: there are only enough"
            f" {tightest.of} for about {tightest.desktops} ({tightest.fix})"
        )
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    need = _OTHERS + desktops * _DESCRIPTORS
    if soft != resource.RLIM_INFINITY and soft < need:
        resource.setrlimit(resource.RLIMIT_NOFILE, (need, hard))


def _most_open_files() -> int:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return 1 << 30 if hard == resource.RLIM_INFINITY else hard


def _number(name: str) -> int:
    with suppress(OSError, ValueError):
        return int(Path("/proc/sys", name).read_text().split()[0])
    return 1 << 30  # not known here: then it does not limit
