"""Runs many episodes in one process and looks what they leave behind.

Episodes end in every way: graded, given up half-way by a reset, and with the env closed while the
next desktop is being prepared. At the end nothing may be there that was not there at the beginning.
By restore, a few task instances come again and again: twice in a row, so that one is restored when
it is wanted and one ahead of time. Their snapshots must be gone as soon as the env is closed.
"""

from __future__ import annotations

import ctypes
import gc
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cuagym.bench import processes
from cuagym.bench.leftovers import Holdings
from cuagym.bench.replay import Plan
from cuagym.bench.subject import Say, Subject
from cuagym.sandbox import memory

if TYPE_CHECKING:
    from cuagym.env import DesktopEnv
    from cuagym.task import TaskInstance

__all__ = ["measure"]

_PATIENCE = 10.0
"""Real seconds in which disposals may end after the last close."""
_PER_ENV = 10
"""Episodes of one env, before it is closed and another one made."""
_PER_ENV_RESTORED = 25
"""The same by restore, where an env's first episodes are no restores."""
_INSTANCES = 2
"""Task instances of one env that come again, by restore."""
_ABANDONED_AFTER = 5
_PR_SET_CHILD_SUBREAPER = 36


@dataclass
class _Course:
    """How the episodes went.

    Attributes:
        faults: What failed.
        graded: Episodes that were played to their end.
        successes: Those of them that succeeded.
        modes: How many resets went which way.
        snapshots: What was left of snapshots when an env had been closed.
    """

    faults: list[str] = field(default_factory=list)
    graded: int = 0
    successes: int = 0
    modes: Counter[str] = field(default_factory=Counter)
    snapshots: set[str] = field(default_factory=set)


def measure(
    subject: Subject, episodes: int, seed: int, say: Say, restore: bool = False
) -> dict[str, Any]:
    """Runs the episodes and returns what `cuagym bench soak` prints.

    Args:
        subject: What is run.
        episodes: How many; every other one is played to its end and graded.
        seed: Of the first env.
        say: Where progress goes.
        restore: Whether the same few task instances come again.

    Raises:
        Fault: A desktop did not start.
    """
    course, per_env = _Course(), _PER_ENV_RESTORED if restore else _PER_ENV
    with _adopting(), _temporary() as folder:
        memory.run_folder()  # small, and there to stay
        before, warm = _Census.now(folder), None
        for first in range(0, episodes, per_env):
            with closing(subject.make(prepare=1)) as env:
                instances: list[TaskInstance] = []
                for index in range(first, min(first + per_env, episodes)):
                    options = _options(env, index - first, instances) if restore else {}
                    drawn = seed + first if index == first else None
                    fault = _episode(env, subject, index, drawn, options, course)
                    say(f"{index + 1} of {episodes} episodes" + (f": {fault}" if fault else ""))
                course.modes += Counter(env.reset_modes)
            course.snapshots |= set(_snapshots())
            warm = warm or _Census.now(folder)
        left = {**_left(before.holdings, folder), "snapshots": sorted(course.snapshots)}
        after = _Census.now(folder)
    return {
        "episodes": episodes,
        "graded": course.graded,
        "successes": course.successes,
        "modes": dict(course.modes),
        "faults": len(course.faults),
        "faulty": course.faults,
        "left_behind": sum(len(names) for names in left.values()),
        "left": left,
        "own_pss_growth_mb": round((after.pss - before.pss) / 1e6, 1),
        "growth": after.beyond(before),
        "growth_since_first_env": after.beyond(warm) if warm else None,
    }


def _options(env: DesktopEnv, number: int, instances: list[TaskInstance]) -> dict[str, Any]:
    """What the number-th reset of an env is told, so that its first instances come again."""
    if 1 <= number <= _INSTANCES:
        instances.append(env.instance)
    if number < _INSTANCES:
        return {}
    return {"task": instances[number // 2 % _INSTANCES]}


def _episode(
    env: DesktopEnv,
    subject: Subject,
    index: int,
    seed: int | None,
    options: dict[str, Any],
    course: _Course,
) -> str:
    """Plays one episode to its end, or gives it up; its fault."""
    finish = index % 2 == 0
    _, info = env.reset(seed=seed, options=options)
    plan = Plan("oracle" if finish else "mix", index, 10**6 if finish else _ABANDONED_AFTER)
    for turn in plan.turns(env, subject):
        _, _, terminated, truncated, info = env.step_turn(turn)
        if terminated or truncated:
            course.graded += 1
            course.successes += info["is_success"]
            break
    if info["fault"]:
        course.faults.append(f"episode {index}: {info['fault']}")
    return str(info["fault"])


@dataclass(frozen=True)
class _Census:
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
    def now(cls, temporary: Path) -> _Census:
        """Counts."""
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return cls(
            Holdings.now(temporary),
            pages * os.sysconf("SC_PAGE_SIZE"),
            processes.pss([os.getpid()]),
            sum(_inotify(pid) for pid in processes.below(os.getpid())),
        )

    def beyond(self, before: _Census) -> dict[str, Any]:
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


def _snapshots() -> Iterator[str]:
    """What this process has in the folder where snapshots are kept and restored from."""
    own = f"{os.getpid()}-*"
    yield from (str(path) for path in memory.base().glob(own))
    yield from (str(path) for path in memory.base().glob(f"*/{own}"))


def _left(before: Holdings, folder: Path) -> dict[str, list[str]]:
    """What is there beyond what was before, once all that goes on in the background is done."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        gc.collect()
        left = Holdings.now(folder).beyond(before)
        kept = f"{memory.base()}/"  # on disk where memory has no room; `_snapshots` looks there
        left["files"] = [name for name in left["files"] if not f"{name}/".startswith(kept)]
        if not any(left.values()) or time.monotonic() > deadline:
            return left
        time.sleep(0.1)


@contextmanager
def _adopting() -> Iterator[None]:
    """Within it orphans of our descendants become our children, and so are seen."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


@contextmanager
def _temporary() -> Iterator[Path]:
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
