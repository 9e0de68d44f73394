"""Runs many desktops at once for a while, breaks some now and then, and looks what comes of it.

Every other desktop plays the oracle of its task to the end, the others act at random. Now and then
one is broken from outside: its first process, its display or its application is killed. Nothing may
stall, no reward may be wrong, and nothing may be left at the end.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cuagym.actions import Terminate
from cuagym.bench import processes
from cuagym.bench.census import Census, adopting, left, snapshots, temporary
from cuagym.bench.replay import Plan
from cuagym.bench.subject import Say, Subject
from cuagym.sandbox import memory
from cuagym.vector import DesktopVectorEnv

if TYPE_CHECKING:
    from cuagym.env import DesktopEnv

__all__ = ["measure"]

_STALLED = 60.0
"""Real seconds in which nobody became ready."""
_EVERY = 5.0
"""Real seconds between two injected faults."""
_RANDOM_STEPS = 25
_TOLD_EVERY = 30.0


@dataclass
class _Player:
    """Who plays on one desktop, and how its episode goes.

    Attributes:
        turns: What it does next.
        oracle: Whether it solves the task.
        broken: What was killed in this episode; "" if nothing was.
    """

    turns: Iterator[Sequence[Any]]
    oracle: bool
    broken: str = ""


@dataclass
class _Course:
    steps: int = 0
    episodes: int = 0
    successes: int = 0
    injected: Counter[str] = field(default_factory=Counter)
    faults: int = 0
    unexplained: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    stalls: int = 0
    weights: list[int] = field(default_factory=list)
    """Our own PSS in bytes, now and then."""

    def grown(self) -> float:
        """MB since a quarter of the time: until then everything is there that is to stay."""
        return (self.weights[-1] - self.weights[len(self.weights) // 4]) / 1e6


def measure(subject: Subject, desktops: int, seconds: float, seed: int, say: Say) -> dict[str, Any]:
    """Runs them and returns what `cuagym bench soak --desktops` prints.

    Args:
        subject: What is run.
        desktops: How many at once.
        seconds: For how long, in real time.
        seed: Of the episodes, the random actions and the faults.
        say: Where progress goes.

    Raises:
        Fault: A desktop did not start.
    """
    course = _Course()
    with adopting(), temporary() as folder:
        memory.run_folder()  # small, and there to stay
        before = Census.now(folder)
        made = DesktopVectorEnv(
            desktops,
            app=subject.app,
            look=subject.look,
            size=subject.size,
            sandbox=subject.sandbox,
            task=subject.task,
            copy=False,
        )
        with closing(made) as envs:
            _play(envs, subject, seconds, seed, course, say)
            modes: Counter[str] = sum(map(Counter, envs.get_attr("reset_modes")), Counter())
        after_close = sorted(snapshots())
        gone = {**left(before.holdings, folder), "snapshots": after_close}
        after = Census.now(folder)
    return {
        "desktops": desktops,
        "seconds": seconds,
        "steps": course.steps,
        "episodes": course.episodes,
        "successes": course.successes,
        "modes": dict(modes),
        "injected": dict(course.injected),
        "faults_told": course.faults,
        "faults": len(course.unexplained),
        "faulty": course.unexplained,
        "wrong_rewards": len(course.wrong),
        "wrong": course.wrong,
        "stalls": course.stalls,
        "left_behind": sum(len(names) for names in gone.values()),
        "left": gone,
        "own_pss_mb": [round(weight / 1e6) for weight in course.weights],
        "own_pss_growth_mb": round(course.grown(), 1),
        "growth": after.beyond(before),
    }


def _play(
    envs: DesktopVectorEnv, subject: Subject, seconds: float, seed: int, course: _Course, say: Say
) -> None:
    drawn = random.Random(seed)
    end = time.monotonic() + seconds
    breaks = time.monotonic() + _EVERY
    tells = time.monotonic() + _TOLD_EVERY
    players: dict[int, _Player] = {}
    resetting: set[int] = set()
    envs.async_reset(seed=seed)
    resetting.update(range(envs.num_envs))
    working = envs.num_envs
    while working:
        _, rewards, terminated, truncated, infos = envs.recv(1, timeout=_STALLED)
        places = [int(place) for place in infos["env_id"]]
        working -= len(places)
        if not places:
            course.stalls += 1
            return
        for i, place in enumerate(places):
            if place in resetting and not truncated[i]:
                resetting.discard(place)
                players[place] = _player(envs.call_one(place, "unwrapped"), subject, drawn)
            elif terminated[i] or truncated[i]:
                info = {key: infos[key][i] for key in ("task", "fault", "is_success")}
                if place not in resetting:
                    _judge(players[place], float(rewards[i]), info, course)
                resetting.add(place)
            else:
                course.steps += 1
        now = time.monotonic()
        if now > tells:
            tells = now + _TOLD_EVERY
            course.weights.append(processes.pss([os.getpid()]))
            say(f"{course.steps} steps, {course.episodes} episodes, {course.faults} faults")
        if now > end:
            continue
        go = [(p, () if p in resetting else next(players[p].turns, (Terminate(),))) for p in places]
        envs.send([list(turn) or [Terminate()] for _, turn in go], [place for place, _ in go])
        working += len(go)
        if now > breaks and (whole := [p for p in players if p not in resetting]):
            breaks = now + _EVERY
            place = drawn.choice(whole)
            what = players[place].broken = _break(envs.call_one(place, "unwrapped"), drawn)
            course.injected[what] += 1
    course.weights.append(processes.pss([os.getpid()]))


def _player(env: DesktopEnv, subject: Subject, drawn: random.Random) -> _Player:
    oracle = drawn.random() < 0.5
    plan = Plan(
        "oracle" if oracle else "random", drawn.randrange(10**6), 10**6 if oracle else _RANDOM_STEPS
    )
    return _Player(iter(plan.turns(env, subject)), oracle)


def _judge(player: _Player, reward: float, info: dict[str, Any], course: _Course) -> None:
    course.episodes += 1
    course.successes += bool(info["is_success"])
    told = f"{info['task']}: reward {reward}, fault {info['fault']!r}, broken {player.broken!r}"
    if info["fault"]:
        course.faults += 1
        if not player.broken:
            course.unexplained.append(told)
        if reward:
            course.wrong.append(told)
    elif player.oracle and not player.broken and reward != 1.0:
        course.wrong.append(f"an oracle's {told}")
    elif reward != float(info["is_success"]):
        course.wrong.append(told)


_TARGETS = ("the first process", "the display", "the application")


def _break(env: DesktopEnv, drawn: random.Random) -> str:
    """Kills something of a desktop, perhaps in the middle of a step; what it was."""
    what = drawn.choice(_TARGETS)
    root = env.sandbox.pid
    pids = processes.below(root, itself=False)
    displays = [pid for pid in pids if processes.name(pid) == "Xvfb"]
    rest = sorted(set(pids) - set(displays), key=lambda pid: -sum(processes.cpu([pid]).values()))
    victim = {"the first process": [root], "the display": displays, "the application": rest}[what]
    with suppress(ProcessLookupError):
        for pid in victim[:1]:
            os.kill(pid, signal.SIGKILL)
    return what
