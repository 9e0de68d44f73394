"""Hide a slide, so that a show leaves it out; the deck keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Click, Key, Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _family, _impress


class HideSlide(_family.DeckFamily):
    """A deck, one slide of which is not to be shown; judged live.

    Parameters: those of every deck, and `slide` (its number).
    """

    id = "powerpoint/hide-slide"
    capabilities = ("slide-visibility", "slide-pane")
    difficulty = "easy"
    horizon = 15
    save = False
    slides = (4, 5)
    wordings = (
        "Hide the slide '{title}', so that it is left out when the deck is presented. Do not"
        " delete it.",
        "Slide {number} should not be shown to this audience, but stay in the file: hide it.",
        "When I present this deck, '{title}' must be skipped. Mark that slide as hidden and change"
        " nothing else.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw the slide."""
        return {"slide": int(rng.integers(2, 2 + len(deck["slides"])))}

    def words(self, params: Params) -> dict[str, Any]:
        """The slide's number and title."""
        number = params["slide"]
        return {"number": number, "title": _family.titles(params)[number - 1]}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The slide is hidden, no other one is, and all of them are still there."""
        yield ValidatorSpec("slides.deck", {"hidden": [params["slide"]]}, weight=3.0)
        aspects = ["slides", "text", "formatting", "shapes", "notes"]
        yield ValidatorSpec("slides.unchanged", {"aspects": aspects})

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Click the slide in the slide pane, and choose from the menu Slide."""
        yield from _impress.show(screen, params["slide"])
        yield from _impress.menu("Slide", "Hide Slide")

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """By the menu of the right mouse button; and by the keyboard."""
        at = _impress.thumb(screen, params["slide"])
        context = [(Click(at, button="right"),), _impress.keys("h")]
        ahead = [*_impress.forward(params["slide"] - 1), *_impress.menu("Slide", "Hide Slide")]
        return {"right button": self.ended(context), "keyboard": self.ended(ahead)}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the slide deleted, another one hidden, one too many, only shown."""
        number = params["slide"]
        other = number - 1 if number > 2 else number + 1
        deleted = [*_impress.show(screen, number), (Key(("Delete",)),)]
        wrong = [*_impress.show(screen, other), *_impress.menu("Slide", "Hide Slide")]

        def both(deck: Any) -> None:
            deck.slides[other - 1]._element.set("show", "0")

        def shown(deck: Any) -> None:
            deck.slides[number - 1]._element.set("show", "1")

        return {
            "deleted": NearMiss("is gone", self.ended(deleted)),
            "another slide": NearMiss("is not hidden", self.ended(wrong)),
            "one too many": NearMiss("is hidden", _family.said(both)),
            "shown again": NearMiss("is not hidden", _family.said(shown)),
        }

    def held_out(self, params: Params) -> bool:
        """The last slides of the longer decks are for testing."""
        return bool(params["slide"] == 6)
