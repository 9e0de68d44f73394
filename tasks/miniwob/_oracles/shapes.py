"""What is drawn: shapes to tell apart, to count, to drag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cuagym.actions import Turn
from cuagym.task import Element, Screen
from cuagym.tasks.miniwob._oracles.hands import (
    SUBMIT,
    Oracle,
    bold,
    click,
    drag,
    find,
    press,
    query,
)

__all__ = ["ORACLES"]

_TAGS: Final = {"circle": "circle", "rect": "rectangle", "polygon": "triangle"}
_DRAWN: Final = "circle, rect:not(#shape-container), polygon"
_LARGE: Final = 15.0
"""Shapes are 10 or 20 pixels wide, and so are the letters' sizes."""
_AWAY: Final = 30
_DIRECTIONS: Final = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


@dataclass(frozen=True)
class _Shape:
    """What a person sees in a shape: how large it is, its colour, its kind, and which it is."""

    element: Element
    size: str
    color: str
    kind: str
    name: str

    def fits(self, description: str) -> bool:
        """Whether it is "a small red item", say."""
        known = {self.size, self.color, self.kind, self.name, "item"}
        return set(description.split()) <= known


def _shape(element: Element) -> _Shape:
    color = element.attributes["fill"]
    if element.tag in _TAGS:
        size = element.width
        kind, name = "shape", _TAGS[element.tag]
    else:
        size = float(element.attributes["font-size"].removesuffix("px"))
        name = element.text
        kind = "digit" if name.isdigit() else "letter"
    return _Shape(element, "large" if size > _LARGE else "small", color, kind, name)


def _shapes(screen: Screen) -> list[_Shape]:
    return [_shape(each) for each in screen.elements("#area_svg > *")]


def _click(screen: Screen) -> Iterator[Turn]:
    wanted = query(screen).removeprefix("Click on a ")
    yield press(screen, next(s for s in _shapes(screen) if s.fits(wanted)).element)


def _count(screen: Screen) -> Iterator[Turn]:
    wanted = query(screen).removeprefix("How many ").removesuffix(" are there?").strip()[:-1]
    number = sum(each.fits(wanted) for each in _shapes(screen))
    yield click(screen, "#count-buttons button", str(number))


def _identify(screen: Screen) -> Iterator[Turn]:
    shape = _shapes(screen)[0]
    kind = shape.name if shape.kind == "shape" else shape.kind
    yield press(screen, find(screen, "#area-buttons button", data_type=kind))


def _coordinate(screen: Screen) -> Iterator[Turn]:
    yield press(screen, find(screen, "circle", id=bold(screen)[0]))


def _box(screen: Screen) -> Iterator[Turn]:
    small, large = screen.element("#draggableSmall"), screen.element("#draggableLarge")
    yield drag(screen, small.middle, large.middle)
    yield click(screen, SUBMIT)


def _away(screen: Screen) -> Iterator[Turn]:
    """Drag the only shape somewhat to one side."""
    words = query(screen).split()
    dx, dy = next(_DIRECTIONS[word] for word in words if word in _DIRECTIONS)
    x, y = screen.element(", ".join(f"svg {tag}" for tag in _TAGS)).middle
    yield drag(screen, (x, y), (x + dx * _AWAY, y + dy * _AWAY))
    yield click(screen, SUBMIT)


def _into_box(screen: Screen) -> Iterator[Turn]:
    kind = query(screen).removeprefix("Drag all ").split()[0].removesuffix("s")
    box = screen.element("#shape-container")
    for each in screen.elements(_DRAWN):
        if _TAGS[each.tag] == kind:
            yield drag(screen, each.middle, box.middle)
    yield click(screen, SUBMIT)


def _into_two_boxes(screen: Screen) -> Iterator[Turn]:
    wanted = query(screen).removeprefix("Drag all ").split()[0].removesuffix("s")
    left, right = screen.elements("#shape-container")
    for each in screen.elements(_DRAWN):
        goes_left = wanted in (_TAGS[each.tag], each.attributes["fill"])
        yield drag(screen, each.middle, (left if goes_left else right).middle)
    yield click(screen, SUBMIT)


ORACLES: Final[Mapping[str, Oracle]] = {
    "click-shape": _click,
    "count-shape": _count,
    "drag-box": _box,
    "drag-circle": _away,
    "drag-shapes": _into_box,
    "drag-shapes-2": _into_two_boxes,
    "drag-single-shape": _away,
    "grid-coordinate": _coordinate,
    "identify-shape": _identify,
}
