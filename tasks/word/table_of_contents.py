"""Insert a table of contents into a report, below its title."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Key, Terminate, Turn, Type
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE = "report.docx"
END = (Terminate(),)
TITLES = ("Contents", "In this report", "Overview of sections", "Table of Contents")
WORDINGS = (
    "Insert a table of contents between the line with the author's name and the first section,"
    " with the title '{title}'. It must be one that Writer makes from the headings. Save the"
    " document.",
    "This report needs a table of contents, entitled '{title}', right before its first section '"
    "{first}' (below the author and the date). Let Writer generate it, and save the file.",
    "Please add an automatic table of contents with the title '{title}'. It belongs after the"
    " author's line and before '{first}'. Then save the document.",
)


class TableOfContents(TaskFamily):
    """A report with headings on two levels, and without a table of contents.

    Parameters: `wording` (index), those of `_words.report`, `heading` (the title that is asked
    for).
    """

    id = "word/table-of-contents"
    app = "word"
    capabilities = ("table-of-contents", "dialog", "save")
    difficulty = "medium"
    horizon = 35
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a report and the title of its table of contents."""
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            **_words.report(rng, int(rng.integers(4, 8)), 4),
            "heading": _words.one(rng, TITLES),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the report; every other section is a part of the one before it."""
        document = _doc.report({**params, "sections": []})
        for number, section in enumerate(params["sections"]):
            _doc.sections(document, [section], 1 + number % 2)
        return {FILE: _doc.document_bytes(document)}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        first = params["sections"][0]["title"]
        return WORDINGS[params["wording"]].format(title=params["heading"], first=first)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """A real one, up to date, at its place, with its title, and nothing else changed."""
        place = {"after": _doc.byline(params), "before": params["sections"][0]["title"]}
        wanted = {"title": params["heading"], **place}
        yield ValidatorSpec("document.contents", wanted, weight=3.0)
        yield from _doc.kept("text", outside="#empty", free=["contents", "bookmarks", "links"])

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """A new line below the author, and the dialog, in which the title is typed."""
        yield from self._inserted(params, screen)
        yield from _writer.button(screen, "Save")
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Right before the first heading, without a new line."""
        placed = _writer.before(params["sections"][0]["title"])
        made = self._made(params["heading"], screen)
        return {"at the heading": [*placed, *made, *_writer.save(), END]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: at the end, the usual title, typed, not saved, a heading changed later."""
        heading, titles = params["heading"], [s["title"] for s in params["sections"]]
        typed = "\n".join([heading, *(f"{title}\t1" for title in titles)])
        placed = [*_writer.at_end(_doc.byline(params)), (Key(("Return",)),)]
        saved = [*_writer.save(), END]
        return {
            "at the end": NearMiss(
                "comes before it", [_writer.keys("ctrl+End"), *self._made(heading, screen), *saved]
            ),
            "another title": NearMiss(
                "its title is", [*placed, *self._made(f"{heading}!", screen), *saved]
            ),
            "typed": NearMiss("there is none", [*placed, (Type(typed),), *saved]),
            "not saved": NearMiss("was it saved?", [*self._inserted(params, screen), END]),
            "out of date": NearMiss(
                "it does not list", _doc.edited(FILE, lambda d: self._rename(d, titles[-1]))
            ),
            "a paragraph lost": NearMiss(
                "is gone", _doc.without(FILE, params["sections"][0]["paragraphs"][0])
            ),
        }

    def held_out(self, params: Params) -> bool:
        """One of the titles is for testing."""
        return bool(params["heading"] == "In this report")

    def _inserted(self, params: Params, screen: Screen) -> Iterator[Turn]:
        yield from _writer.at_end(_doc.byline(params))
        yield (Key(("Return",)),)
        yield from self._made(params["heading"], screen)

    @staticmethod
    def _made(title: str, screen: Screen) -> Iterator[Turn]:
        """Insert one at the caret, in the dialog."""
        menu = ("Insert", "Table of Contents and Index", "Table of Contents")
        yield from _writer.menu(screen, *menu)
        yield *_writer.keys("alt+t"), *_writer.replace_field(title)
        yield _writer.keys("Return")

    @staticmethod
    def _rename(document: Any, title: str) -> None:
        heads = [p for p in document.paragraphs if p.text == title]
        _doc.said(heads[-1], "Afterword")
