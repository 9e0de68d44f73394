"""Things to order and to enter into a calendar: tickets, flights, food, events."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final

from cuagym.actions import Turn
from cuagym.task import Element, Screen
from cuagym.tasks.miniwob._oracles.choices import pick_day
from cuagym.tasks.miniwob._oracles.hands import (
    Oracle,
    bold,
    click,
    drag,
    fill,
    query,
    reach,
    reveal,
)

__all__ = ["ORACLES"]

_AREA: Final = "#area"
_BAR: Final = 16
"""A scroll bar below the area is so high."""


def _minutes(text: str) -> int:
    """Minutes of "5h 7m"."""
    hours, minutes = (int(number) for number in re.findall(r"\d+", text))
    return hours * 60 + minutes


def _price(text: str) -> int:
    return int(text.rpartition("$")[2])


def _best(screen: Screen, wish: str, button: str) -> Iterator[Turn]:
    """Scroll to the best of some tickets and buy it."""
    words = wish.split()
    if words[0] in ("shortest", "longest"):
        told = [_minutes(each.text) for each in screen.elements(".time-duration")]
    else:
        told = [_price(each.text) for each in screen.elements(button)]
    best = min(told) if words[0] in ("shortest", "cheapest") else max(told)
    which = told.index(best)

    def wanted() -> Element:
        return screen.elements(button)[which]

    yield from reach(screen, _AREA, wanted, _BAR)


def _ticket(screen: Screen) -> Iterator[Turn]:
    yield from _best(screen, bold(screen)[0], ".buy-ticket")


def _flight(screen: Screen) -> Iterator[Turn]:
    wish, start, end, date = bold(screen)
    for field, name in (("#flight-from", start), ("#flight-to", end)):
        yield fill(screen, field, name)
        yield from reach(screen, "body", _offered(screen, name))
    yield from pick_day(screen, datetime.strptime(date, "%m/%d/%Y"))
    yield click(screen, "#search")
    yield from _best(screen, wish, ".flight-price")


def _offered(screen: Screen, name: str) -> Callable[[], Element]:
    def wanted() -> Element:
        return next(e for e in screen.elements(".ui-menu-item") if name in e.text)

    return wanted


def _food(screen: Screen) -> Iterator[Turn]:
    """Order what is named; or so many things of a kind, which icons tell."""
    asked = query(screen)
    names = [each.text.strip() for each in screen.elements("#area .item-name")]
    of_kind = re.search(r"Order (\d+) items that are (\S+)", asked)
    if of_kind is None:
        wanted = [names.index(name.strip()) for name in asked.partition(": ")[2].split(", ")]
    else:
        found = [i for i in range(len(names)) if of_kind[2] in _kinds(screen, i)]
        wanted = (found * int(of_kind[1]))[: int(of_kind[1])]
    for item in wanted:

        def more(item: int = item) -> Element:
            return screen.elements("#area .add")[item]

        yield from reach(screen, _AREA, more)

    def order() -> Element:
        return screen.element("#submit-order button")

    yield from reach(screen, _AREA, order)


def _kinds(screen: Screen, item: int) -> list[str]:
    """What the icons beside a dish say."""
    row = screen.elements("#area .food-item")[item]
    icons = screen.elements("#area .types img")
    return [i.attributes["title"] for i in icons if row.y <= i.middle[1] <= row.y + row.height]


_LENGTHS: Final = {"30 mins": 1, "60 mins": 2, "90 mins": 3} | {
    "0.5 hours": 1,
    "1 hour": 2,
    "1.5 hours": 3,
}
"""In half hours."""
_MOVED: Final = 2
"""So many pixels up and down make a drag of what begins and ends in the same half hour."""
_WINDOWS: Final = {"8AM": 16, "12PM": 24, "4PM": 32}
"""In half hours since midnight; each lasts four hours."""


def _calendar(screen: Screen) -> Iterator[Turn]:
    """Enter an event where nothing is yet, in half hours that show at once."""
    found = re.search(r'Create a (.*) event named "(.*)", between (\w+) and', query(screen))
    assert found is not None
    length, window = _LENGTHS[found[1]], _WINDOWS[found[3]]
    halves = screen.elements("#area .half-hour")
    events = screen.elements("#area .event")

    def free(half: int) -> bool:
        y = halves[half].middle[1]
        return not any(e.y - 2 <= y <= e.y + e.height + 2 for e in events)

    starts = range(window, window + 8 - length + 1)
    first = next(s for s in starts if all(free(half) for half in range(s, s + length)))
    last = first + length - 1

    def end() -> Element:
        return screen.elements("#area .half-hour")[last]

    def begin() -> Element:
        return screen.elements("#area .half-hour")[first]

    yield from reveal(screen, _AREA, end, _BAR)
    x, top = (yield from reveal(screen, _AREA, begin, _BAR)).middle
    yield drag(screen, (x, top - _MOVED), (x, end().middle[1] + _MOVED))
    field = yield from reveal(screen, _AREA, lambda: screen.element("#event-name"), _BAR)
    yield fill(screen, field, found[2])
    yield from reach(screen, _AREA, lambda: screen.element("#controls .create"), _BAR)


ORACLES: Final[Mapping[str, Oracle]] = {
    "book-flight": _flight,
    "book-flight-nodelay": _flight,
    "buy-ticket": _ticket,
    "daily-calendar": _calendar,
    "order-food": _food,
}
