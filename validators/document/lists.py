"""Lists and headings: bullets, numbers, levels; and the aspects "lists" and "headings"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

from cuagym.artefacts import Artefacts, recalculates
from cuagym.errors import TaskError, nearest
from cuagym.validators._checks import by_key, checked, one_by_one
from cuagym.validators.document import _read, _select
from cuagym.validators.document._align import pairs
from cuagym.validators.document._aspects import ASPECTS
from cuagym.validators.document._blocks import Paragraph, told
from cuagym.validators.document._looks import listed
from cuagym.validators.document._read import Document
from cuagym.validators.document._select import Part
from cuagym.verdict import Check

__all__ = ["contents", "headings", "lists"]

_KEYS: Final = ("kind", "level", "format", "label")
_KINDS: Final = ("bullet", "number", "none")
_FORMATS: Final = (
    *("decimal", "lowerLetter", "upperLetter", "lowerRoman", "upperRoman", "decimalZero"),
    *("bullet", "none"),
)


def _refuse(selector: str, wanted: Any) -> None:
    _select.refuse(selector)
    if isinstance(wanted, str):
        wanted = {"kind": wanted}
    if not isinstance(wanted, Mapping) or not wanted:
        raise TaskError(f"{selector}: a kind or a table must be given, not {wanted!r}")
    for key in wanted:
        if key not in _KEYS:
            raise TaskError(
                f"{selector}: {key!r} is none of {', '.join(_KEYS)}{nearest(key, _KEYS)}"
            )
    for key, names in (("kind", _KINDS), ("format", _FORMATS)):
        for value in listed(wanted.get(key, names[0])):
            if value not in names:
                raise TaskError(
                    f"{selector}: {key} {value!r} is none of {', '.join(names)}"
                    + nearest(value, names)
                )


@recalculates()
def lists(
    artefacts: Artefacts, wanted: Annotated[Mapping[str, Any], by_key(_refuse)]
) -> list[Check]:
    """Check which paragraphs are bulleted or numbered, one check for each selector.

    Args:
        artefacts: What the agent left.
        wanted: By what names paragraphs (as for `document.paragraphs`), a kind ("bullet", "number"
            or "none"), or a table of which only what is given is looked at: `kind`; `level`, from
            1; `format` of the numbers ("decimal", "lowerLetter", "upperLetter", "lowerRoman",
            "upperRoman", "decimalZero"); `label`, what is shown before the paragraph, such as "2."
            or "•", or, where several paragraphs are named, a list of what each one shows.

    Raises:
        Unreadable: If the document is missing or no text document.
        TaskError: If the arguments are wrong.
    """
    document = _read.left(artefacts)
    for selector, asked in wanted.items():
        _refuse(selector, asked)
    return [
        checked(f"{selector} in a list", _unlisted, document, selector, asked)
        for selector, asked in wanted.items()
    ]


def _unlisted(document: Document, selector: str, asked: Any) -> str:
    """Say what is wrong with the bullets and numbers of paragraphs; "" if nothing is."""
    wanted = {"kind": asked} if isinstance(asked, str) else dict(asked)
    found = _select.chosen(document, selector)
    labels = wanted.pop("label", None)
    for paragraph in found:
        if wrong := _other(paragraph, wanted):
            return f"{paragraph} is {wrong}"
    if labels is None:
        return ""
    shown = [p.item.label if p.item else "" for p in found]
    if not isinstance(labels, (list, tuple)):
        labels = [labels] * len(found)
    for paragraph, has, label in zip(found, shown, labels, strict=False):
        if has.strip() != str(label).strip():
            return f"{paragraph} shows {has or 'nothing'!r}, expected {label!r}"
    if len(labels) != len(found):
        return f"there are {len(found)} such paragraphs, expected {len(labels)}"
    return ""


def _other(paragraph: Paragraph, wanted: Mapping[str, Any]) -> str:
    """Say what a paragraph is in place of what is wanted; "" if it is that."""
    item = paragraph.item
    has = {
        "kind": item.kind if item else "none",
        "level": item.level if item else 0,
        "format": item.format if item else "none",
    }
    for key, value in wanted.items():
        if has[key] not in listed(value):
            return f"{item or 'in no list'}, expected {key} {value!r}"
    return ""


@ASPECTS.offer("lists")
def _lists(was: Document, now: Document, part: Part) -> Iterator[str]:
    """What stands before paragraphs: bullets, numbers, their level and format.

    Of numbers only the format is compared: what they show follows from the paragraphs before.
    """
    for before, after in pairs(was, now, part):
        if before is None or after is None:
            continue
        old, new = (_kind(p) for p in (before, after))
        if old != new:
            yield f"{before} was {before.item or 'in no list'}, is now {after.item or 'in none'}"


def _kind(paragraph: Paragraph) -> tuple[Any, ...]:
    item = paragraph.item
    if item is None:
        return ()
    return item.kind, item.level, item.format, item.label if item.kind == "bullet" else ""


def _refuse_heading(wanted: Any) -> None:
    fits = (
        isinstance(wanted, (list, tuple))
        and len(wanted) == 2
        and isinstance(wanted[0], int)
        and 1 <= wanted[0] <= 9
        and isinstance(wanted[1], str)
    )
    if not fits:
        raise TaskError(f"{wanted!r} must be a level from 1 to 9 and a title, such as [1, 'Intro']")


@recalculates()
def headings(
    artefacts: Artefacts, wanted: Annotated[Sequence[Any], one_by_one(_refuse_heading)]
) -> list[Check]:
    """Check the headings: their levels, their titles, and their order.

    A heading is a paragraph with an outline level, as the styles "Heading 1" to "Heading 9" give
    it; one that is only bold and large is none.

    Args:
        artefacts: What the agent left.
        wanted: All headings in order, each as a level from 1 and a title: [[1, "Intro"], [2,
            "Aims"]].

    Raises:
        Unreadable: If the document is missing or no text document.
        TaskError: If the arguments are wrong.
    """
    for each in wanted:
        _refuse_heading(each)
    found, expected = _headings(_read.left(artefacts)), [(n, t.strip()) for n, t in wanted]
    wrong = ""
    for number in range(max(len(found), len(expected))):
        has, should = (side[number : number + 1] for side in (found, expected))
        if has != should:
            wrong = f"heading {number + 1}: expected {_heading(should)}, found {_heading(has)}"
            break
    return [Check("headings", not wrong, wrong)]


def _headings(document: Document) -> list[tuple[int, str]]:
    return [
        (p.outline, p.text.strip()) for p in document.paragraphs if p.outline and p.text.strip()
    ]


def _heading(found: Sequence[tuple[int, str]]) -> str:
    return f"{told(found[0][1])} on level {found[0][0]}" if found else "none"


@ASPECTS.offer("headings")
def _outline(was: Document, now: Document, part: Part) -> Iterator[str]:
    """On which levels paragraphs are headings."""
    for before, after in pairs(was, now, part):
        if before is not None and after is not None and before.outline != after.outline:
            old, new = (f"on level {n}" if n else "none" for n in (before.outline, after.outline))
            yield f"as a heading {before} was {old}, is now {new}"


@recalculates()
def contents(
    artefacts: Artefacts,
    levels: int = 0,
    title: str | None = None,
    before: str = "",
    after: str = "",
) -> list[Check]:
    """Check that there is one table of contents, a real one, and that it is up to date.

    What it must list is worked out from the headings; page numbers are not looked at.

    Args:
        artefacts: What the agent left.
        levels: How many levels of headings it must list; 0 for any number.
        title: Its title; not given if it is not looked at.
        before: A text that it must precede; "" where its place is free.
        after: A text that it must follow; "" likewise.

    Raises:
        Unreadable: If the document is missing or no text document.
    """
    document = _read.left(artefacts)
    entries = [p for p in document.story if isinstance(p, Paragraph) and p.generated]
    heads = [p for p in entries if "heading" in p.style.casefold()]
    lines = [p for p in entries if "heading" not in p.style.casefold() and p.text.strip()]
    there = "" if lines else "there is none: texts that were typed do not count"
    checks = [Check("table of contents", not there, there)]
    if not lines:
        return checks
    found = [_entry(p) for p in lines]
    wrong = _outdated(found, _headings(document), levels)
    checks.append(Check("up to date", not wrong, wrong))
    if title is not None:
        has = " ".join(p.text.strip() for p in heads)
        wrong = "" if has == title.strip() else f"its title is {told(has)}, expected {told(title)}"
        checks.append(Check("title", not wrong, wrong))
    place = _place(document, lines[0])
    if before:
        found_before = [p for p in document.body[:place] if before in p.text]
        wrong = f"{found_before[0]} comes before it" if found_before else ""
        checks.append(Check(f"before {told(before)}", not wrong, wrong))
    if after:
        follows = any(after in p.text for p in document.body[:place])
        wrong = "" if follows else "it comes too early"
        checks.append(Check(f"after {told(after)}", follows, wrong))
    return checks


def _entry(paragraph: Paragraph) -> str:
    """Return what an entry lists: its text without the page's number."""
    return paragraph.text.rpartition("\t")[0].strip() or paragraph.text.strip()


def _outdated(found: Sequence[str], heads: Sequence[tuple[int, str]], levels: int) -> str:
    """Say what a table of contents does not list as it should; "" if it is up to date."""
    if not heads:
        return "there are no headings to list"
    depths = [levels] if levels else sorted({n for n, _ in heads})
    lists = [[t for n, t in heads if n <= depth] for depth in depths]
    # Numbers of headings stand before their titles.
    for wanted in lists:
        if len(wanted) == len(found) and all(
            f.split("\t")[-1].strip() == t.replace("\t", " ") or f == t
            for f, t in zip(found, wanted, strict=True)
        ):
            return ""
    missing = [t for t in lists[-1] if not any(t in f for f in found)]
    if missing:
        return f"it does not list {told(missing[0])}"
    has, should = (", ".join(map(told, side[:5])) for side in (found, lists[-1]))
    return f"it lists {has}, expected {should}"


def _place(document: Document, first: Paragraph) -> int:
    """Return how many paragraphs of the body come before one of a table of contents."""
    blocks = [b for b in document.story if isinstance(b, Paragraph)]
    at = next(n for n, block in enumerate(blocks) if block is first)
    return sum(not block.generated for block in blocks[:at])


@ASPECTS.offer("contents")
def _contents(was: Document, now: Document, part: Part) -> Iterator[str]:
    """What tables of contents list, without the pages' numbers."""
    old, new = (
        [_entry(p) for p in d.story if isinstance(p, Paragraph) and p.generated] for d in (was, now)
    )
    if old != new:
        yield f"it listed {', '.join(old) or 'nothing'}, now {', '.join(new) or 'nothing'}"
