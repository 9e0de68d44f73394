"""Lists, menus, trees, dates, sliders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from math import copysign
from typing import Final

from cuagym.actions import Click, Key, KeyDown, KeyUp, MouseDown, MouseUp, Move, Turn
from cuagym.task import Element, Screen
from cuagym.tasks.miniwob._oracles.hands import (
    SUBMIT,
    Oracle,
    bold,
    click,
    drag,
    place,
    press,
    query,
    quoted,
    reach,
    reveal,
)

__all__ = ["ORACLES", "pick_day"]

_PAGES: Final = 5
"""By how many keys Page Up and Page Down go through all of a slider."""


def _option(screen: Screen, field: str, name: str) -> Turn:
    """Choose from a list that opens, by keyboard: it is no part of the page."""
    box = screen.element(field)
    down = box.text.split("\n").index(name)
    steps = (Key(("Down",)),) * down
    return (Click(screen.middle(box)), Key(("Home",)), *steps, Key(("Return",)))


def _list(screen: Screen) -> Iterator[Turn]:
    name = query(screen).removeprefix("Select ").partition(" from the list")[0]
    yield _option(screen, "#options", name)
    yield click(screen, "#area button")


def _scroll_list(screen: Screen) -> Iterator[Turn]:
    names = query(screen).removeprefix("Select ").partition(" from the scroll list")[0]
    for i, name in enumerate(names.split(", ")):

        def wanted(name: str = name) -> Element:
            return screen.element("#options option", name)

        here = press(screen, (yield from reveal(screen, "#options", wanted)))
        yield (KeyDown(("ctrl",)), *here, KeyUp(("ctrl",))) if i else here
    yield click(screen, "#area button")


def _menu(screen: Screen) -> Iterator[Turn]:
    *above, last = query(screen).removeprefix("Select ").split(">")
    for name in above:
        yield (Move(screen.middle(screen.element("#menu li > div", name))),)
    yield click(screen, "#menu li > div", last)


def _icon_menu(screen: Screen) -> Iterator[Turn]:
    yield click(screen, "#open-menu")
    icons = screen.elements("#query .ui-icon")
    if icons:
        icon = icons[0].attributes["class"].split()[-1]
        selector, text = f"#menu .{icon}", ""
    else:
        selector, text = "#menu li > div", quoted(screen)[1]
    if not any(each.text.strip() == text for each in screen.elements(selector)):
        yield (Move(screen.middle(screen.element("#menu li > div", "Playback"))),)
    yield click(screen, selector, text)


def _pie(screen: Screen) -> Iterator[Turn]:
    yield click(screen, "#area text", "+")
    yield click(screen, "#area text", bold(screen)[0])


def _tree(screen: Screen) -> Iterator[Turn]:
    """Open one folder after the other until the name shows."""
    name = quoted(screen)[0]
    while name not in [each.text for each in screen.elements("#tree span")]:
        yield click(screen, "#tree li.expandable > span.folder")
    yield click(screen, "#tree span", name)


def pick_day(screen: Screen, wanted: datetime) -> Iterator[Turn]:
    """Turn back the calendar's pages to the month, and click the day."""
    yield click(screen, "#datepicker")
    while screen.element(".ui-datepicker-title").text.split() != wanted.strftime("%B %Y").split():
        yield click(screen, ".ui-datepicker-prev")
    yield click(screen, ".ui-datepicker-calendar td a", str(wanted.day))


def _day(screen: Screen) -> Iterator[Turn]:
    found = re.search(r"\d+/\d+/\d+", query(screen))
    assert found is not None
    yield from pick_day(screen, datetime.strptime(found[0], "%m/%d/%Y"))
    yield click(screen, SUBMIT)


def _slide(screen: Screen, slider: str, low: int, high: int, value: int) -> Turn:
    """Set a slider by keyboard: to its lowest value, then up by pages and by ones."""
    page = max((high - low) // _PAGES, 1)
    pages, rest = divmod(value - low, page)
    keys = (*("Home",), *("Page_Up",) * pages, *("Up",) * rest)
    handle = screen.element(f"{slider} .ui-slider-handle")
    return (Click(screen.middle(handle)), *(Key((key,)) for key in keys))


def _slider(screen: Screen) -> Iterator[Turn]:
    """Set a slider that does not tell its range but by going there."""
    value = int(re.findall(r"-?\d+", query(screen))[0])
    handle = screen.element("#slider .ui-slider-handle")
    yield (Click(screen.middle(handle)), Key(("End",)))
    high = int(screen.element("#val").text)
    yield (Key(("Home",)),)
    low = int(screen.element("#val").text)
    yield _slide(screen, "#slider", low, high, value)
    yield click(screen, SUBMIT)


def _sliders(screen: Screen) -> Iterator[Turn]:
    for i, value in enumerate(re.findall(r"\d+", query(screen)), 1):
        yield _slide(screen, f"#slider-{i}", 0, 20, int(value))
    yield click(screen, SUBMIT)


def _spinner(screen: Screen) -> Iterator[Turn]:
    value = int(re.findall(r"-?\d+", query(screen))[0])
    arrow = screen.element(".ui-spinner-up" if value > 0 else ".ui-spinner-down")
    if value:
        yield press(screen, arrow) * abs(value)
    yield click(screen, SUBMIT)


def _slider_and_box(screen: Screen) -> Iterator[Turn]:
    value = int(re.findall(r"-?\d+", query(screen))[0])
    yield _slide(screen, "#slider", -10, 10, value)
    yield click(screen, f"#checkbox-{place(screen) + 1}")
    yield click(screen, SUBMIT)


def _dropdown_and_button(screen: Screen) -> Iterator[Turn]:
    height = query(screen).removeprefix("Choose ").partition(" from the dropdown")[0]
    yield click(screen, ".selectric")

    def wanted() -> Element:
        return screen.element(".selectric-items li", height)

    yield from reach(screen, ".selectric-scroll", wanted)
    yield click(screen, "#buttons button", quoted(screen)[0])


def _move_item(screen: Screen, start: int, end: int) -> Turn:
    """Drag one of some sorted items to where another one is, and a bit further.

    Lists look at the direction of the last move: so across first, then up or down.
    """
    items = screen.elements("#sortable li")
    (x0, y0), (x1, y1) = items[start].middle, items[end].middle
    if y0 == y1:
        return drag(screen, (x0, y0), (x1 + copysign(items[start].width / 4, x1 - x0), y1))
    y1 += copysign(items[start].height / 4, y1 - y0)
    corner = screen.point(x1, y0)
    down = MouseDown(screen.point(x0, y0))
    return (
        down,
        Move(corner),
        Move(screen.point(x1, (y0 + y1) / 2)),
        Move(screen.point(x1, y1)),
        MouseUp(),
    )


def _drag_item(screen: Screen) -> Iterator[Turn]:
    name, _, where = query(screen).removeprefix("Drag ").partition(" to the ")
    if not where:
        name, direction = name.split(" ", 1)
    names = [each.text.strip() for each in screen.elements("#sortable li")]
    start = names.index(name)
    if not where:
        end = start + (1 if direction.startswith("down") else -1)
    elif where.startswith(("top", "bottom")):
        end = 0 if where.startswith("top") else len(names) - 1
    else:
        end = int(where[0]) - 1
    yield _move_item(screen, start, end)


_ROWS: Final = {"top": 0, "center": 1, "bottom": 2}
_COLUMNS: Final = {"left": 0, "center": 1, "right": 2}
_STEPS: Final = {"up": -3, "down": 3, "left": -1, "right": 1}


def _drag_in_grid(screen: Screen) -> Iterator[Turn]:
    name, *words = query(screen).removeprefix("Drag ").rstrip(".").split()
    names = [each.text.strip() for each in screen.elements("#sortable li")]
    start = names.index(name)
    if words[0] == "to":
        row, column = words[2], words[-1]
        end = _ROWS[row] * 3 + _COLUMNS[column]
    else:
        end = start + _STEPS[words[0]]
    yield _move_item(screen, start, end)


def _sort(screen: Screen) -> Iterator[Turn]:
    for place_ in range(3):
        numbers = [int(each.text) for each in screen.elements("#sortable li div")]
        least = numbers.index(min(numbers[place_:]), place_)
        if least != place_:
            yield _move_item(screen, least, place_)
    yield click(screen, SUBMIT)


_DIGITS: Final = (
    *("6999996", "2622222", "699248F", "6916196", "8AAF222"),
    *("F88E196", "698E996", "F912244", "6996996", "6997196"),
)
"""Of each digit its seven rows from the top; of a row, four boxes as the bits of a number."""


def _drawn_digit(screen: Screen) -> Iterator[Turn]:
    """Draw a digit with boxes, a row in a turn."""
    boxes = screen.elements("#checkboxes input")
    for row, bits in enumerate(_DIGITS[int(quoted(screen)[0])]):
        wanted = f"{int(bits, 16):04b}"
        four = boxes[row * 4 : row * 4 + 4]
        yield tuple(
            Click(screen.middle(box)) for box, bit in zip(four, wanted, strict=True) if bit == "1"
        )
    yield click(screen, SUBMIT)


ORACLES: Final[Mapping[str, Oracle]] = {
    "choose-date": _day,
    "choose-date-easy": _day,
    "choose-date-medium": _day,
    "choose-date-nodelay": _day,
    "choose-list": _list,
    "click-menu": _menu,
    "click-menu-2": _icon_menu,
    "click-pie": _pie,
    "click-pie-nodelay": _pie,
    "click-scroll-list": _scroll_list,
    "drag-items": _drag_item,
    "drag-items-grid": _drag_in_grid,
    "drag-sort-numbers": _sort,
    "form-sequence": _slider_and_box,
    "form-sequence-3": _dropdown_and_button,
    "navigate-tree": _tree,
    "number-checkboxes": _drawn_digit,
    "use-slider": _slider,
    "use-slider-2": _sliders,
    "use-spinner": _spinner,
}
