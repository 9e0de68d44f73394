"""Presentations: pptx, odp, ppt."""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from cuagym.envs.formats._containers import Odf, Ole, Ooxml, renumbered, without_lots
from cuagym.formats import Mutant

__all__ = ["Odp", "Ppt", "Pptx"]

_FEW: Final = 914_400
"""An inch: by how much a shape is moved."""


def _python_pptx(change: Callable[[Any], object]) -> Callable[[bytes], bytes]:
    """What python-pptx makes of a presentation that it has read, changed and stored."""

    def stored(data: bytes) -> bytes:
        import pptx  # only here: it is heavy

        deck = pptx.Presentation(io.BytesIO(data))
        change(deck)
        out = io.BytesIO()
        deck.save(out)
        return out.getvalue()

    return stored


def _spoilt(change: Callable[[Any, np.random.Generator], object]) -> Mutant:
    return lambda data, rng: _python_pptx(lambda deck: change(deck, rng))(data)


def _any(choices: Any, rng: np.random.Generator) -> Any:
    """Any of some; None where there are none."""
    listed = list(choices)
    return listed[int(rng.integers(len(listed)))] if listed else None


def _shapes(deck: Any) -> Iterator[Any]:
    """Those that can be seen: a placeholder that says nothing cannot."""
    for slide in deck.slides:
        for shape in slide.shapes:
            if not shape.is_placeholder or (shape.has_text_frame and shape.text_frame.text.strip()):
                yield shape


def _runs(deck: Any) -> Iterator[Any]:
    for shape in _shapes(deck):
        if shape.has_text_frame:
            for paragraph in shape.text_frame.paragraphs:
                yield from (run for run in paragraph.runs if run.text.strip())


def _another_word(deck: Any, rng: np.random.Generator) -> None:
    run = _any(_runs(deck), rng)
    if run is not None:
        words = run.text.split()
        words[int(rng.integers(len(words)))] = "spoilt"
        run.text = " ".join(words)


def _slide_lost(deck: Any, rng: np.random.Generator) -> None:
    listed = deck.slides._sldIdLst
    if len(listed) > 1:
        slide = _any(listed, rng)
        deck.part.drop_rel(slide.rId)
        listed.remove(slide)


def _slides_swapped(deck: Any, rng: np.random.Generator) -> None:
    listed = deck.slides._sldIdLst
    if len(listed) > 1:
        at = int(rng.integers(len(listed) - 1))
        slide = listed[at + 1]
        listed.remove(slide)
        listed.insert(at, slide)


def _shape_moved(deck: Any, rng: np.random.Generator) -> None:
    shape = _any(_shapes(deck), rng)
    if shape is not None:
        width, height = shape.width or _FEW, shape.height or _FEW
        left, top = (shape.left or 0) + _FEW, shape.top or 0
        # A placeholder that inherits its place has none of its own: all of it must be said.
        shape.left, shape.top, shape.width, shape.height = left, top, width, height


def _shape_lost(deck: Any, rng: np.random.Generator) -> None:
    shape = _any(_shapes(deck), rng)
    if shape is not None:
        shape._element.getparent().remove(shape._element)


def _bold_toggled(deck: Any, rng: np.random.Generator) -> None:
    run = _any(_runs(deck), rng)
    if run is not None:
        run.font.bold = not run.font.bold


def _level_changed(deck: Any, rng: np.random.Generator) -> None:
    # By the slides' titles: LibreOffice stores placeholders without their numbers.
    titles = {slide.shapes.title._element for slide in deck.slides if slide.shapes.title}
    bodies = (s for s in _shapes(deck) if s.is_placeholder and s._element not in titles)
    lines = [p for s in bodies if s.has_text_frame for p in s.text_frame.paragraphs if p.runs]
    line = _any(lines, rng)
    if line is not None:
        line.level = 0 if line.level else 1


_FIELD: Final = re.compile(rb'(<a:fld id=")\{[0-9A-Fa-f-]*\}')
"""LibreOffice draws the numbers of fields by lot whenever it stores them."""
_CREATED: Final = re.compile(rb"<p14:creationId\b[^>]*/>|<p:extLst>\s*</p:extLst>")


class Pptx(Ooxml):
    """A presentation of PowerPoint 2007 and later."""

    suffix = copy = ".pptx"
    filter = "Impress MS PowerPoint 2007 XML"
    kind, main, folder = "presentation", b"presentationml.presentation.main+xml", "ppt"
    programs = {"python-pptx": _python_pptx(lambda deck: None)}
    mutants = {
        "another word": _spoilt(_another_word),
        "a slide lost": _spoilt(_slide_lost),
        "two slides swapped": _spoilt(_slides_swapped),
        "a shape moved": _spoilt(_shape_moved),
        "a shape lost": _spoilt(_shape_lost),
        "bold toggled": _spoilt(_bold_toggled),
        "another level": _spoilt(_level_changed),
    }

    def digest(self, data: bytes) -> str:
        """A hash of a presentation's parts, without who looked where, and numbers drawn by lot.

        What is no archive is taken as it is.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                parts = {name: archive.read(name) for name in archive.namelist()}
        except zipfile.BadZipFile:
            return hashlib.sha256(data).hexdigest()
        total = hashlib.sha256()
        for name, part in sorted(renumbered(parts).items()):
            if not name.startswith("docProps/") and name != "ppt/viewProps.xml":
                content = hashlib.sha256(_unseen(name, part)).hexdigest()
                total.update(f"{name}\0{content}\n".encode())
        return total.hexdigest()

    def differences(self, before: bytes, after: bytes) -> list[str]:
        """By the aspects in which validators compare presentations: text, shapes, notes ..."""
        # Only here: python-pptx is heavy.
        from cuagym.validators.slides import unchanged  # noqa: F401 - its modules offer aspects
        from cuagym.validators.slides._aspects import ASPECTS
        from cuagym.validators.slides._part import Part
        from cuagym.validators.slides._read import read

        with tempfile.TemporaryDirectory() as folder:
            paths = Path(folder, "before.pptx"), Path(folder, "after.pptx")
            for path, data in zip(paths, (before, after), strict=True):
                path.write_bytes(data)
            was, now = map(read, paths)
            return [line for each in ASPECTS.values() for line in each(was, now, Part.all(was))]


def _unseen(name: str, part: bytes) -> bytes:
    """A part of a presentation without what storing it makes of it."""
    if name.startswith("ppt/charts/"):
        return without_lots(part)
    return _CREATED.sub(b"", _FIELD.sub(rb"\1", part)) if name.endswith(".xml") else part


class Odp(Odf):
    """An OpenDocument presentation."""

    suffix, copy = ".odp", ".pptx"
    filter = "impress8"
    kind = "presentation"


class Ppt(Ole):
    """A presentation of PowerPoint before 2007."""

    suffix, copy = ".ppt", ".pptx"
    filter = "MS PowerPoint 97"
    kind = "a PowerPoint 97 presentation"
