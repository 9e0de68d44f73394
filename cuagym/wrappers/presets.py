"""Small action spaces: each action of one stands for a primitive of `cuagym.actions`."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from gymnasium import Space, spaces
from numpy.typing import NDArray

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

    @abstractmethod
    def encode(self, action: Action) -> Any:
        """The element of the space that comes nearest to a primitive: `primitive` the other way.

        A point is moved to the nearest that the space has.

        Raises:
            ActionError: no element does what the primitive does.
        """

    def _cannot(self, action: Action) -> ActionError:
        said = "; ".join(", ".join(part) for part in self.meanings)
        return ActionError(f"{action} has no counterpart among: {said:.300}")

    def _refused(self, action: Any) -> ActionError:
        return ActionError(f"action {action!r} is not in {self.space}")


class Grid(Preset):
    """Clicks in the middles of cells; see `cuagym.wrappers.ClickGrid`."""

    def __init__(self, columns: int, rows: int, region: Region, terminate: bool) -> None:
        self._columns, self._rows = whole("columns", columns), whole("rows", rows)
        self._region = region
        cells = [(x, y) for y in range(self._rows) for x in range(self._columns)]
        self._actions: list[Action] = [
            Click(_middle(region, x, self._columns, y, self._rows)) for x, y in cells
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

    def encode(self, action: Action) -> np.int64:
        """See `Preset.encode`."""
        if isinstance(action, Terminate) and action in self._actions:
            return np.int64(self._actions.index(action))
        if not isinstance(action, Click) or not action.point or action != Click(action.point):
            raise self._cannot(action)
        x, y = _cell(self._region, action.point, self._columns, self._rows)
        return np.int64(y * self._columns + x)


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

    def encode(self, action: Action) -> NDArray[np.int64]:
        """See `Preset.encode`; the parts that do not matter are 0."""
        if action in self._presses:
            return np.array([len(self._kinds), 0, 0, self._presses.index(action)], np.int64)
        point, kind = _kind(action, self._kinds)
        if kind < 0:
            raise self._cannot(action)
        x, y = _cell(self._region, point, self._columns, self._rows) if point else (0, 0)
        return np.array([kind, x, y, 0], np.int64)


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

    def encode(self, action: Action) -> NDArray[np.float32]:
        """See `Preset.encode`; a point outside the region is moved to its edge."""
        found = np.full(2 + self._scores, -1.0, np.float32)
        found[:2] = 0.0
        point, best = _kind(action, self._kinds)
        if action in self._presses:
            best = len(self._kinds) + self._presses.index(action)
        elif best < 0:
            raise self._cannot(action)
        elif point:
            x, y = self._region.place(point)
            found[:2] = np.clip([2 * x - 1, 2 * y - 1], -1.0, 1.0)
        if self._scores:
            found[2 + best] = 1.0
        return found


def _cell(region: Region, point: Point, columns: int, rows: int) -> tuple[int, int]:
    """The column and row in whose middle the pointer comes nearest to a point."""
    x, y = region.place(point)
    return (
        min(max(int(x * columns), 0), columns - 1),
        min(max(int(y * rows), 0), rows - 1),
    )


def _kind(action: Action, kinds: Sequence[str]) -> tuple[Point | None, int]:
    """Where a primitive acts, and which of the kinds it is; -1 for none."""
    point: Point | None = getattr(action, "point", None)
    for index, kind in enumerate(kinds):
        # The kinds that need no point do not look at the one that they are given.
        if KINDS[kind](point or (0.0, 0.0)) == action:
            return point, index
    return point, -1


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
