"""Which sheet is in front, and what is selected on it."""

from __future__ import annotations

import warnings
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from cuagym.artefacts import Artefacts, Unreadable
from cuagym.errors import TaskError
from cuagym.verdict import Check

__all__ = ["selected"]


def selected(artefacts: Artefacts, cells: str, sheet: str = "") -> list[Check]:
    """Check what is selected: a cell or a range, on the sheet in front.

    Args:
        artefacts: What the agent left.
        cells: Such as "C4" or "B2:B9"; nothing more and nothing less is selected.
        sheet: The sheet that is in front; "" for the first one.

    Raises:
        Unreadable: If the document is missing or no xlsx workbook; other formats do not say it.
        TaskError: If the arguments are wrong.
    """
    try:
        wanted = range_boundaries(cells)
    except (ValueError, TypeError):
        raise TaskError(f"cells={cells!r} is no cell or range, such as 'C4'") from None
    book = _as_left(artefacts)
    name = sheet or book.sheetnames[0]
    front = book.active
    if front is None or front.title != name:
        there = front.title if front is not None else "none"
        return [Check("selected", False, f"expected the sheet {name!r} in front, found {there!r}")]
    found = _selected(front)
    right = found and range_boundaries(found) == wanted
    return [Check("selected", bool(right), "" if right else f"expected {cells}, found {found}")]


def _as_left(artefacts: Artefacts) -> Workbook:
    """The document itself: a copy that was computed anew has nothing selected any more."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl names the extensions that it drops
            return load_workbook(artefacts.document)
    except OSError:
        raise Unreadable(f"there is no {artefacts.document.name}") from None
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as e:
        raise Unreadable(f"{artefacts.document.name} is no xlsx workbook: {e}") from None


def _selected(sheet: Worksheet) -> str:
    """The range that is selected in the part of the window that has the cursor."""
    view = sheet.sheet_view
    active = view.pane.activePane if view.pane is not None else "topLeft"
    parts = {part.pane or "topLeft": str(part.sqref) for part in view.selection}
    return parts.get(active, next(iter(parts.values()), ""))
