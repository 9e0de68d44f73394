"""What the families of this pack share: one deck, wordings, the file's name."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

import numpy as np

from cuagym.actions import Turn
from cuagym.task import Change, Params, Screen, TaskFamily, ValidatorSpec

from . import _deck, _impress, _texts

FILE = "deck.pptx"


class DeckFamily(TaskFamily):
    """A deck of a cover and some slides with bullets, of which something is to be changed.

    Parameters: `wording` (index), `deck` (see `_texts.deck`), and those of `drawn`.

    Attributes:
        wordings: The instruction, in several ways; what is in braces is told by `words`.
        kind: Of the deck's contents; "" for any.
        slides: The fewest and the most slides besides the cover.
    """

    app = "powerpoint"
    save = True
    wordings: ClassVar[tuple[str, ...]]
    kind: ClassVar[str] = ""
    slides: ClassVar[tuple[int, int]] = (3, 5)

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a wording, the deck's contents, and what is to be done with it."""
        fewest, most = self.slides
        wording = int(rng.integers(len(self.wordings)))
        deck = _texts.deck(rng, int(rng.integers(fewest, most + 1)), self.kind)
        return {"wording": wording, "deck": deck, **self.drawn(rng, deck)}

    @abstractmethod
    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw the family's own parameters."""

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the deck."""
        return {FILE: _deck.deck_bytes(self.deck(params))}

    def deck(self, params: Params) -> Any:
        """Return the deck as it is given: a cover, and slides with bullets."""
        about = params["deck"]
        deck = _deck.new(about["look"])
        _deck.cover(deck, about["title"], about["subtitle"])
        for slide in about["slides"]:
            _deck.bullets(deck, slide["title"], slide["lines"], slide.get("notes", ""))
        return deck

    def instruction(self, params: Params) -> str:
        """Return one of the wordings; all of them say everything that is asked."""
        return self.wordings[params["wording"]].format(**self.words(params))

    @abstractmethod
    def words(self, params: Params) -> dict[str, Any]:
        """Return what the wordings have in braces."""

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Do the work, save and end."""
        return self.ended(self.work(params, screen))

    @abstractmethod
    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Yield the oracle's turns, up to saving."""

    def ended(self, turns: Iterable[Turn], saved: bool = True) -> Iterator[Turn]:
        """Yield turns, then those that save, where it is asked for, and end."""
        yield from turns
        if saved and self.save:
            yield from _impress.save()
        yield _impress.END


def titles(params: Params) -> list[str]:
    """Return the titles of all slides, the cover's first."""
    return [params["deck"]["title"], *(slide["title"] for slide in params["deck"]["slides"])]


def said(change: Callable[[Any], object]) -> Change:
    """Return what changes the deck that the oracle left with python-pptx."""
    return _deck.edited(FILE, change)


def retitled(number: int, text: str) -> Change:
    """Return what gives one slide of the deck that the oracle left another title."""

    def change(deck: Any) -> None:
        deck.slides[number - 1].shapes.title.text = text

    return said(change)


def line_changed(number: int, text: str, line: int = 0) -> Change:
    """Return what changes a line of a slide's bullets in the deck that the oracle left."""

    def change(deck: Any) -> None:
        frame = body(deck.slides[number - 1]).text_frame
        frame.paragraphs[line].runs[0].text = text

    return said(change)


def body(slide: Any) -> Any:
    """Return the placeholder of a slide's bullets: the first one besides its title."""
    return next(
        shape
        for shape in slide.placeholders
        if shape.shape_id != slide.shapes.title.shape_id and shape.has_text_frame
    )


def like_others(params: Params, numbers: Iterable[str | int]) -> Iterator[ValidatorSpec]:
    """Yield what says that slides look as those with bullets do.

    LibreOffice does not give new slides of a pptx file the titles of their master.
    """
    _, color = _deck.LOOKS[params["deck"]["look"]]
    title = {"size": _deck.TITLE_SIZE, "color": f"#{color}", "align": "center"}
    places: dict[str, Any] = {f"{number}!title": title for number in numbers}
    places |= {f"{number}!body": {"size": list(_deck.SIZES)} for number in numbers}
    yield ValidatorSpec("slides.formatting", {"places": places}, weight=2.0)


def title_kept(number: int, title: str) -> ValidatorSpec:
    """Return what says that the title of a slide lies where all of them do."""
    left, top, width, height = _deck.TITLE_PLACE
    place = {"left": left, "top": top, "width": width, "height": height}
    return ValidatorSpec("slides.shapes", {"wanted": [{"slide": number, "text": title, **place}]})
