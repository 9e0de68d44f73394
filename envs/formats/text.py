"""Text documents: docx, odt, doc, rtf, txt."""

from __future__ import annotations

import copy
import hashlib
import io
import re
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from cuagym.documents import fits
from cuagym.envs.formats._containers import Odf, Ole, Ooxml, Text
from cuagym.formats import Mutant

__all__ = ["Doc", "Docx", "Odt", "Rtf", "Txt"]

_SPOILT: Final = "spoilt"


def _python_docx(change: Callable[[Any], object]) -> Callable[[bytes], bytes]:
    """What python-docx makes of a document that it has read, changed and stored."""

    def stored(data: bytes) -> bytes:
        import docx  # only here: it is heavy

        document = docx.Document(io.BytesIO(data))
        change(document)
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()

    return stored


def _spoil(change: Callable[[Any, np.random.Generator], object]) -> Mutant:
    return lambda data, rng: _python_docx(lambda document: change(document, rng))(data)


def _one(found: list[Any], rng: np.random.Generator) -> Any:
    return found[int(rng.integers(len(found)))]


def _filled(document: Any, cells: bool = True) -> list[Any]:
    """The paragraphs that say something, those in tables too; a new one where none does."""
    found = [p for p in document.paragraphs if p.text.strip() and p.runs]
    if cells:
        found += [p for c in _cells(document) for p in c.paragraphs if p.text.strip() and p.runs]
    return found or [document.add_paragraph(_SPOILT)]


def _cells(document: Any) -> list[Any]:
    from docx.table import _Cell

    return [_Cell(tc, t) for t in document.tables for row in t.rows for tc in row._tr.tc_lst]


def _another_word(document: Any, rng: np.random.Generator) -> None:
    runs = [run for p in _filled(document) for run in p.runs if run.text.strip()]
    if not runs:
        document.add_paragraph(_SPOILT)
        return
    run = _one(runs, rng)
    word = _one(run.text.split(), rng)
    run.text = run.text.replace(word, _SPOILT if word != _SPOILT else "other", 1)


def _lost(document: Any, rng: np.random.Generator) -> None:
    paragraph = _one(_filled(document, cells=False), rng)._p
    paragraph.getparent().remove(paragraph)


def _swapped(document: Any, rng: np.random.Generator) -> None:
    found = _filled(document, cells=False)
    one = _one(found, rng)
    other = next((p for p in found if p.text != one.text), None)
    if other is None:
        document.add_paragraph(_SPOILT)
        return
    here, there = copy.deepcopy(one._p), copy.deepcopy(other._p)
    one._p.getparent().replace(one._p, there)
    other._p.getparent().replace(other._p, here)


def _toggled(document: Any, rng: np.random.Generator) -> None:
    runs = [run for p in _filled(document) for run in p.runs if run.text.strip()]
    if not runs:
        document.add_paragraph().add_run(_SPOILT).bold = True
        return
    run = _one(runs, rng)
    style = run._parent.style
    bold = run.bold if run.bold is not None else bool(style is not None and style.font.bold)
    run.bold = not bold


def _demoted(document: Any, rng: np.random.Generator) -> None:
    """A heading one level deeper; where there is none, a paragraph turned into one."""
    found = _filled(document, cells=False)
    heads = [p for p in found if p.style is not None and p.style.name.lower()[:8] == "heading "]
    paragraph = _one(heads or found, rng)
    level = int(paragraph.style.name[8:]) if heads and paragraph.style.name[8:].isdigit() else 0
    name = f"Heading {level % 9 + 1}"
    if name not in document.styles:
        document.styles.add_style(name, 1)
    paragraph.style = document.styles[name]


def _another_cell(document: Any, rng: np.random.Generator) -> None:
    """A cell that says something else; where there is no table, a paragraph does."""
    cells = _cells(document)
    if not cells:
        _another_word(document, rng)
        return
    cell = _one(cells, rng)
    cell.text = _SPOILT if cell.text != _SPOILT else "other"


def _centred(document: Any, rng: np.random.Generator) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN

    paragraph = _one(_filled(document), rng)
    centred = paragraph.alignment == ALIGN.CENTER
    paragraph.alignment = ALIGN.RIGHT if centred else ALIGN.CENTER


class Docx(Ooxml):
    """A document of Word 2007 and later."""

    suffix = copy = ".docx"
    filter = "MS Word 2007 XML"
    kind, main, folder = "document", b"wordprocessingml.document.main+xml", "word"
    programs = {"python-docx": _python_docx(lambda document: None)}
    mutants = {
        "another word": _spoil(_another_word),
        "a paragraph lost": _spoil(_lost),
        "two paragraphs swapped": _spoil(_swapped),
        "a run's bold toggled": _spoil(_toggled),
        "a heading demoted": _spoil(_demoted),
        "another cell": _spoil(_another_cell),
        "a paragraph centred": _spoil(_centred),
    }

    def digest(self, data: bytes) -> str:
        """A hash of a document's parts, without who stored, checked and looked at it when.

        What is no archive, or unpacks to more than a document may, is taken as it is.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                if not fits(data, sum(e.file_size for e in archive.infolist())):
                    raise ValueError("it unpacks to too much")
                parts = {name: archive.read(name) for name in archive.namelist()}
        except Exception:  # zipfile raises whatever its decompressors do
            return hashlib.sha256(data).hexdigest()
        total = hashlib.sha256()
        for name, part in sorted(parts.items()):
            if not name.startswith("docProps/"):
                content = hashlib.sha256(_unseen(name, part)).hexdigest()
                total.update(f"{name}\0{content}\n".encode())
        return total.hexdigest()

    def differences(self, before: bytes, after: bytes) -> list[str]:
        """By the aspects in which validators compare documents: text, characters, lists ..."""
        # Only here: python-docx is heavy.
        from cuagym.validators.document._aspects import ASPECTS
        from cuagym.validators.document._read import read
        from cuagym.validators.document._select import Part

        with tempfile.TemporaryDirectory() as folder:
            paths = Path(folder, "before.docx"), Path(folder, "after.docx")
            for path, data in zip(paths, (before, after), strict=True):
                path.write_bytes(data)
            was, now = map(read, paths)
            return [line for aspect in ASPECTS.values() for line in aspect(was, now, Part())]


# Of a revision of Word's: which session wrote what, and what its proofing has seen.
_WORDS: Final = re.compile(
    rb' w:rsid\w*="[^"]*"|<w:rsids>.*?</w:rsids>|<w:rsid(?:Root)? [^>]*/>|<w:proofErr [^>]*/>'
    rb"|<w:lastRenderedPageBreak ?/>",
    re.DOTALL,
)
_LOOKED_AT: Final = re.compile(rb"<w:(?:zoom|view|proofState)\b[^>]*/>")


def _unseen(name: str, part: bytes) -> bytes:
    """A part of a document without what storing it and looking at it make of it."""
    if not name.startswith("word/") or not name.endswith(".xml"):
        return part
    part = _WORDS.sub(b"", part)
    return _LOOKED_AT.sub(b"", part) if name == "word/settings.xml" else part


class Odt(Odf):
    """An OpenDocument text."""

    suffix, copy = ".odt", ".docx"
    filter = "writer8"
    kind = "text"


class Doc(Ole):
    """A document of Word before 2007."""

    suffix, copy = ".doc", ".docx"
    filter = "MS Word 97"
    kind = "a Word 97 document"


class Rtf(Text):
    """Rich text."""

    suffix, copy = ".rtf", ".docx"
    filter = "Rich Text Format"

    def problem(self, data: bytes) -> str:
        """Whether it begins as one."""
        return "" if data.startswith(b"{\\rtf") else "it does not begin as rich text does"


class Txt(Text):
    """Plain text in UTF-8."""

    suffix, copy = ".txt", ".docx"
    filter, options = "Text (encoded)", "UTF8,LF,,,"
