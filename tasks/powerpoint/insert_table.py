"""Put a small table on a slide that has but a title."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Key, Turn, Type
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _deck, _family, _impress, _objects, _texts

TITLES = ("Figures by site", "The sites compared", "Site overview", "Our sites in numbers")


class InsertTable(_family.DeckFamily):
    """A deck whose last slide waits for a table.

    Parameters: those of every deck, `title` (of that slide) and `rows` (of the table).
    """

    id = "powerpoint/insert-table"
    capabilities = ("insert-table", "table-cells", "save")
    difficulty = "medium"
    horizon = 25
    slides = (2, 4)
    wordings = (
        "Insert a table of {columns} columns and {count} rows on the last slide ('{title}') and"
        " fill it, row by row: {table}. Save the presentation.",
        "The slide '{title}' lacks its table. It has {count} rows and {columns} columns: {table}."
        " Insert it and save the file.",
        "Please add this table to the last slide, one line here being one row: {table}. It needs"
        " exactly {count} rows and {columns} columns. Then save.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw the slide's title and the table."""
        rows = _texts.table(rng, int(rng.integers(2, 5)))
        return {"title": _texts.one(rng, TITLES), "rows": rows}

    def deck(self, params: Params) -> Any:
        """Return the deck with one more slide."""
        deck = super().deck(params)
        _deck.titled(deck, params["title"])
        return deck

    def words(self, params: Params) -> dict[str, Any]:
        """The slide's title, and the table."""
        rows = params["rows"]
        table = "; ".join(" | ".join(row) for row in rows)
        size = {"columns": len(rows[0]), "count": len(rows)}
        return {"title": params["title"], "table": table, **size}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The table; the title above it and the other slides are as they were."""
        wanted = [{"slide": "last", "rows": params["rows"], "count": 1}]
        titles = [*_family.titles(params), params["title"]]
        yield ValidatorSpec("slides.tables", {"wanted": wanted}, weight=3.0)
        yield ValidatorSpec("slides.deck", {"titles": titles})
        yield ValidatorSpec("slides.unchanged", {"outside": [len(titles)]})
        yield _family.title_kept(len(titles), params["title"])

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Show the slide, and insert the table by the menu."""
        yield from _impress.show(screen, self._last(params))
        yield from _impress.to_slide(screen)
        yield from _objects.insert_table(params["rows"])

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Each cell in a turn of its own."""
        turns = [*_impress.forward(self._last(params) - 1)]
        turns += [*_objects.insert_table(params["rows"])][:2] + [(Key(("Return",)),)]
        for row in params["rows"]:
            turns += [(Type(text), Key(("Tab",))) for text in row]
        # Tab in the last cell would add a row.
        turns = [*turns[:-1], (Type(params["rows"][-1][-1]),), _impress.keys("Escape Escape")]
        return {"cell by cell": self.ended(turns)}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: a row missing, columns and rows swapped, text instead, not saved."""
        rows, last = params["rows"], self._last(params)
        ahead = [*_impress.forward(last - 1)]
        turned = [list(column) for column in zip(*rows, strict=True)]

        def changed(deck: Any) -> None:
            table = next(s for s in deck.slides[last - 1].shapes if s.has_table).table
            table.cell(1, 1).text = "11"

        return {
            "a row missing": NearMiss(
                "table", self.ended([*ahead, *_objects.insert_table(rows[:-1])])
            ),
            "turned": NearMiss("table", self.ended([*ahead, *_objects.insert_table(turned)])),
            "not saved": NearMiss("table", self.ended(self.work(params, screen), False)),
            "another number": NearMiss("'11'", _family.said(changed)),
            "a title changed": NearMiss("has the title", _family.retitled(2, "Spoilt")),
        }

    def held_out(self, params: Params) -> bool:
        """One of the titles is for testing."""
        return bool(params["title"] == "Our sites in numbers")

    @staticmethod
    def _last(params: Params) -> int:
        return 2 + len(params["deck"]["slides"])
