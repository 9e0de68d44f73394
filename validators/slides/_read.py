"""Reading a presentation that LibreOffice has opened and stored.

So it makes no difference which program wrote it: formatting that was inherited is written out, runs
and their attributes are spelled in one way. What LibreOffice loses on that way is read from the
file itself: layouts that it does not have, transitions that it cannot show, and descriptions of
shapes other than pictures.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pptx

from cuagym.artefacts import Artefacts, Unreadable
from cuagym.errors import TaskError, nearest
from cuagym.validators.slides import _layouts, _paint, _shows
from cuagym.validators.slides._deck import Deck, Shape, Slide, Transition
from cuagym.validators.slides._paint import P
from cuagym.validators.slides._shapes import Source, shapes

__all__ = ["gold", "initial", "left", "read"]

_CM: Final = 360_000
_MOST_SLIDES: Final = 1000
_MOST_SHAPES: Final = 50_000


@functools.lru_cache(maxsize=8)
def read(path: Path) -> Deck:
    """Read a presentation that LibreOffice has stored.

    Raises:
        Unreadable: If it is too large, or is none.
    """
    try:
        deck = pptx.Presentation(str(path))
        parts = [slide.part for slide in deck.slides]
    except Exception as e:  # python-pptx raises whatever the file makes it stumble over
        raise Unreadable(f"it is no presentation that can be read ({e or type(e).__name__})") from e
    if len(parts) > _MOST_SLIDES:
        raise Unreadable(f"it has {len(parts):,} slides, more than the {_MOST_SLIDES:,} allowed")
    numbers = {str(part.partname): n for n, part in enumerate(parts, 1)}
    masters: dict[str, _Master] = {}
    slides: list[Slide] = []
    shown = 0
    for part in parts:
        of = part.slide.slide_layout.slide_master
        master = masters.setdefault(str(of.part.partname), _Master(of))
        slides.append(_slide(part, master.theme, numbers))
        master.roles.update(s.role for s in slides[-1].all_shapes)
        shown += len(slides[-1].all_shapes)
        if shown > _MOST_SHAPES:
            raise Unreadable(f"it has more than {_MOST_SHAPES:,} shapes")
    plain = all(m._element.find(f"{P}txStyles") is None for m in deck.slide_masters)
    width, height = (round((side or 0) / _CM, 3) for side in (deck.slide_width, deck.slide_height))
    looks = tuple(master.looks() for master in masters.values())
    return Deck(tuple(slides), width, height, looks, plain, path=path)


class _Master:
    """A master, and what slides of it have placeholders for."""

    def __init__(self, master: Any) -> None:
        self._master = master
        self.theme = _paint.theme(master)
        self.roles: set[str] = set()

    def looks(self) -> dict[str, Shape]:
        """Its placeholders by role; not those that LibreOffice invents where no slide has any."""
        tree = self._master._element.find(f"{P}cSld/{P}spTree")
        found = shapes(tree, Source(self._master.part, self.theme, {}))
        return {s.role: s for s in found if s.role in self.roles}


def _slide(part: Any, known: Mapping[str, str], numbers: Mapping[str, int]) -> Slide:
    element = part._element
    found = shapes(element.find(f"{P}cSld/{P}spTree"), Source(part, known, numbers))
    plain = Slide(
        number=numbers[str(part.partname)],
        shapes=found,
        hidden=element.get("show") in ("0", "false"),
        notes=_notes(part),
        background=_background(part, known),
        transition=_shows.transition(element),
        comments=tuple(_comments(part)),
    )
    names = {s.key: s.said for s in plain.all_shapes}
    about = part.slide.slide_layout
    layout = _layouts.layout(about.name, about._element.get("type", ""), plain)
    return replace(plain, layout=layout, effects=tuple(_shows.effects(element, names)))


def _notes(part: Any) -> str:
    if not part.has_notes_slide:
        return ""
    frame = part.notes_slide.notes_text_frame
    return "" if frame is None else str(frame.text).replace("\v", "\n")


def _background(part: Any, known: Mapping[str, str]) -> str:
    """Return what is behind a slide: its own background, else its layout's, else its master's."""
    layout = part.slide.slide_layout
    for each in (part._element, layout._element, layout.slide_master._element):
        found = each.find(f"{P}cSld/{P}bg")
        if found is not None:
            properties = found.find(f"{P}bgPr")
            if properties is not None:
                return _paint.fill(properties, known)
            return _paint.colour(found.find(f"{P}bgRef"), known)
    return ""


def _comments(part: Any) -> Iterator[str]:
    from lxml import etree

    for rel in part.rels.values():
        if not rel.is_external and rel.reltype.endswith("/comments"):
            try:
                root = etree.fromstring(rel.target_part.blob)
            except etree.XMLSyntaxError:
                continue
            yield from (text.text or "" for text in root.iter(f"{P}text"))


@functools.lru_cache(maxsize=8)
def _written(path: Path) -> Deck | None:
    """Read a file as its program has written it; None where that does not go."""
    if path.suffix.lower() != ".pptx":
        return None
    try:
        return read(path)
    except Exception:  # whatever an odd file makes it stumble over: LibreOffice has read it
        return None


def _whole(path: Path, copy: Path) -> Deck:
    """Return a presentation as LibreOffice has stored it, with what it loses from the file."""
    deck, own = read(copy), _written(path)
    if own is None or len(own.slides) != len(deck.slides):
        return deck
    both = zip(deck.slides, own.slides, strict=True)
    stored = tuple(s.transition for s in deck.slides)
    slides = tuple(_completed(*each) for each in both)
    masters = own.masters if own.plain else deck.masters
    return replace(deck, slides=slides, stored=stored, masters=masters)


def _completed(slide: Slide, own: Slide) -> Slide:
    shown = own.transition if own.transition != Transition() else slide.transition
    kept = slide.shapes
    if [s.name for s in own.all_shapes if not s.role] == [
        s.name for s in slide.all_shapes if not s.role
    ]:
        alts = iter([s.alt for s in own.all_shapes if not s.role])
        kept = _described(slide.shapes, alts)
    return replace(slide, layout=own.layout, transition=shown, shapes=kept)


def _described(found: tuple[Shape, ...], alts: Iterator[str]) -> tuple[Shape, ...]:
    """Return shapes with descriptions from the file itself."""
    out = []
    for shape in found:
        alt = shape.alt if shape.role else next(alts) or shape.alt
        out.append(replace(shape, alt=alt, children=_described(shape.children, alts)))
    return tuple(out)


def left(artefacts: Artefacts) -> Deck:
    """Read the presentation that the agent left.

    Raises:
        Unreadable: If it is missing or no presentation.
    """
    return _whole(artefacts.document, artefacts.recalculated)


def initial(artefacts: Artefacts) -> Deck:
    """Read the presentation that the episode began with."""
    return _whole(artefacts.initial, artefacts.initial_recalculated)


def gold(artefacts: Artefacts, name: str) -> Deck:
    """Read one of the presentations that the task brought to compare with.

    Raises:
        TaskError: If there is none of this name, or it is no presentation.
    """
    path = gold_file(artefacts, name)
    try:
        return _whole(path, artefacts.recalculate(path, {}))
    except Unreadable as e:
        raise TaskError(f"the gold file is no presentation: {e}") from None


def gold_file(artefacts: Artefacts, name: str) -> Path:
    """Return one of the files that the task brought.

    Raises:
        TaskError: If there is none of this name; it names the nearest.
    """
    path = artefacts.gold / name
    if not path.is_file():
        known = [p.name for p in artefacts.gold.iterdir()]
        raise TaskError(f"the task has no gold file {name!r}{nearest(name, known)}")
    return path
