"""What a step costs."""

from __future__ import annotations

import math
from typing import Any

from numpy.typing import NDArray

from cuagym.errors import UsageError
from cuagym.wrappers.transform import Batch, Transform

__all__ = ["StepCost"]


class StepCost(Transform):
    """Each step costs something; see `cuagym.wrappers.TimeCost`."""

    def __init__(self, cost: float) -> None:
        number = isinstance(cost, (int, float)) and not isinstance(cost, bool)
        if not number or not math.isfinite(cost) or cost < 0:
            raise UsageError(f"cost={cost!r}: a number of at least 0, taken from each reward")
        self._cost = float(cost)

    def pay(self, rewards: NDArray[Any], batch: Batch) -> NDArray[Any]:
        """See `Transform.pay`."""
        paid: NDArray[Any] = rewards - self._cost * batch.acted
        return paid
