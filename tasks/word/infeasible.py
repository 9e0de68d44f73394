"""Something that cannot be done, for a reason that a look at the document or its folder shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Scroll, Terminate, Turn, Type
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _sentences, _words, _writer

FILE = "report.docx"
DONE, GIVEN_UP = Terminate(), Terminate(status="failure")
# What is lacking: a section, a table, a file beside the document, a person who has commented.
WORDINGS = {
    "section": (
        "Move the section '{missing}' of this report to its end, and save the document.",
        "Delete the second paragraph of the section '{missing}', and save.",
        "Set the heading '{missing}' in italics. Then save the document.",
    ),
    "table": (
        "Sort the rows of the table in the section '{title}' by its first column, and save.",
        "Add a row at the end of the table below '{title}', with the text '{missing}' in its first"
        " cell. Save the document.",
        "In the table of the section '{title}', change the header '{missing}' to 'Total'. Save.",
    ),
    "file": (
        "Insert the picture '{missing}' from the folder of this document at the end of the section"
        " '{title}', and save.",
        "Replace the section '{title}' by the contents of the file '{missing}', which lies beside"
        " this document. Save.",
        "Append the text of '{missing}' (in the Documents folder) to this report and save it.",
    ),
    "comment": (
        "Do what {missing} asks for in a comment on the section '{title}', and save the document.",
        "Answer the comment of {missing} in the section '{title}' with 'Agreed', and save.",
        "Accept the tracked changes that {missing} made in '{title}', and save the document.",
    ),
}
FILES = ("photo.png", "annex.docx", "map.jpg", "appendix.docx")
CELLS = ("Remainder", "Subtotal", "Carry-over", "Deviation")


class Infeasible(TaskFamily):
    """A report; what is asked is about something that is not there.

    Parameters: `wording` (index), those of `_words.report`, `kind` (one of `WORDINGS`), `missing`
    (what is not there), `at` (the index of a section).
    """

    id = "word/infeasible"
    app = "word"
    capabilities = ("infeasible", "read-text")
    difficulty = "medium"
    horizon = 25
    split = "test"
    save = True
    feasible = False

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a report and what it lacks."""
        count = int(rng.integers(3, 6))
        report, kind = _words.report(rng, count), _words.one(rng, list(WORDINGS))
        there = [section["title"] for section in report["sections"]]
        others = {
            "section": [title for title in _sentences.SECTIONS if title not in there],
            "table": list(CELLS),
            "file": list(FILES),
            "comment": _words.names(rng, 3),
        }
        return {
            "wording": int(rng.integers(3)),
            **report,
            "kind": kind,
            "missing": _words.one(rng, others[kind]),
            "at": int(rng.integers(count)),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the report."""
        return {FILE: _doc.document_bytes(_doc.report(params))}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings; none of them says that it cannot be done."""
        title = params["sections"][params["at"]]["title"]
        wording = WORDINGS[params["kind"]][params["wording"]]
        return wording.format(missing=params["missing"], title=title)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Nothing changed; that failure was declared is judged by itself."""
        yield from _doc.kept()

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Look for what is missing, scroll through the report, and give up."""
        yield from self._look_around(params, screen)
        yield (GIVEN_UP,)

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Try the nearest thing, see that it is wrong, undo it and save."""
        instead = [*self._instead(params), _writer.times("ctrl+z", 4)]
        looked = self._look_around(params, screen)
        return {"tried and undone": [*looked, *instead, *_writer.save(), (GIVEN_UP,)]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: something else done or nothing, and called a success; damage done."""
        looked, instead = list(self._look_around(params, screen)), list(self._instead(params))
        title = params["sections"][0]["title"]
        return {
            "something similar": NearMiss(
                "terminated with success", [*instead, *_writer.save(), (DONE,)]
            ),
            "looked and claimed": NearMiss("terminated with success", [*looked, (DONE,)]),
            "damaged before giving up": NearMiss(
                "expected", [*looked, *instead, *_writer.save(), (GIVEN_UP,)]
            ),
            "invented": NearMiss(
                "is new", _doc.edited(FILE, lambda d: self._more(d, params["missing"]))
            ),
            "a heading lost": NearMiss("is gone", _doc.without(FILE, title)),
            "set in italics": NearMiss(
                "italic", _doc.edited(FILE, lambda d: self._slant(d, title))
            ),
        }

    @staticmethod
    def _look_around(params: Params, screen: Screen) -> Iterator[Turn]:
        """Search for the words, scroll down, and back."""
        middle = screen.point(screen.width / 2, screen.height / 2)
        yield from _writer.select(params["missing"])
        yield (Scroll(middle, (0, 10)),)
        yield (Scroll(middle, (0, -10)),)

    @staticmethod
    def _instead(params: Params) -> Iterator[Turn]:
        """Do what resembles the task: write into the section."""
        text = params["sections"][params["at"]]["paragraphs"][0]
        yield from _writer.at_end(text[:40])
        yield (Type(f" {params['missing']}"),)

    @staticmethod
    def _more(document: Any, text: str) -> None:
        document.add_paragraph(f"{text}: see above")

    @staticmethod
    def _slant(document: Any, text: str) -> None:
        for run in _doc.found(document, text).runs:
            run.italic = True
