"""Pages: size, orientation, margins, columns, headers and footers; and their aspects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from cuagym.artefacts import Artefacts, Unreadable, recalculates
from cuagym.errors import TaskError, nearest
from cuagym.validators._aspects import compared
from cuagym.validators._checks import by_key, checked
from cuagym.validators.document import _layout, _looks, _read
from cuagym.validators.document._aspects import ASPECTS
from cuagym.validators.document._blocks import GENERATED, Paragraph, paragraphs, told
from cuagym.validators.document._lengths import close, points, shown
from cuagym.validators.document._looks import listed
from cuagym.validators.document._read import Document, Section
from cuagym.validators.document._select import Part
from cuagym.validators.document._xml import attr, child, integer
from cuagym.verdict import Check

__all__ = ["headers", "page"]

_SIZES: Final = {
    "a3": (841.9, 1190.55),
    "a4": (595.3, 841.9),
    "a5": (419.55, 595.3),
    "b5": (498.9, 708.65),
    "letter": (612.0, 792.0),
    "legal": (612.0, 1008.0),
    "tabloid": (792.0, 1224.0),
    "executive": (522.0, 756.0),
}
_MARGINS: Final = ("left", "right", "top", "bottom")
_BY: Final = 2.0
"""By how many points paper may differ: programs round the sizes of names in their own ways."""
_STORIES: Final = (
    *("header", "footer", "first header", "first footer", "even header", "even footer"),
)
_KEYS: Final = ("text", "contains", "fields", "align", "look")


def _refuse_size(size: str | None) -> None:
    if size is not None and size.lower() not in _SIZES:
        known = [name.capitalize() for name in _SIZES]
        raise TaskError(f"size {size!r} is none of {', '.join(known)}{nearest(size, known)}")


def _refuse_orientation(orientation: str | None) -> None:
    if orientation not in (None, "portrait", "landscape"):
        known = ("portrait", "landscape")
        raise TaskError(
            f"orientation {orientation!r} is none of {', '.join(known)}"
            + nearest(orientation, known)
        )


def _refuse_margins(margins: Mapping[str, Any] | None) -> None:
    for side, margin in (margins or {}).items():
        if side not in _MARGINS:
            raise TaskError(f"{side!r} is none of {', '.join(_MARGINS)}{nearest(side, _MARGINS)}")
        points(margin, f"margin {side}")


@recalculates()
def page(
    artefacts: Artefacts,
    size: Annotated[str | None, _refuse_size] = None,
    orientation: Annotated[str | None, _refuse_orientation] = None,
    margins: Annotated[Mapping[str, Any] | None, _refuse_margins] = None,
    columns: int | None = None,
    section: int | str | None = None,
    sections: int | None = None,
) -> list[Check]:
    """Check the set-up of pages, one check for each thing that is wanted.

    Args:
        artefacts: What the agent left.
        size: "A3", "A4", "A5", "B5", "Letter", "Legal", "Tabloid" or "Executive", either way round.
        orientation: "portrait" or "landscape".
        margins: By side ("left", "right", "top", "bottom") in points or such as "2 cm". Where there
            is a header or footer, the margin is from the edge of the paper to the text.
        columns: How many columns of text there are.
        section: Which section is meant, from 1; -1 is the last; a text that paragraphs contain, for
            those that these are in; all of them if not given.
        sections: How many sections the document must have.

    Raises:
        Unreadable: If the document is missing or no text document.
        TaskError: If the arguments are wrong, or nothing is wanted.
    """
    wanted: dict[str, Any] = {"size": size, "orientation": orientation, "columns": columns}
    wanted |= {f"{side} margin": value for side, value in (margins or {}).items()}
    wanted = {name: value for name, value in wanted.items() if value is not None}
    if not wanted and sections is None:
        raise TaskError("nothing is wanted of the pages")
    _refuse_size(size)
    _refuse_orientation(orientation)
    _refuse_margins(margins)
    document = _read.left(artefacts)
    found = document.sections
    checks = []
    if sections is not None:
        wrong = f"there are {len(found)}, expected {sections}" if len(found) != sections else ""
        checks.append(Check("number of sections", not wrong, wrong))
    for name, value in wanted.items():
        checks.append(checked(name, _wrong, document, section, name, value))
    return checks


def _chosen(document: Document, section: int | str | None) -> list[tuple[int, Section]]:
    found = document.sections
    every = list(enumerate(found, 1))
    if section is None:
        return every
    if isinstance(section, str):
        held = {p.section for p in document.body if section in p.text}
        if not held:
            raise Unreadable(f"there is no text {told(section)}")
        return [(number, each) for number, each in every if number in held]
    if not 0 < abs(section) <= len(found):
        raise Unreadable(f"there is no section {section}: there are {len(found)}")
    return [every[section - 1 if section > 0 else section]]


def _wrong(document: Document, section: int | str | None, name: str, wanted: Any) -> str:
    """Say which section's pages are not set up as wanted; "" if all are."""
    found = document.sections
    for number, each in _chosen(document, section):
        facts = _facts(each)
        has = facts["paper"] if name == "size" else facts[name]
        if name == "size":
            fits = any(
                close(a, b, _BY) and close(c, d, _BY)
                for (a, c) in [has, has[::-1]]
                for b, d in [_SIZES[wanted.lower()]]
            )
            text = f"{shown(has[0])} by {shown(has[1])}"
        elif name in ("orientation", "columns"):
            fits, text = has == wanted, str(has)
        else:
            fits, text = close(has, points(wanted, name), 1.0), shown(has)
        if not fits:
            where = f" of section {number}" if len(found) > 1 else ""
            return f"the {name}{where} is {text}, expected {wanted}"
    return ""


def _facts(section: Section) -> dict[str, Any]:
    """Return the set-up of a section's pages; lengths in points."""
    size, margin = child(section.element, "pgSz"), child(section.element, "pgMar")
    paper = tuple(integer(attr(size, n), 0) / 20 for n in ("w", "h"))
    columns = child(section.element, "cols")
    facts: dict[str, Any] = {
        "paper": paper,
        "orientation": "landscape" if paper[0] > paper[1] else "portrait",
        "columns": max(integer(attr(columns, "num", "1"), 1), 1),
    }
    for side in _MARGINS:
        facts[f"{side} margin"] = abs(integer(attr(margin, side), 0)) / 20
    return facts


def _refuse_story(name: str, wanted: Any) -> None:
    if name not in _STORIES:
        raise TaskError(f"{name!r} is none of {', '.join(_STORIES)}{nearest(name, _STORIES)}")
    table = {"text": wanted} if isinstance(wanted, str) else wanted
    if table is None:
        return
    if not isinstance(table, Mapping) or not table:
        raise TaskError(f"{name}: a text, a table or nothing must be given, not {wanted!r}")
    for key, value in table.items():
        if key not in _KEYS:
            raise TaskError(f"{name}: {key!r} is none of {', '.join(_KEYS)}{nearest(key, _KEYS)}")
        for field in listed(value) if key == "fields" else ():
            if field not in GENERATED:
                known = ", ".join(GENERATED)
                raise TaskError(f"{name}: {field!r} is none of {known}{nearest(field, GENERATED)}")
    if "align" in table:
        _layout.refuse(name, "align", table["align"])
    if "look" in table:
        _looks.known(name, table["look"])


@recalculates()
def headers(
    artefacts: Artefacts,
    wanted: Annotated[Mapping[str, Any], by_key(_refuse_story)],
    section: int | str | None = None,
) -> list[Check]:
    """Check headers and footers, one check for each of them.

    Args:
        artefacts: What the agent left.
        wanted: By "header", "footer", "first header", "first footer", "even header" or "even
            footer" (the latter four only where pages differ: else there are none), its text, or
            None where it must be empty or missing, or a table of `text` (all of it; page numbers
            are {PAGE} and {NUMPAGES}), `contains` (a text, or a list), `fields` (such as "PAGE", or
            a list: the numbers must be real fields), `align` (of the paragraphs that have a text)
            and `look` (facts as for `document.characters`).
        section: Which section is meant, as for `document.page`.

    Raises:
        Unreadable: If the document is missing or no text document.
        TaskError: If the arguments are wrong.
    """
    document = _read.left(artefacts)
    checks = []
    for name, asked in wanted.items():
        _refuse_story(name, asked)
        checks.append(checked(name, _other_story, document, section, name, asked))
    return checks


def _other_story(document: Document, section: int | str | None, name: str, asked: Any) -> str:
    """Say what is wrong with a header or footer; "" if nothing is."""
    for number, each in _chosen(document, section):
        where = f" (section {number})" if len(document.sections) > 1 else ""
        story = each.stories.get(name)
        lines = [p for p in paragraphs(story or ()) if p.text.strip()]
        shown_ = "\n".join(p.shown.strip() for p in lines)
        if asked is None or asked == "":
            if lines:
                return f"it says {told(shown_)}, expected nothing{where}"
            continue
        if story is None:
            return f"there is none{where}"
        table = {"text": asked} if isinstance(asked, str) else asked
        for key, value in table.items():
            if wrong := _line_wrong(lines, shown_, key, value):
                return f"{wrong}{where}"
    return ""


def _line_wrong(lines: list[Paragraph], text: str, key: str, wanted: Any) -> str:
    """Say what is wrong with one thing of a header or footer; "" if nothing is."""
    if key == "text":
        has, should = (" ".join(t.split()) for t in (text, str(wanted)))
        return "" if has == should else f"it says {told(text)}, expected {told(str(wanted))}"
    if key == "contains":
        missing = [part for part in listed(wanted) if part not in text]
        return f"it says {told(text)}, expected {told(missing[0])} in it" if missing else ""
    pieces = [piece for line in lines for piece in line.pieces if piece.text.strip()]
    if key == "fields":
        fields = {piece.field for piece in pieces}
        missing = [field for field in listed(wanted) if field not in fields]
        return f"it says {told(text)} without a field {missing[0]}" if missing else ""
    if not lines:
        return "it is empty"
    if key == "align":
        return next(filter(None, (_layout.unlike(p.layout, key, wanted) for p in lines)), "")
    unlike = (_looks.unlike(p.look, n, v) for n, v in wanted.items() for p in pieces)
    return next((f"it is {each}" for each in unlike if each), "")


@ASPECTS.offer("page")
def _page(was: Document, now: Document, part: Part) -> Iterator[str]:
    """The set-up of pages by sections: paper, margins, columns."""
    if len(was.sections) != len(now.sections):
        yield f"there were {len(was.sections)} sections, are now {len(now.sections)}"
    for number, (old, new) in enumerate(zip(was.sections, now.sections, strict=False), 1):
        before, after = _facts(old), _facts(new)
        for name, value in before.items():
            same = (
                all(close(a, b, 1.0) for a, b in zip(value, after[name], strict=True))
                if name == "paper"
                else close(value, after[name], 1.0)
                if isinstance(value, float)
                else value == after[name]
            )
            if not same:
                yield f"the {name} of section {number} was {value}, is now {after[name]}"


@ASPECTS.offer("headers")
def _headers(was: Document, now: Document, part: Part) -> Iterator[str]:
    """What headers and footers say, with the names of fields for page numbers and dates."""
    old, new = (
        {
            f"the {name} of section {number}": told(text)
            for number, section in enumerate(each.sections, 1)
            for name, story in section.stories.items()
            if (text := "\n".join(p.shown for p in paragraphs(story)).strip())
        }
        for each in (was, now)
    )
    yield from compared(old, new)
