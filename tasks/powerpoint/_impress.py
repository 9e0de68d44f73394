"""How oracles work in Impress: by mouse and keyboard, as a person would.

Where things lie holds for a deck of 16 to 9 that is fitted into its window, beside the slide pane
and the sidebar Properties, on a screen of 1280x720.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from cuagym.actions import Click, Drag, Key, Point, Terminate, Turn, Type
from cuagym.task import Screen

END: Final = (Terminate(),)

# In the slide pane: the middle of the first slide, and how far slides are apart. In gtk3 six of
# them are seen, in the plain look seven.
_THUMB: Final = {"gtk3": (92, 204, 84), "plain": (88, 154, 77)}
# Where a slide begins in the window, and the pixels of a centimetre.
_SLIDE: Final = {"gtk3": (201, 215, 19.7), "plain": (177, 177, 22.06)}
# A corner of the slide where nothing is.
_NOWHERE: Final = (33.4, 18.7)
_TITLE: Final = (17.0, 2.35)

# Which keys choose an item, once its menu is open. A letter is a mnemonic and stands only where it
# is the only one of its menu; arrows start at the menu's first item and pass no item that may be
# disabled.
_MENUS: Final = {
    ("View", "Normal"): "n",
    ("View", "Outline"): "o",
    ("View", "Notes"): "e",
    ("Insert", "Image"): "Return",
    ("Insert", "Table"): "Down Down Down Return",
    ("Insert", "Header and Footer"): "Up Up Return",
    ("Format", "Character"): "h",
    ("Format", "Description"): "p",
    ("Slide", "Duplicate Slide"): "s",
    ("Slide", "Slide Properties"): "p",
    ("Slide", "Hide Slide"): "h",
    ("Slide", "Layout", "Title Only"): "l Down Return",
    ("Slide", "Layout", "Title, Content"): "l Down Down Down Return",
    ("Slide", "Slide Transition"): "e",
}
_MENU_BAR: Final = {"File": "f", "View": "v", "Insert": "i", "Format": "o", "Slide": "l"}


def keys(combinations: str) -> Turn:
    """Return a turn of keys, such as `keys("ctrl+c Down ctrl+v")`."""
    return tuple(Key(tuple(keys.split("+"))) for keys in combinations.split())


def menu(*path: str) -> Iterator[Turn]:
    """Choose an item of the menu bar by its names, such as `menu("View", "Outline")`."""
    # In one turn: where a menu's first item is a submenu, gtk3 opens it after a moment.
    yield keys(f"alt+{_MENU_BAR[path[0]]} {_MENUS[path]}")


def in_dialog(screen: Screen, x: float, y: float) -> Point:
    """Return a point of a dialog, which opens in the middle of the screen.

    Args:
        screen: The screen.
        x: Where it is on a screen of 1280x720, in pixels from the left.
        y: From the top.
    """
    return screen.point(x + (screen.width - 1280) / 2, y + (screen.height - 720) / 2)


def thumb(screen: Screen, number: int) -> Point:
    """Return the middle of a slide in the slide pane, from 1; the first six are seen."""
    x, y, step = _THUMB[screen.look]
    return screen.point(x, y + step * (number - 1))


def spot(screen: Screen, x: float, y: float) -> Point:
    """Return a point of the slide that is shown, in centimetres from its left and top."""
    left, top, scale = _SLIDE[screen.look]
    return screen.point(round(left + x * scale), round(top + y * scale))


def show(screen: Screen, number: int) -> Iterator[Turn]:
    """Show a slide by a click in the slide pane, which has the keyboard then."""
    yield (Click(thumb(screen, number)),)


def to_slide(screen: Screen) -> Iterator[Turn]:
    """Give the slide the keyboard, with nothing selected."""
    yield (Click(spot(screen, *_NOWHERE)),)


def forward(count: int) -> Iterator[Turn]:
    """Go on by some slides, by the keyboard; the slide must have it."""
    if count:
        yield (Key(("Page_Down",)),) * count


def select(number: int) -> Iterator[Turn]:
    """Select a shape by Tab, where none is selected: a slide's title is its first one."""
    yield (Key(("Tab",)),) * number


def rewrite(number: int, text: str) -> Iterator[Turn]:
    """Write over the text of a shape that Tab selects; in the end nothing is selected."""
    yield from select(number)
    yield *keys("F2 ctrl+a"), Type(text)
    yield keys("Escape Escape")


def retitle(screen: Screen, text: str) -> Iterator[Turn]:
    """Write over the title of the slide that is shown, by a double click."""
    yield (Click(spot(screen, *_TITLE), count=2),)
    yield *keys("ctrl+a"), Type(text)
    yield keys("Escape Escape")


def outlined(lines: Iterable[str]) -> Turn:
    """Return what types lines into a body, where a tab before one stands for each level."""
    turn: list[Key | Type] = []
    level = 0
    for number, line in enumerate(lines):
        if number:
            turn.append(Key(("Return",)))
        wanted = len(line) - len(line.lstrip("\t"))
        turn += [Key(("Tab",))] * (wanted - level) + [Key(("shift", "Tab"))] * (level - wanted)
        turn.append(Type(line.lstrip("\t")))
        level = wanted
    return tuple(turn)


def write_lines(number: int, lines: Iterable[str]) -> Iterator[Turn]:
    """Write lines over the text of a shape that Tab selects; in the end nothing is selected."""
    yield from select(number)
    yield *keys("F2 ctrl+a"), *outlined(lines)
    yield keys("Escape Escape")


def replace_all(find: str, replace: str) -> Iterator[Turn]:
    """Replace a text in the whole deck, and close what it leaves open."""
    yield keys("ctrl+h")
    yield *keys("ctrl+a"), Type(find), Key(("alt", "p")), *keys("ctrl+a"), Type(replace)
    yield keys("alt+l")
    yield keys("Escape")
    yield keys("Escape")


def save() -> Iterator[Turn]:
    """Save the deck under its name."""
    yield keys("ctrl+s")


def drag(screen: Screen, start: tuple[float, float], end: tuple[float, float]) -> Turn:
    """Return a turn that drags from one point of the slide to another, in centimetres."""
    return (Drag(spot(screen, *end), spot(screen, *start)),)
