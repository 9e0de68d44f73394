"""A presentation as values: slides, shapes, paragraphs and runs, whichever program wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

__all__ = ["Box", "Cell", "Deck", "Paragraph", "Run", "Shape", "Slide", "Transition", "folded"]

BODY: Final = "body"
"""The role of placeholders for content; all others have one of their own."""
QUIET: Final = ("date", "footer", "number")
"""Roles of what stands on every slide alike."""


def folded(text: str) -> str:
    """Return a text with one space for any white space, and none at its ends."""
    return " ".join(text.split())


@dataclass(frozen=True)
class Box:
    """Where a shape is, in centimetres from the top left corner of the slide."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its bottom edge."""
        return self.top + self.height

    @property
    def center(self) -> float:
        """Its middle, from the left."""
        return self.left + self.width / 2

    @property
    def middle(self) -> float:
        """Its middle, from the top."""
        return self.top + self.height / 2


@dataclass(frozen=True)
class Run:
    """A piece of text that looks the same all along.

    Attributes:
        text: What it says.
        facts: How it looks: `bold`, `italic`, `underline`, `strike`, `size` in points, `font`,
            `color`.
        link: Where a click on it leads; "" for nowhere.
    """

    text: str
    facts: Mapping[str, Any]
    link: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph.

    Attributes:
        runs: Neighbours differ in look or link, however the file had split them.
        level: 0 for the outermost.
        bullet: "bullet", "number", or "" for none.
        align: "left", "center", "right" or "justify".
    """

    runs: tuple[Run, ...]
    level: int = 0
    bullet: str = ""
    align: str = "left"

    @cached_property
    def text(self) -> str:
        """What it says."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Cell:
    """A cell of a table, with its fill as shapes have it."""

    paragraphs: tuple[Paragraph, ...]
    fill: str = ""

    @cached_property
    def text(self) -> str:
        """What it says, white space folded."""
        return folded("\n".join(p.text for p in self.paragraphs))


@dataclass(frozen=True)
class Shape:
    """A shape on a slide.

    Attributes:
        name: As the selection pane or the navigator shows it; LibreOffice gives placeholders names
            of its own.
        kind: "rectangle", "text box", "picture", "table", ...
        role: What it is a placeholder for: "title", "subtitle", "body", "date", "footer", "number";
            "" if it is none.
        box: Where it is.
        rotation: In degrees, clockwise.
        fill: "#RRGGBB", "a gradient", ...; "" for none.
        line: The colour of its outline; "" for none.
        line_width: In points.
        alt: What it is described as.
        link: Where a click on it leads.
        paragraphs: Its text; a table's is in its cells.
        children: What a group holds.
        cells: A table's, by rows; a cell that is covered by a merged one is None.
        picture: A picture's file.
        crop: What is cut off a picture: left, top, right, bottom, as fractions.
        chart: The XML of a chart's part.
        key: Its number in the file, by which animations name it.
    """

    name: str
    kind: str
    role: str
    box: Box
    rotation: float = 0.0
    fill: str = ""
    line: str = ""
    line_width: float = 0.0
    alt: str = ""
    link: str = ""
    paragraphs: tuple[Paragraph, ...] = ()
    children: tuple[Shape, ...] = ()
    cells: tuple[tuple[Cell | None, ...], ...] = ()
    picture: bytes = field(default=b"", repr=False)
    crop: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    chart: bytes = field(default=b"", repr=False)
    key: str = ""

    @cached_property
    def text(self) -> str:
        """What it says, a line for each paragraph; not what a group holds, nor a table."""
        return "\n".join(p.text for p in self.paragraphs)

    @cached_property
    def said(self) -> str:
        """What errors call it."""
        text = folded(self.text)
        if self.role and self.role != BODY:
            return f"the {self.role}"
        if self.role and not text:
            return "a placeholder"
        if text:
            return f"the {self.kind} {text if len(text) <= 30 else text[:27] + '...'!r}"
        if self.name:
            return f"the {self.kind} named {self.name!r}"
        return f"{'an' if self.kind[0] in 'aeiou' else 'a'} {self.kind}"

    def all_paragraphs(self) -> Iterator[Paragraph]:
        """Yield its paragraphs, and those of a table's cells."""
        yield from self.paragraphs
        for row in self.cells:
            for cell in row:
                yield from cell.paragraphs if cell else ()


@dataclass(frozen=True)
class Transition:
    """How a slide comes and goes.

    Attributes:
        kind: "fade", "push", ...; "" for none.
        speed: "slow", "medium" or "fast"; "" where there is no kind.
        after: After how many seconds the next slide comes by itself; None if it never does.
    """

    kind: str = ""
    speed: str = ""
    after: float | None = None


@dataclass(frozen=True)
class Slide:
    """One slide.

    Attributes:
        number: From 1.
        shapes: From the back to the front; groups hold theirs.
        hidden: Whether the show leaves it out.
        layout: What its layout is called, in one name for all programs; "" where the file does not
            tell it truly. See _layouts.py.
        notes: The speaker's notes.
        background: "#RRGGBB", "a gradient", ...
        transition: How it comes and goes.
        effects: Its animations, in their order.
        comments: What comments on it say, in their order.
    """

    number: int
    shapes: tuple[Shape, ...]
    hidden: bool = False
    layout: str = ""
    notes: str = ""
    background: str = ""
    transition: Transition = Transition()
    effects: tuple[Mapping[str, str], ...] = ()
    comments: tuple[str, ...] = ()

    @cached_property
    def all_shapes(self) -> tuple[Shape, ...]:
        """Its shapes, what groups hold after each of them."""

        def within(shapes: tuple[Shape, ...]) -> Iterator[Shape]:
            for shape in shapes:
                yield shape
                yield from within(shape.children)

        return tuple(within(self.shapes))

    @cached_property
    def title(self) -> str:
        """What its title says; "" if it has none."""
        return next((folded(s.text) for s in self.all_shapes if s.role == "title"), "")

    @cached_property
    def said(self) -> str:
        """What errors call it."""
        return f"slide {self.number} ({self.title!r})" if self.title else f"slide {self.number}"

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """All paragraphs with something in them, white space folded; but no dates or footers."""
        shapes = (s for s in self.all_shapes if s.role not in QUIET)
        lines = (folded(p.text) for s in shapes for p in s.all_paragraphs())
        return tuple(filter(None, lines))


@dataclass(frozen=True, eq=False)
class Deck:
    """A presentation.

    Attributes:
        slides: In their order.
        width: Of a slide, in centimetres.
        height: Of a slide, in centimetres.
        masters: The masters that slides use, each as its placeholders by role.
        plain: Whether its masters have no styles of their own, as LibreOffice writes them: it does
            not read back what it has written there.
        stored: The slides' transitions as LibreOffice keeps them, where the file tells others.
        path: The file that was read.
    """

    slides: tuple[Slide, ...]
    width: float
    height: float
    masters: tuple[Mapping[str, Shape], ...] = ()
    plain: bool = False
    stored: tuple[Transition, ...] = ()
    path: Path = Path()

    @property
    def listed(self) -> str:
        """Its slides, as errors list them."""
        return ", ".join(f"{s.number} {s.title!r}" for s in self.slides[:12]) or "none"
