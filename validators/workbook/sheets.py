"""The sheets of a workbook: names, order, visibility, colours of their tabs; and their aspects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from cuagym.artefacts import Artefacts, Unreadable
from cuagym.validators._aspects import compared
from cuagym.validators.workbook import _looks, _read
from cuagym.validators.workbook._aspects import ASPECTS
from cuagym.validators.workbook._ranges import Part
from cuagym.validators.workbook._read import Book
from cuagym.verdict import Check

__all__ = ["sheets"]


def sheets(
    artefacts: Artefacts,
    names: Iterable[str] | None = None,
    order: bool = True,
    colours: Mapping[str, Any] | None = None,
    hidden: Iterable[str] | None = None,
) -> list[Check]:
    """Check the sheets: one check for the names, one for the order, one for each colour, ...

    Args:
        artefacts: What the agent left.
        names: The names of all sheets, hidden ones too; not given if they are not looked at.
        order: Whether the sheets must come in the order of the names.
        colours: By sheet, the colour of its tab: "#FF0000", a name such as "red", a list of these,
            true for any, false for none.
        hidden: The names of all hidden sheets; not given if it is not looked at.

    Raises:
        Unreadable: If the document is missing or no workbook.
        TaskError: If the arguments are wrong.
    """
    book = _read.left(artefacts)
    found = list(book.sheets)
    checks = []
    if names is not None:
        wanted = list(names)
        missing = [n for n in wanted if n not in found]
        more = [n for n in found if n not in wanted]
        said = [f"there is no sheet {n!r}" for n in missing]
        said += [f"the sheet {n!r} should not be there" for n in more]
        checks.append(Check("sheet names", not said, "; ".join(said)))
        if order:
            there = [n for n in found if n in wanted]
            right = there == [n for n in wanted if n in found] and not missing
            detail = f"expected the order {', '.join(wanted)}, found {', '.join(found)}"
            checks.append(Check("sheet order", right, "" if right else detail))
    for name, colour in (colours or {}).items():
        wrong = _colour_wrong(book, name, colour)
        checks.append(Check(f"{name} tab colour", not wrong, wrong))
    if hidden is not None:
        gone = [n for n, s in book.sheets.items() if s.written.sheet_state != "visible"]
        right = sorted(gone) == sorted(hidden)
        detail = f"expected {_listed(hidden)} to be hidden, found {_listed(gone)}"
        checks.append(Check("hidden sheets", right, "" if right else detail))
    return checks


def _colour_wrong(book: Book, name: str, wanted: Any) -> str:
    facts = {"fill": tab_colour(book.sheets[name].written) if name in book.sheets else ""}
    try:
        wrong = _looks.unlike(facts, "fill", wanted)  # a wrong argument is told in any case
        if name not in book.sheets:
            raise Unreadable(f"there is no sheet {name!r}; the sheets are {_listed(book.sheets)}")
    except Unreadable as e:
        return str(e)
    return f"expected the tab colour {wanted}, found {facts['fill'] or 'none'}" if wrong else ""


def tab_colour(sheet: Worksheet) -> str:
    """Return the colour of a sheet's tab; "" for none."""
    return _looks.colour(sheet.sheet_properties.tabColor)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


@ASPECTS.offer("visibility")
def _visibility(was: Book, now: Book, part: Part) -> Iterator[str]:
    """Which sheets are hidden; of those that are looked at and are in both."""
    yield from _by_sheet(was, now, part, lambda sheet: str(sheet.sheet_state))


@ASPECTS.offer("tab_colours")
def _tab_colours(was: Book, now: Book, part: Part) -> Iterator[str]:
    """The colours of the tabs; of the sheets that are looked at and are in both."""
    yield from _by_sheet(was, now, part, lambda s: f"tab colour {tab_colour(s) or 'none'}")


def _by_sheet(was: Book, now: Book, part: Part, said: Any) -> Iterator[str]:
    both = [name for name in was.sheets if name in now.sheets and part.has_sheet(name)]
    old, new = ({n: said(book.sheets[n].written) for n in both} for book in (was, now))
    yield from compared(old, new)
