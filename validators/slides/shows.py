"""What slides do when they are shown: transitions and animations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final

from cuagym.artefacts import Artefacts, recalculates
from cuagym.errors import TaskError
from cuagym.validators._checks import by_key, checked
from cuagym.validators.slides import _places, _read, _wanted
from cuagym.validators.slides._aspects import ASPECTS
from cuagym.validators.slides._deck import Deck, Slide, Transition
from cuagym.validators.slides._part import Part
from cuagym.validators.slides._shows import ALSO, CLASSES, EFFECTS, SPEEDS, STARTS, TRANSITIONS
from cuagym.verdict import Check

__all__ = ["animations", "transitions"]

_KEYS: Final = ("kind", "speed", "after")
_STEP: Final = ("shape", "effect", "kind", "start")
_SECONDS: Final = 0.05


@recalculates()
def transitions(
    artefacts: Artefacts, slides: Annotated[Mapping[str, Any], by_key(_shown)]
) -> list[Check]:
    """Check how slides come and go, one check for each slide.

    Args:
        artefacts: What the agent left.
        slides: By slide (its number, title, "last" or "*"), a kind ("fade", "push", "wipe",
            "cover", "uncover", "split", "dissolve", "blinds", "wheel", "random bars", ...), true
            for any, false for none; or a table of `kind` (one of these, or a list), `speed`
            ("slow", "medium", "fast") and `after`, the seconds after which the next slide comes by
            itself, false if it waits for a click.

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong.
    """
    deck = _read.left(artefacts)
    return [
        checked(f"transition of slide {name}", _wrong, deck, name, _shown(name, wanted))
        for name, wanted in slides.items()
    ]


def _shown(slide: str, given: Any) -> dict[str, Any]:
    _places.refuse_slide(slide)
    found = dict(given) if isinstance(given, Mapping) else {"kind": given}
    where = f"slide {slide}"
    found = _wanted.table(where, found, _KEYS)
    if not isinstance(found.get("kind", True), bool):
        _kinds(where, found["kind"])
    if "speed" in found:
        _wanted.one_of(f"{where}: speed", found["speed"], tuple(SPEEDS.values()))
    if found.get("after", False) is not False:
        _wanted.quantity(f"{where}: after", found["after"])
    return found


def _kinds(where: str, given: Any) -> list[str]:
    """Return the kinds of transitions that are meant, by any program's names."""
    named = _wanted.one_of(f"{where}: kind", given, (*TRANSITIONS, *ALSO))
    return [kind for name in named for kind in ALSO.get(name, (name,))]


def _wrong(deck: Deck, name: str, wanted: Mapping[str, Any]) -> str:
    wrong = (_slide_wrong(slide, wanted) for slide in _places.slides_at(deck, name))
    return "; ".join(list(filter(None, wrong))[:4])


def _slide_wrong(slide: Slide, wanted: Mapping[str, Any]) -> str:
    has, kind = slide.transition, wanted.get("kind")
    if isinstance(kind, bool):
        if bool(has.kind) != kind:
            return (
                f"{slide.said} has the transition {has.kind!r}"
                if has.kind
                else (f"{slide.said} has no transition")
            )
    elif kind is not None and has.kind not in _kinds("", kind):
        expected = " or ".join(_wanted.listed(kind))
        return f"{slide.said} has the transition {has.kind or 'none'}, expected {expected}"
    if "speed" in wanted and has.speed not in _wanted.listed(wanted["speed"]):
        return f"the transition of {slide.said} is {has.speed or 'none'}, not {wanted['speed']}"
    after = wanted.get("after")
    if after is False and has.after is not None:
        return f"after {slide.said} the next comes by itself, in {has.after:g} seconds"
    if "after" in wanted and after is not False:
        if has.after is None or not _wanted.bounded(has.after, after, _SECONDS):
            there = "by a click" if has.after is None else f"in {has.after:g} seconds"
            expected = f"{_wanted.length(after)} seconds"
            return f"after {slide.said} the next comes {there}, expected {expected}"
    return ""


@recalculates()
def animations(
    artefacts: Artefacts, slides: Annotated[Mapping[str, Any], by_key(_steps)]
) -> list[Check]:
    """Check the animations of slides, one check for each slide: all of them, in their order.

    Args:
        artefacts: What the agent left.
        slides: By slide (its number, title or "last"), a list of tables, one for each animation, of
            which only what is given is looked at: `shape` (as after "!" in a place: "title",
            "rectangle 2", "'Start'"), `effect` ("appear", "fade", "fly in", "wipe", "zoom", "spin",
            ...), `kind` ("entrance", "exit", "emphasis", "motion path") and `start` ("click", "with
            previous", "after previous"); [] for none.

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong.
    """
    deck = _read.left(artefacts)
    return [
        checked(f"animations of slide {name}", _steps_wrong, deck, name, _steps(name, wanted))
        for name, wanted in slides.items()
    ]


def _steps(slide: str, given: Any) -> list[dict[str, Any]]:
    _places.refuse_slide(slide)
    if not isinstance(given, (list, tuple)):
        raise TaskError(f"slide {slide}: animations are a list of tables, not {given!r}")
    names = {"effect": EFFECTS, "kind": tuple(CLASSES.values()), "start": tuple(STARTS.values())}
    steps = []
    for number, each in enumerate(given, 1):
        where = f"slide {slide}, animation {number}"
        step = _wanted.table(where, each, _STEP)
        for key, known in names.items():
            if key in step:
                _wanted.one_of(f"{where}: {key}", step[key], known)
        steps.append(step)
    return steps


def _steps_wrong(deck: Deck, name: str, wanted: list[dict[str, Any]]) -> str:
    slide = _places.slides_at(deck, name)[0]
    if len(slide.effects) != len(wanted):
        there = ", ".join(map(_told, slide.effects)) or "none"
        return f"{slide.said} has {len(slide.effects)} animations ({there}), expected {len(wanted)}"
    for number, (has, step) in enumerate(zip(slide.effects, wanted, strict=True), 1):
        for key, value in step.items():
            if key == "shape":
                said = [s.said for s in _places.shapes_at(slide, value)]
            else:
                said = [v.lower() for v in _wanted.listed(value)]
            if has[key] not in said:
                found = has[key] or "nothing"
                return f"animation {number} has the {key} {found}, expected {' or '.join(said)}"
    return ""


def _told(step: Mapping[str, str]) -> str:
    return f"{step['effect']} of {step['shape']}"


@ASPECTS.offer("transitions")
def _transitions(was: Deck, now: Deck, part: Part) -> Iterator[str]:
    """How slides come and go, as far as LibreOffice keeps it, and after how many seconds."""
    for old, new in part.pairs(was, now):
        # What LibreOffice cannot show is lost where it has stored the presentation.
        if new.transition not in (old.transition, _kept(was, old)):
            yield f"{old.said} had {_whole(old.transition)}, now {_whole(new.transition)}"


def _kept(deck: Deck, slide: Slide) -> Transition:
    return deck.stored[slide.number - 1] if deck.stored else slide.transition


def _whole(shown: Transition) -> str:
    after = "" if shown.after is None else f", {shown.after:g} seconds"
    return f"the transition {shown.kind or 'none'}{f' ({shown.speed})' * bool(shown.kind)}{after}"


@ASPECTS.offer("animations")
def _animations(was: Deck, now: Deck, part: Part) -> Iterator[str]:
    """Which shapes are animated, how, and in which order."""
    for old, new in part.pairs(was, now):
        before, after = (_all(s.effects) for s in (old, new))
        if before != after:
            yield f"{old.said} had the animations {before or 'none'}, now {after or 'none'}"


def _all(effects: Iterable[Mapping[str, str]]) -> str:
    return ", ".join(f"{_told(e)} ({e['kind']}, {e['start']})" for e in effects)
