"""Small action spaces of many envs: `cuagym.wrappers` says what each means, and its arguments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gymnasium.vector import VectorEnv

from cuagym.wrappers.presets import KEYS, OFFICE, Grid, GridAndKeys, Pointer
from cuagym.wrappers.regions import Box, listed, region_of
from cuagym.wrappers.vector.base import PresetWrapper

__all__ = ["ClickGrid", "ContinuousPointer", "PointAndType"]


class ClickGrid(PresetWrapper):
    """Discrete: one click in the middle of a cell, as `cuagym.wrappers.ClickGrid`."""

    def __init__(
        self,
        env: VectorEnv[Any, Any, Any],
        columns: int,
        rows: int,
        region: Box | None = None,
        terminate: bool = False,
    ) -> None:
        super().__init__(env, Grid(columns, rows, region_of(env, region), terminate))


class PointAndType(PresetWrapper):
    """MultiDiscrete (kind, column, row, key), as `cuagym.wrappers.PointAndType`."""

    def __init__(
        self,
        env: VectorEnv[Any, Any, Any],
        columns: int,
        rows: int,
        keys: Iterable[str] = KEYS,
        texts: Iterable[str] = (),
        kinds: Iterable[str] = OFFICE,
        region: Box | None = None,
    ) -> None:
        told = [listed(part) for part in (kinds, keys, texts)]
        super().__init__(env, GridAndKeys(columns, rows, region_of(env, region), *told))


class ContinuousPointer(PresetWrapper):
    """Box(-1, 1): x, y and scores, as `cuagym.wrappers.ContinuousPointer`."""

    def __init__(
        self,
        env: VectorEnv[Any, Any, Any],
        kinds: Iterable[str] = ("click",),
        keys: Iterable[str] = (),
        texts: Iterable[str] = (),
        region: Box | None = None,
    ) -> None:
        told = [listed(part) for part in (kinds, keys, texts)]
        super().__init__(env, Pointer(region_of(env, region), *told))
