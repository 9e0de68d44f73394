"""Replays episodes in new envs and compares every frame, bit for bit.

First each episode runs alone and without pauses. Then it runs again, several desktops at once if
so asked, with pauses between its steps, and with every core kept busy by something else. What the
agent sees must not tell the two apart.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cuagym import pack
from cuagym.actions import mask, parse, to_json
from cuagym.bench.figures import box
from cuagym.bench.frames import Shot
from cuagym.bench.hogs import hogs
from cuagym.bench.mix import mix
from cuagym.bench.subject import Say, Subject

if TYPE_CHECKING:
    from cuagym.env import DesktopEnv

__all__ = ["Options", "Plan", "compare", "measure", "play"]


@dataclass(frozen=True)
class Plan:
    """One episode: which agent plays it, with which seed, for how many steps at most."""

    agent: str
    seed: int
    steps: int

    def turns(self, env: DesktopEnv, subject: Subject) -> Iterator[Sequence[Any]]:
        """The turns of the episode that the env has just begun; the same for the same plan."""
        return itertools.islice(_AGENTS[self.agent](self, env, subject), self.steps)


def _oracle(plan: Plan, env: DesktopEnv, subject: Subject) -> Iterator[Sequence[Any]]:
    [family] = pack.find(env.instance.id)
    screen = replace(subject.screen, ask=env.elements)
    yield from family.solve(dict(env.instance.params), screen)


def _random(plan: Plan, env: DesktopEnv, subject: Subject) -> Iterator[Sequence[Any]]:
    env.action_space.seed(plan.seed)
    allowed = mask(exclude=("terminate",))
    while True:
        yield (env.action_space.sample(allowed),)


def _mix(plan: Plan, env: DesktopEnv, subject: Subject) -> Iterator[Sequence[Any]]:
    yield from (step.turn for step in mix(plan.seed, plan.steps, subject.screen))


_AGENTS = {"oracle": _oracle, "random": _random, "mix": _mix}
_WHOLE = 10**6


@dataclass(frozen=True)
class Options:
    """What is replayed, and how.

    Attributes:
        oracle: Episodes that the task's oracle plays to their end.
        random: Episodes of actions sampled from the action space.
        mix: Episodes of the mix that `cuagym bench step` takes.
        steps: Of each random and mixed episode.
        pause: The longest real pause before a step of a replay; each is drawn from 0 to it.
        hog: Whether every core is kept busy by something else during the replays.
        at_once: How many desktops replay at once.
        seed: Of the first episode of each kind, and of the pauses.
        save: A folder that gets both frames of each episode's first difference; None: nowhere.
    """

    oracle: int = 5
    random: int = 20
    mix: int = 0
    steps: int = 40
    pause: float = 3.0
    hog: bool = True
    at_once: int = 1
    seed: int = 0
    save: Path | None = None

    def plans(self) -> list[Plan]:
        """The episodes."""
        counts = {"oracle": self.oracle, "random": self.random, "mix": self.mix}
        return [
            Plan(agent, self.seed + index, _WHOLE if agent == "oracle" else self.steps)
            for agent, count in counts.items()
            for index in range(count)
        ]


@dataclass(frozen=True)
class Played:
    """An episode as it was seen: its frames, the first one included, and what was done."""

    shots: tuple[Shot, ...]
    actions: tuple[str, ...]
    unsettled: int
    faults: tuple[str, ...]


def play(subject: Subject, plan: Plan, pauses: Iterable[float]) -> Played:
    """Plays an episode in a new env.

    Args:
        subject: Which env.
        plan: What is done.
        pauses: Real seconds before each step.
    """
    env = subject.make()
    actions, faults, unsettled = [], [], 0
    try:
        observation, info = env.reset(seed=plan.seed)
        shots = [Shot.of(observation["screenshot"])]
        for turn, pause in zip(plan.turns(env, subject), pauses, strict=False):
            time.sleep(pause)
            observation, _, terminated, truncated, info = env.step_turn(turn)
            shots.append(Shot.of(observation["screenshot"]))
            actions.append(json.dumps([to_json(parse(a)) for a in turn], ensure_ascii=False))
            unsettled += not info["settled"]
            if info["fault"]:
                faults.append(info["fault"])
            if terminated or truncated:
                break
    finally:
        env.close()
    return Played(tuple(shots), tuple(actions), unsettled, tuple(faults))


def compare(plan: Plan, one: Played, other: Played, save: Path | None) -> dict[str, Any]:
    """What two runs of an episode have in common, with the first difference where there is one."""
    pairs = list(zip(one.shots, other.shots, strict=False))
    differing = [i for i, (a, b) in enumerate(pairs) if a.digest != b.digest]
    told: dict[str, Any] = {
        "agent": plan.agent,
        "seed": plan.seed,
        "frames": len(pairs),
        "different": len(differing) + abs(len(one.shots) - len(other.shots)),
        "unsettled": one.unsettled + other.unsettled,
        "faults": [*one.faults, *other.faults],
    }
    if differing:
        step = differing[0]
        a, b = (shot.frame for shot in pairs[step])
        told["first"] = {
            "step": step,  # 0 is the frame of the reset
            "action": json.loads(one.actions[step - 1]) if step else "reset",
            "box": box(a, b),
            "pixels": int((a != b).any(axis=2).sum()),
        }
        if save is not None:
            _save(save, f"{plan.agent}-{plan.seed}-step-{step}", a, b)
    return told


def _save(folder: Path, name: str, one: NDArray[np.uint8], other: NDArray[np.uint8]) -> None:
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    for which, frame in (("reference", one), ("replay", other)):
        Image.fromarray(frame).save(folder / f"{name}-{which}.png")


def measure(subject: Subject, options: Options, say: Say) -> dict[str, Any]:
    """Plays all episodes twice and returns what `cuagym bench replay` prints.

    Raises:
        Fault: A desktop did not start.
    """
    plans = options.plans()
    references = []
    for number, plan in enumerate(plans, 1):
        references.append(play(subject, plan, itertools.repeat(0.0)))
        frames = len(references[-1].shots)
        say(f"reference {number} of {len(plans)}: {plan.agent} {plan.seed}, {frames} frames")
    told = []
    with hogs(None if options.hog else 0):
        for number, replayed in _replays(subject, plans, options):
            outcome = compare(plans[number], references[number], replayed, options.save)
            told.append(outcome)
            done, which = f"{len(told)} of {len(plans)}", f"{outcome['agent']} {outcome['seed']}"
            say(f"replay {done}: {which}, {outcome['different']} frames different")
    return _summary(options, told)


def _replays(
    subject: Subject, plans: Sequence[Plan], options: Options
) -> Iterator[tuple[int, Played]]:
    """Plays every plan again; gives its number and how it went, as they end."""
    stop = threading.Event()
    with ThreadPoolExecutor(options.at_once, "replay") as pool:
        jobs = {
            pool.submit(play, subject, plan, _pauses(options, number, stop)): number
            for number, plan in enumerate(plans)
        }
        try:
            for job in as_completed(jobs):
                yield jobs[job], job.result()
        finally:  # an error, or an interrupt: those under way end with their next step
            stop.set()
            for job in jobs:
                job.cancel()


def _pauses(options: Options, number: int, stop: threading.Event) -> Iterator[float]:
    rng = np.random.default_rng((options.seed, number))
    while not stop.is_set():
        yield float(rng.uniform(0.0, options.pause))


def _summary(options: Options, told: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "frames_compared": sum(t["frames"] for t in told),
        "frames_different": sum(t["different"] for t in told),
        "episodes": len(told),
        "episodes_different": sum(bool(t["different"]) for t in told),
        "unsettled": sum(t["unsettled"] for t in told),
        "faults": sum(len(t["faults"]) for t in told),
        "longest_pause_s": options.pause,
        "at_once": options.at_once,
        "busy_cores": options.hog,
        "differing": [t for t in told if t["different"] or t["faults"]],
    }
