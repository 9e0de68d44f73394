"""Which task an episode is of, as a number that a network can take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from gymnasium import Space, spaces

from cuagym.errors import UsageError, nearest
from cuagym.wrappers.transform import Batch, Transform

__all__ = ["BY", "By", "TaskNumber"]

By = Literal["task", "instruction"]
BY = ("task", "instruction")


class TaskNumber(Transform):
    """The task's place in a list; see `cuagym.wrappers.TaskOneHot` and `TaskIndex`."""

    def __init__(self, tasks: Sequence[str], by: By, *, one_hot: bool) -> None:
        names = list(tasks)
        if not names or not all(isinstance(name, str) for name in names):
            raise UsageError(f"tasks={names!r}: a list of texts, at least one")
        if len(set(names)) < len(names):
            raise UsageError(f"tasks={names!r}: each of them once")
        if by not in BY:
            raise UsageError(f"by={by!r}: one of {BY}{nearest(by, BY)}")
        self._numbers = {name: number for number, name in enumerate(names)}
        self._by, self._one_hot = by, one_hot
        self._known = np.zeros(0, np.int64)

    def bind(self, space: Space[Any], count: int) -> Space[Any]:
        """See `Transform.bind`."""
        self._known = np.zeros(count, np.int64)
        n = len(self._numbers)
        task: Space[Any] = (
            spaces.Box(0.0, 1.0, (n,), np.float32) if self._one_hot else spaces.Discrete(n)
        )
        if not isinstance(space, spaces.Dict):
            return spaces.Dict({"screen": space, "task": task})
        if "task" in space.spaces:
            raise UsageError("'task' is observed already: one wrapper that tells it is enough")
        return spaces.Dict({**space.spaces, "task": task})

    def see(self, batch: Batch) -> Any:
        """See `Transform.see`.

        Raises:
            UsageError: an episode is of a task that is not in the list.
        """
        for place, name in zip(batch.places, batch.told(self._by), strict=True):
            if name is not None:
                self._known[place] = self._number(name)
        task: Any = self._known[batch.places]
        if self._one_hot:
            task = np.eye(len(self._numbers), dtype=np.float32)[task]
        if isinstance(batch.observations, dict):
            return {**batch.observations, "task": task}
        return {"screen": batch.observations, "task": task}

    def _number(self, name: str) -> int:
        found = self._numbers.get(name)
        if found is None:
            known = list(self._numbers)
            shown = ", ".join(map(repr, known[:8])) + (" ..." if len(known) > 8 else "")
            raise UsageError(
                f"an episode's {self._by} is {name!r}, which is not in the list of"
                f" {len(known)}{nearest(name, known)} ({shown})"
            )
        return found
