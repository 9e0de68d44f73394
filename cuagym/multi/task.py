"""What a team's task is: roles on desktops of their own, what is judged of each and of all.

A family draws parameters and says of each role what a `TaskFamily` says of its one agent.
"""

from __future__ import annotations

import inspect
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import numpy as np

from cuagym.actions import Wait
from cuagym.errors import TaskError, nearest
from cuagym.multi.folder import NAME
from cuagym.multi.messages import Message, TeamTurn
from cuagym.task import DIFFICULTIES, ID, Change, Params, Screen, TaskInstance, ValidatorSpec

__all__ = ["MESSAGES", "Oracle", "Role", "Seat", "TeamFamily", "TeamInstance", "TeamMiss"]

MESSAGES: Final = "messages.txt"
"""The file in which joint validators find what was said: a line each, `sender: text`."""
_ROLE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class Role:
    """One agent of a team.

    Attributes:
        app: The application on its desktop, such as `excel`.
        save: Whether its document is judged as the file on disk; if not, as the live state.
    """

    app: str
    save: bool = False


@dataclass
class Seat:
    """What the oracle of one role knows: its screen, and what it was told.

    Attributes:
        role: Whose it is.
        screen: Its desktop's screen.
        unheard: What the others said to it and it has not listened to yet, in order.
    """

    role: str
    screen: Screen
    unheard: list[Message] = field(default_factory=list)

    def listen(self, sender: str) -> Generator[TeamTurn, None, str]:
        """Wait until another agent has said something; return it.

        Args:
            sender: The other agent; what others say meanwhile is kept.

        Example:
            >>> total = yield from seat.listen("analyst")
        """
        while True:
            for message in self.unheard:
                if message.sender == sender:
                    self.unheard.remove(message)
                    return message.text
            yield (Wait(1.0),)


Oracle = Callable[[Seat], Iterable[TeamTurn]]
"""What plays one role, from the first frame to `Terminate`."""


@dataclass(frozen=True)
class TeamMiss:
    """A wrong end that must not pass, and what the verdict must say of it.

    Attributes:
        says: Occurs in the name or in the detail of a failed check: it fails for its reason.
        how: Oracles by role, which are played in place of the right ones; or a change of what was
            left, all files by the names that joint validators know.
    """

    says: str
    how: Mapping[str, Oracle] | Change


@dataclass(frozen=True)
class TeamInstance:
    """One task of a team, ready to be run: plain data.

    Attributes:
        id: The family's id, `PACK/NAME`.
        seed: What the parameters were drawn with.
        params: The parameters.
        parts: Each role's task, by role, in the order of the agents.
        joint: Validators of all that was left: `ROLE/NAME` for the files of one role, `Shared/NAME`
            for shared ones, and `messages.txt`.
        horizon: The most steps.
        capabilities: Tags of what the task exercises.
        difficulty: `easy`, `medium` or `hard`.
    """

    id: str
    seed: int
    params: Mapping[str, Any]
    parts: Mapping[str, TaskInstance]
    joint: tuple[ValidatorSpec, ...]
    horizon: int
    capabilities: tuple[str, ...] = ()
    difficulty: str = ""

    @property
    def shared(self) -> dict[str, bytes]:
        """What the shared folder holds at the start, by name."""
        first = next(iter(self.parts.values()))
        prefix = f"{NAME}/"
        files = first.files.items()
        return {n.removeprefix(prefix): data for n, data in files if n.startswith(prefix)}

    def to_json(self) -> dict[str, Any]:
        """Return plain data for json; files are base64."""
        return {
            "id": self.id,
            "seed": self.seed,
            "params": dict(self.params),
            "parts": {role: part.to_json() for role, part in self.parts.items()},
            "joint": [
                {"name": v.name, "args": dict(v.args), "weight": v.weight} for v in self.joint
            ],
            "horizon": self.horizon,
            "capabilities": list(self.capabilities),
            "difficulty": self.difficulty,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TeamInstance:
        """Return the instance that `to_json` wrote.

        Raises:
            TaskError: If the data is not what `to_json` writes.
        """
        try:
            parts = {role: TaskInstance.from_json(p) for role, p in data["parts"].items()}
            joint = tuple(ValidatorSpec(**v) for v in data["joint"])
            tags = tuple(data["capabilities"])
            return cls(**{**data, "parts": parts, "joint": joint, "capabilities": tags})
        except (KeyError, TypeError, AttributeError) as e:
            raise TaskError(f"not a task as TeamInstance.to_json writes it: {e!r}") from e


class TeamFamily(ABC):
    """A kind of task for several agents, its validators, and the proof that it can be done.

    A subclass sets the attributes and writes the methods. All of them are functions of their
    arguments alone, but for the oracles, which also know what they were told.

    Attributes:
        id: `PACK/NAME`; the module that holds the family is called NAME, `_` in place of `-`.
        roles: The agents by name, in their order, two or more.
        capabilities: Tags of what the task exercises.
        difficulty: `easy`, `medium` or `hard`.
        horizon: The most steps of an episode.
    """

    id: ClassVar[str]
    roles: ClassVar[Mapping[str, Role]]
    capabilities: ClassVar[tuple[str, ...]] = ()
    difficulty: ClassVar[str] = "medium"
    horizon: ClassVar[int] = 60

    @abstractmethod
    def sample(self, rng: np.random.Generator) -> Params:
        """Draw parameters; plain Python values that json can hold."""

    @abstractmethod
    def setup(self, params: Params, role: str) -> dict[str, bytes]:
        """Return the files of a role's workspace by name; the first is the one that is opened."""

    @abstractmethod
    def instruction(self, params: Params, role: str) -> str:
        """Return what an agent is asked, and whom it works with."""

    @abstractmethod
    def validators(self, params: Params, role: str) -> Iterable[ValidatorSpec]:
        """Return what judges what a role left on its own desktop; at least one."""

    @abstractmethod
    def joint(self, params: Params) -> Iterable[ValidatorSpec]:
        """Return what judges all that was left: see `TeamInstance.joint`.

        These are of kinds that need no document, such as `files` and `pdf`.
        """

    @abstractmethod
    def solve(self, params: Params, seat: Seat) -> Iterable[TeamTurn]:
        """Yield the turns of one role's oracle, from the first frame to `Terminate`."""

    @abstractmethod
    def near_misses(self, params: Params) -> Mapping[str, TeamMiss]:
        """Return wrong ends by name: what a hasty team would leave."""

    def shared(self, params: Params) -> dict[str, bytes]:
        """Return what the shared folder holds at the start, by name; nothing for most."""
        return {}

    def gold(self, params: Params, role: str) -> dict[str, bytes]:
        """Return the files that a role's validators compare with, by name."""
        return {}

    def instance(self, seed: int) -> TeamInstance:
        """Return the task that a seed gives, always the same one.

        Raises:
            TaskError: If the family breaks a rule of tasks, naming it.
        """
        self._check_declared()
        try:
            params = json.loads(json.dumps(self.sample(np.random.default_rng(seed))))
        except TypeError as e:
            raise TaskError(
                f"task {self.id!r}: sample() must give what json can hold: {e}"
            ) from None
        return TeamInstance(
            id=self.id,
            seed=int(seed),
            params=params,
            parts={role: self._part(params, role, int(seed)) for role in self.roles},
            joint=tuple(self.joint(params)),
            horizon=self.horizon,
            capabilities=tuple(self.capabilities),
            difficulty=self.difficulty,
        )

    def _part(self, params: Params, role: str, seed: int) -> TaskInstance:
        """Return the task of one role."""
        own = self.setup(params, role)
        shared = {f"{NAME}/{name}": data for name, data in self.shared(params).items()}
        told = self.roles[role]
        validators = tuple(self.validators(params, role))
        if not validators:
            raise TaskError(f"task {self.id!r}: role {role!r} has no validators")
        return TaskInstance(
            id=self.id,
            app=told.app,
            seed=seed,
            instruction=self.instruction(params, role),
            files=own | shared,
            open=next(iter(own), ""),
            save=told.save,
            # One more than the team's: the last step is that in which the desktop is judged.
            max_steps=self.horizon + 1,
            validators=validators,
            gold=self.gold(params, role),
            difficulty=self.difficulty,
        )

    def _check_declared(self) -> None:
        """Refuse a family whose attributes are not what they should be."""
        who = f"task family {type(self).__module__}.{type(self).__qualname__}"
        if not isinstance(getattr(self, "id", None), str) or not ID.fullmatch(self.id):
            raise TaskError(f"{who}: id {getattr(self, 'id', None)!r} must be PACK/NAME")
        if self.difficulty not in DIFFICULTIES:
            near = nearest(self.difficulty, DIFFICULTIES)
            raise TaskError(f"{who}: difficulty {self.difficulty!r}: one of {DIFFICULTIES}{near}")
        if len(getattr(self, "roles", ())) < 2:
            raise TaskError(f"{who} needs two roles or more")
        for role in self.roles:
            if not _ROLE.fullmatch(role):
                raise TaskError(f"{who}: role {role!r} must be a name in lower case")


def concrete(value: object, module: str) -> bool:
    """Whether a value is a family that a module defines."""
    return (
        isinstance(value, type)
        and issubclass(value, TeamFamily)
        and value.__module__ == module
        and not inspect.isabstract(value)
    )
