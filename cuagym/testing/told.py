"""Whether the agent is told what it is judged by.

A parameter that changes what the validators want must change what the agent sees: the instruction
or the documents. Otherwise two tasks that look alike want different things.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from cuagym.task import Params, ValidatorSpec

__all__ = ["Tells", "hidden"]


class Tells(Protocol):
    """What is asked of a family; a `TaskFamily` does."""

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """What judges."""

    def gold(self, params: Params) -> Mapping[str, bytes]:
        """What is compared with."""

    def instruction(self, params: Params) -> str:
        """What is asked."""

    def setup(self, params: Params) -> Mapping[str, bytes]:
        """What there is."""


def hidden(family: Tells, params: Params, others: Iterable[Params]) -> list[str]:
    """Return the parameters that the verdict depends on and that the agent cannot see.

    Each parameter in turn is given the value of another task; where the family can make a task of
    that, and it is judged in another way, it must look different too.

    Args:
        family: The family.
        params: Of the task to start from.
        others: Of other tasks, from which values are taken.
    """
    wanted, seen = _judged(family, params), _seen(family, params)
    others = list(others)
    found = []
    for key in params:
        for other in others:
            changed = {**params, key: other.get(key)}
            try:
                if _judged(family, changed) == wanted:
                    continue
                if _seen(family, changed) == seen:
                    found.append(key)
                break
            except Exception:  # values that do not go together: no task
                continue
    return found


def _judged(family: Tells, params: Params) -> Any:
    copied = json.loads(json.dumps(params))
    specs = [(v.name, dict(v.args)) for v in family.validators(copied)]
    return json.dumps(specs, sort_keys=True, default=str), family.gold(copied)


def _seen(family: Tells, params: Params) -> Any:
    copied = json.loads(json.dumps(params))
    return family.instruction(copied), family.setup(copied)
