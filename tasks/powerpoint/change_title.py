"""Give a slide a better title."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _family, _impress

NEW = (
    *("Where we stand", "What you should know", "At a glance", "The essentials", "In detail"),
    *("Facts and figures", "Things to remember", "Looking ahead"),
)


class ChangeTitle(_family.DeckFamily):
    """A deck, one slide of which is to get another title.

    Parameters: those of every deck, `slide` (its number) and `new` (the title).
    """

    id = "powerpoint/change-title"
    capabilities = ("title", "text-edit", "save")
    difficulty = "easy"
    horizon = 20
    wordings = (
        "Change the title of slide {number} from '{old}' to '{new}' and save the presentation.",
        "The slide '{old}' should be called '{new}' instead. Leave its bullets as they are, and"
        " save the file.",
        "Please retitle slide {number}: write '{new}' in place of '{old}', change nothing else,"
        " and save.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw the slide and its new title."""
        slide = int(rng.integers(2, 2 + len(deck["slides"])))
        return {"slide": slide, "new": str(rng.choice(NEW))}

    def words(self, params: Params) -> dict[str, Any]:
        """The slide's number, its title and the new one."""
        old = _family.titles(params)[params["slide"] - 1]
        return {"number": params["slide"], "old": old, "new": params["new"]}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """All titles; the slide's bullets, and the other slides, are as they were."""
        titles, number = _family.titles(params), params["slide"]
        titles[number - 1] = params["new"]
        lines = params["deck"]["slides"][number - 2]["lines"]
        yield ValidatorSpec("slides.deck", {"titles": titles}, weight=3.0)
        yield ValidatorSpec("slides.text", {"places": {f"{number}!body": lines}})
        yield ValidatorSpec("slides.unchanged", {"outside": [number]})
        yield ValidatorSpec("slides.unchanged", {"aspects": ["formatting", "shapes", "notes"]})

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Click the slide in the slide pane, double-click its title and type."""
        yield from _impress.show(screen, params["slide"])
        yield from _impress.retitle(screen, params["new"])

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """By the keyboard alone."""
        ahead = _impress.forward(params["slide"] - 1)
        return {"keyboard": self.ended([*ahead, *_impress.rewrite(1, params["new"])])}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: another slide, other letters, not saved, a bullet lost."""
        number, new = params["slide"], params["new"]
        other = number - 1 if number > 2 else number + 1
        wrong = [*_impress.show(screen, other), *_impress.retitle(screen, new)]
        return {
            "another slide": NearMiss(f"slide {min(number, other)}", self.ended(wrong)),
            "not saved": NearMiss(
                f"expected {new!r}", self.ended(self.work(params, screen), False)
            ),
            "other letters": NearMiss("has the title", _family.retitled(number, new.upper())),
            "a bullet changed": NearMiss("!body", _family.line_changed(number, "Spoilt")),
            "another title changed": NearMiss("has the title", _family.retitled(1, "Spoilt")),
        }

    def held_out(self, params: Params) -> bool:
        """One of the titles is for testing."""
        return bool(params["new"] == "Looking ahead")
