"""Set up the pages of a report: their margins, and which way round the paper is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from docx.shared import Cm

from cuagym.actions import Key, Terminate, Turn, Type
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE = "report.docx"
END = (Terminate(),)
# In centimetres: all of them can be told from the usual 3.17 and 2.54.
MARGINS = (1.5, 1.8, 2.0, 2.2, 3.5, 4.0)
SIDES = ("left", "right", "top", "bottom")
WORDINGS = (
    "Set up the pages of this report in {way} orientation, with margins of {across} cm on the left"
    " and on the right and {along} cm at the top and at the bottom. Save the document.",
    "The report should be printed in {way} format. Its margins: left and right {across} cm, top and"
    " bottom {along} cm. Please change the page style accordingly, and save the file.",
    "Change the page: orientation {way}, left and right margin {across} cm each, top and bottom"
    " margin {along} cm each. The text stays as it is. Then save the document.",
)


class PageSetup(TaskFamily):
    """A report whose pages are to be set up.

    Parameters: `wording` (index), those of `_words.report`, `landscape` (whether the paper lies),
    `across` and `along` (margins in centimetres, at the sides and at the top and bottom).
    """

    id = "word/page-setup"
    app = "word"
    capabilities = ("page-setup", "dialog", "save")
    difficulty = "easy"
    horizon = 25
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a report and a set-up."""
        across, along = rng.choice(MARGINS, size=2, replace=False).tolist()
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            **_words.report(rng, int(rng.integers(3, 6))),
            "landscape": bool(rng.random() < 0.6),
            "across": across,
            "along": along,
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the report, whose pages are the other way round."""
        document = _doc.report(params)
        if not params["landscape"]:
            self._turn(document)
        return {FILE: _doc.document_bytes(document)}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        return WORDINGS[params["wording"]].format(
            way=self._way(params), across=f"{params['across']:g}", along=f"{params['along']:g}"
        )

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Orientation, margins, the same paper, and nothing else changed."""
        sizes = (params["across"], params["across"], params["along"], params["along"])
        margins = {side: f"{cm} cm" for side, cm in zip(SIDES, sizes, strict=True)}
        wanted = {"orientation": self._way(params), "margins": margins, "size": "Letter"}
        yield ValidatorSpec("document.page", {**wanted, "columns": 1, "sections": 1}, weight=3.0)
        yield from _doc.kept(free=["page"])

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """In the dialog Page Style: the orientation, then the four margins."""
        yield from self._opened(screen)
        yield self._turned(screen, params["landscape"])
        yield from self._margins(params)
        yield _writer.keys("Return")
        yield from _writer.save()
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The dialog twice, by the menu; the second time it shows the same page of its own."""
        opened, done = list(_writer.menu(screen, "Format", "Page Style")), _writer.keys("Return")
        turned = self._turned(screen, params["landscape"])
        first = [*opened, _writer.keys("ctrl+Page_Down"), turned, done]
        second = [*opened, *self._margins(params), done]
        return {"in two goes": [*first, *second, *_writer.save(), END]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: margins changed over, only turned, cancelled, inches, one margin left."""
        swapped = {**params, "across": params["along"], "along": params["across"]}
        opened, saved = list(self._opened(screen)), [*_writer.save(), END]
        turned, done = self._turned(screen, params["landscape"]), _writer.keys("Return")
        return {
            "margins changed over": NearMiss(
                "the left margin is", [*opened, turned, *self._margins(swapped), done, *saved]
            ),
            "only turned": NearMiss("the left margin is", [*opened, turned, done, *saved]),
            "cancelled": NearMiss(
                "the orientation is",
                [*opened, turned, *self._margins(params), _writer.keys("Escape"), *saved],
            ),
            "one margin left": NearMiss(
                "the bottom margin is", _doc.edited(FILE, lambda d: self._margin(d, 2.54))
            ),
            "not turned": NearMiss("the orientation is", _doc.edited(FILE, self._turn)),
            "a section lost": NearMiss(
                "is gone", _doc.without(FILE, params["sections"][-1]["title"])
            ),
        }

    def held_out(self, params: Params) -> bool:
        """One margin is for testing."""
        return bool(params["across"] == 1.8)

    @staticmethod
    def _way(params: Params) -> str:
        return "landscape" if params["landscape"] else "portrait"

    @staticmethod
    def _opened(screen: Screen) -> Iterator[Turn]:
        """Open the dialog on its page for pages."""
        yield _writer.keys("alt+shift+p")
        yield _writer.keys("ctrl+Page_Down")

    @staticmethod
    def _turned(screen: Screen, landscape: bool) -> Turn:
        """Choose the orientation, from the list of formats on."""
        return _writer.keys(f"alt+f Tab Tab Tab {'Down' if landscape else 'Up'}")

    @staticmethod
    def _margins(params: Params) -> Iterator[Turn]:
        """Type the margins, from the list of formats on."""
        sizes = (params["across"], params["across"], params["along"], params["along"])
        yield _writer.keys("alt+f Tab Tab Tab Tab")
        for size in sizes:
            yield Key(("Tab",)), Key(("ctrl", "a")), Type(f"{size:g} cm")

    @staticmethod
    def _turn(document: Any) -> None:
        (section,) = document.sections
        width, height = section.page_width, section.page_height
        section.page_width, section.page_height = height, width
        section.orientation = int(height > width)

    @staticmethod
    def _margin(document: Any, size: float) -> None:
        document.sections[0].bottom_margin = Cm(size)
