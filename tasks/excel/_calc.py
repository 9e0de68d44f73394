"""How oracles work in Calc: by mouse and keyboard, as a person would."""

from __future__ import annotations

from collections.abc import Iterator

from cuagym.actions import Click, Key, Point, Turn, Type
from cuagym.task import Screen

# Where the middle of the Name Box is, in pixels from the top left, by look: it lies at the left end
# of the formula bar, whatever the size of the screen.
_NAME_BOX = {"gtk3": (50, 141), "plain": (50, 108)}


def name_box(screen: Screen) -> Point:
    """Return where the Name Box is, left of the formula bar."""
    return screen.point(*_NAME_BOX[screen.look])


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
