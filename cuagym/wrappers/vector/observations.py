"""What many envs show and pay: `cuagym.wrappers` says what each does, and to what arguments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from gymnasium.vector import VectorEnv

from cuagym.wrappers.images import Method
from cuagym.wrappers.look import Downscale, Stack
from cuagym.wrappers.regions import Box, listed
from cuagym.wrappers.rewards import StepCost
from cuagym.wrappers.tasks import By, TaskNumber
from cuagym.wrappers.vector.base import TransformWrapper

__all__ = ["FrameStack", "Screen", "TaskIndex", "TaskOneHot", "TimeCost"]


class Screen(TransformWrapper):
    """The screens alone, smaller, as `cuagym.wrappers.Screen`; all of them in one native call.

    Observations are new arrays, uint8 (num_envs, height, width, 3 or 1), whatever the pool's
    `copy`: with `gym.make_vec(..., copy=False)` nothing is copied that is not asked for.

    Raises:
        UsageError: an argument is not what it should be.
    """

    def __init__(
        self,
        env: VectorEnv[Any, Any, Any],
        size: Sequence[int] | None = None,
        crop: Box | None = None,
        gray: bool = False,
        method: Method = "area",
        keep: Sequence[str] = (),
    ) -> None:
        super().__init__(env, Downscale(size, crop, gray, method, keep))


class FrameStack(TransformWrapper):
    """The last images of each env's episode, as `cuagym.wrappers.FrameStack`."""

    def __init__(self, env: VectorEnv[Any, Any, Any], count: int = 4) -> None:
        super().__init__(env, Stack(count))


class TaskOneHot(TransformWrapper):
    """Which task each env is at, as `cuagym.wrappers.TaskOneHot`; float32 (num_envs, n)."""

    def __init__(
        self, env: VectorEnv[Any, Any, Any], tasks: Iterable[str], by: By = "task"
    ) -> None:
        super().__init__(env, TaskNumber(listed(tasks), by, one_hot=True))


class TaskIndex(TransformWrapper):
    """Which task each env is at, as `cuagym.wrappers.TaskIndex`; int64 (num_envs,)."""

    def __init__(
        self, env: VectorEnv[Any, Any, Any], tasks: Iterable[str], by: By = "task"
    ) -> None:
        super().__init__(env, TaskNumber(listed(tasks), by, one_hot=False))


class TimeCost(TransformWrapper):
    """Every step costs something, as `cuagym.wrappers.TimeCost`; resets cost nothing."""

    def __init__(self, env: VectorEnv[Any, Any, Any], cost: float = 0.01) -> None:
        super().__init__(env, StepCost(cost))
