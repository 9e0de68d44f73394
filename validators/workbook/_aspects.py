"""Aspects: in what two workbooks may differ. Each one tells the differences in words.

An aspect is a function of two books and the part of them that is looked at. Modules of this folder
offer theirs with `@aspect("name")`; `unchanged` and `equals_gold` are made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from openpyxl.utils import range_boundaries

from cuagym.errors import TaskError, nearest
from cuagym.validators.workbook._ranges import Part
from cuagym.validators.workbook._read import Book
from cuagym.validators.workbook._values import same, same_computed, show
from cuagym.verdict import Check

__all__ = ["ASPECTS", "Aspect", "aspect", "checks", "compared", "refuse"]

Aspect: TypeAlias = Callable[[Book, Book, Part], Iterable[str]]
"""Yields where the second book differs from the first within a part, each as "X held a, now b"."""

ASPECTS: Final[dict[str, Aspect]] = {}
_SHOWN: Final = 5


def aspect(name: str) -> Callable[[Aspect], Aspect]:
    """Offer a function as the aspect of a name."""

    def register(function: Aspect) -> Aspect:
        ASPECTS[name] = function
        return function

    return register


def compared(was: Mapping[str, Any], now: Mapping[str, Any], verb: str = "was") -> Iterator[str]:
    """Yield how descriptions differ, by the name of what is described; missing ones are None.

    Example:
        >>> list(compared({"Sales!B": "12 wide"}, {"Sales!B": "20 wide"}))
        ['Sales!B was 12 wide, is now 20 wide']
    """
    for key in [*was, *(k for k in now if k not in was)]:
        old, new = was.get(key), now.get(key)
        if old != new:
            yield f"{key} {verb} {_said(old)}, is now {_said(new)}"


def _said(value: Any) -> str:
    return "missing" if value is None else value if isinstance(value, str) else show(value)


def checks(names: Iterable[str], was: Book, now: Book, part: Part) -> list[Check]:
    """Return a check for each aspect: passed where the books do not differ in it.

    Raises:
        TaskError: If there is no such aspect; names the nearest.
    """
    out = []
    for name in names:
        refuse(name)
        found = list(ASPECTS[name](was, now, part))
        detail = "; ".join(found[:_SHOWN])
        if len(found) > _SHOWN:
            detail += f"; and {len(found) - _SHOWN} more"
        out.append(Check(name, not found, detail))
    return out


def refuse(name: str) -> None:
    """Raise a `TaskError` if there is no such aspect; it names the nearest."""
    if name not in ASPECTS:
        known = sorted(ASPECTS)
        raise TaskError(
            f"there is no aspect {name!r}{nearest(name, known)} (known: {', '.join(known)})"
        )


@aspect("sheets")
def _sheets(was: Book, now: Book, part: Part) -> Iterator[str]:
    """The sheets' names and their order; those that are looked at."""
    old, new = ([s for s in book.sheets if part.has_sheet(s)] for book in (was, now))
    if old != new:
        yield f"the sheets were {', '.join(old)}, are now {', '.join(new)}"


@aspect("cells")
def _cells(was: Book, now: Book, part: Part) -> Iterator[str]:
    """Formulas as formulas, since what they show may follow from other cells; values otherwise."""
    yield from _by_cell(was, now, part, values=False)


@aspect("values")
def _values(was: Book, now: Book, part: Part) -> Iterator[str]:
    """What cells show, whether it was typed or computed."""
    yield from _by_cell(was, now, part, values=True)


def _by_cell(was: Book, now: Book, part: Part, values: bool) -> Iterator[str]:
    """Yield where two books differ in their cells, from the top down."""
    for name, before in was.sheets.items():
        after = now.sheets.get(name)
        if after is None:
            if part.has_sheet(name) and before.values:
                yield f"the sheet {name} is gone"
            continue
        touched = {*before.values, *after.values, *before.formulas, *after.formulas}
        found: dict[tuple[int, int], str] = {}
        for address in touched:
            old, new = before.formulas.get(address), after.formulas.get(address)
            held, holds = before.values.get(address), after.values.get(address)
            if values or (old is None and new is None):
                alike = same_computed if old and new else same
                if alike(holds, held):
                    continue
                old = new = None
            elif old == new:
                continue
            # Only now: most cells do not differ, and taking an address apart is what takes time.
            column, row = range_boundaries(address)[:2]
            if part.has(name, column or 1, row or 1):
                said = f"{name}!{address} held {old or show(held)}, now {new or show(holds)}"
                found[row or 1, column or 1] = said
        for _, said in sorted(found.items()):
            yield said
