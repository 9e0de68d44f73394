"""Comments (notes) on cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openpyxl.utils import range_boundaries

from cuagym.artefacts import Artefacts
from cuagym.errors import TaskError
from cuagym.validators._aspects import compared
from cuagym.validators.workbook import _read
from cuagym.validators.workbook._aspects import ASPECTS
from cuagym.validators.workbook._ranges import Part
from cuagym.validators.workbook._read import Book, Sheet
from cuagym.validators.workbook._values import show
from cuagym.verdict import Check

__all__ = ["comments"]


def comments(artefacts: Artefacts, cells: Mapping[str, str]) -> list[Check]:
    """Check the comments of some cells, one check for each.

    Args:
        artefacts: What the agent left.
        cells: By cell, such as "Sales!C5", the text of its comment; "" where there must be none.
            White space at the ends, and how much of it stands between words, does not matter.

    Raises:
        Unreadable: If the document is missing or no workbook, or lacks a sheet.
        TaskError: If the arguments are wrong.
    """
    book = _read.left(artefacts)
    checks = []
    for cell, text in cells.items():
        if not isinstance(text, str):
            raise TaskError(f"cell {cell}: a comment must be a text, got {text!r}")
        sheet, address = _read.place(book, cell)
        everywhere = _by_cell(sheet)
        found = everywhere.get(address, "")
        detail = ""
        if found != _folded(text):
            detail = f"expected the comment {_said(_folded(text))}, found {_said(found)}"
            elsewhere = [a for a, other in everywhere.items() if other == _folded(text)]
            if text and elsewhere:
                detail += f" (but it is on {', '.join(elsewhere)})"
        checks.append(Check(f"comment on {cell}", not detail, detail))
    return checks


@ASPECTS.offer("comments")
def _comments(was: Book, now: Book, part: Part) -> Iterator[str]:
    """Which cells have comments, and what these say."""
    old, new = (
        {
            f"the comment on {sheet.name}!{address}": show(text)
            for sheet in book.sheets.values()
            for address, text in _by_cell(sheet).items()
            if _has(part, sheet, address)
        }
        for book in (was, now)
    )
    yield from compared(old, new)


def _has(part: Part, sheet: Sheet, address: str) -> bool:
    column, row = range_boundaries(address)[:2]
    return part.has(sheet.name, column or 1, row or 1)


def _by_cell(sheet: Sheet) -> dict[str, str]:
    """Return a sheet's comments by address."""
    cells: Any = (cell for row in sheet.written.iter_rows() for cell in row)
    return {c.coordinate: _folded(c.comment.text) for c in cells if c.comment is not None}


def _folded(text: str) -> str:
    return " ".join(text.split())


def _said(text: str) -> str:
    return repr(text) if text else "nothing"
