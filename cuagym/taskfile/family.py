"""The task family that comes of a task file: no parameters, and no code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Any, cast

import numpy as np

from cuagym.actions import Terminate, Turn
from cuagym.errors import TaskError
from cuagym.task import NearMiss, Params, Screen, TaskFamily, TaskInstance, ValidatorSpec
from cuagym.validation import COMPOSED, parts

__all__ = ["FileTask", "Told", "family"]


@dataclass(frozen=True)
class Told:
    """What a task file says, with everything that it names.

    Attributes:
        path: The file.
        attributes: Those of the family: id, app, and so on.
        instruction: What the agent is asked.
        open: The name of the document; "" for none.
        files: The workspace's files by name.
        validators: What judges the episode.
        gold: What validators compare with, by name.
        turns: The oracle's; empty where the file tells none.
        near_misses: A wrong document and what the verdict must say of it, by name.
        sources: Every file that was read, the task file first.
    """

    path: Path
    attributes: Mapping[str, Any]
    instruction: str
    open: str
    files: Mapping[str, bytes]
    validators: tuple[ValidatorSpec, ...]
    gold: Mapping[str, bytes] = field(default_factory=dict)
    turns: tuple[Turn, ...] = ()
    near_misses: Mapping[str, tuple[bytes, str]] = field(default_factory=dict)
    sources: tuple[Path, ...] = ()


class FileTask(TaskFamily):
    """A task that a file tells.

    Attributes:
        told: What the file says.
    """

    def __init__(self, told: Told) -> None:
        self.told = told

    def sources(self) -> Iterable[Path]:
        """Return the task file and all that it names."""
        return self.told.sources

    def sample(self, rng: np.random.Generator) -> Params:
        """Return no parameters: every seed gives the same task."""
        return {}

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the files that the task file names, the document first."""
        return dict(self.told.files)

    def instruction(self, params: Params) -> str:
        """Return what the agent is asked."""
        return self.told.instruction

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Return what judges the episode."""
        return self.told.validators

    def gold(self, params: Params) -> dict[str, bytes]:
        """Return what validators compare with."""
        return dict(self.told.gold)

    def solve(self, params: Params, screen: Screen) -> Iterable[Turn]:
        """Return the turns under `solve`, and `Terminate` if they end without it.

        Raises:
            TaskError: If the file tells none.
        """
        if not self.has_oracle:
            raise TaskError(
                f"{self.told.path}: it tells no way to the goal: a list of actions under the key"
                " 'solve' would"
            )
        turns = self.told.turns
        if not isinstance(turns[-1][-1], Terminate):
            turns = (*turns, (Terminate("success" if self.feasible else "failure"),))
        return turns

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Return wrong ends: the document replaced by a wrong one."""

        def left(data: bytes) -> Any:
            return lambda files: {**files, self.told.open: data}

        misses = self.told.near_misses.items()
        return {name: NearMiss(says, left(data)) for name, (data, says) in misses}

    def gold_states(self) -> dict[str, dict[str, bytes]]:
        """Return the workspaces with a gold document in the document's place, by name.

        A gold file is a right end where some way to pass compares with it and with no other.
        """
        kind = PurePath(self.told.open).suffix.lower()
        names: list[str] = []
        for wanted in _ways(self.told.validators):
            if len(wanted) == 1 and PurePath(next(iter(wanted))).suffix.lower() == kind:
                names += wanted
        return {
            f"gold {name}": {**self.told.files, self.told.open: self.told.gold[name]}
            for name in dict.fromkeys(names)
        }

    def instance(self, seed: int, split: str = "") -> TaskInstance:
        """Return the task; the seed is only noted."""
        made = super().instance(seed, split)
        return replace(made, open=self.told.open)


def family(told: Told) -> FileTask:
    """Return the family that a task file tells: a class of its own, as every family is."""
    summary = told.instruction.partition("\n")[0]
    made = type("FileTask", (FileTask,), {**told.attributes, "__doc__": summary})
    return cast(FileTask, made(told))


def _ways(specs: Iterable[ValidatorSpec]) -> list[frozenset[str]]:
    """Return the gold files that each way to pass all of these compares with."""
    ways: list[frozenset[str]] = [frozenset()]
    for spec in specs:
        if spec.name == "any":
            own = [way for part in parts(spec) for way in _ways([part])]
        elif spec.name in COMPOSED:
            own = _ways(parts(spec))
        else:
            equal = spec.name.endswith(".equals_gold") and "gold" in spec.args
            own = [frozenset([spec.args["gold"]] if equal else [])]
        ways = [way | other for way in ways for other in own]
    return ways
