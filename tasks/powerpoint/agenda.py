"""Give a deck an agenda and a last slide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _family, _impress, _texts

AGENDAS = ("Agenda", "Overview", "What we will cover", "Contents")
CLOSINGS = ("Thank you", "Any questions?", "Let us talk", "Until next time")


class Agenda(_family.DeckFamily):
    """A deck of bullets without an agenda, and without an end.

    Parameters: those of every deck, `agenda` and `closing` (titles), `lines` (of the last slide).
    """

    id = "powerpoint/agenda"
    capabilities = ("new-slide", "duplicate-slide", "slide-order", "title", "bullets", "save")
    difficulty = "hard"
    horizon = 50
    slides = (3, 4)
    wordings = (
        "Add two slides to this deck. Right after the title slide: '{agenda}', whose bullets are"
        " the titles of all the slides that follow it up to now, in their order. At the very end:"
        " '{closing}', with the bullets {lines}. Both must look like the other slides with bullets."
        " Save the presentation.",
        "This deck needs an agenda and an end. Slide 2 shall have the title '{agenda}' and list the"
        " titles of the slides after it as bullets (not that of the new last slide); the last slide"
        " is new, too: '{closing}', and as bullets {lines}. Give both the look of the slides in"
        " between, leave all others, and save.",
        "Insert a slide '{agenda}' behind the title slide; its bullets repeat the titles of the old"
        " slides 2 to {count}, one each. Then append a slide '{closing}' with these bullets:"
        " {lines}. Fonts, sizes and colours are those of the other slides. Change nothing else and"
        " save the file.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw the titles, and what the last slide says."""
        person, city = _texts.one(rng, _texts.PEOPLE), _texts.one(rng, _texts.CITIES)
        lines = [f"Ask {person}", f"Meet us in {city}"]
        titles = {"agenda": _texts.one(rng, AGENDAS), "closing": _texts.one(rng, CLOSINGS)}
        return {**titles, "lines": lines}

    def words(self, params: Params) -> dict[str, Any]:
        """The titles, and the last slide's bullets."""
        first, second = params["lines"]
        told = {"agenda": params["agenda"], "closing": params["closing"]}
        count = len(_family.titles(params))
        return {**told, "lines": f"'{first}' and '{second}'", "count": count}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """All titles in their order, the bullets of both; the other slides are as they were."""
        cover, *others = _family.titles(params)
        titles = [cover, params["agenda"], *others, params["closing"]]
        bodies = {
            "2!body": {"equals": others, "bullets": True},
            "last!body": {"equals": params["lines"], "bullets": True},
        }
        order: list[int | str] = [1, params["agenda"], *range(2, 2 + len(others))]
        order.append(params["closing"])
        yield ValidatorSpec("slides.deck", {"titles": titles}, weight=2.0)
        yield ValidatorSpec("slides.order", {"slides": order})
        yield ValidatorSpec("slides.text", {"places": bodies}, weight=3.0)
        yield from _family.like_others(params, [2, "last"])
        yield ValidatorSpec("slides.unchanged", {"outside": "new"})

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Copy a slide to the end and write over it; copy it again, and write over the first."""
        _, *others = _family.titles(params)
        yield from _impress.show(screen, 2)
        yield from _impress.menu("Slide", "Duplicate Slide")
        yield _impress.keys("alt+shift+End")
        yield from _impress.to_slide(screen)
        yield from self._written(params["closing"], params["lines"])
        yield from self._before(params["agenda"], others, screen)

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Copy a slide and paste it twice."""
        _, *others = _family.titles(params)
        turns = [
            *_impress.show(screen, 2),
            _impress.keys("ctrl+c"),
            *_impress.show(screen, 1),
            _impress.keys("ctrl+v"),
            *_impress.to_slide(screen),
            *self._written(params["agenda"], others),
            *_impress.show(screen, 1),
            _impress.keys("End ctrl+v"),
            *_impress.to_slide(screen),
            *self._written(params["closing"], params["lines"]),
        ]
        return {"pasted": self.ended(turns)}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: no last slide, a title missing, at the end, not saved."""
        _, *others = _family.titles(params)
        agenda = [*self._before(params["agenda"], others, screen)]
        work = [*self.work(params, screen)]
        short = [*work[: -len(agenda)], *self._before(params["agenda"], others[:-1], screen)]
        new = [
            *agenda,
            *_impress.show(screen, 2 + len(others)),
            *_impress.to_slide(screen),
            _impress.keys("ctrl+m"),
            *_impress.menu("Slide", "Layout", "Title, Content"),
            *self._written(params["closing"], params["lines"]),
        ]
        number = 3 + len(others)
        return {
            "no last slide": NearMiss("there are", self.ended(agenda)),
            "a title missing": NearMiss("2!body", self.ended(short)),
            "another look": NearMiss("points", self.ended(new)),
            "not saved": NearMiss("there are", self.ended(work, False)),
            "another title": NearMiss("has the title", _family.retitled(number, "Spoilt")),
            "another bullet": NearMiss("last!body", _family.line_changed(number, "Spoilt", 1)),
            "a slide changed": NearMiss("Spoilt", _family.line_changed(3, "Spoilt")),
        }

    def held_out(self, params: Params) -> bool:
        """One of the titles is for testing."""
        return bool(params["agenda"] == "Contents")

    @classmethod
    def _before(cls, title: str, lines: list[str], screen: Screen) -> Iterator[Turn]:
        """Copy the second slide and write over the first of both."""
        yield from _impress.show(screen, 2)
        yield from _impress.menu("Slide", "Duplicate Slide")
        yield from _impress.show(screen, 2)
        yield from _impress.to_slide(screen)
        yield from cls._written(title, lines)

    @staticmethod
    def _written(title: str, lines: list[str]) -> Iterator[Turn]:
        """Write over the title and the bullets of the slide that is shown."""
        yield from _impress.rewrite(1, title)
        yield from _impress.write_lines(2, lines)
