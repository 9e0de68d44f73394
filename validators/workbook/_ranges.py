"""Parts of a workbook: `A1:C9,Sheet2!B2` and whether a cell lies in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from openpyxl.utils import range_boundaries

from cuagym.errors import TaskError

__all__ = ["Part"]

Box = tuple[int, int, int, int]
"""Left column, top row, right column, bottom row, from 1, all of them inside."""
_EVERYTHING: Box = (1, 1, 16384, 1048576)


@dataclass(frozen=True)
class Part:
    """Some cells of a workbook.

    Attributes:
        boxes: By sheet; a sheet that is not named has none.
        outside: Whether the part is what lies outside the boxes instead.
    """

    boxes: Mapping[str, tuple[Box, ...]]
    outside: bool = False

    @classmethod
    def of(cls, ranges: str | Iterable[str], first: str, outside: bool = False) -> Part:
        """Return the part that a text or a list of texts names; "" names nothing.

        Args:
            ranges: Such as "A1:C9,Sheet2!B2", "'Notes 2026'!B:B", "Sheet2!3:4" or "Sheet2!*".
            first: The sheet of ranges that name none.
            outside: Whether everything else is meant.

        Raises:
            TaskError: If one of them is no range.
        """
        listed = ranges.split(",") if isinstance(ranges, str) else list(ranges)
        boxes: dict[str, tuple[Box, ...]] = {}
        for text in filter(None, (r.strip() for r in listed)):
            sheet, _, address = text.rpartition("!")
            name = sheet.strip("'") or first
            boxes[name] = (*boxes.get(name, ()), _box(text, address.replace("$", "")))
        return cls(boxes, outside)

    @classmethod
    def all(cls) -> Part:
        """Return the whole workbook."""
        return cls({}, outside=True)

    @classmethod
    def refuse(cls, ranges: str | Iterable[str]) -> None:
        """Raise a `TaskError` if one of them is no range."""
        cls.of(ranges, "")

    def has(self, sheet: str, column: int, row: int) -> bool:
        """Whether a cell lies in it; columns and rows count from 1."""
        inside = any(
            x <= column <= xx and y <= row <= yy for x, y, xx, yy in self.boxes.get(sheet, ())
        )
        return inside != self.outside

    def has_sheet(self, sheet: str) -> bool:
        """Whether any cell of a sheet lies in it."""
        boxes = self.boxes.get(sheet, ())
        return _EVERYTHING not in boxes if self.outside else bool(boxes)

    def has_range(self, sheet: str, address: str) -> bool:
        """Whether the first cell of a range such as "B2:C9" lies in it."""
        column, row = range_boundaries(address.split()[0].replace("$", ""))[:2]
        return self.has(sheet, column or 1, row or 1)


def _box(text: str, address: str) -> Box:
    if address == "*":
        return _EVERYTHING
    try:
        edges = range_boundaries(address)
    except (ValueError, TypeError):
        edges = (0, 0, 0, 0)
    # Whole columns and rows come without some of their edges.
    left, top, right, bottom = (
        most if edge is None else edge for edge, most in zip(edges, _EVERYTHING, strict=True)
    )
    if not (address and 1 <= left <= right and 1 <= top <= bottom):
        raise TaskError(f"{text!r} is no range, such as 'A1:C9', 'Sheet2!B2', 'B:B' or 'Sheet2!*'")
    return left, top, right, bottom
