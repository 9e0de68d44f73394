"""Small arithmetic: percentiles in the units in which figures are published."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Box", "box", "mean", "percentile"]

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels; right and bottom are outside."""


def percentile(values: Sequence[float], share: float, unit: float = 1e3) -> float | None:
    """A percentile, rounded for people; None of nothing.

    Args:
        values: Seconds, say.
        share: From 0 to 100.
        unit: What they are multiplied by; milliseconds from seconds by default.
    """
    return round(float(np.percentile(values, share)) * unit, 3) if len(values) else None


def mean(values: Sequence[float], unit: float = 1e3) -> float | None:
    """The mean, rounded for people; None of nothing."""
    return round(float(np.mean(values)) * unit, 3) if len(values) else None


def box(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> Box | None:
    """The smallest box that holds every pixel in which two frames differ; None if they are equal.

    Args:
        one: uint8 (H, W, 3).
        other: Of the same shape.
    """
    differs = (one != other).any(axis=2)
    if not differs.any():
        return None
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
