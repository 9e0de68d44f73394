"""Let a deck run by itself: a transition for all slides, and a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _family, _impress, _objects

KINDS = ("wipe", "wheel", "uncover", "checkers")


class Transitions(_family.DeckFamily):
    """A deck without transitions that is to run in a shop window.

    Parameters: those of every deck, `kind` (of transition) and `seconds`.
    """

    id = "powerpoint/transitions"
    capabilities = ("slide-transition", "timing", "sidebar", "save")
    difficulty = "medium"
    horizon = 20
    split = "test"
    wordings = (
        "Give all slides the transition '{kind}' and let each go on by itself after {seconds}"
        " seconds. Save the presentation.",
        "This deck shall run in a shop window: every slide comes with the transition '{kind}' and"
        " changes automatically after {seconds} seconds. Set this for all slides and save.",
        "Set up the slide transitions of the whole deck: effect {kind}, advance after {seconds} s."
        " Then save the file.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw the kind and the time."""
        return {"kind": str(rng.choice(KINDS)), "seconds": int(rng.integers(3, 21))}

    def words(self, params: Params) -> dict[str, Any]:
        """The kind and the time."""
        return {"kind": params["kind"].capitalize(), "seconds": params["seconds"]}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """All slides' transitions; what they show is as it was."""
        wanted = {"*": {"kind": params["kind"], "after": params["seconds"]}}
        yield ValidatorSpec("slides.transitions", {"slides": wanted}, weight=3.0)
        yield ValidatorSpec("slides.unchanged", {})

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Set it for the first slide in the sidebar, and apply it to all."""
        yield from _objects.transition(screen, params["kind"], params["seconds"])

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """All slides are selected in the slide pane first."""
        every = [*_impress.show(screen, 1), _impress.keys("ctrl+a")]
        work = _objects.transition(screen, params["kind"], params["seconds"], every=False)
        return {"all selected": self.ended([*every, *work])}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: one slide only, another time, another kind, not saved."""
        kind, seconds = params["kind"], params["seconds"]
        unlike = KINDS[(KINDS.index(kind) + 1) % len(KINDS)]

        def untimed(deck: Any) -> None:
            for element in list(deck.slides[1]._element.iter("{*}transition")):
                del element.attrib["advTm"]

        return {
            "one slide": NearMiss(
                "slide 2", self.ended(_objects.transition(screen, kind, seconds, every=False))
            ),
            "another time": NearMiss(
                "slide 1", self.ended(_objects.transition(screen, kind, seconds + 1))
            ),
            "another kind": NearMiss(
                "slide 1", self.ended(_objects.transition(screen, unlike, seconds))
            ),
            "not saved": NearMiss("slide 1", self.ended(self.work(params, screen), False)),
            "one waits": NearMiss("slide 2", _family.said(untimed)),
            "a title changed": NearMiss("text", _family.retitled(2, "Spoilt")),
        }
