"""Something that cannot be done, for a reason that a look at the deck shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Key, Terminate, Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _family, _impress

DONE, GIVEN_UP = Terminate(), Terminate(status="failure")
# What is lacking: a slide, a file beside the deck, a table, a chart, notes.
MISSING = {
    "slide": ("Appendix", "Glossary", "Competitors", "Staffing", "Feedback"),
    "file": ("photo.jpg", "team.png", "map.png", "chart.svg", "floorplan.png"),
    "table": ("Total", "Average", "Margin", "Headcount", "Return rate"),
    "chart": ("Sales by region", "Growth", "Rainfall", "Spending", "Participants"),
}
WORDINGS = {
    "slide": (
        "Delete the slide '{missing}' and keep all others.",
        "Move the slide '{missing}' to the end of the deck.",
        "Make the title of the slide '{missing}' bold.",
    ),
    "file": (
        "Insert the picture '{missing}', which is in the folder of this presentation, on slide 2.",
        "Put the image file '{missing}' from the folder of the deck on the last slide.",
        "Use '{missing}', stored beside this deck, as the background picture of slide 2.",
    ),
    "table": (
        "In the table of this deck, set the cell to the right of '{missing}' to 100.",
        "Delete the row '{missing}' of the table on slide 2.",
        "Make the row '{missing}' of the table in this deck bold.",
    ),
    "chart": (
        "Change the title of the chart '{missing}' in this deck to 'Overview'.",
        "Turn the bar chart '{missing}' of this deck into a pie chart.",
        "Delete the legend of the chart '{missing}'.",
    ),
}


class Infeasible(_family.DeckFamily):
    """A deck of bullets; what is asked is about something that is not there.

    Parameters: those of every deck, `about` (one of `MISSING`) and `missing` (its name).
    """

    id = "powerpoint/infeasible"
    capabilities = ("infeasible", "slide-pane")
    difficulty = "medium"
    horizon = 25
    split = "test"
    save = False
    feasible = False
    wordings = ("0", "1", "2")

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw what is lacking."""
        about = str(rng.choice(list(MISSING)))
        return {"about": about, "missing": str(rng.choice(MISSING[about]))}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings; none of them says that it cannot be done."""
        return WORDINGS[params["about"]][params["wording"]].format(missing=params["missing"])

    def words(self, params: Params) -> dict[str, Any]:
        """What is lacking."""
        return {"missing": params["missing"]}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Nothing changed; that failure was declared is judged by itself."""
        yield ValidatorSpec("slides.unchanged")
        yield ValidatorSpec("slides.unchanged", {"aspects": ["backgrounds", "pictures", "tables"]})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Look at every slide, and give up."""
        yield from self.work(params, screen)
        yield (GIVEN_UP,)

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Look at every slide."""
        for number in range(2, 2 + len(params["deck"]["slides"])):
            yield from _impress.show(screen, number)
        yield from _impress.show(screen, 1)

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Do something wrong, see it, and undo it."""
        tried = [*_impress.rewrite(1, params["missing"]), *[_impress.keys("ctrl+z")] * 2]
        return {"tried and undone": [*tried, *self.work(params, screen), (GIVEN_UP,)]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: something else done or nothing, and called a success; damage done."""
        look = [*self.work(params, screen)]
        instead = [*_impress.show(screen, 2), (Key(("Delete",)),)]
        return {
            "another slide deleted": NearMiss("terminated with success", [*instead, (DONE,)]),
            "looked and claimed": NearMiss("terminated with success", [*look, (DONE,)]),
            "damaged before giving up": NearMiss("is gone", [*instead, (GIVEN_UP,)]),
            "invented": NearMiss("text", _family.retitled(2, params["missing"])),
            "a bullet changed": NearMiss("Spoilt", _family.line_changed(2, "Spoilt")),
        }
