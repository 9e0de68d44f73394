"""What arguments of validators may say: tables of known keys, numbers, sizes with bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from cuagym.errors import TaskError, nearest
from cuagym.validators._colours import is_colour

__all__ = ["bounded", "colour", "coloured", "length", "listed", "one_of", "quantity", "table"]

_BOUNDS = ("at_least", "at_most", "near", "tolerance")


def table(
    where: str, given: Any, keys: Iterable[str], needed: Iterable[str] = ()
) -> dict[str, Any]:
    """Return a table of what is wanted.

    Args:
        where: What errors call it.
        given: What the task says.
        keys: Those that are known.
        needed: Those that must be there.

    Raises:
        TaskError: It is no table, or empty, or has an unknown key (it names the nearest).
    """
    keys = tuple(keys)
    if not isinstance(given, Mapping) or not given:
        raise TaskError(f"{where}: a table of {', '.join(keys)} must be given, not {given!r}")
    for key in given:
        if key not in keys:
            raise TaskError(f"{where}: {key!r} is none of {', '.join(keys)}{nearest(key, keys)}")
    for key in needed:
        if key not in given:
            raise TaskError(f"{where}: {key!r} is missing")
    return dict(given)


def listed(given: Any) -> list[Any]:
    """Return a list; of what is none, one with it in it."""
    return list(given) if isinstance(given, (list, tuple)) else [given]


def one_of(where: str, given: Any, names: Sequence[str]) -> list[str]:
    """Return one name or a list of them, in lower case.

    Raises:
        TaskError: One is unknown; it names the nearest.
    """
    found = []
    for each in listed(given):
        if not isinstance(each, str) or each.lower() not in names:
            raise TaskError(
                f"{where} {each!r} must be one of {', '.join(names)}{nearest(each, names)}"
            )
        found.append(each.lower())
    return found


def colour(where: str, given: Any) -> None:
    """Raise a `TaskError` if something is no colour: "#RRGGBB", a name, true, false, or a list."""
    for each in listed(given):
        try:
            is_colour("#000000", each, "")
        except TaskError as e:
            raise TaskError(f"{where}: {e}") from None


def coloured(have: str, wanted: Any, none: str = "") -> bool:
    """Whether a colour is one of those wanted; "gradient" and its kin are what they say."""
    return any(
        have.endswith(w) if isinstance(w, str) and w in _PAINTS else is_colour(have, w, none)
        for w in listed(wanted)
    )


_PAINTS = ("gradient", "picture", "pattern")


def painted(where: str, given: Any) -> None:
    """Raise a `TaskError` if something is neither a colour nor a kind of fill."""
    colour(where, [each for each in listed(given) if each not in _PAINTS])


def quantity(where: str, given: Any) -> None:
    """Raise a `TaskError` if something is no number, list of them, or table of bounds."""
    if isinstance(given, Mapping):
        given = list(table(where, given, _BOUNDS).values())
    for each in listed(given):
        if isinstance(each, bool) or not isinstance(each, (int, float)):
            raise TaskError(f"{where} must be a number, or a table of {', '.join(_BOUNDS)}")


def bounded(have: float, wanted: Any, slack: float) -> bool:
    """Whether a number is as wanted: near one of some, or within bounds.

    Args:
        have: The number.
        wanted: A number, a list of them, or a table of `at_least`, `at_most`, `near` and
            `tolerance`.
        slack: How far it may be off where no tolerance is given.
    """
    if not isinstance(wanted, Mapping):
        return any(abs(have - w) <= slack for w in listed(wanted))
    slack = wanted.get("tolerance", slack)
    tests: dict[str, Callable[[float], bool]] = {
        "at_least": lambda w: have >= w - _NOISE,
        "at_most": lambda w: have <= w + _NOISE,
        "near": lambda w: abs(have - w) <= slack,
    }
    return all(test(wanted[name]) for name, test in tests.items() if name in wanted)


_NOISE = 0.02
"""What LibreOffice takes off a size each time it stores it, and more."""


def length(wanted: Any) -> str:
    """Return a number or table of bounds as words."""
    if not isinstance(wanted, Mapping):
        return " or ".join(f"{w:g}" for w in listed(wanted))
    return ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in wanted.items())
