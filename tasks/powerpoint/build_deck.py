"""Build a deck from an outline that stands in the notes of its title slide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _deck, _family, _impress

COUNT = 3


class BuildDeck(_family.DeckFamily):
    """A deck of nothing but a title slide, in whose notes three more slides are sketched.

    Parameters: those of every deck; each of its slides has an inner `line` below the first one.
    """

    id = "powerpoint/build-deck"
    capabilities = ("new-slide", "slide-layout", "title", "bullets", "list-levels", "notes", "save")
    difficulty = "hard"
    horizon = 70
    slides = (COUNT, COUNT)
    wordings = (
        "The speaker's notes of the title slide sketch the rest of this deck. Add a slide for each"
        " part: its title, and its points as bullets; points with a dash belong one level below the"
        " point before. Keep the title slide and its notes, and save the presentation.",
        "Build the slides that the notes of slide 1 describe, in that order, with the layout of a"
        " title and content: the headings become titles, the points become bullets, those with a"
        " dash sub-bullets of the point before them. Leave slide 1 and its notes, and save.",
        "Turn the outline in the notes below the title slide into slides: one for each heading,"
        " with the lines under it as bullets (lines that begin with a dash are indented by one"
        " level, without the dash). Do not change slide 1. Save the file when all are there.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw which lines stand further in."""
        for slide in deck["slides"]:
            at = int(rng.integers(1, 3))
            slide["lines"][at] = "\t" + slide["lines"][at]
        return {}

    def deck(self, params: Params) -> Any:
        """Return the title slide, with the outline in its notes."""
        about = params["deck"]
        deck = _deck.new(about["look"])
        slide = _deck.cover(deck, about["title"], about["subtitle"])
        lines: list[str] = []
        for number, part in enumerate(about["slides"], 2):
            lines += [f"Slide {number}: {part['title']}"]
            lines += [line.replace("\t", "- ") for line in part["lines"]]
        slide.notes_slide.notes_text_frame.text = "\n".join(lines)
        return deck

    def words(self, params: Params) -> dict[str, Any]:
        """Nothing: the wordings tell where all is written."""
        return {}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Titles, bullets with their levels, layouts; the first slide is as it was."""
        slides = params["deck"]["slides"]
        bodies = {
            f"{number}!body": {"equals": slide["lines"], "bullets": True}
            for number, slide in enumerate(slides, 2)
        }
        layouts = {str(number): "Title and Content" for number in range(2, 2 + len(slides))}
        yield ValidatorSpec("slides.deck", {"titles": _family.titles(params)}, weight=2.0)
        yield ValidatorSpec("slides.text", {"places": bodies}, weight=3.0)
        yield ValidatorSpec("slides.layouts", {"slides": layouts})
        yield ValidatorSpec("slides.unchanged", {"outside": "new"})

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Read the notes, then make one slide after the other by menu and keyboard."""
        yield from _impress.menu("View", "Notes")
        yield from _impress.menu("View", "Normal")
        for slide in params["deck"]["slides"]:
            yield from self._made(slide)

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The first slide is made, and then copied for the others."""
        first, *others = params["deck"]["slides"]
        turns = [*self._made(first)]
        for slide in others:
            turns += _impress.menu("Slide", "Duplicate Slide")
            turns += _impress.rewrite(1, slide["title"])
            turns += _impress.write_lines(2, slide["lines"])
        return {"copied": self.ended(turns)}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: one slide missing, all on one level, dashes kept, not saved."""
        slides = params["deck"]["slides"]
        two = [turn for slide in slides[:-1] for turn in self._made(slide)]
        flat = [{**s, "lines": [line.strip() for line in s["lines"]]} for s in slides]
        dashed = [{**s, "lines": [line.replace("\t", "- ") for line in s["lines"]]} for s in slides]

        def made(parts: list[dict[str, Any]]) -> list[Turn]:
            return [turn for part in parts for turn in self._made(part)]

        return {
            "two slides": NearMiss("there are 3 slides", self.ended(two)),
            "one level": NearMiss("level", self.ended(made(flat))),
            "dashes kept": NearMiss("!body", self.ended(made(dashed))),
            "not saved": NearMiss("there are 1 slides", self.ended(made(slides), False)),
            "another title": NearMiss("has the title", _family.retitled(3, "Spoilt")),
            "another bullet": NearMiss("!body", _family.line_changed(4, "Spoilt")),
        }

    def held_out(self, params: Params) -> bool:
        """Orderly decks, with a look of their own, are for testing."""
        return bool(params["deck"]["look"] == len(_deck.LOOKS) - 1)

    @staticmethod
    def _made(slide: dict[str, Any]) -> Iterator[Turn]:
        """Add a slide after the one that is shown."""
        yield _impress.keys("ctrl+m")
        yield from _impress.menu("Slide", "Layout", "Title, Content")
        yield from _impress.rewrite(1, slide["title"])
        yield from _impress.write_lines(2, slide["lines"])
