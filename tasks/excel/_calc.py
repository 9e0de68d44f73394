"""How oracles work in Calc: by mouse and keyboard, as a person would.

Where things lie holds for a sheet that is neither scrolled nor zoomed, on a screen of at least
1024x640.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from cuagym.actions import Click, Key, Point, Turn, Type
from cuagym.task import Screen

# Where the middle of the Name Box is, in pixels from the top left, by look: it lies at the left end
# of the formula bar, whatever the size of the screen.
_NAME_BOX = {"gtk3": (50, 141), "plain": (50, 108)}

# Where the sheet is: the pixel column of the line left of column A, the middles of the column
# headers, of row 1 and of the row headers, and the pixels that a character of column width takes.
_LEFT = {"gtk3": 40, "plain": 36}
_HEADER_Y = {"gtk3": 172, "plain": 134}
_ROW_1 = {"gtk3": 191, "plain": 152}
_HEADER_X = {"gtk3": 18, "plain": 18}
_CHARACTER = {"gtk3": 7.1667, "plain": 7.8334}
_ROW_HEIGHT = 20
_DEFAULT_WIDTH = 8.66

# The sheet tabs: where the first begins, how far above the bottom they are, what each has besides
# its name, and the widths of narrow, usual and wide letters.
_TABS = {"gtk3": (134, -34, 30), "plain": (120, -33, 27)}
_LETTERS = {"gtk3": (4.1, 7.5, 11.8), "plain": (3.8, 6.8, 10.8)}
_NARROW, _WIDE = " !'(),-.:;IJfijlrt", "MWmw"

# Which keys choose an item, once its menu is open. A letter is a mnemonic, and stands only where
# it is the only one of its menu (the looks differ in what they do otherwise); arrows start at the
# menu's first item, or from a submenu that has a mnemonic, and pass no item that may be disabled.
_MENUS: dict[tuple[str, ...], str | Mapping[str, str]] = {
    ("View", "Freeze Rows and Columns"): "r",
    ("View", "Freeze Cells", "Freeze First Column"): "c Return",
    ("View", "Freeze Cells", "Freeze First Row"): "c Down Return",
    ("Insert", "Chart"): "c",
    ("Insert", "Pivot Table"): "v",
    ("Format", "Number Format", "General"): "Down Down Right Return",
    ("Format", "Number Format", "Number"): "Down Down Right Down Return",
    ("Format", "Number Format", "Percent"): "Down Down Right Down Down Return",
    ("Format", "Number Format", "Currency"): "Down Down Right Down Down Down Return",
    ("Format", "Rows", "Height"): "w h",
    ("Format", "Rows", "Optimal Height"): "w o",
    ("Format", "Rows", "Hide"): "w i",
    ("Format", "Rows", "Show"): "w s",
    ("Format", "Columns", "Width"): "m w",
    ("Format", "Columns", "Optimal Width"): "m o",
    ("Format", "Columns", "Hide"): "m h",
    ("Format", "Columns", "Show"): "m s",
    ("Format", "Merge and Unmerge Cells", "Merge and Center Cells"): "e Return",
    ("Format", "Merge and Unmerge Cells", "Merge Cells"): "e Down Return",
    ("Format", "Merge and Unmerge Cells", "Unmerge Cells"): "e Down Down Return",
    ("Format", "Conditional", "Condition"): {
        "gtk3": "m Left Down Down Down Down Right Return",
        "plain": "o Return",
    },
    ("Format", "Conditional", "Manage"): {
        "gtk3": "m Left Down Down Down Down Right Up Return",
        "plain": "o Up Return",
    },
    ("Sheet", "Insert Rows", "Rows Above"): "Down Right a",
    ("Sheet", "Insert Rows", "Rows Below"): "Down Right b",
    ("Sheet", "Insert Columns", "Columns Before"): "l b",
    ("Sheet", "Insert Columns", "Columns After"): "l a",
    ("Sheet", "Delete Rows"): "Down Down Down Down Down Return",
    ("Sheet", "Delete Columns"): "Down Down Down Down Down Down Return",
    ("Sheet", "Insert Sheet"): "s",
    ("Sheet", "Delete Sheet"): "d",
    ("Sheet", "Fill Cells", "Fill Series"): "n Left Up Right e",
    ("Sheet", "Named Ranges and Expressions", "Define"): "n d",
    ("Sheet", "Named Ranges and Expressions", "Manage"): "n m",
    ("Sheet", "Named Ranges and Expressions", "Create"): "n c",
    ("Sheet", "Rename Sheet"): "n Left Down Down Return",
    ("Sheet", "Hide Sheet"): "n Left Down Down Down Return",
    ("Sheet", "Show Sheet"): "n Left Down Down Down Down Return",
    ("Sheet", "Move or Copy Sheet"): "m",
    ("Data", "Sort"): "s",
    ("Data", "Sort Ascending"): "Down Return",
    ("Data", "Sort Descending"): "Down Down Return",
    ("Data", "AutoFilter"): "Down Down Down Return",
    ("Data", "More Filters", "Standard Filter"): "Down Down Down Down Right s",
    ("Data", "More Filters", "Advanced Filter"): "Down Down Down Down Right a",
    ("Data", "More Filters", "Reset Filter"): "Down Down Down Down Right r",
    ("Data", "Define Range"): "d",
    ("Data", "Pivot Table", "Insert or Edit"): "p i",
    ("Data", "Pivot Table", "Refresh"): "p r",
    ("Data", "Validity"): "v",
    ("Data", "Subtotals"): "t",
    ("Data", "Text to Columns"): "g Left Up Up Return",
    ("Data", "Consolidate"): "c",
    ("Data", "Group and Outline", "Group"): "g g",
}
_MENU_BAR = {"View": "v", "Insert": "i", "Format": "o", "Sheet": "s", "Data": "d"}

# The dialog Move or Copy Sheet: the keys to its list of sheets, and from there to the name.
_MOVE_DIALOG = {"gtk3": ("Tab Tab", "Tab"), "plain": ("alt+i", "alt+n")}
_CHART_FINISH = {"gtk3": "alt+f", "plain": "Return"}


def name_box(screen: Screen) -> Point:
    """Return where the Name Box is, left of the formula bar."""
    return screen.point(*_NAME_BOX[screen.look])


def in_dialog(screen: Screen, x: float, y: float) -> Point:
    """Return a point of a dialog, which opens in the middle of the screen.

    Args:
        screen: The screen.
        x: Where it is on a screen of 1280x720, in pixels from the left.
        y: From the top.
    """
    return screen.point(x + (screen.width - 1280) / 2, y + (screen.height - 720) / 2)


def column_line(screen: Screen, column: str, widths: Mapping[str, float] | None = None) -> int:
    """Return the pixel column of the line right of a column; its border with the next one.

    Args:
        screen: The screen.
        column: The column's letters.
        widths: Widths by letters, as openpyxl sets them, where not the default; 0 if hidden.
    """
    widths = widths or {}
    x = _LEFT[screen.look]
    for index in range(1, column_index_from_string(column) + 1):
        width = widths.get(get_column_letter(index), _DEFAULT_WIDTH)
        x += int(width * _CHARACTER[screen.look])
    return x


def cell(screen: Screen, address: str, widths: Mapping[str, float] | None = None) -> Point:
    """Return the middle of a cell, such as `B7`; see `column_line` for the widths."""
    column, row = coordinate_from_string(address)
    return screen.point(_middle(screen, column, widths), _row_y(screen, row))


def column_header(screen: Screen, column: str, widths: Mapping[str, float] | None = None) -> Point:
    """Return the middle of a column's header."""
    return screen.point(_middle(screen, column, widths), _HEADER_Y[screen.look])


def column_border(screen: Screen, column: str, widths: Mapping[str, float] | None = None) -> Point:
    """Return where a column's right border can be dragged, or double-clicked for the best width."""
    return screen.point(column_line(screen, column, widths), _HEADER_Y[screen.look])


def row_header(screen: Screen, row: int) -> Point:
    """Return the middle of a row's header."""
    return screen.point(_HEADER_X[screen.look], _row_y(screen, row))


def sheet_tab(screen: Screen, index: int, names: Sequence[str], current: int = 0) -> Point:
    """Return the middle of a sheet's tab, to some pixels; `current` is the one that is shown."""
    x, y, around = _TABS[screen.look]
    narrow, usual, wide = _LETTERS[screen.look]
    widths = [
        around
        + sum(narrow if c in _NARROW else wide if c in _WIDE else usual for c in name)
        * (1.1 if i == current else 1)
        for i, name in enumerate(names[: index + 1])
    ]
    return screen.point(int(x + sum(widths[:-1]) + widths[-1] / 2), y)


def keys(combinations: str) -> Turn:
    """Return a turn of keys, such as `keys("ctrl+c Down ctrl+v")`."""
    return tuple(Key(tuple(keys.split("+"))) for keys in combinations.split())


def go_to(screen: Screen, address: str) -> Iterator[Turn]:
    """Select a cell or a range through the Name Box."""
    yield (Click(name_box(screen)),)
    yield Key(("ctrl", "a")), Type(f"{address}\n")


def enter(screen: Screen, address: str, text: str) -> Iterator[Turn]:
    """Select a cell and type something into it."""
    yield from go_to(screen, address)
    yield (Type(f"{text}\n"),)


def save() -> Iterator[Turn]:
    """Save the workbook under its name."""
    yield (Key(("ctrl", "s")),)


def menu(screen: Screen, *path: str) -> Iterator[Turn]:
    """Choose an item of the menu bar by its names, such as `menu(screen, "Data", "Sort")`."""
    chosen = _MENUS[path]
    yield keys(f"alt+{_MENU_BAR[path[0]]}")
    yield keys(chosen if isinstance(chosen, str) else chosen[screen.look])


def next_sheet(count: int = 1) -> Iterator[Turn]:
    """Go to another sheet, by its distance; backwards if negative."""
    key = "Page_Down" if count > 0 else "Page_Up"
    yield (Key(("ctrl", key)),) * abs(count)


def replace_field(text: str) -> Turn:
    """Type over what the field that has the focus contains."""
    return Key(("ctrl", "a")), Type(text)


def number_format(screen: Screen, address: str, code: str) -> Iterator[Turn]:
    """Give cells a number format code, in the dialog Format Cells."""
    yield from go_to(screen, address)
    yield keys("ctrl+1 alt+f")
    yield *replace_field(code), Key(("Return",))


def replace_all(find: str, replace: str) -> Iterator[Turn]:
    """Replace a text in the whole sheet, and close what it leaves open."""
    yield keys("ctrl+h")
    yield *replace_field(find), Key(("alt", "p")), *replace_field(replace)
    yield keys("alt+l")
    yield keys("Escape")
    yield keys("Escape")


def insert_sheet(screen: Screen, name: str, *, after: bool = True) -> Iterator[Turn]:
    """Insert a sheet after the current one, or before it, and show it."""
    yield from menu(screen, "Sheet", "Insert Sheet")
    yield *keys("alt+a alt+m" if after else "alt+b alt+m"), *replace_field(f"{name}\n")


def rename_sheet(screen: Screen, name: str) -> Iterator[Turn]:
    """Rename the current sheet."""
    yield from menu(screen, "Sheet", "Rename Sheet")
    yield replace_field(f"{name}\n")


def delete_sheet(screen: Screen) -> Iterator[Turn]:
    """Delete the current sheet."""
    yield from menu(screen, "Sheet", "Delete Sheet")
    yield keys("Return")


def move_sheet(
    screen: Screen, before: int | None, *, copy: bool = False, name: str = ""
) -> Iterator[Turn]:
    """Move or copy the current sheet.

    Args:
        screen: The screen.
        before: The index of the sheet before which it is put; None for the end.
        copy: Whether it is copied.
        name: A new name, if it is to get one.
    """
    yield from menu(screen, "Sheet", "Move or Copy Sheet")
    listed, named = _MOVE_DIALOG[screen.look]
    place = "End" if before is None else "Home" + " Down" * before
    if copy:
        yield keys("alt+o")
    yield keys(f"{listed} {place}")
    yield (*keys(named), *(replace_field(name) if name else ()), Key(("Return",)))


def sort(screen: Screen, address: str, *by: tuple[int, bool]) -> Iterator[Turn]:
    """Sort a range that has headers, in the dialog Sort.

    Args:
        screen: The screen.
        address: The range, with its headers.
        by: One or two keys: a column's index in the range, and whether it descends.
    """
    yield from go_to(screen, address)
    yield from menu(screen, "Data", "Sort")
    for i, (column, descending) in enumerate(by):
        down = column + (i > 0)  # the second box begins with "undefined"
        if screen.look == "plain":
            tabs = ["Tab", *["Down"] * descending, "Tab"]
            yield keys(" ".join(["Down"] * down + tabs))
            continue
        # In gtk3 no Tab leads to the first box; the dialog stands in the middle of the screen.
        x, y = screen.width // 2, screen.height // 2 + 86 * i
        yield (Click(screen.point(x - 14, y - 113)),)
        yield *[Key(("Down",))] * down, Key(("Return",))
        if descending:
            yield (Click(screen.point(x + 203, y - 99)),)
    yield keys("Return")


def split_by_comma(screen: Screen, address: str) -> Iterator[Turn]:
    """Split the texts of one column at their commas, in the dialog Text to Columns."""
    yield from go_to(screen, address)
    yield from menu(screen, "Data", "Text to Columns")
    yield keys("alt+t Tab space")  # off with Tab, on with Comma
    yield keys("Return")


def save_as_csv(name: str) -> Iterator[Turn]:
    """Save the sheet as a CSV file beside the workbook; the name is without its ending."""
    yield keys("ctrl+shift+s")
    yield Key(("alt", "t")), Type("Text")
    yield *keys("alt+n"), *replace_field(f"{name}\n")
    yield keys("Return")  # to keep that format, and how it is written
    yield keys("Return")


def insert_chart(screen: Screen, address: str) -> Iterator[Turn]:
    """Insert a chart of a range as the wizard proposes it, and leave it."""
    yield from go_to(screen, address)
    yield from menu(screen, "Insert", "Chart")
    yield keys(_CHART_FINISH[screen.look])
    yield from [keys("Escape")] * 3  # out of the chart, off the chart, to the cells


def _middle(screen: Screen, column: str, widths: Mapping[str, float] | None) -> int:
    index = column_index_from_string(column)
    left = _LEFT[screen.look]
    if index > 1:
        left = column_line(screen, get_column_letter(index - 1), widths)
    return (left + column_line(screen, column, widths)) // 2


def _row_y(screen: Screen, row: int) -> int:
    return _ROW_1[screen.look] + _ROW_HEIGHT * (row - 1)
