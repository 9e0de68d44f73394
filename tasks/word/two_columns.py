"""Set the text of one section of a newsletter in columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Key, Terminate, Turn
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE = "report.docx"
END = (Terminate(),)
COUNTS = {2: "two", 3: "three"}
WORDINGS = (
    "Set the two paragraphs below the heading '{title}' in {count} columns. The heading and all"
    " other sections keep their single column.",
    "The text of the section '{title}' should run in {count} columns, without its heading. Leave"
    " the rest of the report in one column.",
    "Please arrange both paragraphs of '{title}' (not the heading) in {count} columns; change"
    " nothing else.",
)


class TwoColumns(TaskFamily):
    """A report, the text of one section of which is to be set in columns.

    Parameters: `wording` (index), those of `_words.report`, `at` (the index of the section),
    `count` (of columns).
    """

    id = "word/two-columns"
    app = "word"
    capabilities = ("columns", "select-text", "dialog")
    difficulty = "medium"
    horizon = 25

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a report and one of its sections, but not the last one."""
        count = int(rng.integers(4, 6))
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            **_words.report(rng, count, 6),
            "at": int(rng.integers(count - 1)),
            "count": int(rng.choice(list(COUNTS), p=(0.75, 0.25))),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the report."""
        return {FILE: _doc.document_bytes(_doc.report(params))}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        title = params["sections"][params["at"]]["title"]
        return WORDINGS[params["wording"]].format(title=title, count=COUNTS[params["count"]])

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Columns for both paragraphs, one column for all others, and nothing else changed."""
        for number, section in enumerate(params["sections"]):
            mine = number == params["at"]
            for text in (section["title"], *section["paragraphs"]):
                columns = params["count"] if mine and text != section["title"] else 1
                args = {"section": text, "columns": columns}
                yield ValidatorSpec("document.page", args, weight=4.0 if columns > 1 else 0.25)
        page = {"size": "Letter", "orientation": "portrait"}
        margins = dict.fromkeys(("left", "right"), "1.25 in")
        margins |= dict.fromkeys(("top", "bottom"), "1 in")
        yield ValidatorSpec("document.page", {**page, "margins": margins}, weight=1.0)
        # Writer ends a section with an empty paragraph in the file.
        yield from _doc.kept("text", outside="#empty", free=["page"])

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Select both paragraphs, and choose the number in the dialog Columns."""
        yield from self._selected(params)
        yield from self._set(params["count"], screen)
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """As a section, by the menu Insert."""
        if screen.look == "plain":
            return {}  # the dialog does not insert what was chosen on its second page
        inserted = [
            *_writer.menu(screen, "Insert", "Section"),
            _writer.keys("ctrl+Page_Down"),
            _writer.columns_of_section(params["count"]),
            _writer.keys("Return"),
        ]
        return {"as a section": [*self._selected(params), *inserted, END]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the whole page, the heading too, one paragraph only, another number."""
        count = params["count"]
        other = next(n for n in COUNTS if n != count)
        title = params["sections"][params["at"]]["title"]
        first, second = params["sections"][params["at"]]["paragraphs"]
        set_ = list(self._set(count, screen))
        heading = [*_writer.before(title), _writer.times("shift+ctrl+Down", 3)]
        one = [*_writer.before(first[:40]), _writer.keys("shift+ctrl+Down")]
        wrong = f"is {count}, expected 1"
        return {
            "the whole page": NearMiss(wrong, [_writer.keys("ctrl+Home"), *set_, END]),
            "the heading too": NearMiss(wrong, [*heading, *set_, END]),
            "one paragraph only": NearMiss(f"expected {count}", [*one, *set_, END]),
            "another number": NearMiss(
                f"is {other}, expected", [*self._selected(params), *self._set(other, screen), END]
            ),
            "back to one": NearMiss("is 1, expected", _doc.edited(FILE, self._undone)),
            "a paragraph lost": NearMiss("there is no text", _doc.without(FILE, second)),
        }

    def held_out(self, params: Params) -> bool:
        """Three columns are for testing."""
        return bool(params["count"] == 3)

    @staticmethod
    def _selected(params: Params) -> Iterator[Turn]:
        yield from _writer.before(params["sections"][params["at"]]["paragraphs"][0][:40])
        yield _writer.times("shift+ctrl+Down", 2)

    @staticmethod
    def _set(count: int, screen: Screen) -> Iterator[Turn]:
        yield from _writer.menu(screen, "Format", "Columns")
        yield *_writer.replace_field(str(count)), Key(("Return",))

    @staticmethod
    def _undone(document: Any) -> None:
        for section in document.sections:
            for columns in section._sectPr.iter(_doc.tag("cols")):
                columns.set(_doc.tag("num"), "1")
