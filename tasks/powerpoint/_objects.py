"""How oracles work in Impress with dialogs, palettes and the sidebar: what `_impress` lacks.

All places are of a screen of 1280x720; see `_impress` for what else must hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cuagym.actions import Click, Key, Turn, Type
from cuagym.task import Screen

from . import _impress

# In the palettes, the row of pure colours: where each stands in it.
COLOURS: Final = {"yellow": 0, "orange": 2, "red": 4, "purple": 6, "blue": 8, "green": 10}

# The arrow of Font Color in the sidebar; the first swatch of that row, and how far they are apart;
# the same in the dialog Slide Properties, on its page Background.
_FONT_ARROW: Final = {"gtk3": (955, 284), "plain": (995, 199)}
_FONT_SWATCH: Final = {"gtk3": (924, 399, 16.0), "plain": (982, 300, 14.0)}
_BACKGROUND: Final = {"gtk3": (270, 277, 20.1), "plain": (337, 286, 17.1)}
_COLOR_BUTTON: Final = {"gtk3": (487, 158), "plain": (508, 173)}
_BACKGROUND_OK: Final = {"gtk3": (1001, 667), "plain": (928, 590)}

# The button OK of the dialog Description.
_DESCRIBED: Final = {"gtk3": (826, 489), "plain": (809, 440)}

# The tab of the sidebar that is called Slide Transition.
_TRANSITION_TAB: Final = {"gtk3": (1251, 395), "plain": (1262, 290)}

# In the dialog Character: the field Size.
_SIZE: Final = {"gtk3": (560, 436), "plain": (560, 374)}

# The buttons Rectangle and Ellipse of the toolbar.
_TOOLS: Final = {
    "rectangle": {"gtk3": (224, 102), "plain": (169, 78)},
    "ellipse": {"gtk3": (257, 102), "plain": (192, 78)},
}

# In the sidebar Slide Transition: the first kind, and how far they are apart; what makes slides go
# on by themselves, the seconds, and the button for all slides.
TRANSITIONS: Final = ("none", "wipe", "wheel", "uncover", "bars", "checkers", "shape", "box")
_KINDS: Final = {"gtk3": (1004, 183, 81, 51), "plain": (1066, 142, 66, 51)}
_AFTER: Final = {"gtk3": (987, 595), "plain": (1051, 588)}
_SECONDS: Final = {"gtk3": (1090, 595), "plain": (1150, 588)}
_TO_ALL: Final = {"gtk3": (1092, 640), "plain": (1140, 623)}

# In the dialog Header and Footer: the keys to its field Footer, and the button for all slides.
_FOOTER: Final = {"gtk3": "Tab Tab space Tab", "plain": "Tab space Tab"}
_FOOTER_ALL: Final = {"gtk3": (622, 606), "plain": (645, 523)}
_FOOTER_ONE: Final = {"gtk3": (743, 606), "plain": (738, 523)}


def font_color(screen: Screen, color: str) -> Iterator[Turn]:
    """Give the text of what is selected a colour of `COLOURS`, in the sidebar."""
    yield (Click(screen.point(*_FONT_ARROW[screen.look])),)
    x, y, step = _FONT_SWATCH[screen.look]
    yield (Click(screen.point(round(x + step * COLOURS[color]), y)),)


def font_size(screen: Screen, points: int) -> Iterator[Turn]:
    """Give the text of what is selected a size, in the dialog Character."""
    yield from _impress.menu("Format", "Character")
    yield Click(_impress.in_dialog(screen, *_SIZE[screen.look])), Key(("ctrl", "a"))
    yield Type(f"{points}"), Key(("Return",))


def background(screen: Screen, color: str) -> Iterator[Turn]:
    """Give the slide that is shown a colour of `COLOURS`, in the dialog Slide Properties."""
    yield from _impress.menu("Slide", "Slide Properties")
    yield _impress.keys("ctrl+Page_Down")
    yield (Click(_impress.in_dialog(screen, *_COLOR_BUTTON[screen.look])),)
    x, y, step = _BACKGROUND[screen.look]
    yield (Click(_impress.in_dialog(screen, round(x + step * COLOURS[color]), y)),)
    yield (Click(_impress.in_dialog(screen, *_BACKGROUND_OK[screen.look])),)


def draw(
    screen: Screen, kind: str, start: tuple[float, float], end: tuple[float, float], text: str
) -> Iterator[Turn]:
    """Draw a rectangle or an ellipse from one corner to the other, and type into it."""
    yield (Click(screen.point(*_TOOLS[kind][screen.look])),)
    yield _impress.drag(screen, start, end)
    yield (Type(text),)
    yield _impress.keys("Escape Escape")


def insert_table(rows: Sequence[Sequence[str]]) -> Iterator[Turn]:
    """Insert a table and fill it, cell by cell."""
    yield from _impress.menu("Insert", "Table")
    yield Key(("ctrl", "a")), Type(f"{len(rows[0])}\t"), Key(("ctrl", "a")), Type(f"{len(rows)}\n")
    # What is typed goes into the cell below the pointer, else; Return leads to the first one.
    yield Key(("Return",)), Type("\t".join(text for row in rows for text in row))
    yield _impress.keys("Escape Escape")


def insert_image(name: str) -> Iterator[Turn]:
    """Insert a picture of the folder that file dialogs show; it is selected then."""
    yield from _impress.menu("Insert", "Image")
    yield (Type(f"{name}\n"),)


def describe(screen: Screen, text: str) -> Iterator[Turn]:
    """Give what is selected a description; its title, the other field, is not stored in pptx."""
    yield from _impress.menu("Format", "Description")
    yield (Type(f"\t{text}"),)
    yield (Click(_impress.in_dialog(screen, *_DESCRIBED[screen.look])),)


def transition(screen: Screen, kind: str, seconds: int, every: bool = True) -> Iterator[Turn]:
    """Give slides a transition and let them go on by themselves, in the sidebar."""
    yield (Click(screen.point(*_TRANSITION_TAB[screen.look])),)
    x, y, right, down = _KINDS[screen.look]
    at = TRANSITIONS.index(kind)
    yield (Click(screen.point(x + right * (at % 3), y + down * (at // 3))),)
    yield (Click(screen.point(*_AFTER[screen.look])),)
    yield Click(screen.point(*_SECONDS[screen.look])), Key(("ctrl", "a")), Type(f"{seconds}\t")
    if every:
        yield (Click(screen.point(*_TO_ALL[screen.look])),)


def footer(screen: Screen, text: str, number: bool, every: bool = True) -> Iterator[Turn]:
    """Show a footer and the slide number, on all slides but the first or on the one shown."""
    yield from _impress.menu("Insert", "Header and Footer")
    yield *_impress.keys(_FOOTER[screen.look]), Type(text)
    if number:
        yield _impress.keys("Tab space")
    at = (_FOOTER_ALL if every else _FOOTER_ONE)[screen.look]
    yield (Click(_impress.in_dialog(screen, *at)),)


def export_pdf(name: str) -> Iterator[Turn]:
    """Export the deck as PDF, under a name, beside it."""
    yield _impress.keys("alt+f e Return")
    yield (Key(("Return",)),)
    yield Key(("ctrl", "a")), Type(f"{name}\n")
