"""Make the title of a slide stand out: larger, in a colour, bold or italic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Key, Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _family, _impress, _objects

SIZES = (32, 40, 44, 48, 54)
STYLES = {"bold": "ctrl+b", "italic": "ctrl+i"}


class TitleLook(_family.DeckFamily):
    """A deck, the title of one slide of which is to look otherwise.

    Parameters: those of every deck, `slide` (its number), `size`, `color`, `style`.
    """

    id = "powerpoint/title-look"
    capabilities = ("font-size", "font-colour", "text-style", "save")
    difficulty = "easy"
    horizon = 20
    slides = (4, 5)
    wordings = (
        "Make the title of slide {number} {style}, {size} pt and {color}. Save the presentation.",
        "The title '{title}' should stand out: set it in {color}, {style} type of {size} points."
        " Leave all other text as it is, and save the file.",
        "On the slide '{title}' format the title only: size {size}, {style}, font colour {color}."
        " Then save.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw the slide and the look."""
        return {
            "slide": int(rng.integers(2, 2 + len(deck["slides"]))),
            "size": int(rng.choice(SIZES)),
            "color": str(rng.choice(list(_objects.COLOURS))),
            "style": str(rng.choice(list(STYLES))),
        }

    def words(self, params: Params) -> dict[str, Any]:
        """The slide's number and title, and the look."""
        number = params["slide"]
        look = {key: params[key] for key in ("size", "color", "style")}
        return {"number": number, "title": _family.titles(params)[number - 1], **look}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The title's look; everything else is as it was."""
        number, style = params["slide"], params["style"]
        wanted = {"size": params["size"], "color": params["color"], style: True}
        lines = {"size": 28, "bold": False, "italic": False}
        places = {f"{number}!title": wanted}
        yield ValidatorSpec("slides.formatting", {"places": places}, weight=3.0)
        yield ValidatorSpec("slides.formatting", {"places": {f"{number}!body": lines}})
        aspects = ["slides", "text", "shapes", "notes", "hidden"]
        yield ValidatorSpec("slides.unchanged", {"aspects": aspects})
        yield ValidatorSpec("slides.unchanged", {"outside": [number], "aspects": ["formatting"]})

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Select the title, use the keyboard, the dialog Character and the sidebar's palette."""
        yield from _impress.show(screen, params["slide"])
        yield from _impress.to_slide(screen)
        yield from self._formatted(params, screen)

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The text is selected in the title; what is marked there is formatted."""
        marked = [
            *_impress.show(screen, params["slide"]),
            *_impress.to_slide(screen),
            *_impress.select(1),
            _impress.keys("F2 ctrl+a"),
        ]
        return {"text marked": self.ended([*marked, *self._looks(params, screen)])}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the bullets instead, the size left, not saved, one word only."""
        number = params["slide"]
        ahead = [*_impress.forward(number - 1)]
        wrong = [*ahead, *_impress.select(2), *self._looks(params, screen)]
        sizeless = [*ahead, *_impress.select(1), (Key(("ctrl", "b")),)]

        def smaller(deck: Any) -> None:
            for run in deck.slides[number - 1].shapes.title.text_frame.paragraphs[0].runs:
                run.font.size = 127 * 100 * (params["size"] - 2)

        def bold(deck: Any) -> None:
            frame = _family.body(deck.slides[1 if number > 2 else 2]).text_frame
            frame.paragraphs[0].runs[0].font.bold = True

        return {
            "the bullets": NearMiss("!title", self.ended(wrong)),
            "the size left": NearMiss("points", self.ended(sizeless)),
            "not saved": NearMiss("!title", self.ended(self.work(params, screen), False)),
            "two points less": NearMiss("points", _family.said(smaller)),
            "a bullet bold": NearMiss("formatting", _family.said(bold)),
        }

    def held_out(self, params: Params) -> bool:
        """One size is for testing."""
        return bool(params["size"] == 54)

    def _formatted(self, params: Params, screen: Screen) -> Iterator[Turn]:
        yield from _impress.select(1)
        yield from self._looks(params, screen)

    @staticmethod
    def _looks(params: Params, screen: Screen) -> Iterator[Turn]:
        """Format what is selected."""
        yield (_impress.keys(STYLES[params["style"]])[0],)
        yield from _objects.font_size(screen, params["size"])
        yield from _objects.font_color(screen, params["color"])
        yield _impress.keys("Escape Escape")
