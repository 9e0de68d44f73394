"""Insert a table into a report, and fill it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Key, Terminate, Turn, Type
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE = "report.docx"
END = (Terminate(),)
# The headers, and from what columns are drawn: names, cities, months or numbers.
KINDS = {
    "visits": ("City", "Month", "Visitors"),
    "staff": ("Name", "Office", "Hours"),
    "sales": ("Month", "Orders", "Returns"),
}
WORDINGS = (
    "Insert a table with {columns} columns and {count} rows after the last paragraph of the section"
    " '{title}', before the next heading. Its rows: {rows}. Save the document.",
    "The section '{title}' should end with a table. Row by row it says: {rows}. Please insert it"
    " below the section's text, type in the texts, and save the file.",
    "Add this table at the end of the section '{title}' (cells separated by |, rows by ;): {rows}."
    " Change nothing else and save the document.",
)


class InsertTable(TaskFamily):
    """A report, a section of which is to end with a table.

    Parameters: `wording` (index), those of `_words.report`, `at` (the index of the section),
    `rows` (the header among them).
    """

    id = "word/insert-table"
    app = "word"
    capabilities = ("insert-table", "fill-table", "dialog", "save")
    difficulty = "medium"
    horizon = 40
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a report, one of its sections but the last, and a table."""
        count, rows = int(rng.integers(3, 6)), int(rng.integers(2, 5))
        header = KINDS[_words.one(rng, list(KINDS))]
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            **_words.report(rng, count),
            "at": int(rng.integers(count - 1)),
            "rows": [
                list(header),
                *map(list, zip(*(self._column(rng, h, rows) for h in header), strict=True)),
            ],
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the report."""
        return {FILE: _doc.document_bytes(_doc.report(params))}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        rows = params["rows"]
        return WORDINGS[params["wording"]].format(
            columns=len(rows[0]),
            count=len(rows),
            title=params["sections"][params["at"]]["title"],
            rows="; ".join(" | ".join(row) for row in rows),
        )

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The one table, what its cells say, where it stands, and nothing else changed."""
        rows, section = params["rows"], params["sections"][params["at"]]
        wanted = {
            "rows": rows,
            "size": [len(rows), len(rows[0])],
            "after": section["paragraphs"][-1],
            "before": params["sections"][params["at"] + 1]["title"],
        }
        yield ValidatorSpec("document.tables", {"wanted": [wanted], "count": 1}, weight=4.0)
        yield from _doc.kept("text", outside="#empty", free=["tables", "table looks"])

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """A new line, the dialog, and the cells, one after the other."""
        yield from self._inserted(params, params["rows"], screen)
        yield from _writer.button(screen, "Save")
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The dialog by its shortcut, and the cells from the last one back."""
        rows = params["rows"]
        opened = [
            *self._placed(params),
            _writer.keys("ctrl+F12"),
            _writer.table_size(len(rows), len(rows[0])),
            _writer.keys("Return"),
        ]
        last = _writer.times("Tab", len(rows) * len(rows[0]) - 1)
        typed = [(Type(t), *_writer.keys("shift+Tab")) for r in rows[::-1] for t in r[::-1]]
        return {"backwards": [*opened, last, *typed, *_writer.save(), END]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: tabs in place of a table, another place, a row left out, not saved."""
        rows, saved = params["rows"], [*_writer.save(), END]
        tabs = "\n".join("\t".join(row) for row in rows)
        cell = rows[-1][-1]
        return {
            "tabs": NearMiss("there are 0 tables", [*self._placed(params), (Type(tabs),), *saved]),
            "a row left out": NearMiss(
                "is missing", [*self._inserted(params, rows[:-1], screen), *saved]
            ),
            "not saved": NearMiss("was it saved?", [*self._inserted(params, rows, screen), END]),
            "a wrong cell": NearMiss("says", _doc.edited(FILE, lambda d: self._put(d, f"{cell}0"))),
            "another place": NearMiss("it comes", _doc.edited(FILE, self._moved)),
            "a paragraph lost": NearMiss(
                "is gone", _doc.without(FILE, params["sections"][-1]["paragraphs"][-1])
            ),
        }

    def held_out(self, params: Params) -> bool:
        """Tables of five rows are for testing."""
        return len(params["rows"]) == 5

    @staticmethod
    def _column(rng: np.random.Generator, header: str, count: int) -> list[str]:
        drawn = {"Name": _words.names(rng, count)}
        drawn |= {name: _words.pick(rng, _words.CITIES, count) for name in ("City", "Office")}
        drawn["Month"] = _words.pick(rng, _words.MONTHS, count)
        return drawn.get(header) or [str(int(n)) for n in rng.integers(11, 990, size=count)]

    @staticmethod
    def _placed(params: Params) -> Iterator[Turn]:
        """Begin a new line at the end of the section."""
        yield from _writer.at_end(params["sections"][params["at"]]["paragraphs"][-1][:40])
        yield (Key(("Return",)),)

    def _inserted(self, params: Params, rows: list[list[str]], screen: Screen) -> Iterator[Turn]:
        yield from self._placed(params)
        yield from _writer.insert_table(screen, rows)

    @staticmethod
    def _put(document: Any, text: str) -> None:
        document.tables[0].rows[-1].cells[-1].paragraphs[0].runs[0].text = text

    @staticmethod
    def _moved(document: Any) -> None:
        document.paragraphs[-1]._p.addnext(document.tables[0]._tbl)
