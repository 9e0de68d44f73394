"""Let a section of a report begin on a new page, by a page break."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Terminate, Turn, Type
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE = "report.docx"
END = (Terminate(),)
WORDINGS = (
    "Insert a page break so that the section '{title}' begins on a new page.",
    "The heading '{title}' should be the first thing on a page: put a page break before it, and"
    " change nothing else.",
    "Please start a new page right before the section '{title}' of this report, by a page break.",
)


class PageBreak(TaskFamily):
    """A report of some sections, one of which is to begin on a page of its own.

    Parameters: `wording` (index), those of `_words.report`, `at` (the index of the section).
    """

    id = "word/page-break"
    app = "word"
    capabilities = ("page-break", "place-caret")
    difficulty = "easy"
    horizon = 20

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a report and one of its sections, but not the first one."""
        count = int(rng.integers(4, 7))
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            **_words.report(rng, count),
            "at": int(rng.integers(1, count)),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the report."""
        return {FILE: _doc.document_bytes(_doc.report(params))}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        return WORDINGS[params["wording"]].format(title=self._title(params))

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """A break before the heading, before nothing else, and nothing else changed."""
        place = f"={self._title(params)}"
        wanted = {place: {"page_break": True, "style": "Heading 1"}}
        yield ValidatorSpec("document.paragraphs", {"wanted": wanted, "only": True}, weight=3.0)
        # Ctrl+Enter leaves an empty paragraph before the break; blank lines would be more.
        yield from _doc.kept("text", "layout", outside=[place, "#empty"])

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Put the caret before the heading, and press Ctrl+Enter."""
        yield from _writer.before(self._title(params))
        yield _writer.keys("ctrl+Return")
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """By the menu, by the dialog for breaks, and by the button of the toolbar."""
        placed = list(_writer.before(self._title(params)))
        chosen = _writer.menu(screen, "Insert", "Page Break")
        asked = _writer.menu(screen, "Insert", "More Breaks", "Manual Break")
        return {
            "button": [*placed, *_writer.button(screen, "Insert Page Break"), END],
            "menu": [*placed, *chosen, END],
            "dialog": [*placed, *asked, _writer.keys("Return"), END],
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: behind the heading, before another one, blank lines, a heading that moves."""
        title, sections = self._title(params), params["sections"]
        other = next(s["title"] for s in sections[1:] + sections[:1] if s["title"] != title)
        first = sections[params["at"]]["paragraphs"][0]
        lines = [*_writer.before(title), (Type("\n" * 12),)]
        return {
            "behind the heading": NearMiss(
                "without a page break",
                [*_writer.behind(title), _writer.keys("ctrl+Return"), END],
            ),
            "before another section": NearMiss(
                "without a page break",
                [*_writer.before(other), _writer.keys("ctrl+Return"), END],
            ),
            "by blank lines": NearMiss("without a page break", [*lines, END]),
            "before both": NearMiss(
                "has come to have page_break", _doc.edited(FILE, lambda d: self._broken(d, other))
            ),
            "heading lost": NearMiss("no paragraph reads", _doc.without(FILE, title)),
            "a paragraph lost": NearMiss("is gone", _doc.without(FILE, first[:40])),
        }

    def held_out(self, params: Params) -> bool:
        """The third section is for testing."""
        return bool(params["at"] == 3)

    @staticmethod
    def _title(params: Params) -> str:
        return str(params["sections"][params["at"]]["title"])

    @staticmethod
    def _broken(document: Any, title: str) -> None:
        _doc.found(document, title).paragraph_format.page_break_before = True
