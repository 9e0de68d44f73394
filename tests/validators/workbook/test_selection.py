"""What is selected, in both directions."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from cuagym.documents import workbook_bytes
from cuagym.errors import TaskError
from cuagym.validators.workbook import selected
from cuagym.verdict import Verdict

Judge = Callable[..., Verdict]


def _initial() -> bytes:
    book = Workbook()
    book.active.title = "Data"
    book.create_sheet("Notes")["A1"] = "a note"
    for row in range(12):
        book["Data"].append([row, row * 2, row * 3])
    return workbook_bytes(book)


INITIAL = _initial()


def left(cell: str = "B3", cells: str = "B3", front: int = 0, frozen: bool = False) -> bytes:
    book = load_workbook(BytesIO(INITIAL))
    book.active = front
    sheet = book.worksheets[front]
    if frozen:
        sheet.freeze_panes = "B2"
    for part in sheet.sheet_view.selection:
        part.activeCell, part.sqref = cell, cells
    return workbook_bytes(book)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, {"cells": "B3"}),
        ({}, {"cells": "$b$3", "sheet": "Data"}),
        ({"cells": "B3:C5"}, {"cells": "B3:C5"}),
        ({"cell": "C4", "cells": "C4", "frozen": True}, {"cells": "C4"}),
        ({"front": 1}, {"cells": "B3", "sheet": "Notes"}),
    ],
)
def test_what_is_selected_passes(judge: Judge, given: dict, wanted: dict) -> None:  # type: ignore[type-arg]
    verdict = judge(INITIAL, left(**given), "selected", **wanted)
    assert verdict.success, verdict.checks


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"cell": "B4", "cells": "B4"}, "expected B3, found B4"),
        ({"cells": "B3:B4"}, "expected B3, found B3:B4"),
        ({"front": 1}, "expected the sheet 'Data' in front, found 'Notes'"),
    ],
)
def test_anything_else_fails_and_is_told(judge: Judge, given: dict, told: str) -> None:  # type: ignore[type-arg]
    [check] = judge(INITIAL, left(**given), "selected", cells="B3").checks
    assert not check.passed and check.detail == told


def test_what_is_no_workbook_fails(judge: Judge) -> None:
    [check] = judge(INITIAL, b"PK but no workbook", "selected", cells="B3").checks
    assert not check.passed and "is no xlsx workbook" in check.detail


def test_what_is_no_cell_is_refused() -> None:
    with pytest.raises(TaskError, match="'B' is no cell|is no cell or range"):
        selected(None, cells="third")  # type: ignore[arg-type]
