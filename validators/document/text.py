"""What a document says: its paragraphs, texts that it contains, and the aspects "text" and "boxes".

What is deleted by a tracked change is not part of the text, what is inserted is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

from cuagym.artefacts import Artefacts, recalculates
from cuagym.errors import TaskError, nearest
from cuagym.validators._aspects import compared
from cuagym.validators.document import _read
from cuagym.validators.document._align import pairs
from cuagym.validators.document._aspects import ASPECTS
from cuagym.validators.document._blocks import Paragraph, paragraphs, told
from cuagym.validators.document._read import PLACES, Document
from cuagym.validators.document._select import Part
from cuagym.verdict import Check

__all__ = ["text"]

_WITHIN: Final = 60


def _refuse_place(where: str) -> None:
    if where not in PLACES:
        raise TaskError(f"{where!r} is none of {', '.join(PLACES)}{nearest(where, PLACES)}")


def _refuse_counts(counts: Mapping[str, Any] | None) -> None:
    for text, count in (counts or {}).items():
        if isinstance(count, bool) or not isinstance(count, int) or count < 0 or not text:
            raise TaskError(f"{text!r}: how often it must occur is a whole number, not {count!r}")


@recalculates()
def text(
    artefacts: Artefacts,
    paragraphs: Sequence[str] | None = None,
    contains: str | Iterable[str] = (),
    absent: str | Iterable[str] = (),
    counts: Annotated[Mapping[str, int] | None, _refuse_counts] = None,
    ordered: Sequence[str] = (),
    empty: int | None = None,
    where: Annotated[str, _refuse_place] = "text",
    case: bool = True,
) -> list[Check]:
    """Check what a document says.

    Args:
        artefacts: What the agent left.
        paragraphs: The texts of all paragraphs that are not empty, in order, those of tables apart;
            not given if they are not looked at. White space at their ends makes no difference.
        contains: Texts that must occur, each within one paragraph; one or a list.
        absent: Texts that must not occur anywhere, nor in headers, notes and text boxes.
        counts: By text, how often it must occur.
        ordered: Texts the first occurrences of which must follow each other in this order.
        empty: How many empty paragraphs the body must have.
        where: Where `contains`, `counts` and `ordered` look: "body" (without tables), "tables",
            "text" (both), "headers", "footers", "notes" (footnotes and endnotes), "boxes" (text
            boxes and frames) or "everywhere".
        case: Whether capitals matter.

    Raises:
        Unreadable: If the document is missing or no text document.
        TaskError: If nothing is wanted.
    """
    parts, gone = _listed(contains), _listed(absent)
    if paragraphs is None and empty is None and not (parts or gone or counts or ordered):
        raise TaskError("nothing is wanted of the text")
    _refuse_counts(counts)
    document = _read.left(artefacts)
    lines = _lines(document, where, case)
    checks = []
    if paragraphs is not None:
        wrong = _other([p.text for p in document.body if p.text.strip()], paragraphs, case)
        checks.append(Check("paragraphs", not wrong, wrong))
    for part in parts:
        there = any(_folded(part, case) in line for line in lines)
        checks.append(Check(f"has {told(part)}", there, "" if there else _missing(part, document)))
    everywhere = document.everywhere("everywhere")
    for part in gone:
        found = [p for p in everywhere if _folded(part, case) in _folded(p.text, case)]
        wrong = f"{told(part)} is still in {found[0]}" if found else ""
        checks.append(Check(f"no {told(part)}", not found, wrong))
    for part, count in (counts or {}).items():
        times = sum(line.count(_folded(part, case)) for line in lines)
        wrong = "" if times == count else f"{told(part)} occurs {times} times, expected {count}"
        checks.append(Check(f"count of {told(part)}", not wrong, wrong))
    if ordered:
        wrong = _disorder("\n".join(lines), [_folded(part, case) for part in ordered])
        checks.append(Check("order", not wrong, wrong))
    if empty is not None:
        blank = sum(not p.text.strip() for p in document.body)
        wrong = "" if blank == empty else f"there are {blank} empty paragraphs, expected {empty}"
        checks.append(Check("empty paragraphs", not wrong, wrong))
    return checks


def _listed(texts: str | Iterable[str]) -> list[str]:
    found = [texts] if isinstance(texts, str) else list(texts)
    for each in found:
        if not each:
            raise TaskError("an empty text occurs everywhere: leave it out")
    return found


def _lines(document: Document, where: str, case: bool) -> list[str]:
    _refuse_place(where)
    return [_folded(p.text, case) for p in document.everywhere(where)]


def _folded(text: str, case: bool) -> str:
    return text if case else text.casefold()


def _missing(part: str, document: Document) -> str:
    """Say that a text does not occur, and where it does in another spelling."""
    for paragraph in document.everywhere("everywhere"):
        at = paragraph.text.casefold().find(part.casefold())
        if at >= 0:
            found = paragraph.text[at : at + len(part)]
            return f"there is no {told(part)} here, but {told(found)} in {paragraph}"
    return f"there is no {told(part)}"


def _other(found: Sequence[str], wanted: Sequence[str], case: bool) -> str:
    """Say where the paragraphs are not those wanted; "" if they are."""
    has = [_folded(p.strip(), case) for p in found]
    should = [_folded(p.strip(), case) for p in wanted]
    for number, (one, other) in enumerate(zip(has, should, strict=False), 1):
        if one != other:
            return f"paragraph {number}: {_apart(wanted[number - 1].strip(), found[number - 1])}"
    if len(has) < len(should):
        return f"paragraph {len(has) + 1} is missing: {told(wanted[len(has)])}"
    if len(has) > len(should):
        return f"there is a paragraph more: {told(found[len(should)])}"
    return ""


def _apart(expected: str, found: str) -> str:
    """Say how two texts differ, near to where they do."""
    found = found.strip()
    at = next((n for n, (a, b) in enumerate(zip(expected, found, strict=False)) if a != b), 0)
    begin = max(at - _WITHIN // 2, 0) if max(len(expected), len(found)) > _WITHIN else 0
    shown = [
        f"{'…' if begin else ''}{t[begin : begin + _WITHIN]}{'…' if t[begin + _WITHIN :] else ''}"
        for t in (expected, found)
    ]
    return f"expected {shown[0]!r}, found {shown[1]!r}"


def _disorder(whole: str, parts: Sequence[str]) -> str:
    """Say which text does not follow the one before it; "" if each does."""
    at = -1
    for number, part in enumerate(parts):
        found = whole.find(part)
        if found < 0:
            return f"there is no {told(part)}"
        if found <= at:
            return f"{told(part)} comes before {told(parts[number - 1])}"
        at = found
    return ""


@ASPECTS.offer("text")
def _text(was: Document, now: Document, part: Part) -> Iterator[str]:
    """The paragraphs outside tables: what they say, and their order."""
    for before, after in pairs(was, now, part):
        either = before or after
        if either is not None and not either.where:
            yield from _said(before, after)


def _said(before: Paragraph | None, after: Paragraph | None) -> Iterator[str]:
    if after is None:
        yield f"{before} is gone"
    elif before is None:
        yield f"{after} is new"
    elif before.shown != after.shown:
        yield f"{before}: {_apart(before.shown, after.shown)}"


@ASPECTS.offer("boxes")
def _boxes(was: Document, now: Document, part: Part) -> Iterator[str]:
    """What text boxes and frames say."""
    old, new = (
        {
            f"text box {n}": told("\n".join(p.shown for p in paragraphs(box)).strip())
            for n, box in enumerate(each.boxes, 1)
        }
        for each in (was, now)
    )
    yield from compared(old, new)
