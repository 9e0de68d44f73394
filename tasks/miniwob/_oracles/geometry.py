"""Points to set by eye, and what shows for a moment only."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final

from cuagym.actions import Click, Turn, Wait
from cuagym.errors import TaskError
from cuagym.task import Element, Screen
from cuagym.tasks.miniwob._oracles.hands import SUBMIT, Oracle, click, press

__all__ = ["ORACLES"]

_GRID: Final = "#svg-grid"
_ARM: Final = 40.0
"""So far from an angle's vertex a point is set, where there is room."""
_LOOK: Final = Wait(0.2)
"""Lights are on for 0.25 s and then off for 0.35 s."""
_OFF: Final = 4
"""After so many looks without a light no more come."""


def _set(screen: Screen, x: float, y: float) -> Iterator[Turn]:
    """Set the point, and again by as much as the page has set it beside the pointer."""
    yield (Click(screen.point(x, y)),)
    found = screen.element("#blue-circle").middle
    yield (Click(screen.point(2 * x - found[0], 2 * y - found[1])),)
    yield click(screen, SUBMIT)


def _center(screen: Screen) -> Iterator[Turn]:
    yield from _set(screen, *screen.element(f"{_GRID} circle").middle)


def _midpoint(screen: Screen) -> Iterator[Turn]:
    (ax, ay), (bx, by) = (each.middle for each in screen.elements(f"{_GRID} circle"))
    yield from _set(screen, (ax + bx) / 2, (ay + by) / 2)


def _right_angle(screen: Screen) -> Iterator[Turn]:
    vertex = screen.element("#init-blue").middle
    x, y = screen.element("#init-black").middle
    away = math.atan2(y - vertex[1], x - vertex[0])
    yield from _set(screen, *_beside(screen, vertex, [away + math.pi / 2, away - math.pi / 2]))


def _beside(screen: Screen, start: tuple[float, float], ways: list[float]) -> tuple[float, float]:
    """Return a place as far from another one as there is room, in one of some directions."""
    grid: Element = screen.element(_GRID)
    for share in (1.0, 0.75, 0.5):
        for way in ways:
            x = start[0] + share * _ARM * math.cos(way)
            y = start[1] + share * _ARM * math.sin(way)
            if grid.x < x < grid.x + grid.width and grid.y < y < grid.y + grid.height:
                return x, y
    raise TaskError(f"there is no room beside {start}")


def _simon(screen: Screen) -> Iterator[Turn]:
    seen: list[str] = []
    before, dark = "", 0
    while dark < _OFF or not seen:
        lit = [each for each in screen.elements("#area button") if _lit(each)]
        now = lit[0].attributes["data-button"] if lit else ""
        if now and now != before:
            seen.append(now)
        before, dark = now, 0 if now else dark + 1
        yield (_LOOK,)
    for number in seen:
        yield press(screen, screen.element(f"#button-{number}"))


def _lit(button: Element) -> bool:
    return "push" in button.attributes.get("class", "").split()


ORACLES: Final[Mapping[str, Oracle]] = {
    "circle-center": _center,
    "find-midpoint": _midpoint,
    "right-angle": _right_angle,
    "simon-says": _simon,
}
