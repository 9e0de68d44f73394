"""Playing the oracles of all roles together, a turn of each in every step."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cuagym.actions import Terminate
from cuagym.errors import CuagymError, Fault
from cuagym.multi.messages import Message, TeamTurn, as_messages
from cuagym.multi.parallel import TeamEnv
from cuagym.multi.task import Oracle, Seat, TeamInstance
from cuagym.task import Screen
from cuagym.verdict import Verdict

__all__ = ["TeamEnd", "play", "seats"]


@dataclass(frozen=True)
class TeamEnd:
    """How an episode of a team ended.

    Attributes:
        verdict: What was said of it.
        files: All that was judged, by the names that joint validators know.
        ends: How the roles have terminated.
        transcript: What was said.
        frames: A hash of what all agents observed, by step.
        wrong: Why it is no proof of anything: a fault, turns that do not end; "" where it is one.
    """

    verdict: Verdict = field(default_factory=Verdict)
    files: dict[str, bytes] = field(default_factory=dict)
    ends: dict[str, Terminate] = field(default_factory=dict)
    transcript: tuple[Message, ...] = ()
    frames: tuple[str, ...] = ()
    wrong: str = ""

    @property
    def steps(self) -> int:
        """How many steps it took."""
        return max(0, len(self.frames) - 1)


def play(
    env: TeamEnv,
    instance: TeamInstance,
    oracles: Mapping[str, Oracle],
    watch: Callable[[], object] = lambda: None,
) -> TeamEnd:
    """Play a task from fresh desktops to the end of the episode.

    Args:
        env: A team of its roles.
        instance: The task.
        oracles: What plays each role; one that has ended does nothing more.
        watch: Called after the reset and after each step.
    """
    frames: list[str] = []
    try:
        observed, _ = env.reset(options={"task": instance})
        knows = seats(env)
        turns = {role: iter(oracle(knows[role])) for role, oracle in oracles.items()}
        frames.append(_hash(observed))
        watch()
        while env.agents:
            actions = {role: _next(turns[role]) for role in env.agents}
            observed, _, _, truncated, infos = env.step(actions)
            frames.append(_hash(observed))
            watch()
            for role, seat in knows.items():
                seat.unheard += as_messages(observed[role]["messages"])
            if any(truncated.values()):
                why = next(iter(infos.values()))["fault"]
                return TeamEnd(
                    frames=tuple(frames), wrong=f"fault at step {len(frames) - 1}: {why}"
                )
        if late := [role for role in oracles if role not in env.ends]:
            return TeamEnd(frames=tuple(frames), wrong=f"never terminated: {', '.join(late)}")
        assert env.verdict is not None
        told = tuple(env.transcript)
        return TeamEnd(env.verdict, env.left, env.ends, told, tuple(frames))
    except Fault as e:
        return TeamEnd(frames=tuple(frames), wrong=f"fault: {e}")
    except CuagymError as e:
        return TeamEnd(frames=tuple(frames), wrong=str(e))
    except Exception as e:  # a contributor's oracle may raise anything
        return TeamEnd(frames=tuple(frames), wrong=f"the turns raised {type(e).__name__}: {e}")


def seats(env: TeamEnv) -> dict[str, Seat]:
    """Return what oracles know of a team, by role; who plays them adds what they hear."""
    width, height = env.size
    return {
        role: Seat(role, Screen(width, height, env.look, desktop.elements))
        for role, desktop in env.desktops.items()
    }


def _next(turns: Iterator[TeamTurn]) -> list[Any]:
    """The next turn; nothing where they have ended."""
    return list(next(turns, ()))


def _hash(observed: Mapping[str, Any]) -> str:
    """A hash of all that agents observe."""
    whole = hashlib.sha256()
    for role in sorted(observed):
        for name in sorted(observed[role]):
            whole.update(observed[role][name].tobytes())
    return whole.hexdigest()
