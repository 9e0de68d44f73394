"""Runs many episodes in one process and looks what they leave behind.

Episodes end in every way: graded, given up half-way by a reset, and with the env closed while the
next desktop is being prepared. At the end nothing may be there that was not there at the beginning.
"""

from __future__ import annotations

import ctypes
import gc
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cuagym.bench import processes
from cuagym.bench.leftovers import Holdings
from cuagym.bench.replay import Plan
from cuagym.bench.subject import Say, Subject

if TYPE_CHECKING:
    from cuagym.env import DesktopEnv

__all__ = ["measure"]

_PATIENCE = 10.0
"""Real seconds in which disposals may end after the last close."""
_PER_ENV = 10
"""Episodes of one env, before it is closed and another one made."""
_ABANDONED_AFTER = 5
_PR_SET_CHILD_SUBREAPER = 36


def measure(subject: Subject, episodes: int, seed: int, say: Say) -> dict[str, Any]:
    """Runs the episodes and returns what `cuagym bench soak` prints.

    Args:
        subject: What is run.
        episodes: How many; every other one is played to its end and graded.
        seed: Of the first env.
        say: Where progress goes.

    Raises:
        Fault: A desktop did not start.
    """
    with _adopting(), _temporary() as folder:
        before, memory = Holdings.now(folder), processes.pss([os.getpid()])
        faults, graded, successes = 0, 0, 0
        for first in range(0, episodes, _PER_ENV):
            env = subject.make(prepare=1)
            try:
                for index in range(first, min(first + _PER_ENV, episodes)):
                    fault, success = _episode(env, subject, index, seed + first)
                    faults += bool(fault)
                    graded += success is not None
                    successes += bool(success)
                    say(f"{index + 1} of {episodes} episodes" + (f": {fault}" if fault else ""))
            finally:
                env.close()
        left = _left(before, folder)
        grown = processes.pss([os.getpid()]) - memory
    return {
        "episodes": episodes,
        "graded": graded,
        "successes": successes,
        "faults": faults,
        "left_behind": sum(len(names) for names in left.values()),
        "left": left,
        "own_pss_growth_mb": round(grown / 1e6, 1),
    }


def _episode(env: DesktopEnv, subject: Subject, index: int, seed: int) -> tuple[str, bool | None]:
    """One episode; its fault, and whether it succeeded (None: it was given up)."""
    finish = index % 2 == 0
    _, info = env.reset(seed=seed if index % _PER_ENV == 0 else None)
    plan = Plan("oracle" if finish else "mix", index, 10**6 if finish else _ABANDONED_AFTER)
    over = False
    for turn in plan.turns(env, subject):
        _, _, terminated, truncated, info = env.step_turn(turn)
        over = terminated or truncated
        if over:
            break
    return info["fault"], info["is_success"] if over else None


def _left(before: Holdings, folder: Path) -> dict[str, list[str]]:
    """What is there beyond what was before, once all that goes on in the background is done."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        gc.collect()
        left = Holdings.now(folder).beyond(before)
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
