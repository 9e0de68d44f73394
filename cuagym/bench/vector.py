"""Times many desktops at once, against what the CPUs could do if nothing of ours cost anything.

The ceiling is cores divided by the CPU seconds that the application and the X server take for a
step on a single desktop, in the same run. Every primitive of the mix is one step. Desktops are
driven in lockstep (`step`) and by whoever is ready (`recv` and `send`); then once more, untimed,
and of these frames a share is looked at again after a second of real time, in which its desktop
gets no action.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector.utils import concatenate, create_empty_array

from cuagym.actions import Action, to_dict
from cuagym.bench import processes
from cuagym.bench.mix import mix
from cuagym.bench.subject import Say, Subject
from cuagym.vector import DesktopVectorEnv, ahead

__all__ = ["Options", "measure"]

_MB = 1e6
_REST = 1.0
"""Real seconds after which a frame is looked at again."""
_ROUNDS_OF_RESETS = 3


@dataclass(frozen=True)
class Options:
    """How a pool is measured.

    Attributes:
        num_envs: How many desktops.
        steps: On each, in each way of driving them.
        single: Steps on the single desktop that the ceiling is made of, of all the episodes.
        check: The share of frames that are looked at again.
        gymnasium: Whether Gymnasium's AsyncVectorEnv is measured too, in lockstep.
        growth: Numbers of desktops that are measured one after the other, instead.
        policy: Real seconds that a policy takes for a batch; 0: this is left out.
        batch: How many desktops a batch holds.
        seed: Of the episodes and of what is done in them.
    """

    num_envs: int = 16
    steps: int = 40
    single: int = 320
    check: float = 0.05
    gymnasium: bool = False
    growth: tuple[int, ...] = ()
    policy: float = 0.0
    batch: int = 8
    seed: int = 0


def measure(subject: Subject, options: Options, say: Say) -> dict[str, Any]:
    """Runs it all and returns what `cuagym bench vector` prints.

    Args:
        subject: What is measured.
        options: How.
        say: Where progress goes.

    Raises:
        Fault: A desktop did not start.
        UsageError: The machine is too small for so many.
    """
    if options.growth:
        return _grow(subject, options, say)
    cpu = _single(subject, options)
    cores = len(os.sched_getaffinity(0))
    ceiling = cores / cpu
    say(f"a step on one desktop takes {1e3 * cpu:.1f} ms of CPU: at most {ceiling:.1f} steps/s")
    figures: dict[str, Any] = {
        "num_envs": options.num_envs,
        "cpu_ms_per_step": round(1e3 * cpu, 2),
        "ceiling_steps_per_s": round(ceiling, 1),
        **_pool(subject, options, ceiling, say),
    }
    if options.gymnasium:
        figures |= _gymnasium(subject, options, figures["lockstep_steps_per_s"], say)
    if options.policy:
        figures |= _policy(subject, options, say)
    return figures


def _grow(subject: Subject, options: Options, say: Say) -> dict[str, Any]:
    rows = []
    for number in options.growth:
        row = _pool(subject, replace(options, num_envs=number, check=0.0), None, say)
        rows.append({"num_envs": number, **row})
        say(f"{number} desktops: {row['steps_per_s']} steps/s")
    most = max(row["steps_per_s"] for row in rows)
    return {"growth": rows, "last_of_peak": round(rows[-1]["steps_per_s"] / most, 3)}


# ---- one desktop, and the ceiling


def _single(subject: Subject, options: Options) -> float:
    """CPU seconds of a step, of the desktop's processes alone, where there is one desktop.

    It does for a while what each of the many will do: another task costs other CPU.
    """
    each = -(-options.single // options.num_envs)
    env = subject.make()
    used = 0.0
    with closing(env):
        for place in range(options.num_envs):
            env.reset(seed=options.seed + place)
            processes.wait_until_quiet(os.getpid())
            for action in _actions(subject, options.seed + place, each):
                before = _cpu([env.sandbox.pid])
                over = any(env.step(action)[2:4])
                used += _cpu([env.sandbox.pid]) - before
                if over:
                    env.reset(seed=options.seed + place)
    return used / (each * options.num_envs)


def _actions(subject: Subject, seed: int, count: int) -> list[Action]:
    """The primitives of the mix, one by one."""
    steps = mix(seed, count, subject.screen)
    return [action for step in steps for action in step.turn][:count]


def _cpu(roots: Sequence[int]) -> float:
    pids = [pid for root in roots for pid in processes.below(root, itself=False)]
    return sum(processes.cpu(pids).values()) / 1e9


# ---- many


def _arguments(subject: Subject) -> dict[str, Any]:
    told = asdict(subject)
    del told["env"]
    return {**told, "max_steps": 10**6, "prepare": 0}


@contextmanager
def _made(subject: Subject, options: Options, **more: Any) -> Iterator[DesktopVectorEnv]:
    envs = gym.make_vec(subject.env, num_envs=options.num_envs, **_arguments(subject), **more)
    with closing(envs):
        yield envs.unwrapped  # type: ignore[misc]


def _pool(subject: Subject, options: Options, ceiling: float | None, say: Say) -> dict[str, Any]:
    plans = [
        _actions(subject, options.seed + place, 3 * options.steps)
        for place in range(options.num_envs)
    ]
    with _made(subject, options, copy=False) as envs:
        begin = time.perf_counter()
        envs.reset(seed=options.seed)
        up = time.perf_counter() - begin
        say(f"{options.num_envs} desktops are up after {up:.1f} s")
        first = _Meter(envs)
        for number in range(options.steps):
            envs.step([plan[number] for plan in plans])
        lockstep = first.read(options.num_envs * options.steps)
        say(f"in lockstep: {lockstep['steps_per_s']} steps/s")
        meter = _Meter(envs)
        rest = [plan[options.steps :] for plan in plans]
        done, _, _, faults = _free(envs, rest, options, check=0.0)
        second = meter.read(done)
        say(f"whoever is ready: {second['steps_per_s']} steps/s")
        rest = [plan[2 * options.steps :] for plan in plans]
        _, late, checked, more = _free(envs, rest, options, check=options.check)
        faults += more
        say(f"{late} of {checked} frames late")
        pids = [p for s in envs.get_attr("sandbox") for p in processes.below(s.pid)]
        weight = processes.pss(pids) / _MB / options.num_envs
        envs.reset(seed=options.seed)  # the second time: what will be restored is frozen
        begin = time.perf_counter()
        for _ in range(_ROUNDS_OF_RESETS):
            envs.reset(seed=options.seed)
        resets = _ROUNDS_OF_RESETS * options.num_envs / (time.perf_counter() - begin)
        modes = _sum(envs.get_attr("reset_modes"))
    best = max(lockstep["steps_per_s"], second["steps_per_s"])
    figures = {
        "steps_per_s": best,
        "lockstep_steps_per_s": lockstep["steps_per_s"],
        "send_recv_steps_per_s": second["steps_per_s"],
        "own_cpu_share": second["own_cpu_share"],
        "lockstep_own_cpu_share": lockstep["own_cpu_share"],
        "cpu_ms_per_step_of_many": second["cpu_ms_per_step"],
        "frames_checked": checked,
        "late_frames": late,
        "faults": faults,
        "up_s": round(up, 2),
        "resets_per_s": round(resets, 2),
        "modes": modes,
        "pss_mb_per_desktop": round(weight, 1),
    }
    if ceiling is not None:
        figures["ceiling_ratio"] = round(best / ceiling, 3)
        figures["lockstep_ceiling_ratio"] = round(lockstep["steps_per_s"] / ceiling, 3)
    return figures


def _sum(modes: Sequence[dict[str, int]]) -> dict[str, int]:
    total = {name: sum(mode[name] for mode in modes) for name in modes[0]}
    return {name: count for name, count in total.items() if count}


class _Meter:
    """Steps per second, and whose CPU they took, from now until it is read."""

    def __init__(self, envs: DesktopVectorEnv) -> None:
        self._roots = [s.pid for s in envs.get_attr("sandbox")]
        self._theirs, self._ours = _cpu(self._roots), time.process_time()
        self._begin = time.perf_counter()

    def read(self, steps: int) -> dict[str, float]:
        seconds = time.perf_counter() - self._begin
        ours, theirs = time.process_time() - self._ours, _cpu(self._roots) - self._theirs
        return {
            "steps_per_s": round(steps / seconds, 2),
            "own_cpu_share": round(ours / (ours + theirs), 3),
            "cpu_ms_per_step": round(1e3 * theirs / steps, 2),
        }


def _free(
    envs: DesktopVectorEnv,
    plans: Sequence[Sequence[Action]],
    options: Options,
    *,
    check: float,
) -> tuple[int, int, int, int]:
    """Each desktop gets its next action as soon as it is ready; some are looked at again first.

    Until the last has done all its steps the others go on, so that no CPU is idle for want of work.

    Returns:
        Steps, late frames, of how many that were looked at again, and faults.
    """
    drawn = random.Random(options.seed)
    next_step = dict.fromkeys(range(options.num_envs), 0)
    resting: dict[int, float] = {}  # by when they have rested
    late = checked = faults = working = 0

    def go_on(places: Sequence[int]) -> None:
        nonlocal working
        go = list(places) if min(next_step.values()) < options.steps else []
        if go:
            envs.send([plans[p][next_step[p] % len(plans[p])] for p in go], go)
        for place in go:
            next_step[place] += 1
        working += len(go)

    go_on(range(options.num_envs))
    while working or resting:
        now = time.monotonic()
        rested = [p for p, end in resting.items() if end <= now]
        for place in rested:
            del resting[place]
            checked += 1
            late += not np.array_equal(envs.call_one(place, "peek"), envs.frames[place])
        go_on(rested)
        if not working:
            time.sleep(max(0.0, min(resting.values(), default=now) - now))
            continue
        wait = max(0.0, min(resting.values()) - now) if resting else None
        _, _, terminated, truncated, infos = envs.recv(1, timeout=wait)
        places = [int(i) for i in infos["env_id"]]
        working -= len(places)
        faults += sum(bool(f) for f in infos.get("fault", ()))
        for place, over in zip(places, terminated | truncated, strict=True):
            if not over and drawn.random() < check:
                resting[place] = time.monotonic() + _REST
        go_on([place for place in places if place not in resting])
    return sum(next_step.values()), late, checked, faults


# ---- beside others, and beside a policy


def _gymnasium(subject: Subject, options: Options, ours: float, say: Say) -> dict[str, Any]:
    """AsyncVectorEnv over the same env, in lockstep, with the same actions."""
    envs = gym.make_vec(
        subject.env,
        num_envs=options.num_envs,
        vectorization_mode="async",
        vector_kwargs={"copy": False},
        **_arguments(subject),
    )
    plans = [
        [to_dict(a) for a in _actions(subject, options.seed + place, options.steps)]
        for place in range(options.num_envs)
    ]
    space = envs.single_action_space
    batches: list[Any] = []
    for number in range(options.steps):
        empty: Any = create_empty_array(space, options.num_envs)
        batches.append(concatenate(space, [plan[number] for plan in plans], empty))
    with closing(envs):
        envs.reset(seed=options.seed)
        begin = time.perf_counter()
        for batch in batches:
            envs.step(batch)
        theirs = options.num_envs * options.steps / (time.perf_counter() - begin)
    say(f"Gymnasium's AsyncVectorEnv in lockstep: {theirs:.1f} steps/s")
    return {
        "async_vector_env_steps_per_s": round(theirs, 2),
        "times_async_vector_env": round(ours / theirs, 3),
    }


def _policy(subject: Subject, options: Options, say: Say) -> dict[str, Any]:
    """A policy that takes its time for each batch: all desktops at once, or whoever is ready."""
    plans = [
        _actions(subject, options.seed + place, 2 * options.steps)
        for place in range(options.num_envs)
    ]
    with _made(subject, options, copy=False) as envs:
        envs.reset(seed=options.seed)
        with ahead():
            lockstep = _timed(lambda: _policy_lockstep(envs, plans, options))
            free = _timed(lambda: _policy_free(envs, plans, options))
    steps = options.num_envs * options.steps
    say(f"with the policy: {steps / lockstep:.1f} in lockstep, {steps / free:.1f} steps/s free")
    return {
        "policy_ms": round(1e3 * options.policy),
        "policy_batch": options.batch,
        "policy_lockstep_steps_per_s": round(steps / lockstep, 2),
        "policy_send_recv_steps_per_s": round(steps / free, 2),
        "times_lockstep": round(lockstep / free, 3),
    }


def _timed(call: Callable[[], None]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def _policy_lockstep(
    envs: DesktopVectorEnv, plans: Sequence[Sequence[Action]], options: Options
) -> None:
    for number in range(options.steps):
        for _ in range(-(-options.num_envs // options.batch)):
            time.sleep(options.policy)
        envs.step([plan[number] for plan in plans])


def _policy_free(
    envs: DesktopVectorEnv, plans: Sequence[Sequence[Action]], options: Options
) -> None:
    left = dict.fromkeys(range(options.num_envs), options.steps)
    ready, working = list(left), 0
    while ready or working:
        while working and len(ready) < options.batch:
            wanted = min(options.batch - len(ready), working)
            infos = envs.recv(wanted)[4]
            got = [int(i) for i in infos["env_id"]]
            working -= len(got)
            ready += [place for place in got if left[place]]
        batch, ready = ready[: options.batch], ready[options.batch :]
        if not batch:
            continue
        time.sleep(options.policy)
        envs.send([plans[p][2 * options.steps - left[p]] for p in batch], batch)
        for place in batch:
            left[place] -= 1
        working += len(batch)
