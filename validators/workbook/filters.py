"""Which rows and columns show, and the AutoFilter that hides some of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from cuagym.artefacts import Artefacts
from cuagym.validators._aspects import compared
from cuagym.validators.workbook import _read
from cuagym.validators.workbook._aspects import ASPECTS
from cuagym.validators.workbook._ranges import Part
from cuagym.validators.workbook._read import Book
from cuagym.validators.workbook._tables import Table, empty, enumerated, listed
from cuagym.validators.workbook._values import same, show
from cuagym.verdict import Check

__all__ = ["autofilter", "visible_rows"]


def visible_rows(artefacts: Artefacts, area: str, shown: Mapping[str, Any]) -> list[Check]:
    """Check that of a range's rows those with some values are shown, and all others hidden.

    What hides them makes no difference: an AutoFilter, a standard filter or a hand.

    Args:
        artefacts: What the agent left.
        area: The rows below the header, such as "Orders!A2:F30"; empty rows do not count.
        shown: By a column's letter the value that a row holds if it is to be shown, or a list of
            values of which it holds one; where there are several columns, all of them must.

    Raises:
        Unreadable: If the document is missing or no workbook, or has no such sheet.
        TaskError: If the area is no range, or a column lies outside it.
    """
    table = Table.of(_read.left(artefacts), area)
    wanted = {table.index(letter): listed(value) for letter, value in shown.items()}
    hidden = _hidden_rows(table.sheet.written)
    seen: list[int] = []
    unseen: list[int] = []
    still: list[int] = []
    for number, values in table.rows.items():
        if empty(values):
            continue
        if all(any(same(values[i], v) for v in ones) for i, ones in wanted.items()):
            (unseen if number in hidden else seen).append(number)
        elif number not in hidden:
            still.append(number)
    asked = " and ".join(
        f"{' or '.join(map(show, listed(value)))} in {letter}" for letter, value in shown.items()
    )
    missing = extra = ""
    if unseen:
        missing = f"rows with {asked} are hidden: {enumerated(unseen)}"
    elif not seen:
        missing = f"there is no row with {asked}"
    if still:
        extra = f"rows without {asked} still show: {enumerated(still)}"
    return [Check("rows shown", not missing, missing), Check("rows hidden", not extra, extra)]


def autofilter(
    artefacts: Artefacts, area: str, columns: Mapping[str, Any] | None = None
) -> list[Check]:
    """Check that a range has an AutoFilter: arrows in its header, and criteria.

    Args:
        artefacts: What the agent left.
        area: The range with its header, such as "Orders!A1:F30".
        columns: By a column's letter the values that it is filtered by, one or a list, as they are
            shown; an empty table for arrows without criteria. Left out, any criteria will do.

    Raises:
        Unreadable: If the document is missing or no workbook, or has no such sheet.
    """
    sheet, address = _read.place(_read.left(artefacts), area)
    found = sheet.written.auto_filter.ref or ""
    wrong = "" if found == address else f"its range is {found}, expected {address}"
    checks = [Check("AutoFilter", not wrong, wrong if found else "there is no AutoFilter")]
    if columns is not None:
        has = _criteria(sheet.written)
        wanted = {c: ", ".join(sorted(map(str, listed(v)))) for c, v in columns.items()}
        wrong = "; ".join(
            f"column {c}: expected {wanted.get(c, 'none')}, found {has.get(c, 'none')}"
            for c in sorted({*wanted, *has})
            if wanted.get(c) != has.get(c)
        )
        checks.append(Check("AutoFilter criteria", not wrong, wrong))
    return checks


@ASPECTS.offer("filters")
def _filters(was: Book, now: Book, part: Part) -> Iterator[str]:
    """AutoFilters: their ranges and criteria."""
    yield from compared(_described(was, part), _described(now, part))


@ASPECTS.offer("hidden")
def _hidden(was: Book, now: Book, part: Part) -> Iterator[str]:
    """Hidden rows and columns; a row counts by its first cell, a column by its top one."""
    before, after = _unseen(was, part), _unseen(now, part)
    known = dict.fromkeys([*before, *after], "shown")
    yield from compared({**known, **before}, {**known, **after})


def _described(book: Book, part: Part) -> dict[str, str]:
    out = {}
    for name, sheet in book.sheets.items():
        address = sheet.written.auto_filter.ref
        if address and part.has_range(name, address):
            criteria = [f"{c} is {values}" for c, values in _criteria(sheet.written).items()]
            where = f" where {' and '.join(criteria)}" if criteria else ""
            out[f"the AutoFilter of {name}"] = f"on {address}{where}"
    return out


def _unseen(book: Book, part: Part) -> dict[str, str]:
    out = {}
    for name, sheet in book.sheets.items():
        for row in sorted(_hidden_rows(sheet.written)):
            if part.has(name, 1, row):
                out[f"row {row} of {name}"] = "hidden"
        for columns in sheet.written.column_dimensions.values():
            # One entry stands for a run of columns.
            for column in range(columns.min or 1, (columns.max or 0) + 1):
                if columns.hidden and part.has(name, column, 1):
                    out[f"column {get_column_letter(column)} of {name}"] = "hidden"
    return out


def _hidden_rows(sheet: Worksheet) -> set[int]:
    return {number for number, row in sheet.row_dimensions.items() if row.hidden}


def _criteria(sheet: Worksheet) -> dict[str, str]:
    """Return by a column's letter what an AutoFilter lets through."""
    found = sheet.auto_filter
    first = range_boundaries(found.ref)[0] if found.ref else 1
    out = {}
    for column in found.filterColumn:
        values = [str(v) for v in (column.filters.filter if column.filters else [])]
        if column.filters and column.filters.blank:
            values.append("empty")
        if column.customFilters:
            values += [f"{c.operator} {c.val}" for c in column.customFilters.customFilter]
        if column.top10:
            values.append(f"the {'top' if column.top10.top else 'bottom'} {column.top10.val:g}")
        if values:
            out[get_column_letter(first + column.colId)] = ", ".join(sorted(values))
    return out
