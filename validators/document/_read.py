"""Reading a document that LibreOffice has opened and stored.

So it makes no difference which program wrote it: runs split at random, revision marks of Word,
styles of tables, page breaks and default styles have become the same. Of what validators look at,
LibreOffice keeps everything (7.4). Only what a document says of itself is read from the file:
copies are remembered by all that files hold but that.
"""

from __future__ import annotations

import functools
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import docx
from docx.oxml import parse_xml

from cuagym.artefacts import Artefacts, Unreadable
from cuagym.errors import TaskError, nearest
from cuagym.validators.document._blocks import Paragraph, Row, Story, Table, paragraphs
from cuagym.validators.document._numbering import Counters, Numbering
from cuagym.validators.document._story import Walker
from cuagym.validators.document._styles import Styles
from cuagym.validators.document._xml import attr, child, every, value

__all__ = ["ABOUT", "PLACES", "Document", "Section", "gold", "initial", "left", "read"]

_MOST: Final = 2**20
ABOUT: Final[Mapping[str, str]] = {
    "title": "title",
    "author": "creator",
    "subject": "subject",
    "keywords": "keywords",
    "comments": "description",
    "category": "category",
}
"""What a document says of itself, and how its file calls that."""
_KINDS: Final = {"default": "", "first": "first ", "even": "even "}


@dataclass(frozen=True)
class Section:
    """A section: its markup, and the stories of its headers and footers by name.

    Attributes:
        element: The `sectPr`.
        stories: By "header", "footer", "first header", "even footer" ... those that are in use.
    """

    element: Any = field(repr=False)
    stories: Mapping[str, Story]


@dataclass(frozen=True)
class Note:
    """A footnote or an endnote.

    Attributes:
        kind: "footnote" or "endnote".
        story: What it says.
        before: The text before its reference, in the paragraph of that.
    """

    kind: str
    story: Story
    before: str


@dataclass(frozen=True, eq=False)
class Document:
    """A text document.

    Attributes:
        path: The file.
        story: The body as it reads, changes that are tracked having been made.
        original: The body as it reads if they are rejected.
        tracked: The body with what was inserted and what was deleted.
        boxes: The stories of its text boxes.
        sections: Its sections.
        ranges: The texts that comments and bookmarks are on.
        notes: The notes, in the order of their references.
        about: What it says of itself: its title, author ...
        package: The document as python-docx reads it.
    """

    path: Path
    story: Story
    original: Story
    tracked: Story
    boxes: tuple[Story, ...]
    sections: tuple[Section, ...]
    ranges: Mapping[tuple[str, str], str]
    notes: tuple[Note, ...]
    about: Mapping[str, str]
    package: Any = field(repr=False, compare=False)
    styles: Styles = field(repr=False, compare=False)

    @cached_property
    def body(self) -> tuple[Paragraph, ...]:
        """The paragraphs outside tables, without those of a table of contents."""
        return tuple(p for p in self.story if isinstance(p, Paragraph) and not p.generated)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The tables of the body, not those within others."""
        return tuple(t for t in self.story if isinstance(t, Table))

    @cached_property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The paragraphs of the body and its tables, without those of a table of contents."""
        return tuple(p for p in paragraphs(self.story) if not p.generated)

    def everywhere(self, where: str) -> list[Paragraph]:
        """Return the paragraphs of a place: one of `PLACES`."""
        if where == "body":
            return list(self.body)
        if where == "tables":
            return [p for p in self.paragraphs if p.where]
        if where == "text":
            return list(self.paragraphs)
        stories: dict[str, list[Story]] = {
            "boxes": list(self.boxes),
            "notes": [n.story for n in self.notes],
        }
        for name in ("headers", "footers"):
            stories[name] = [
                s for x in self.sections for n, s in x.stories.items() if n.endswith(name[:-1])
            ]
        if where == "everywhere":
            rest = [p for each in stories.values() for s in each for p in paragraphs(s)]
            return [*self.paragraphs, *rest]
        return [p for s in stories[where] for p in paragraphs(s)]

    def part(self, kind: str) -> Any:
        """Return the root of a part such as "comments" or "settings"; None if there is none."""
        return _related(self.package.part, kind)


PLACES: Final = (*("body", "tables", "text", "headers", "footers", "notes", "boxes", "everywhere"),)
"""Where a text may be looked for; "text" is body and tables."""


@functools.lru_cache(maxsize=8)
def read(path: Path, source: Path | None = None) -> Document:
    """Read a document that LibreOffice has stored.

    Args:
        path: The copy that it stored.
        source: The file that it is a copy of; the copy itself if not given.

    Raises:
        Unreadable: If it cannot be read.
    """
    try:
        return _read(path, source or path)
    except (Unreadable, MemoryError):
        raise
    except Exception as e:  # python-docx and lxml raise whatever they stumble over
        raise Unreadable(f"the document cannot be read ({type(e).__name__}: {e})") from None


def _read(path: Path, source: Path) -> Document:
    package = docx.Document(str(path))
    part = package.part
    body = part.element.body
    numbering = Numbering(_related(part, "numbering"))
    styles = Styles(_related(part, "styles"), _related(part, "theme"), numbering)
    walker = Walker(styles, Counters(numbering), _links(part))
    tracked = walker.story(body)
    ends = [*walker.sections, *every(body, "sectPr")]
    boxes = tuple(_changed(s, "deletion") for s in walker.boxes)
    ranges, notes = dict(walker.ranges), tuple(_notes(part, styles, numbering, walker.notes))
    sections = tuple(_sections(part, styles, numbering, ends))
    return Document(
        path,
        _changed(tracked, "deletion"),
        _changed(tracked, "insertion"),
        tracked,
        boxes,
        sections,
        ranges,
        notes,
        _about(source if source.suffix.lower() == path.suffix else path),
        package,
        styles,
    )


def _about(path: Path) -> dict[str, str]:
    """Return what a docx file says of itself."""
    with zipfile.ZipFile(path) as archive:
        entry = archive.NameToInfo.get("docProps/core.xml")
        if entry is None or entry.file_size > _MOST:
            return dict.fromkeys(ABOUT, "")
        root = parse_xml(archive.read(entry))
    found = {str(e.tag).rpartition("}")[2]: e.text or "" for e in root}
    return {name: found.get(element, "") for name, element in ABOUT.items()}


def _related(part: Any, kind: str) -> Any:
    """Return the root of the part that another one refers to by a kind; None if there is none."""
    for rel in part.rels.values():
        if rel.reltype.rpartition("/")[2] == kind and not rel.is_external:
            return _root(rel.target_part)
    return None


def _root(part: Any) -> Any:
    return part.element if hasattr(part, "element") else parse_xml(part.blob)


def _links(part: Any) -> dict[str, str]:
    return {name: rel.target_ref for name, rel in part.rels.items() if rel.is_external}


def _changed(story: Story, gone: str) -> Story:
    """Return a story without what was deleted, or without what was inserted.

    Where the end of a paragraph is gone, the next one's text joins it.
    """
    out: list[Paragraph | Table] = []
    open_end: Paragraph | None = None
    for block in story:
        if isinstance(block, Table):
            if open_end is not None:
                out.append(open_end)
                open_end = None
            rows = tuple(_row(r, gone) for r in block.rows if not _is(r.change, gone))
            out += [replace(block, rows=rows)] if rows else []
            continue
        pieces = tuple(p for p in block.pieces if not _is(p.change, gone))
        now = replace(block, pieces=pieces)
        if open_end is not None and open_end.pieces:
            now = replace(open_end, pieces=(*open_end.pieces, *pieces), mark=block.mark)
        if _is(block.mark, gone):
            open_end = now
        else:
            out.append(now)
            open_end = None
    if open_end is not None and open_end.pieces:
        out.append(open_end)
    return _renumbered(out)


def _is(change: Any, kind: str) -> bool:
    return change is not None and change.kind == kind


def _row(row: Row, gone: str) -> Row:
    return replace(row, cells=tuple(replace(c, story=_changed(c.story, gone)) for c in row.cells))


def _renumbered(blocks: list[Paragraph | Table]) -> Story:
    """Number paragraphs anew, those of a table of contents apart: nobody counts them."""
    out: list[Paragraph | Table] = []
    number = 0
    for block in blocks:
        if isinstance(block, Paragraph) and not block.generated:
            number += 1
            out.append(replace(block, number=number))
        else:
            out.append(block)
    return tuple(out)


def _sections(
    part: Any, styles: Styles, numbering: Numbering, ends: list[Any]
) -> Iterator[Section]:
    """Yield the sections; where one names no header, it has that of the one before."""
    settings = _related(part, "settings")
    even = child(settings, "evenAndOddHeaders") is not None
    stories: dict[str, Story] = {}
    for end in ends:
        for name in ("header", "footer"):
            for reference in every(end, f"{name}Reference"):
                target = part.rels.get(_identifier(reference))
                if target is None or target.is_external:
                    continue
                kind = f"{_KINDS.get(attr(reference, 'type'), '')}{name}"
                walker = Walker(styles, Counters(numbering), _links(target.target_part))
                story = walker.story(_root(target.target_part), kind)
                stories[kind] = _changed((*story, *_flat(walker.boxes)), "deletion")
        first = child(end, "titlePg") is not None
        shown = {
            kind: story
            for kind, story in stories.items()
            if (first or not kind.startswith("first")) and (even or not kind.startswith("even"))
        }
        yield Section(end, shown)


def _flat(boxes: list[Story]) -> list[Paragraph | Table]:
    return [block for story in boxes for block in story]


def _identifier(reference: Any) -> str:
    return next((v for k, v in reference.attrib.items() if k.endswith("}id")), "")


def _notes(
    part: Any, styles: Styles, numbering: Numbering, referred: list[tuple[str, str, str]]
) -> Iterator[Note]:
    """Yield the notes, in the order of their references."""
    roots = {kind: _related(part, f"{kind}s") for kind in ("footnote", "endnote")}
    known = {
        (kind, attr(note, "id")): note for kind, root in roots.items() for note in every(root, kind)
    }
    numbers = {"footnote": 0, "endnote": 0}
    for kind, identifier, before in referred:
        note = known.get((kind, identifier))
        if note is not None and value(note, "type") == "":
            numbers[kind] += 1
            walker = Walker(styles, Counters(numbering), {})
            story = _changed(walker.story(note, f"{kind} {numbers[kind]}"), "deletion")
            yield Note(kind, story, before)


def left(artefacts: Artefacts) -> Document:
    """Read the document that the agent left.

    Raises:
        Unreadable: If it is missing or no text document.
    """
    return read(artefacts.recalculated, artefacts.document)


def initial(artefacts: Artefacts) -> Document:
    """Read the document that the episode began with."""
    return read(artefacts.initial_recalculated, artefacts.initial)


def gold(artefacts: Artefacts, name: str) -> Document:
    """Read one of the documents that the task brought to compare with.

    Raises:
        TaskError: If there is none of this name, or it is no text document.
    """
    path = artefacts.gold / name
    if not path.is_file():
        known = [p.name for p in artefacts.gold.iterdir()]
        raise TaskError(f"the task has no gold file {name!r}{nearest(name, known)}")
    try:
        return read(artefacts.recalculate(path, {}), path)
    except Unreadable as e:
        raise TaskError(f"the gold file is no text document: {e}") from None
