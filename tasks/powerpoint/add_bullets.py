"""Add bullets of two levels to a slide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Click, Key, Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _family, _impress, _texts

# A line and what stands below it, one level further in.
BLOCKS = (
    ("Open questions", ("Who decides?", "By which date?")),
    ("Contacts", ("{person}", "Office in {city}")),
    ("Dates", ("Workshop in {month}", "Report two weeks later")),
    ("Material", ("Handout of two pages", "Short film")),
    ("Costs", ("Travel to {city}", "Printing")),
    ("Sources", ("Interview with {person}", "Yearbook 2025")),
)


class AddBullets(_family.DeckFamily):
    """A deck, one slide of which is to get three more lines, two of them further in.

    Parameters: those of every deck, `slide` (its number) and `new` (lines, with tabs).
    """

    id = "powerpoint/add-bullets"
    capabilities = ("bullets", "list-levels", "text-edit", "save")
    difficulty = "medium"
    horizon = 25
    wordings = (
        "On slide {number} ('{title}') add the bullet '{first}' at the end of the list, and below"
        " it, one level further in, the bullets '{second}' and '{third}'. Save the presentation.",
        "The list on the slide '{title}' should end with '{first}', followed by two sub-bullets:"
        " '{second}' and '{third}'. Add these three lines and save the file.",
        "Please append to the bullets of slide {number}: '{first}' on the outer level; then"
        " '{second}' and '{third}' as its sub-points, indented by one level. Save afterwards.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw the slide and the lines."""
        first, below = BLOCKS[int(rng.integers(len(BLOCKS)))]
        words = {
            "city": _texts.one(rng, _texts.CITIES),
            "person": _texts.one(rng, _texts.PEOPLE),
            "month": _texts.one(rng, _texts.MONTHS),
        }
        new = [first, *("\t" + text.format(**words) for text in below)]
        return {"slide": int(rng.integers(2, 2 + len(deck["slides"]))), "new": new}

    def words(self, params: Params) -> dict[str, Any]:
        """The slide's number and title, and the lines."""
        number = params["slide"]
        first, second, third = (line.strip() for line in params["new"])
        title = _family.titles(params)[number - 1]
        return {
            "number": number,
            "title": title,
            "first": first,
            "second": second,
            "third": third,
        }

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The slide's lines with their levels; its title and the other slides stay."""
        number, titles = params["slide"], _family.titles(params)
        lines = [*params["deck"]["slides"][number - 2]["lines"], *params["new"]]
        wanted = {f"{number}!body": {"equals": lines, "bullets": True}}
        yield ValidatorSpec("slides.text", {"places": wanted}, weight=3.0)
        yield ValidatorSpec("slides.deck", {"titles": titles})
        yield ValidatorSpec("slides.unchanged", {"outside": [number]})
        yield ValidatorSpec("slides.unchanged", {"aspects": ["shapes", "notes", "layouts"]})

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Show the slide and type at the end of its list."""
        yield from _impress.show(screen, params["slide"])
        yield from _impress.to_slide(screen)
        yield from self._appended(params["new"])

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """With a click into the list, and by the keyboard alone."""
        clicked = (Click(_impress.spot(screen, 8, 5.2), count=2),)
        typed = [*_impress.show(screen, params["slide"]), clicked, *self._typed(params["new"])]
        ahead = [*_impress.forward(params["slide"] - 1), *self._appended(params["new"])]
        return {"mouse": self.ended(typed), "keyboard": self.ended(ahead)}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: all on one level, at the beginning, another slide, not saved."""
        number = params["slide"]
        ahead = [*_impress.forward(number - 1)]
        flat = [line.strip() for line in params["new"]]
        other = number - 1 if number > 2 else number + 1

        def missing(deck: Any) -> None:
            frame = _family.body(deck.slides[number - 1]).text_frame
            frame._txBody.remove(frame.paragraphs[-1]._p)

        return {
            "one level": NearMiss("level", self.ended([*ahead, *self._appended(flat)])),
            "another slide": NearMiss(
                f"{number}!body",
                self.ended([*_impress.forward(other - 1), *self._appended(params["new"])]),
            ),
            "not saved": NearMiss("!body", self.ended(self.work(params, screen), False)),
            "a line missing": NearMiss("!body", _family.said(missing)),
            "a line changed": NearMiss("!body", _family.line_changed(number, "Spoilt")),
        }

    def held_out(self, params: Params) -> bool:
        """One of the blocks is for testing."""
        return bool(params["new"][0] == "Sources")

    def _appended(self, lines: list[str]) -> Iterator[Turn]:
        """Select the list and type at its end."""
        yield from _impress.select(2)
        yield _impress.keys("F2")
        yield from self._typed(lines)

    @staticmethod
    def _typed(lines: list[str]) -> Iterator[Turn]:
        """Type lines at the end of the list that is being edited."""
        yield (*_impress.keys("ctrl+End"), Key(("Return",)), *_impress.outlined(lines))
        yield _impress.keys("Escape Escape")
