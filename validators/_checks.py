"""Checks of one thing, by a function that says what is wrong with it; and of arguments.

What an argument may be is told beside its type: `Annotated[Mapping[str, Any], by_key(refuse)]`.
It is called when a task is read, so that mistakes are told with the task file's line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cuagym.artefacts import Unreadable
from cuagym.verdict import Check

__all__ = ["by_key", "checked", "one_by_one"]


def checked(name: str, wrong: Callable[..., str], *args: Any) -> Check:
    """Return a check that fails with what is wrong, or with why that cannot be read.

    So a sheet that is gone fails the checks of its cells, and not those of other sheets.

    Args:
        name: The check's.
        wrong: Says what is wrong; "" if nothing is.
        *args: What it is called with.
    """
    try:
        what = wrong(*args)
    except Unreadable as e:
        what = str(e)
    return Check(name, not what, what)


def by_key(refuse: Callable[[str, Any], object]) -> Callable[[Mapping[str, Any]], None]:
    """Refuse a table by its entries.

    Args:
        refuse: Takes a key and what it is given; raises `TaskError` if that makes no sense.
    """

    def check(table: Mapping[str, Any]) -> None:
        for key, value in table.items():
            refuse(key, value)

    return check


def one_by_one(refuse: Callable[[Any], object]) -> Callable[[Iterable[Any]], None]:
    """Refuse a list by its items.

    Args:
        refuse: Takes one; raises `TaskError` if it makes no sense.
    """

    def check(items: Iterable[Any]) -> None:
        for item in items:
            refuse(item)

    return check
