"""How oracles work in Writer: by mouse and keyboard, as a person would.

Where things lie holds for a window of at least 1024x640 whose text is not zoomed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cuagym.actions import Click, Key, Point, Turn, Type
from cuagym.task import Screen

# Which keys choose an item, once its menu is open. A letter is a mnemonic, and stands only where
# it is the only one of its menu; arrows start at the menu's first item, or from a submenu that has
# a mnemonic, and pass no item that may be disabled.
_MENUS: dict[tuple[str, ...], str | Mapping[str, str]] = {
    ("Edit", "Comment", "Delete All Comments"): "n Up Return",
    # With the caret in a change: then all of the submenu is enabled.
    ("Edit", "Track Changes", "Accept"): "g " + "Down " * 5 + "Return",
    ("Edit", "Track Changes", "Accept All"): "g " + "Down " * 7 + "Return",
    ("Edit", "Track Changes", "Reject"): "g " + "Down " * 8 + "Return",
    ("Edit", "Track Changes", "Reject All"): "g " + "Down " * 10 + "Return",
    ("File", "Export As", "Export as PDF"): "Up " * 9 + "Right Return",
    ("File", "Export As", "Export Directly as PDF"): "Up " * 9 + "Right Down Return",
    ("Format", "Text", "Bold"): "Right Return",
    ("Format", "Text", "Italic"): "Right Down Return",
    ("Format", "Text", "Single Underline"): "Right Down Down Return",
    ("Format", "Spacing", "1.5"): "Down Right Down Down Return",
    ("Format", "Spacing", "2"): "Down Right Down Down Down Return",
    ("Format", "Align Text", "Left"): "Down Down Right Return",
    ("Format", "Align Text", "Centered"): "Down Down Right Down Return",
    ("Format", "Align Text", "Right"): "Down Down Right Down Down Return",
    ("Format", "Align Text", "Justified"): "Down Down Right Down Down Down Return",
    ("Format", "Columns"): "l",
    ("Format", "Lists", "Unordered List"): "Down " * 7 + "Right Down Return",
    ("Format", "Lists", "Ordered List"): "Down " * 7 + "Right Down Down Return",
    ("Format", "Page Style"): "p",
    # Of what is selected, such as a picture.
    ("Format", "Description"): {"gtk3": "Up " * 7 + "Return", "plain": "Up " * 6 + "Return"},
    ("Insert", "Page Break"): "Return",
    ("Insert", "More Breaks", "Manual Break"): "Down Right b",
    ("Insert", "Image"): "i",
    ("Insert", "Hyperlink"): "h",
    ("Insert", "Section"): "Down " * 7 + "Return",
    ("Insert", "Footnote and Endnote", "Footnote"): "Up " * 7 + "Right Return",
    ("Insert", "Footnote and Endnote", "Endnote"): "Up " * 7 + "Right Down Return",
    ("Insert", "Footnote and Endnote", "Footnote or Endnote"): (
        "Up " * 7 + "Right Down Down Return"
    ),
    ("Insert", "Table of Contents and Index", "Table of Contents"): "x Return",
    ("Insert", "Page Number"): "Up Up Up Up Up Return",
    ("Insert", "Field", "Page Count"): "Up Up Up Up Right Down Return",
    ("Insert", "Header and Footer", "Header"): "a a Return",
    ("Insert", "Header and Footer", "Footer"): "a r Return",
    ("Styles", "Text Body"): "Return",
    ("Styles", "Title"): "Down Return",
    ("Styles", "Heading 1"): "Down Down Down Return",
    ("Styles", "Heading 2"): "Down Down Down Down Return",
    ("Styles", "Heading 3"): "Down Down Down Down Down Return",
    ("Table", "Insert Table"): "t",
    ("Table", "Insert", "Rows Above"): "Down Right Return",
    ("Table", "Insert", "Rows Below"): "Down Right Down Return",
    ("Table", "Delete", "Rows"): "Down Down Right r",
}
_MENU_BAR = {
    **{"File": "f", "Edit": "e", "View": "v", "Insert": "i", "Format": "o", "Styles": "y"},
    **{"Table": "a", "Tools": "t"},
}

# The box with the paragraph's style, at the left end of the formatting bar.
_STYLE_BOX = {"gtk3": (60, 103), "plain": (70, 79)}
# Right of it those with the font and its size.
_FONT_BOX = {"gtk3": (340, 103), "plain": (300, 79)}
_SIZE_BOX = {"gtk3": (528, 103), "plain": (415, 79)}
# The middles of buttons of both bars.
_BUTTONS = {
    "Save": {"gtk3": (107, 63), "plain": (82, 51)},
    "Insert Page Break": {"gtk3": (786, 63), "plain": (587, 51)},
    "Insert Hyperlink": {"gtk3": (909, 63), "plain": (685, 51)},
    "Bold": {"gtk3": (607, 102), "plain": (490, 79)},
    "Italic": {"gtk3": (640, 102), "plain": (513, 79)},
    "Underline": {"gtk3": (672, 102), "plain": (536, 79)},
    "Center": {"gtk3": (1003, 102), "plain": (784, 79)},
    "Right": {"gtk3": (1036, 102), "plain": (808, 79)},
    "Justified": {"gtk3": (1069, 102), "plain": (831, 79)},
    "Unordered List": {"gtk3": (1106, 102), "plain": (860, 79)},
    "Ordered List": {"gtk3": (1152, 102), "plain": (895, 79)},
}


def keys(combinations: str) -> Turn:
    """Return a turn of keys, such as `keys("ctrl+c Down ctrl+v")`."""
    return tuple(Key(tuple(keys.split("+"))) for keys in combinations.split())


def times(combination: str, count: int) -> Turn:
    """Return a turn of one combination of keys, several times."""
    return keys(combination) * count


def menu(screen: Screen, *path: str) -> Iterator[Turn]:
    """Choose an item of the menu bar by its names, such as `menu(screen, "Insert", "Image")`."""
    chosen = _MENUS[path]
    yield keys(f"alt+{_MENU_BAR[path[0]]}")
    yield keys(chosen if isinstance(chosen, str) else chosen[screen.look])


def _searched(text: str) -> Turn:
    """Return what types over a field for searches, which completes what was searched for before."""
    return *replace_field(text), Key(("Delete",))


def select(text: str, occurrence: int = 1) -> Iterator[Turn]:
    """Select a text by the find bar, searched for from the beginning; capitals do not matter."""
    yield keys("ctrl+Home ctrl+Home ctrl+f")  # the first one may only leave a table
    yield *_searched(text), *times("Return", occurrence)
    yield keys("Escape")


def before(text: str) -> Iterator[Turn]:
    """Put the caret before a text, from its end, where searching leaves it."""
    yield from select(text)
    yield times("Left", len(text))


def behind(text: str) -> Iterator[Turn]:
    """Put the caret behind a text."""
    yield from select(text)
    yield keys("Left Right")


def at_end(text: str) -> Iterator[Turn]:
    """Put the caret at the end of the paragraph that begins with a text."""
    yield from select(text)
    yield keys("ctrl+Down Left")


def button(screen: Screen, name: str) -> Iterator[Turn]:
    """Press a button of the toolbars, such as `button(screen, "Bold")`."""
    yield click(screen, _BUTTONS[name])


def save() -> Iterator[Turn]:
    """Save the document under its name, in its format."""
    yield keys("ctrl+s")


def replace_field(text: str) -> Turn:
    """Type over what the field that has the focus contains."""
    return Key(("ctrl", "a")), Type(text)


def in_dialog(screen: Screen, x: float, y: float) -> Point:
    """Return a point of a dialog, which opens in the middle of the screen.

    Args:
        screen: The screen.
        x: Where it is on a screen of 1280x720, in pixels from the left.
        y: From the top.
    """
    return screen.point(x + (screen.width - 1280) / 2, y + (screen.height - 720) / 2)


def click(screen: Screen, places: Mapping[str, tuple[float, float]]) -> Turn:
    """Return a click at a place that differs by look, in pixels from the top left."""
    return (Click(screen.point(*places[screen.look])),)


def replace_all(find: str, replace: str) -> Iterator[Turn]:
    """Replace a text in the whole document, and close what it leaves open."""
    yield keys("ctrl+Home ctrl+h")
    yield *_searched(find), Key(("alt", "p")), *_searched(replace)
    yield keys("alt+l")
    yield keys("Escape")
    yield keys("Escape")


def select_all(text: str) -> Iterator[Turn]:
    """Select all occurrences of a text, in the dialog Find and Replace."""
    yield keys("ctrl+Home ctrl+Home ctrl+h")
    yield *_searched(text), Key(("alt", "a"))
    yield keys("Escape")


def style_box(screen: Screen, name: str) -> Iterator[Turn]:
    """Give the paragraph a style, by typing its name into the box of the toolbar."""
    yield click(screen, _STYLE_BOX)
    yield *replace_field(name), Key(("Return",))


def columns_of_section(count: int) -> Turn:
    """Return what gives a section columns, in the dialog Insert Section, on its second page."""
    return Key(("Tab",)), *replace_field(str(count)), Key(("Tab",))


def font(screen: Screen, name: str, size: float) -> Iterator[Turn]:
    """Give what is selected a font and a size, in the boxes of the toolbar."""
    yield click(screen, _FONT_BOX)
    yield *replace_field(name), Key(("Return",))
    yield click(screen, _SIZE_BOX)
    yield *replace_field(f"{size:g}"), Key(("Return",))


def table_size(rows: int, columns: int) -> Turn:
    """Return what gives the size in the dialog Insert Table."""
    return *keys("Tab"), *replace_field(str(columns)), *keys("Tab"), *replace_field(str(rows))


def insert_table(screen: Screen, rows: Sequence[Sequence[str]]) -> Iterator[Turn]:
    """Insert a table at the caret, in the dialog, and type what its cells say."""
    yield from menu(screen, "Table", "Insert Table")
    yield table_size(len(rows), len(rows[0]))
    yield keys("Return")
    yield from ((Type("\t".join(row)), *keys("Tab")) for row in rows[:-1])
    yield (Type("\t".join(rows[-1])),)
