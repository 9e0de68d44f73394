"""Times snapshots and forks in the middle of episodes, and looks whether forks are true copies.

A trial plays an episode by its task's oracle up to a random step and freezes it there. One copy
then plays the rest beside its origin: every frame, reward and info must be the same. Another one is
given other actions before: it must change, and nobody else. Where there is no oracle, the mix of
actions that `bench step` takes is played.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cuagym import pack
from cuagym.bench import processes
from cuagym.bench.figures import box, percentile
from cuagym.bench.mix import mix
from cuagym.bench.subject import Say, Subject
from cuagym.errors import Fault

if TYPE_CHECKING:
    from cuagym.env import DesktopEnv, Frame, StepResult
    from cuagym.snapshot import Snapshot

__all__ = ["measure"]

_AT_ONCE = 8
"""Copies of one state whose time and memory are measured."""
_TIMES = 3
"""How often that is done; the median of their times is told."""
_LENGTH = 12
"""Turns of an episode without an oracle."""
_OTHERS = 4
_OTHERS_MOST = 20
"""Turns of a copy that shall go another way, and the most, until something is to be seen."""
_MB = 1e6


@dataclass
class _Seen:
    """What the trials came to.

    Attributes:
        snapshots: Seconds that each took.
        forks: Seconds until a copy lived and its first frame was read.
        sizes: Bytes of each snapshot.
        compared: Frames, with what was told beside them.
        differing: Where an origin and its copy were not the same.
        diverged: Trials whose other copy went another way, alone.
        leaked: Trials in which somebody else saw of it.
        faults: What failed.
    """

    snapshots: list[float] = field(default_factory=list)
    forks: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    compared: int = 0
    differing: list[dict[str, Any]] = field(default_factory=list)
    diverged: int = 0
    leaked: int = 0
    faults: list[str] = field(default_factory=list)

    def compare(self, one: Frame, other: Frame, where: str, alike: bool = True) -> None:
        """Notes two frames that ought to be the same, and whether what was told beside them is."""
        self.compared += 1
        if not (alike and np.array_equal(one, other)):
            self.differing.append({"where": where, "box": box(one, other), "told_alike": alike})


def measure(subject: Subject, trials: int, seed: int, say: Say) -> dict[str, Any]:
    """Runs the trials, forks one state eightfold, and returns what `cuagym bench fork` prints.

    Args:
        subject: What is forked.
        trials: How many episodes are forked, each with its own seed.
        seed: Of the first trial; each further one has the next.
        say: Where progress goes.

    Raises:
        SetupError: This machine or backend cannot.
        Fault: A desktop did not start.
    """
    seen = _Seen()
    env = subject.make()
    try:
        for number in range(trials):
            told = _Trial(subject, env, seed + number, seen).run()
            say(f"trial {number + 1} of {trials}: {told}")
        say(f"{_AT_ONCE} copies of one state at once")
        crowd = _crowd(subject, env, seed, seen)
    finally:
        env.close()
    return {
        "snapshot_p50_ms": percentile(seen.snapshots, 50),
        "snapshot_p95_ms": percentile(seen.snapshots, 95),
        "snapshot_mb": percentile(seen.sizes, 50, 1 / _MB),
        "fork_p50_ms": percentile(seen.forks, 50),
        "fork_p95_ms": percentile(seen.forks, 95),
        **crowd,
        "trials": trials,
        "frames_compared": seen.compared,
        "frames_different": len(seen.differing),
        "diverged": seen.diverged,
        "leaked": seen.leaked,
        "faults": len(seen.faults),
        "faulty": seen.faults,
        "differing": seen.differing,
    }


class _Trial:
    """One episode that is forked at a random step.

    Args:
        subject: What is forked.
        env: Where the episode is played; each copy is made by an env of its own.
        seed: Of the episode, the step, and what the other copy is given.
        seen: Where it is noted.
    """

    def __init__(self, subject: Subject, env: DesktopEnv, seed: int, seen: _Seen) -> None:
        self._subject, self._env, self._seed, self._seen = subject, env, seed, seen
        self._rng = np.random.default_rng(seed)

    def run(self) -> str:
        """Plays it; what it was, in words. A Fault of the reset goes out, others are noted."""
        self._env.reset(seed=self._seed)
        what = self._env.instance.id or "a document"
        before = len(self._seen.differing) + self._seen.leaked
        try:
            turns = _turns(self._subject, self._env, self._seed)
            at = int(self._rng.integers(len(turns)))
            what += f", step {at} of {len(turns)}"
            for turn in turns[:at]:
                _sound(self._env.step_turn(turn))
            self._forked(turns[at:], what)
        except Fault as e:
            self._seen.faults.append(f"seed {self._seed}, {what}: {e}")
            return f"{what}: {e}"
        alike = len(self._seen.differing) + self._seen.leaked == before
        return what if alike else f"{what}: not alike"

    def _forked(self, rest: Sequence[Any], what: str) -> None:
        with ExitStack() as stack:
            snapshot = stack.enter_context(self._frozen())
            moment = self._env.peek()
            same, other = (stack.enter_context(self._copy(snapshot)) for _ in range(2))
            for copy in (same, other):
                self._seen.compare(moment, copy.peek(), f"{what}, at once")
            self._astray(other, (self._env, same), moment)
            for number, turn in enumerate(rest, 1):
                one, two = self._env.step_turn(turn), same.step_turn(turn)
                frames = one[0]["screenshot"], two[0]["screenshot"]
                self._seen.compare(*frames, f"{what}, {number} later", one[1:] == two[1:])
                if _sound(one) + _sound(two):
                    break

    def _frozen(self) -> Snapshot:
        # The disposal of the last trial's desktops, or a grader that warms up, is no part of it.
        processes.wait_until_quiet(os.getpid())
        start = time.monotonic()
        snapshot = self._env.snapshot()
        self._seen.snapshots.append(time.monotonic() - start)
        self._seen.sizes.append(snapshot.size)
        return snapshot

    def _copy(self, snapshot: Snapshot) -> closing[DesktopEnv]:
        start = time.monotonic()
        copy = self._subject.make()
        try:
            copy.restore(snapshot)
            copy.peek()
        except BaseException:
            copy.close()
            raise
        self._seen.forks.append(time.monotonic() - start)
        return closing(copy)

    def _astray(self, other: DesktopEnv, beside: Sequence[DesktopEnv], moment: Frame) -> None:
        """Gives one copy actions of its own, and looks who shows them."""
        changed = leaked = False
        script = mix(int(self._rng.integers(2**31)), _OTHERS_MOST, self._subject.screen)
        for number, step in enumerate(script, 1):
            result = other.step_turn(step.turn)
            changed |= not np.array_equal(result[0]["screenshot"], moment)
            leaked |= not all(np.array_equal(env.peek(), moment) for env in beside)
            if _sound(result) or (changed and number >= _OTHERS):
                break
        self._seen.leaked += leaked
        self._seen.diverged += changed and not leaked


def _turns(subject: Subject, env: DesktopEnv, seed: int) -> list[Sequence[Any]]:
    """The turns of an episode that has begun, by its oracle if there is one.

    The oracle plays them, since it may look at the page in between. Then the same episode begins.
    """
    instance = env.instance
    families = pack.find(instance.id) if instance.id else []
    if len(families) != 1 or not families[0].has_oracle:
        return [step.turn for step in mix(seed, _LENGTH, subject.screen)]
    turns: list[Sequence[Any]] = []
    screen = replace(subject.screen, ask=env.elements)
    for turn in families[0].solve(dict(instance.params), screen):
        turns.append(turn)
        if _sound(env.step_turn(turn)):
            break
    env.reset(seed=seed)
    return turns


def _sound(result: StepResult) -> bool:
    """Whether a step has ended its episode.

    Raises:
        Fault: By a fault.
    """
    *_, terminated, truncated, info = result
    if info["fault"]:
        raise Fault(info["fault"])
    return terminated or truncated


def _crowd(subject: Subject, env: DesktopEnv, seed: int, seen: _Seen) -> dict[str, Any]:
    """Forks a state in the middle of an episode many times at once: how long, how much memory.

    Each copy takes a step before it is weighed, and must show what its origin shows.
    """
    env.reset(seed=seed)
    turns = _turns(subject, env, seed)
    half = len(turns) // 2
    seconds: list[float] = []
    memory = None
    try:
        for turn in turns[:half]:
            _sound(env.step_turn(turn))
        for _ in range(_TIMES - 1):
            for copy in _forked(env, seconds):
                copy.close()
        with ExitStack() as stack:
            copies = [stack.enter_context(closing(copy)) for copy in _forked(env, seconds)]
            frame = env.step_turn(turns[half])[0]["screenshot"]
            for number, copy in enumerate(copies):
                result = copy.step_turn(turns[half])
                seen.compare(frame, result[0]["screenshot"], f"copy {number} of {_AT_ONCE}")
                _sound(result)
            alive = [pid for copy in copies for pid in processes.below(copy.sandbox.pid)]
            memory = round(processes.pss(alive) / _AT_ONCE / _MB, 1)
    except Fault as e:
        seen.faults.append(f"{_AT_ONCE} copies: {e}")
    return {f"fork{_AT_ONCE}_s": percentile(seconds, 50, 1.0), "pss_mb_per_fork": memory}


def _forked(env: DesktopEnv, seconds: list[float]) -> list[DesktopEnv]:
    """Forks an env many times at once, and notes how long it took."""
    processes.wait_until_quiet(os.getpid())
    start = time.monotonic()
    copies = env.fork(_AT_ONCE)
    seconds.append(time.monotonic() - start)
    return copies
