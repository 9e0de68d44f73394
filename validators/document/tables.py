"""Tables: their texts, sizes, looks, order of rows; and the aspect "tables"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

from openpyxl.utils import column_index_from_string, get_column_letter

from cuagym.artefacts import Artefacts, Unreadable, recalculates
from cuagym.errors import TaskError, nearest
from cuagym.validators._checks import checked, one_by_one
from cuagym.validators._colours import is_colour
from cuagym.validators.document import _layout, _looks, _read
from cuagym.validators.document._align import pairs
from cuagym.validators.document._aspects import ASPECTS
from cuagym.validators.document._blocks import Cell, Table, paragraphs, told
from cuagym.validators.document._grid import SIDES, Grid, area
from cuagym.validators.document._looks import listed
from cuagym.validators.document._read import Document
from cuagym.validators.document._select import Part
from cuagym.verdict import Check

__all__ = ["tables"]

_KEYS: Final = (
    *("table", "rows", "ordered", "size", "sorted_by", "header", "looks", "merged", "repeat"),
    *("style", "align", "borders", "after", "before"),
)
_LOOKS: Final = (*_looks.FACTS, "fill", "align", "vertical")
_BORDERS: Final = ("all", "none", "outer", "inner")
_COLUMN: Final = re.compile(r"-?[A-Z]{1,2}")
_NUMBER: Final = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def _refuse(wanted: Any) -> None:
    if not isinstance(wanted, Mapping) or set(wanted) <= {"table", "ordered", "header"}:
        raise TaskError(f"a table of what is wanted must be given, not {wanted!r}")
    for key in wanted:
        if key not in _KEYS:
            raise TaskError(f"{key!r} is none of {', '.join(_KEYS)}{nearest(key, _KEYS)}")
    number = wanted.get("table", 1)
    if not isinstance(number, (int, str)) or number in (0, "") or isinstance(number, bool):
        raise TaskError(f"table must be a number from 1 or a text that is in it, not {number!r}")
    for cells, facts in dict(wanted.get("looks", {})).items():
        area(cells)
        _looks.known(cells, facts, _LOOKS)
        if "align" in facts:
            _layout.refuse(cells, "align", facts["align"])
    for cells in wanted.get("merged", ()):
        area(cells)
    for column in listed(wanted.get("sorted_by", [])):
        if not isinstance(column, str) or not _COLUMN.fullmatch(column):
            raise TaskError(f"sorted_by {column!r} must be a column's letter, such as 'B' or '-B'")
    borders = wanted.get("borders", "all")
    if borders not in _BORDERS:
        known = ", ".join(_BORDERS)
        raise TaskError(f"borders {borders!r} is none of {known}{nearest(borders, _BORDERS)}")
    for side in ("after", "before"):
        if not isinstance(wanted.get(side, ""), str):
            raise TaskError(f"{side} must be a text, not {wanted[side]!r}")
    size = wanted.get("size", [1, 1])
    if not isinstance(size, (list, tuple)) or [type(n) for n in size] != [int, int]:
        raise TaskError(f"size must be rows and columns, such as [3, 4], not {size!r}")


@recalculates(initial=True)
def tables(
    artefacts: Artefacts,
    wanted: Annotated[Sequence[Mapping[str, Any]], one_by_one(_refuse)] = (),
    count: int | None = None,
) -> list[Check]:
    """Check tables, one check for each thing that is wanted of each.

    Args:
        artefacts: What the agent left.
        wanted: For each table a table of which only what is given is looked at: `table`, its place
            in the document from 1 or a text in it (if not given, its place in this list); `rows`,
            the texts of its cells row by row (None for any text; cells that are merged away have
            none), with `ordered` false where the order of rows is free; `size`, rows and columns;
            `sorted_by`, the letter of the column by which the rows below the header are sorted,
            with a minus where it descends, or a list of them: the rows must also be those of the
            beginning; `header`, how many rows that is (1 if not given); `looks`, by cells ("A1",
            "A1:C1", "1:1", "B:B") a table of facts as for `document.characters`, and `fill`,
            `align`, `vertical` ("top", "center", "bottom"); `merged`, all areas that must be one
            cell, such as ["A1:C1"]; `repeat`, how many first rows are repeated on every page;
            `style`, its style's name; `align` ("left", "center", "right"); `borders`, where there
            are lines ("all", "none", "outer" or "inner", and nowhere else); `after` and `before`, a
            text in what stands right before it and right after it (empty paragraphs do not count).
        count: How many tables the document must have; not given if it is not looked at.

    Raises:
        Unreadable: If the document is missing or no text document.
        TaskError: If the arguments are wrong, or nothing is wanted.
    """
    if not wanted and count is None:
        raise TaskError("nothing is wanted of the tables")
    document, before = _read.left(artefacts), _read.initial(artefacts)
    checks = []
    if count is not None:
        has = len(document.tables)
        wrong = "" if has == count else f"there are {has} tables, expected {count}"
        checks.append(Check("number of tables", not wrong, wrong))
    for place, asked in enumerate(wanted, 1):
        _refuse(asked)
        key = asked.get("table", place)
        name = f"table {key}" if isinstance(key, int) else f"table with {told(key)}"
        for what in asked:
            if what not in ("table", "ordered", "header"):
                args = (document, before, key, what, asked)
                checks.append(checked(f"{name} {what}", _wrong, *args))
    return checks


def _grid(document: Document, key: int | str) -> Grid:
    return Grid(_table(document, key), document.styles)


def _table(document: Document, key: int | str) -> Table:
    found = document.tables
    if isinstance(key, int):
        if not 0 < abs(key) <= len(found):
            raise Unreadable(f"there is no table {key}: there are {len(found)}")
        return found[key - 1 if key > 0 else key]
    for table in found:
        if any(key in cell.text for row in table.rows for cell in row.cells):
            return table
    raise Unreadable(f"no table has the text {told(key)}")


def _misplaced(document: Document, table: Table, side: str, wanted: str) -> str:
    """Say what stands before or after a table in place of what is wanted; "" if that does."""
    blocks = [" ".join(p.text for p in paragraphs((block,))).strip() for block in document.story]
    at = next(n for n, block in enumerate(document.story) if block is table)
    around = blocks[:at][::-1] if side == "after" else blocks[at + 1 :]
    near = next(filter(None, around), "")
    if wanted in near:
        return ""
    return f"it comes {side} {told(near) if near else 'nothing'}, expected {told(wanted)}"


def _wrong(
    document: Document, before: Document, key: int | str, what: str, asked: Mapping[str, Any]
) -> str:
    """Say what is wrong with one thing of a table; "" if nothing is."""
    grid = _grid(document, key)
    value = asked[what]
    if what in ("after", "before"):
        return _misplaced(document, _table(document, key), what, value)
    if what == "rows":
        return _other_rows(grid.texts(), value, asked.get("ordered", True))
    if what == "sorted_by":
        header = asked.get("header", 1)
        return _unsorted(grid, listed(value), header) or _not_the_same(
            grid.texts(), _grid(before, key).texts(), header
        )
    if what == "looks":
        return next(filter(None, (_unlike(grid, c, f) for c, f in value.items())), "")
    if what == "merged":
        return _unmerged(grid, value)
    if what == "borders":
        return _other_lines(grid, value)
    if what == "style":
        fits = any(grid.styled(each) for each in listed(value))
        return "" if fits else f"its style is {grid.style or 'none'}, expected {value}"
    has = {"size": list(grid.size), "repeat": grid.repeated, "align": grid.align}[what]
    value = list(value) if what == "size" else value
    return "" if has == value else f"its {what} is {has}, expected {value}"


def _other_rows(found: Sequence[Sequence[str]], wanted: Sequence[Any], ordered: bool) -> str:
    """Say where rows are not those wanted; "" if they are."""
    left = list(enumerate(found, 1))
    for number, row in enumerate(wanted, 1):
        fits = [n for n, (_, has) in enumerate(left) if not _other_row(has, row)]
        if not fits or (ordered and fits[0] != 0):
            if not ordered:
                return f"there is no row {_row(row)}"
            if not left:
                return f"row {number} is missing: {_row(row)}"
            return f"row {number}: {_other_row(left[0][1], row)}"
        del left[fits[0]]
    return f"row {left[0][0]} should not be there: {_row(left[0][1])}" if left else ""


def _other_row(found: Sequence[str], wanted: Sequence[Any]) -> str:
    if len(found) != len(wanted):
        return f"it has {len(found)} cells, expected {len(wanted)}"
    for column, (has, should) in enumerate(zip(found, wanted, strict=True), 1):
        if should is not None and has != str(should).strip():
            letter = get_column_letter(column)
            return f"column {letter} says {told(has)}, expected {told(str(should))}"
    return ""


def _row(row: Sequence[Any]) -> str:
    return " | ".join("…" if cell is None else str(cell) for cell in row)


def _unsorted(grid: Grid, by: Iterable[str], header: int) -> str:
    """Say where a table is not sorted; "" if it is."""
    keys = [(column_index_from_string(c.lstrip("-")) - 1, c.startswith("-")) for c in by]
    rows = grid.texts()[header:]
    for number, (above, below) in enumerate(zip(rows, rows[1:], strict=False), header + 1):
        for index, descends in keys:
            if index >= min(len(above), len(below)):
                return f"row {number} has no column {get_column_letter(index + 1)}"
            one, two = _order(above[index]), _order(below[index])
            if one == two:
                continue
            if (one < two) == descends:
                return f"{told(above[index])} in row {number} comes before {told(below[index])}"
            break
    return ""


def _order(text: str) -> tuple[int, float, str]:
    """Return by what a text is sorted: numbers by size, before texts."""
    plain = re.sub(r"[\s,%$€£¥]", "", text)
    if _NUMBER.fullmatch(plain):
        return 0, float(plain), ""
    return 1, 0.0, text.casefold()


def _not_the_same(
    found: Sequence[Sequence[str]], before: Sequence[Sequence[str]], header: int
) -> str:
    """Say which row the table had at the beginning, or has now; "" if they are the same ones."""
    if list(found[:header]) != list(before[:header]):
        return "its header is not that of the beginning"
    has, had = (Counter(tuple(row) for row in side[header:]) for side in (found, before))
    for what, rows in (("is gone", had - has), ("is new", has - had)):
        if rows:
            return f"the row {_row(next(iter(rows)))} {what}"
    return ""


def _unlike(grid: Grid, cells: str, facts: Mapping[str, Any]) -> str:
    """Say which cell of an area does not look as wanted; "" if all do."""
    found = grid.within(cells)
    # What is empty looks like anything: of an area at least one cell must say something.
    if not any(cell.text.strip() for _, cell in found) and not set(facts) <= {"fill", "vertical"}:
        return f"{cells} is empty"
    for name, cell in found:
        for fact, value in facts.items():
            if wrong := _cell_unlike(grid, cell, fact, value):
                return f"{name} is {wrong}"
    return ""


def _cell_unlike(grid: Grid, cell: Cell, fact: str, wanted: Any) -> str:
    if fact == "fill":
        has = grid.fill(cell)
        fits = any(is_colour(has, each, "") for each in listed(wanted))
        return "" if fits else f"filled {has or 'with nothing'}"
    if fact == "vertical":
        has = grid.vertical(cell)
        return "" if has in listed(wanted) else f"set at the {has}"
    for paragraph in paragraphs(cell.story):
        if fact == "align":
            wrong = _layout.unlike(paragraph.layout, fact, wanted) if paragraph.text else ""
        else:
            seen = (p for p in paragraph.pieces if p.text.strip())
            wrong = next(filter(None, (_looks.unlike(p.look, fact, wanted) for p in seen)), "")
        if wrong:
            return wrong
    return ""


def _unmerged(grid: Grid, wanted: Iterable[str]) -> str:
    found, expected = set(grid.merged), {each.upper() for each in wanted}
    if found == expected:
        return ""
    has, should = (", ".join(sorted(side)) or "none" for side in (found, expected))
    return f"its merged cells are {has}, expected {should}"


def _other_lines(grid: Grid, wanted: str) -> str:
    """Say which line round a cell is missing, or should not be there; "" if all is well."""
    rows, columns = grid.size
    for (row, column), cell in grid.cells.items():
        area = grid.merged.get(_merged_name(grid, row, column), (column, row, column, row))
        edge = {
            "left": column == 1,
            "right": column + cell.across - 1 == columns,
            "top": row == 1,
            "bottom": area[3] == rows,
        }
        lines = grid.lines(row, column)
        for side in SIDES:
            should = wanted == "all" or wanted == ("outer" if edge[side] else "inner")
            if bool(lines[side]) != should and not (side == "bottom" and area[3] != row):
                name = f"{get_column_letter(column)}{row}"
                return f"{name} has {lines[side] or 'no'} line on its {side}"
    return ""


def _merged_name(grid: Grid, row: int, column: int) -> str:
    start = f"{get_column_letter(column)}{row}:"
    return next((name for name in grid.merged if name.startswith(start)), "")


@ASPECTS.offer("tables")
def _tables(was: Document, now: Document, part: Part) -> Iterator[str]:
    """Tables: how many, their rows, columns and merged cells, and what cells say."""
    if len(was.tables) != len(now.tables):
        yield f"there were {len(was.tables)} tables, are now {len(now.tables)}"
    for number, (old, new) in enumerate(zip(was.tables, now.tables, strict=False), 1):
        if part.has_table(number):
            yield from _shape(number, Grid(old, was.styles), Grid(new, now.styles))
    for before, after in pairs(was, now, part):
        either = before or after
        if either is None or not either.where:
            continue
        if before is None or after is None:
            if either.text.strip():  # empty cells come and go with rows and columns
                yield f"{either} is {'new' if before is None else 'gone'}"
        elif before.shown != after.shown:
            yield f"{before} says {told(after.shown)} now"
        elif before.where != after.where:
            yield f"{before} is now in {after.where}"


def _shape(number: int, before: Grid, after: Grid) -> Iterator[str]:
    """Yield how the rows, columns and merged cells of two tables differ."""
    if before.size != after.size:
        old, new = (f"{g.size[0]} rows and {g.size[1]} columns" for g in (before, after))
        yield f"table {number} had {old}, now {new}"
    elif set(before.merged) != set(after.merged):
        old, new = (", ".join(sorted(g.merged)) or "none" for g in (before, after))
        yield f"the merged cells of table {number} were {old}, are now {new}"


@ASPECTS.offer("table looks")
def _table_looks(was: Document, now: Document, part: Part) -> Iterator[str]:
    """Tables' styles, fills and lines of cells, and rows that are repeated on every page."""
    for number, (old, new) in enumerate(zip(was.tables, now.tables, strict=False), 1):
        if not part.has_table(number):
            continue
        before, after = Grid(old, was.styles), Grid(new, now.styles)
        for what in ("repeated", "align"):
            a, b = getattr(before, what), getattr(after, what)
            if a != b:
                yield f"table {number} had {what} {a}, now {b}"
        for (row, column), cell in before.cells.items():
            other = after.cells.get((row, column))
            if other is None:
                continue
            name = f"{get_column_letter(column)}{row} of table {number}"
            if before.fill(cell) != after.fill(other):
                a, b = before.fill(cell), after.fill(other)
                yield f"{name} was filled {a or 'with nothing'}, is now {b or 'with nothing'}"
            if before.lines(row, column) != after.lines(row, column):
                yield f"{name} has other lines round it"
