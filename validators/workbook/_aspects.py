"""The aspects of workbooks: of cells and sheets here, others in the modules that offer them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from openpyxl.utils import range_boundaries

from cuagym.validators._aspects import Aspects
from cuagym.validators.workbook._ranges import Part
from cuagym.validators.workbook._read import Book
from cuagym.validators.workbook._values import same, same_computed, show

__all__ = ["ASPECTS"]

ASPECTS: Final = Aspects[Book, Part]()


@ASPECTS.offer("sheets")
def _sheets(was: Book, now: Book, part: Part) -> Iterator[str]:
    """The sheets' names and their order; those that are looked at."""
    old, new = ([s for s in book.sheets if part.has_sheet(s)] for book in (was, now))
    if old != new:
        yield f"the sheets were {', '.join(old)}, are now {', '.join(new)}"


@ASPECTS.offer("cells")
def _cells(was: Book, now: Book, part: Part) -> Iterator[str]:
    """Formulas as formulas, since what they show may follow from other cells; values otherwise."""
    yield from _by_cell(was, now, part, values=False)


@ASPECTS.offer("values")
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
