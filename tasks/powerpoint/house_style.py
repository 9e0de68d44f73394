"""Bring the titles of a whole deck into one style, with a footer and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from pptx.util import Pt

from cuagym.actions import Key, Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _deck, _family, _impress, _objects, _texts

ODD = ((28, "C00000"), (44, "7F7F7F"), (30, "00B050"), (50, "7030A0"))
"""How titles look that somebody has formatted by hand: their size and colour."""
SIZES = (32, 40, 48)
COLOURS = ("blue", "green", "red", "purple")


class HouseStyle(_family.DeckFamily):
    """A deck whose titles look all different.

    Parameters: those of every deck, `odd` (how titles look now, indices), `size` and `color` (how
    all must look), `footer`.
    """

    id = "powerpoint/house-style"
    capabilities = ("font-size", "font-colour", "text-style", "footer", "slide-number", "save")
    difficulty = "hard"
    horizon = 80
    slides = (3, 4)
    wordings = (
        "Bring this deck into our house style. Every slide but the title slide has a bold, {color}"
        " title of {size} pt, the footer '{footer}' and its slide number. The title slide and all"
        " bullets stay as they are. Save the presentation.",
        "The titles of slides 2 to {count} were formatted by hand: make all of them {size} pt, bold"
        " and {color}. Then show the slide number and the footer '{footer}' on these slides, not on"
        " the title slide. Change nothing else, and save.",
        "House style: titles (except on slide 1) are {color}, bold, {size} points; from slide 2 on"
        " there are slide numbers and the footer '{footer}'. Bullets and the title slide are fine."
        " Apply this to the deck and save the file.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw how titles look, and how they must."""
        return {
            "odd": rng.permutation(len(ODD)).tolist(),
            "size": int(rng.choice(SIZES)),
            "color": str(rng.choice(COLOURS)),
            "footer": f"{_texts.one(rng, _texts.FIRMS)} 2026",
        }

    def deck(self, params: Params) -> Any:
        """Return the deck, its titles formatted by hand."""
        deck = super().deck(params)
        slides = list(deck.slides)[1:]
        for slide, index in zip(slides, params["odd"], strict=False):
            size, color = ODD[index]
            for run in slide.shapes.title.text_frame.paragraphs[0].runs:
                run.font.size, run.font.color.rgb = Pt(size), _deck.rgb(color)
        return deck

    def words(self, params: Params) -> dict[str, Any]:
        """The look, the footer, and how many slides there are."""
        look = {key: params[key] for key in ("size", "color", "footer")}
        return {**look, "count": len(_family.titles(params))}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """All titles' looks, what the slides show beside; nothing else was changed."""
        numbers = range(2, 2 + len(params["deck"]["slides"]))
        look = {"bold": True, "size": params["size"], "color": params["color"]}
        bodies = {"size": 28, "bold": False, "color": "black"}
        places = {f"{n}!title": look for n in numbers}
        shown = {str(n): {"number": True, "footer": params["footer"]} for n in numbers}
        cover: dict[str, Any] = {"number": False, "footer": False}
        kept = {f"{n}!body": bodies for n in numbers}
        yield ValidatorSpec("slides.formatting", {"places": places}, weight=3.0)
        yield ValidatorSpec("slides.footers", {"slides": {"1": cover, **shown}}, weight=2.0)
        yield ValidatorSpec("slides.formatting", {"places": kept})
        yield ValidatorSpec("slides.unchanged", {"outside": list(numbers)})
        aspects = ["slides", "text", "shapes", "notes", "hidden", "backgrounds"]
        yield ValidatorSpec("slides.unchanged", {"aspects": aspects})

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Format one title after the other, then use the dialog Header and Footer."""
        for _ in params["deck"]["slides"]:
            yield from _impress.forward(1)
            yield from self._formatted(params, screen)
        yield from _objects.footer(screen, params["footer"], True)

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The footer first, and slides by a click in the slide pane."""
        turns = [*_objects.footer(screen, params["footer"], True)]
        for number in range(2, 2 + len(params["deck"]["slides"])):
            turns += [*_impress.show(screen, number), *_impress.to_slide(screen)]
            turns += self._formatted(params, screen)
        return {"slide by slide": self.ended(turns)}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: no footer, only one title, the title slide too, not saved."""
        last = 1 + len(params["deck"]["slides"])
        titles = [*self.work(params, screen)][: -len([*_objects.footer(screen, "", True)])]
        one = [*_impress.forward(1), *self._formatted(params, screen)]
        one += _objects.footer(screen, params["footer"], True)

        def thin(deck: Any) -> None:
            for run in deck.slides[last - 1].shapes.title.text_frame.paragraphs[0].runs:
                run.font.bold = False

        def cover(deck: Any) -> None:
            for run in deck.slides[0].shapes.title.text_frame.paragraphs[0].runs:
                run.font.bold = True

        return {
            "no footer": NearMiss("footer", self.ended(titles)),
            "one title": NearMiss("3!title", self.ended(one)),
            "not saved": NearMiss("footer", self.ended(self.work(params, screen), False)),
            "one title not bold": NearMiss(f"{last}!title", _family.said(thin)),
            "the title slide too": NearMiss("formatting", _family.said(cover)),
            "a bullet changed": NearMiss("Spoilt", _family.line_changed(2, "Spoilt")),
        }

    def held_out(self, params: Params) -> bool:
        """Purple is for testing."""
        return bool(params["color"] == "purple")

    @staticmethod
    def _formatted(params: Params, screen: Screen) -> Iterator[Turn]:
        """Format the title of the slide that is shown."""
        yield from _impress.select(1)
        yield (Key(("ctrl", "b")),)
        yield from _objects.font_size(screen, params["size"])
        yield from _objects.font_color(screen, params["color"])
        yield _impress.keys("Escape Escape")
