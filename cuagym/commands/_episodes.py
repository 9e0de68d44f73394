"""Episodes by an agent that needs no model, and what is told and recorded of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

import cuagym
from cuagym import pack
from cuagym.actions import mask
from cuagym.commands import say
from cuagym.env import DesktopEnv
from cuagym.errors import ActionError, CuagymError, Fault
from cuagym.verdict import Check, Verdict

__all__ = ["AGENTS", "Episode", "describe", "play", "summary", "tell"]

Frame: TypeAlias = NDArray[np.uint8]
Agent: TypeAlias = Callable[[DesktopEnv, int], Iterable[Sequence[Any]]]
"""What gives the turns of the episode under way, from env and seed."""


@dataclass(frozen=True)
class Episode:
    """One episode, over.

    Attributes:
        task: The task's id; "" where the desktop did not even start, or there is none.
        seed: What the env was reset with; None where its generator went on.
        task_seed: What the task's parameters were drawn with.
        instruction: What was asked.
        steps: How many steps it took.
        verdict: What the validators said; None where there was nothing to grade.
        horizon: Whether it ended by the horizon.
        fault: The machine's failure, which is nobody's score; "" where there was none.
        error: The agent's failure to act at all; "" where there was none.
        seconds: Real time, the reset included.
    """

    task: str
    seed: int | None
    task_seed: int
    instruction: str
    steps: int
    verdict: Verdict | None
    horizon: bool
    fault: str
    error: str
    seconds: float

    @classmethod
    def of(cls, env: DesktopEnv, info: Mapping[str, Any], seed: int | None, **more: Any) -> Episode:
        """The episode that an env has just ended; `more`: error and seconds."""
        return cls(
            task=info.get("task", ""),
            seed=seed,
            task_seed=info.get("task_seed", 0),
            instruction=info.get("instruction", ""),
            steps=info.get("step", 0),
            verdict=env.verdict,
            horizon=info.get("horizon", False),
            **{"fault": info.get("fault", ""), **more},
        )

    @property
    def success(self) -> bool:
        """Whether it was graded and every check passed."""
        return not self.error and self.verdict is not None and self.verdict.success

    @property
    def checks(self) -> tuple[Check, ...]:
        """What the validators looked at."""
        return self.verdict.checks if self.verdict else ()

    def to_json(self) -> dict[str, Any]:
        """Plain data for json."""
        graded = (self.verdict or Verdict()).to_json()
        return {
            "task": self.task,
            "seed": self.seed,
            "task_seed": self.task_seed,
            "instruction": self.instruction,
            "steps": self.steps,
            "success": self.success,
            "score": graded["score"],
            "checks": graded["checks"],
            "horizon": self.horizon,
            "fault": self.fault or None,
            "error": self.error or None,
            "seconds": round(self.seconds, 3),
        }


def _oracle(env: DesktopEnv, seed: int) -> Iterator[Sequence[Any]]:
    return env.oracle()


def _random(env: DesktopEnv, seed: int) -> Iterator[Sequence[Any]]:
    env.action_space.seed(seed)
    allowed = mask(exclude=("terminate",))
    while True:
        yield (env.action_space.sample(allowed),)


AGENTS: Mapping[str, Agent] = MappingProxyType({"oracle": _oracle, "random": _random})


def play(env: DesktopEnv, agent: str, seed: int, see: Callable[[Frame], None]) -> Episode:
    """Lets an agent play one episode.

    Args:
        env: Where.
        agent: One of `AGENTS`.
        seed: For the env and, where it has any use of one, the agent.
        see: Gets every frame.
    """
    began = time.monotonic()
    info: Mapping[str, Any] = {}
    error = ""
    try:
        observation, info = env.reset(seed=seed)
        see(observation["screenshot"])
        turns = iter(AGENTS[agent](env, seed))
        over = False
        while not over and not error:
            turn, error = _next(turns, agent)
            if turn is not None:
                observation, _, terminated, truncated, info = env.step_turn(turn)
                see(observation["screenshot"])
                over = terminated or truncated
    except ActionError as e:
        error = f"the {agent} failed: {e}"
    except Fault as e:
        info = {**info, "fault": str(e)}
    return Episode.of(env, info, seed, error=error, seconds=time.monotonic() - began)


def _next(turns: Iterator[Sequence[Any]], agent: str) -> tuple[Sequence[Any] | None, str]:
    """The agent's next turn, or why there is none."""
    try:
        turn = next(turns, None)
    except CuagymError as e:
        return None, f"the {agent} failed: {e}"
    except Exception as e:  # a contributor's oracle may raise anything
        return None, f"the {agent} failed: {type(e).__name__}: {e}"
    return (None, f"the {agent} stopped before it had terminated") if turn is None else (turn, "")


def describe(checks: Iterable[Check], indent: str = "    ") -> list[str]:
    """A line for each check."""
    return [
        f"{indent}{'passed' if c.passed else 'FAILED'}  {c.name}"
        + (f": {c.detail}" * bool(c.detail))
        for c in checks
    ]


def tell(number: int, count: int, episode: Episode, every_check: bool = False) -> None:
    """Says how an episode went: a line, and one for each failed check (or for each check)."""
    if episode.fault:
        outcome = f"FAULT: {episode.fault}"
    elif episode.error:
        outcome = f"FAILURE: {episode.error}"
    elif episode.verdict is None:
        outcome = "not graded"
    else:
        outcome = "success" if episode.success else f"FAILURE, score {episode.verdict.score:.2f}"
    which = episode.task or "(no task)"
    if episode.seed is not None:
        which += f" seed {episode.seed}"
    took = f"{episode.steps} steps, {episode.seconds:.1f} s"
    say(f"[{number}/{count}] {which}: {outcome}; {took}")
    shown = [c for c in episode.checks if every_check or not c.passed]
    for line in describe(shown):
        say(line)


def summary(episodes: Sequence[Episode]) -> dict[str, Any]:
    """What a list of episodes amounts to, as plain data: faults count apart."""
    graded = [e for e in episodes if e.task and not e.fault]
    solved = sum(e.success for e in graded)
    found = (pack.pack_of(task) for task in sorted({e.task for e in episodes if e.task}))
    packs = {p.name: p for p in found if p is not None}
    return {
        "episodes": [e.to_json() for e in episodes],
        "successes": solved,
        "success_rate": solved / len(graded) if graded else None,
        "faults": sum(bool(e.fault) for e in episodes),
        "cuagym": cuagym.__version__,
        "packs": {n: {"version": p.version, "hash": p.hash} for n, p in packs.items()},
    }
