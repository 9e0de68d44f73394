"""Use a slide as the pattern of a new one at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Key, Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _family, _impress

NEW = (
    *("Backup", "Details for questions", "Version for the board", "Second half", "Draft"),
    *("To be discussed", "Handout"),
)


class CopySlide(_family.DeckFamily):
    """A deck, one slide of which is to be copied to the end and retitled.

    Parameters: those of every deck, `slide` (its number) and `new` (the copy's title).
    """

    id = "powerpoint/copy-slide"
    capabilities = ("duplicate-slide", "slide-order", "title", "save")
    difficulty = "medium"
    horizon = 25
    slides = (3, 4)
    wordings = (
        "Duplicate the slide '{title}', put the copy at the very end of the deck and change the"
        " copy's title to '{new}'. Save the presentation.",
        "Make a copy of slide {number} ('{title}') as the last slide, with the title '{new}' and"
        " the same bullets. The original must stay as it is. Save the file.",
        "I need slide {number} once more: as the last slide of the deck, called '{new}', with"
        " otherwise the same content. Please save afterwards.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw the slide and the title of its copy."""
        slide = int(rng.integers(2, 1 + len(deck["slides"])))
        return {"slide": slide, "new": str(rng.choice(NEW))}

    def words(self, params: Params) -> dict[str, Any]:
        """The slide's number and title, and that of the copy."""
        number = params["slide"]
        title = _family.titles(params)[number - 1]
        return {"number": number, "title": title, "new": params["new"]}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """All titles, and the copy's bullets; nothing else was changed."""
        titles = [*_family.titles(params), params["new"]]
        lines = params["deck"]["slides"][params["slide"] - 2]["lines"]
        looks = {"last!title": {"size": 36}, "last!body": {"size": 28}}
        yield ValidatorSpec("slides.deck", {"titles": titles}, weight=3.0)
        yield ValidatorSpec("slides.text", {"places": {"last!body": lines}}, weight=2.0)
        yield ValidatorSpec("slides.formatting", {"places": looks})
        yield ValidatorSpec("slides.unchanged", {"outside": "new"})

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Duplicate the slide by the menu, move the copy to the end, and retitle it."""
        yield from _impress.show(screen, params["slide"])
        yield from _impress.menu("Slide", "Duplicate Slide")
        yield (Key(("alt", "shift", "End")),)
        yield from _impress.retitle(screen, params["new"])

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Copy it and paste it behind the last one."""
        return {"copy and paste": self.ended([*self._pasted(params, screen, params["slide"])])}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: not moved, another one copied, the original retitled, not saved."""
        number, new = params["slide"], params["new"]
        last = len(_family.titles(params))
        unmoved = [
            *_impress.show(screen, number),
            *_impress.menu("Slide", "Duplicate Slide"),
            *_impress.retitle(screen, new),
        ]
        done = self.work(params, screen)
        return {
            "not at the end": NearMiss("expected", self.ended(unmoved)),
            "another slide": NearMiss("last!body", self.ended(self._pasted(params, screen, last))),
            "not saved": NearMiss(f"there are {last} slides", self.ended(done, False)),
            "the original retitled": NearMiss("has the title", _family.retitled(number, new)),
            "a bullet changed": NearMiss("last!body", _family.line_changed(last + 1, "Spoilt")),
        }

    def held_out(self, params: Params) -> bool:
        """One of the titles is for testing."""
        return bool(params["new"] == "Handout")

    @staticmethod
    def _pasted(params: Params, screen: Screen, number: int) -> Iterator[Turn]:
        """Copy a slide, paste it behind the last one, and retitle it."""
        yield from _impress.show(screen, number)
        yield _impress.keys("ctrl+c")
        yield from _impress.show(screen, len(_family.titles(params)))
        yield _impress.keys("ctrl+v")
        yield from _impress.retitle(screen, params["new"])
