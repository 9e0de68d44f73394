"""Places in a presentation: "2", "Results!title", "3!rectangle 2", "*!body", and what is there.

A slide is its number, "last", its title, or "*" for every one. A shape follows after "!": "title",
"subtitle", "body" (the placeholder for content), a kind such as "rectangle", its name, or a part of
its text in quotes, as in "2!'Next steps'". Where there are several, a number tells which, from the
back to the front: "2!body 2". A name goes before a kind: "rectangle 2" is the shape of this name,
if there is one. "*!title" passes over slides that have no title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cuagym.artefacts import Unreadable
from cuagym.errors import TaskError, nearest
from cuagym.validators.slides._deck import Deck, Shape, Slide, folded
from cuagym.validators.slides._shapes import KINDS, kinds

__all__ = ["place", "refuse", "refuse_kind", "refuse_slide", "shape_at", "shapes_at", "slides_at"]

_ROLES = ("title", "subtitle", "body", "date", "footer", "number")
_COUNTED = re.compile(r"(.*\S)\s+(\d+)")


def slides_at(deck: Deck, name: str | int) -> Sequence[Slide]:
    """Return the slides that a name stands for; several only where they share a title.

    Raises:
        Unreadable: There is none; it lists them.
    """
    wanted = str(name).strip()
    if wanted == "*" and deck.slides:
        return deck.slides
    if wanted == "last" and deck.slides:
        return deck.slides[-1:]
    if wanted.isdigit() and 1 <= int(wanted) <= len(deck.slides):
        return [deck.slides[int(wanted) - 1]]
    found = [s for s in deck.slides if s.title.lower() == folded(wanted).lower() and s.title]
    if not found:
        raise Unreadable(f"there is no slide {wanted!r}; the slides are {deck.listed}")
    return found


def place(deck: Deck, name: str) -> list[tuple[Slide, list[Shape]]]:
    """Return the shapes that a place such as "2!title" stands for, by slides.

    Raises:
        Unreadable: There is no such slide, or no such shape on one of them.
    """
    slide, selector = _split(name)
    found: list[tuple[Slide, list[Shape]]] = []
    missing: list[Unreadable] = []
    for each in slides_at(deck, slide):
        try:
            found.append((each, shapes_at(each, selector)))
        except Unreadable as e:
            missing.append(e)
    if missing and not (found and slide.strip() == "*"):
        raise missing[0]
    return found


def shapes_at(slide: Slide, selector: str) -> list[Shape]:
    """Return the shapes of a slide that a selector stands for; all of them where it is "".

    Raises:
        Unreadable: There is none; it lists them.
    """
    every = list(slide.all_shapes)
    wanted = selector.strip()
    if wanted in ("", "*"):
        return every
    found = _found(every, wanted)
    counted = _COUNTED.fullmatch(wanted)
    if not found and counted:
        found = _found(every, counted[1])[int(counted[2]) - 1 :][:1] if int(counted[2]) else []
    if not found:
        there = ", ".join(s.said for s in every[:12]) or "nothing"
        raise Unreadable(f"{slide.said} has no {wanted}; there is {there}")
    return found


def shape_at(slide: Slide, selector: str) -> Shape:
    """Return the first shape that a selector stands for.

    Raises:
        Unreadable: There is none.
    """
    return shapes_at(slide, selector)[0]


def _found(every: Iterable[Shape], wanted: str) -> list[Shape]:
    if len(wanted) > 1 and wanted[0] == wanted[-1] and wanted[0] in "'\"":
        part = folded(wanted[1:-1]).lower()
        return [s for s in every if part in folded(s.text).lower()]
    name = wanted.lower()
    if name in _ROLES:
        return [s for s in every if s.role == name]
    named = [s for s in every if s.name.lower() == name and not s.role]
    return named or [s for s in every if s.kind in kinds(name)]


def _split(name: str) -> tuple[str, str]:
    slide, mark, selector = name.rpartition("!")
    return (slide, selector) if mark else (name, "")


def refuse(name: object) -> None:
    """Raise a `TaskError` if a place is none; shapes' names cannot be known ahead."""
    if not isinstance(name, str) or not name.strip():
        raise TaskError(f"{name!r} is no place, such as '2', 'Results!title' or '3!rectangle 2'")
    slide, selector = _split(name)
    refuse_slide(slide)
    if "!" in name and not selector.strip():
        raise TaskError(f"{name!r} is no place: after '!' comes a shape, such as '2!title'")


def refuse_slide(name: object) -> None:
    """Raise a `TaskError` if it cannot be a slide."""
    if isinstance(name, bool) or not isinstance(name, (str, int)) or not str(name).strip():
        raise TaskError(f"{name!r} is no slide: its number, its title, 'last' or '*'")
    if str(name).strip().lstrip("-").isdigit() and int(name) < 1:
        raise TaskError(f"there is no slide {name!r}: slides are numbered from 1")


def refuse_kind(name: object) -> None:
    """Raise a `TaskError` if there is no such kind of shape; it names the nearest."""
    if not isinstance(name, str) or name.lower() not in KINDS:
        known = sorted(KINDS)
        raise TaskError(
            f"there is no kind of shape {name!r}{nearest(name, known)} (known: {', '.join(known)})"
        )
