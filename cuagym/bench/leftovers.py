"""What this process has on the machine, to compare before and after: is anything left behind?"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

from cuagym.bench import processes

__all__ = ["Holdings"]

_RUN = "/run/cuagym"
_CGROUPS = "/sys/fs/cgroup"


@dataclass(frozen=True)
class Holdings:
    """Everything of one moment, as texts for people.

    What other processes of the machine make meanwhile is left out where it can be told apart: a
    sandbox's folder, mounts and control groups bear the pid of its owner.

    Attributes:
        processes: Descendants of this process, dead ones that nobody has waited for included.
        threads: Of this process.
        descriptors: Of this process, with what they are.
        mounts: Mount points, those of other owners' sandboxes left out.
        files: In the folder of temporary files.
        sandboxes: Folders and control groups of this process's sandboxes.
        shared_memory: Files of /dev/shm, and System V segments.
    """

    processes: frozenset[str]
    threads: frozenset[str]
    descriptors: frozenset[str]
    mounts: frozenset[str]
    files: frozenset[str]
    sandboxes: frozenset[str]
    shared_memory: frozenset[str]

    @classmethod
    def now(cls, temporary: Path) -> Holdings:
        """Looks.

        Args:
            temporary: The folder of temporary files; one that nobody else uses.
        """
        return cls(
            processes=frozenset(
                f"{pid} {processes.name(pid)}{_dead(pid)}"
                for pid in processes.below(os.getpid(), itself=False)
            ),
            threads=frozenset(f"{t.native_id} {t.name}" for t in threading.enumerate())
            | frozenset(f"{tid} {_thread_name(tid)}" for tid in _unknown_threads()),
            descriptors=frozenset(_descriptors()),
            mounts=frozenset(_mounts()),
            files=frozenset(str(p) for p in temporary.rglob("*")),
            sandboxes=frozenset(_sandboxes()),
            shared_memory=frozenset(_shared_memory()),
        )

    def beyond(self, before: Holdings) -> dict[str, list[str]]:
        """By kind, what is there now and was not before; kinds without anything included."""
        return {
            f.name: sorted(getattr(self, f.name) - getattr(before, f.name)) for f in fields(self)
        }


def _unknown_threads() -> list[str]:
    """Threads that Python does not know of: native code's."""
    known = {str(t.native_id) for t in threading.enumerate()}
    return [tid for tid in os.listdir("/proc/self/task") if tid not in known]


def _dead(pid: int) -> str:
    """Who has not waited for it, if it has ended."""
    with suppress(OSError):
        state, parent, *_ = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        if state == "Z":
            return f" (ended; {processes.name(int(parent))} {parent} has not waited for it)"
    return ""


def _thread_name(tid: str) -> str:
    with suppress(OSError):
        return Path(f"/proc/self/task/{tid}/comm").read_text().strip()
    return ""


def _descriptors() -> Iterator[str]:
    for number in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # the one that lists them is closed by now
            yield f"{number} {os.readlink(f'/proc/self/fd/{number}')}"


def _mounts() -> Iterator[str]:
    own = f"{_RUN}/{os.getpid()}-"
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        place = line.split()[4]
        if not place.startswith(f"{_RUN}/") or place.startswith(own):
            yield place


def _sandboxes() -> Iterator[str]:
    own = f"{os.getpid()}-"
    bases = [Path(_RUN), *Path(_CGROUPS).glob("cuagym"), *Path(_CGROUPS).glob("*/cuagym")]
    for base in bases:
        with suppress(OSError):
            yield from (str(p) for p in base.iterdir() if p.name.startswith(own))


def _shared_memory() -> Iterator[str]:
    with suppress(OSError):
        yield from (f"/dev/shm/{name}" for name in os.listdir("/dev/shm"))
    with suppress(OSError):
        segments = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
        yield from (f"System V segment {line.split()[1]}" for line in segments)
