"""Click a cell that is named: the smallest thing that can be learned of a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from cuagym.actions import Click, Key, MouseDown, MouseUp, Move, Terminate, Turn
from cuagym.documents import workbook_bytes
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec
from cuagym.tasks.excel import _book, _calc

FILE = "grid.xlsx"
END = (Terminate(),)
CELLS: Final = ("B2", "F2", "D3", "B5", "E5", "C6", "F7", "D8", "B9", "E10")
"""The ten that are ever named: a policy can be told which one it is by a number."""
ROWS = (
    ("Week", "Mon", "Tue", "Wed", "Thu", "Fri"),
    *((n, *(7 * n + d for d in range(5))) for n in range(1, 12)),
)
WORDING = "Click the cell {cell}, so that it is selected."


class SelectCell(TaskFamily):
    """A small table, always the same, and a cell of it.

    Parameters: `cell`, one of `CELLS`.
    """

    id = "practice/select-cell"
    app = "excel"
    capabilities = ("select-cell",)
    difficulty = "easy"
    horizon = 4
    keeps = False

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw the cell."""
        return {"cell": str(rng.choice(CELLS))}

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the table."""
        book, sheet = _book.new("Plan")
        for row in ROWS:
            sheet.append(row)
        return {FILE: workbook_bytes(book)}

    def instruction(self, params: Params) -> str:
        """Name the cell."""
        return WORDING.format(**params)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """It alone is selected, and nothing was written."""
        yield ValidatorSpec("workbook.selected", {"cells": params["cell"], "sheet": "Plan"})
        yield ValidatorSpec("workbook.unchanged", {"aspects": ["sheets", "cells"]})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Click it."""
        yield (Click(_calc.cell(screen, params["cell"])),)
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The Name Box, and the arrows from A1."""
        column, row = ord(params["cell"][0]) - ord("A"), int(params["cell"][1:]) - 1
        arrows = [Key(("Right",))] * column + [Key(("Down",))] * row
        return {
            "name box": [*_calc.go_to(screen, params["cell"]), END],
            "arrows": [tuple(arrows), END],
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the cell below, the one beside, a range, and something typed."""
        column, row = params["cell"][0], int(params["cell"][1:])
        below, beside = f"{column}{row + 1}", f"{chr(ord(column) + 1)}{row}"
        at, to = _calc.cell(screen, params["cell"]), _calc.cell(screen, beside)
        return {
            "below": NearMiss(f"found {below}", [(Click(_calc.cell(screen, below)),), END]),
            "beside": NearMiss(f"found {beside}", [(Click(to),), END]),
            "a range": NearMiss(
                f"found {params['cell']}:{beside}",
                [(Move(at), MouseDown(), Move(to), MouseUp()), END],
            ),
            "lost": NearMiss("now nothing", [(Click(at), Key(("Delete",))), END]),
        }
