"""Turn the titles of sections that somebody only set in bold into headings, by their style."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Terminate, Turn
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE = "draft.docx"
END = (Terminate(),)
WORDINGS = (
    "The titles of the sections of this draft are only bold. Give each of them the paragraph style"
    " Heading {level}. The title of the whole report and the text stay as they are. Save the"
    " document.",
    "Apply the style 'Heading {level}' to every section title (the bold lines), and to nothing"
    " else. Then save the file.",
    "Please make real headings of the bold lines in this report: each one should be in the style"
    " Heading {level}. Save the document when you are done.",
)


class HeadingStyles(TaskFamily):
    """A report whose titles of sections are typed in bold.

    Parameters: `wording` (index), those of `_words.report`, `level` (of the headings).
    """

    id = "word/heading-styles"
    app = "word"
    capabilities = ("paragraph-style", "headings", "save")
    difficulty = "medium"
    horizon = 60
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a report and a level."""
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            **_words.report(rng, int(rng.integers(3, 6)), 4),
            "level": int(rng.integers(1, 4)),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the report without headings."""
        return {FILE: _doc.document_bytes(_doc.report(params, level=0))}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        return WORDINGS[params["wording"]].format(level=params["level"])

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Each title in the style, no other paragraph, and nothing else changed."""
        titles, level = self._titles(params), params["level"]
        wanted = [[level, title] for title in titles]
        yield ValidatorSpec("document.headings", {"wanted": wanted}, weight=3.0)
        styled = {f"={title}": {"style": f"Heading {level}"} for title in titles}
        yield ValidatorSpec("document.paragraphs", {"wanted": styled, "only": True}, weight=2.0)
        mine = [f"={title}" for title in titles]
        yield from _doc.kept("headings", "styles", "layout", "characters", outside=mine)

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Find each title, press the style's shortcut, and save."""
        yield from self._styled(params, params["level"])
        yield from _writer.button(screen, "Save")
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """By the menu Styles, and by typing the style's name into the box of the toolbar."""
        name = f"Heading {params['level']}"
        by_menu: list[Turn] = []
        by_box: list[Turn] = []
        for title in self._titles(params):
            by_menu += [*_writer.select(title), *_writer.menu(screen, "Styles", name)]
            by_box += [*_writer.select(title), *_writer.style_box(screen, name)]
        return {
            "menu": [*by_menu, *_writer.save(), END],
            "style box": [*by_box, *_writer.save(), END],
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: another level, only larger, not saved, one missed, text that is a heading."""
        level, titles = params["level"], self._titles(params)
        other = level % 3 + 1
        larger: list[Turn] = []
        for title in titles:
            larger += [*_writer.select(title), _writer.times("ctrl+]", 2)]
        text = params["sections"][0]["paragraphs"][1]
        return {
            "another level": NearMiss(
                f"on level {other}", [*self._styled(params, other), *_writer.save(), END]
            ),
            "not saved": NearMiss("was it saved?", [*self._styled(params, level), END]),
            "only larger": NearMiss("found none", [*larger, *_writer.save(), END]),
            "one missed": NearMiss(
                "found none", _doc.edited(FILE, lambda d: self._style(d, titles[-1], text))
            ),
            "a paragraph too": NearMiss(
                "has come to have style",
                _doc.edited(FILE, lambda d: self._style(d, text, titles[0])),
            ),
            "a title reworded": NearMiss(
                "heading 1: expected", _doc.reworded(FILE, titles[0], f"1. {titles[0]}")
            ),
        }

    def held_out(self, params: Params) -> bool:
        """The third level is for testing."""
        return bool(params["level"] == 3)

    def _styled(self, params: Params, level: int) -> Iterator[Turn]:
        for title in self._titles(params):
            yield from _writer.select(title)
            yield _writer.keys(f"ctrl+{level}")

    @staticmethod
    def _titles(params: Params) -> list[str]:
        return [section["title"] for section in params["sections"]]

    @staticmethod
    def _style(document: Any, text: str, other: str) -> None:
        """Give a paragraph the style of another one."""
        _doc.found(document, text).style = _doc.found(document, other).style
