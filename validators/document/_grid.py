"""Tables as grids: cells by their names ("B2"), merged areas, fills and lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from openpyxl.utils import get_column_letter, range_boundaries

from cuagym.artefacts import Unreadable
from cuagym.errors import TaskError
from cuagym.validators.document._blocks import Cell, Table
from cuagym.validators.document._styles import Styles, same_style
from cuagym.validators.document._xml import attr, child, is_on, value

__all__ = ["SIDES", "Grid", "area"]

SIDES: Final = ("left", "right", "top", "bottom")
_EDGES: Final = {"left": "start", "right": "end"}
_ACROSS: Final = {"left": (0, -1), "right": (0, 1), "top": (-1, 0), "bottom": (1, 0)}
_OPPOSITE: Final = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
_NO_LINE: Final = ("nil", "none")
_WIDEST: Final = 1000


def area(cells: str) -> tuple[int | None, int | None, int | None, int | None]:
    """Return left column, top row, right column, bottom row of "A1:C1", "B2", "1:1" or "B:B".

    Raises:
        TaskError: If it is no area.
    """
    try:
        found = range_boundaries(cells)
    except (ValueError, TypeError):
        found = (0, 0, 0, 0)
    if 0 in found:
        raise TaskError(f"{cells!r} names no cells, such as 'B2', 'A1:C1', '1:1' or 'B:B'")
    return found  # type: ignore[no-any-return]


@dataclass(frozen=True, eq=False)
class Grid:
    """A table by rows and columns, from 1.

    Attributes:
        table: The table.
        styles: Of its document.
    """

    table: Table
    styles: Styles

    @cached_property
    def cells(self) -> Mapping[tuple[int, int], Cell]:
        """Its cells by row and column; those that go on one above them are left out."""
        return {
            (number, cell.column): cell
            for number, row in enumerate(self.table.rows, 1)
            for cell in row.cells
            if cell.down != "continue"
        }

    @cached_property
    def size(self) -> tuple[int, int]:
        """How many rows and columns it has."""
        ends = [c.column + c.across - 1 for row in self.table.rows for c in row.cells]
        return len(self.table.rows), max(ends, default=0)

    @cached_property
    def merged(self) -> Mapping[str, tuple[int, int, int, int]]:
        """The areas that are one cell, by their names: left, top, right, bottom."""
        out = {}
        for (row, column), cell in self.cells.items():
            bottom, right = row, column + cell.across - 1
            while cell.down == "restart" and self._goes_on(bottom + 1, column):
                bottom += 1
            if (bottom, right) != (row, column):
                name = f"{get_column_letter(column)}{row}:{get_column_letter(right)}{bottom}"
                out[name] = (column, row, right, bottom)
        return out

    def _goes_on(self, row: int, column: int) -> bool:
        if row > len(self.table.rows):
            return False
        below = self.table.rows[row - 1].cells
        return any(c.column == column and c.down == "continue" for c in below)

    def within(self, cells: str) -> list[tuple[str, Cell]]:
        """Return the cells of an area, each with its name.

        Raises:
            Unreadable: If the table has none there.
        """
        left, top, right, bottom = area(cells)
        found = [
            (f"{get_column_letter(column)}{row}", cell)
            for (row, column), cell in self.cells.items()
            if (left or 1) <= column <= (right or _WIDEST)
            and (top or 1) <= row <= (bottom or len(self.table.rows))
        ]
        if not found:
            rows, columns = self.size
            raise Unreadable(f"it has no cell {cells}: it has {rows} rows, {columns} columns")
        return found

    def texts(self) -> list[list[str]]:
        """Return what its cells say, row by row; what goes on a cell above says nothing."""
        return [
            ["" if c.down == "continue" else c.text.strip() for c in row.cells]
            for row in self.table.rows
        ]

    @property
    def style(self) -> str:
        """The name of its style; "" if it has none."""
        found = value(child(self.table.element, "tblPr"), "tblStyle")
        return self.styles.name(found) if found else ""

    @property
    def align(self) -> str:
        """Where it stands between the margins."""
        found = value(child(self.table.element, "tblPr"), "jc", "left")
        return {"start": "left", "end": "right"}.get(found, found)

    @property
    def repeated(self) -> int:
        """How many of its first rows are repeated on every page."""
        count = 0
        for row in self.table.rows:
            header = child(child(row.element, "trPr"), "tblHeader")
            if header is None or not is_on(header):
                break
            count += 1
        return count

    def fill(self, cell: Cell) -> str:
        """Return the colour of a cell, "#RRGGBB"; "" if it has none."""
        fill = attr(child(child(cell.element, "tcPr"), "shd"), "fill")
        return f"#{fill.upper()}" if len(fill) == 6 else ""

    def vertical(self, cell: Cell) -> str:
        """Return where its text stands: "top", "center" or "bottom"."""
        return value(child(cell.element, "tcPr"), "vAlign", "top")

    def lines(self, row: int, column: int) -> dict[str, str]:
        """Return the kinds of lines round a cell, its neighbours' too; "" where there is none."""
        return {
            side: self._line(row, column, side)
            or self._line(row + down, column + across, _OPPOSITE[side])
            for side, (down, across) in self._beside(row, column).items()
        }

    def _beside(self, row: int, column: int) -> Mapping[str, tuple[int, int]]:
        cell = self.cells.get((row, column))
        across = cell.across if cell else 1
        return {**_ACROSS, "right": (0, across)}

    def _line(self, row: int, column: int, side: str) -> str:
        cell = self.cells.get((row, column))
        if cell is None:
            return ""
        own = child(child(cell.element, "tcPr"), "tcBorders")
        found = _kind(own, side)
        if found is None:
            found = self._of_table(row, column, cell.across, side)
        return "" if found in _NO_LINE else found

    def _of_table(self, row: int, column: int, across: int, side: str) -> str:
        """Return the line that the table, or its style, draws on a side of a cell."""
        rows, columns = self.size
        inside = {
            "left": column > 1,
            "right": column + across - 1 < columns,
            "top": row > 1,
            "bottom": row < rows,
        }[side]
        edge = ("insideV" if side in _EDGES else "insideH") if inside else side
        tblpr = child(self.table.element, "tblPr")
        for each in (tblpr, *self.styles.table(value(tblpr, "tblStyle"))):
            found = _kind(child(each, "tblBorders"), edge)
            if found is not None:
                return found
        return ""

    def styled(self, name: str) -> bool:
        """Whether its style has a name, in any spelling."""
        return same_style(self.style) == same_style(name)


def _kind(borders: Any, side: str) -> str | None:
    """Return the kind of line that an element gives a side; None where it says nothing."""
    for name in (side, _EDGES.get(side, side)):
        if (line := child(borders, name)) is not None:
            return attr(line, "val", "nil")
    return None
