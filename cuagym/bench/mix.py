"""What agents do with an office, as a fixed mix: the same seed gives the same turns, for ever.

The values are made beforehand, so that choosing an action costs a measured step nothing. None of
them ends the episode. The pixels are LibreOffice's at 96 dpi; where another version has its menus
elsewhere, the mix hovers over something else, and is as good a mix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from cuagym.actions import Click, Drag, Key, Move, Point, Scroll, Turn, Type
from cuagym.task import Screen

__all__ = ["Step", "mix"]


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

# By look: the menu bar's y; and by x of a title, the y of entries that have a submenu.
_MENUS = MappingProxyType(
    {
        "gtk3": (
            31,
            {103: (132, 258), 212: (56, 82, 106, 233), 325: (76, 101, 126), 375: (157, 259, 284)},
        ),
        "plain": (
            28,
            {124: (124, 143, 162), 171: (48, 68, 88), 264: (68, 88, 108), 344: (105, 267, 309)},
        ),
    }
)
_TOOLBAR_Y = MappingProxyType({"gtk3": (64, 102), "plain": (51, 79)})
_INTO_SUBMENU = 320

_ESCAPE = Key(("Escape",))


class _Hand:
    """Draws actions; its methods give the steps of one thing that a person does."""

    def __init__(self, rng: np.random.Generator, screen: Screen) -> None:
        self._rng, self._screen = rng, screen

    def _spot(self) -> Point:
        """Somewhere in the sheet."""
        return float(self._rng.uniform(0.08, 0.7)), float(self._rng.uniform(0.3, 0.85))

    def _one[T](self, choices: tuple[T, ...]) -> T:
        return choices[int(self._rng.integers(len(choices)))]
