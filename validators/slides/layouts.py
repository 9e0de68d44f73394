"""Layouts, backgrounds, masters, and what stands on every slide: numbers, dates, footers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from cuagym.artefacts import Artefacts, recalculates
from cuagym.errors import TaskError
from cuagym.validators._aspects import compared
from cuagym.validators._checks import by_key, checked
from cuagym.validators.slides import _layouts, _places, _read, _wanted
from cuagym.validators.slides._aspects import ASPECTS
from cuagym.validators.slides._deck import Deck, Shape, Slide, folded
from cuagym.validators.slides._part import Part
from cuagym.validators.slides.formatting import facts_wrong, known
from cuagym.verdict import Check

__all__ = ["backgrounds", "footers", "layouts", "masters"]

_FOOTERS: Final = ("number", "date", "footer")


@recalculates()
def layouts(
    artefacts: Artefacts, slides: Annotated[Mapping[str, Any], by_key(_names)]
) -> list[Check]:
    """Check which layouts slides have, one check for each.

    Names are those of PowerPoint or of LibreOffice. LibreOffice forgets layouts that it does not
    have when it stores a slide: what the slide has placeholders for is looked at then.

    Args:
        artefacts: What the agent left.
        slides: By slide (its number, title, "last" or "*"), a layout such as "Title Slide", "Title
            and Content", "Two Content", "Title Only", "Blank", "Section Header", "Centered Text",
            or a list of these.

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong.
    """
    deck = _read.left(artefacts)
    return [
        checked(f"layout of slide {name}", _layout_wrong, deck, name, _names(name, wanted))
        for name, wanted in slides.items()
    ]


def _names(slide: str, wanted: Any) -> list[str]:
    _places.refuse_slide(slide)
    return [_layouts.refuse(name) for name in _wanted.listed(wanted)]


def _layout_wrong(deck: Deck, name: str, wanted: list[str]) -> str:
    said = [
        f"{slide.said} has {_layouts.said(slide)}, expected {' or '.join(map(repr, wanted))}"
        for slide in _places.slides_at(deck, name)
        if all(_layouts.wrong(slide, each) for each in wanted)
    ]
    return "; ".join(said)


@recalculates()
def backgrounds(
    artefacts: Artefacts, slides: Annotated[Mapping[str, Any], by_key(_paint)]
) -> list[Check]:
    """Check the backgrounds of slides, one check for each: their own, or their master's.

    Args:
        artefacts: What the agent left.
        slides: By slide (its number, title, "last" or "*"), a colour ("#FF0000", or a name such as
            "blue"), "gradient", "picture" or "pattern", or a list of these.

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong.
    """
    deck = _read.left(artefacts)
    checks = []
    for name, wanted in slides.items():
        _paint(name, wanted)
        checks.append(checked(f"background of slide {name}", _ground_wrong, deck, name, wanted))
    return checks


def _paint(slide: str, wanted: Any) -> None:
    _places.refuse_slide(slide)
    _wanted.painted(f"slide {slide}", wanted)


def _ground_wrong(deck: Deck, name: str, wanted: Any) -> str:
    expected = " or ".join(map(str, _wanted.listed(wanted)))
    said = [
        f"{slide.said} has the background {slide.background or 'none'}, expected {expected}"
        for slide in _places.slides_at(deck, name)
        if not _wanted.coloured(slide.background, wanted)
    ]
    return "; ".join(said)


@recalculates()
def footers(
    artefacts: Artefacts, slides: Annotated[Mapping[str, Any], by_key(_shown)]
) -> list[Check]:
    """Check what slides show beside their content, one check for each slide and part.

    Args:
        artefacts: What the agent left.
        slides: By slide (its number, title, "last" or "*"), a table of `number` (whether it shows
            its number), `date` and `footer` (whether it shows one, or what it says).

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong.
    """
    deck = _read.left(artefacts)
    return [
        checked(f"{part} on slide {name}", _foot_wrong, deck, name, part, value)
        for name, wanted in slides.items()
        for part, value in _shown(name, wanted).items()
    ]


def _shown(slide: str, wanted: Any) -> dict[str, Any]:
    _places.refuse_slide(slide)
    found = _wanted.table(f"slide {slide}", wanted, _FOOTERS)
    for part, value in found.items():
        if not isinstance(value, bool) and (part == "number" or not isinstance(value, str)):
            raise TaskError(f"slide {slide}: {part} must be true or false, not {value!r}")
    return found


def _foot_wrong(deck: Deck, name: str, part: str, wanted: bool | str) -> str:
    said = []
    for slide in _places.slides_at(deck, name):
        has = _foot(slide, part)
        if isinstance(wanted, str) and has != folded(wanted):
            said.append(f"{slide.said} shows the {part} {has!r}, expected {wanted!r}")
        elif isinstance(wanted, bool) and bool(has) != wanted:
            said.append(f"{slide.said} shows {'a' if has else 'no'} {part}")
    return "; ".join(said[:4])


def _foot(slide: Slide, part: str) -> str:
    """Return what a slide shows as its number, date or footer; "" for nothing."""
    return next((folded(s.text) for s in slide.all_shapes if s.role == part), "")


@recalculates()
def masters(
    artefacts: Artefacts,
    title: Annotated[Mapping[str, Any] | None, _facts] = None,
    body: Annotated[Mapping[str, Any] | None, _facts] = None,
) -> list[Check]:
    """Check how masters let text look, one check for titles and one for bodies.

    LibreOffice gives slides of each layout a master of their own; all that are used count.

    Args:
        artefacts: What the agent left.
        title: Facts of titles, as `slides.formatting` has them: `bold`, `italic`, `underline`,
            `size`, `font`, `color`, `align` ...
        body: Facts of the outermost level of bodies.

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong, or nothing is wanted.
    """
    wanted = {"title": title, "body": body}
    if title is None and body is None:
        raise TaskError("nothing is wanted of the masters: give title or body")
    deck = _read.left(artefacts)
    return [
        checked(f"{role} of masters", _master_wrong, deck, role, known(role, facts))
        for role, facts in wanted.items()
        if facts is not None
    ]


def _facts(wanted: Any) -> None:
    if wanted is not None:
        known("the master", wanted)


def _master_wrong(deck: Deck, role: str, facts: Mapping[str, Any]) -> str:
    looks = [look for m in deck.masters if role in m for look in _looks(m[role])[:1]]
    if not looks:
        return f"no master has a {role}"
    wrong = (facts_wrong(look, facts) for look in looks)
    return next((f"a master's {role} {each}" for each in wrong if each), "")


def _looks(shape: Shape) -> list[dict[str, Any]]:
    """Return how the paragraphs of a placeholder look, the outermost level first."""
    return [{**p.runs[0].facts, "align": p.align} for p in shape.paragraphs if p.runs]


@ASPECTS.offer("layouts")
def _layouts_aspect(was: Deck, now: Deck, part: Part) -> Iterator[str]:
    """The slides' layouts, as far as files tell them."""
    for old, new in part.pairs(was, now):
        if not _layouts.same(old, new):
            yield f"{old.said} had {_layouts.said(old)}, now {_layouts.said(new)}"


@ASPECTS.offer("backgrounds")
def _backgrounds(was: Deck, now: Deck, part: Part) -> Iterator[str]:
    """The slides' backgrounds, their own or their masters'."""
    for old, new in part.pairs(was, now):
        name = f"the background of {old.said}"
        yield from compared({name: old.background or "none"}, {name: new.background or "none"})


@ASPECTS.offer("footers")
def _footers_aspect(was: Deck, now: Deck, part: Part) -> Iterator[str]:
    """Whether slides show their numbers, dates and footers, and what footers say."""
    for old, new in part.pairs(was, now):
        for each in _FOOTERS:
            before, after = _foot(old, each), _foot(new, each)
            if each != "footer":  # a date is another one tomorrow, a number follows the slides
                before, after = ("shown" if text else "not shown" for text in (before, after))
            name = f"the {each} of {old.said}"
            yield from compared({name: before or "empty"}, {name: after or "empty"})


@ASPECTS.offer("masters")
def _masters(was: Deck, now: Deck, part: Part) -> Iterator[str]:
    """How masters let titles and the levels of bodies look.

    LibreOffice loses it where it stores a presentation that it has stored before.
    """
    sides = []
    for deck in (was, now):
        sides.append(
            {
                f"{role} level {n}": {
                    _told(look)
                    for m in deck.masters
                    if role in m
                    for look in _looks(m[role])[n - 1 : n]
                }
                for role in ("title", "body")
                for n in range(1, 6 if role == "body" else 2)
            }
        )
    before, after = sides
    for name, looks in before.items():
        if looks and after[name] - looks:
            yield f"masters' {name} looked {min(looks)}, now {min(after[name] - looks)}"


def _told(look: Mapping[str, Any]) -> str:
    on = [name for name in ("bold", "italic", "underline", "strike") if look[name]]
    return ", ".join([f"{look['font']} {look['size']:g}", look["color"], look["align"], *on])
