"""What all oracles do: read the query, click, fill in, scroll to, drag."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from typing import Final, TypeAlias

from cuagym.actions import Click, Drag, Key, Scroll, Turn, Type
from cuagym.errors import TaskError
from cuagym.task import Element, Screen

__all__ = [
    "SUBMIT",
    "Oracle",
    "bold",
    "click",
    "drag",
    "fill",
    "find",
    "inside",
    "place",
    "press",
    "query",
    "quoted",
    "reach",
    "reveal",
    "then_submit",
    "uncovered",
]

Oracle: TypeAlias = Callable[[Screen], Iterator[Turn]]

SUBMIT: Final = "#subbtn"
"""The button that ends most pages."""
_SEEN: Final = 8
"""So many pixels must show of what is to be clicked."""
_SCROLLS: Final = 15
"""After so many turns of the wheel what is not in view never will be."""


def query(screen: Screen) -> str:
    """Return what the page asks."""
    return screen.element("#query").text


def bold(screen: Screen) -> list[str]:
    """Return what the page emphasises of what it asks."""
    return [each.text for each in screen.elements("#query .bold")]


def quoted(screen: Screen) -> list[str]:
    """Return what stands in quotes in what the page asks."""
    return re.findall(r'"(.*?)"', query(screen))


def place(screen: Screen) -> int:
    """Return which of several the page asks for, "2nd" say, counted from 0.

    Raises:
        TaskError: If it says none.
    """
    text = query(screen)
    found = re.search(r"\b(\d+)(st|nd|rd|th)\b", text)
    if found is None:
        raise TaskError(f"the page says no place such as '2nd': {text!r}")
    return int(found[1]) - 1


def find(screen: Screen, selector: str, **attributes: str) -> Element:
    """Return the first element with these attributes; `_` stands for `-` in their names."""
    for each in screen.elements(selector):
        have = each.attributes
        if all(have.get(name.replace("_", "-")) == value for name, value in attributes.items()):
            return each
    raise TaskError(f"the page shows no {selector!r} with {attributes}")


def click(screen: Screen, selector: str, text: str = "") -> Turn:
    """Click the first element that a selector names, with a text if one is given."""
    return press(screen, screen.element(selector, text))


def press(screen: Screen, element: Element) -> Turn:
    """Click an element in its middle."""
    return (Click(screen.middle(element)),)


def fill(screen: Screen, field: str | Element, text: str) -> Turn:
    """Write a text into a field instead of what it holds."""
    element = screen.element(field) if isinstance(field, str) else field
    return (Click(screen.middle(element)), Key(("ctrl", "a")), Type(text))


def then_submit(screen: Screen, *turns: Turn) -> Iterator[Turn]:
    """Act, then click the button that ends most pages."""
    yield from turns
    yield click(screen, SUBMIT)


def drag(screen: Screen, start: tuple[float, float], end: tuple[float, float]) -> Turn:
    """Drag from one place on the screen to another, in pixels."""
    return (Drag(screen.point(*end), screen.point(*start)),)


def inside(box: Element, x: float, y: float, near: float = 0) -> bool:
    """Whether a place on the screen lies in a box, or so many pixels near it."""
    across = box.x - near <= x <= box.x + box.width + near
    return across and box.y - near <= y <= box.y + box.height + near


def uncovered(element: Element, above: list[Element]) -> tuple[float, float]:
    """Return a place of an element on which nothing lies, its middle if possible.

    Raises:
        TaskError: If it is covered whole.
    """
    odd = range(1, 40, 2)
    shares = [(0.5, 0.5), *((x / 40, y / 40) for x in odd for y in odd)]
    for dx, dy in shares:
        x, y = element.x + dx * element.width, element.y + dy * element.height
        if not any(inside(each, x, y, near=1) for each in above):
            return x, y
    raise TaskError(f"{element.text!r} is covered whole")


def reveal(
    screen: Screen, box: str, wanted: Callable[[], Element], bar: int = 0
) -> Generator[Turn, None, Element]:
    """Turn the wheel over a box until what is wanted shows in it; return the part that does.

    Args:
        screen: The screen.
        box: What scrolls.
        wanted: Tells where it is now.
        bar: How high the box's lower scroll bar is.

    Raises:
        TaskError: If it does not come into view.
    """
    for _ in range(_SCROLLS):
        frame, element = screen.element(box), wanted()
        top = max(frame.y, element.y)
        height = min(frame.y + frame.height - bar, element.y + element.height) - top
        if height >= min(_SEEN, element.height):
            return replace(element, y=top, height=height)
        yield (Scroll(screen.middle(frame), (0, 1 if element.y > frame.y else -1)),)
    raise TaskError(f"{wanted().text!r} does not come into view in {box!r}")


def reach(screen: Screen, box: str, wanted: Callable[[], Element], bar: int = 0) -> Iterator[Turn]:
    """Turn the wheel over a box until what is wanted shows in it, and click it."""
    element = yield from reveal(screen, box, wanted, bar)
    yield press(screen, element)
