"""Draw a shape with a text where a slide is empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Click, Key, Turn, Type
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _deck, _family, _impress, _objects

TEXTS = ("New!", "Save the date", "Ask us", "20 % off", "Only today", "Well done", "Important")
KINDS = ("rectangle", "ellipse")
# By corner of the slide, from where to where the oracle draws, in centimetres.
CORNERS = {
    "lower left": ((3.0, 13.0), (10.0, 16.5)),
    "lower right": ((22.0, 13.0), (29.0, 16.5)),
}


class InsertShape(_family.DeckFamily):
    """A deck, one slide of which is to get a shape with a text.

    Parameters: those of every deck, `slide` (its number), `kind`, `corner` and `text`.
    """

    id = "powerpoint/insert-shape"
    capabilities = ("insert-shape", "shape-text", "toolbar", "save")
    difficulty = "medium"
    horizon = 20
    slides = (3, 5)
    wordings = (
        "Draw one {kind} with the text '{text}' in the {corner} quarter of slide {number}. Save"
        " the presentation.",
        "The slide '{title}' should have an eye-catcher: a single {kind} that says '{text}', in its"
        " {corner} quarter. Leave the rest of the slide and save the file.",
        "Add a {kind} to slide {number} ('{title}') and write '{text}' into it. It belongs into the"
        " {corner} quarter of the slide. Then save.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw the slide, the shape and its text."""
        return {
            "slide": int(rng.integers(2, 2 + len(deck["slides"]))),
            "kind": str(rng.choice(KINDS)),
            "corner": str(rng.choice(list(CORNERS))),
            "text": str(rng.choice(TEXTS)),
        }

    def words(self, params: Params) -> dict[str, Any]:
        """The slide's number and title, and the shape."""
        number = params["slide"]
        told = {key: params[key] for key in ("kind", "corner", "text")}
        return {"number": number, "title": _family.titles(params)[number - 1], **told}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The shape with its text in its quarter; the slide says what it said besides."""
        number, middle = params["slide"], _deck.WIDTH / 2
        left = "left" in params["corner"]
        place = {"right": {"at_most": middle}} if left else {"left": {"at_least": middle}}
        low = {"top": {"at_least": _deck.HEIGHT / 2}, "bottom": {"at_most": _deck.HEIGHT}}
        shape = {"slide": number, "kind": params["kind"], "text": params["text"], "count": 1}
        about = params["deck"]["slides"][number - 2]
        kept = {f"{number}!title": about["title"], f"{number}!body": about["lines"]}
        alone = {"slide": number, "kind": params["kind"], "count": 1}
        yield ValidatorSpec(
            "slides.shapes", {"wanted": [{**shape, **place, **low}, alone]}, weight=3.0
        )
        yield ValidatorSpec("slides.text", {"places": kept})
        yield ValidatorSpec("slides.unchanged", {"outside": [number]})
        yield _family.title_kept(number, about["title"])

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Take the tool from the toolbar, draw, and type into the shape."""
        yield from _impress.show(screen, params["slide"])
        yield from self._shape(params, screen, params["kind"])

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The text is typed later, into the shape that was left."""
        start, end = CORNERS[params["corner"]]
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        turns = [
            *_impress.show(screen, params["slide"]),
            *[*self._shape(params, screen, params["kind"])][:2],
            *_impress.to_slide(screen),
            (Click(_impress.spot(screen, *middle)),),
            (Key(("F2",)), Type(params["text"])),
            _impress.keys("Escape Escape"),
        ]
        return {"text later": self.ended(turns)}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: another kind, another quarter, another slide, two of them, not saved."""
        number, kind = params["slide"], params["kind"]
        other = number - 1 if number > 2 else number + 1
        unlike = KINDS[1 - KINDS.index(kind)]
        corner = next(each for each in CORNERS if each != params["corner"])
        show = [*_impress.show(screen, number)]
        moved = {**params, "corner": corner}

        def mute(deck: Any) -> None:
            for shape in deck.slides[number - 1].shapes:
                if not shape.is_placeholder and shape.has_text_frame:
                    shape.text_frame.text = "Spoilt"

        return {
            "another kind": NearMiss(
                kind, self.ended([*show, *self._shape(params, screen, unlike)])
            ),
            "another quarter": NearMiss(
                kind, self.ended([*show, *self._shape(moved, screen, kind)])
            ),
            "another slide": NearMiss(
                kind,
                self.ended([*_impress.show(screen, other), *self._shape(params, screen, kind)]),
            ),
            "not saved": NearMiss(kind, self.ended(self.work(params, screen), False)),
            "another text": NearMiss(kind, _family.said(mute)),
        }

    def held_out(self, params: Params) -> bool:
        """One text is for testing."""
        return bool(params["text"] == "Well done")

    @staticmethod
    def _shape(params: Params, screen: Screen, kind: str) -> Iterator[Turn]:
        return _objects.draw(screen, kind, *CORNERS[params["corner"]], params["text"])
