"""What agents do with an office, as a fixed mix: the same seed gives the same turns, for ever.

The values are made beforehand, so that choosing an action costs a measured step nothing. None of
them ends the episode. The pixels are LibreOffice's at 96 dpi; where another version has its menus
elsewhere, the mix hovers over something else, and is as good a mix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple, TypeVar

import numpy as np

from cuagym.actions import Click, Drag, Key, Move, Point, Scroll, Turn, Type
from cuagym.task import Screen

__all__ = ["Step", "mix"]

T = TypeVar("T")


class Step(NamedTuple):
    """One step of the mix: what kind it is counted as, and what is done."""

    kind: str
    turn: Turn


_TEXTS = (
    *("hello", "42", "3.75", "Total", "=SUM(A1:A9)", "=B2*2", "2026-02-14", "a<b>c|d~{e}"),
    *("Zürich €", "Quarterly review", "\t17\t18\n", "north\nsouth\n"),
)
_KEYS = (
    *(("Return",), ("Tab",), ("Down",), ("Right",), ("Up",), ("Escape",), ("Delete",), ("F2",)),
    *(("shift", "Right"), ("shift", "Down"), ("ctrl", "z"), ("ctrl", "y"), ("ctrl", "b")),
    *(("ctrl", "Home"), ("ctrl", "End"), ("Page_Down",), ("ctrl", "c"), ("ctrl", "v")),
)
_DIALOGS = (("ctrl", "1"), ("ctrl", "f"), ("ctrl", "h"), ("F5",), ("ctrl", "k"))


class _Bars(NamedTuple):
    """Where a look has its bars, in pixels.

    Attributes:
        menus: The y of the menu bar's titles.
        toolbars: The y of each row of tools.
        beside: How far from a menu's left edge one is inside a submenu beside it.
        titles: By x of a title, the y of entries of its menu that have a submenu.
    """

    menus: int
    toolbars: tuple[int, ...]
    beside: int
    titles: Mapping[int, tuple[int, ...]]


_BARS = MappingProxyType(
    {
        "gtk3": _Bars(
            31,
            (64, 102),
            330,
            {103: (132, 258), 212: (56, 82, 106, 233), 325: (76, 101, 126), 375: (157, 259, 284)},
        ),
        "plain": _Bars(
            28,
            (51, 79),
            240,
            {124: (124, 143, 162), 171: (48, 68, 88), 264: (68, 88, 108), 344: (105, 267, 309)},
        ),
    }
)

_CLOSE = Step("escape", (Key(("Escape",)),) * 3)


class _Hand:
    """Draws what a person does next; each method gives the steps of one such thing."""

    def __init__(self, rng: np.random.Generator, screen: Screen) -> None:
        self._rng, self._screen = rng, screen
        self._bars = _BARS[screen.look]

    def _spot(self) -> Point:
        """Somewhere in the sheet."""
        return float(self._rng.uniform(0.08, 0.7)), float(self._rng.uniform(0.3, 0.85))

    def _one(self, choices: Sequence[T]) -> T:
        return choices[int(self._rng.integers(len(choices)))]

    def click(self) -> Iterator[Step]:
        yield Step("click", (Click(self._spot()),))

    def double_click(self) -> Iterator[Step]:
        yield Step("double_click", (Click(self._spot(), count=2),))

    def context_menu(self) -> Iterator[Step]:
        x, y = spot = self._spot()
        yield Step("context_menu", (Click(spot, button="right"),))
        yield Step("hover", (Move((x + 0.05, min(y + 0.1, 1.0))),))
        yield _CLOSE

    def type(self) -> Iterator[Step]:
        yield Step("type", (Type(self._one(_TEXTS)),))

    def key(self) -> Iterator[Step]:
        yield Step("key", (Key(self._one(_KEYS)),))

    def scroll(self) -> Iterator[Step]:
        notches = int(self._one((-5, -3, -1, 1, 3, 5)))
        yield Step("scroll", (Scroll(self._spot(), (0, notches)),))

    def hover(self) -> Iterator[Step]:
        yield Step("hover", (Move(self._spot()),))

    def tooltip(self) -> Iterator[Step]:
        x = float(self._rng.uniform(20, 800))
        yield Step("hover", (Move(self._screen.point(x, self._one(self._bars.toolbars))),))

    def drag(self) -> Iterator[Step]:
        yield Step("drag", (Drag(self._spot(), start=self._spot()),))

    def menu(self) -> Iterator[Step]:
        """A menu, an entry that opens a submenu when hovered over, and into that."""
        x = self._one(tuple(self._bars.titles))
        y = self._one(self._bars.titles[x])
        yield Step("menu", (Click(self._screen.point(x, self._bars.menus)),))
        # Several motions, as a hand makes: VCL's own menus ignore the first ones.
        along = tuple(Move(self._screen.point(x + dx, y)) for dx in (10, 30, 60, 75))
        yield Step("submenu", along)
        yield Step("submenu", (Move(self._screen.point(x + self._bars.beside, y + 5)),))
        yield _CLOSE

    def dialog(self) -> Iterator[Step]:
        yield Step("dialog", (Key(self._one(_DIALOGS)),))
        yield _CLOSE


_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        **{"click": 0.24, "double_click": 0.08, "type": 0.18, "key": 0.18, "scroll": 0.08},
        **{"hover": 0.05, "tooltip": 0.04, "drag": 0.06, "menu": 0.05, "context_menu": 0.02},
        "dialog": 0.02,
    }
)


def _endless(seed: int, screen: Screen) -> Iterator[Step]:
    rng = np.random.default_rng(seed)
    hand = _Hand(rng, screen)
    names, weights = list(_WEIGHTS), list(_WEIGHTS.values())
    while True:
        what: Callable[[], Iterator[Step]] = getattr(hand, str(rng.choice(names, p=weights)))
        yield from what()


def mix(seed: int, count: int, screen: Screen) -> list[Step]:
    """The first `count` steps of the mix.

    Args:
        seed: Of everything that is drawn.
        count: How many.
        screen: Its size and look, for what is reached by pixels.

    Example:
        >>> mix(0, 3, Screen()) == mix(0, 5, Screen())[:3]
        True
    """
    return list(islice(_endless(seed, screen), count))
