"""Write what a speaker is to say below a slide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Turn, Type
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _family, _impress, _texts

NOTES = (
    "Ask whether there are questions so far.",
    "Tell the story of our first customer in {city}.",
    "Pause here, and let {person} add a word.",
    "Do not read the bullets aloud.",
    "Mention that {person} checked these figures.",
    "Two minutes at most, then go on.",
    "Hand out the sheets before this slide.",
)


class SpeakerNotes(_family.DeckFamily):
    """A deck, one slide of which is to get speaker's notes; another one has some already.

    Parameters: those of every deck (`notes` on one slide), `slide` (its number), `notes`.
    """

    id = "powerpoint/speaker-notes"
    capabilities = ("notes", "notes-view", "save")
    difficulty = "medium"
    horizon = 20
    wordings = (
        "Add speaker's notes to slide {number} ('{title}'): {notes} Save the presentation.",
        "Put this into the notes of the slide '{title}', word for word, and save the file: {notes}",
        "The speaker needs a reminder in the notes below slide {number}. It reads: {notes} Leave"
        " the slide itself as it is, and save.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw two slides, and their notes."""
        slide, other = (rng.choice(len(deck["slides"]), size=2, replace=False) + 2).tolist()
        words = {
            "city": _texts.one(rng, _texts.CITIES),
            "person": _texts.one(rng, _texts.PEOPLE),
        }
        notes, there = (text.format(**words) for text in _texts.pick(rng, NOTES, 2))
        deck["slides"][other - 2]["notes"] = there
        return {"slide": slide, "notes": notes}

    def words(self, params: Params) -> dict[str, Any]:
        """The slide's number and title, and the notes."""
        number = params["slide"]
        title = _family.titles(params)[number - 1]
        return {"number": number, "title": title, "notes": params["notes"]}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The slide's notes; those of the others, and all slides, are as they were."""
        number = str(params["slide"])
        yield ValidatorSpec("slides.notes", {"slides": {number: params["notes"]}}, weight=3.0)
        yield ValidatorSpec("slides.unchanged", {"outside": number, "aspects": ["notes"]})
        aspects = ["slides", "text", "formatting", "shapes", "hidden"]
        yield ValidatorSpec("slides.unchanged", {"aspects": aspects})

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Show the slide, go to the view of notes, and type into its lower part."""
        yield from _impress.show(screen, params["slide"])
        yield from self._written(params["notes"])

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """By the keyboard alone, and back to the slides."""
        ahead = [*_impress.forward(params["slide"] - 1), *self._written(params["notes"])]
        return {"keyboard": self.ended([*ahead, *_impress.menu("View", "Normal")])}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: on another slide, on the slide itself, not saved, other words."""
        number, notes = params["slide"], params["notes"]
        other = number - 1 if number > 2 else number + 1
        wrong = [*_impress.show(screen, other), *self._written(notes)]
        done = self.work(params, screen)

        def lost(deck: Any) -> None:
            deck.slides[number - 1].notes_slide.notes_text_frame.text = notes.split()[0]

        def moved(deck: Any) -> None:
            _family.body(deck.slides[number - 1]).text_frame.add_paragraph().text = notes

        return {
            "another slide": NearMiss(f"slide {number}", self.ended(wrong)),
            "not saved": NearMiss(f"slide {number}", self.ended(done, False)),
            "one word": NearMiss(f"slide {number}", _family.said(lost)),
            "on the slide too": NearMiss("text", _family.said(moved)),
        }

    def held_out(self, params: Params) -> bool:
        """One of the reminders is for testing."""
        return str(params["notes"]).startswith("Two minutes")

    @staticmethod
    def _written(notes: str) -> Iterator[Turn]:
        """Type into the notes of the slide that is shown: the second shape there."""
        yield from _impress.menu("View", "Notes")
        yield from _impress.select(2)
        yield *_impress.keys("F2 ctrl+a"), Type(notes)
        yield _impress.keys("Escape Escape")
