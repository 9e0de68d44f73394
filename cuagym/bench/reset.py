"""Times resets: fresh starts, prepared ones as their caller sees them, and what they cost.

A reset is timed from its call to its observation, which is a settled first frame with the
document open. With `prepare=1` the next desktop starts while the episode runs; what its caller then
waits for is measured after some steps and a pause in which the agent thinks.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cuagym.bench import processes
from cuagym.bench.figures import box, mean, percentile
from cuagym.bench.frames import elsewhere, first_frames
from cuagym.bench.mix import mix
from cuagym.bench.subject import Say, Subject

if TYPE_CHECKING:
    from cuagym.env import DesktopEnv

__all__ = ["Options", "first_frames_alike", "measure"]

_STEPS = 3
"""Steps in an episode whose next desktop is prepared."""


@dataclass(frozen=True)
class Options:
    """How resets are measured.

    Attributes:
        starts: How many desktops are started with nothing prepared.
        prepared: How many resets follow an episode in which the next desktop was prepared.
        think: Real seconds between the last step of such an episode and the reset.
        seed: Of the first episode; each further start has the next one.
    """

    starts: int = 10
    prepared: int = 5
    think: float = 3.0
    seed: int = 0


def measure(subject: Subject, options: Options, say: Say) -> dict[str, Any]:
    """Resets, and returns the figures with the keys that `cuagym bench reset` prints.

    Raises:
        Fault: A desktop did not start.
    """
    starts, cpu, own = _starts(subject, options, say)
    seen, modes = _prepared(subject, options, say)
    return {
        "reset_p50_ms": percentile(starts, 50),
        "reset_p95_ms": percentile(starts, 95),
        "seen_p50_ms": percentile(seen, 50),
        "seen_p95_ms": percentile(seen, 95),
        "modes": {"start": len(starts), "prepared": modes["prepared"]},
        "missed": len(seen) - modes["prepared"],
        "think_s": options.think,
        "cpu_ms_per_reset": mean(cpu),
        "own_cpu_ms_per_reset": mean(own),
    }


def _starts(
    subject: Subject, options: Options, say: Say
) -> tuple[list[float], list[float], list[float]]:
    """Seconds that fresh starts took; the sandboxes' CPU seconds; this process's."""
    seconds, cpu, own = [], [], []
    env = subject.make(prepare=0)
    try:
        say("the first reset is not counted: it may compile, and warm a profile")
        env.reset(seed=options.seed)
        for index in range(options.starts):
            processes.wait_until_quiet(os.getpid())  # the last desktop's disposal is not a start
            before, start = time.process_time(), time.monotonic()
            env.reset(seed=options.seed + index)
            seconds.append(time.monotonic() - start)
            own.append(time.process_time() - before)
            inside = processes.below(env.sandbox.pid)
            cpu.append(sum(processes.cpu(inside).values()) / 1e9 + processes.ended_cpu(inside))
            say(f"start {index + 1} of {options.starts}: {seconds[-1]:.2f} s")
    finally:
        env.close()
    return seconds, cpu, own


def _prepared(subject: Subject, options: Options, say: Say) -> tuple[list[float], dict[str, int]]:
    """Seconds that callers waited for prepared desktops; how many resets were of which mode."""
    seen: list[float] = []
    if not options.prepared:
        return seen, {"prepared": 0, "start": 0}
    env = subject.make(prepare=1)
    try:
        env.reset(seed=options.seed)
        for index in range(options.prepared):
            _some_steps(env, subject, options.seed + index)
            time.sleep(options.think)
            start = time.monotonic()
            env.reset()
            seen.append(time.monotonic() - start)
            say(f"prepared {index + 1} of {options.prepared}: {seen[-1] * 1e3:.1f} ms")
        modes = env.reset_modes
    finally:
        env.close()
    return seen, {**modes, "start": modes["start"] - 1}


def _some_steps(env: DesktopEnv, subject: Subject, seed: int) -> None:
    for step in mix(seed, _STEPS, subject.screen):
        env.step_turn(step.turn)


def first_frames_alike(subject: Subject, seeds: Sequence[int], say: Say) -> dict[str, Any]:
    """Compares the first frames of episodes with those of a run in another process.

    Returns:
        first_frames_compared, first_frames_different, and for each difference its seed and box.

    Raises:
        Fault: A desktop did not start.
    """
    ours = []
    for shot in first_frames(subject, seeds):
        ours.append(shot)
        _count(say, "here", len(ours), len(seeds))
    different, compared = [], 0
    for seed, mine, other in zip(seeds, ours, elsewhere(subject, seeds), strict=True):
        compared += 1
        if mine.digest != other.digest:
            different.append({"seed": seed, "box": box(mine.frame, other.frame)})
        _count(say, "in another process", compared, len(seeds))
    return {
        "first_frames_compared": compared,
        "first_frames_different": len(different),
        "first_frames_differing": different,
    }


def _count(say: Say, where: str, done: int, of: int) -> None:
    if done % 10 == 0 or done == of:
        say(f"{done} of {of} first frames {where}")
