"""Set the paragraphs of one section of a report: how they are aligned, how lines are spaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Terminate, Turn
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE = "report.docx"
END = (Terminate(),)
# What is asked for: the name in the menu, the shortcut, what the document holds, and in words.
ALIGNMENTS = {
    "justify": ("Justified", "ctrl+j", "justified"),
    "center": ("Centered", "ctrl+e", "centred"),
    "right": ("Right", "ctrl+r", "aligned to the right"),
}
SPACINGS = {1.5: ("1.5", "a line spacing of 1.5 lines"), 2.0: ("2", "double line spacing")}
WORDINGS = (
    "The text of the section '{title}' should be {align}, with {spacing}. Leave its heading and all"
    " other sections as they are, and save the document.",
    "Please give both paragraphs below the heading '{title}' {spacing} and have them {align}."
    " Nothing else may change. Save the file.",
    "Format the two paragraphs of '{title}': {align}, {spacing}. Do not touch the heading. Then"
    " save the document.",
)


class ParagraphLayout(TaskFamily):
    """A report; the two paragraphs of one section are to be set in another way.

    Parameters: `wording` (index), those of `_words.report`, `at` (the index of the section),
    `align` (one of `ALIGNMENTS`), `spacing` (one of `SPACINGS`).
    """

    id = "word/paragraph-layout"
    app = "word"
    capabilities = ("alignment", "line-spacing", "select-text", "save")
    difficulty = "easy"
    horizon = 30
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a report, a section and how it is to be set."""
        count = int(rng.integers(3, 6))
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            **_words.report(rng, count),
            "at": int(rng.integers(count)),
            "align": _words.one(rng, list(ALIGNMENTS)),
            "spacing": float(rng.choice(list(SPACINGS))),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the report."""
        return {FILE: _doc.document_bytes(_doc.report(params))}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        return WORDINGS[params["wording"]].format(
            title=params["sections"][params["at"]]["title"],
            align=ALIGNMENTS[params["align"]][2],
            spacing=SPACINGS[params["spacing"]][1],
        )

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Both facts of both paragraphs, of no others, and nothing else changed."""
        facts = {"align": params["align"], "line_spacing": params["spacing"]}
        mine = [f"={text}" for text in self._texts(params)]
        wanted = {place: facts for place in mine}
        yield ValidatorSpec("document.paragraphs", {"wanted": wanted}, weight=3.0)
        yield from _doc.kept("layout", outside=mine)
        # Of these two paragraphs, too, nothing but the two facts.
        was = {"before": 0, "after": 10, "left": 0, "right": 0, "first_line": 0, "style": "Normal"}
        rest = {place: was for place in mine}
        yield ValidatorSpec("document.paragraphs", {"wanted": rest}, weight=1.0)

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Select both paragraphs; the alignment by its button, the spacing by the menu."""
        name = ALIGNMENTS[params["align"]][0]
        yield from self._selected(params)
        yield from _writer.button(screen, "Center" if name == "Centered" else name)
        yield from _writer.menu(screen, "Format", "Spacing", SPACINGS[params["spacing"]][0])
        yield from _writer.button(screen, "Save")
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Both by the menu; paragraph by paragraph, without a selection."""
        align, spacing = ALIGNMENTS[params["align"]], SPACINGS[params["spacing"]][0]
        set_ = [
            *_writer.menu(screen, "Format", "Align Text", align[0]),
            *_writer.menu(screen, "Format", "Spacing", spacing),
        ]
        one_by_one = []
        for text in self._texts(params):
            one_by_one += [*_writer.before(text[:30]), *set_]
        return {
            "menus": [*self._selected(params), *set_, *_writer.save(), END],
            "one by one": [*one_by_one, *_writer.save(), END],
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: one paragraph only, the whole document, one fact, not saved."""
        align, spacing = ALIGNMENTS[params["align"]], SPACINGS[params["spacing"]][0]
        set_ = [
            _writer.keys(align[1]),
            *_writer.menu(screen, "Format", "Spacing", spacing),
        ]
        first, second = self._texts(params)
        saved = [*_writer.save(), END]
        title = params["sections"][params["at"]]["title"]
        return {
            "first paragraph only": NearMiss(
                "is spaced", [*_writer.before(first[:30]), *set_, *saved]
            ),
            "the whole document": NearMiss("was ", [_writer.keys("ctrl+a"), *set_, *saved]),
            "not saved": NearMiss("was it saved?", [*self._selected(params), *set_, END]),
            "not aligned": NearMiss(
                "is left-aligned", _doc.edited(FILE, lambda d: self._undo(d, second, "alignment"))
            ),
            "not spaced": NearMiss(
                "line_spacing", _doc.edited(FILE, lambda d: self._undo(d, second, "line_spacing"))
            ),
            "the heading too": NearMiss(
                "is now", _doc.edited(FILE, lambda d: self._spaced(d, title))
            ),
            "a word lost": NearMiss(
                "no paragraph reads", _doc.reworded(FILE, second, second[:-12])
            ),
        }

    def held_out(self, params: Params) -> bool:
        """Double spacing on the right is for testing."""
        return bool(params["align"] == "right" and params["spacing"] == 2)

    def _selected(self, params: Params) -> Iterator[Turn]:
        """Select the section's text: from before it to the end of its second paragraph."""
        yield from _writer.before(self._texts(params)[0][:30])
        yield _writer.keys("shift+ctrl+Down shift+ctrl+Down")

    @staticmethod
    def _texts(params: Params) -> list[str]:
        return list(params["sections"][params["at"]]["paragraphs"])

    @staticmethod
    def _undo(document: Any, text: str, name: str) -> None:
        setattr(_doc.found(document, text).paragraph_format, name, None)

    @staticmethod
    def _spaced(document: Any, text: str) -> None:
        _doc.found(document, text).paragraph_format.line_spacing = 3.0
