"""What cells look like: fonts, fills, alignment and borders, as facts that can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles.colors import COLOR_INDEX
from openpyxl.styles.styleable import StyleableObject
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from cuagym.artefacts import Unreadable
from cuagym.errors import TaskError, nearest
from cuagym.validators._colours import is_colour, same_font
from cuagym.validators.workbook import _read
from cuagym.validators.workbook._read import Book, Sheet

__all__ = [
    "FACTS",
    "area",
    "colour",
    "covered",
    "facts",
    "known",
    "no_cells",
    "shown_cells",
    "style",
    "summary",
    "unlike",
]

FACTS: Final = (
    *("bold", "italic", "underline", "strike", "color", "fill", "size", "font"),
    *("align", "vertical", "wrap", "border"),
)
"""What is said of a look, by name."""
SIDES: Final = ("left", "right", "top", "bottom")
AUTOMATIC: Final = "#000000"
_MOST: Final = 20_000
_SHOWN: Final = 4


def style(sheet: Worksheet, address: str) -> Any:
    """Return what a cell is styled with: its own, else its row's, else its column's style."""
    left, top, _, _ = range_boundaries(address)
    found = sheet._cells.get((top, left))
    if found is not None:
        return found
    row = sheet.row_dimensions.get(top) if top in sheet.row_dimensions else None
    if row is not None and row.customFormat:
        return row
    for column in sheet.column_dimensions.values():
        if (column.min or 0) <= left <= (column.max or 0):
            return column
    return Cell(sheet, row=top, column=left)


_styles: Final[WeakKeyDictionary[Workbook, dict[tuple[int, ...], dict[str, Any]]]] = (
    WeakKeyDictionary()
)
"""The facts of each style of a workbook: thousands of cells share a handful."""


def facts(look: Any) -> dict[str, Any]:
    """Return the facts of a cell's style, or of a conditional format's."""
    if not isinstance(look, StyleableObject):
        return _facts(look)
    known = _styles.setdefault(look.parent.parent, {})
    style = tuple(look._style or ())
    if style not in known:
        known[style] = _facts(look)
    found = known[style]
    return {**found, "border": dict(found["border"])}


def _facts(look: Any) -> dict[str, Any]:
    font, fill, lines, at = look.font, look.fill, look.border, look.alignment
    conditional = not hasattr(look, "number_format")
    return {
        "bold": bool(font and font.b),
        "italic": bool(font and font.i),
        "underline": (font.u if font and font.u not in ("none", None) else ""),
        "strike": bool(font and font.strike),
        "color": colour(font.color if font else None) or AUTOMATIC,
        "fill": _filled(fill, conditional),
        "size": (font.sz if font else None) or 0,
        "font": (font.name if font else None) or "",
        "align": (at.horizontal if at else None) or "general",
        "vertical": (at.vertical if at else None) or "bottom",
        "wrap": bool(at and at.wrap_text),
        "border": {side: _line(getattr(lines, side, None)) for side in SIDES},
    }


def unlike(found: Mapping[str, Any], name: str, wanted: Any) -> str:
    """Say how a fact is not as wanted; "" if it is.

    Args:
        found: The facts.
        name: One of them.
        wanted: For colours "#FF0000", a name such as "yellow", a list of these, true for any
            (but black, for the colour of text) or false for none; for `border` "all", "none" or a
            table of sides, each true, false or the kind of a line; for `underline` true, false or
            its kind; a value or a list of values for the others.

    Raises:
        TaskError: If what is wanted makes no sense.
    """
    have = found[name]
    if name in ("color", "fill"):
        none = AUTOMATIC if name == "color" else ""
        fits = any(is_colour(have, w, none) for w in _listed(wanted))
        return "" if fits else f"{name} {have or 'none'}"
    if name == "border":
        return _lines_unlike(have, wanted)
    if name == "font":
        return (
            "" if same_font(have) in map(same_font, _listed(wanted)) else f"font {have or 'none'}"
        )
    if isinstance(wanted, bool):
        return "" if bool(have) == wanted else f"{'not ' if wanted else ''}{_adjective(name)}"
    for w in _listed(wanted):
        if have == w or (isinstance(w, str) and str(have).lower() == w.lower()):
            return ""
    return f"{name} {have:g}" if isinstance(have, float) else f"{name} {have or 'none'}"


def known(where: str, wanted: Mapping[str, Any], also: Iterable[str] = ()) -> dict[str, Any]:
    """Return a table of facts that are wanted.

    Raises:
        TaskError: If one has no such name, or nothing is wanted.
    """
    names = (*FACTS, *also)
    if not isinstance(wanted, Mapping) or not wanted:
        raise TaskError(f"{where}: a table of what is wanted must be given, not {wanted!r}")
    for name in wanted:
        if name not in names:
            raise TaskError(
                f"{where}: {name!r} is none of {', '.join(names)}{nearest(name, names)}"
            )
    return dict(wanted)


def area(book: Book, cells: str) -> tuple[Sheet, list[str]]:
    """Return the sheet and the cells of a range; of whole columns and rows those that are filled.

    Raises:
        Unreadable: If there is no such sheet.
        TaskError: If it is no range, or a very large one.
    """
    sheet, address = _read.place(book, cells)
    try:
        left, top, right, bottom = range_boundaries(address)
    except (ValueError, TypeError):
        raise TaskError(f"{cells!r} is no range, such as 'A1:C9', 'Sheet2!B2' or 'B:B'") from None
    if None in (left, top, right, bottom):
        return sheet, [a for a in sheet.values if _inside(a, (left, top, right, bottom))]
    if (right - left + 1) * (bottom - top + 1) > _MOST:
        raise TaskError(f"{cells!r} has more than {_MOST:,} cells; name whole columns or rows")
    rows, columns = range(top, bottom + 1), range(left, right + 1)
    every = [f"{get_column_letter(column)}{row}" for row in rows for column in columns]
    return sheet, [a for a in every if not covered(sheet.written, a)]


def covered(sheet: Worksheet, address: str) -> bool:
    """Whether a cell lies under another one that it is merged with: nobody sees it."""
    left, top, _, _ = range_boundaries(address)
    return isinstance(sheet._cells.get((top, left)), MergedCell)


def shown_cells(sheet: Sheet) -> Iterator[str]:
    """Yield the cells whose look can be seen: those that hold or are something of their own."""
    for (row, column), found in sheet.written._cells.items():
        if not isinstance(found, MergedCell):
            yield f"{get_column_letter(column)}{row}"


def summary(found: Mapping[str, list[str]]) -> str:
    """Return what is said of cells, by what is said: "A1, B1 not bold"."""
    said = []
    for text, addresses in found.items():
        more = f" and {len(addresses) - _SHOWN} more" if len(addresses) > _SHOWN else ""
        said.append(f"{', '.join(addresses[:_SHOWN])}{more}: {text}")
    return "; ".join(said[:_SHOWN])


def no_cells(cells: str) -> Unreadable:
    """Return what is raised where a range has no filled cells."""
    return Unreadable(f"there is nothing in {cells}")


def _inside(address: str, edges: tuple[int | None, ...]) -> bool:
    left, top, right, bottom = edges
    column, row, _, _ = range_boundaries(address)
    across = (left or 1) <= column <= (right or column)
    return bool(across and (top or 1) <= row <= (bottom or row))


def _listed(wanted: Any) -> list[Any]:
    return list(wanted) if isinstance(wanted, (list, tuple)) else [wanted]


def _adjective(name: str) -> str:
    return {"underline": "underlined", "strike": "struck through", "wrap": "wrapped"}.get(
        name, name
    )


def colour(found: Any) -> str:
    """Return a colour of openpyxl's as "#RRGGBB"; "" for the automatic one."""
    if found is None:
        return ""
    if found.type == "rgb" and isinstance(found.rgb, str):
        return f"#{found.rgb[-6:].upper()}"
    if found.type == "indexed" and found.indexed < len(COLOR_INDEX):
        return f"#{COLOR_INDEX[found.indexed][-6:].upper()}"
    return f"theme colour {found.theme}" if found.type == "theme" else ""


def _filled(fill: Any, conditional: bool) -> str:
    """Return the colour of a fill; conditional formats keep theirs as that of the back."""
    if fill is None:
        return ""
    if getattr(fill, "fill_type", None) is None and not conditional:
        return ""
    if not hasattr(fill, "fgColor"):
        return "a gradient"
    if conditional:
        back = fill.bgColor
        return colour(back) if back is not None and back.rgb != "00000000" else ""
    return colour(fill.fgColor)


def _line(side: Any) -> str:
    return (side.style if side is not None else None) or ""


def _lines_unlike(have: Mapping[str, str], wanted: Any) -> str:
    if wanted in ("all", "none") or isinstance(wanted, bool):
        wanted = dict.fromkeys(SIDES, wanted in ("all", True))
    if not isinstance(wanted, Mapping) or not set(wanted) <= set(SIDES):
        raise TaskError(f"border {wanted!r} must be 'all', 'none' or a table of {', '.join(SIDES)}")
    wrong = []
    for side, line in wanted.items():
        fits = bool(have[side]) == line if isinstance(line, bool) else have[side] == (line or "")
        if not fits:
            wrong.append(f"{have[side] or 'no'} line {side}")
    return ", ".join(wrong)
