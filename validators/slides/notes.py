"""What is said beside slides: the speaker's notes, and comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from cuagym.artefacts import Artefacts, recalculates
from cuagym.errors import TaskError
from cuagym.validators._aspects import compared
from cuagym.validators._checks import by_key, checked
from cuagym.validators.slides import _places, _read, _wanted
from cuagym.validators.slides._aspects import ASPECTS
from cuagym.validators.slides._deck import Deck, folded
from cuagym.validators.slides._part import Part
from cuagym.verdict import Check

__all__ = ["comments", "notes"]

_KEYS: Final = ("equals", "contains", "absent")


@recalculates()
def notes(artefacts: Artefacts, slides: Annotated[Mapping[str, Any], by_key(_said)]) -> list[Check]:
    """Check the speaker's notes of slides, one check for each.

    How white space is spread makes no difference.

    Args:
        artefacts: What the agent left.
        slides: By slide (its number, title, "last" or "*"), the notes, "" for none; or a table of
            `equals`, `contains` and `absent` (texts, one or a list).

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong.
    """
    deck = _read.left(artefacts)
    return [
        checked(f"notes of slide {name}", _notes_wrong, deck, name, _said(name, wanted))
        for name, wanted in slides.items()
    ]


def _said(slide: str, given: Any) -> dict[str, Any]:
    _places.refuse_slide(slide)
    found = dict(given) if isinstance(given, Mapping) else {"equals": given}
    found = _wanted.table(f"slide {slide}", found, _KEYS)
    for key, value in found.items():
        for each in _wanted.listed(value):
            if not isinstance(each, str) or (key != "equals" and not each.strip()):
                raise TaskError(f"slide {slide}: {key} must be a text, not {each!r}")
    return found


def _notes_wrong(deck: Deck, name: str, wanted: Mapping[str, Any]) -> str:
    said = []
    for slide in _places.slides_at(deck, name):
        has = folded(slide.notes)
        if "equals" in wanted and has not in [folded(w) for w in _wanted.listed(wanted["equals"])]:
            said.append(f"{slide.said} has the notes {has!r}, expected {wanted['equals']!r}")
        for part in _wanted.listed(wanted.get("contains", [])):
            if folded(part) not in has:
                said.append(f"there is no {part!r} in the notes of {slide.said}: {has!r}")
        for part in _wanted.listed(wanted.get("absent", [])):
            if folded(part) in has:
                said.append(f"{part!r} should not be in the notes of {slide.said}")
    return "; ".join(said)


@recalculates()
def comments(
    artefacts: Artefacts, slides: Annotated[Mapping[str, Any], by_key(_texts)]
) -> list[Check]:
    """Check the comments on slides, one check for each slide; their order makes no difference.

    Args:
        artefacts: What the agent left.
        slides: By slide (its number, title, "last" or "*"), what the comments on it say, one or a
            list; [] for none.

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong.
    """
    deck = _read.left(artefacts)
    return [
        checked(f"comments on slide {name}", _comments_wrong, deck, name, _texts(name, wanted))
        for name, wanted in slides.items()
    ]


def _texts(slide: str, given: Any) -> list[str]:
    _places.refuse_slide(slide)
    found = _wanted.listed(given)
    if not all(isinstance(text, str) and text.strip() for text in found):
        raise TaskError(f"slide {slide}: a comment must be a text, got {given!r}")
    return sorted(folded(text) for text in found)


def _comments_wrong(deck: Deck, name: str, wanted: list[str]) -> str:
    said = []
    for slide in _places.slides_at(deck, name):
        has = sorted(folded(c) for c in slide.comments)
        if has != wanted:
            there = ", ".join(map(repr, has)) or "none"
            expected = ", ".join(map(repr, wanted)) or "none"
            said.append(f"{slide.said} has the comments {there}, expected {expected}")
    return "; ".join(said)


@ASPECTS.offer("notes")
def _notes_aspect(was: Deck, now: Deck, part: Part) -> Iterator[str]:
    """The speaker's notes."""
    for old, new in part.pairs(was, now):
        name = f"the notes of {old.said}"
        yield from (
            compared(
                {name: repr(folded(old.notes)[:80])}, {name: repr(folded(new.notes)[:80])}, "said"
            )
            if folded(old.notes) != folded(new.notes)
            else ()
        )


@ASPECTS.offer("comments")
def _comments_aspect(was: Deck, now: Deck, part: Part) -> Iterator[str]:
    """What comments on slides say."""
    for old, new in part.pairs(was, now):
        sides = [", ".join(sorted(map(folded, s.comments))) or "none" for s in (old, new)]
        name = f"comments on {old.said}"
        yield from compared({name: sides[0]}, {name: sides[1]}, "were")
