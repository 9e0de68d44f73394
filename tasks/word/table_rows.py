"""Keep the table of an order up to date: a row that goes, one that comes, a cell that is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Terminate, Turn, Type
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE = "order.docx"
END = (Terminate(),)
HEADER = ("Item", "Colour", "Pieces")
ITEMS = (
    *("Armchair", "Bench", "Cupboard", "Desk lamp", "Easel", "Footstool", "Glass shelf", "Hammock"),
    *("Ironing board", "Ladder", "Mirror", "Pin board", "Rug", "Side table", "Wardrobe"),
)
COLOURS = ("beech", "black", "cherry", "green", "grey", "natural", "oak", "red", "walnut", "white")
WORDINGS = (
    "In the table of this order: delete the row of '{gone}'; change the number of pieces of"
    " '{fixed}' to {pieces}; and add a row at the end: {row}. Save the document.",
    "The order has changed. '{gone}' is cancelled: take its row out of the table. Of '{fixed}' we"
    " now need {pieces} pieces. A new last row is to say: {row}. Then save the file.",
    "Please update the table: no more '{gone}' (remove the whole row), {pieces} pieces of"
    " '{fixed}', and below the last row a new one with {row}. Leave all else as it is and save.",
)


class TableRows(TaskFamily):
    """A letter with the table of an order.

    Parameters: `wording` (index), `firm`, `date`, `name` (who signs), `rows`, `gone` and `fixed`
    (indices of rows), `pieces` (the right number), `new` (the new row).
    """

    id = "word/table-rows"
    app = "word"
    capabilities = ("table-rows", "edit-cell", "save")
    difficulty = "medium"
    horizon = 40
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw an order and its changes."""
        count = int(rng.integers(4, 8))
        items = _words.pick(rng, ITEMS, count + 1)
        numbers = rng.choice(np.arange(2, 60), size=count + 2, replace=False).tolist()
        rows = [
            [item, _words.one(rng, COLOURS), str(number)]
            for item, number in zip(items, numbers, strict=False)
        ]
        gone, fixed = rng.choice(count, size=2, replace=False).tolist()
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            "firm": _words.companies(rng, 1)[0],
            "date": _words.date(rng),
            "name": _words.names(rng, 1)[0],
            "rows": rows[:-1],
            "gone": gone,
            "fixed": fixed,
            "pieces": str(numbers[-1]),
            "new": rows[-1],
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the letter."""
        document = _doc.new("Order", params["name"])
        document.add_heading(f"Order from {params['firm']}", 0)
        document.add_paragraph(f"{params['date']}. Please deliver:")
        _doc.table(document, [HEADER, *params["rows"]])
        document.add_paragraph()
        document.add_paragraph(f"With kind regards, {params['name']}")
        return {FILE: _doc.document_bytes(document)}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        item, colour, pieces = params["new"]
        return WORDINGS[params["wording"]].format(
            gone=params["rows"][params["gone"]][0],
            fixed=params["rows"][params["fixed"]][0],
            pieces=params["pieces"],
            row=f"{item}, {colour}, {pieces}",
        )

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The rows as they should be, in their order, a bold header, and nothing else changed."""
        rows = self._rows(params)
        looks = {"1:1": {"bold": True}, f"A2:C{len(rows)}": {"bold": False}}
        wanted = {"rows": rows, "looks": looks}
        yield ValidatorSpec("document.tables", {"wanted": [wanted], "count": 1}, weight=4.0)
        yield from _doc.kept(
            "tables", "characters", "layout", outside="table 1", free=["table looks"]
        )

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Delete the row, type over the number, and go on behind the last cell."""
        yield from self._updated(params, screen)
        yield from _writer.button(screen, "Save")
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The new row first, by the menu."""
        last = params["rows"][-1][0]
        placed = [*_writer.select(last), _writer.keys("Left")]
        inserted = _writer.menu(screen, "Table", "Insert", "Rows Below")
        typed = (*_writer.keys("Down"), *_writer.keys("Home"), Type("\t".join(params["new"])))
        rest = [*self._fixed(params), *self._deleted(params, screen)]
        return {"row by the menu": [*placed, *inserted, typed, *rest, *_writer.save(), END]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the row only emptied, the wrong row, not saved, the new row first."""
        saved = [*_writer.save(), END]
        rest = [*self._fixed(params), *self._added(params)]
        other = {**params, "gone": (params["gone"] + 1) % len(params["rows"])}
        if other["gone"] == params["fixed"]:
            other["gone"] = (params["gone"] + 2) % len(params["rows"])
        emptied: list[Turn] = []
        for text in params["rows"][params["gone"]][:1]:
            emptied += [*_writer.select(text), _writer.keys("Delete")]
        return {
            "only emptied": NearMiss("row ", [*rest, *emptied, *saved]),
            "another row": NearMiss("row ", [*rest, *self._deleted(other, screen), *saved]),
            "not saved": NearMiss("was it saved?", [*self._updated(params, screen), END]),
            "the old number": NearMiss("column C says", _doc.edited(FILE, self._spoil(params))),
            "new row on top": NearMiss("row 2", _doc.edited(FILE, self._on_top)),
            "greeting lost": NearMiss("is gone", _doc.without(FILE, params["name"])),
        }

    def held_out(self, params: Params) -> bool:
        """Orders of seven rows are for testing."""
        return len(params["rows"]) == 7

    @staticmethod
    def _rows(params: Params) -> list[list[str]]:
        rows = [list(row) for row in params["rows"]]
        rows[params["fixed"]][2] = params["pieces"]
        del rows[params["gone"]]
        return [list(HEADER), *rows, params["new"]]

    @staticmethod
    def _deleted(params: Params, screen: Screen) -> Iterator[Turn]:
        yield from _writer.select(params["rows"][params["gone"]][0])
        yield _writer.keys("Left")
        yield from _writer.menu(screen, "Table", "Delete", "Rows")

    @staticmethod
    def _fixed(params: Params) -> Iterator[Turn]:
        """Go from the item to its number, which Tab selects."""
        yield from _writer.select(params["rows"][params["fixed"]][0])
        yield *_writer.keys("Left Tab Tab"), *_writer.keys("Home shift+End"), Type(params["pieces"])

    @staticmethod
    def _added(params: Params) -> Iterator[Turn]:
        """Tab behind the last cell gives a new row."""
        last = params["rows"][-1]
        if params["gone"] == len(params["rows"]) - 1:
            last = params["rows"][-2]
        yield from _writer.select(last[0])
        yield *_writer.keys("Left Tab Tab Tab"), Type("\t".join(params["new"]))

    @staticmethod
    def _updated(params: Params, screen: Screen) -> Iterator[Turn]:
        yield from TableRows._deleted(params, screen)
        yield from TableRows._fixed(params)
        yield from TableRows._added(params)

    @staticmethod
    def _spoil(params: Params) -> Any:
        old = params["rows"][params["fixed"]]

        def change(document: Any) -> None:
            for row in document.tables[0].rows:
                if row.cells[0].text == old[0]:
                    _doc.said(row.cells[2].paragraphs[0], old[2])

        return change

    @staticmethod
    def _on_top(document: Any) -> None:
        rows = document.tables[0].rows
        rows[0]._tr.addnext(rows[-1]._tr)
