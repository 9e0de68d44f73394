"""Ways to the goal, by page: each is given the screen, and looks at the page through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from cuagym.actions import Click, Turn
from cuagym.task import Screen

__all__ = ["ORACLES"]

Oracle: TypeAlias = Callable[[Screen], Iterator[Turn]]


def _click_test(screen: Screen) -> Iterator[Turn]:
    yield (Click(screen.middle(screen.element("#subbtn"))),)


def _query(screen: Screen) -> str:
    return screen.element("#query").text


def _click_button(screen: Screen) -> Iterator[Turn]:
    name = _query(screen).split('"')[1]
    yield (Click(screen.middle(screen.element("#area button", name))),)


ORACLES: Final[Mapping[str, Oracle]] = {
    "click-button": _click_button,
    "click-test": _click_test,
}
