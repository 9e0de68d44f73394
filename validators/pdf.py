"""PDF files that lie beside the document: pages, their size, what they say, metadata."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import pypdf

from cuagym.artefacts import Artefacts, Unreadable
from cuagym.errors import TaskError, nearest
from cuagym.validators._checks import by_key, checked
from cuagym.verdict import Check

__all__ = ["metadata", "pages", "text"]

_MOST_BYTES: Final = 2**26
_MOST_PAGES: Final = 500
_MOST_DRAWN: Final = 2**24
_MOST_STEPS: Final = 2_000_000
_POINTS: Final = 72 / 2.54
_SLACK: Final = 0.1
"""How many centimetres a page may be off."""
_SIZES: Final[Mapping[str, tuple[float, float]]] = {
    **{"A3": (29.7, 42.0), "A4": (21.0, 29.7), "A5": (14.8, 21.0), "letter": (21.59, 27.94)},
    **{"legal": (21.59, 35.56), "4:3": (25.4, 19.05), "16:9": (33.867, 19.05)},
}
"""In centimetres, as they are held; those of slides as programs print them."""
_RATIOS: Final = {"4:3": 4 / 3, "16:9": 16 / 9}
_RATIO_SLACK: Final = 0.01
_FIELDS: Final = ("title", "author", "subject", "keywords")
_KEYS: Final = ("contains", "absent", "order")


def _size(given: Any) -> None:
    """Refuse what is no size of pages."""
    if isinstance(given, str):
        if given not in _SIZES:
            raise TaskError(
                f"{given!r} is no size: {', '.join(_SIZES)}, or [width, height] in centimetres"
                + nearest(given, _SIZES)
            )
    elif given is not None and len(list(given)) != 2:
        raise TaskError(f"a size is [width, height] in centimetres, not {given!r}")


def pages(
    artefacts: Artefacts,
    name: str,
    count: int | None = None,
    size: Annotated[str | Sequence[float] | None, _size] = None,
    orientation: Literal["portrait", "landscape"] | None = None,
) -> list[Check]:
    """Check the pages of a PDF file: one check for how many there are, one for their size, ...

    Args:
        artefacts: What the agent left.
        name: The file's name.
        count: How many pages there are.
        size: Of each page, whichever way it is held: "A4", "A3", "A5", "letter", "legal", "4:3" or
            "16:9" for slides of any size, or [width, height] in centimetres.
        orientation: Of each page, "portrait" or "landscape".

    Raises:
        Unreadable: If the file is missing or no PDF.
        TaskError: If the arguments are wrong, or nothing is wanted.
    """
    if (count, size, orientation) == (None, None, None):
        raise TaskError(f"nothing is wanted of {name!r}: give count, size or orientation")
    found = _read(artefacts, name).pages
    checks = []
    if count is not None:
        wrong = "" if len(found) == count else f"it has {len(found)} pages, expected {count}"
        checks.append(Check(f"{name}: pages", not wrong, wrong))
    if size is not None:
        wrong = _every(found, lambda page: _size_wrong(page, size))
        checks.append(Check(f"{name}: size", not wrong, wrong))
    if orientation is not None:
        wrong = _every(found, lambda page: _held_wrong(page, orientation))
        checks.append(Check(f"{name}: orientation", not wrong, wrong))
    return checks


def _every(found: Sequence[_Page], wrong: Callable[[_Page], str]) -> str:
    """Say what is wrong with the first page that is not right."""
    if not found:
        return "it has no pages"
    said = ((number, wrong(page)) for number, page in enumerate(found, 1))
    return next((f"page {number} {each}" for number, each in said if each), "")


def _size_wrong(page: _Page, wanted: str | Sequence[float]) -> str:
    has = f"is {page.width:.1f} x {page.height:.1f} cm"
    if isinstance(wanted, str) and wanted in _RATIOS:
        fits = abs(page.width / (page.height or 1) / _RATIOS[wanted] - 1) <= _RATIO_SLACK
        return "" if fits else f"{has}, expected {wanted}"
    width, height = sorted(_SIZES[wanted] if isinstance(wanted, str) else wanted)
    short, long = sorted((page.width, page.height))
    fits = abs(short - width) <= _SLACK and abs(long - height) <= _SLACK
    said = wanted if isinstance(wanted, str) else f"{width:g} x {height:g} cm"
    return "" if fits else f"{has}, expected {said}"


def _held_wrong(page: _Page, wanted: str) -> str:
    held = "landscape" if page.width > page.height else "portrait"
    return "" if held == wanted else f"is held {held}, expected {wanted}"


def _wanted(page: str, given: Any) -> dict[str, Any]:
    """Return what is wanted of a page, as a table of the known keys."""
    if page not in ("*", "last") and not (page.isdigit() and int(page)):
        raise TaskError(f"{page!r} is no page: its number, 'last', or '*' for all of them together")
    table = dict(given) if isinstance(given, Mapping) else {"contains": given}
    for key, value in table.items():
        if key not in _KEYS:
            raise TaskError(
                f"page {page}: {key!r} is none of {', '.join(_KEYS)}" + nearest(key, _KEYS)
            )
        if not all(isinstance(v, str) and _squeezed(v) for v in _listed(value)):
            raise TaskError(f"page {page}: {key} must be a text or a list of texts, not {value!r}")
    if not table:
        raise TaskError(f"page {page}: nothing is wanted of it")
    return table


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def text(
    artefacts: Artefacts, name: str, pages: Annotated[Mapping[str, Any], by_key(_wanted)]
) -> list[Check]:
    """Check what a PDF file says, one check for each page that is named.

    White space makes no difference, since a PDF file does not tell where words end, nor do
    ligatures. What pictures show is no text.

    Args:
        artefacts: What the agent left.
        name: The file's name.
        pages: By page (its number, "last", or "*" for all of them together), a text or a list of
            texts that it contains; or a table of `contains`, `absent` (one or a list) and `order`
            (a list of texts that follow each other).

    Raises:
        Unreadable: If the file is missing or no PDF.
        TaskError: If the arguments are wrong.
    """
    found = _read(artefacts, name)
    return [
        checked(f"{name}: page {page}", _text_wrong, found, page, _wanted(page, given))
        for page, given in pages.items()
    ]


def _text_wrong(found: _File, page: str, wanted: Mapping[str, Any]) -> str:
    said = found.text(page)
    for part in _listed(wanted.get("contains", [])):
        if _squeezed(part) not in said:
            elsewhere = [
                n for n in range(1, len(found.pages) + 1) if _squeezed(part) in found.text(str(n))
            ]
            on = f" (but on page {', '.join(map(str, elsewhere[:5]))})" if elsewhere else ""
            return f"there is no {part!r}{on}"
    for part in _listed(wanted.get("absent", [])):
        if _squeezed(part) in said:
            return f"{part!r} should not be there"
    at = 0
    for part in _listed(wanted.get("order", [])):
        where = said.find(_squeezed(part), at)
        if where < 0:
            what = "comes too early" if _squeezed(part) in said else "is not there"
            return f"{part!r} {what}"
        at = where + len(_squeezed(part))
    return ""


def metadata(
    artefacts: Artefacts,
    name: str,
    title: str | None = None,
    author: str | None = None,
    subject: str | None = None,
    keywords: str | None = None,
) -> list[Check]:
    """Check what a PDF file says of itself, one check for each field that is given.

    Args:
        artefacts: What the agent left.
        name: The file's name.
        title: The document's title; "" for none.
        author: Who wrote it.
        subject: What it is about.
        keywords: Its keywords.

    Raises:
        Unreadable: If the file is missing or no PDF.
        TaskError: If nothing is wanted.
    """
    wanted = dict(zip(_FIELDS, (title, author, subject, keywords), strict=True))
    wanted = {field: value for field, value in wanted.items() if value is not None}
    if not wanted:
        raise TaskError(f"nothing is wanted of {name!r}: give {', '.join(_FIELDS)}")
    about = _read(artefacts, name).about
    checks = []
    for field, value in wanted.items():
        has = " ".join(about.get(field, "").split())
        right = has == " ".join(str(value).split())
        detail = "" if right else f"the {field} is {has or 'not given'!r}, expected {value!r}"
        checks.append(Check(f"{name}: {field}", right, detail))
    return checks


@dataclass(frozen=True)
class _Page:
    """A page; its size in centimetres, as it is shown."""

    width: float
    height: float


class _File:
    """A PDF file; what its pages say is read when it is asked for."""

    def __init__(self, reader: pypdf.PdfReader) -> None:
        self._reader = reader
        self.pages = [_page(page) for page in reader.pages]
        about = reader.metadata
        self.about = {field: str(getattr(about, field, "") or "") for field in _FIELDS}
        self._texts: dict[int, str] = {}
        self._left = _MOST_STEPS

    def text(self, page: str) -> str:
        """What a page says, or all of them together, without white space.

        Raises:
            Unreadable: If there is no such page, or it cannot be read.
        """
        count = len(self.pages)
        if page == "*":
            return "".join(self._text(number) for number in range(1, count + 1))
        number = count if page == "last" else int(page)
        if not 1 <= number <= count:
            raise Unreadable(f"there is no page {page}; it has {count} pages")
        return self._text(number)

    def _text(self, number: int) -> str:
        if number not in self._texts:
            page = self._reader.pages[number - 1]
            try:
                contents = page.get_contents()
                if contents is not None and len(contents.get_data()) > _MOST_DRAWN:
                    raise Unreadable(f"page {number} is drawn by too many bytes")
                said = page.extract_text(visitor_operand_before=self._step)
            except Unreadable:
                raise
            except Exception as e:  # pypdf raises whatever a file makes it stumble over
                raise Unreadable(f"page {number} cannot be read ({e or type(e).__name__})") from e
            self._texts[number] = _squeezed(said)
        return self._texts[number]

    def _step(self, *_: Any) -> None:
        """Count what is drawn: forms within forms may be endless."""
        self._left -= 1
        if self._left < 0:
            raise Unreadable("it draws more than is looked at")


def _page(page: Any) -> _Page:
    box = page.cropbox
    unit = float(page.get("/UserUnit", 1)) / _POINTS
    width, height = abs(float(box.width)) * unit, abs(float(box.height)) * unit
    if (page.rotation or 0) % 180:
        width, height = height, width
    return _Page(width, height)


def _squeezed(text: str) -> str:
    """Return a text without white space, in the plain form of each letter."""
    plain = unicodedata.normalize("NFKC", text).replace("\u00ad", "")
    return re.sub(r"\s+", "", plain)


def _read(artefacts: Artefacts, name: str) -> _File:
    """Read a PDF file.

    Raises:
        Unreadable: If it is missing, too large, protected or no PDF.
    """
    path = artefacts.folder / name
    if not path.is_file():
        there = sorted(p.name for p in artefacts.folder.rglob("*") if p.is_file())
        listed = f" (there are: {', '.join(there[:8])})" if there else ""
        raise Unreadable(f"there is no file {name!r}{listed}")
    if path.stat().st_size > _MOST_BYTES:
        raise Unreadable(f"{name!r} is larger than the {_MOST_BYTES:,} bytes that are read")
    data = path.read_bytes()
    if b"%PDF-" not in data[:1024]:
        raise Unreadable(f"{name!r} is no PDF, whatever its name says")
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable(f"{name!r} is protected by a password")
        if len(reader.pages) > _MOST_PAGES:
            raise Unreadable(f"{name!r} has more than {_MOST_PAGES} pages")
        return _File(reader)
    except Unreadable:
        raise
    except Exception as e:  # pypdf raises whatever a file makes it stumble over
        raise Unreadable(f"{name!r} cannot be read ({e or type(e).__name__})") from e
