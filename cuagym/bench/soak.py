"""Runs many episodes in one process and looks what they leave behind.

Episodes end in every way: graded, given up half-way by a reset, and with the env closed while the
next desktop is being prepared. At the end nothing may be there that was not there at the beginning.
By restore, a few task instances come again and again: twice in a row, so that one is restored when
it is wanted and one ahead of time. Their snapshots must be gone as soon as the env is closed.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cuagym.bench.census import Census, adopting, left, snapshots, temporary
from cuagym.bench.replay import Plan
from cuagym.bench.subject import Say, Subject
from cuagym.sandbox import memory

if TYPE_CHECKING:
    from cuagym.env import DesktopEnv
    from cuagym.task import TaskInstance

__all__ = ["measure"]

_PER_ENV = 10
"""Episodes of one env, before it is closed and another one made."""
_PER_ENV_RESTORED = 25
"""The same by restore, where an env's first episodes are no restores."""
_INSTANCES = 2
"""Task instances of one env that come again, by restore."""
_ABANDONED_AFTER = 5


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
    with adopting(), temporary() as folder:
        memory.run_folder()  # small, and there to stay
        before, warm = Census.now(folder), None
        for first in range(0, episodes, per_env):
            with closing(subject.make(prepare=1)) as env:
                instances: list[TaskInstance] = []
                for index in range(first, min(first + per_env, episodes)):
                    options = _options(env, index - first, instances) if restore else {}
                    drawn = seed + first if index == first else None
                    fault = _episode(env, subject, index, drawn, options, course)
                    say(f"{index + 1} of {episodes} episodes" + (f": {fault}" if fault else ""))
                course.modes += Counter(env.reset_modes)
            course.snapshots |= set(snapshots())
            warm = warm or Census.now(folder)
        gone = {**left(before.holdings, folder), "snapshots": sorted(course.snapshots)}
        after = Census.now(folder)
    return {
        "episodes": episodes,
        "graded": course.graded,
        "successes": course.successes,
        "modes": dict(course.modes),
        "faults": len(course.faults),
        "faulty": course.faults,
        "left_behind": sum(len(names) for names in gone.values()),
        "left": gone,
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
