"""What a task means by "#3", "style:Heading 1" or "the quick": paragraphs, and texts in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from cuagym.artefacts import Unreadable
from cuagym.errors import TaskError
from cuagym.validators.document._blocks import Paragraph, told
from cuagym.validators.document._read import Document
from cuagym.validators.document._styles import same_style

__all__ = ["Part", "chosen", "picked", "refuse", "spans"]

_PLACE: Final = re.compile(r"#(-?\d+)(?:-(\d+))?")
_TABLE: Final = re.compile(r"table \d+(, row \d+)?(, column \d+)?")
_STYLE: Final = "style:"
_EMPTY: Final = "#empty"


def refuse(selector: object) -> None:
    """Raise a `TaskError` if it names no paragraphs."""
    if not isinstance(selector, str) or not selector:
        raise TaskError(f"{selector!r} is no text of a paragraph, '#3', '*' or 'style:Heading 1'")
    if selector.startswith("#") and selector != _EMPTY:
        found = _PLACE.fullmatch(selector)
        if not found or int(found[1]) == 0 or (found[2] and int(found[2]) < int(found[1])):
            raise TaskError(
                f"{selector!r} is no place of paragraphs, such as '#3', '#2-5' or '#-1'"
            )


def picked(document: Document, selector: str) -> list[Paragraph]:
    """Return the paragraphs that a selector names; none if there are none.

    Args:
        document: Where they are.
        selector: "#3", "#2-5", "#-1" (places among the paragraphs of the body, empty ones too),
            "*" (all of the body that are not empty), "#empty" (all that are), "style:Heading 1",
            "table 2" or "table 2, row 1", "=Intro" (those that read exactly so), or a text that
            they contain.
    """
    refuse(selector)
    if found := _PLACE.fullmatch(selector):
        first, last = int(found[1]), int(found[2] or found[1])
        if first < 0:
            return list(document.body[first:][:1]) if -first <= len(document.body) else []
        return list(document.body[first - 1 : last])
    if selector in ("*", _EMPTY):
        return [p for p in document.body if bool(p.text.strip()) == (selector == "*")]
    if selector.startswith(_STYLE):
        style = same_style(selector.removeprefix(_STYLE))
        return [p for p in document.paragraphs if same_style(p.style) == style]
    if _TABLE.fullmatch(selector):
        return [p for p in document.paragraphs if f"{p.where},".startswith(f"{selector},")]
    if selector.startswith("="):
        return [p for p in document.paragraphs if p.text.strip() == selector[1:].strip()]
    return [p for p in document.paragraphs if selector in p.text]


def chosen(document: Document, selector: str) -> list[Paragraph]:
    """Return the paragraphs that a selector names.

    Raises:
        Unreadable: If there are none.
        TaskError: If it makes no sense.
    """
    found = picked(document, selector)
    if not found:
        raise Unreadable(_none(document, selector))
    return found


def _none(document: Document, selector: str) -> str:
    if selector == _EMPTY:
        return "no paragraph is empty"
    if selector.startswith("#"):
        return f"there is no paragraph {selector}: there are {len(document.body)}"
    if selector.startswith(_STYLE):
        return f"no paragraph has the style {selector.removeprefix(_STYLE)!r}"
    if selector == "*":
        return "the document has no text"
    if _TABLE.fullmatch(selector):
        return f"there is no {selector}: there are {len(document.tables)} tables"
    if selector.startswith("="):
        return f"no paragraph reads {told(selector[1:])}"
    return f"there is no text {told(selector)}"


def spans(document: Document, selector: str) -> list[tuple[Paragraph, int, int]]:
    """Return where texts are: paragraphs, and in each the first character and the one after.

    Args:
        document: Where they are.
        selector: A text, all occurrences of which are meant; or what names paragraphs otherwise.

    Raises:
        Unreadable: If there are none.
        TaskError: If it makes no sense.
    """
    found = chosen(document, selector)
    by_text = not selector.startswith(("#", "=", _STYLE)) and selector != "*"
    if not by_text or _TABLE.fullmatch(selector):
        return [(p, 0, len(p.text)) for p in found]
    return [(p, at, at + len(selector)) for p in found for at in _places(selector, p.text)]


def _places(part: str, text: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + len(part))


@dataclass(frozen=True)
class Part:
    """All of a document but what some selectors name.

    What they name is looked for in the document as it was: an agent that writes a selector's text
    elsewhere is not freed there. Only of a paragraph that is new its own text counts.

    Attributes:
        outside: The selectors.
    """

    outside: tuple[str, ...] = ()

    @classmethod
    def of(cls, outside: str | Iterable[str]) -> Part:
        """Return the part outside one selector or a list of them; "" names nothing.

        Raises:
            TaskError: If one of them makes no sense.
        """
        listed = (outside,) if isinstance(outside, str) else tuple(outside)
        return cls(tuple(s for s in listed if s))

    @classmethod
    def refuse(cls, outside: str | Iterable[str]) -> None:
        """Raise a `TaskError` if one of the selectors makes no sense."""
        for selector in cls.of(outside).outside:
            refuse(selector)

    def free(self, was: Document, now: Document) -> tuple[frozenset[int], frozenset[int]]:
        """Return which paragraphs are named: of the first document, and new ones of the second."""
        new = [s for s in self.outside if not _PLACE.fullmatch(s)]
        return (
            frozenset(id(p) for s in self.outside for p in picked(was, s)),
            frozenset(id(p) for s in new for p in picked(now, s)),
        )

    def has_table(self, number: int) -> bool:
        """Whether a table, by its place, is looked at as a whole."""
        return not any(s == f"table {number}" for s in self.outside)
