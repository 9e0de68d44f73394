"""Build a deck from an outline that stands in the notes of its title slide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _deck, _family, _impress

COUNT = 4


class BuildDeck(_family.DeckFamily):
    """A title slide, whose notes sketch four more slides, and the first of these as an example.

    Parameters: those of every deck; each of its slides has one line that stands further in.
    """

    id = "powerpoint/build-deck"
    capabilities = (
        "new-slide",
        "duplicate-slide",
        "title",
        "bullets",
        "list-levels",
        "notes",
        "save",
    )
    difficulty = "hard"
    horizon = 70
    slides = (COUNT, COUNT)
    wordings = (
        "The speaker's notes of the title slide sketch the rest of this deck. Slide 2 is done: add"
        " the others, in the same look. Headings become titles and the points under them bullets;"
        " points with a dash belong one level below the point before. Keep slides 1 and 2 and all"
        " notes, and save the presentation.",
        "Build the slides that the notes of slide 1 describe and that are not there yet, in their"
        " order. They must look like slide 2, which shows how it is done: the heading is the title,"
        " the points are bullets, those with a dash sub-bullets. Leave the first two slides and"
        " the notes, and save.",
        "Turn the outline in the notes below the title slide into slides, one for each heading; the"
        " first of them, slide 2, is ready and shows the format, which must be kept (lines that"
        " begin with a dash are indented by one level, without the dash). Do not change what is"
        " there. Save the file when all slides are done.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw which lines stand further in."""
        for slide in deck["slides"]:
            at = int(rng.integers(1, 3))
            slide["lines"][at] = "\t" + slide["lines"][at]
        return {}

    def deck(self, params: Params) -> Any:
        """Return the title slide, with the outline in its notes, and the first of its slides."""
        about = params["deck"]
        deck = _deck.new(about["look"])
        slide = _deck.cover(deck, about["title"], about["subtitle"])
        lines: list[str] = []
        for number, part in enumerate(about["slides"], 2):
            lines += [f"Slide {number}: {part['title']}"]
            lines += [line.replace("\t", "- ") for line in part["lines"]]
        slide.notes_slide.notes_text_frame.text = "\n".join(lines)
        first = about["slides"][0]
        _deck.bullets(deck, first["title"], first["lines"])
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
        yield ValidatorSpec("slides.deck", {"titles": _family.titles(params)}, weight=2.0)
        yield ValidatorSpec("slides.text", {"places": bodies}, weight=3.0)
        yield from _family.like_others(params, range(3, 2 + len(slides)))
        yield ValidatorSpec("slides.unchanged", {"outside": "new"})

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Read the notes, then copy the example for one slide after the other, and write."""
        yield from _impress.menu("View", "Notes")
        yield from _impress.menu("View", "Normal")
        yield from _impress.forward(1)
        for slide in params["deck"]["slides"][1:]:
            yield from self._copied(slide)

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The example is copied and pasted first, and then all copies are written over."""
        others = params["deck"]["slides"][1:]
        turns = [*_impress.show(screen, 2), _impress.keys("ctrl+c")]
        turns += [_impress.keys("ctrl+v")] * len(others)
        for number, slide in enumerate(others, 3):
            turns += [*_impress.show(screen, number), *_impress.to_slide(screen)]
            turns += _impress.rewrite(1, slide["title"])
            turns += _impress.write_lines(2, slide["lines"])
        return {"pasted": self.ended(turns)}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: one slide missing, all on one level, dashes kept, not saved."""
        others = params["deck"]["slides"][1:]
        flat = [{**s, "lines": [line.strip() for line in s["lines"]]} for s in others]
        dashed = [{**s, "lines": [line.replace("\t", "- ") for line in s["lines"]]} for s in others]

        def made(parts: list[dict[str, Any]]) -> list[Turn]:
            return [*_impress.forward(1), *(turn for part in parts for turn in self._copied(part))]

        def new() -> Iterator[Turn]:
            yield from made(others[:-1])
            yield _impress.keys("ctrl+m")
            yield from _impress.menu("Slide", "Layout", "Title, Content")
            yield from self._written(others[-1])

        return {
            "one missing": NearMiss("there are 4 slides", self.ended(made(others[:-1]))),
            "one level": NearMiss("level", self.ended(made(flat))),
            "dashes kept": NearMiss("!body", self.ended(made(dashed))),
            "another look": NearMiss("points", self.ended(new())),
            "not saved": NearMiss("there are 2 slides", self.ended(made(others), False)),
            "another title": NearMiss("has the title", _family.retitled(3, "Spoilt")),
            "another bullet": NearMiss("!body", _family.line_changed(4, "Spoilt")),
        }

    def held_out(self, params: Params) -> bool:
        """Orderly decks, with a look of their own, are for testing."""
        return bool(params["deck"]["look"] == len(_deck.LOOKS) - 1)

    @classmethod
    def _copied(cls, slide: dict[str, Any]) -> Iterator[Turn]:
        """Copy the slide that is shown, and write over the copy."""
        yield from _impress.menu("Slide", "Duplicate Slide")
        yield from cls._written(slide)

    @staticmethod
    def _written(slide: dict[str, Any]) -> Iterator[Turn]:
        """Write over the title and the bullets of the slide that is shown."""
        yield from _impress.rewrite(1, slide["title"])
        yield from _impress.write_lines(2, slide["lines"])
