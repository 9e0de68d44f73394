"""Checks of a spreadsheet. A module of this folder holds validators of one kind.

Cells are named `Sheet!A1`, or `A1` on the first sheet.

    cells.py       what cells hold: values, formulas, what they would show if others changed
    charts.py      charts: type, title, values, categories
    comments.py    comments (notes) on cells
    conditional.py which cells conditional formats highlight, and how
    filters.py     which rows show: AutoFilter, hidden rows and columns
    layout.py      widths and heights, merged cells, frozen panes
    names.py       defined names, and formulas that use them
    number_formats.py   how numbers and dates are shown
    pivots.py      pivot tables: what they are made of and what they show
    rows.py        which rows a table holds, and in what order
    selection.py   what is selected, and which sheet is in front
    sheets.py      names and order of sheets, hidden ones, tab colours
    styles.py      what cells look like
    unchanged.py   nothing else changed; equality with a gold workbook
    validation.py  which values cells accept
    _aspects.py    in what two workbooks may differ
    _read.py       a workbook as LibreOffice has recalculated it
"""

from cuagym.validators.workbook.cells import cells
from cuagym.validators.workbook.charts import charts
from cuagym.validators.workbook.comments import comments
from cuagym.validators.workbook.conditional import highlighted
from cuagym.validators.workbook.filters import autofilter, visible_rows
from cuagym.validators.workbook.layout import frozen, heights, merged, widths
from cuagym.validators.workbook.names import names
from cuagym.validators.workbook.number_formats import number_formats
from cuagym.validators.workbook.pivots import pivots
from cuagym.validators.workbook.rows import rows, sorted_rows
from cuagym.validators.workbook.selection import selected
from cuagym.validators.workbook.sheets import sheets
from cuagym.validators.workbook.styles import styles
from cuagym.validators.workbook.unchanged import equals_gold, unchanged
from cuagym.validators.workbook.validation import validation

__all__ = [
    "autofilter",
    "cells",
    "charts",
    "comments",
    "equals_gold",
    "frozen",
    "heights",
    "highlighted",
    "merged",
    "names",
    "number_formats",
    "pivots",
    "rows",
    "selected",
    "sheets",
    "sorted_rows",
    "styles",
    "unchanged",
    "validation",
    "visible_rows",
    "widths",
]
