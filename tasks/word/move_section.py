"""Move a section of a report, with its heading, to another place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Terminate, Turn
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE, GOLD = "report.docx", "moved.docx"
END = (Terminate(),)
WORDINGS = (
    "Move the whole section '{title}', heading and text, so that it comes right before the section"
    " '{before}'. Save the document.",
    "The section '{title}' should come directly before '{before}'. Please move it there with its"
    " heading and both paragraphs, change nothing else, and save the file.",
    "Reorder this report: put '{title}' (the heading and all that belongs to it) immediately in"
    " front of '{before}'. Then save.",
)


class MoveSection(TaskFamily):
    """A report of some sections, one of which is to be moved.

    Parameters: `wording` (index), those of `_words.report`, `at` (the index of the section that is
    moved), `to` (the index of the one before which it is to come).
    """

    id = "word/move-section"
    app = "word"
    capabilities = ("cut-paste", "select-text", "save")
    difficulty = "medium"
    horizon = 40
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a report and two of its sections that do not follow each other."""
        count = int(rng.integers(4, 7))
        # The last one stays: whoever cuts it leaves an empty heading behind, or takes a line break.
        at = int(rng.integers(count - 1))
        to = int(rng.choice([n for n in range(count) if n not in (at, at + 1)]))
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            **_words.report(rng, count),
            "at": at,
            "to": to,
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the report."""
        return {FILE: _doc.document_bytes(_doc.report(params))}

    def gold(self, params: Params) -> dict[str, bytes]:
        """Return the report with its sections in the order that is asked for."""
        sections = self._moved(params)
        return {GOLD: _doc.document_bytes(_doc.report({**params, "sections": sections}))}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        titles = [section["title"] for section in params["sections"]]
        said = {"title": titles[params["at"]], "before": titles[params["to"]]}
        return WORDINGS[params["wording"]].format(**said)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The headings in their order, and in all the document that it should be."""
        wanted = [[1, section["title"]] for section in self._moved(params)]
        yield ValidatorSpec("document.headings", {"wanted": wanted}, weight=2.0)
        args = {"gold": GOLD, "aspects": list(_doc.ASPECTS)}
        yield ValidatorSpec("document.equals_gold", args, weight=2.0)

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Select the section, cut it, and paste it before the other one."""
        yield from self._selected(params, 3)
        yield _writer.keys("ctrl+x")
        yield from _writer.before(params["sections"][params["to"]]["title"])
        yield _writer.keys("ctrl+v")
        yield from _writer.button(screen, "Save")
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Paragraphs moved up or down by the shortcut."""
        down = params["to"] > params["at"]
        steps = (params["to"] - params["at"] - 1 if down else params["at"] - params["to"]) * 3
        moves = [_writer.times(f"ctrl+alt+{'Down' if down else 'Up'}", steps)]
        *selected, (*keys, _) = self._selected(params, 3)  # not into the next paragraph
        selected.append(tuple(keys))
        return {"moved by the shortcut": [*selected, *moves, *_writer.save(), END]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the heading without its text, a copy, another place, not saved."""
        target = params["sections"][params["to"]]["title"]
        paste = [*_writer.before(target), _writer.keys("ctrl+v")]
        saved = [*_writer.save(), END]
        title = params["sections"][params["at"]]["title"]
        text = params["sections"][params["at"]]["paragraphs"][1]
        return {
            "only the heading": NearMiss(
                "text: ", [*self._selected(params, 1), _writer.keys("ctrl+x"), *paste, *saved]
            ),
            "a copy": NearMiss(
                "headings", [*self._selected(params, 3), _writer.keys("ctrl+c"), *paste, *saved]
            ),
            "not saved": NearMiss(
                "was it saved?", [*self._selected(params, 3), _writer.keys("ctrl+x"), *paste, END]
            ),
            "a paragraph lost": NearMiss("is gone", _doc.without(FILE, text)),
            "heading of another style": NearMiss(
                "headings: ", _doc.edited(FILE, lambda d: self._style(d, title))
            ),
            "at the end": NearMiss(
                "headings: heading", _doc.edited(FILE, lambda d: self._last(d, title))
            ),
        }

    def held_out(self, params: Params) -> bool:
        """To the first place: for testing."""
        return bool(params["to"] == 0)

    @staticmethod
    def _moved(params: Params) -> list[dict[str, Any]]:
        sections, at, to = list(params["sections"]), params["at"], params["to"]
        moved = sections.pop(at)
        sections.insert(to - (to > at), moved)
        return sections

    @staticmethod
    def _selected(params: Params, count: int) -> Iterator[Turn]:
        """Select so many paragraphs, from the section's heading on."""
        yield from _writer.before(params["sections"][params["at"]]["title"])
        yield _writer.times("shift+ctrl+Down", count) + _writer.keys("shift+Right")

    @staticmethod
    def _style(document: Any, title: str) -> None:
        _doc.found(document, title).style = document.paragraphs[1].style

    @staticmethod
    def _last(document: Any, title: str) -> None:
        moved = _doc.found(document, title)._p
        document.paragraphs[-1]._p.addnext(moved)
