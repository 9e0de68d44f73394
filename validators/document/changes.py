"""Tracked changes: which ones there are, whether they are accepted; and the aspect "changes"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from cuagym.artefacts import Artefacts, recalculates
from cuagym.errors import TaskError, nearest
from cuagym.validators.document import _read
from cuagym.validators.document._aspects import ASPECTS
from cuagym.validators.document._blocks import Paragraph, Story, Table, told
from cuagym.validators.document._read import Document
from cuagym.validators.document._select import Part
from cuagym.validators.document._xml import child, is_on
from cuagym.verdict import Check

__all__ = ["changes", "changes_resolved"]

_KINDS: Final = ("insertion", "deletion", "formatting")
_KEYS: Final = ("kind", "text", "author")
_Found = tuple[str, str, str]
"""Kind, author, text."""


def _refuse(wanted: Any) -> None:
    if not isinstance(wanted, Mapping) or not {"kind", "text"} <= set(wanted):
        raise TaskError(f"a table of 'kind' and 'text' must be given, not {wanted!r}")
    for key in wanted:
        if key not in _KEYS:
            raise TaskError(f"{key!r} is none of {', '.join(_KEYS)}{nearest(key, _KEYS)}")
    if wanted["kind"] not in _KINDS:
        known = ", ".join(_KINDS)
        raise TaskError(
            f"kind {wanted['kind']!r} is none of {known}{nearest(wanted['kind'], _KINDS)}"
        )


def _refuse_all(wanted: Sequence[Any] | None) -> None:
    for each in wanted or ():
        _refuse(each)


@recalculates()
def changes(
    artefacts: Artefacts,
    wanted: Annotated[Sequence[Mapping[str, Any]] | None, _refuse_all] = None,
    others: bool = False,
    recording: bool | None = None,
) -> list[Check]:
    """Check tracked changes, one check for each.

    Args:
        artefacts: What the agent left.
        wanted: For each change a table of `kind` ("insertion", "deletion" or "formatting"), `text`
            (that was inserted, deleted or formatted) and `author` (anybody if not given); an empty
            list where there must be none; not given if they are not looked at.
        others: Whether there may be others.
        recording: Whether changes must be recorded from now on; not given if it is not looked at.

    Raises:
        Unreadable: If the document is missing or no text document.
        TaskError: If the arguments are wrong, or nothing is wanted.
    """
    if wanted is None and recording is None:
        raise TaskError("nothing is wanted of the changes")
    document = _read.left(artefacts)
    left, checks = _changes(document), []
    for asked in wanted or ():
        _refuse(asked)
        found = next((c for c in left if _fits(c, asked)), None)
        if found is not None:
            left.remove(found)
        wrong = "" if found else f"there is none; there are: {_listed(left)}"
        checks.append(Check(f"{asked['kind']} of {told(asked['text'])}", not wrong, wrong))
    if wanted is not None and not others:
        wrong = f"there are: {_listed(left)}" if left else ""
        checks.append(Check("no other changes", not wrong, wrong))
    if recording is not None:
        on = _recording(document)
        wrong = "" if on == recording else f"recording changes is {'on' if on else 'off'}"
        checks.append(Check("recording", not wrong, wrong))
    return checks


def _fits(found: _Found, asked: Mapping[str, Any]) -> bool:
    kind, author, text = found
    same = " ".join(text.split()) == " ".join(str(asked["text"]).split())
    return kind == asked["kind"] and same and author == asked.get("author", author)


def _listed(found: Sequence[_Found]) -> str:
    said = [f"{kind} of {told(text)}" for kind, _, text in found[:5]]
    return ", ".join(said) or "none"


def _recording(document: Document) -> bool:
    element = child(document.part("settings"), "trackRevisions")
    return element is not None and is_on(element)


def _changes(document: Document) -> list[_Found]:
    """Return the changes of the body; what one author did in one go is one."""
    out: list[_Found] = []
    for key, text in _pieces(document.tracked):
        if key is None:
            out.append(("", "", ""))  # what follows is a change of its own
        elif out and out[-1][:2] == key:
            out[-1] = (*key, out[-1][2] + text)
        else:
            out.append((*key, text))
    return [(kind, author, text) for kind, author, text in out if kind and text]


def _pieces(story: Story) -> Iterator[tuple[tuple[str, str] | None, str]]:
    """Yield what was changed, by kind and author, in order; None between changes."""
    for block in story:
        if isinstance(block, Table):
            for row in block.rows:
                if row.change is not None:
                    said = " | ".join(cell.text for cell in row.cells)
                    yield None, ""
                    yield (row.change.kind, row.change.author), said
                for cell in row.cells:
                    yield None, ""
                    yield from _pieces(cell.story)
            yield None, ""
        else:
            yield from _of(block)


def _of(paragraph: Paragraph) -> Iterator[tuple[tuple[str, str] | None, str]]:
    for piece in paragraph.pieces:
        if piece.change is not None:
            yield (piece.change.kind, piece.change.author), piece.text
        elif piece.reformatted:
            yield ("formatting", piece.reformatted), piece.text
        else:
            yield None, ""
    if paragraph.reformatted:
        yield None, ""
        yield ("formatting", paragraph.reformatted), paragraph.text or "¶"
        yield None, ""
    mark = paragraph.mark
    yield ((mark.kind, mark.author), "\n") if mark is not None else (None, "")


@recalculates(initial=True)
def changes_resolved(artefacts: Artefacts, how: Literal["accepted", "rejected"]) -> list[Check]:
    """Check that all tracked changes of the beginning are accepted, or rejected.

    None may be left, and the text must be the one that this gives.

    Args:
        artefacts: What the agent left.
        how: "accepted" or "rejected".

    Raises:
        Unreadable: If the document is missing or no text document.
        TaskError: If there were none.
    """
    document, before = _read.left(artefacts), _read.initial(artefacts)
    if not _changes(before):
        raise TaskError("the document begins without tracked changes")
    left = _changes(document)
    wrong = f"there are: {_listed(left)}" if left else ""
    checks = [Check("no changes left", not wrong, wrong)]
    wanted = _texts(before.story if how == "accepted" else before.original)
    found = _texts(document.story)
    wrong = ""
    for number in range(max(len(wanted), len(found))):
        should, has = (side[number : number + 1] for side in (wanted, found))
        if should != has:
            says, said = (told(each[0]) if each else "nothing" for each in (has, should))
            wrong = f"paragraph {number + 1} says {says}, expected {said}"
            break
    checks.append(Check(how, not wrong, wrong))
    return checks


def _texts(story: Story) -> list[str]:
    """Return what a story says, paragraph by paragraph; empty ones do not count.

    LibreOffice and Word differ in which empty paragraphs stay where whole ones are taken out.
    """
    out = []
    for block in story:
        if isinstance(block, Paragraph):
            out.append(block.shown)
        else:
            out += [cell.text for row in block.rows for cell in row.cells]
    return [text for text in out if text.strip()]


@ASPECTS.offer("changes")
def _tracked(was: Document, now: Document, part: Part) -> Iterator[str]:
    """Tracked changes, and whether they are recorded."""
    old, new = _changes(was), _changes(now)
    for kind, author, text in [c for c in old if c not in new]:
        yield f"the {kind} of {told(text)} by {author or 'nobody'} is gone"
    for kind, author, text in [c for c in new if c not in old]:
        yield f"the {kind} of {told(text)} by {author or 'nobody'} is new"
    if _recording(was) != _recording(now):
        yield f"recording changes is now {'on' if _recording(now) else 'off'}"
