"""Pages of which one thing, or a few, are to be clicked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Final

from cuagym.actions import Click, Turn, Wait
from cuagym.task import Screen
from cuagym.tasks.miniwob._oracles.hands import (
    SUBMIT,
    Oracle,
    bold,
    click,
    find,
    press,
    query,
    quoted,
    then_submit,
    uncovered,
)
from cuagym.tasks.miniwob._package import html

__all__ = ["ORACLES"]

_EVERY: Final = "#area label"


def _one(screen: Screen, selector: str) -> Iterator[Turn]:
    """Click the only thing there is to click."""
    yield click(screen, selector)


def _quoted(screen: Screen, selector: str) -> Iterator[Turn]:
    """Click what has the text that the page quotes."""
    yield click(screen, selector, quoted(screen)[0])


def _button_one(screen: Screen) -> Turn:
    one, two = screen.element(SUBMIT), screen.element("#subbtn2")
    return (Click(screen.point(*uncovered(one, [two]))),)


def _first_of_two(screen: Screen) -> Iterator[Turn]:
    yield _button_one(screen)


def _one_then_two(screen: Screen) -> Iterator[Turn]:
    yield _button_one(screen)
    yield click(screen, "#subbtn2")


def _button_delay(screen: Screen) -> Iterator[Turn]:
    found = re.search(r"wait (\d+)", query(screen))
    assert found is not None
    yield _button_one(screen)
    if int(found[1]) > 1:
        yield (Wait(int(found[1]) - 1),)  # a second has passed already
    yield click(screen, "#subbtn2")


def _dialog(screen: Screen) -> Iterator[Turn]:
    label = quoted(screen)[0]
    bar = "titlebar" if label == "x" else "buttonpane"
    yield click(screen, f".ui-dialog-{bar} button", "" if label == "x" else label)


def _labels(screen: Screen, asked: Callable[[str], list[str]]) -> Iterator[Turn]:
    """Click labels of boxes, then the button."""
    found = re.search(r"Select (.*) and click Submit", query(screen))
    assert found is not None
    boxes = [click(screen, _EVERY, name) for name in asked(found[1]) if name != "nothing"]
    yield from then_submit(screen, *boxes)


@cache
def _alike() -> list[set[str]]:
    """Sets of words that mean the same: the page's own, since a person knows them."""
    source = (html() / "miniwob" / "click-checkboxes-soft.html").read_text(encoding="utf-8")
    rows = re.findall(r"^ *\[('.*')\],$", source, re.MULTILINE)
    return [set(re.findall(r"'(.*?)'", row)) for row in rows]


def _similar(screen: Screen) -> Iterator[Turn]:
    found = re.search(r"similar to (.*) and click Submit", query(screen))
    assert found is not None
    meant = set().union(*(row for row in _alike() if row & set(_several(found[1]))))
    boxes = [press(screen, box) for box in screen.elements(_EVERY) if box.text.strip() in meant]
    yield from then_submit(screen, *boxes)


def _several(names: str) -> list[str]:
    return names.split(", ")


def _single(name: str) -> list[str]:
    return [name]


def _color(screen: Screen) -> Iterator[Turn]:
    shown = screen.elements("#query-color")
    if shown:
        style = shown[0].attributes["style"]
        wanted = style.removeprefix("background-color: ").rstrip(";")
    else:
        wanted = bold(screen)[0]
    yield press(screen, find(screen, "#area .color", data_color=wanted))


def _shades(screen: Screen) -> Iterator[Turn]:
    found = re.search(r"shades of (\w+)", query(screen))
    assert found is not None
    for shade in screen.elements("#area span"):
        if shade.attributes["data-color"] == found[1]:
            yield press(screen, shade)
    yield click(screen, "#submit")


def _widget(screen: Screen) -> Iterator[Turn]:
    yield press(screen, find(screen, "#area [data-type]", data_type=quoted(screen)[0]))


def _tabs(screen: Screen, tab: str) -> Iterator[Turn]:
    """Open one part after the other until the link shows."""
    name = quoted(screen)[0]
    for title in screen.elements(tab):
        links = [each for each in screen.elements("#area .alink") if each.text.strip() == name]
        if links:
            yield press(screen, links[0])
            return
        yield press(screen, screen.element(tab, title.text.strip()))
    yield click(screen, "#area .alink", name)


def _tab(screen: Screen) -> Iterator[Turn]:
    yield click(screen, "#area ul a", query(screen).removeprefix("Click on ").rstrip("."))


def _collapsible(screen: Screen) -> Iterator[Turn]:
    yield from then_submit(screen, click(screen, "#area h3"))


def _ascending(screen: Screen) -> Iterator[Turn]:
    places = {int(each.text): each for each in screen.elements("#area text")}
    for number in sorted(places):  # they are hidden once the first is clicked
        yield press(screen, places[number])


def _odd_or_even(screen: Screen) -> Iterator[Turn]:
    numbers = screen.elements("#area .display-number")
    rows = zip(numbers, screen.elements(".odd"), screen.elements(".even"), strict=True)
    for number, odd, even in rows:
        yield press(screen, odd if int(number.text) % 2 else even)
    yield click(screen, "#submit")


def _generate(screen: Screen) -> Iterator[Turn]:
    asked = query(screen)
    limit = re.search(r"(less|greater) than (\d+)", asked)

    def fits(number: int) -> bool:
        if limit is None:
            return number % 2 == (" odd " in asked)
        return number < int(limit[2]) if limit[1] == "less" else number > int(limit[2])

    while True:
        yield click(screen, "#generate")
        if fits(int(screen.element("#display-number").text)):
            break
    yield click(screen, "#submit")


def _greatest(screen: Screen) -> Iterator[Turn]:
    """Turn up one card after the other, and the greatest again."""
    numbers = []
    cards = screen.elements("#area .card")
    for card in cards:
        yield press(screen, card)
        numbers.append(int(screen.element("#area .card:not(.hidden)").text))
    if numbers[-1] != max(numbers):
        yield press(screen, cards[numbers.index(max(numbers))])
    yield click(screen, "#submit")


_IN_TABS: Final = partial(_tabs, tab="#area ul a")
_IN_SECTIONS: Final = partial(_tabs, tab="#area h3")
_CHECKBOXES: Final = partial(_labels, asked=_several)

ORACLES: Final[Mapping[str, Oracle]] = {
    "ascending-numbers": _ascending,
    "button-delay": _button_delay,
    "click-button": partial(_quoted, selector="#area button"),
    "click-button-sequence": _one_then_two,
    "click-checkboxes": _CHECKBOXES,
    "click-checkboxes-large": _CHECKBOXES,
    "click-checkboxes-soft": _similar,
    "click-checkboxes-transfer": _CHECKBOXES,
    "click-collapsible": _collapsible,
    "click-collapsible-2": _IN_SECTIONS,
    "click-collapsible-2-nodelay": _IN_SECTIONS,
    "click-collapsible-nodelay": _collapsible,
    "click-color": _color,
    "click-dialog": partial(_one, selector=".ui-dialog-titlebar button"),
    "click-dialog-2": _dialog,
    "click-link": partial(_quoted, selector="#area .alink"),
    "click-option": partial(_labels, asked=_single),
    "click-shades": _shades,
    "click-tab": _tab,
    "click-tab-2": _IN_TABS,
    "click-tab-2-easy": _IN_TABS,
    "click-tab-2-hard": _IN_TABS,
    "click-tab-2-medium": _IN_TABS,
    "click-test": partial(_one, selector=SUBMIT),
    "click-test-2": _first_of_two,
    "click-test-transfer": _first_of_two,
    "click-widget": _widget,
    "find-greatest": _greatest,
    "generate-number": _generate,
    "odd-or-even": _odd_or_even,
    "unicode-test": partial(_quoted, selector="#area button"),
}
