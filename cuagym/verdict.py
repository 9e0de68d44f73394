"""What a validator says about what an agent left behind.

A verdict is a list of named checks, or a fault: the grading itself broke, and then the artefact was
not judged at all. A fault is never counted as a failure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cuagym.errors import UsageError

__all__ = ["Check", "Verdict"]


@dataclass(frozen=True)
class Check:
    """One named thing that a validator looked at.

    Attributes:
        name: What was checked, unique within its verdict, such as `Sheet1!B7`.
        passed: Whether it was as it should be.
        detail: Why it failed, or what was found, for a person to read.
        weight: Its share in the score relative to the other checks; finite and positive.

    Raises:
        UsageError: If the name is not a string or the weight is not finite and positive.
    """

    name: str
    passed: bool
    detail: str = ""
    weight: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what would give a meaningless score, and turn numpy's values into Python's."""
        if not isinstance(self.name, str):
            raise UsageError(f"a check's name must be a string, got {self.name!r}")
        try:
            weight = float(self.weight)
        except (TypeError, ValueError):
            weight = math.nan
        if not (math.isfinite(weight) and weight > 0):
            raise UsageError(
                f"check {self.name!r}: weight must be a finite number above 0, got {self.weight!r}"
            )
        # A comparison of cells often gives numpy.bool_, which json refuses.
        object.__setattr__(self, "passed", bool(self.passed))
        object.__setattr__(self, "weight", weight)


@dataclass(frozen=True)
class Verdict:
    """The checks of one grading, or the fault that prevented it.

    Attributes:
        checks: What was checked, in the validator's order.
        fault: Why the grading broke; "" where it did not.

    Example:
        >>> v = Verdict((Check("B7", True), Check("B8", False, "expected 3, found 4", weight=3)))
        >>> v.score, v.success
        (0.25, False)
    """

    checks: tuple[Check, ...] = ()
    fault: str = ""

    def __post_init__(self) -> None:
        """Hold the checks in a tuple, whatever iterable they came in."""
        object.__setattr__(self, "checks", tuple(self.checks))
        object.__setattr__(self, "fault", self.fault or "")

    @classmethod
    def failed(cls, fault: str) -> Verdict:
        """Return the verdict of a grading that broke, with its cause."""
        return cls((), fault or "unknown fault")

    @property
    def score(self) -> float:
        """The weighted fraction of checks that passed, in [0, 1]; 0.0 without any or by a fault."""
        if self.fault or not self.checks:
            return 0.0
        # The same sum above and below when all pass: exactly 1.0, not 0.9999.
        return sum(c.weight for c in self.checks if c.passed) / sum(c.weight for c in self.checks)

    @property
    def success(self) -> bool:
        """Whether there was no fault, at least one check, and every check passed."""
        return not self.fault and bool(self.checks) and all(c.passed for c in self.checks)

    def to_json(self) -> dict[str, Any]:
        """Return plain data for json: success, score, checks, and fault (None where none)."""
        return {
            "success": self.success,
            "score": self.score,
            "checks": [
                {"name": c.name, "passed": c.passed, "detail": c.detail, "weight": c.weight}
                for c in self.checks
            ],
            "fault": self.fault or None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Verdict:
        """Return the verdict that `to_json` wrote; score and success are computed anew.

        Raises:
            UsageError: If the data is not what `to_json` writes.
        """
        try:
            checks = tuple(
                Check(c["name"], c["passed"], c.get("detail", ""), c.get("weight", 1.0))
                for c in data["checks"]
            )
            return cls(checks, data.get("fault") or "")
        except (KeyError, TypeError, AttributeError) as e:
            raise UsageError(f"not a verdict as Verdict.to_json writes it ({e!r}): {data!r}") from e
