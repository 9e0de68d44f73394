"""Align three boxes of a slide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Click, Drag, Key, KeyDown, KeyUp, Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _deck, _family, _impress, _texts

TITLES = ("How we work", "Three steps", "From idea to result", "Our way")
STEPS = (
    *(("Plan", "Build", "Ship"), ("Ask", "Listen", "Answer"), ("Collect", "Sort", "Report")),
    *(("Measure", "Compare", "Decide"), ("Draft", "Review", "Publish")),
)
COLOURS = ("4472C4", "70AD47", "C55A11")
WIDTH, BOX = 7.0, 3.0
LEFTS = (2.5, 13.0, 23.5)
# The items of the submenu Align Objects, in their order.
EDGES = ("left", "center", "right", "top", "middle", "bottom")
ROWS = {"top": "top edges", "bottom": "bottom edges", "middle": "middles"}


class AlignShapes(_family.DeckFamily):
    """A deck whose last slide has three boxes at different heights.

    Parameters: those of every deck, `title` (of that slide), `steps` (the boxes' texts), `tops` (in
    centimetres) and `edge` (one of `ROWS`).
    """

    id = "powerpoint/align-shapes"
    capabilities = ("align-objects", "multi-select", "save")
    difficulty = "medium"
    horizon = 20
    slides = (2, 4)
    wordings = (
        "The three boxes on the slide '{title}' are at different heights. Align them so that their"
        " {edges} are on one line; do not move them sideways or resize them. Save the"
        " presentation.",
        "On the last slide, bring the {edges} of '{first}', '{second}' and '{third}' to the same"
        " height. Distances from left to right must stay. Save the file.",
        "Please line up the boxes of '{title}' by their {edges} (only up and down, without any"
        " other change), and save.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw the boxes, and which edges are to be aligned."""
        return {
            "title": _texts.one(rng, TITLES),
            "steps": list(STEPS[int(rng.integers(len(STEPS)))]),
            "tops": [float(t) / 2 for t in rng.choice(np.arange(10, 22), 3, replace=False)],
            "edge": str(rng.choice(list(ROWS), p=(0.4, 0.4, 0.2))),
        }

    def deck(self, params: Params) -> Any:
        """Return the deck with the boxes on one more slide."""
        deck = super().deck(params)
        slide = _deck.titled(deck, params["title"])
        for text, left, top, color in zip(
            params["steps"], LEFTS, params["tops"], COLOURS, strict=True
        ):
            _deck.box(slide, text, (left, top, WIDTH, BOX), color)
        return deck

    def words(self, params: Params) -> dict[str, Any]:
        """The slide's title, the boxes, and what is to be aligned."""
        first, second, third = params["steps"]
        boxes = {"first": first, "second": second, "third": third}
        return {"title": params["title"], "edges": ROWS[params["edge"]], **boxes}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The boxes lie in one line, and have kept their places from the left and their sizes."""
        last = self._last(params)
        names = [f"'{text}'" for text in params["steps"]]
        lined = {"slide": last, "shapes": names, "align": params["edge"]}
        kept = [
            {"slide": last, "text": text, "left": left, "width": WIDTH, "height": BOX, "count": 1}
            for text, left in zip(params["steps"], LEFTS, strict=True)
        ]
        titles = [*_family.titles(params), params["title"]]
        yield ValidatorSpec("slides.arranged", lined, weight=3.0)
        yield ValidatorSpec("slides.shapes", {"wanted": kept})
        yield ValidatorSpec("slides.deck", {"titles": titles})
        yield ValidatorSpec("slides.unchanged", {"outside": [last]})
        yield ValidatorSpec("slides.unchanged", {"aspects": ["text", "formatting"]})

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Click one box after the other with the shift key, and use the menu Format."""
        yield from _impress.show(screen, self._last(params))
        yield from self._clicked(params, screen, 3)
        yield from self._aligned(params["edge"])

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """A frame is drawn around all three."""
        around = (Drag(_impress.spot(screen, 32, 17.5), _impress.spot(screen, 1.2, 4.4)),)
        turns = [*_impress.show(screen, self._last(params)), around]
        return {"framed": self.ended([*turns, *self._aligned(params["edge"])])}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: two boxes only, another edge, aligned sideways, a box resized."""
        last, edge = self._last(params), params["edge"]
        show = [*_impress.show(screen, last)]
        every = [*show, *self._clicked(params, screen, 3)]

        def larger(deck: Any) -> None:
            boxes = [s for s in deck.slides[last - 1].shapes if not s.is_placeholder]
            boxes[0].width = boxes[0].width * 2

        def shifted(deck: Any) -> None:
            boxes = [s for s in deck.slides[last - 1].shapes if not s.is_placeholder]
            boxes[0].top = boxes[0].top + 360_000

        two = [*show, *self._clicked(params, screen, 2), *self._aligned(edge)]
        return {
            "two boxes": NearMiss("aligned", self.ended(two)),
            "sideways": NearMiss("aligned", self.ended([*every, *self._aligned("left")])),
            "not saved": NearMiss("aligned", self.ended(self.work(params, screen), False)),
            "a box resized": NearMiss("width", _family.said(larger)),
            "a box moved": NearMiss("aligned", _family.said(shifted)),
        }

    def held_out(self, params: Params) -> bool:
        """Middles are for testing."""
        return bool(params["edge"] == "middle")

    @staticmethod
    def _last(params: Params) -> int:
        return 2 + len(params["deck"]["slides"])

    @staticmethod
    def _clicked(params: Params, screen: Screen, count: int) -> Iterator[Turn]:
        """Select the first boxes: a click at a corner, where no text is."""
        places = [(left + 0.5, top + 0.5) for left, top in zip(LEFTS, params["tops"], strict=True)]
        clicks = [Click(_impress.spot(screen, *place)) for place in places[:count]]
        yield (clicks[0],)
        yield (KeyDown(("shift",)), *clicks[1:], KeyUp(("shift",)))

    @staticmethod
    def _aligned(edge: str) -> Iterator[Turn]:
        """Align what is selected."""
        yield _impress.keys("alt+o n")
        yield (*(Key(("Down",)),) * EDGES.index(edge), Key(("Return",)))
