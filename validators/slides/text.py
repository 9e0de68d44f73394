"""What slides say: titles, bullets with their levels, tables, notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from cuagym.artefacts import Artefacts, recalculates
from cuagym.errors import TaskError
from cuagym.validators._checks import by_key, checked
from cuagym.validators.slides import _match, _places, _read, _wanted
from cuagym.validators.slides._aspects import ASPECTS
from cuagym.validators.slides._deck import QUIET, Deck, Paragraph, Shape, Slide, folded
from cuagym.validators.slides._part import Part
from cuagym.verdict import Check

__all__ = ["occurrences", "text"]

_KEYS: Final = ("equals", "contains", "absent", "bullets")
_WHERE: Final = ("shapes", "tables", "notes")


@recalculates()
def text(artefacts: Artefacts, places: Annotated[Mapping[str, Any], by_key(_said)]) -> list[Check]:
    """Check what slides and shapes say, one check for each place.

    How white space is spread makes no difference, nor does how a text is split into runs.

    Args:
        artefacts: What the agent left.
        places: By place ("2!title", "Results!body", "3!'Next'", "2!notes", or "2" for all of the
            slide), a text; or a list of its paragraphs, where a tab before one stands for each
            level further in; or a table of `equals` (one of these), `contains` and `absent` (texts,
            one or a list) and `bullets` (true, false or "number": what paragraphs begin with).

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong.
    """
    deck = _read.left(artefacts)
    return [
        checked(place, _wrong, deck, place, _said(place, wanted))
        for place, wanted in places.items()
    ]


def _said(place: str, given: Any) -> dict[str, Any]:
    """Return what is wanted of a place as a table of the known keys."""
    _places.refuse(place)
    found = dict(given) if isinstance(given, Mapping) else {"equals": given}
    found = _wanted.table(place, found, _KEYS)
    equals = found.get("equals", "")
    if not isinstance(equals, str) and not (
        isinstance(equals, (list, tuple)) and all(isinstance(line, str) for line in equals)
    ):
        raise TaskError(f"{place}: a text or a list of paragraphs must be given, not {equals!r}")
    for key in ("contains", "absent"):
        for each in _wanted.listed(found.get(key, [])):
            if not isinstance(each, str) or not each.strip():
                raise TaskError(f"{place}: {key} {each!r} is no text")
    if "bullets" in found and found["bullets"] not in (True, False, "number"):
        raise TaskError(f"{place}: bullets must be true, false or 'number'")
    return found


def _wrong(deck: Deck, place: str, wanted: Mapping[str, Any]) -> str:
    slide, _, selector = place.rpartition("!")
    if selector == "notes":
        found = [(s, [_lines(s.notes)]) for s in _places.slides_at(deck, slide)]
    else:
        found = [
            (s, [list(shape.all_paragraphs()) for shape in shapes])
            for s, shapes in _places.place(deck, place)
        ]
    wrong = (_one_wrong(slide, texts, wanted) for slide, texts in found)
    return "; ".join(filter(None, wrong))


def _lines(text: str) -> list[Paragraph]:
    from cuagym.validators.slides._deck import Run

    return [Paragraph((Run(line, {}),)) for line in text.split("\n")]


def _one_wrong(slide: Slide, texts: list[list[Paragraph]], wanted: Mapping[str, Any]) -> str:
    """Say how the texts of some shapes on a slide are not as wanted."""
    texts = [[p for p in each if folded(p.text)] for each in texts]
    every = [p for each in texts for p in each]
    if "equals" in wanted:
        found = [_equal(each, wanted["equals"]) for each in texts or [[]]]
        if "" not in found:
            return f"{slide.said}: {found[0]}"
    whole = "\n".join(folded(p.text) for p in every)
    for part in _wanted.listed(wanted.get("contains", [])):
        if folded(part) not in folded(whole):
            return f"{slide.said}: there is no {part!r} in {_short(whole)}"
    for part in _wanted.listed(wanted.get("absent", [])):
        if folded(part) in folded(whole):
            return f"{slide.said}: {part!r} should not be there"
    if "bullets" in wanted:
        return _bullets_wrong(slide, every, wanted["bullets"])
    return ""


def _equal(found: list[Paragraph], wanted: Any) -> str:
    if isinstance(wanted, str):
        has = folded(" ".join(p.text for p in found))
        return "" if has == folded(wanted) else f"expected {wanted!r}, found {_short(has)}"
    lines = [w for w in wanted if w.strip()]
    for number in range(max(len(lines), len(found))):
        if number >= len(found):
            return f"there is no paragraph {number + 1}, expected {folded(lines[number])!r}"
        has = folded(found[number].text)
        if number >= len(lines):
            return f"paragraph {number + 1}, {_short(has)}, should not be there"
        line = lines[number]
        if has != folded(line):
            return f"paragraph {number + 1}: expected {folded(line)!r}, found {_short(has)}"
        level = len(line) - len(line.lstrip("\t"))
        if found[number].level != level:
            return f"{has!r} is at level {found[number].level}, expected {level}"
    return ""


def _bullets_wrong(slide: Slide, found: list[Paragraph], wanted: Any) -> str:
    kinds = {True: ("bullet", "number"), False: ("",), "number": ("number",)}[wanted]
    names = {"bullet": "a bullet", "number": "a number", "": "no bullet"}
    if not found:
        return f"{slide.said}: there is no text"
    for paragraph in found:
        if paragraph.bullet not in kinds:
            has = f"{folded(paragraph.text)!r} has {names[paragraph.bullet]}"
            return f"{slide.said}: {has}, expected {names[kinds[0]]}"
    return ""


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...") if text else "nothing"


def _often(text: str, wanted: Any) -> None:
    if not text.strip():
        raise TaskError("the text to look for is empty")
    if not isinstance(wanted, int) or wanted < 0:
        raise TaskError(f"{text!r}: how often must be a whole number, or true for at least once")


@recalculates()
def occurrences(
    artefacts: Artefacts,
    texts: Annotated[Mapping[str, int | bool], by_key(_often)],
    where: Iterable[Literal["shapes", "tables", "notes"]] = _WHERE,
    slides: str = "*",
    case: bool = True,
    words: bool = False,
) -> list[Check]:
    """Check how often texts occur, one check for each: replaced everywhere, left nowhere.

    Args:
        artefacts: What the agent left.
        texts: By text, how often it occurs; true for at least once, 0 or false for never.
        where: Where is looked: "shapes", "tables", "notes".
        slides: The slides that are looked at, such as "2", "Results", or "*" for all.
        case: Whether upper and lower case must agree.
        words: Whether only whole words count.

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong.
    """
    places = list(where)
    deck = _read.left(artefacts)
    looked = [s for name in slides.split(",") for s in _places.slides_at(deck, name)]
    checks = []
    for wanted, count in texts.items():
        edge = r"\b" if words else ""
        spaced = r"\s+".join(map(re.escape, wanted.split()))
        pattern = re.compile(f"{edge}{spaced}{edge}", 0 if case else re.IGNORECASE)
        found = {s.said: _count(pattern, s, places) for s in looked}
        wrong = _count_wrong(found, count)
        checks.append(Check(wanted, not wrong, wrong))
    return checks


def _count(pattern: re.Pattern[str], slide: Slide, where: Iterable[str]) -> int:
    found = []
    for shape in slide.all_shapes:
        kind = "tables" if shape.cells else "shapes"
        if kind in where:
            found += [p.text for p in shape.all_paragraphs()]
    if "notes" in where:
        found += slide.notes.split("\n")
    return sum(len(pattern.findall(each)) for each in found)


def _count_wrong(found: Mapping[str, int], wanted: int) -> str:
    total = sum(found.values())
    there = ", ".join(f"{name}: {n}" for name, n in found.items() if n)
    if wanted is True:
        return "" if total else "it does not occur"
    if total == wanted:
        return ""
    return f"it occurs {total} times{f' ({there})' if there else ''}, expected {int(wanted)}"


@ASPECTS.offer("text")
def _text(was: Deck, now: Deck, part: Part) -> Iterator[str]:
    """What placeholders, shapes and tables say, and the levels of paragraphs; not what notes do."""
    for slide in part.gone(was, now):
        yield f"{slide.said} is gone"
    for slide in part.extra(was, now):
        if slide.texts:
            yield f"{slide.said} is new and says {_short(slide.texts[0])}"
    for old, new in part.pairs(was, now):
        for one, other in _match.shapes(old, new):
            if (one or other).role in QUIET:  # type: ignore[union-attr]
                continue
            before, after = _content(one), _content(other)
            if before != after:
                name = (one or other).said  # type: ignore[union-attr]
                at = next(
                    (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b),
                    min(len(before), len(after)),
                )
                pair = [_line(lines, at) for lines in (before, after)]
                yield f"{old.said}, {name}: {pair[0]} is now {pair[1]}"


def _content(shape: Shape | None) -> list[tuple[int, str]]:
    if shape is None:
        return []
    if shape.cells:  # an empty cell matters: it tells where the others are
        return [(0, cell.text if cell else "") for row in shape.cells for cell in row]
    return [(p.level, folded(p.text)) for p in shape.paragraphs if folded(p.text)]


def _line(lines: list[tuple[int, str]], at: int) -> str:
    if at >= len(lines):
        return "nothing"
    level, said = lines[at]
    return f"{_short(said)}{f' at level {level}' if level else ''}"
