"""When two values of cells are the same, and how a person is shown one."""

from __future__ import annotations

import datetime
import math
import re
from typing import Any, Final

from openpyxl.cell.cell import ERROR_CODES

TOLERANCE: Final = 1e-6
"""How far numbers may differ, relative to the larger one, and absolutely near zero."""
_NUMBER: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]+)?)")
_ALL_DIGITS: Final = 12
_LAST_DIGITS: Final = 1e-11
_DATES: Final = (datetime.datetime, datetime.date, datetime.time)


def same(found: Any, expected: Any, tolerance: float = TOLERANCE) -> bool:
    """Whether a cell's value is the expected one; dates may be given as texts, ISO 8601."""
    if isinstance(found, _DATES) and isinstance(expected, str):
        return found.isoformat() in (expected, f"{expected}T00:00:00")
    if isinstance(expected, bool) or isinstance(found, bool):
        # Truth values are numbers to LibreOffice: a file that it wrote may hold either.
        return found in (0, 1) and expected in (0, 1) and found == expected
    if isinstance(expected, (int, float)):
        if not isinstance(found, (int, float)):
            return False
        return math.isclose(found, expected, rel_tol=tolerance, abs_tol=tolerance)
    if expected in (None, ""):
        return found in (None, "")
    return bool(found == expected)


def same_computed(found: Any, expected: Any) -> bool:
    """Whether two formulas have given the same: in texts too, the last digits of numbers are noise.

    Example:
        >>> same_computed("cost: 10560.3870016105", "cost: 10560.3870016106")
        True
        >>> same_computed("item 007", "item 7")
        False
    """
    if same(found, expected):
        return True
    if not isinstance(found, str) or not isinstance(expected, str):
        return False
    here, there = _NUMBER.split(found), _NUMBER.split(expected)
    return len(here) == len(there) and all(
        a == b or (n % 2 == 1 and _noise(a, b))
        for n, (a, b) in enumerate(zip(here, there, strict=True))
    )


def _noise(a: str, b: str) -> bool:
    """Whether two numbers in texts, at least one of them with all its digits, are the same."""
    full = any("." in text and len(text) > _ALL_DIGITS for text in (a, b))
    return full and math.isclose(float(a), float(b), rel_tol=_LAST_DIGITS)


def show(value: Any) -> str:
    """Return a value as a clause of a sentence."""
    if value in (None, ""):
        return "nothing"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return f"{value:.15g}"
    if isinstance(value, _DATES):
        return value.isoformat().removesuffix("T00:00:00")
    text = str(value)
    if text in ERROR_CODES:
        return f"the error {text}"
    return f"the text {text if len(text) <= 60 else text[:57] + '...'!r}"
