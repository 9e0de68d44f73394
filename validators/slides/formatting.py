"""How text looks: bold, size, font, colour, alignment, as it is seen, wherever that was set."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final

from cuagym.artefacts import Artefacts, recalculates
from cuagym.errors import TaskError
from cuagym.validators._checks import by_key, checked
from cuagym.validators._colours import same_font
from cuagym.validators.slides import _match, _places, _read, _wanted
from cuagym.validators.slides._aspects import ASPECTS
from cuagym.validators.slides._deck import QUIET, Deck, Paragraph, Shape, folded
from cuagym.validators.slides._part import Part
from cuagym.validators.slides._words import ALIGN, FACTS
from cuagym.verdict import Check

__all__ = ["facts_wrong", "formatting", "known"]

_ADJECTIVES: Final = {
    **{"bold": "bold", "italic": "italic", "underline": "underlined"},
    "strike": "struck through",
}
_SIZE: Final = 0.3
"""By how many points a size may be off: programs round."""


@recalculates()
def formatting(
    artefacts: Artefacts, places: Annotated[Mapping[str, Any], by_key(_known)]
) -> list[Check]:
    """Check how text looks, one check for each place.

    It is looked at what is seen: formatting that was inherited from a placeholder, layout, master
    or theme counts as what was set on the text itself.

    Args:
        artefacts: What the agent left.
        places: By place ("2!title", "*!body", "2" for all text of the slide), a table of facts, of
            which only those that are given are looked at: `bold`, `italic`, `underline`, `strike`
            (true or false), `size` in points (a number, a list of them, or a table of `at_least`
            and `at_most`), `font` (its name, or a list), `color` ("#FF0000", or a name: red,
            orange, yellow, green, blue, purple, black, grey, white; or a list), `align` ("left",
            "center", "right", "justify"); and of `text`, the part of the text that is meant, if not
            all of it, and `only`, true where no other text of the place may look so.

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong.
    """
    deck = _read.left(artefacts)
    return [
        checked(place, _wrong, deck, place, _known(place, wanted))
        for place, wanted in places.items()
    ]


def _known(place: str, given: Any) -> dict[str, Any]:
    """Return the facts that are wanted of a place."""
    _places.refuse(place)
    found = known(place, given, ("text", "only"))
    if not isinstance(found.get("text", ""), str) or found.get("text") == "":
        raise TaskError(f"{place}: text must be a part of the text, not {found['text']!r}")
    if found.get("only") and "text" not in found:
        raise TaskError(f"{place}: only tells of a part of the text: give 'text' as well")
    if set(found) <= {"text", "only"}:
        raise TaskError(f"{place}: no fact is wanted of {found['text']!r}")
    return found


def known(where: str, given: Any, also: Iterable[str] = ()) -> dict[str, Any]:
    """Return a table of facts of text.

    Raises:
        TaskError: A fact has no such name, or cannot be so.
    """
    found = _wanted.table(where, given, (*FACTS, "align", *also))
    for name, value in found.items():
        if name in _ADJECTIVES and not isinstance(value, bool):
            raise TaskError(f"{where}: {name} must be true or false, not {value!r}")
        if name == "size":
            _wanted.quantity(f"{where}: size", value)
        if name == "color":
            _wanted.colour(f"{where}: color", value)
        if name == "align":
            _wanted.one_of(f"{where}: align", value, tuple(dict.fromkeys(ALIGN.values())))
    return found


def _wrong(deck: Deck, place: str, wanted: Mapping[str, Any]) -> str:
    said = []
    for slide, shapes in _places.place(deck, place):
        lines = [p for s in shapes if s.role not in QUIET or "!" in place for p in _lines(s)]
        wrong = _slide_wrong(lines, wanted)
        said += [f"{slide.said}: {wrong}"] if wrong else []
    return "; ".join(said[:4])


def _lines(shape: Shape) -> list[Paragraph]:
    return [p for p in shape.all_paragraphs() if folded(p.text)]


def _slide_wrong(lines: list[Paragraph], wanted: Mapping[str, Any]) -> str:
    """Say how the text of a slide does not look as wanted."""
    if not lines:
        return "there is no text"
    part = wanted.get("text", "")
    facts = {name: value for name, value in wanted.items() if name not in ("text", "only")}
    inside: list[tuple[str, Mapping[str, Any]]] = []
    outside: list[tuple[str, Mapping[str, Any]]] = []
    for line in lines:
        for text, meant, look in _pieces(line, part):
            if text.strip():
                (inside if meant else outside).append((text, look))
    if not inside:
        return f"there is no {part!r}"
    for text, look in inside:
        if wrong := facts_wrong(look, facts):
            return f"{folded(text)!r} {wrong}"
    for text, look in outside if wanted.get("only") else ():
        if not facts_wrong(look, facts):
            return f"{folded(text)!r} looks so too, only {part!r} should"
    return ""


def _pieces(line: Paragraph, part: str) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
    """Yield the pieces of a paragraph, whether each is meant, and how it looks."""
    meant: set[int] = set(range(len(line.text)))
    if part:
        meant, at = set(), line.text.find(part)
        while at >= 0:
            meant.update(range(at, at + len(part)))
            at = line.text.find(part, at + len(part))
    start = 0
    for run in line.runs:
        look = {**run.facts, "align": line.align}
        piece, last = "", start in meant
        for at, letter in enumerate(run.text, start):
            if (at in meant) != last:
                yield piece, last, look
                piece, last = "", at in meant
            piece += letter
        yield piece, last, look
        start += len(run.text)


def facts_wrong(look: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """Say how a text does not look as wanted; "" if it does."""
    for name, value in wanted.items():
        have = look.get(name)
        if name in _ADJECTIVES:
            if bool(have) != value:
                return f"is {'not ' if value else ''}{_ADJECTIVES[name]}"
        elif name == "size":
            if not _wanted.bounded(float(have or 0), value, _SIZE):
                return f"has {have:g} points, expected {_wanted.length(value)}"
        elif name == "color":
            if not _wanted.coloured(str(have), value, "#000000"):
                return f"has the color {have}, expected {_either(value)}"
        elif name == "font":
            if have not in [same_font(str(w)) for w in _wanted.listed(value)]:
                return f"has the font {str(have).title()}, expected {_either(value)}"
        elif have not in _wanted.listed(value):
            return f"has the alignment {have}, expected {_either(value)}"
    return ""


def _either(value: Any) -> str:
    return " or ".join(map(str, _wanted.listed(value)))


@ASPECTS.offer("formatting")
def _formatting(was: Deck, now: Deck, part: Part) -> Iterator[str]:
    """How text looks, of paragraphs that say the same: font, size, colour, alignment, bullets."""
    for old, new in part.pairs(was, now):
        for one, other in _match.shapes(old, new):
            if one is None or other is None or one.role in QUIET:
                continue  # the aspects "text" and "shapes" tell it
            before, after = _lines(one), _lines(other)
            names = [[folded(p.text) for p in lines] for lines in (before, after)]
            blocks = difflib.SequenceMatcher(None, names[0], names[1], autojunk=False)
            for block in blocks.get_matching_blocks():
                for n in range(block.size):
                    if wrong := _differ(before[block.a + n], after[block.b + n]):
                        yield f"{old.said}, {one.said}: {wrong}"


def _differ(one: Paragraph, other: Paragraph) -> str:
    """Say how two paragraphs of the same text look different; "" if they do not."""
    for name in ("align", "bullet"):
        before, after = getattr(one, name), getattr(other, name)
        if before != after:
            what = "alignment" if name == "align" else name
            said = f"had the {what} {before or 'none'}, now {after or 'none'}"
            return f"{folded(one.text)!r} {said}"
    before_, after_ = _letters(one), _letters(other)
    for name in FACTS:
        start = next(
            (
                n
                for n, (a, b) in enumerate(zip(before_, after_, strict=False))
                if _fact(a[1], name) != _fact(b[1], name)
            ),
            None,
        )
        if start is not None:
            look, now = before_[start][1], after_[start][1]
            piece = "".join(
                a[0]
                for a, b in zip(before_[start:], after_[start:], strict=False)
                if _fact(a[1], name) != _fact(b[1], name)
            )
            return f"{piece[:60]!r} had {_told(name, look)}, now {_told(name, now)}"
    return ""


def _letters(line: Paragraph) -> list[tuple[str, Mapping[str, Any]]]:
    """Return what is seen of a paragraph, letter by letter, and how it looks."""
    return [(letter, run.facts) for run in line.runs for letter in run.text if not letter.isspace()]


def _fact(look: Mapping[str, Any], name: str) -> Any:
    return round(look[name]) if name == "size" and name in look else look.get(name)


def _told(name: str, look: Mapping[str, Any]) -> str:
    value = look.get(name)
    if isinstance(value, bool):
        return f"{name} {'on' if value else 'off'}"
    return f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
