"""Hyperlinks, bookmarks, footnotes, endnotes, and what a document is called; their aspects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

from cuagym.artefacts import Artefacts, recalculates
from cuagym.errors import TaskError, nearest
from cuagym.validators._aspects import compared
from cuagym.validators._checks import by_key
from cuagym.validators.document import _read
from cuagym.validators.document._aspects import ASPECTS
from cuagym.validators.document._blocks import paragraphs, told
from cuagym.validators.document._read import ABOUT, Document
from cuagym.validators.document._select import Part
from cuagym.verdict import Check

__all__ = ["bookmarks", "links", "notes", "properties"]

_INTERNAL: Final = ("_", "Bookmark_")
"""What names of bookmarks begin with that programs set for themselves."""
_NOTE: Final = ("text", "after")
_WITHIN: Final = 39
"""How much is shown of the text before a note."""


@recalculates()
def links(
    artefacts: Artefacts,
    wanted: Mapping[str, str | None],
    others: bool = True,
) -> list[Check]:
    """Check hyperlinks of the text and its tables, one check for each.

    Args:
        artefacts: What the agent left.
        wanted: By the text that shows, where it leads to ("https://example.org", "mailto:...", "#"
            and a bookmark's name); None where that text must not be a link. A slash at the end of
            an address makes no difference.
        others: Whether there may be other links.

    Raises:
        Unreadable: If the document is missing or no text document.
        TaskError: If nothing is wanted.
    """
    if not wanted and others:
        raise TaskError("nothing is wanted of the links")
    found, checks = _links(_read.left(artefacts)), []
    for text, target in wanted.items():
        has = [to for shown, to in found if shown.strip() == text.strip()]
        wrong = ""
        if target is None:
            within = [to for shown, to in found if text.strip() in shown]
            wrong = f"it leads to {within[0]!r}" if within else ""
        elif not any(_same_target(to, target) for to in has):
            said = f"it leads to {has[0]!r}" if has else f"it is no link ({_listed(found)})"
            wrong = f"{said}, expected {target!r}"
        checks.append(Check(f"link {told(text)}", not wrong, wrong))
    if not others:
        known = {text.strip() for text in wanted}
        more = [(shown, to) for shown, to in found if shown.strip() not in known]
        checks.append(Check("no other links", not more, _listed(more) if more else ""))
    return checks


def _same_target(one: str, other: str) -> bool:
    return one.rstrip("/") == other.rstrip("/")


def _listed(found: Sequence[tuple[str, str]]) -> str:
    return "links: " + (", ".join(f"{told(text)} to {to!r}" for text, to in found[:5]) or "none")


def _links(document: Document) -> list[tuple[str, str]]:
    """Return what shows of each link, and where it leads to."""
    out: list[tuple[str, str]] = []
    for paragraph in document.paragraphs:
        last = ""
        for piece in paragraph.pieces:
            if piece.link and piece.link == last:
                out[-1] = (out[-1][0] + piece.text, piece.link)
            elif piece.link:
                out.append((piece.text, piece.link))
            last = piece.link
    return out


@ASPECTS.offer("links")
def _compared_links(was: Document, now: Document, part: Part) -> Iterator[str]:
    """Hyperlinks: their texts, and where they lead to."""
    old, new = _links(was), _links(now)
    for what, some, others in (("gone", old, new), ("new", new, old)):
        for text, to in some:
            if (text, to) not in others:
                yield f"the link {told(text)} to {to!r} is {what}"


@recalculates()
def bookmarks(artefacts: Artefacts, wanted: Mapping[str, str | None]) -> list[Check]:
    """Check bookmarks, one check for each.

    Args:
        artefacts: What the agent left.
        wanted: By name, the text that it is on; "" where any will do; None where there must be no
            such bookmark.

    Raises:
        Unreadable: If the document is missing or no text document.
    """
    found, checks = _bookmarks(_read.left(artefacts)), []
    for name, text in wanted.items():
        has, wrong = found.get(name), ""
        if text is None:
            wrong = "it is there" if has is not None else ""
        elif has is None:
            wrong = f"there is none (there are: {', '.join(found) or 'none'})"
        elif text and has.strip() != text.strip():
            wrong = f"it is on {told(has)}, expected {told(text)}"
        checks.append(Check(f"bookmark {name}", not wrong, wrong))
    return checks


def _bookmarks(document: Document) -> dict[str, str]:
    return {
        name: text
        for (kind, name), text in document.ranges.items()
        if kind == "bookmark" and not name.startswith(_INTERNAL)
    }


@ASPECTS.offer("bookmarks")
def _compared_bookmarks(was: Document, now: Document, part: Part) -> Iterator[str]:
    """Bookmarks: their names, and the texts that they are on."""
    old, new = (
        {f"the bookmark {name}": f"on {told(text)}" for name, text in _bookmarks(d).items()}
        for d in (was, now)
    )
    yield from compared(old, new)


def _refuse_notes(wanted: Sequence[Any] | None) -> None:
    for each in wanted or ():
        table = {"text": each} if isinstance(each, str) else each
        if not isinstance(table, Mapping) or "text" not in table:
            raise TaskError(f"a text or a table with 'text' must be given, not {each!r}")
        for key, value in table.items():
            if key not in _NOTE:
                raise TaskError(f"{key!r} is none of {', '.join(_NOTE)}{nearest(key, _NOTE)}")
            if not isinstance(value, str):
                raise TaskError(f"{key} must be a text, not {value!r}")


@recalculates()
def notes(
    artefacts: Artefacts,
    footnotes: Annotated[Sequence[Any] | None, _refuse_notes] = None,
    endnotes: Annotated[Sequence[Any] | None, _refuse_notes] = None,
) -> list[Check]:
    """Check footnotes and endnotes, one check for each kind.

    Args:
        artefacts: What the agent left.
        footnotes: All footnotes in the order of their references, each its text, or a table of
            `text` and `after`, a text that its reference stands right behind (white space between
            them makes no difference); not given if they are not looked at.
        endnotes: All endnotes, likewise.

    Raises:
        Unreadable: If the document is missing or no text document.
        TaskError: If nothing is wanted.
    """
    wanted = {"footnote": footnotes, "endnote": endnotes}
    if footnotes is None and endnotes is None:
        raise TaskError("nothing is wanted of the notes")
    found, checks = _notes(_read.left(artefacts)), []
    for kind, texts in wanted.items():
        if texts is None:
            continue
        tables = [{"text": each} if isinstance(each, str) else each for each in texts]
        mine = [(text, before) for k, text, before in found if k == kind]
        has, should = [text for text, _ in mine], [str(t["text"]).strip() for t in tables]
        said = ", ".join(map(told, has[:5])) or "none"
        wrong = "" if has == should else f"expected {', '.join(map(told, should))}, found {said}"
        wrong = wrong or next(filter(None, map(_misplaced, mine, tables)), "")
        checks.append(Check(f"{kind}s", not wrong, wrong))
    return checks


def _misplaced(note: tuple[str, str], wanted: Mapping[str, Any]) -> str:
    """Say where a note stands in place of what is wanted; "" if it stands there."""
    text, before = note
    after = str(wanted.get("after", "")).rstrip()
    if before.rstrip().endswith(after):
        return ""
    shown = before if len(before) <= _WITHIN else f"…{before[-_WITHIN:]}"
    return f"{told(text)} stands behind {told(shown)}, expected {told(after)}"


def _notes(document: Document) -> list[tuple[str, str, str]]:
    return [
        (n.kind, "\n".join(p.shown for p in paragraphs(n.story)).strip(), n.before)
        for n in document.notes
    ]


@ASPECTS.offer("notes")
def _compared_notes(was: Document, now: Document, part: Part) -> Iterator[str]:
    """What footnotes and endnotes say, and their order."""
    old, new = (
        {f"{kind} {n}": told(text) for n, (kind, text, _) in enumerate(_notes(d), 1)}
        for d in (was, now)
    )
    yield from compared(old, new)


def _refuse_property(name: str, value: Any) -> None:
    if name not in ABOUT:
        raise TaskError(f"{name!r} is none of {', '.join(ABOUT)}{nearest(name, ABOUT)}")
    if not isinstance(value, str):
        raise TaskError(f"{name}: a text must be given, not {value!r}")


@recalculates()
def properties(
    artefacts: Artefacts, wanted: Annotated[Mapping[str, str], by_key(_refuse_property)]
) -> list[Check]:
    """Check what a document says of itself, one check for each property.

    Args:
        artefacts: What the agent left.
        wanted: By name ("title", "author", "subject", "keywords", "comments", "category") the text;
            "" where there must be none.

    Raises:
        Unreadable: If the document is missing or no text document.
        TaskError: If the arguments are wrong.
    """
    found, checks = _read.left(artefacts).about, []
    for name, text in wanted.items():
        _refuse_property(name, text)
        has = found[name].strip()
        wrong = "" if has == text.strip() else f"it is {told(has)}, expected {told(text)}"
        checks.append(Check(name, not wrong, wrong))
    return checks


@ASPECTS.offer("properties")
def _compared_properties(was: Document, now: Document, part: Part) -> Iterator[str]:
    """What a document says of itself: its title, author, subject, keywords."""
    old, new = ({n: told(t) for n, t in d.about.items()} for d in (was, now))
    yield from compared(old, new)
