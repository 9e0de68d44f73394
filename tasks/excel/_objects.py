"""How oracles make names, rules of validity, charts, pivot tables and comments, in dialogs.

Dialogs open in the middle of the screen: where things lie in them is told for 1280x720.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from cuagym.actions import Click, Drag, Key, KeyDown, KeyUp, Turn, Type
from cuagym.task import Screen

from . import _calc

CHART_TYPES: Final = ("column", "bar", "pie", "area", "line")
"""The first entries of the chart wizard's list, in its order."""

# Pixels by look. Lists have the place of their first entry, and how far the next one is below it.
_ALLOW: Final = {"gtk3": (660, 222), "plain": (660, 234)}
_ENTRIES: Final = {"gtk3": (668, 445), "plain": (674, 396)}
_DATA: Final = {"gtk3": (666, 290), "plain": (672, 282)}
_MINIMUM: Final = {"gtk3": (666, 330), "plain": (672, 310)}
_VALIDITY_OK: Final = {"gtk3": (833, 598), "plain": (800, 520)}
_TYPES: Final = {"gtk3": (427, 201, 23.0), "plain": (451, 250, 14.4)}
_SUBTYPES: Final = {"gtk3": (614, 226, 138), "plain": (664, 254, 108)}
_TITLE: Final = {"gtk3": (700, 204), "plain": (700, 253)}
_FINISH: Final = {"gtk3": "alt+f", "plain": "Return"}
_FIELDS: Final = {"gtk3": (800, 232, 23.0), "plain": (800, 212, 16.0)}
_AREAS: Final = {
    "gtk3": {"rows": (420, 405), "data": (650, 405), "columns": (650, 285), "filters": (420, 270)},
    "plain": {"rows": (420, 405), "data": (650, 405), "columns": (650, 270), "filters": (420, 240)},
}
_PIVOT_OK: Final = {"gtk3": (910, 565), "plain": (910, 534)}


def define_name(screen: Screen, address: str, name: str) -> Iterator[Turn]:
    """Define a name for a range of the current sheet, in the dialog Define Name."""
    yield from _calc.go_to(screen, address)
    yield from _calc.menu(screen, "Sheet", "Named Ranges and Expressions", "Define")
    yield (Type(name),)
    yield _calc.keys("Return")


def name_in_name_box(screen: Screen, address: str, name: str) -> Iterator[Turn]:
    """Define a name for a range of the current sheet by typing it into the Name Box."""
    yield from _calc.go_to(screen, address)
    yield from _calc.go_to(screen, name)


def allow_list(screen: Screen, address: str, values: Iterable[str]) -> Iterator[Turn]:
    """Let cells of the current sheet accept only some values, and offer them."""
    yield from _allow(screen, address, "Down Down Down Down Down Down Return")
    yield (Click(_calc.in_dialog(screen, *_ENTRIES[screen.look])),)
    yield (Type("\n".join(values)),)
    yield (Click(_calc.in_dialog(screen, *_VALIDITY_OK[screen.look])),)


def allow_cells(screen: Screen, address: str, source: str) -> Iterator[Turn]:
    """Let cells accept only what stands in other cells, such as `$H$2:$H$5`, and offer it."""
    yield from _allow(screen, address, "Down Down Down Down Down Return")
    yield _calc.keys("Tab Tab Tab Tab")
    yield (Type(source),)
    yield (Click(_calc.in_dialog(screen, *_VALIDITY_OK[screen.look])),)


def allow_whole_numbers(screen: Screen, address: str, low: int, high: int) -> Iterator[Turn]:
    """Let cells of the current sheet accept only whole numbers in a range."""
    yield from _allow(screen, address, "Down Return")
    yield (Click(_calc.in_dialog(screen, *_DATA[screen.look])),)
    yield _calc.keys("Down Down Down Down Down Down Return")
    yield Click(_calc.in_dialog(screen, *_MINIMUM[screen.look])), Type(f"{low}\t{high}")
    yield (Click(_calc.in_dialog(screen, *_VALIDITY_OK[screen.look])),)


def select_both(
    screen: Screen, first: str, second: str, widths: Mapping[str, float]
) -> Iterator[Turn]:
    """Select two ranges, such as `A1:A9` and `C1:C9`, by dragging; see `_calc.column_line`."""
    (a, b), (c, d) = (
        [_calc.cell(screen, corner, widths) for corner in address.split(":")]
        for address in (first, second)
    )
    yield (Drag(b, a),)
    yield KeyDown(("ctrl",)), Drag(d, c), KeyUp(("ctrl",))


def insert_chart(
    screen: Screen, address: str, type: str, title: str = "", subtype: int = 0
) -> Iterator[Turn]:
    """Insert a chart of a range whose header and first column label it, and leave it.

    Args:
        screen: The screen.
        address: The range; "" for what is selected.
        type: One of `CHART_TYPES`.
        title: Its title; "" for none.
        subtype: Which of the type's pictures is chosen: lines are but points with the first one.
    """
    if address:
        yield from _calc.go_to(screen, address)
    yield from _calc.menu(screen, "Insert", "Chart")
    x, y, step = _TYPES[screen.look]
    yield (Click(_calc.in_dialog(screen, x, y + step * CHART_TYPES.index(type))),)
    if subtype:
        x, y, step = _SUBTYPES[screen.look]
        yield (Click(_calc.in_dialog(screen, x + step * subtype, y)),)
    if title:
        for _ in range(3):
            yield _calc.keys("alt+n")
        yield Click(_calc.in_dialog(screen, *_TITLE[screen.look])), Type(title)
    yield _calc.keys(_FINISH[screen.look])
    yield _calc.keys("Escape")
    yield (Click(_calc.cell(screen, "A1")),)


def insert_pivot(
    screen: Screen, address: str, fields: Sequence[str], *placed: tuple[str, str]
) -> Iterator[Turn]:
    """Insert a pivot table on a new sheet, which is shown afterwards.

    Args:
        screen: The screen.
        address: The range, with its headers.
        fields: The headers, in their order.
        placed: Fields, each with where it goes: `rows`, `columns`, `data` or `filters`.
    """
    yield from _calc.go_to(screen, address)
    yield from _calc.menu(screen, "Insert", "Pivot Table")
    yield _calc.keys("Return")
    x, y, step = _FIELDS[screen.look]
    for field, area in placed:
        source = _calc.in_dialog(screen, x, y + step * fields.index(field))
        yield (Drag(_calc.in_dialog(screen, *_AREAS[screen.look][area]), source),)
    yield (Click(_calc.in_dialog(screen, *_PIVOT_OK[screen.look])),)


def comment(screen: Screen, address: str, text: str) -> Iterator[Turn]:
    """Put a comment on a cell."""
    yield from _calc.go_to(screen, address)
    yield (Key(("ctrl", "alt", "c")),)
    yield (Type(text),)
    yield _calc.keys("Escape Escape")


def _allow(screen: Screen, address: str, choose: str) -> Iterator[Turn]:
    """Open the dialog Validity and choose what is allowed."""
    yield from _calc.go_to(screen, address)
    yield from _calc.menu(screen, "Data", "Validity")
    yield (Click(_calc.in_dialog(screen, *_ALLOW[screen.look])),)
    yield _calc.keys(choose)
