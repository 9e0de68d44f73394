"""The slides of a presentation: how many, their titles, order, visibility and size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Final

from cuagym.artefacts import Artefacts, Unreadable, recalculates
from cuagym.errors import TaskError, nearest
from cuagym.validators._aspects import compared
from cuagym.validators._checks import one_by_one
from cuagym.validators.slides import _match, _places, _read
from cuagym.validators.slides._aspects import ASPECTS
from cuagym.validators.slides._deck import Deck, Slide, folded
from cuagym.validators.slides._part import Part
from cuagym.verdict import Check

__all__ = ["deck", "order"]

_SIZES: Final = {"4:3": 4 / 3, "16:9": 16 / 9, "16:10": 16 / 10, "A4": 297 / 210}
_NEAR: Final = 0.01
_SLACK: Final = 0.1


def _size(given: Any) -> None:
    """Refuse what is no size of slides."""
    if isinstance(given, str):
        if given not in _SIZES:
            raise TaskError(
                f"{given!r} is no size: {', '.join(_SIZES)}, or [width, height] in centimetres"
                + nearest(given, _SIZES)
            )
    elif given is not None and len(list(given)) != 2:
        raise TaskError(f"a size is [width, height] in centimetres, not {given!r}")


@recalculates()
def deck(
    artefacts: Artefacts,
    count: int | None = None,
    titles: Iterable[str] | None = None,
    hidden: Annotated[Iterable[str | int] | None, _slides] = None,
    size: Annotated[str | Sequence[float] | None, _size] = None,
) -> list[Check]:
    """Check the slides: one check for how many there are, one for their titles, ...

    Args:
        artefacts: What the agent left.
        count: How many slides there are, hidden ones too.
        titles: The titles of all slides, in their order; "" for a slide without one.
        hidden: The numbers or titles of all hidden slides; [] where none may be.
        size: Of the slides: "4:3", "16:9", "16:10", "A4", or [width, height] in centimetres.

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong, or nothing is wanted.
    """
    if (count, titles, hidden, size) == (None, None, None, None):
        raise TaskError("nothing is wanted of the slides: give count, titles, hidden or size")
    found = _read.left(artefacts)
    checks = []
    if count is not None:
        there = len(found.slides)
        wrong = "" if there == count else f"there are {there} slides, expected {count}"
        checks.append(Check("number of slides", not wrong, wrong))
    if titles is not None:
        wrong = _titles_wrong(found, [folded(t) for t in titles])
        checks.append(Check("titles", not wrong, wrong))
    if hidden is not None:
        wrong = _hidden_wrong(found, hidden)
        checks.append(Check("hidden slides", not wrong, wrong))
    if size is not None:
        wrong = _size_wrong(found, size)
        checks.append(Check("slide size", not wrong, wrong))
    return checks


def _slides(names: Iterable[Any] | None) -> None:
    one_by_one(_places.refuse_slide)(names or ())


def _titles_wrong(found: Deck, wanted: Sequence[str]) -> str:
    for slide, title in zip(found.slides, wanted, strict=False):
        if slide.title != title:
            has = f"has the title {slide.title!r}" if slide.title else "has no title"
            expected = f"{title!r}" if title else "none"
            return f"slide {slide.number} {has}, expected {expected}"
    if len(found.slides) != len(wanted):
        return f"there are {len(found.slides)} slides, expected {len(wanted)}: {found.listed}"
    return ""


def _hidden_wrong(found: Deck, wanted: Iterable[str | int]) -> str:
    try:
        numbers = {s.number for name in wanted for s in _places.slides_at(found, name)}
    except Unreadable as e:
        return str(e)
    hidden = {s.number for s in found.slides if s.hidden}
    said = [f"{s.said} is not hidden" for s in found.slides if s.number in numbers - hidden]
    said += [f"{s.said} is hidden" for s in found.slides if s.number in hidden - numbers]
    return ", ".join(said)


def _size_wrong(found: Deck, wanted: str | Sequence[float]) -> str:
    has = f"slides are {found.width:.4g} x {found.height:.4g} cm"
    if isinstance(wanted, str):
        fits = abs(found.width / (found.height or 1) / _SIZES[wanted] - 1) <= _NEAR
        return "" if fits else f"{has}, expected {wanted}"
    width, height = wanted
    fits = abs(found.width - width) <= _SLACK and abs(found.height - height) <= _SLACK
    return "" if fits else f"{has}, expected {width:g} x {height:g} cm"


def _ordered(given: Iterable[Any]) -> None:
    entries = list(given)
    if not entries:
        raise TaskError("the order is a list of slides, and must not be empty")
    for entry in entries:
        if isinstance(entry, bool) or not isinstance(entry, (int, str)):
            raise TaskError(f"{entry!r} is neither the number of a slide nor a title")
        if isinstance(entry, int) and entry < 1:
            raise TaskError(f"there is no slide {entry}: slides are numbered from 1")


@recalculates(initial=True)
def order(artefacts: Artefacts, slides: Annotated[Iterable[int | str], _ordered]) -> list[Check]:
    """Check which slides of the initial presentation come where: moved, duplicated, deleted, added.

    A slide is still the same where a part of it was changed.

    Args:
        artefacts: What the agent left.
        slides: What stands at each place: the number that the slide had in the initial
            presentation, or of a new slide its title, "" for any. [1, 3, 2] has the second moved
            to the end, [1, 2, 2, 3] has it twice, [1, 3] has it deleted, [1, "Agenda", 2, 3] has a
            new one before it.

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the initial presentation has fewer slides.
    """
    before, after, wanted = _read.initial(artefacts), _read.left(artefacts), list(slides)
    for entry in wanted:
        if isinstance(entry, int) and entry > len(before.slides):
            raise TaskError(f"the initial presentation has {len(before.slides)} slides, no {entry}")
    said = []
    if len(after.slides) != len(wanted):
        said.append(f"there are {len(after.slides)} slides, expected {len(wanted)}")
    for slide, entry in zip(after.slides, wanted, strict=False):
        if wrong := _place_wrong(before, slide, entry):
            said.append(wrong)
    return [Check("order of slides", not said, "; ".join(said))]


def _place_wrong(before: Deck, slide: Slide, entry: int | str) -> str:
    scores = [_match.likeness(old, slide) for old in before.slides]
    best = max(scores, default=0.0)
    known = best >= _match.LEAST
    has = before.slides[scores.index(best)].number if known else 0
    there = f"the initial slide {has}" if known else "a new one"
    if isinstance(entry, int):
        right = known and scores[entry - 1] == best
        said = before.slides[entry - 1].title
        return "" if right else f"{slide.said} is {there}, expected the initial {entry} ({said!r})"
    if not entry:
        return "" if best < 1.0 else f"{slide.said} is {there}, expected a new one"
    right = slide.title.lower() == folded(entry).lower()
    return "" if right else f"{slide.said} should have the title {entry!r}"


@ASPECTS.offer("slides")
def _slides_aspect(was: Deck, now: Deck, part: Part) -> Iterator[str]:
    """Which slides there are, and their order."""
    yield from (f"{slide.said} is gone" for slide in part.gone(was, now))
    yield from (f"{slide.said} is new" for slide in part.extra(was, now))
    pairs = list(part.pairs(was, now))
    numbers = [new.number for _, new in pairs]
    if numbers != sorted(numbers):
        found = ", ".join(str(old.number) for old, _ in sorted(pairs, key=lambda p: p[1].number))
        yield f"the slides {', '.join(str(o.number) for o, _ in pairs)} come in the order {found}"


@ASPECTS.offer("hidden")
def _hidden(was: Deck, now: Deck, part: Part) -> Iterator[str]:
    """Which slides are hidden."""
    for old, new in part.pairs(was, now):
        if old.hidden != new.hidden:
            yield f"{old.said} was {_seen(old)}, is now {_seen(new)}"


def _seen(slide: Slide) -> str:
    return "hidden" if slide.hidden else "shown"


@ASPECTS.offer("size")
def _sizes(was: Deck, now: Deck, part: Part) -> Iterator[str]:
    """The size of the slides."""
    said = [f"{d.width:.1f} x {d.height:.1f} cm" for d in (was, now)]
    yield from compared({"the slides' size": said[0]}, {"the slides' size": said[1]})
