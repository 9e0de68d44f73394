"""Tables on slides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final

from cuagym.artefacts import Artefacts, recalculates
from cuagym.errors import TaskError
from cuagym.validators._checks import checked, one_by_one
from cuagym.validators.slides import _match, _places, _read, _wanted
from cuagym.validators.slides._aspects import ASPECTS
from cuagym.validators.slides._deck import Deck, Shape, folded
from cuagym.validators.slides._part import Part
from cuagym.verdict import Check

__all__ = ["tables"]

_KEYS: Final = ("slide", "rows", "size", "header", "cells", "count")


@recalculates()
def tables(
    artefacts: Artefacts, wanted: Annotated[Iterable[Mapping[str, Any]], one_by_one(_known)]
) -> list[Check]:
    """Check tables, one check for each that is wanted. Text in them, `slides.formatting` checks.

    Args:
        artefacts: What the agent left.
        wanted: For each a table of `slide` (its number, title or "last"), and what it must be:
            `rows`, all of its rows, each a list of what its cells say (None for a cell that is
            covered by a merged one); `size`, [rows, columns]; `header`, what the cells of its first
            row say; `cells`, by "ROW,COLUMN" from 1 what a cell says; `count`, how many tables the
            slide has.

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong.
    """
    deck = _read.left(artefacts)
    tables = [_known(each) for each in wanted]
    return [
        checked(f"table {n} on slide {t['slide']}", _wrong, deck, t)
        for n, t in enumerate(tables, 1)
    ]


def _known(given: Any) -> dict[str, Any]:
    found = _wanted.table("a table", given, _KEYS, ("slide",))
    _places.refuse_slide(found["slide"])
    for key in ("rows", "size", "header"):
        if not isinstance(found.get(key, []), (list, tuple)):
            raise TaskError(f"a table: {key} must be a list, not {found[key]!r}")
    if any(not isinstance(row, (list, tuple)) for row in found.get("rows", ())):
        raise TaskError("a table: rows are lists of what cells say")
    if len(found.get("size", (0, 0))) != 2:
        raise TaskError(f"a table: size is [rows, columns], not {found['size']!r}")
    for cell in found.get("cells", {}):
        _at(cell)
    return found


def _at(cell: str) -> tuple[int, int]:
    row, _, column = cell.partition(",")
    if not (row.strip().isdigit() and column.strip().isdigit()) or 0 in (int(row), int(column)):
        raise TaskError(f"a table: {cell!r} is no cell, such as '1,2': its row and its column")
    return int(row), int(column)


def _wrong(deck: Deck, wanted: Mapping[str, Any]) -> str:
    slide = _places.slides_at(deck, wanted["slide"])[0]
    found = [s for s in slide.all_shapes if s.kind == "table"]
    if wanted.get("count", len(found)) != len(found):
        return f"{slide.said} has {len(found)} tables, expected {wanted['count']}"
    if not found:
        return "" if wanted.get("count") == 0 else f"{slide.said} has no table"
    wrongs = [_one_wrong(shape, wanted) for shape in found]
    return "" if "" in wrongs else f"{slide.said}: {wrongs[0]}"


def _one_wrong(shape: Shape, wanted: Mapping[str, Any]) -> str:
    """Say how a table is not as wanted."""
    rows = [[cell.text if cell else None for cell in row] for row in shape.cells]
    size = [len(rows), max(map(len, rows), default=0)]
    if "rows" in wanted:
        expected = [len(wanted["rows"]), max(map(len, wanted["rows"]), default=0)]
        if size != expected:
            return f"the table has {_sized(size)}, expected {_sized(expected)}"
    if size != list(wanted.get("size", size)):
        return f"the table has {_sized(size)}, expected {_sized(wanted['size'])}"
    cells = {_at(cell): text for cell, text in wanted.get("cells", {}).items()}
    lines = wanted.get("rows") or [wanted["header"]] if {"rows", "header"} & set(wanted) else []
    cells |= {(r, c): text for r, row in enumerate(lines, 1) for c, text in enumerate(row, 1)}
    for (row, column), text in sorted(cells.items()):
        has = rows[row - 1][column - 1] if row <= size[0] and column <= size[1] else None
        if has != (None if text is None else folded(str(text))):
            return f"row {row}, column {column}: expected {text!r}, found {has!r}"
    return ""


def _sized(size: Any) -> str:
    return f"{size[0]} rows and {size[1]} columns"


@ASPECTS.offer("tables")
def _tables(was: Deck, now: Deck, part: Part) -> Iterator[str]:
    """Tables: how many rows and columns, merged cells, what cells say and are filled with."""
    for old, new in part.pairs(was, now):
        for one, other in _match.shapes(old, new):
            before, after = _cells(one), _cells(other)
            if before == after:
                continue
            if not before or not after:
                yield f"{old.said}: a table is {'gone' if before else 'new'}"
                continue
            where = next(k for k in sorted({*before, *after}) if before.get(k) != after.get(k))
            yield (
                f"{old.said}: row {where[0]}, column {where[1]} of a table was"
                f" {_told(before, where)}, is now {_told(after, where)}"
            )


def _cells(shape: Shape | None) -> dict[tuple[int, int], tuple[str, str] | None]:
    return {
        (r, c): (cell.text, cell.fill) if cell else None
        for r, row in enumerate(shape.cells if shape else (), 1)
        for c, cell in enumerate(row, 1)
    }


def _told(cells: Mapping[tuple[int, int], tuple[str, str] | None], at: tuple[int, int]) -> str:
    if at not in cells:
        return "missing"
    cell = cells[at]
    return "merged" if cell is None else f"{cell[0]!r} on {cell[1] or 'no fill'}"
