"""Show a footer and the slide number on every slide but the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _family, _impress, _objects, _texts

TEXTS = (
    *("Confidential", "Draft {month} 2026", "{firm}", "Internal use only", "Version 2, {month}"),
    *("{person}, {city}", "Not for distribution"),
)


class Footer(_family.DeckFamily):
    """A deck without numbers and footers.

    Parameters: those of every deck, and `footer` (its text).
    """

    id = "powerpoint/footer"
    capabilities = ("footer", "slide-number", "save")
    difficulty = "medium"
    horizon = 45
    wordings = (
        "Show the slide number and the footer '{footer}' on all slides except the title slide."
        " Save the presentation.",
        "Every slide but the first should have its number and, as footer, the text '{footer}'."
        " Please set this up and save the file.",
        "Add slide numbers and the footer '{footer}' to the whole deck, leaving out the title"
        " slide. No date. Save when you are done.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw the footer."""
        words = {
            "firm": _texts.one(rng, _texts.FIRMS),
            "person": _texts.one(rng, _texts.PEOPLE),
            "city": _texts.one(rng, _texts.CITIES),
            "month": _texts.one(rng, _texts.MONTHS),
        }
        return {"footer": _texts.one(rng, TEXTS).format(**words)}

    def words(self, params: Params) -> dict[str, Any]:
        """The footer."""
        return {"footer": params["footer"]}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """What every slide shows; what it says besides is as it was."""
        wanted: dict[str, Any] = {
            str(number): {"number": True, "footer": params["footer"], "date": False}
            for number in range(2, 2 + len(params["deck"]["slides"]))
        }
        wanted["1"] = {"number": False, "footer": False, "date": False}
        yield ValidatorSpec("slides.footers", {"slides": wanted}, weight=3.0)
        yield ValidatorSpec("slides.unchanged", {})

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Use the dialog Header and Footer, which leaves the first slide out."""
        yield from _objects.footer(screen, params["footer"], True)

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """One slide after the other."""
        turns: list[Turn] = []
        for _ in params["deck"]["slides"]:
            turns += _impress.forward(1)
            turns += _objects.footer(screen, params["footer"], True, every=False)
        return {"one by one": self.ended(turns)}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: no numbers, one slide only, another text, not saved, typed as a text."""
        text = params["footer"]
        plain = _objects.footer(screen, text, False)
        single = [*_impress.forward(1), *_objects.footer(screen, text, True, every=False)]
        other = _objects.footer(screen, f"{text}.", True)
        return {
            "no numbers": NearMiss("number", self.ended(plain)),
            "one slide": NearMiss("slide 3", self.ended(single)),
            "another text": NearMiss("footer", self.ended(other)),
            "not saved": NearMiss("footer", self.ended(self.work(params, screen), False)),
            "a title changed": NearMiss("text", _family.retitled(2, "Spoilt")),
        }

    def held_out(self, params: Params) -> bool:
        """Versions are for testing."""
        return str(params["footer"]).startswith("Version")
