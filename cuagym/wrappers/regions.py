"""Parts of a screen: a rectangle of pixels that is looked at, or acted in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from gymnasium import spaces

from cuagym.actions import Point
from cuagym.errors import UsageError

__all__ = ["Box", "Region", "listed", "region_of", "whole", "wholes"]

Box: TypeAlias = Sequence[int]
"""Left, top, width and height, in pixels of the screen."""


def whole(label: str, value: Any, low: int = 1) -> int:
    """Returns a number that has to be whole, and at least `low`.

    Raises:
        UsageError: it is not.
    """
    number = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not number or value < low:
        raise UsageError(f"{label}={value!r}: a whole number of at least {low}")
    return int(value)


def wholes(label: str, value: Any, names: Sequence[str]) -> tuple[int, ...]:
    """Returns some whole numbers, at least 0.

    Raises:
        UsageError: it is anything else.
    """
    parts = list(value) if isinstance(value, (Sequence, np.ndarray)) else []
    if len(parts) != len(names) or not all(
        isinstance(v, (int, np.integer)) and not isinstance(v, bool) and v >= 0 for v in parts
    ):
        raise UsageError(f"{label}={value!r}: ({', '.join(names)}) in pixels, whole numbers")
    return tuple(map(int, parts))


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of a screen of `of` = (width, height) pixels."""

    left: int
    top: int
    width: int
    height: int
    of: tuple[int, int]

    @classmethod
    def checked(cls, label: str, box: Box | None, of: tuple[int, int]) -> Region:
        """The region that a user named; the whole screen for None.

        Raises:
            UsageError: it is not inside the screen.
        """
        if box is None:
            return cls(0, 0, *of, of)
        left, top, width, height = wholes(label, box, ("left", "top", "width", "height"))
        if not (width and height and left + width <= of[0] and top + height <= of[1]):
            raise UsageError(
                f"{label}={tuple(box)!r}: (left, top, width, height) inside the screen of"
                f" {of[0]}x{of[1]} pixels"
            )
        return cls(left, top, width, height, of)

    def point(self, x: float, y: float) -> Point:
        """A point of the region, 0 to 1 in each direction, as a point of the screen."""
        return (
            min(1.0, (self.left + x * self.width) / self.of[0]),
            min(1.0, (self.top + y * self.height) / self.of[1]),
        )

    def place(self, point: Point) -> tuple[float, float]:
        """A point of the screen in the region, 0 to 1 in each direction where it is inside."""
        return (
            (point[0] * self.of[0] - self.left) / self.width,
            (point[1] * self.of[1] - self.top) / self.height,
        )


def region_of(env: Any, box: Box | None) -> Region:
    """The part of the screen of an env, or of each env of a vector env, that a user named.

    Raises:
        UsageError: it is not inside the screen, or the innermost env observes no "screenshot".
    """
    if box is None:
        return Region(0, 0, 1, 1, (1, 1))  # fractions are the same whatever the size
    inner = env.unwrapped
    space = getattr(inner, "single_observation_space", None) or inner.observation_space
    shot = space.spaces.get("screenshot") if isinstance(space, spaces.Dict) else None
    if shot is None or shot.shape is None:
        raise UsageError(
            f"region={box!r}: {inner!r} observes no 'screenshot', so that the size of its screen is"
            " not known; wrap a cuagym env, or a vector env of such, and not of wrapped ones"
        )
    return Region.checked("region", box, (int(shot.shape[1]), int(shot.shape[0])))


def listed(given: Iterable[str]) -> list[str]:
    """A list of texts; one text is a list of one."""
    return [given] if isinstance(given, str) else list(given)
