"""Give a report a header with its name, and a footer with page numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Terminate, Turn, Type
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE = "report.docx"
END = (Terminate(),)
# What stands before the name, in the header.
MARKS = ("Confidential", "Draft", "For internal use", "Copy for the board")
# How pages are counted, in words: with their number or without.
FOOTERS = {
    "Page {PAGE}": "the word Page, a space and the page number",
    "Page {PAGE} of {NUMPAGES}": "the text 'Page X of Y', where X is the number of the page and Y"
    " how many pages there are",
}
WORDINGS = (
    "Give this report a header that reads '{header}', and a footer with {footer}. The numbers must"
    " be fields that Writer keeps up to date, not typed. Save the document.",
    "Insert a header and a footer on all pages. Header: {header}. Footer: {footer}; insert the"
    " numbers as fields. Leave the text as it is and save the file.",
    "Every page should show '{header}' at the top, and at the bottom {footer} (as fields). Please"
    " add this header and this footer, and save the document.",
)


class HeaderFooter(TaskFamily):
    """A report without header and footer.

    Parameters: `wording` (index), those of `_words.report`, `mark` (what the header begins with),
    `footer` (one of `FOOTERS`).
    """

    id = "word/header-footer"
    app = "word"
    capabilities = ("header-footer", "fields", "save")
    difficulty = "medium"
    horizon = 40
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a report and what is to stand above and below it."""
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            **_words.report(rng, int(rng.integers(3, 6))),
            "mark": _words.one(rng, MARKS),
            "footer": _words.one(rng, list(FOOTERS)),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the report."""
        return {FILE: _doc.document_bytes(_doc.report(params))}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        footer = FOOTERS[params["footer"]]
        return WORDINGS[params["wording"]].format(header=self._header(params), footer=footer)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Both texts, with real fields, the same paper, and nothing else changed."""
        fields = ["PAGE", "NUMPAGES"] if "NUM" in params["footer"] else ["PAGE"]
        wanted = {
            "header": self._header(params),
            "footer": {"text": params["footer"], "fields": fields},
        }
        yield ValidatorSpec("document.headers", {"wanted": wanted}, weight=3.0)
        # A header may take room from the margin: only the other margins must stay.
        page = {"size": "Letter", "orientation": "portrait", "columns": 1, "sections": 1}
        margins = {"left": "1.25 in", "right": "1.25 in"}
        yield ValidatorSpec("document.page", {**page, "margins": margins})
        yield from _doc.kept(free=["headers", "page"])

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Insert the header, the footer and its fields by the menu."""
        yield from self._above(params, screen)
        yield from self._below(params, screen)
        yield from _writer.button(screen, "Save")
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The footer first."""
        turns = [*self._below(params, screen), *self._above(params, screen)]
        return {"footer first": [*turns, *_writer.save(), END]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: a typed number, both texts changed over, no footer, not saved."""
        header, footer = self._header(params), params["footer"]
        typed = footer.format(PAGE=1, NUMPAGES=2)
        above, saved = list(self._above(params, screen)), [*_writer.save(), END]
        foot = list(_writer.menu(screen, "Insert", "Header and Footer", "Footer"))
        return {
            "a typed number": NearMiss("it says 'Page 1", [*above, *foot, (Type(typed),), *saved]),
            "no footer": NearMiss("footer: there is none", [*above, *saved]),
            "not saved": NearMiss("was it saved?", [*above, *self._below(params, screen), END]),
            "another header": NearMiss(
                "it says", _doc.edited(FILE, lambda d: self._say(d, header[:-1]))
            ),
            "header lost": NearMiss("expected", _doc.edited(FILE, lambda d: self._say(d, ""))),
            "title lost": NearMiss("is gone", _doc.without(FILE, params["title"])),
        }

    def held_out(self, params: Params) -> bool:
        """One of the marks is for testing."""
        return bool(params["mark"] == "Copy for the board")

    @staticmethod
    def _header(params: Params) -> str:
        return f"{params['mark']}: {params['company']}"

    def _above(self, params: Params, screen: Screen) -> Iterator[Turn]:
        yield from _writer.menu(screen, "Insert", "Header and Footer", "Header")
        yield (Type(self._header(params)),)

    @staticmethod
    def _below(params: Params, screen: Screen) -> Iterator[Turn]:
        yield from _writer.menu(screen, "Insert", "Header and Footer", "Footer")
        yield (Type("Page "),)
        yield from _writer.menu(screen, "Insert", "Page Number")
        if "NUM" in params["footer"]:
            yield (Type(" of "),)
            yield from _writer.menu(screen, "Insert", "Field", "Page Count")

    @staticmethod
    def _say(document: Any, text: str) -> None:
        _doc.said(document.sections[0].header.paragraphs[0], text)
