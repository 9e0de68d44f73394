"""Shapes: which there are, where, how large, how they look, and how they lie to each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any, Final

from cuagym.artefacts import Artefacts, recalculates
from cuagym.errors import TaskError
from cuagym.validators._checks import checked, one_by_one
from cuagym.validators.slides import _match, _places, _read, _wanted
from cuagym.validators.slides._aspects import ASPECTS
from cuagym.validators.slides._deck import QUIET, Box, Deck, Shape, Slide, folded
from cuagym.validators.slides._part import Part
from cuagym.validators.slides._shapes import kinds
from cuagym.verdict import Check

__all__ = ["seen", "shapes"]

_BOX: Final = ("left", "top", "width", "height", "right", "bottom", "center", "middle")
_LOOK: Final = ("fill", "line", "line_width", "rotation", "alt", "grouped", "centered", "layer")
_CHOSEN: Final = ("slide", "kind", "name", "text")
_KEYS: Final = (*_CHOSEN, "count", *_BOX, *_LOOK)
_CENTERED: Final = ("horizontally", "vertically", "both")
_LAYERS: Final = ("front", "back")
_SLACK: Final = 0.1
"""How many centimetres positions and sizes may be off."""
_DEGREES: Final = 0.6
_POINTS: Final = 0.3


@recalculates()
def shapes(
    artefacts: Artefacts, wanted: Annotated[Iterable[Mapping[str, Any]], one_by_one(_known)]
) -> list[Check]:
    """Check shapes, one check for each that is wanted.

    Args:
        artefacts: What the agent left.
        wanted: For each a table of `slide` (its number, title, "last" or "*") and what tells the
            shape from others: `kind` ("rectangle", "ellipse", "right arrow", "arrow" for any of
            them, "text box", "line", "picture", "table", "chart", "group", ...), `name`, `text`
            (all that it says); `count`, how many there are of it (at least one, if not given); and
            of what it must be, only what is given: `left`, `top`, `width`, `height`, `right`,
            `bottom`, `center`, `middle` in centimetres (a number, or a table of `at_least`,
            `at_most`, `near` and `tolerance`; 0.1 if not given), `centered` on the slide
            ("horizontally", "vertically" or "both"), `fill` and `line` ("#FF0000", a name such as
            "red", a list of these, true for any, false for none; "gradient" or "picture" for a
            fill), `line_width` in points, `rotation` in degrees clockwise, `alt`, its description,
            `grouped` (true or false), `layer` ("front" or "back" of all on the slide).

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong.
    """
    deck = _read.left(artefacts)
    tables = [_known(each) for each in wanted]
    return [checked(_name(n, t), _wrong, deck, t) for n, t in enumerate(tables, 1)]


def _known(given: Any) -> dict[str, Any]:
    """Return what is wanted of a shape as a table of the known keys."""
    found = _wanted.table("a shape", given, _KEYS, ("slide",))
    _places.refuse_slide(found["slide"])
    if not {"kind", "name", "text"} & set(found):
        raise TaskError("a shape: 'kind', 'name' or 'text' must tell which is meant")
    if "kind" in found:
        _places.refuse_kind(found["kind"])
    for key in _BOX + ("line_width", "rotation"):
        if key in found:
            _wanted.quantity(f"a shape: {key}", found[key])
    if "fill" in found:
        _wanted.painted("a shape: fill", found["fill"])
    if "line" in found:
        _wanted.colour("a shape: line", found["line"])
    for key, names in (("centered", _CENTERED), ("layer", _LAYERS)):
        if key in found:
            _wanted.one_of(f"a shape: {key}", found[key], names)
    count = found.get("count", 1)
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise TaskError(f"a shape: count must be a whole number, not {count!r}")
    return found


def _name(number: int, wanted: Mapping[str, Any]) -> str:
    return f"shape {number}: {_called(wanted)} on slide {wanted['slide']}"


def _called(wanted: Mapping[str, Any]) -> str:
    said = str(wanted.get("kind", "shape"))
    if "text" in wanted:
        said += f" {wanted['text']!r}"
    return f"{said} named {wanted['name']!r}" if "name" in wanted else said


def _wrong(deck: Deck, wanted: Mapping[str, Any]) -> str:
    said = (_slide_wrong(deck, s, wanted) for s in _places.slides_at(deck, wanted["slide"]))
    return "; ".join(filter(None, said))


def _slide_wrong(deck: Deck, slide: Slide, wanted: Mapping[str, Any]) -> str:
    """Say how the shapes of a slide are not as wanted."""
    meant = [s for s in slide.all_shapes if _is(s, wanted)]
    facts = {key: value for key, value in wanted.items() if key not in (*_CHOSEN, "count")}
    called = _called(wanted)
    if not meant and wanted.get("count") != 0:
        return f"{slide.said} has no {called}; there is {_there(slide)}"
    wrongs = [_facts_wrong(deck, slide, shape, facts) for shape in meant]
    right = wrongs.count("")
    if "count" in wanted:
        if right == wanted["count"]:
            return ""
        why = f" ({next(filter(None, wrongs))})" if any(wrongs) else ""
        return f"{slide.said} has {right} of {called}{why}, expected {wanted['count']}"
    if right:
        return ""
    return f"{slide.said}: {called} {wrongs[0]}"


def _is(shape: Shape, wanted: Mapping[str, Any]) -> bool:
    """Whether a shape is one of those that are meant."""
    if "kind" in wanted and shape.kind not in kinds(wanted["kind"]):
        return False
    if "name" in wanted and shape.name.lower() != str(wanted["name"]).lower():
        return False
    return "text" not in wanted or folded(shape.text) == folded(str(wanted["text"]))


def _there(slide: Slide) -> str:
    return ", ".join(s.said for s in slide.all_shapes[:8]) or "nothing"


def _facts_wrong(deck: Deck, slide: Slide, shape: Shape, wanted: Mapping[str, Any]) -> str:
    for name, value in wanted.items():
        test = _TESTS.get(name)
        wrong = test(shape, value) if test else _place_wrong(deck, slide, shape, name, value)
        if wrong:
            return wrong
    return ""


def _place_wrong(deck: Deck, slide: Slide, shape: Shape, name: str, wanted: Any) -> str:
    """Say how a shape does not lie on its slide as wanted."""
    if name in _BOX:
        have = getattr(shape.box, name)
        fits = _wanted.bounded(have, wanted, _SLACK)
        what = f"its {name} is {have:.4g} cm, expected {_wanted.length(wanted)}"
        return "" if fits else what
    if name == "grouped":
        inside = shape not in slide.shapes
        return "" if inside == wanted else f"is {'' if inside else 'not '}in a group"
    if name == "layer":
        others = [s for s in slide.shapes if s.role not in QUIET]
        at = others[-1] if wanted == "front" else others[0]
        holds = at is shape or any(c is shape for c in _within(at))
        return "" if holds else f"is not in {wanted}; {at.said} is"
    off = {
        "horizontally": abs(shape.box.center - deck.width / 2),
        "vertically": abs(shape.box.middle - deck.height / 2),
    }
    for way, distance in off.items():
        if wanted in (way, "both") and distance > _SLACK:
            return f"is {distance:.2f} cm off the middle of the slide, {way}"
    return ""


def _within(shape: Shape) -> Iterator[Shape]:
    for child in shape.children:
        yield child
        yield from _within(child)


def _paint_wrong(name: str) -> Callable[[Shape, Any], str]:
    def wrong(shape: Shape, wanted: Any) -> str:
        have = getattr(shape, name)
        fits = _wanted.coloured(have, wanted)
        return "" if fits else f"has the {name} {have or 'none'}, expected {_paint(wanted)}"

    return wrong


def _paint(wanted: Any) -> str:
    if isinstance(wanted, bool):
        return "one" if wanted else "none"
    return " or ".join(str(w) for w in _wanted.listed(wanted))


def _width_wrong(shape: Shape, wanted: Any) -> str:
    fits = _wanted.bounded(shape.line_width, wanted, _POINTS)
    has = f"its line is {shape.line_width:g} points wide"
    return "" if fits else f"{has}, expected {_wanted.length(wanted)}"


def _turned_wrong(shape: Shape, wanted: Any) -> str:
    turns = (shape.rotation, shape.rotation - 360, shape.rotation + 360)
    fits = any(_wanted.bounded(turn, wanted, _DEGREES) for turn in turns)
    has = f"is rotated by {shape.rotation:g} degrees"
    return "" if fits else f"{has}, expected {_wanted.length(wanted)}"


def _alt_wrong(shape: Shape, wanted: Any) -> str:
    fits = folded(shape.alt) == folded(str(wanted))
    return "" if fits else f"is described as {shape.alt!r}, expected {wanted!r}"


_TESTS: Final[Mapping[str, Callable[[Shape, Any], str]]] = {
    "fill": _paint_wrong("fill"),
    "line": _paint_wrong("line"),
    "line_width": _width_wrong,
    "rotation": _turned_wrong,
    "alt": _alt_wrong,
}


def seen(slide: Slide) -> list[Shape]:
    """Return the shapes of a slide that can be seen, and are not on every slide alike."""
    every = (s for s in slide.all_shapes if s.role not in QUIET)
    return [s for s in every if not (s.kind == "placeholder" and not folded(s.text))]


@ASPECTS.offer("shapes")
def _shapes(was: Deck, now: Deck, part: Part) -> Iterator[str]:
    """Shapes: which there are, their places, sizes, fills, lines, order and groups."""
    for old, new in part.pairs(was, now):
        shown = {id(s) for s in (*seen(old), *seen(new))}
        pairs = [(a, b) for a, b in _match.shapes(old, new) if id(a) in shown or id(b) in shown]
        for one, other in pairs:
            if one is None or other is None:
                gone = one or other
                assert gone is not None
                yield f"{old.said}: {gone.said} is {'new' if one is None else 'gone'}"
            elif wrong := _differ(one, other):
                yield f"{old.said}: {one.said} {wrong}"
        yield from _order(old, new, pairs)


def _order(old: Slide, new: Slide, pairs: Iterable[tuple[Any, Any]]) -> Iterator[str]:
    """Yield whether what lies before what has changed, and what is grouped with what."""
    places = {id(s): n for n, s in enumerate(new.all_shapes)}
    both = [(a, b) for a, b in pairs if a is not None and b is not None]
    order = [places[id(b)] for _, b in both]
    if order != sorted(order):
        moved = next(a for (a, _), n, m in zip(both, order, order[1:], strict=False) if n > m)
        yield f"{old.said}: {moved.said} lies in another layer"
    outer = {id(s) for s in (*old.shapes, *new.shapes)}
    for one, other in both:
        if (id(one) in outer) != (id(other) in outer):
            yield f"{old.said}: {one.said} was {'not ' * (id(one) in outer)}in a group"


def _differ(one: Shape, other: Shape) -> str:
    """Say how two shapes differ; "" if they do not."""
    if not _near(one, other):
        return f"was at {_at(one.box)}, is now at {_at(other.box)}"
    if min(abs(one.rotation - other.rotation + turn) for turn in (-360, 0, 360)) > _DEGREES:
        return f"was rotated by {one.rotation:g} degrees, now {other.rotation:g}"
    for name in ("fill", "line"):
        before, after = getattr(one, name), getattr(other, name)
        if before != after:
            return f"had the {name} {before or 'none'}, now {after or 'none'}"
    if abs(one.line_width - other.line_width) > _POINTS:
        return f"had a line of {one.line_width:g} points, now {other.line_width:g}"
    return ""


def _near(one: Shape, other: Shape) -> bool:
    """Whether two shapes are in the same place, and as large.

    A text box and a table are as high as what they say, and a text box that does not wrap is as
    wide.
    """
    names = ["top", "left", "width", "height"]
    if one.kind in ("text box", "table"):
        names.remove("height")
    if one.kind == "text box" and one.text != other.text:
        names = ["top"]
    return all(abs(getattr(one.box, n) - getattr(other.box, n)) <= _SLACK for n in names)


def _at(box: Box) -> str:
    return f"{box.left:.1f}, {box.top:.1f} with {box.width:.1f} x {box.height:.1f} cm"
