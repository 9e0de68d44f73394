"""Export the deck as PDF, under a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _family, _impress, _objects

NAMES = ("handout", "slides-for-print", "deck_final", "to-send", "archive", "review-copy")


class ExportPdf(_family.DeckFamily):
    """A deck that is to be sent to people who only read it; judged live.

    Parameters: those of every deck, and `name` (of the new file, without its ending).
    """

    id = "powerpoint/export-pdf"
    capabilities = ("export-pdf", "file-dialog")
    difficulty = "easy"
    horizon = 15
    save = False
    wordings = (
        "Export this presentation as a PDF file named '{name}', in the folder of the presentation."
        " All slides must be in it.",
        "We need the deck as PDF: store it as '{name}' beside '{file}', and change nothing.",
        "Make a PDF of all slides, called '{name}', in the same folder as '{file}'.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw the name."""
        return {"name": str(rng.choice(NAMES))}

    def words(self, params: Params) -> dict[str, Any]:
        """The names of both files."""
        return {"name": f"{params['name']}.pdf", "file": _family.FILE}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The PDF's pages say what the slides say; the deck is as it was."""
        name, slides = f"{params['name']}.pdf", params["deck"]["slides"]
        said = {"1": {"contains": params["deck"]["title"]}}
        said |= {
            str(page): {"contains": [slide["title"], *slide["lines"]]}
            for page, slide in enumerate(slides, 2)
        }
        count = {"name": name, "count": 1 + len(slides), "orientation": "landscape"}
        yield ValidatorSpec("pdf.pages", count, weight=2.0)
        yield ValidatorSpec("pdf.text", {"name": name, "pages": said}, weight=2.0)
        yield ValidatorSpec("slides.unchanged", {})

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Use the menu File."""
        yield from _objects.export_pdf(params["name"])

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Look at the last slide before, and write the whole name."""
        ahead = _impress.forward(len(params["deck"]["slides"]))
        return {"whole name": self.ended([*ahead, *_objects.export_pdf(f"{params['name']}.pdf")])}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: another name, a deck of that name, a slide deleted, another deck."""
        name = f"{params['name']}.pdf"
        shorter = [
            *_impress.show(screen, 2),
            _impress.keys("Delete"),
            *_objects.export_pdf(params["name"]),
        ]
        return {
            "another name": NearMiss(name, self.ended(_objects.export_pdf("untitled"))),
            "a slide deleted": NearMiss("pages", self.ended(shorter)),
            "no PDF": NearMiss(name, lambda files: {**files, name: files[_family.FILE]}),
            "the deck changed": NearMiss("text", _family.retitled(2, "Spoilt")),
        }

    def held_out(self, params: Params) -> bool:
        """One name is for testing."""
        return bool(params["name"] == "archive")
