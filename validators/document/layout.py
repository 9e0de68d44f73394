"""How paragraphs are set: styles, alignment, spacing, indents; aspects "styles" and "layout"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from cuagym.artefacts import Artefacts, recalculates
from cuagym.errors import TaskError, nearest
from cuagym.validators._checks import by_key, checked
from cuagym.validators.document import _layout, _read, _select
from cuagym.validators.document._align import pairs
from cuagym.validators.document._aspects import ASPECTS
from cuagym.validators.document._blocks import Paragraph
from cuagym.validators.document._lengths import close
from cuagym.validators.document._looks import listed
from cuagym.validators.document._read import Document
from cuagym.validators.document._select import Part
from cuagym.validators.document._styles import same_style
from cuagym.verdict import Check

__all__ = ["paragraphs"]

_NAMES: Final = ("style", *_layout.FACTS)
_SHOWN: Final = 3
_EXPECTED: Final = {
    "align": lambda value: f"expected {_layout.said('align', str(value))}",
    "style": lambda value: f"expected the style {value!r}",
}


def _refuse(selector: str, wanted: Any) -> None:
    _select.refuse(selector)
    if not isinstance(wanted, Mapping) or not wanted:
        raise TaskError(f"{selector}: a table of what is wanted must be given, not {wanted!r}")
    for name, value in wanted.items():
        if name not in _NAMES:
            raise TaskError(
                f"{selector}: {name!r} is none of {', '.join(_NAMES)}{nearest(name, _NAMES)}"
            )
        if name != "style":
            _layout.refuse(selector, name, value)
        elif not all(isinstance(each, str) for each in listed(value)):
            raise TaskError(f"{selector}: style must be a name or a list of them, not {value!r}")


@recalculates(initial=True)
def paragraphs(
    artefacts: Artefacts,
    wanted: Annotated[Mapping[str, Mapping[str, Any]], by_key(_refuse)],
    only: bool = False,
) -> list[Check]:
    """Check how paragraphs are set, one check for each selector and fact.

    It makes no difference whether a style or direct formatting sets them so.

    Args:
        artefacts: What the agent left.
        wanted: By what names paragraphs (a text that they contain, "=Intro" for those that read
            exactly so, "#3", "#2-5", "#-1" by their place in the body, "*" for all of it that are
            not empty, "style:Heading 1", "table 2, row 1"), a table of facts, of which only those
            that are given are looked at: `style` (its name in Word's or LibreOffice's spelling,
            such as "Heading 1", "Body Text" or "Text Body"), `align` ("left", "center", "right",
            "justify"), `line_spacing` (1.5, "exactly 14 pt" or "at least 14 pt"), `before` and
            `after` (space), `left`, `right` and `first_line` (indents; negative where it hangs),
            all of them in points or such as "1.25 cm" or "0.5 in", `page_break` (whether it begins
            on a new page by a break), `keep_with_next`, `keep_together` (true or false), `fill` (as
            for `document.characters`), `border` ("all", "none", or a table of `left`, `right`,
            `top`, `bottom`, each true, false or a line), `tabs` (places of tab stops that must be
            there, or a table of kinds by place). A list of values accepts each of them; no list for
            `border`.
        only: Whether no other paragraph may have come to be set so.

    Raises:
        Unreadable: If the document is missing or no text document.
        TaskError: If the arguments are wrong.
    """
    document = _read.left(artefacts)
    checks = []
    for selector, facts in wanted.items():
        _refuse(selector, facts)
        for name, value in facts.items():
            label = f"{selector} {name}"
            checks.append(checked(label, _wrong, document, selector, name, value))
    if only:
        before = _read.initial(artefacts)
        checks.append(checked("nothing else", _elsewhere, before, document, wanted))
    return checks


def _unlike(paragraph: Paragraph, name: str, wanted: Any) -> str:
    if name != "style":
        return _layout.unlike(paragraph.layout, name, wanted)
    fits = same_style(paragraph.style) in [same_style(each) for each in listed(wanted)]
    return "" if fits else f"in the style {paragraph.style!r}"


def _wrong(document: Document, selector: str, name: str, wanted: Any) -> str:
    """Say which paragraphs do not have a fact as wanted; "" if all have it."""
    found = _select.chosen(document, selector)
    out = [f"{p} is {what}" for p in found if (what := _unlike(p, name, wanted))]
    if not out:
        return ""
    more = f"; and {len(out) - _SHOWN} more" if len(out) > _SHOWN else ""
    return f"{'; '.join(out[:_SHOWN])}{more}, {_expected(name, wanted)}"


def _expected(name: str, wanted: Any) -> str:
    values = listed(wanted)
    if name in _EXPECTED and len(values) == 1:
        return _EXPECTED[name](values[0])
    return f"expected {name} {wanted!r}"


def _elsewhere(was: Document, now: Document, wanted: Mapping[str, Mapping[str, Any]]) -> str:
    """Say which other paragraphs have come to be set as wanted; "" if none have."""
    for name, value in (fact for facts in wanted.values() for fact in facts.items()):
        meant = {
            id(paragraph)
            for selector, facts in wanted.items()
            if name in facts and facts[name] == value
            for paragraph in _select.picked(now, selector)
        }
        for before, after in pairs(was, now, Part()):
            if after is None or id(after) in meant or not after.text.strip():
                continue
            # A new one that is without something has gained nothing.
            gained = value is not False if before is None else bool(_unlike(before, name, value))
            if gained and not _unlike(after, name, value):
                return f"{after} has come to have {name} {value!r}, too"
    return ""


@ASPECTS.offer("styles")
def _styles(was: Document, now: Document, part: Part) -> Iterator[str]:
    """The names of paragraphs' styles."""
    for before, after in pairs(was, now, part):
        if before is not None and after is not None:
            if same_style(before.style) != same_style(after.style):
                yield f"{before} was in the style {before.style!r}, is now in {after.style!r}"


@ASPECTS.offer("layout")
def _set(was: Document, now: Document, part: Part) -> Iterator[str]:
    """How paragraphs are set: alignment, spacing, indents, page breaks, lines, tab stops."""
    for before, after in pairs(was, now, part):
        if before is None or after is None:
            continue
        for name in _layout.FACTS:
            old, new = before.layout[name], after.layout[name]
            if not _same(old, new):
                said = _layout.said(name, new)
                yield f"{before} was {_layout.said(name, old)}, is now {said}"


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, float) and isinstance(new, float):
        return close(old, new)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        near = [*sorted(old.items(), key=str)], [*sorted(new.items(), key=str)]
        return len(near[0]) == len(near[1]) and all(
            a[1] == b[1] and (a[0] == b[0] or _same(a[0], b[0])) for a, b in zip(*near, strict=True)
        )
    return bool(old == new)
