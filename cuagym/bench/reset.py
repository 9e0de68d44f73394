"""Times resets in each way in which they come about, as their caller sees them, and what they cost.

A reset is timed from its call to its observation, which is a settled first frame with the document
open. The ways: everything is started ("start"); a launched application is restored and opens a new
document ("open"); the same task instance comes again and is restored with its document ("restore").
With `prepare=1` the next desktop is readied while the episode runs; what its caller then waits for
is measured after some steps and a pause in which the agent thinks ("prepared").
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cuagym import desktops
from cuagym.bench import processes
from cuagym.bench.figures import box, mean, percentile
from cuagym.bench.frames import Shot, elsewhere
from cuagym.bench.mix import mix
from cuagym.bench.subject import Say, Subject

if TYPE_CHECKING:
    from cuagym.env import DesktopEnv

__all__ = ["Options", "first_frames_alike", "measure"]

_STEPS = 3
"""Steps in an episode whose next desktop is prepared."""
_ROUNDS = 3
"""Resets of each desktop, where several reset at once."""


@dataclass(frozen=True)
class Options:
    """How resets are measured.

    Attributes:
        starts: How many desktops are started, with nothing restored and nothing prepared.
        opens: How many new documents are opened in a restored application.
        restores: How often one task instance is restored.
        prepared: How many resets follow an episode in which the next desktop was prepared.
        think: Real seconds between the last step of such an episode and the reset.
        desktops: How many reset at once for resets per second; 0: that is left out.
        seed: Of the first episode; each further new one has the next.
    """

    starts: int = 10
    opens: int = 10
    restores: int = 10
    prepared: int = 5
    think: float = 3.0
    desktops: int = 0
    seed: int = 0


@dataclass
class _Taken:
    """What resets of one way took: real seconds, the sandboxes' CPU seconds, this process's."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, Any] | None:
        """For people and machines; None if there was no such reset."""
        if not self.seconds:
            return None
        return {
            "p50_ms": percentile(self.seconds, 50),
            "p95_ms": percentile(self.seconds, 95),
            "cpu_ms_per_reset": mean(self.cpu),
            "own_cpu_ms_per_reset": mean(self.own),
        }


def measure(subject: Subject, options: Options, say: Say) -> dict[str, Any]:
    """Resets, and returns the figures with the keys that `cuagym bench reset` prints.

    `reset_*` and `*cpu_ms_per_reset` are of the way in which a task instance that comes again is
    reset here. A machine without snapshots has no figures of "open" and "restore".

    Raises:
        Fault: A desktop did not start.
    """
    taken = {way: _Taken() for way in desktops.MODES}
    with _without_snapshots():
        _resets(subject, "start", options.starts, options.seed, taken, say)
    why_not = desktops.why_not(subject.sandbox)
    if why_not:
        say(f"nothing is restored: {why_not}")
    else:
        _resets(subject, "open", options.opens, options.seed, taken, say)
        _resets(subject, "restore", options.restores, options.seed, taken, say)
    seen, prepared = _prepared(subject, options, say)
    again = taken["restore"] if taken["restore"].seconds else taken["start"]
    return {
        "reset_p50_ms": percentile(again.seconds, 50),
        "reset_p95_ms": percentile(again.seconds, 95),
        "seen_p50_ms": percentile(seen, 50),
        "seen_p95_ms": percentile(seen, 95),
        "modes": {**{way: len(taken[way].seconds) for way in _WAYS}, "prepared": prepared},
        "missed": len(seen) - prepared,
        "think_s": options.think,
        "cpu_ms_per_reset": mean(again.cpu),
        "own_cpu_ms_per_reset": mean(again.own),
        **{way: taken[way].figures() for way in _WAYS},
        "desktops": options.desktops,
        "resets_per_s": _throughput(subject, options, say) if options.desktops else None,
    }


_WAYS = ("start", "open", "restore")
_UNCOUNTED = {"start": 1, "open": 1, "restore": 2}
"""Resets before those that are measured: the first may compile, and warm a profile; what comes
again is frozen at the second."""


def _seed(way: str, seed: int, index: int) -> int:
    """Of the index-th episode, so that it is reset in a way."""
    return seed if way == "restore" else seed + index


@contextmanager
def _without_snapshots() -> Iterator[None]:
    """Within it, and in processes that are started within it, desktops are started afresh."""
    kept = os.environ.get(desktops.SETTING)
    os.environ[desktops.SETTING] = "0"
    try:
        yield
    finally:
        del os.environ[desktops.SETTING]
        if kept is not None:
            os.environ[desktops.SETTING] = kept


def _resets(
    subject: Subject, way: str, count: int, seed: int, taken: dict[str, _Taken], say: Say
) -> None:
    """Resets again and again so that all go one way; notes each under the way that it went."""
    if not count:
        return
    uncounted = _UNCOUNTED[way]
    with closing(subject.make()) as env:
        for index in range(uncounted + count):
            if way == "open" and subject.open:
                env.close()  # what was opened is forgotten: it is new again
            processes.wait_until_quiet(os.getpid())  # the last disposal is no part of it
            modes, before, start = env.reset_modes, time.process_time(), time.monotonic()
            env.reset(seed=_seed(way, seed, index))
            seconds, own = time.monotonic() - start, time.process_time() - before
            went = _went(modes, env.reset_modes)
            if index < uncounted:
                say(f"{way}: {seconds:.2f} s, not counted")
                continue
            taken[went].seconds.append(seconds)
            taken[went].own.append(own)
            taken[went].cpu.append(_cpu(env))
            said = "" if went == way else f", but by {went}"
            say(f"{way} {index - uncounted + 1} of {count}: {seconds:.2f} s{said}")


def _went(before: dict[str, int], after: dict[str, int]) -> str:
    """In which way the reset between two countings went."""
    [way] = Counter(after) - Counter(before)
    return way


def _cpu(env: DesktopEnv) -> float:
    """CPU seconds of a sandbox since it was made, and of what made it."""
    first = env.sandbox.pid
    stat = Path(f"/proc/{first}/stat").read_text().rpartition(")")[2].split()
    maker = int(
        stat[1]
    )  # ppid of proc(5): it waits for the sandbox, and has waited for runc or CRIU
    inside = processes.below(first if maker == os.getpid() else maker)
    return sum(processes.cpu(inside).values()) / 1e9 + processes.ended_cpu(inside)


def _prepared(subject: Subject, options: Options, say: Say) -> tuple[list[float], int]:
    """Seconds that callers waited for prepared desktops; how many were prepared indeed."""
    seen: list[float] = []
    if not options.prepared:
        return seen, 0
    with closing(subject.make(prepare=1)) as env:
        env.reset(seed=options.seed)
        for index in range(options.prepared):
            for step in mix(options.seed + index, _STEPS, subject.screen):
                env.step_turn(step.turn)
            time.sleep(options.think)
            start = time.monotonic()
            env.reset()
            seen.append(time.monotonic() - start)
            say(f"prepared {index + 1} of {options.prepared}: {seen[-1] * 1e3:.1f} ms")
        return seen, env.reset_modes["prepared"]


# Several at once


def _throughput(subject: Subject, options: Options, say: Say) -> dict[str, float | None]:
    """Resets per second of the whole machine, by way."""
    told: dict[str, float | None] = dict.fromkeys(_WAYS)
    with _without_snapshots():
        told["start"] = _per_second(subject, "start", options, say)
    if not desktops.why_not(subject.sandbox):
        told["restore"] = _per_second(subject, "restore", options, say)
        if not subject.open:  # the same document is not new
            told["open"] = _per_second(subject, "open", options, say)
    return told


def _per_second(subject: Subject, way: str, options: Options, say: Say) -> float:
    count = options.desktops

    def reset(env: DesktopEnv, number: int, rounds: Sequence[int]) -> None:
        for index in rounds:
            env.reset(seed=_seed(way, options.seed, number + count * index))

    with ExitStack() as stack:
        envs = [stack.enter_context(closing(subject.make())) for _ in range(count)]
        with ThreadPoolExecutor(count, "reset") as pool:

            def at_once(rounds: Sequence[int]) -> float:
                start = time.monotonic()
                list(pool.map(reset, envs, range(count), [rounds] * count))
                return time.monotonic() - start

            at_once(range(2))
            before = _modes(envs)
            seconds = at_once(range(2, 2 + _ROUNDS))
        went = _modes(envs) - before
    rate = round(went.total() / seconds, 2)
    say(f"{count} desktops at once, {way}: {rate} resets/s, {dict(went)}")
    return rate


def _modes(envs: Sequence[DesktopEnv]) -> Counter[str]:
    return sum((Counter(env.reset_modes) for env in envs), Counter())


# First frames


def first_frames_alike(subject: Subject, seeds: Sequence[int], say: Say) -> dict[str, Any]:
    """Compares first frames of each way with those that another process starts afresh.

    Each seed's episode is reset, then its task instance comes again: where there are snapshots it
    is frozen then, restored the next time, and at last restored ahead of time.

    Returns:
        first_frames_compared, first_frames_different, how many went which way, and for each
        difference its seed, way and box.

    Raises:
        Fault: A desktop did not start.
    """
    ours: list[list[tuple[str, Shot]]] = []
    with closing(subject.make(prepare=1)) as env:
        for seed in seeds:
            ours.append(list(_each_way(env, seed)))
            _count(say, "episodes here", len(ours), len(seeds))
    different, ways, done = [], Counter[str](), 0
    with _without_snapshots():
        for seed, mine, other in zip(seeds, ours, elsewhere(subject, seeds), strict=True):
            for way, shot in mine:
                ways[way] += 1
                if shot.digest != other.digest:
                    different.append(
                        {"seed": seed, "way": way, "box": box(shot.frame, other.frame)}
                    )
            done += 1
            _count(say, "in another process", done, len(seeds))
    return {
        "first_frames_compared": ways.total(),
        "first_frames_different": len(different),
        "first_frames_modes": dict(ways),
        "first_frames_differing": different,
    }


def _each_way(env: DesktopEnv, seed: int) -> Iterator[tuple[str, Shot]]:
    """The first frames of some resets to the same instance, with the way that each went."""
    options: dict[str, Any] = {}
    # What is foreseen is an unseeded one, and readied once one came.
    for given in (seed, seed, seed, None, None):
        modes = env.reset_modes
        observation, _ = env.reset(seed=given, options=options)
        yield _went(modes, env.reset_modes), Shot.of(observation["screenshot"])
        options = {"task": env.instance}


def _count(say: Say, where: str, done: int, of: int) -> None:
    if done % 10 == 0 or done == of:
        say(f"{done} of {of} {where}")
