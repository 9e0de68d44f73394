"""Where clicks on texts and shapes lead."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from cuagym.artefacts import Artefacts, recalculates
from cuagym.errors import TaskError
from cuagym.validators._checks import by_key, checked
from cuagym.validators.slides import _places, _read
from cuagym.validators.slides._aspects import ASPECTS
from cuagym.validators.slides._deck import Deck, Shape, Slide, folded
from cuagym.validators.slides._part import Part
from cuagym.verdict import Check

__all__ = ["links"]

_SLIDE: Final = re.compile(r"slide \d+")


@recalculates()
def links(
    artefacts: Artefacts, places: Annotated[Mapping[str, Any], by_key(_known)]
) -> list[Check]:
    """Check where texts and shapes lead, one check for each place.

    Args:
        artefacts: What the agent left.
        places: By place ("2", "3!rectangle 1", "2!body"), an address ("https://example.org";
            "example.org/" will do), "slide 3", "next slide", "first slide" ..., or "" where nothing
            may lead anywhere; or a table by texts that are links, of where each leads.

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong.
    """
    deck = _read.left(artefacts)
    return [
        checked(f"links of {place}", _wrong, deck, place, _known(place, wanted))
        for place, wanted in places.items()
    ]


def _known(place: str, given: Any) -> dict[str, str]:
    """Return where texts must lead; "" stands for any text or shape."""
    _places.refuse(place)
    found = dict(given) if isinstance(given, Mapping) else {"": given}
    if not found or not all(isinstance(target, str) for target in found.values()):
        raise TaskError(f"{place}: an address, 'slide 3', or a table of these, not {given!r}")
    return found


def _wrong(deck: Deck, place: str, wanted: Mapping[str, str]) -> str:
    said = []
    for slide, shapes in _places.place(deck, place):
        found = [link for shape in shapes for link in _links(shape)]
        there = ", ".join(f"{text!r} to {target}" for text, target in found) or "none"
        for text, target in wanted.items():
            meant = [t for name, t in found if not text or folded(text) in name]
            if not target:
                right = not meant
            else:
                right = any(_plain(t) == _plain(target) for t in meant)
            if not right:
                expected = f"{f'{text!r} to ' if text else ''}{target or 'none'}"
                said.append(f"{slide.said} has the links {there}, expected {expected}")
    return "; ".join(said[:3])


def _links(shape: Shape) -> Iterator[tuple[str, str]]:
    """Yield what is a link on a shape, and where it leads."""
    if shape.link:
        yield folded(shape.text) or shape.said, shape.link
    for paragraph in shape.all_paragraphs():
        for run in paragraph.runs:
            if run.link:
                yield folded(run.text), run.link


def _plain(target: str) -> str:
    """Return an address without what browsers add: its scheme, a slash at its end."""
    if _SLIDE.fullmatch(target.lower()):
        return target.lower()
    return re.sub(r"^(https?|mailto):(//)?", "", target.strip().lower()).rstrip("/")


@ASPECTS.offer("links")
def _links_aspect(was: Deck, now: Deck, part: Part) -> Iterator[str]:
    """Where texts and shapes lead."""
    for old, new in part.pairs(was, now):
        before, after = (Counter(_all(s)) for s in (old, new))
        for text, target in before - after:
            yield f"{old.said}: {text!r} led to {target}"
        for text, target in after - before:
            yield f"{old.said}: {text!r} leads to {target} now"


def _all(slide: Slide) -> Iterator[tuple[str, str]]:
    for shape in slide.all_shapes:
        for text, target in _links(shape):
            # Numbers of slides follow from their order.
            yield text, "a slide" if _SLIDE.fullmatch(target) else _plain(target)
