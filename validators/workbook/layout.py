"""How sheets are laid out: widths and heights, merged cells, frozen panes, and their aspects."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final

from openpyxl.utils import column_index_from_string, coordinate_to_tuple, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from cuagym.artefacts import Artefacts
from cuagym.errors import TaskError, nearest
from cuagym.validators._aspects import compared
from cuagym.validators._checks import by_key, checked
from cuagym.validators.workbook import _read, _sizes
from cuagym.validators.workbook._aspects import ASPECTS
from cuagym.validators.workbook._ranges import Part
from cuagym.validators.workbook._read import Book
from cuagym.verdict import Check

__all__ = ["frozen", "heights", "merged", "widths"]

_CONTENTS: Final = ("content", "numbers")
_KEYS: Final = ("at_least", "at_most", "near", "tolerance", "fits")
_SLACK: Final = 0.4
"""By how much sizes may differ: programs round them to pixels and to their own units."""


def widths(
    artefacts: Artefacts, columns: Annotated[Mapping[str, Any], by_key(_wanted)]
) -> list[Check]:
    """Check how wide columns are, one check for each.

    Args:
        artefacts: What the agent left.
        columns: By column ("C", "Notes!B"), a width in characters, as xlsx files and Excel have it;
            or "content" where everything in it must be seen whole, "numbers" where only numbers and
            dates must (instead of ###); or a table of `at_least`, `at_most`, `near`, `tolerance`
            (of `near`, in characters; 0.4 if not given) and `fits` ("content" or "numbers").
            Hidden columns fail.

    Raises:
        Unreadable: If the document is missing or no workbook.
        TaskError: If the arguments are wrong.
    """
    book = _read.left(artefacts)
    return [
        checked(f"{column} width", _width_wrong, book, column, _wanted(column, spec))
        for column, spec in columns.items()
    ]


def heights(
    artefacts: Artefacts, rows: Annotated[Mapping[str, Any], by_key(_wanted)]
) -> list[Check]:
    """Check how high rows are, one check for each.

    Args:
        artefacts: What the agent left.
        rows: By row ("1", "Notes!3"), a height in points, or a table of `at_least`, `at_most`,
            `near` and `tolerance` (of `near`, in points; 0.4 if not given).

    Raises:
        Unreadable: If the document is missing or no workbook.
        TaskError: If the arguments are wrong.
    """
    book = _read.left(artefacts)
    return [
        checked(f"{row} height", _height_wrong, book, row, _wanted(row, spec))
        for row, spec in rows.items()
    ]


def _height_wrong(book: Book, row: str, wanted: Mapping[str, Any]) -> str:
    sheet, number = _read.place(book, row)
    if not number.isdigit():
        raise TaskError(f"{row!r} is no row, such as '1' or 'Notes!3'")
    height = _sizes.height(sheet.written, int(number))
    return _size_wrong(f"the row {number}", "high", height, wanted)


def merged(
    artefacts: Artefacts, ranges: Iterable[str] = (), separate: Iterable[str] = ()
) -> list[Check]:
    """Check which cells are merged, one check for each range.

    Args:
        artefacts: What the agent left.
        ranges: Ranges each of which must be one merged cell, such as "A1:D1" or "Notes!A1:B2".
        separate: Ranges that no merged cell may touch; whole columns and rows too.

    Raises:
        Unreadable: If the document is missing or no workbook.
        TaskError: If the arguments are wrong.
    """
    book = _read.left(artefacts)
    checks = [checked(f"{cells} merged", _unmerged, book, cells) for cells in ranges]
    for cells in separate:
        part = Part.of([cells], _read.first_sheet(book))
        hit = [
            f"{name}!{address}"
            for name, sheet in book.sheets.items()
            for address in _merges(sheet.written)
            if any(part.has(name, *at[::-1]) for at in _cells_of(sheet.written, address))
        ]
        checks.append(
            Check(f"{cells} not merged", not hit, f"merged: {', '.join(hit)}" if hit else "")
        )
    return checks


def _unmerged(book: Book, cells: str) -> str:
    sheet, address = _read.place(book, cells)
    found = _merges(sheet.written)
    there = ", ".join(found) or "none"
    return "" if address in found else f"not merged; merged cells are: {there}"


def frozen(artefacts: Artefacts, panes: Mapping[str, str]) -> list[Check]:
    """Check which rows and columns stay in view, one check for each sheet.

    Args:
        artefacts: What the agent left.
        panes: By sheet, the first cell that scrolls: "A2" where the first row stays, "B1" where the
            first column does, "B2" for both; "" where nothing is frozen.

    Raises:
        Unreadable: If the document is missing or no workbook.
        TaskError: If the arguments are wrong.
    """
    book = _read.left(artefacts)
    checks = []
    for name, cell in panes.items():
        try:
            wanted = tuple(n - 1 for n in coordinate_to_tuple(cell)) if cell else (0, 0)
        except (ValueError, TypeError):
            raise TaskError(f"sheet {name}: {cell!r} is no cell, such as 'B2'") from None
        sheet = book.sheets.get(name)
        if sheet is None:
            wrong = f"there is no sheet {name!r}; the sheets are {', '.join(book.sheets)}"
        else:
            found = _frozen(sheet.written)
            said = f"expected {_panes(wanted)} to be frozen, found {_panes(found)}"
            if found == (0, 0) and _split(sheet.written):
                said += "; the window is split, not frozen"
            wrong = "" if found == wanted else said
        checks.append(Check(f"{name} frozen", not wrong, wrong))
    return checks


@ASPECTS.offer("sizes")
def _sizes_aspect(was: Book, now: Book, part: Part) -> Iterator[str]:
    """Columns' widths and rows' heights: a column goes with its cell in row 1, a row with column A.

    Heights that follow from what a row holds are not looked at.
    """
    for name, before in was.sheets.items():
        after = now.sheets.get(name)
        if after is None:
            continue
        old, new = before.written, after.written
        last = max(old.max_column, new.max_column, *(_last(s) for s in (old, new)))
        for column in range(1, min(last, 1000) + 1):
            a, b = _sizes.width(old, column), _sizes.width(new, column)
            if part.has(name, column, 1) and abs(a - b) > _SLACK:
                letter = get_column_letter(column)
                yield f"{name}!{letter} was {a:.1f} wide, is now {b:.1f} wide"
        for row in sorted(_sizes.fixed_rows(was, name) | _sizes.fixed_rows(now, name)):
            a, b = _sizes.height(old, row), _sizes.height(new, row)
            if part.has(name, 1, row) and abs(a - b) > 1.0:
                yield f"{name}!{row} was {a:.1f} points high, is now {b:.1f} points high"


@ASPECTS.offer("merged")
def _merged_aspect(was: Book, now: Book, part: Part) -> Iterator[str]:
    """Merged cells, each by its first cell."""
    old, new = (
        {
            f"{name}!{address}": "merged"
            for name, sheet in book.sheets.items()
            for address in _merges(sheet.written)
            if part.has_range(name, address)
        }
        for book in (was, now)
    )
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key):
            yield f"{key} was {old.get(key, 'not merged')}, is now {new.get(key, 'not merged')}"


@ASPECTS.offer("freeze")
def _freeze_aspect(was: Book, now: Book, part: Part) -> Iterator[str]:
    """Rows and columns that stay in view, of the sheets that are looked at."""
    old, new = (
        {n: _panes(_frozen(s.written)) for n, s in book.sheets.items() if part.has_sheet(n)}
        for book in (was, now)
    )
    yield from compared({n: t for n, t in old.items() if n in new}, _only(new, old), "froze")


@ASPECTS.offer("page")
def _page_aspect(was: Book, now: Book, part: Part) -> Iterator[str]:
    """What is printed: area, orientation, repeated rows and columns; of the sheets looked at."""
    old, new = (
        {
            f"{name}'s {what}": said
            for name, sheet in book.sheets.items()
            if part.has_sheet(name)
            for what, said in _page(sheet.written).items()
        }
        for book in (was, now)
    )
    yield from compared({k: t for k, t in old.items() if k in new}, _only(new, old))


def _only(new: Mapping[str, str], old: Mapping[str, str]) -> dict[str, str]:
    """Return what is of both; sheets that come and go are told by the aspect "sheets"."""
    return {key: text for key, text in new.items() if key in old}


def _page(sheet: Worksheet) -> dict[str, str]:
    repeated = [sheet.print_title_rows, sheet.print_title_cols]
    return {
        "print area": str(sheet.print_area or "none").replace("$", ""),
        "orientation": sheet.page_setup.orientation or "portrait",
        "repeated rows and columns": " ".join(filter(None, repeated)).replace("$", "") or "none",
    }


def _merges(sheet: Worksheet) -> list[str]:
    return sorted(str(part) for part in sheet.merged_cells.ranges)


def _cells_of(sheet: Worksheet, address: str) -> Iterator[tuple[int, int]]:
    for part in sheet.merged_cells.ranges:
        if str(part) == address:
            yield from itertools.islice(part.cells, 10_000)


def _frozen(sheet: Worksheet) -> tuple[int, int]:
    """Return how many rows and columns are frozen."""
    pane = sheet.sheet_view.pane
    if pane is None or pane.state not in ("frozen", "frozenSplit"):
        return 0, 0
    return int(pane.ySplit or 0), int(pane.xSplit or 0)


def _split(sheet: Worksheet) -> bool:
    pane = sheet.sheet_view.pane
    return pane is not None and bool(pane.xSplit or pane.ySplit)


def _panes(frozen: tuple[int, ...]) -> str:
    counts = zip(frozen, ("row", "column"), strict=True)
    said = [f"{n} {what}{'s' if n > 1 else ''}" for n, what in counts if n]
    return " and ".join(said) or "nothing"


def _last(sheet: Worksheet) -> int:
    """Return the last column that has a width of its own; not the one that runs to the edge."""
    ends = [(c.max or 0) for c in sheet.column_dimensions.values()]
    return max((end for end in ends if end < 1000), default=1)


def _width_wrong(book: Book, column: str, wanted: Mapping[str, Any]) -> str:
    sheet, letters = _read.place(book, column)
    try:
        index = column_index_from_string(letters)
    except ValueError:
        raise TaskError(f"{column!r} is no column, such as 'C' or 'Notes!B'") from None
    for found in sheet.written.column_dimensions.values():
        if (found.min or 0) <= index <= (found.max or 0) and found.hidden:
            return f"the column {letters} is hidden"
    width = _sizes.width(sheet.written, index)
    if "fits" in wanted:
        least, cell = _sizes.needed(sheet, index, wanted["fits"] == "numbers")
        if width < least:
            return (
                f"the column {letters} is {width:.1f} wide, but {cell} needs at least {least:.1f}"
            )
    return _size_wrong(f"the column {letters}", "wide", width, wanted)


def _size_wrong(what: str, way: str, size: float, wanted: Mapping[str, Any]) -> str:
    tolerance = float(wanted.get("tolerance", _SLACK))
    if size < wanted.get("at_least", 0) - _SLACK:
        return f"{what} is {size:.1f} {way}, expected at least {wanted['at_least']:g}"
    if size > wanted.get("at_most", float("inf")) + _SLACK:
        return f"{what} is {size:.1f} {way}, expected at most {wanted['at_most']:g}"
    if abs(size - wanted.get("near", size)) > tolerance:
        return f"{what} is {size:.1f} {way}, expected {wanted['near']:g}"
    return ""


def _wanted(where: str, spec: Any) -> dict[str, Any]:
    """Return what a size is wanted to be, as a table of the known keys."""
    if isinstance(spec, str):
        spec = {"fits": spec}
    elif isinstance(spec, (int, float)):
        spec = {"near": spec}
    if not isinstance(spec, Mapping) or not spec:
        raise TaskError(f"{where}: a size, or a table of what is wanted, not {spec!r}")
    for key in spec:
        if key not in _KEYS:
            raise TaskError(f"{where}: {key!r} is none of {', '.join(_KEYS)}{nearest(key, _KEYS)}")
    fits = spec.get("fits", "content")
    if fits not in _CONTENTS:
        raise TaskError(f"{where}: 'fits' must be 'content' or 'numbers', not {fits!r}")
    return dict(spec)
