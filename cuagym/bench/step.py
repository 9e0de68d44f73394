"""Times steps against what an independent watcher of the screen saw, and what the kernel counted.

For every step of a fixed mix: how long it took; when the screen last changed in it; the CPU of the
application, of the X server and of ourselves in it; and whether the frame that it returned was
still the screen after a second of real time, without any change between (if not, it came too early
and the screen was late: a late frame). For a sample, whether five more seconds of application time
change it: what does is an animation, to be declared.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cuagym.bench import processes
from cuagym.bench.figures import Box, box, mean, percentile
from cuagym.bench.hogs import hogs
from cuagym.bench.mix import Step, mix
from cuagym.bench.subject import Say, Subject
from cuagym.bench.watcher import Change, Watcher

if TYPE_CHECKING:
    from cuagym.env import DesktopEnv

__all__ = ["Options", "measure"]

MORE_SECONDS = 5.0
"""Application time after which a sample of the frames is looked at again."""
_DISPLAY = "Xvfb"


@dataclass(frozen=True)
class Options:
    """How steps are measured.

    Attributes:
        steps: How many.
        seed: Of the mix and of the episode.
        hog: Whether every core is kept busy by something else.
        rest: Real seconds after which a frame is looked at again.
        rest_every: The whole rest is taken after every n-th step; a frame in between is looked at
            again just before the next step only.
        more_every: Every n-th frame is looked at again after five more seconds of application time;
            0: none.
    """

    steps: int = 120
    seed: int = 0
    hog: bool = False
    rest: float = 1.0
    rest_every: int = 1
    more_every: int = 15


@dataclass
class _Taken:
    """One measured step. Seconds; CPU in seconds."""

    step: Step
    total: float
    application_cpu: float
    display_cpu: float
    own_cpu: float
    controller_cpu: float
    settled: bool
    fault: str
    changed: bool = False
    last_change: float | None = None
    overhead: float | None = None
    watched_within: float = 0.0
    late: bool = False
    late_box: Box | None = None
    rested: bool = False
    moved: bool | None = None
    moved_box: Box | None = None


@dataclass
class _Bench:
    """One desktop with its watcher, one after the other while the mix goes on."""

    env: DesktopEnv
    options: Options
    frame: NDArray[np.uint8] = field(init=False)
    taken: list[_Taken] = field(default_factory=list)
    episodes: int = 0

    @contextmanager
    def episode(self) -> Iterator[Watcher]:
        """A fresh desktop; nothing else of ours is at work when it is given."""
        observation, _ = self.env.reset(seed=self.options.seed + self.episodes)
        self.episodes += 1
        self.frame = observation["screenshot"]
        processes.wait_until_quiet(os.getpid())
        with Watcher(self.env.sandbox) as watcher:
            yield watcher

    def run(self, steps: Sequence[Step], say: Say) -> None:
        """Takes all steps, on as many desktops as they need."""
        left = list(steps)[::-1]
        while left:
            with self.episode() as watcher:
                over = False
                while left and not over:
                    over = self._take(left.pop(), watcher)
                    done = len(self.taken)
                    if done % 20 == 0 or not left:
                        late = sum(t.late for t in self.taken)
                        say(f"{done} of {len(steps)} steps, {late} late frames")

    def _take(self, step: Step, watcher: Watcher) -> bool:
        """One step and its checks; whether the episode is over."""
        env, seen = self.env, watcher.count
        before = _Cpu(env.sandbox.pid)
        own, start = time.process_time(), time.monotonic()
        observation, _, terminated, truncated, info = env.step_turn(step.turn)
        end, own = time.monotonic(), time.process_time() - own
        used = _Cpu(env.sandbox.pid)
        frame, old = observation["screenshot"], self.frame
        taken = _Taken(
            step=step,
            total=end - start,
            application_cpu=used.application_since(before),
            display_cpu=used.display_since(before),
            own_cpu=own,
            controller_cpu=env.timings.get("cpu", 0.0),
            settled=info["settled"],
            fault=info["fault"],
            changed=not np.array_equal(frame, old),
        )
        self.taken.append(taken)
        watcher.catch_up(end)
        _attribute(taken, watcher.changes(seen), start, end)
        if terminated or truncated:
            return True
        self._rest(taken, frame, watcher, seen, end)
        self._more(taken, frame)
        self.frame = env.peek()
        return False

    def _rest(
        self, taken: _Taken, frame: NDArray[np.uint8], watcher: Watcher, seen: int, end: float
    ) -> None:
        """Is the frame still the screen?"""
        taken.rested = (len(self.taken) - 1) % self.options.rest_every == 0
        if taken.rested:
            time.sleep(max(0.0, end + self.options.rest - time.monotonic()))
            watcher.catch_up(time.monotonic())
        now = self.env.peek()
        taken.late_box = box(frame, now)
        later = any(change.after > end for change in watcher.changes(seen))
        taken.late = taken.late_box is not None or later

    def _more(self, taken: _Taken, frame: NDArray[np.uint8]) -> None:
        """Does the frame move if more application time passes?"""
        every = self.options.more_every
        if every and (len(self.taken) - 1) % every == 0 and not taken.late:
            self.env.advance(MORE_SECONDS)
            taken.moved_box = box(frame, self.env.peek())
            taken.moved = taken.moved_box is not None


class _Cpu:
    """CPU time of a sandbox's processes until now; what began and ended in between is not in it."""

    def __init__(self, first: int) -> None:
        self._by_pid = processes.cpu(processes.below(first, itself=False))
        self._displays = {pid for pid in self._by_pid if processes.name(pid) == _DISPLAY}

    def _since(self, before: _Cpu, pids: set[int]) -> float:
        return sum(self._by_pid[pid] - before._by_pid.get(pid, 0) for pid in pids) / 1e9

    def display_since(self, before: _Cpu) -> float:
        """Seconds that the X server used since."""
        return self._since(before, self._displays)

    def application_since(self, before: _Cpu) -> float:
        """Seconds that everything else used since, window manager included, our init not."""
        return self._since(before, set(self._by_pid) - self._displays)


def _attribute(taken: _Taken, changes: Sequence[Change], start: float, end: float) -> None:
    """Says when the screen last changed within the step; the middle of what the watcher knows."""
    inside = [change for change in changes if change.before >= start and change.after <= end]
    if not (taken.changed and inside):
        return
    last = inside[-1]
    after, before = max(last.after, start), min(last.before, end)
    taken.last_change = (after + before) / 2 - start
    taken.overhead = taken.total - taken.last_change
    taken.watched_within = before - after


def measure(subject: Subject, options: Options, say: Say) -> dict[str, Any]:
    """Takes the steps and returns the figures, with the keys that `cuagym bench step` prints.

    Args:
        subject: What is measured.
        options: How.
        say: Where progress goes.

    Raises:
        Fault: The desktop, or the watcher, did not start.
    """
    env = subject.make()
    bench = _Bench(env, options)
    steps = mix(options.seed, options.steps, subject.screen)
    try:
        say(f"starting {subject.env} ({subject.look}), {options.steps} steps")
        with hogs(None if options.hog else 0):
            bench.run(steps, say)
    finally:
        env.close()
    return {"episodes": bench.episodes, **figures(bench.taken)}


def figures(taken: Sequence[_Taken]) -> dict[str, Any]:
    """The figures of measured steps; times and CPU are of steps that changed the screen."""
    changing = [t for t in taken if t.changed]
    overhead = [t.overhead for t in changing if t.overhead is not None]
    last = [t.last_change for t in changing if t.last_change is not None]
    gaps = [t.watched_within for t in changing if t.last_change is not None]
    sampled = [t for t in taken if t.moved is not None]
    return {
        "step_p50_ms": percentile([t.total for t in changing], 50),
        "step_p95_ms": percentile([t.total for t in changing], 95),
        "last_change_p50_ms": percentile(last, 50),
        "last_change_p95_ms": percentile(last, 95),
        "overhead_p50_ms": percentile(overhead, 50),
        "overhead_p95_ms": percentile(overhead, 95),
        "late_frames": sum(t.late for t in taken),
        "changing_steps": len(changing),
        "steps": len(taken),
        "checked_again": sum(t.rested for t in taken),
        "checked_before_next_step": sum(not t.rested for t in taken),
        "moved_frames": sum(bool(t.moved) for t in sampled),
        "moved_checked": len(sampled),
        "unsettled": sum(not t.settled for t in taken),
        "faults": sum(bool(t.fault) for t in taken),
        "unseen_changes": len(changing) - len(last),
        "watcher_gap_p50_ms": percentile(gaps, 50),
        "watcher_gap_p95_ms": percentile(gaps, 95),
        **_cpu_figures(changing),
        "cpu_ms_per_mixed_step": mean([t.application_cpu + t.display_cpu for t in taken]),
        "own_cpu_ms_per_mixed_step": mean([t.own_cpu for t in taken]),
        "by_kind": {kind: _kind(taken, kind) for kind in sorted({t.step.kind for t in taken})},
        "late": [_told(t, i, t.late_box) for i, t in enumerate(taken) if t.late],
        "moved": [_told(t, i, t.moved_box) for i, t in enumerate(taken) if t.moved],
    }


def _cpu_figures(changing: Sequence[_Taken]) -> dict[str, Any]:
    theirs = [t.application_cpu + t.display_cpu for t in changing]
    own, total = sum(t.own_cpu for t in changing), sum(theirs)
    return {
        "cpu_ms_per_step": mean(theirs),
        "application_cpu_ms_per_step": mean([t.application_cpu for t in changing]),
        "display_cpu_ms_per_step": mean([t.display_cpu for t in changing]),
        "own_cpu_ms_per_step": mean([t.own_cpu for t in changing]),
        "controller_cpu_ms_per_step": mean([t.controller_cpu for t in changing]),
        "own_cpu_share": round(own / (own + total), 4) if changing else None,
    }


def _kind(taken: Sequence[_Taken], kind: str) -> dict[str, Any]:
    of_kind = [t for t in taken if t.step.kind == kind]
    changing = [t for t in of_kind if t.changed]
    overhead = [t.overhead for t in changing if t.overhead is not None]
    return {
        "steps": len(of_kind),
        "changing": len(changing),
        "step_p50_ms": percentile([t.total for t in changing], 50),
        "overhead_p50_ms": percentile(overhead, 50),
        "cpu_ms": mean([t.application_cpu + t.display_cpu for t in changing]),
        "own_cpu_ms": mean([t.own_cpu for t in changing]),
    }


def _told(taken: _Taken, index: int, where: Box | None) -> dict[str, Any]:
    return {"step": index, "kind": taken.step.kind, "turn": repr(taken.step.turn), "box": where}
