"""Correct one number in a table of a slide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Click, Key, Turn, Type
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _deck, _family, _impress, _texts

TITLES = ("Figures by site", "The sites compared", "Site overview", "Our sites in numbers")
PLACE = (3.0, 5.0, 24.0)
"""Where the table is: its left, its top and its width, in centimetres."""
ROW = 1.5
COLUMNS = 3


class CorrectCell(_family.DeckFamily):
    """A deck with a table, one number of which is wrong.

    Parameters: those of every deck, `title` (of the table's slide), `rows`, `row` and `column`
    (indices of the wrong cell) and `new` (what it must say).
    """

    id = "powerpoint/correct-cell"
    capabilities = ("table-cells", "text-edit", "save")
    difficulty = "easy"
    horizon = 20
    slides = (2, 4)
    wordings = (
        "In the table on the slide '{title}', the value of '{header}' for {place} is wrong: it must"
        " be {new}, not {old}. Correct it and save the presentation.",
        "Correct the table on the last slide: {place} has {new} under '{header}'. Leave the other"
        " cells as they are, and save the file.",
        "Please change '{header}' of {place} in the table of '{title}' from {old} to {new}, and"
        " save.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw the table, the cell, and its new number."""
        rows = _texts.table(rng, int(rng.integers(3, 6)))
        return {
            "title": _texts.one(rng, TITLES),
            "rows": rows,
            "row": int(rng.integers(1, len(rows))),
            "column": int(rng.integers(1, COLUMNS)),
            "new": str(int(rng.integers(1000, 2000))),
        }

    def deck(self, params: Params) -> Any:
        """Return the deck with the table on one more slide."""
        deck = super().deck(params)
        rows = params["rows"]
        _deck.table(_deck.titled(deck, params["title"]), rows, (*PLACE, ROW * len(rows)))
        return deck

    def words(self, params: Params) -> dict[str, Any]:
        """The slide's title, and what is wrong."""
        rows, row, column = (params[key] for key in ("rows", "row", "column"))
        named = {"place": rows[row][0], "header": rows[0][column], "old": rows[row][column]}
        return {"title": params["title"], "new": params["new"], **named}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The whole table; its slide's title and the other slides are as they were."""
        rows = [list(row) for row in params["rows"]]
        rows[params["row"]][params["column"]] = params["new"]
        titles = [*_family.titles(params), params["title"]]
        wanted = [{"slide": "last", "rows": rows, "count": 1}]
        yield ValidatorSpec("slides.tables", {"wanted": wanted}, weight=3.0)
        yield ValidatorSpec("slides.deck", {"titles": titles})
        yield ValidatorSpec("slides.unchanged", {"outside": [len(titles)]})
        yield ValidatorSpec("slides.unchanged", {"aspects": ["shapes", "notes"]})

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Click the table, go to the cell by Tab, and type over what it says."""
        left, top, _ = PLACE
        yield from _impress.show(screen, self._last(params))
        yield (Click(_impress.spot(screen, left + 3, top + ROW / 2)),)
        yield from self._typed(params, params["row"], params["column"])

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """By the keyboard alone."""
        ahead = [*_impress.forward(self._last(params) - 1), *_impress.select(2)]
        typed = self._typed(params, params["row"], params["column"])
        return {"keyboard": self.ended([*ahead, *typed])}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: another row, another column, not saved, added to what was there."""
        row, column, last = params["row"], params["column"], self._last(params)
        ahead = [*_impress.forward(last - 1), *_impress.select(2)]
        below = row + 1 if row + 1 < len(params["rows"]) else row - 1
        other = [*ahead, *self._typed(params, row, 3 - column)]
        both = f"{params['rows'][row][column]}{params['new']}"

        def added(deck: Any) -> None:
            table = next(s for s in deck.slides[last - 1].shapes if s.has_table).table
            table.cell(row, column).text = both

        wrong = [*ahead, *self._typed(params, below, column)]
        return {
            "another row": NearMiss("table", self.ended(wrong)),
            "another column": NearMiss("table", self.ended(other)),
            "not saved": NearMiss("table", self.ended(self.work(params, screen), False)),
            "added": NearMiss(both, _family.said(added)),
            "a bullet changed": NearMiss("Spoilt", _family.line_changed(2, "Spoilt")),
        }

    def held_out(self, params: Params) -> bool:
        """One of the titles is for testing."""
        return bool(params["title"] == "Our sites in numbers")

    @staticmethod
    def _typed(params: Params, row: int, column: int) -> Iterator[Turn]:
        """Type the new number over what a cell of the selected table says."""
        yield (Key(("Return",)),)
        yield (Key(("Tab",)),) * (row * COLUMNS + column)
        yield Key(("ctrl", "a")), Type(params["new"])
        yield _impress.keys("Escape Escape")

    @staticmethod
    def _last(params: Params) -> int:
        return 2 + len(params["deck"]["slides"])
