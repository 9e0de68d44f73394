"""Small action spaces: each action of one stands for a primitive of `cuagym.actions`."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from gymnasium import Space, spaces

from cuagym.actions import Action, Click, Drag, Key, Move, Point, Scroll, Terminate, Type, Wait
from cuagym.env import DesktopEnv
from cuagym.errors import ActionError, UsageError, nearest
from cuagym.wrappers.regions import Region, whole

__all__ = ["KEYS", "KINDS", "OFFICE", "Grid", "GridAndKeys", "Pointer", "Preset"]

_NOTCHES = 3
"""Of the wheel in one step: LibreOffice and Chromium then move by about ten lines."""

KINDS: Final[Mapping[str, Callable[[Point], Action]]] = MappingProxyType(
    {
        "click": lambda point: Click(point),
        "double_click": lambda point: Click(point, count=2),
        "right_click": lambda point: Click(point, button="right"),
        "drag": lambda point: Drag(point),
        "move": lambda point: Move(point),
        "scroll_up": lambda point: Scroll(point, (0, -_NOTCHES)),
        "scroll_down": lambda point: Scroll(point, (0, _NOTCHES)),
        "wait": lambda _: Wait(),
        "terminate": lambda _: Terminate("success"),
        "give_up": lambda _: Terminate("failure"),
    }
)
"""What can be done at a point. A drag begins where the pointer is; the last three need no point."""

OFFICE: Final = ("click", "double_click", "drag", "wait", "terminate", "give_up")
"""What office work does with a pointer, most of the time."""

KEYS: Final = (
    *("Return", "Tab", "Escape", "Backspace", "Delete", "Left", "Right", "Up", "Down"),
    *("ctrl+a", "ctrl+c", "ctrl+v", "ctrl+z", "ctrl+s"),
)
"""The keys that office work cannot do without."""


class Preset(ABC):
    """An action space and what its elements mean.

    Attributes:
        space: The space.
        meanings: For people: what each index of the space means, in a list for each part of it.
    """

    space: Space[Any]
    meanings: list[list[str]]

    @abstractmethod
    def primitive(self, action: Any) -> Action:
        """What an action means.

        Raises:
            ActionError: it is not in the space.
        """

    def _refused(self, action: Any) -> ActionError:
        return ActionError(f"action {action!r} is not in {self.space}")


class Grid(Preset):
    """Clicks in the middles of cells; see `cuagym.wrappers.ClickGrid`."""

    def __init__(self, columns: int, rows: int, region: Region, terminate: bool) -> None:
        self._columns, rows = whole("columns", columns), whole("rows", rows)
        cells = [(x, y) for y in range(rows) for x in range(self._columns)]
        self._actions: list[Action] = [
            Click(_middle(region, x, self._columns, y, rows)) for x, y in cells
        ]
        names = [f"click column {x}, row {y}" for x, y in cells]
        if terminate:
            self._actions.append(Terminate("success"))
            names.append("terminate")
        self.space, self.meanings = spaces.Discrete(len(self._actions)), [names]

    def primitive(self, action: Any) -> Action:
        """See `Preset.primitive`."""
        index = np.asarray(action)
        if index.size != 1 or index.dtype.kind not in "iu":
            raise self._refused(action)
        number = int(index.item())
        if not 0 <= number < len(self._actions):
            raise self._refused(action)
        return self._actions[number]


class GridAndKeys(Preset):
    """A kind of action, a cell, and a key or text; see `cuagym.wrappers.PointAndType`."""

    def __init__(
        self,
        columns: int,
        rows: int,
        region: Region,
        kinds: Sequence[str],
        keys: Sequence[str],
        texts: Sequence[str],
    ) -> None:
        self._columns, self._rows = whole("columns", columns), whole("rows", rows)
        self._region, self._kinds = region, _kinds(kinds)
        typed = _typed(keys, texts)
        if not typed:
            raise UsageError("keys=() and texts=(): at least one key or text; or use ClickGrid")
        self.meanings = [
            [*self._kinds, "type"],
            [f"column {x}" for x in range(self._columns)],
            [f"row {y}" for y in range(self._rows)],
            list(typed),
        ]
        self._presses = list(typed.values())
        self.space = spaces.MultiDiscrete([len(part) for part in self.meanings])

    def primitive(self, action: Any) -> Action:
        """See `Preset.primitive`."""
        parts = np.asarray(action)
        if parts.shape != (4,) or parts.dtype.kind not in "iu":
            raise self._refused(action)
        kind, x, y, typed = values = [int(v) for v in parts]
        if not all(0 <= v < len(m) for v, m in zip(values, self.meanings, strict=True)):
            raise self._refused(action)
        if kind == len(self._kinds):
            return self._presses[typed]
        at = _middle(self._region, x, self._columns, y, self._rows)
        return KINDS[self._kinds[kind]](at)


class Pointer(Preset):
    """A point, and a score for each thing that can be done; see `ContinuousPointer`."""

    def __init__(
        self,
        region: Region,
        kinds: Sequence[str],
        keys: Sequence[str],
        texts: Sequence[str],
    ) -> None:
        self._region, self._kinds, typed = region, _kinds(kinds), _typed(keys, texts)
        self._presses = list(typed.values())
        names = [*self._kinds, *typed]
        self._scores = len(names) if len(names) > 1 else 0
        self.meanings = [["x"], ["y"], *([name] for name in names[: self._scores])]
        self.space = spaces.Box(-1.0, 1.0, (2 + self._scores,), np.float32)

    def primitive(self, action: Any) -> Action:
        """See `Preset.primitive`."""
        parts = np.asarray(action)
        if parts.shape != self.space.shape or parts.dtype.kind not in "fiu":
            raise self._refused(action)
        values = [float(v) for v in parts]
        if not all(math.isfinite(v) and -1.0 <= v <= 1.0 for v in values):
            raise self._refused(action)
        best = int(np.argmax(parts[2:])) if self._scores else 0
        if best >= len(self._kinds):
            return self._presses[best - len(self._kinds)]
        at = self._region.point((values[0] + 1) / 2, (values[1] + 1) / 2)
        return KINDS[self._kinds[best]](at)


def _middle(region: Region, x: int, columns: int, y: int, rows: int) -> Point:
    return region.point((x + 0.5) / columns, (y + 0.5) / rows)


def _kinds(given: Sequence[str]) -> tuple[str, ...]:
    kinds = tuple(given)
    for kind in kinds:
        if kind not in KINDS:
            raise UsageError(f"kinds: {kind!r} is none of {list(KINDS)}{nearest(kind, KINDS)}")
    if not kinds or len(set(kinds)) < len(kinds):
        raise UsageError(f"kinds={kinds!r}: at least one of {list(KINDS)}, and each of them once")
    return kinds


def _typed(keys: Sequence[str], texts: Sequence[str]) -> dict[str, Action]:
    """The keys, then the texts, by what people would call them."""
    found: dict[str, Action] = {}
    for label, given in (("keys", keys), ("texts", texts)):
        for one in given:
            try:
                action = _chord(one) if label == "keys" else Type(one)
                DesktopEnv.check([action])
            except ActionError as e:
                raise UsageError(f"{label}: {one!r}: {e}") from None
            name = f"type {one!r}" if isinstance(action, Type) else "+".join(action.keys)
            if name in found:
                raise UsageError(f"{label}: {one!r} is there twice")
            found[name] = action
    return found


def _chord(keys: str) -> Key:
    """One key, or some with "+" between them."""
    if not isinstance(keys, str) or "+" not in keys[1:]:
        return Key((keys,))
    if keys.endswith("++"):
        return Key((*keys[:-2].split("+"), "+"))
    return Key(tuple(keys.split("+")))
