"""Places: from the numbers that a format uses to pixels of the screen, and back.

A number stands for the pixel into which it falls when the format's width is stretched over the
screen's: `floor(number * pixels / width)`. That is what the published parsers compute, but exact,
and inside the screen at its far edge. A parsed point is always the middle of that pixel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from cuagym.actions import Point
from cuagym.actions.values import fractions, pixel_of, plain
from cuagym.errors import ActionError, UsageError

__all__ = ["GRID", "Places", "resized"]

GRID: Final = 999
"""The far edge of EvoCUA's and Qwen3-VL's grid: numbers are from 0 to 999."""

_HAIR: Final = 1e-9
"""Of a pixel: what the division may be off by."""
_DIGITS: Final = (1, 2, 3, 4, 5, 6)
"""Decimals to be tried where no whole number falls into a pixel."""


@dataclass(frozen=True, slots=True)
class Places:
    """What numbers mean on a screen.

    Attributes:
        screen: Its width and height in pixels.
        scale: The numbers that stand for its right and its lower edge: an image's size in pixels,
            or the ends of a grid.
    """

    screen: tuple[int, int]
    scale: tuple[int, int]

    def point(self, value: Any) -> Point:
        """Check two numbers and return the point that they mean.

        Raises:
            ActionError: They are not two numbers on the scale.
        """
        value = plain(value)
        if isinstance(value, (list, tuple)) and len(value) == 2:
            pair = [plain(v) for v in value]
            if all(
                type(v) in (int, float) and 0 <= v <= s
                for v, s in zip(pair, self.scale, strict=True)
            ):
                x, y = (
                    _middle(_pixel(v, s, n), n)
                    for v, s, n in zip(pair, self.scale, self.screen, strict=True)
                )
                return x, y
        raise ActionError(
            f"must be two numbers [x, y], x from 0 to {self.scale[0]}, y from 0 to {self.scale[1]}"
        )

    def box(self, value: Any) -> tuple[float, float, float, float]:
        """Check four numbers and return the region that they mean, as fractions of the screen.

        Raises:
            ActionError: They are not left, top, right and bottom on the scale.
        """
        value = plain(value)
        if isinstance(value, (list, tuple)) and len(value) == 4:
            corners = [
                tuple(v / s for v, s in zip(corner, self.scale, strict=True))
                for corner in (value[:2], value[2:])
                if all(type(v) in (int, float) and math.isfinite(v) for v in corner)
            ]
            if len(corners) == 2 and all(0 <= v <= 1 for c in corners for v in c):
                (left, top), (right, bottom) = corners
                if left < right and top < bottom:
                    return left, top, right, bottom
        raise ActionError(
            "must be four numbers [left, top, right, bottom], left < right and top < bottom,"
            f" inside {self.scale[0]} x {self.scale[1]}"
        )

    def numbers(self, point: Point) -> tuple[float, float]:
        """Return the numbers that fall into the pixel of a point: whole ones where there are any.

        Raises:
            ActionError: It is no point.
        """
        x, y = (
            _number(p, s, n)
            for p, s, n in zip(
                pixel_of(fractions(point), self.screen), self.scale, self.screen, strict=True
            )
        )
        return x, y


def _pixel(value: float, scale: int, pixels: int) -> int:
    return min(math.floor(value * pixels / scale + _HAIR), pixels - 1)


def _middle(pixel: int, pixels: int) -> float:
    return (pixel + 0.5) / pixels


def _number(pixel: int, scale: int, pixels: int) -> float:
    if scale == pixels:
        return pixel
    aim = _middle(pixel, pixels) * scale
    for whole in (math.floor(aim), math.ceil(aim)):
        if _pixel(whole, scale, pixels) == pixel:
            return whole
    for digits in _DIGITS:
        value = round(aim, digits)
        if _pixel(value, scale, pixels) == pixel:
            return value
    return aim


def resized(
    size: tuple[int, int], factor: int, fewest: int = 56 * 56, most: int = 12_845_056
) -> tuple[int, int]:
    """Return the size in which Qwen2-VL's successors see an image.

    Both sides become multiples of `factor`, the nearest ones (halves to even); if the area is then
    out of bounds, both are scaled by the same number, which brings the original area to the bound,
    and rounded inwards. Source: `smart_resize` of qwen-vl-utils.

    Args:
        size: Width and height in pixels.
        factor: 28 for Qwen2.5-VL and UI-TARS-1.5, 32 for Qwen3-VL and EvoCUA.
        fewest: The smallest area in pixels.
        most: The largest.

    Raises:
        UsageError: `factor` is no whole number of at least 1, or one side is more than 200 times
            the other.
    """
    if type(factor) is not int or factor < 1:
        raise UsageError(f"factor={factor!r}: a whole number of pixels, such as 28 or 32")
    if max(size) > 200 * min(size):
        raise UsageError(f"size={size!r}: one side is more than 200 times the other")
    width, height = (max(factor, round(n / factor) * factor) for n in size)
    area = size[0] * size[1]
    if width * height > most:
        shrink = math.sqrt(area / most)
        width, height = (max(factor, math.floor(n / shrink / factor) * factor) for n in size)
    elif width * height < fewest:
        grow = math.sqrt(fewest / area)
        width, height = (math.ceil(n * grow / factor) * factor for n in size)
    return width, height
