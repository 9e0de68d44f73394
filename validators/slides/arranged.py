"""How shapes lie to each other: aligned, spread evenly, of one size, in front of, grouped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Final, Literal

from cuagym.artefacts import Artefacts, Unreadable, recalculates
from cuagym.errors import TaskError
from cuagym.validators._checks import checked
from cuagym.validators.slides import _places, _read
from cuagym.validators.slides._deck import Deck, Shape, Slide
from cuagym.verdict import Check

__all__ = ["arranged"]

_SLACK: Final = 0.1
"""How many centimetres edges may be off."""
_GAPS: Final = {"horizontally": ("left", "right"), "vertically": ("top", "bottom")}

_Align = Literal["left", "center", "right", "top", "middle", "bottom"]
_Way = Literal["horizontally", "vertically"]
_Size = Literal["width", "height", "both"]


def _several(selectors: Iterable[str]) -> None:
    listed = list(selectors)
    if len(listed) < 2 or not all(isinstance(s, str) and s.strip() for s in listed):
        raise TaskError(f"two shapes or more must be named, such as 'rectangle 1', not {listed!r}")


@recalculates()
def arranged(
    artefacts: Artefacts,
    slide: Annotated[str | int, _places.refuse_slide],
    shapes: Annotated[Iterable[str], _several],
    align: _Align | None = None,
    spread: _Way | None = None,
    same: _Size | None = None,
    layers: bool = False,
    order: _Way | None = None,
    grouped: bool | None = None,
) -> list[Check]:
    """Check how some shapes of a slide lie to each other, one check for each demand.

    Args:
        artefacts: What the agent left.
        slide: Its number, title or "last".
        shapes: Which shapes, each as after "!" in a place: "title", "rectangle 2", "'Start'", or a
            name.
        align: What they share: their "left", "right", "top" or "bottom" edge, their "center" (from
            the left) or their "middle" (from the top).
        spread: Whether the gaps between them are equal, "horizontally" or "vertically".
        same: Whether they are of the same "width", "height" or "both".
        layers: Whether they must lie over each other in the order in which they are named, the
            first one at the back.
        order: Whether they must follow each other in the order in which they are named: from left
            to right ("horizontally"), or from top to bottom ("vertically").
        grouped: Whether all of them are in one group (true), or none is in any (false).

    Raises:
        Unreadable: If the document is missing or no presentation, or lacks one of the shapes.
        TaskError: If the arguments are wrong, or nothing is wanted.
    """
    deck = _read.left(artefacts)
    asked: dict[str, Callable[[Slide, Sequence[Shape]], str]] = {}
    if align:
        asked[f"aligned: {align}"] = lambda _, found: _align_wrong(found, align)
    if spread:
        asked[f"spread {spread}"] = lambda _, found: _spread_wrong(found, spread)
    for side in ("width", "height"):
        if same in (side, "both"):
            asked[f"same {side}"] = lambda _, found, side=side: _align_wrong(found, side)  # type: ignore[misc]
    if layers:
        asked["layers"] = _layers_wrong
    if order:
        asked[f"order {order}"] = lambda _, found: _order_wrong(found, order)
    if grouped is not None:
        asked["grouped"] = lambda on, found: _grouped_wrong(on, found, grouped)
    if not asked:
        raise TaskError(
            "nothing is wanted of the shapes: give align, spread, same, layers, order or grouped"
        )
    names = list(shapes)
    return [checked(name, _wrong, deck, slide, names, test) for name, test in asked.items()]


def _wrong(
    deck: Deck,
    name: str | int,
    names: Sequence[str],
    test: Callable[[Slide, Sequence[Shape]], str],
) -> str:
    slide = _places.slides_at(deck, name)[0]
    found = [_places.shape_at(slide, each) for each in names]
    if len({id(s) for s in found}) < len(found):
        raise Unreadable(f"{slide.said} has not as many shapes as {', '.join(names)} name")
    return test(slide, found)


def _align_wrong(found: Sequence[Shape], edge: str) -> str:
    values = [getattr(s.box, edge) for s in found]
    if max(values) - min(values) <= _SLACK:
        return ""
    said = ", ".join(f"{s.said}: {v:.2f}" for s, v in zip(found, values, strict=True))
    return f"they differ in {edge} (in cm, {said})"


def _spread_wrong(found: Sequence[Shape], way: str) -> str:
    first, last = _GAPS[way]
    ordered = sorted(found, key=lambda s: getattr(s.box, first))
    gaps = [
        getattr(b.box, first) - getattr(a.box, last)
        for a, b in zip(ordered, ordered[1:], strict=False)
    ]
    if max(gaps) - min(gaps) <= 2 * _SLACK:
        return ""
    return f"the gaps between them are {', '.join(f'{g:.2f}' for g in gaps)} cm"


def _layers_wrong(slide: Slide, found: Sequence[Shape]) -> str:
    places = {id(s): n for n, s in enumerate(slide.all_shapes)}
    for below, above in zip(found, found[1:], strict=False):
        if places[id(below)] > places[id(above)]:
            return f"{below.said} is in front of {above.said}"
    return ""


def _order_wrong(found: Sequence[Shape], way: str) -> str:
    edge = "center" if way == "horizontally" else "middle"
    for before, after in zip(found, found[1:], strict=False):
        if getattr(before.box, edge) >= getattr(after.box, edge):
            return f"{before.said} comes after {after.said}"
    return ""


def _grouped_wrong(slide: Slide, found: Sequence[Shape], wanted: bool) -> str:
    outer = {id(s) for s in slide.shapes}
    if not wanted:
        inside = [s.said for s in found if id(s) not in outer]
        return f"{', '.join(inside)} is in a group" if inside else ""
    for group in slide.shapes:
        children = {id(s) for child in group.children for s in _tree(child)}
        if all(id(s) in children for s in found):
            return ""
    return "they are not in one group"


def _tree(shape: Shape) -> list[Shape]:
    return [shape, *(s for child in shape.children for s in _tree(child))]
