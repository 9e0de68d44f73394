"""What texts look like: bold, fonts, colours; and the aspect "characters"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from cuagym.artefacts import Artefacts, recalculates
from cuagym.errors import TaskError
from cuagym.validators._checks import by_key, checked
from cuagym.validators.document import _looks, _read, _select
from cuagym.validators.document._align import characters as piece_numbers
from cuagym.validators.document._align import pairs, places
from cuagym.validators.document._aspects import ASPECTS
from cuagym.validators.document._blocks import Paragraph, told
from cuagym.validators.document._read import Document
from cuagym.validators.document._select import Part
from cuagym.verdict import Check

__all__ = ["characters"]

_SEEN_ON_SPACES: Final = ("underline", "strike", "highlight", "size")
"""What can be told of white space: nobody sees that a space is bold."""
_SHOWN: Final = 3


def _refuse(selector: str, wanted: Any) -> None:
    _select.refuse(selector)
    table = _looks.known(selector, wanted, (*_looks.FACTS, "occurrence"))
    occurrence = table.pop("occurrence", 1)
    if isinstance(occurrence, bool) or not isinstance(occurrence, int) or occurrence < 1:
        raise TaskError(f"{selector}: occurrence must be a whole number from 1, not {occurrence!r}")
    if not table:
        raise TaskError(f"{selector}: nothing is wanted of it")


@recalculates(initial=True)
def characters(
    artefacts: Artefacts,
    texts: Annotated[Mapping[str, Mapping[str, Any]], by_key(_refuse)],
    only: bool = False,
) -> list[Check]:
    """Check what texts look like, one check for each text and fact.

    It makes no difference whether a style or direct formatting makes them look so.

    Args:
        artefacts: What the agent left.
        texts: By text, all occurrences of which are meant, or what names paragraphs otherwise
            ("#3", "#2-5", "#-1" by their place in the body, "*", "style:Heading 1", "table 2, row
            1", "=Intro" for those that read exactly so), a table of facts, of which only those that
            are given are looked at: `bold`, `italic`, `strike`, `superscript`, `subscript`, `caps`,
            `small_caps`, `hidden` (true or false), `underline` (true, false or "single", "double",
            "wave" ...), `size` in points, `font` (its name), `color` and `highlight` ("#FFFF00", or
            a name: red, orange, yellow, green, blue, purple, black, grey, white; or true for any,
            false for none). A list of values accepts each of them. With `occurrence`, such as 2,
            only that one is meant.
        only: Whether nothing else may have come to look so.

    Raises:
        Unreadable: If the document is missing or no text document.
        TaskError: If the arguments are wrong.
    """
    document = _read.left(artefacts)
    checks = []
    for selector, wanted in texts.items():
        _refuse(selector, wanted)
        for name in wanted:
            if name != "occurrence":
                label = f"{told(selector)} {name}"
                checks.append(checked(label, _wrong, document, selector, wanted, name))
    if only:
        before = _read.initial(artefacts)
        checks.append(checked("nothing else", _elsewhere, before, document, texts))
    return checks


def _spans(
    document: Document, selector: str, wanted: Mapping[str, Any]
) -> list[tuple[Paragraph, int, int]]:
    found = _select.spans(document, selector)
    if "occurrence" not in wanted:
        return found
    return found[wanted["occurrence"] - 1 :][:1]


def _wrong(document: Document, selector: str, wanted: Mapping[str, Any], name: str) -> str:
    """Say which of the characters do not have a fact as wanted; "" if all have it."""
    spans = _spans(document, selector, wanted)
    if not spans:
        return f"there is no occurrence {wanted['occurrence']} of {told(selector)}"
    if not any(paragraph.text[a:b].strip() for paragraph, a, b in spans):
        return f"{spans[0][0]} has no characters"
    out = []
    for paragraph, begin, end in spans:
        at = 0
        for piece in paragraph.pieces:
            text = piece.text[max(begin - at, 0) : max(end - at, 0)]
            at += len(piece.text)
            if not text or (not text.strip() and name not in _SEEN_ON_SPACES):
                continue
            if what := _looks.unlike(piece.look, name, wanted[name]):
                out.append(f"{told(text)} in {paragraph} is {what}")
    more = f"; and {len(out) - _SHOWN} more" if len(out) > _SHOWN else ""
    return "; ".join(out[:_SHOWN]) + more


def _elsewhere(was: Document, now: Document, texts: Mapping[str, Mapping[str, Any]]) -> str:
    """Say which other characters have come to look as wanted; "" if none have."""
    for name, value in _facts(texts):
        meant: dict[int, set[int]] = {}
        for selector, wanted in texts.items():
            if name in wanted and wanted[name] == value:
                for paragraph, begin, end in _spans(now, selector, wanted):
                    meant.setdefault(id(paragraph), set()).update(range(begin, end))
        for before, after in pairs(was, now, Part()):
            if after is None:
                continue
            found = _gained(before, after, name, value, meant.get(id(after), set()))
            if found.strip():
                return f"{told(found)} in {after} has come to have {name} {value!r}, too"
    return ""


def _facts(texts: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, Any]]:
    """Return each fact that is wanted of any text, once."""
    out: list[tuple[str, Any]] = []
    for wanted in texts.values():
        out += [f for f in wanted.items() if f[0] != "occurrence" and f not in out]
    return out


def _gained(
    before: Paragraph | None, after: Paragraph, name: str, value: Any, meant: set[int]
) -> str:
    """Return the first characters of a paragraph, not meant ones, that have gained a fact."""
    found = ""
    for place, new, old in _side_by_side(before, after):
        # New text that lacks a look has gained nothing.
        gained = value is not False if old is None else bool(_looks.unlike(old, name, value))
        if gained and place not in meant and not _looks.unlike(new, name, value):
            found += after.text[place]
        elif found.strip():
            break
    return found


def _side_by_side(
    before: Paragraph | None, after: Paragraph
) -> Iterator[tuple[int, Mapping[str, Any], Mapping[str, Any] | None]]:
    """Yield the place of each character, its look now, and as it was; None for new ones."""
    numbers = piece_numbers(after)
    olds = piece_numbers(before) if before else []
    at = places(before.text, after.text) if before else [-1] * len(numbers)
    for place, number in enumerate(numbers):
        old = before.pieces[olds[at[place]]].look if before and at[place] >= 0 else None
        yield place, after.pieces[number].look, old


@ASPECTS.offer("characters")
def _characters(was: Document, now: Document, part: Part) -> Iterator[str]:
    """What characters look like that were there before: fonts, sizes, colours, effects."""
    for before, after in pairs(was, now, part):
        if before is None or after is None:
            continue  # the aspects "text" and "tables" tell it
        if [(p.text, p.look) for p in before.pieces] != [(p.text, p.look) for p in after.pieces]:
            yield from _changes(before, after)


def _changes(before: Paragraph, after: Paragraph) -> Iterator[str]:
    """Yield what has changed in the look of a paragraph's characters, stretch by stretch."""
    said: list[str] = []
    text = ""
    for place, new, old in _side_by_side(before, after):
        character = after.text[place]
        changed = [] if old is None else _changed(old, new, character)
        # A space goes with the words round it: most of a look cannot be seen on it.
        if changed != said and (character.strip() or not set(changed) <= set(said)):
            if said and text.strip(" "):
                yield f"{told(text)} in {before} was {'; '.join(said)}"
            said, text = changed, ""
        text += character
    if said:
        yield f"{told(text)} in {before} was {'; '.join(said)}"


def _changed(old: Mapping[str, Any], new: Mapping[str, Any], character: str) -> list[str]:
    if old is new:
        return []
    facts = _looks.FACTS if character.strip() else _SEEN_ON_SPACES
    return [
        f"{_looks.said(name, old[name])}, is now {_looks.said(name, new[name])}"
        for name in facts
        if old[name] != new[name]
    ]
