"""How oracles work on the rows of a table in Calc: what `_calc` does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from openpyxl.utils.cell import coordinate_from_string

from cuagym.actions import Click, Key, KeyDown, KeyUp, Point, Turn, Type
from cuagym.task import Screen

from . import _calc

# How far left of a cell's right border the middle of its AutoFilter arrow is.
_ARROW = 10

# In the dialog Standard Filter: what opens its options, and once they are open, the first value
# and the button OK; on a screen of 1280x720.
_OPTIONS = {"gtk3": (297, 477), "plain": (388, 438)}
_VALUE = {"gtk3": (820, 313), "plain": (754, 297)}
_OK = {"gtk3": (945, 637), "plain": (847, 563)}

# Where the open menu File has Save a Copy: only one of the looks takes its letter.
_SAVE_COPY_AT = (70, 284)


def filter_arrow(screen: Screen, header: str, widths: Mapping[str, float]) -> Point:
    """Return the middle of a header cell's AutoFilter arrow; see `_calc.column_line`."""
    column, _ = coordinate_from_string(header)
    _, y = _calc.cell(screen, header, widths)
    x = _calc.column_line(screen, column, widths) - _ARROW
    return (x + 0.5) / screen.width, y


def autofilter(
    screen: Screen, header: str, value: str, widths: Mapping[str, float]
) -> Iterator[Turn]:
    """Give a table an AutoFilter and let through the values of a column that contain a text."""
    column, row = coordinate_from_string(header)
    yield (Click(_calc.cell(screen, f"{column}{row + 1}", widths)),)
    yield from _calc.menu(screen, "Data", "AutoFilter")
    yield (Click(filter_arrow(screen, header, widths)),)
    yield (Type(value),)
    yield (Key(("Return",)),)


def standard_filter(
    screen: Screen, cell: str, value: str, widths: Mapping[str, float]
) -> Iterator[Turn]:
    """Filter the table around a cell by a value of the cell's column, in the dialog."""
    yield (Click(_calc.cell(screen, cell, widths)),)
    yield from _calc.menu(screen, "Data", "More Filters", "Standard Filter")
    yield *_calc.keys("Tab Tab"), Type(value)
    yield (Key(("Return",)),)


def without_duplicates(screen: Screen, cell: str, target: str = "") -> Iterator[Turn]:
    """Show only the first of equal rows of the table around a cell, in the standard filter.

    Args:
        screen: The screen.
        cell: A cell of the table.
        target: Where the rows are copied to instead; "" to hide the others where they are.
    """
    yield from _calc.go_to(screen, cell)
    yield from _calc.menu(screen, "Data", "More Filters", "Standard Filter")
    yield (Click(_calc.in_dialog(screen, *_OPTIONS[screen.look])),)
    # Without a criterion, equal rows stay.
    yield Click(_calc.in_dialog(screen, *_VALUE[screen.look])), Type("Not Empty")
    yield (Key(("alt", "n")),)
    if target:
        yield Key(("alt", "p")), Type(target)
    yield (Click(_calc.in_dialog(screen, *_OK[screen.look])),)


def delete_rows(screen: Screen, rows: Sequence[int]) -> Iterator[Turn]:
    """Select rows by their headers, with the control key, and delete them all at once."""
    clicks = [Click(_calc.row_header(screen, row)) for row in rows]
    yield (clicks[0],)
    if clicks[1:]:
        yield KeyDown(("ctrl",)), *clicks[1:], KeyUp(("ctrl",))
    # With rows selected, the dialog that asks what to delete proposes whole rows.
    yield (Key(("ctrl", "minus")),)
    yield (Key(("Return",)),)


def save_csv(screen: Screen, name: str, delimiter: str, copy: bool = True) -> Iterator[Turn]:
    """Save the sheet as CSV beside the workbook, of which it is not the only sheet.

    Args:
        screen: The screen.
        name: The file's name; the dialog adds the ending.
        delimiter: What separates the fields.
        copy: Whether by Save a Copy, after which the workbook is still the one that is open.
    """
    if copy:
        yield _calc.keys("alt+f")
        at = screen.point(*_SAVE_COPY_AT)
        yield (Key(("y",)),) if screen.look == "gtk3" else (Click(at),)
    else:
        yield _calc.keys("ctrl+shift+s")
    yield Key(("alt", "t")), Type("Text")
    yield Key(("alt", "n")), *_calc.replace_field(f"{name}\n")
    yield Key(("alt", "f")), *_calc.replace_field(delimiter)
    yield (Key(("Return",)),)
    yield (Key(("Return",)),)  # what is said then: only the active sheet was saved
