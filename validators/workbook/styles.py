"""What cells look like, and the aspect "styles"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from openpyxl.utils import range_boundaries

from cuagym.artefacts import Artefacts
from cuagym.validators._checks import by_key, checked
from cuagym.validators.workbook import _looks, _read
from cuagym.validators.workbook._aspects import ASPECTS
from cuagym.validators.workbook._ranges import Part
from cuagym.validators.workbook._read import Book, Sheet
from cuagym.verdict import Check

__all__ = ["styles"]


def styles(
    artefacts: Artefacts, cells: Annotated[Mapping[str, Mapping[str, Any]], by_key(_looks.known)]
) -> list[Check]:
    """Check what cells look like, one check for each range and fact.

    Args:
        artefacts: What the agent left.
        cells: By range ("A1:D1", "Notes!B2"; of whole columns and rows, "B:B" or "1:1", the filled
            cells are meant), a table of facts, of which only those that are given are looked at:
            `bold`, `italic`, `strike`, `wrap` (true or false), `underline` (true, false or
            "single", "double"), `size` in points, `font` (its name), `color` of the text and `fill`
            ("#FFFF00", or a name: red, orange, yellow, green, blue, purple, black, grey, white; or
            true for any, false for none), `align` ("general", "left", "center", "right",
            "justify", "fill", "centerContinuous", "distributed"), `vertical` ("top", "center",
            "bottom", "justify"), `border` ("all", "none", or a table of `left`, `right`, `top`,
            `bottom`, each true, false or a line such as "thin", "medium", "thick", "double"). A
            list of values accepts each of them; no list for `border`. A line between two cells may
            belong to either.

    Raises:
        Unreadable: If the document is missing or no workbook.
        TaskError: If the arguments are wrong.
    """
    book = _read.left(artefacts)
    checks = []
    for cells_, wanted in cells.items():
        for name, value in _looks.known(cells_, wanted).items():
            checks.append(checked(f"{cells_} {name}", _wrong, book, cells_, name, value))
    return checks


def _wrong(book: Book, cells: str, name: str, wanted: Any) -> str:
    """Say which cells of a range do not have a fact as wanted; "" if all have it."""
    sheet, addresses = _looks.area(book, cells)
    if not addresses:
        raise _looks.no_cells(cells)
    found: dict[str, list[str]] = {}
    for address in addresses:
        facts = _seen(sheet, address)
        if what := _looks.unlike(facts, name, wanted):
            found.setdefault(what, []).append(address)
    return _looks.summary(found)


def _seen(sheet: Sheet, address: str) -> dict[str, Any]:
    """Return the facts of a cell, with the lines that its neighbours draw along it."""
    facts = _looks.facts(_looks.style(sheet.written, address))
    column, row, _, _ = range_boundaries(address)
    beside = {"left": (-1, 0, "right"), "right": (1, 0, "left")}
    beside |= {"top": (0, -1, "bottom"), "bottom": (0, 1, "top")}
    for side, (across, down, theirs) in beside.items():
        other = sheet.written._cells.get((row + down, column + across))
        if not facts["border"][side] and other is not None:
            facts["border"][side] = _looks.facts(other)["border"][theirs]
    return facts


@ASPECTS.offer("styles")
def _styles(was: Book, now: Book, part: Part) -> Iterator[str]:
    """Fonts, fills, alignment and lines of cells that hold something or are styled themselves."""
    for name, before in was.sheets.items():
        after = now.sheets.get(name)
        if after is None:
            continue  # the aspects "sheets" and "cells" tell it
        touched = dict.fromkeys((*_looks.shown_cells(before), *_looks.shown_cells(after)))
        for address in touched:
            column, row, _, _ = range_boundaries(address)
            if not part.has(name, column, row) or _looks.covered(after.written, address):
                continue
            old = _looks.facts(_looks.style(before.written, address))
            new = _looks.facts(_looks.style(after.written, address))
            empty = address not in before.values and address not in after.values
            for fact in ("fill", "border") if empty else _looks.FACTS:
                if old[fact] != new[fact]:
                    yield f"{name}!{address} had {_said(fact, old)}, now {_said(fact, new)}"


def _said(fact: str, facts: Mapping[str, Any]) -> str:
    """Return a fact as words: "bold", "not bold", "fill #FFFF00", "a thin line below"."""
    value = facts[fact]
    if fact == "border":
        lines = [f"{line} {side}" for side, line in value.items() if line]
        return f"border {', '.join(lines) or 'none'}"
    if isinstance(value, bool):
        return f"{fact} {'on' if value else 'off'}"
    return f"{fact} {value or 'none'}"
