"""Put a slide at another place of the deck."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Click, Key, Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _family, _impress


class MoveSlide(_family.DeckFamily):
    """A deck, one slide of which is at the wrong place.

    Parameters: those of every deck, `slide` (its number) and `to` (the number that it gets).
    """

    id = "powerpoint/move-slide"
    capabilities = ("slide-order", "slide-pane", "save")
    difficulty = "easy"
    horizon = 20
    slides = (4, 5)
    wordings = (
        "Move slide {number} ('{title}') so that it becomes slide {to}. Keep the order of the"
        " others and save the presentation.",
        "The slide '{title}' is at the wrong place: it should come right after '{after}'. Leave the"
        " other slides in their order, and save the file.",
        "Please reorder the deck: '{title}' goes directly behind '{after}'. Then save.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw two different places besides the cover's."""
        slide, to = rng.choice(len(deck["slides"]), size=2, replace=False) + 2
        return {"slide": int(slide), "to": int(to)}

    def words(self, params: Params) -> dict[str, Any]:
        """The slide, its new place, and the slide that it follows then."""
        titles = _family.titles(params)
        before = titles[self._order(params)[params["to"] - 2] - 1]
        number = params["slide"]
        return {"number": number, "title": titles[number - 1], "to": params["to"], "after": before}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The order; no slide is changed."""
        yield ValidatorSpec("slides.order", {"slides": self._order(params)}, weight=3.0)
        aspects = ["text", "formatting", "shapes", "notes", "hidden"]
        yield ValidatorSpec("slides.unchanged", {"aspects": aspects})

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Click the slide in the slide pane, and move it by the keyboard."""
        yield from _impress.show(screen, params["slide"])
        yield from self._moved(params["to"] - params["slide"])

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Cut it out and paste it behind another one."""
        before = self._order(params)[params["to"] - 2]
        at = before - (before > params["slide"])
        turns = [
            *_impress.show(screen, params["slide"]),
            _impress.keys("ctrl+x"),
            (Click(_impress.thumb(screen, at)),),
            _impress.keys("ctrl+v"),
        ]
        return {"cut and paste": self.ended(turns)}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: copied instead, one place short, moved to the end or start, not saved."""
        number, way = params["slide"], params["to"] - params["slide"]
        copied = [*_impress.show(screen, number), _impress.keys("ctrl+c")]
        last = (Click(_impress.thumb(screen, params["to"])),)
        short = [*_impress.show(screen, number), *self._moved(way + (1 if way > 0 else -1))]
        if params["to"] in (2, len(_family.titles(params))):
            short = [*_impress.show(screen, number), *self._moved(way - (1 if way > 0 else -1))]
        done = self.work(params, screen)

        def lost(deck: Any) -> None:
            listed = deck.slides._sldIdLst
            listed.remove(listed[len(listed) - 1])

        return {
            "copied": NearMiss("there are", self.ended([*copied, last, _impress.keys("ctrl+v")])),
            "another place": NearMiss("expected the initial", self.ended(short)),
            "not saved": NearMiss("expected the initial", self.ended(done, False)),
            "a slide lost": NearMiss("there are", _family.said(lost)),
            "a bullet changed": NearMiss("Spoilt", _family.line_changed(2, "Spoilt")),
        }

    def held_out(self, params: Params) -> bool:
        """Moves by three and more to the front are for testing."""
        return bool(params["slide"] - params["to"] >= 3)

    @staticmethod
    def _order(params: Params) -> list[int]:
        """Return the slides' first numbers in their new order."""
        order = [n for n in range(1, 2 + len(params["deck"]["slides"])) if n != params["slide"]]
        order.insert(params["to"] - 1, params["slide"])
        return order

    @staticmethod
    def _moved(way: int) -> Iterator[Turn]:
        """Move the selected slide by some places; back if negative."""
        key = Key(("alt", "shift", "Page_Down" if way > 0 else "Page_Up"))
        for _ in range(abs(way)):
            yield (key,)
