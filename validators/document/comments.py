"""Comments: what they say, what they are on, whether they are resolved; the aspect "comments"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from cuagym.artefacts import Artefacts, recalculates
from cuagym.errors import TaskError, nearest
from cuagym.validators._checks import one_by_one
from cuagym.validators.document import _read
from cuagym.validators.document._aspects import ASPECTS
from cuagym.validators.document._blocks import told
from cuagym.validators.document._read import Document
from cuagym.validators.document._select import Part
from cuagym.validators.document._xml import attr, every, w
from cuagym.verdict import Check

__all__ = ["comments"]

_KEYS: Final = ("text", "on", "author", "resolved")


@dataclass(frozen=True)
class _Comment:
    text: str
    on: str
    author: str
    resolved: bool

    def __str__(self) -> str:
        on = f" on {told(self.on)}" if self.on else ""
        return f"{told(self.text)}{on}{' (resolved)' if self.resolved else ''}"


def _refuse(wanted: Any) -> None:
    table = {"text": wanted} if isinstance(wanted, str) else wanted
    if not isinstance(table, Mapping) or not table:
        raise TaskError(f"a text or a table must be given, not {wanted!r}")
    for key in table:
        if key not in _KEYS:
            raise TaskError(f"{key!r} is none of {', '.join(_KEYS)}{nearest(key, _KEYS)}")


@recalculates()
def comments(
    artefacts: Artefacts,
    wanted: Annotated[Sequence[Any], one_by_one(_refuse)] = (),
    absent: Sequence[str] = (),
    others: bool = True,
) -> list[Check]:
    """Check comments, one check for each.

    Args:
        artefacts: What the agent left.
        wanted: For each comment its text, or a table of which only what is given is looked at:
            `text`, `on` (the text that it is on; where it is on none, it is enough that its place
            is in or behind it), `author` and `resolved` (true or false). White space does not
            matter.
        absent: Texts of comments that must not be there.
        others: Whether there may be other comments; with false and no `wanted`, there may be none.

    Raises:
        Unreadable: If the document is missing or no text document.
        TaskError: If the arguments are wrong, or nothing is wanted.
    """
    if not wanted and not absent and others:
        raise TaskError("nothing is wanted of the comments")
    left, checks = _comments(_read.left(artefacts)), []
    for asked in wanted:
        _refuse(asked)
        table = {"text": asked} if isinstance(asked, str) else asked
        found = next((c for c in left if _fits(c, table)), None)
        if found is not None:
            left.remove(found)
        wrong = "" if found else f"there is none; there are: {_listed(left)}"
        checks.append(Check(f"comment {_named(table)}", not wrong, wrong))
    for text in absent:
        there = [c for c in left if _folded(c.text) == _folded(text)]
        checks.append(Check(f"no comment {told(text)}", not there, "it is there" if there else ""))
    if not others:
        wrong = f"there are: {_listed(left)}" if left else ""
        checks.append(Check("no other comments", not wrong, wrong))
    return checks


def _named(table: Mapping[str, Any]) -> str:
    return told(str(table["text"])) if "text" in table else f"on {told(str(table.get('on', '')))}"


def _fits(found: _Comment, wanted: Mapping[str, Any]) -> bool:
    has = {"text": _folded(found.text), "on": _folded(found.on), "author": found.author}
    for key, value in wanted.items():
        if key == "resolved":
            if found.resolved != value:
                return False
        elif has[key] != _folded(str(value)):
            return False
    return True


def _folded(text: str) -> str:
    return " ".join(text.split())


def _listed(found: Sequence[_Comment]) -> str:
    return ", ".join(map(str, found[:5])) or "none"


def _comments(document: Document) -> list[_Comment]:
    """Return the comments, in the order in which the file has them."""
    resolved = {
        _attribute(each, "paraId")
        for each in document.part("commentsExtended") or ()
        if _attribute(each, "done") in ("1", "true")
    }
    out = []
    for comment in every(document.part("comments"), "comment"):
        lines, marks = [], set()
        for paragraph in comment.iter(w("p")):
            lines.append("".join(t.text or "" for t in paragraph.iter(w("t"))))
            marks.add(_attribute(paragraph, "paraId"))
        identifier = attr(comment, "id")
        on = document.ranges.get(("comment", identifier))
        if on is None:
            continue  # nothing in the text refers to it: nobody sees it
        done = bool(marks & resolved - {""})
        out.append(_Comment("\n".join(lines).strip(), on, attr(comment, "author"), done))
    return out


def _attribute(element: Any, name: str) -> str:
    return next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")


@ASPECTS.offer("comments")
def _compared(was: Document, now: Document, part: Part) -> Iterator[str]:
    """Comments: what they say, what they are on, and whether they are resolved."""
    old, new = _comments(was), _comments(now)
    yield from (f"the comment {c} is gone" for c in old if c not in new)
    yield from (f"the comment {c} is new" for c in new if c not in old)
