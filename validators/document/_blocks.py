"""What stories are made of: the paragraphs and tables of the body, a header, a note, a cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeAlias

from cuagym.validators.document._numbering import Item

__all__ = [
    "GENERATED",
    "Cell",
    "Change",
    "Paragraph",
    "Piece",
    "Row",
    "Story",
    "Table",
    "paragraphs",
    "told",
]

_SHOWN: Final = 40
GENERATED: Final = ("PAGE", "NUMPAGES", "PAGEREF", "SECTIONPAGES", "DATE", "TIME")
"""Fields whose text depends on the layout or on the day."""


@dataclass(frozen=True)
class Change:
    """A tracked change.

    Attributes:
        kind: "insertion", "deletion" or "formatting".
        author: Who made it.
    """

    kind: str
    author: str


@dataclass(frozen=True)
class Piece:
    """Some text of one look.

    Attributes:
        text: The text.
        look: Its facts.
        link: Where a hyperlink leads to: an address, or "#" and the name of a bookmark.
        field: The instruction of the field that made it, such as "PAGE"; "" if none did.
        change: How it was changed, if that is tracked.
        reformatted: Who changed its look, if that is tracked.
    """

    text: str
    look: Mapping[str, Any]
    link: str = ""
    field: str = ""
    change: Change | None = None
    reformatted: str = ""

    @property
    def shown(self) -> str:
        """The text; of fields that depend on the layout their names in braces."""
        return f"{{{self.field}}}" if self.field in GENERATED else self.text


@dataclass(frozen=True)
class Paragraph:
    """A paragraph.

    Attributes:
        where: The story that it is in: "" for the body, "table 1, row 2, column 3", "header" ...
        number: Its place in that story, from 1.
        pieces: What it is made of.
        style: The name of its style, as the file has it.
        layout: Its facts.
        item: What a list puts before it.
        outline: On which level it is a heading, from 1; 0 if it is none.
        generated: Whether it is part of a table of contents.
        mark: How its end was changed, if that is tracked.
        reformatted: Who changed how it is set, if that is tracked.
        section: In which section it is, from 1.
    """

    where: str
    number: int
    pieces: tuple[Piece, ...]
    style: str
    layout: Mapping[str, Any]
    item: Item | None = None
    outline: int = 0
    generated: bool = False
    mark: Change | None = None
    reformatted: str = ""
    section: int = 1

    @cached_property
    def text(self) -> str:
        """The text, with what fields show."""
        return "".join(p.text for p in self.pieces)

    @cached_property
    def shown(self) -> str:
        """The text, with names in braces where it depends on the layout or on the day."""
        out, last = [], ""
        for piece in self.pieces:
            if piece.field not in GENERATED or piece.field != last:
                out.append(piece.shown)
            last = piece.field
        return "".join(out)

    def __str__(self) -> str:
        """Return it as a person would name it: "paragraph 3 ('The quick…')"."""
        place = f"{self.where}, paragraph" if self.where else "paragraph"
        return f"{place} {self.number} ({told(self.text)})"


def told(text: str) -> str:
    """Return a text in quotes, shortened."""
    return repr(text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…") if text else "empty"


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes:
        story: What is in it.
        column: From 1, counting columns that cells to its left span.
        across: How many columns it spans.
        down: Whether it goes on a cell above it ("continue"), begins such a one ("restart") or "".
        element: Its markup.
    """

    story: Story
    column: int
    across: int
    down: str
    element: Any = field(repr=False, compare=False)

    @cached_property
    def text(self) -> str:
        """The text of its paragraphs, each on a line."""
        return "\n".join(p.text for p in paragraphs(self.story))


@dataclass(frozen=True)
class Row:
    """A row of a table: its cells; and how it was changed, if that is tracked."""

    cells: tuple[Cell, ...]
    element: Any = field(repr=False, compare=False)
    change: Change | None = None


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        number: Its place among all tables of the document's body, from 1.
        rows: Its rows.
        element: Its markup.
    """

    number: int
    rows: tuple[Row, ...]
    element: Any = field(repr=False, compare=False)


Story: TypeAlias = tuple[Paragraph | Table, ...]


def paragraphs(story: Story) -> Iterator[Paragraph]:
    """Yield the paragraphs of a story, those in its tables too."""
    for block in story:
        if isinstance(block, Paragraph):
            yield block
        else:
            for row in block.rows:
                for cell in row.cells:
                    yield from paragraphs(cell.story)
