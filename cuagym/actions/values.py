"""Checks of the values that actions are made of, each giving the value in its canonical form.

A check raises `ActionError` with only the expectation ("must be ..."); `check_field` adds which
field it was and what was given.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from cuagym.errors import ActionError, nearest

__all__ = [
    "MAX_TEXT",
    "Check",
    "Point",
    "check_field",
    "fractions",
    "is_text",
    "number",
    "one_of",
    "optional",
    "pixel_of",
    "plain",
    "shown",
    "text",
    "whole",
    "wholes",
]

Point: TypeAlias = tuple[float, float]
"""A place as fractions of the screen's width and height; (0, 0) is the top left."""

Check: TypeAlias = Callable[[Any], Any]

MAX_TEXT: Final = 4096
"""The most characters of a text or an answer."""

_ROUNDING: Final = 1e-3
"""A thousandth of a pixel: x / width as a float32 may fall just short of pixel x."""

# X cannot type NUL, and a lone surrogate is no character: it has no UTF-8.
_NOT_TEXT: Final = re.compile("[\x00\ud800-\udfff]")


def shown(value: object) -> str:
    """Return a value as an error message shows it, cut at 80 characters."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def check_field(label: str, check: Check, value: Any) -> Any:
    """Return what the check makes of the value.

    Raises:
        ActionError: If it refuses; the message begins with the label and ends with the value.
    """
    try:
        return check(value)
    except ActionError as e:
        raise ActionError(f"{label} {e}, got {shown(value)}") from None


def plain(value: Any) -> Any:
    """Turn numpy scalars and arrays into Python's numbers and lists, without importing numpy."""
    return value.tolist() if hasattr(value, "tolist") else value


def is_text(value: object) -> bool:
    """Whether a value is a string of the space's `text` and `answer` fields."""
    return isinstance(value, str) and len(value) <= MAX_TEXT and not _NOT_TEXT.search(value)


def text(value: Any) -> str:
    """Check a text: any Unicode, but no NUL, no lone surrogate, at most 4096 characters."""
    if is_text(value):
        return str(value)
    raise ActionError(
        f"must be a string of at most {MAX_TEXT} characters without NUL and lone surrogates"
    )


def fractions(value: Any) -> Point:
    """Check a point."""
    value = plain(value)
    pair = [plain(v) for v in value] if isinstance(value, (list, tuple)) else []
    if len(pair) == 2 and all(_is_number(v) and 0.0 <= v <= 1.0 for v in pair):
        return float(pair[0]), float(pair[1])
    raise ActionError("must be two numbers in [0, 1], fractions of the screen")


def pixel_of(point: Point, size: tuple[int, int]) -> tuple[int, int]:
    """Return the pixel that holds a point, on a screen of `size` = (width, height) pixels."""
    x, y = (min(math.floor(f * n + _ROUNDING), n - 1) for f, n in zip(point, size, strict=True))
    return x, y


def optional(check: Check) -> Check:
    """Return the check that lets None through."""
    return lambda value: None if value is None else check(value)


def whole(low: int, high: int, *, flags: bool = False) -> Check:
    """Return a check for integers in [low, high].

    Args:
        low: The smallest.
        high: The largest.
        flags: Whether True and False pass for 1 and 0, as they do in Gymnasium's Discrete.
    """

    def check(value: Any) -> int:
        value = plain(value)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, int) and low <= value <= high:
            if flags or not isinstance(value, bool):
                return int(value)
        raise ActionError(f"must be an integer from {low} to {high}")

    return check


def wholes(length: int, low: int, high: int) -> Check:
    """Return a check for `length` integers in [low, high]."""
    one = whole(low, high)

    def check(value: Any) -> tuple[int, ...]:
        value = plain(value)
        try:
            if isinstance(value, (list, tuple)) and len(value) == length:
                return tuple(one(v) for v in value)
        except ActionError:
            pass
        raise ActionError(f"must be {length} integers from {low} to {high}")

    return check


def number(low: float, high: float) -> Check:
    """Return a check for numbers in [low, high]."""

    def check(value: Any) -> float:
        value = plain(value)
        if _is_number(value) and low <= value <= high:
            return float(value)
        raise ActionError(f"must be a number from {low:g} to {high:g}")

    return check


def one_of(names: tuple[str, ...]) -> Check:
    """Return a check for one of some lower-case names, ignoring case."""

    def check(value: Any) -> str:
        if isinstance(value, str) and value.lower() in names:
            return value.lower()
        raise ActionError(f"must be one of {', '.join(map(repr, names))}{nearest(value, names)}")

    return check


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
