"""How oracles format in Calc, and tables for them to format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from cuagym.actions import Click, Key, Turn, Type
from cuagym.task import Params, Screen

from . import _book, _calc, _data

# The arrow of the button Background Color, and the first swatch of the second row of its palette,
# in pixels from the top left; and how far swatches are apart.
_FILL_ARROW = {"gtk3": (532, 102), "plain": (413, 79)}
_SWATCH = {"gtk3": (504, 237), "plain": (401, 199)}
_SWATCHES = {"gtk3": 16.2, "plain": 13.6}
# Where colours are in that row.
_COLOURS = {"yellow": 0, "orange": 2, "red": 4, "blue": 8, "green": 10}

# How many rows below the first one an operator and a style are, in the dialog Conditional
# Formatting; the styles have a fill and a colour of the text.
_OPERATORS = {"below": 1, "above": 2}
_STYLES = {"Bad": 4, "Error": 6, "Good": 8, "Neutral": 13}
STYLE_FILLS = {"Bad": "#FFCCCC", "Error": "#CC0000", "Good": "#CCFFCC", "Neutral": "#FFFFCC"}
"""Cell styles that every new workbook of Calc has, and their backgrounds."""

CHARACTERS_PER_INCH = 12.97
"""How many characters of column width, as files count them, Calc shows on an inch."""
KINDS = ("Stock", "Orders", "Timesheet")
"""Kinds of tables: their sheets' names."""


def fill(screen: Screen, colour: str) -> Iterator[Turn]:
    """Give the selected cells a background, from the palette in the toolbar."""
    x, y = _SWATCH[screen.look]
    yield (Click(screen.point(*_FILL_ARROW[screen.look])),)
    yield (Click(screen.point(x + int(_SWATCHES[screen.look] * _COLOURS[colour]), y)),)


def column_width(screen: Screen, address: str, inches: float) -> Iterator[Turn]:
    """Give the columns of a range a width, in the dialog Column Width."""
    yield from _calc.go_to(screen, address)
    yield from _calc.menu(screen, "Format", "Columns", "Width")
    yield *_calc.replace_field(f'{inches:g}"'), Key(("Return",))


def condition(
    screen: Screen, address: str, operator: str, value: str, style: str
) -> Iterator[Turn]:
    """Give a range a conditional format, in the dialog: `below` or `above` a value, a style."""
    yield from _calc.go_to(screen, address)
    yield from _calc.menu(screen, "Format", "Conditional", "Condition")
    yield _calc.keys("Tab" + " Down" * _OPERATORS[operator])
    yield Key(("Tab",)), Type(value)
    yield _calc.keys("Tab" + " Down" * _STYLES[style])
    yield _calc.keys("Return")


def table(rng: np.random.Generator, low: int = 7, high: int = 13) -> Params:
    """Draw a table: `sheet` (its name), `header`, and `rows` whose last column is an amount.

    The first column names what a row is of; the third column holds whole numbers.
    """
    kind = str(rng.choice(KINDS))
    count = int(rng.integers(low, high))
    if kind == "Stock":
        header = ["Product", "Category", "In stock", "Price"]
        goods = _data.products(rng, count)
        firsts = [[g["name"], g["category"]] for g in goods]
        lasts = [g["price"] for g in goods]
    elif kind == "Orders":
        header = ["Company", "City", "Pieces", "Amount"]
        firsts = _data.columns(_data.companies(rng, count), _data.pick(rng, _data.CITIES, count))
        lasts = _data.amounts(rng, count, 150, 9000)
    else:
        header = ["Employee", "Department", "Hours", "Pay"]
        departments = _data.draw(rng, _data.DEPARTMENTS[:5], count)
        firsts = _data.columns(_data.names(rng, count), departments)
        lasts = _data.amounts(rng, count, 300, 2500)
    numbers = _data.whole(rng, count, 5, 160)
    rows = [[*first, n, last] for first, n, last in zip(firsts, numbers, lasts, strict=True)]
    return {"sheet": kind, "header": header, "rows": rows}


def write(sheet: Worksheet, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write a table from A1 on that nobody has formatted yet; its columns have room."""
    for row in (header, *rows):
        sheet.append(list(row))
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.font = Font(name=_book.FONT, size=10)
    for letter, width in widths(header, rows).items():
        sheet.column_dimensions[letter].width = width


def widths(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, float]:
    """Return the widths of the columns of a table that `write` has written, by letter."""
    columns = zip(header, *rows, strict=True)
    longest = [max(len(str(value)) for value in column) for column in columns]
    return {get_column_letter(i): max(11, n + 3) for i, n in enumerate(longest, 1)}
