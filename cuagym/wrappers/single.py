"""The wrappers of one env."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, SupportsFloat

import gymnasium as gym
import numpy as np
from gymnasium.utils import RecordConstructorArgs
from gymnasium.vector import VectorEnv

from cuagym.actions import Action
from cuagym.errors import UsageError
from cuagym.wrappers.images import Method
from cuagym.wrappers.look import Downscale, Stack
from cuagym.wrappers.presets import KEYS, OFFICE, Grid, GridAndKeys, Pointer, Preset
from cuagym.wrappers.regions import Box, listed, region_of
from cuagym.wrappers.rewards import StepCost
from cuagym.wrappers.tasks import By, TaskNumber
from cuagym.wrappers.transform import Batch, Transform

__all__ = [
    "ClickGrid",
    "ContinuousPointer",
    "FrameStack",
    "PointAndType",
    "Screen",
    "TaskIndex",
    "TaskOneHot",
    "TimeCost",
]


def _one(env: Any, name: str) -> Any:
    if isinstance(env, VectorEnv):
        raise UsageError(
            f"wrappers.{name} is for one env, and this is a vector env: take"
            f" cuagym.wrappers.vector.{name}"
        )
    return env


class _Transformed(gym.Wrapper[Any, Any, Any, Any]):
    """An env whose observations and rewards pass through a transform, as a batch of one."""

    def __init__(self, env: gym.Env[Any, Any], transform: Transform) -> None:
        super().__init__(_one(env, type(self).__name__))
        self._transform = transform
        self.observation_space = transform.bind(env.observation_space, 1)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """As the env's, with the observation transformed."""
        observation, info = self.env.reset(seed=seed, options=options)
        return self._row(self._transform.see(_batch(observation, info, first=True))), info

    def step(self, action: Any) -> tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]:
        """As the env's, with observation and reward transformed."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        batch = _batch(observation, info, first=False)
        [paid] = self._transform.pay(np.array([float(reward)]), batch)
        seen = self._row(self._transform.see(batch))
        return seen, float(paid), terminated, truncated, info

    @staticmethod
    def _row(seen: Any) -> Any:
        return {k: v[0] for k, v in seen.items()} if isinstance(seen, dict) else seen[0]


def _batch(observation: Any, info: dict[str, Any], *, first: bool) -> Batch:
    many = isinstance(observation, dict)
    return Batch(
        {k: np.asarray(v)[None] for k, v in observation.items()}
        if many
        else np.asarray(observation)[None],
        np.zeros(1, np.int64),
        first=np.array([first]),
        still=np.zeros(1, np.bool_),
        acted=np.array([not first and not info.get("fault")]),
        told=lambda key: [info.get(key)],
    )


class Screen(_Transformed, RecordConstructorArgs):
    """The screen alone as observation, smaller: what CnnPolicy and the like take.

    Args:
        env: an env that observes a "screenshot", as `DesktopEnv` does.
        size: width and height of the image; None for those of the part that is seen.
        crop: the part of the screen that is seen: left, top, width, height in pixels; None for all.
        gray: one channel instead of three (ITU-R BT.601 luma).
        method: "area" (each pixel is the exact mean of the area that it stands for) or "nearest"
            (cheaper; thin lines and small text are lost).
        keep: other parts of the observation to keep, such as ["instruction"]; the observation is
            then a dict, with the image under "screen".

    The observation is a new array, uint8 (height, width, 3), or (height, width, 1) with `gray`.

    Raises:
        UsageError: an argument is not what it should be.

    Example:
        >>> env = Screen(gym.make("CUA-Excel-v0"), size=(160, 90), gray=True)
        >>> env.observation_space
        Box(0, 255, (90, 160, 1), uint8)
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        size: Sequence[int] | None = None,
        crop: Box | None = None,
        gray: bool = False,
        method: Method = "area",
        keep: Sequence[str] = (),
    ) -> None:
        RecordConstructorArgs.__init__(
            self, size=size, crop=crop, gray=gray, method=method, keep=keep
        )
        super().__init__(env, Downscale(size, crop, gray, method, keep))


class FrameStack(_Transformed, RecordConstructorArgs):
    """The last `count` images of the episode as the channels of one, oldest first.

    At the beginning of an episode its first image stands for those that are missing.

    Args:
        env: an env that observes an image, (H, W, C), or has one under "screen" or "screenshot".
        count: how many; the image becomes (H, W, C * count).

    Raises:
        UsageError: an argument is not what it should be.
    """

    def __init__(self, env: gym.Env[Any, Any], count: int = 4) -> None:
        RecordConstructorArgs.__init__(self, count=count)
        super().__init__(env, Stack(count))


class TaskOneHot(_Transformed, RecordConstructorArgs):
    """Which task it is, as "task" in the observation, float32 (len(tasks),), one of them 1.

    Args:
        env: the env. Where its observation is no dict, it goes under "screen".
        tasks: the tasks' ids, in an order of your choice.
        by: "task", or "instruction": `tasks` are instructions then, and tell instances of one task
            apart.

    Raises:
        UsageError: an argument is not what it should be; or, in reset and step, the episode's task
            is not in the list.
    """

    def __init__(self, env: gym.Env[Any, Any], tasks: Iterable[str], by: By = "task") -> None:
        tasks = listed(tasks)
        RecordConstructorArgs.__init__(self, tasks=tasks, by=by)
        super().__init__(env, TaskNumber(tasks, by, one_hot=True))


class TaskIndex(_Transformed, RecordConstructorArgs):
    """Which task it is, as "task" in the observation: its place in the list, an int64.

    Args:
        env: the env. Where its observation is no dict, it goes under "screen".
        tasks: as for `TaskOneHot`.
        by: as for `TaskOneHot`.

    Raises:
        UsageError: as `TaskOneHot` does.
    """

    def __init__(self, env: gym.Env[Any, Any], tasks: Iterable[str], by: By = "task") -> None:
        tasks = listed(tasks)
        RecordConstructorArgs.__init__(self, tasks=tasks, by=by)
        super().__init__(env, TaskNumber(tasks, by, one_hot=False))


class TimeCost(_Transformed, RecordConstructorArgs):
    """Every step costs something, so that short ways are better than long ones.

    A step that a fault cut costs nothing.

    Args:
        env: the env.
        cost: what is taken from each reward. Choose it so that it is less than 1 / (the longest way
            that is still worth going).

    Raises:
        UsageError: it is no number of at least 0.
    """

    def __init__(self, env: gym.Env[Any, Any], cost: float = 0.01) -> None:
        RecordConstructorArgs.__init__(self, cost=cost)
        super().__init__(env, StepCost(cost))


class _Preset(gym.ActionWrapper[Any, Any, Any]):
    """An env that takes the actions of a preset."""

    def __init__(self, env: gym.Env[Any, Any], preset: Preset) -> None:
        super().__init__(_one(env, type(self).__name__))
        self._preset, self.action_space = preset, preset.space

    @property
    def meanings(self) -> list[list[str]]:
        """What each index of the action space means: a list for each part of the space."""
        return [list(part) for part in self._preset.meanings]

    def action(self, action: Any) -> Action:
        """The primitive that an action stands for.

        Raises:
            ActionError: it is not in the action space.
        """
        return self._preset.primitive(action)

    def encode(self, action: Action) -> Any:
        """The action of this space that comes nearest to a primitive, as demonstrations hold them.

        A point is moved to the nearest that the space has.

        Raises:
            ActionError: no action of this space does what the primitive does.
        """
        return self._preset.encode(action)


class ClickGrid(_Preset, RecordConstructorArgs):
    """Discrete: one click, at the middle of one of `columns` x `rows` cells.

    For pages and games of MiniWoB's kind, and for "click the cell that is named". Cells count
    from the upper left, row by row.

    Args:
        env: the env.
        columns: how many cells lie beside each other.
        rows: how many lie below each other.
        region: the part of the screen that is divided: left, top, width, height in pixels; None for
            all of it.
        terminate: whether one more action, the last, says that the task is done.

    Raises:
        UsageError: an argument is not what it should be.

    Example:
        >>> env = ClickGrid(gym.make("CUA-Browser-v0", task="miniwob/click-test"), 8, 10)
        >>> env.action_space
        Discrete(80)
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        columns: int,
        rows: int,
        region: Box | None = None,
        terminate: bool = False,
    ) -> None:
        RecordConstructorArgs.__init__(
            self, columns=columns, rows=rows, region=region, terminate=terminate
        )
        super().__init__(env, Grid(columns, rows, region_of(env, region), terminate))


class PointAndType(_Preset, RecordConstructorArgs):
    r"""MultiDiscrete (kind, column, row, key): point at a cell of a grid, or type something.

    For office work with a short list of keys and texts.

    Args:
        env: the env.
        columns: of the grid, which has its points in the middles of its cells.
        rows: of the grid.
        keys: such as "Return" or "ctrl+s".
        texts: such as "Total" or "=SUM(B2:B9)\n".
        kinds: what can be done at a point, of `cuagym.wrappers.KINDS`; one more kind, the last,
            types one of `keys` and `texts`. Without "terminate" an episode ends by its horizon.
        region: the part of the screen that the grid covers: left, top, width, height in pixels;
            None for all of it.

    Raises:
        UsageError: an argument is not what it should be.

    Example:
        >>> env = PointAndType(gym.make("CUA-Excel-v0"), 32, 18, texts=["Total", "42"])
        >>> env.action_space
        MultiDiscrete([ 7 32 18 16])
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        columns: int,
        rows: int,
        keys: Iterable[str] = KEYS,
        texts: Iterable[str] = (),
        kinds: Iterable[str] = OFFICE,
        region: Box | None = None,
    ) -> None:
        keys, texts, kinds = listed(keys), listed(texts), listed(kinds)
        RecordConstructorArgs.__init__(
            self, columns=columns, rows=rows, keys=keys, texts=texts, kinds=kinds, region=region
        )
        preset = GridAndKeys(columns, rows, region_of(env, region), kinds, keys, texts)
        super().__init__(env, preset)


class ContinuousPointer(_Preset, RecordConstructorArgs):
    """Box(-1, 1): x, y, and a score for each thing that can be done; the highest score is done.

    For algorithms with Gaussian policies. With one thing to do there are no scores: (x, y) alone.

    Args:
        env: the env.
        kinds: what can be done at a point, of `cuagym.wrappers.KINDS`.
        keys: keys that can be pressed as well, such as "Return" or "ctrl+s".
        texts: texts that can be typed as well.
        region: the part of the screen that -1 to 1 covers: left, top, width, height in pixels; None
            for all of it.

    Raises:
        UsageError: an argument is not what it should be.

    Example:
        >>> env = ContinuousPointer(gym.make("CUA-Excel-v0"), ["click", "drag"], keys=["Return"])
        >>> env.action_space
        Box(-1.0, 1.0, (5,), float32)
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        kinds: Iterable[str] = ("click",),
        keys: Iterable[str] = (),
        texts: Iterable[str] = (),
        region: Box | None = None,
    ) -> None:
        keys, texts, kinds = listed(keys), listed(texts), listed(kinds)
        RecordConstructorArgs.__init__(self, kinds=kinds, keys=keys, texts=texts, region=region)
        super().__init__(env, Pointer(region_of(env, region), kinds, keys, texts))
