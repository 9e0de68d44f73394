"""The errors that users meet, and the hint that goes with a mistyped name.

Two kinds are kept apart on purpose. A `UsageError` is the caller's doing and says what would be
right; a `Fault` is the machine's doing, and success rates leave episodes that end in one out.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "ActionError",
    "CuagymError",
    "Fault",
    "SetupError",
    "TaskError",
    "UsageError",
    "nearest",
]


class CuagymError(Exception):
    """The base of every error that this package raises on purpose."""


class SetupError(CuagymError):
    """The machine lacks something; the message holds the command that mends it."""


class UsageError(CuagymError, ValueError):
    """A bad argument; the message names the value, the expectation and the nearest valid name."""


class ActionError(UsageError):
    """An action that lies outside the action space."""


class TaskError(UsageError):
    """A task, pack, validator, task file or workbook that is wrong."""


class Fault(CuagymError):
    """Infrastructure broke, never the agent's doing; `str(e)` is the cause."""


def nearest(name: object, known: Iterable[str]) -> str:
    """Suggest the valid name that a mistyped one probably meant.

    Args:
        name: What was given; anything but a string has no near name.
        known: The valid names.

    Returns:
        A text to append to an error message, such as `; did you mean 'click'?`, or "" if nothing
        is near. Case is ignored.

    Example:
        >>> nearest("clikc", ["move", "click"])
        "; did you mean 'click'?"
        >>> nearest("zzz", ["move", "click"])
        ''
    """
    if not isinstance(name, str):
        return ""
    by_case = {k.lower(): k for k in known}
    found = difflib.get_close_matches(name.lower(), by_case, n=1, cutoff=0.6)
    return f"; did you mean {by_case[found[0]]!r}?" if found else ""
