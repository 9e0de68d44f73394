"""Lengths: "2.5 cm", "1 in", "12 pt" or a number of points; and whether two are the same."""

from __future__ import annotations

import re
from typing import Any, Final

from cuagym.errors import TaskError

__all__ = ["CLOSE", "close", "points", "shown"]

_UNITS: Final = {"pt": 1.0, "cm": 72 / 2.54, "mm": 7.2 / 2.54, "in": 72.0, '"': 72.0}
_LENGTH: Final = re.compile(r'\s*(-?\d+(?:\.\d+)?)\s*(pt|cm|mm|in|")?\s*')
CLOSE: Final = 0.6
"""By how many points lengths may differ: programs round them to their own units."""


def points(length: Any, what: str = "a length") -> float:
    """Return a length in points.

    Args:
        length: A number of points, or a text with a unit: pt, cm, mm, in.
        what: What an error calls it.

    Raises:
        TaskError: If it is no length.
    """
    if isinstance(length, (int, float)) and not isinstance(length, bool):
        return float(length)
    found = _LENGTH.fullmatch(length) if isinstance(length, str) else None
    if not found:
        raise TaskError(f"{what}: {length!r} is no length, such as 12, '12 pt', '2.5 cm' or '1 in'")
    return float(found[1]) * _UNITS[found[2] or "pt"]


def close(one: float, other: float, by: float = CLOSE) -> bool:
    """Whether two lengths in points are the same."""
    return abs(one - other) <= by


def shown(length: float) -> str:
    """Return a length as a person reads it.

    Example:
        >>> shown(72)
        '72 pt (2.54 cm)'
    """
    return f"{length:.4g} pt ({length / _UNITS['cm']:.3g} cm)"
