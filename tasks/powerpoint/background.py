"""Give one slide a coloured background."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _deck, _family, _impress, _objects


class Background(_family.DeckFamily):
    """A deck on white, one slide of which is to be coloured; judged live.

    Parameters: those of every deck, `slide` (its number) and `color`.
    """

    id = "powerpoint/background"
    capabilities = ("slide-background", "slide-properties")
    difficulty = "easy"
    horizon = 20
    save = False
    slides = (3, 5)
    wordings = (
        "Give slide {number} a plain {color} background. The other slides stay white.",
        "The slide '{title}' should have a {color} background, in one colour; change only this"
        " slide.",
        "Colour the background of '{title}' (slide {number}) {color}. Leave everything else.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw the slide and its colour."""
        slide = int(rng.integers(2, 2 + len(deck["slides"])))
        return {"slide": slide, "color": str(rng.choice(list(_objects.COLOURS)))}

    def words(self, params: Params) -> dict[str, Any]:
        """The slide's number and title, and the colour."""
        number = params["slide"]
        title = _family.titles(params)[number - 1]
        return {"number": number, "title": title, "color": params["color"]}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The slide's background; the other ones, and all that is said, are as they were."""
        number = str(params["slide"])
        wanted = {number: params["color"]}
        yield ValidatorSpec("slides.backgrounds", {"slides": wanted}, weight=3.0)
        yield ValidatorSpec("slides.unchanged", {"outside": number, "aspects": ["backgrounds"]})
        yield ValidatorSpec("slides.unchanged", {})

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Show the slide and use the dialog Slide Properties."""
        yield from _impress.show(screen, params["slide"])
        yield from _objects.background(screen, params["color"])

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Come to the slide by the keyboard."""
        ahead = _impress.forward(params["slide"] - 1)
        return {"keyboard": self.ended([*ahead, *_objects.background(screen, params["color"])])}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: another slide, another colour, all slides, a coloured box instead."""
        number, color = params["slide"], params["color"]
        other = number - 1 if number > 2 else number + 1
        unlike = "green" if color in ("red", "purple") else "red"
        wrong = [*_impress.show(screen, other), *_objects.background(screen, color)]
        unwanted = [*_impress.show(screen, number), *_objects.background(screen, unlike)]
        box = [*_impress.show(screen, number), *_impress.to_slide(screen)]
        box += _objects.draw(screen, "rectangle", (1, 1), (32, 18), "")

        def every(deck: Any) -> None:
            for slide in deck.slides:
                slide.background.fill.solid()
                slide.background.fill.fore_color.rgb = _deck.rgb("FF0000")

        return {
            "another slide": NearMiss(f"slide {number}", self.ended(wrong)),
            "another colour": NearMiss(f"slide {number}", self.ended(unwanted)),
            "a box": NearMiss(f"slide {number}", self.ended(box)),
            "all slides": NearMiss("background", _family.said(every)),
        }

    def held_out(self, params: Params) -> bool:
        """Purple is for testing."""
        return bool(params["color"] == "purple")
