"""Pictures on slides: how many, which, whether they are distorted."""

from __future__ import annotations

import functools
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final

from cuagym.artefacts import Artefacts, Unreadable, recalculates
from cuagym.errors import TaskError
from cuagym.validators import _pictures
from cuagym.validators._checks import checked, one_by_one
from cuagym.validators.slides import _places, _read, _wanted
from cuagym.validators.slides._aspects import ASPECTS
from cuagym.validators.slides._deck import Deck, Shape, Slide
from cuagym.validators.slides._part import Part
from cuagym.verdict import Check

__all__ = ["pictures"]

_KEYS: Final = ("slide", "count", "image", "undistorted", "cropped", "tolerance")
_STRETCH: Final = 0.03
_CROP: Final = 0.005


@recalculates()
def pictures(
    artefacts: Artefacts, wanted: Annotated[Iterable[Mapping[str, Any]], one_by_one(_known)]
) -> list[Check]:
    """Check pictures, one check for each that is wanted. Where they are, `slides.shapes` checks.

    Args:
        artefacts: What the agent left.
        wanted: For each a table of `slide` (its number, title, "last" or "*"), `count`, how many
            pictures there are (at least one, if not given), `image`, one of the task's gold files
            that the picture shows, `tolerance`, how far its pixels may differ from that (0.05 if
            not given; 1 is black and white), `undistorted`, true where width and height must be as
            the picture's own, and `cropped`, whether a part of it is cut off.

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong, or a gold file is missing or no picture.
    """
    deck = _read.left(artefacts)
    checks = []
    for number, each in enumerate(wanted, 1):
        table = _known(each)
        name = f"picture {number}: {table.get('image', 'any')} on slide {table['slide']}"
        shown = _gold(artefacts, table["image"]) if "image" in table else b""
        checks.append(checked(name, _wrong, deck, table, shown))
    return checks


def _known(given: Any) -> dict[str, Any]:
    found = _wanted.table("a picture", given, _KEYS, ("slide",))
    _places.refuse_slide(found["slide"])
    for key in ("undistorted", "cropped"):
        if not isinstance(found.get(key, True), bool):
            raise TaskError(f"a picture: {key} must be true or false, not {found[key]!r}")
    count = found.get("count", 1)
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise TaskError(f"a picture: count must be a whole number, not {count!r}")
    if not isinstance(found.get("image", ""), str):
        raise TaskError(f"a picture: image must be the name of a file, not {found['image']!r}")
    _wanted.quantity("a picture: tolerance", found.get("tolerance", 0))
    return found


def _gold(artefacts: Artefacts, name: str) -> bytes:
    data = _read.gold_file(artefacts, name).read_bytes()
    try:
        _pictures.opened(data, f"the gold file {name!r}")
    except Unreadable as e:
        raise TaskError(str(e)) from None
    return data


def _wrong(deck: Deck, wanted: Mapping[str, Any], image: bytes) -> str:
    slides = _places.slides_at(deck, wanted["slide"])
    return "; ".join(filter(None, (_slide_wrong(s, wanted, image) for s in slides)))


def _slide_wrong(slide: Slide, wanted: Mapping[str, Any], image: bytes) -> str:
    found = [s for s in slide.all_shapes if s.picture]
    wrongs = [_one_wrong(s, wanted, image) for s in found]
    right = wrongs.count("")
    if "count" in wanted:
        if right == wanted["count"]:
            return ""
        why = f" ({next(filter(None, wrongs))})" if any(wrongs) else ""
        return f"{slide.said} has {right} such pictures{why}, expected {wanted['count']}"
    if right:
        return ""
    return f"{slide.said}: {wrongs[0]}" if found else f"{slide.said} has no picture"


def _one_wrong(shape: Shape, wanted: Mapping[str, Any], image: bytes) -> str:
    """Say how a picture is not as wanted."""
    shown = _pictures.opened(shape.picture, shape.said)
    if image:
        off = _pictures.difference(shown, _pictures.opened(image))
        if off > wanted.get("tolerance", _pictures.TOLERANCE):
            return f"{shape.said} shows something else than {wanted['image']!r} ({off:.2f} off)"
    cut = any(abs(c) > _CROP for c in shape.crop)
    if wanted.get("cropped", cut) != cut:
        return f"{shape.said} is {'' if cut else 'not '}cropped"
    if wanted.get("undistorted"):
        left, top, right, bottom = shape.crop
        width = shown.width * max(1 - left - right, 1e-6)
        height = shown.height * max(1 - top - bottom, 1e-6)
        stretch = shape.box.width / (shape.box.height or 1e-6) / (width / height)
        if abs(stretch - 1) > _STRETCH:
            return f"{shape.said} is stretched: {stretch:.2f} times as wide as it should be"
    return ""


@ASPECTS.offer("pictures")
def _pictures_aspect(was: Deck, now: Deck, part: Part) -> Iterator[str]:
    """Which pictures there are, by what they show, and what is cut off."""
    for old, new in part.pairs(was, now):
        before, after = (Counter(_looks(s)) for s in (old, new))
        if gone := sum((before - after).values()):
            yield f"{old.said} lacks {gone} of its pictures, or they show something else"
        if more := sum((after - before).values()):
            yield f"{old.said} has {more} new pictures"


def _looks(slide: Slide) -> Iterator[tuple[str, tuple[float, ...]]]:
    for shape in slide.all_shapes:
        if shape.picture:
            yield _seen(shape.picture), tuple(round(c, 2) + 0.0 for c in shape.crop)


@functools.lru_cache(maxsize=64)
def _seen(data: bytes) -> str:
    """Return a hash of what a picture shows; of the file, where that cannot be read."""
    try:
        shown = _pictures.pixels(_pictures.opened(data))
    except Unreadable:
        return hashlib.sha256(data).hexdigest()
    return hashlib.sha256(repr(shown.shape).encode() + shown.tobytes()).hexdigest()
