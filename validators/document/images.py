"""Pictures: which ones, how large, where; and the aspect "images"."""

from __future__ import annotations

import functools
import hashlib
import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from PIL import Image

from cuagym.artefacts import Artefacts, recalculates
from cuagym.errors import TaskError, nearest
from cuagym.validators._aspects import compared
from cuagym.validators._checks import checked, one_by_one
from cuagym.validators.document import _layout, _read
from cuagym.validators.document._aspects import ASPECTS
from cuagym.validators.document._blocks import told
from cuagym.validators.document._lengths import close, points, shown
from cuagym.validators.document._read import Document
from cuagym.validators.document._select import Part
from cuagym.validators.document._xml import MC, WP, A, R, child, integer, w
from cuagym.verdict import Check

__all__ = ["images"]

_KEYS: Final = ("image", "file", "width", "height", "aspect", "alt", "inline", "after", "align")
_EMU: Final = 12_700
_LARGEST: Final = 40_000_000
"""The most pixels of a picture that is looked into."""
_BY: Final = 0.02
"""By how much the proportions of a picture may differ."""
_SLACK: Final = 1.5
"""By how many points sizes may differ: LibreOffice rounds them to pixels when they are dragged."""


@dataclass(frozen=True)
class _Image:
    """A picture in a document.

    Attributes:
        width: In points; as `height`.
        alt: What describes it.
        inline: Whether it stands in the text as a character.
        pixels: A hash of them; of what is no bitmap, of the file.
        aspect: The width of the file's pixels by their height; 0 if it has none.
        before: How much text comes before it: the number of the last paragraph, and its text.
        align: How its paragraph is aligned.
    """

    width: float
    height: float
    alt: str
    inline: bool
    pixels: str
    aspect: float
    before: tuple[str, ...]
    align: str

    def __str__(self) -> str:
        kind = "inline" if self.inline else "anchored"
        return f"{shown(self.width)} by {shown(self.height)}, {kind}, {self.pixels[:8]}"


def _refuse(wanted: Any) -> None:
    if not isinstance(wanted, Mapping) or not set(wanted) - {"image"}:
        raise TaskError(f"a table of what is wanted must be given, not {wanted!r}")
    for key in wanted:
        if key not in _KEYS:
            raise TaskError(f"{key!r} is none of {', '.join(_KEYS)}{nearest(key, _KEYS)}")
    for key in ("width", "height"):
        points(wanted.get(key, 0), key)
    if "align" in wanted:
        _layout.refuse("image", "align", wanted["align"])
    number = wanted.get("image", 1)
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise TaskError(f"image must be a whole number from 1, not {number!r}")


@recalculates()
def images(
    artefacts: Artefacts,
    wanted: Annotated[Sequence[Mapping[str, Any]], one_by_one(_refuse)] = (),
    count: int | None = None,
) -> list[Check]:
    """Check the pictures of the body, one check for each thing that is wanted of each.

    Args:
        artefacts: What the agent left.
        wanted: For each picture a table of which only what is given is looked at: `image`, its
            place in the document from 1 (if not given, its place in this list); `file`, one of the
            task's gold files, the pixels of which it must have; `width` and `height`, in points or
            such as "8 cm"; `aspect`, true where its proportions must be those of its pixels; `alt`,
            the text that describes it; `inline`, whether it stands in the text as a character;
            `after`, a text of the paragraph that it is in or the last one that is not empty before
            it; `align`, that of its paragraph.
        count: How many pictures there must be; not given if it is not looked at.

    Raises:
        Unreadable: If the document is missing or no text document.
        TaskError: If the arguments are wrong, or nothing is wanted.
    """
    if not wanted and count is None:
        raise TaskError("nothing is wanted of the pictures")
    found = _images(_read.left(artefacts))
    checks = []
    if count is not None:
        wrong = "" if len(found) == count else f"there are {len(found)}, expected {count}"
        checks.append(Check("number of pictures", not wrong, wrong))
    for place, asked in enumerate(wanted, 1):
        _refuse(asked)
        number = asked.get("image", place)
        for key, value in asked.items():
            if key != "image":
                args = (artefacts, found, number, key, value)
                checks.append(checked(f"picture {number} {key}", _wrong, *args))
    return checks


def _wrong(
    artefacts: Artefacts, found: Sequence[_Image], number: int, key: str, wanted: Any
) -> str:
    """Say what is wrong with one thing of a picture; "" if nothing is."""
    if number > len(found):
        return f"there is no picture {number}: there are {len(found)}"
    image = found[number - 1]
    if key in ("width", "height"):
        has = image.width if key == "width" else image.height
        fits = close(has, points(wanted, key), _SLACK)
        return "" if fits else f"its {key} is {shown(has)}, expected {shown(points(wanted, key))}"
    if key == "file":
        return "" if image.pixels == _gold(artefacts, wanted) else f"it is not {wanted!r}"
    if key == "aspect":
        return _squeezed(image) if wanted else ""
    if key == "after":
        there = any(wanted in text for text in image.before)
        return "" if there else f"it comes after {told(image.before[-1])}"
    has_: Any = getattr(image, key)
    return "" if has_ == wanted else f"its {key} is {has_!r}, expected {wanted!r}"


def _squeezed(image: _Image) -> str:
    if not image.aspect or not image.height:
        return "it has no pixels"
    has = image.width / image.height
    if abs(has / image.aspect - 1) <= _BY:
        return ""
    return f"it is {has:.2f} times as wide as high, its pixels {image.aspect:.2f} times"


def _gold(artefacts: Artefacts, name: str) -> str:
    path = artefacts.gold / name
    if not path.is_file():
        known = [p.name for p in artefacts.gold.iterdir()]
        raise TaskError(f"the task has no gold file {name!r}{nearest(name, known)}")
    return _seen(path.read_bytes())[0]


def _seen(data: bytes) -> tuple[str, float]:
    """Return a hash of a picture's pixels and how wide it is by its height."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Pillow warns of bombs
            with Image.open(io.BytesIO(data)) as image:
                if image.width * image.height > _LARGEST:
                    raise ValueError("too many pixels")
                pixels = image.convert("RGBA").tobytes()
                size = image.size
    except Exception:  # no bitmap, or a damaged one: Pillow raises whatever it meets
        return hashlib.sha256(data).hexdigest(), 0.0
    return hashlib.sha256(repr(size).encode() + pixels).hexdigest(), size[0] / size[1]


@functools.lru_cache(maxsize=4)
def _images(document: Document) -> tuple[_Image, ...]:
    return tuple(_walked(document))


def _walked(document: Document) -> Iterator[_Image]:
    before, styles = "", document.styles
    for paragraph in document.package.part.element.body.iter(w("p")):
        texts = [t.text or "" for t in paragraph.iter(w("t")) if _own(t, paragraph)]
        text = "".join(texts)
        for drawing in paragraph.iter(f"{WP}inline", f"{WP}anchor"):
            blip = drawing.find(f".//{A}blip")
            if blip is None or not _own(drawing, paragraph):
                continue
            context = (before, text) if text.strip() else (before,)
            ppr = child(paragraph, "pPr")
            align = styles.layout(styles.of(ppr), ppr)["align"]
            yield _image(document, drawing, blip, context, align)
        before = text if text.strip() else before


def _own(element: Any, paragraph: Any) -> bool:
    """Whether an element is in a paragraph itself: not in a text box, nor for older programs."""
    nearest_one = next(element.iterancestors(w("p"), f"{MC}Fallback"), None)
    return nearest_one is paragraph


def _image(
    document: Document, drawing: Any, blip: Any, before: tuple[str, ...], align: str
) -> _Image:
    extent, about = drawing.find(f"{WP}extent"), drawing.find(f"{WP}docPr")
    width, height = (
        integer("0" if extent is None else extent.get(n, "0")) / _EMU for n in ("cx", "cy")
    )
    part = document.package.part.rels.get(blip.get(f"{R}embed", ""))
    data = b"" if part is None or part.is_external else part.target_part.blob
    pixels, aspect = _seen(data)
    inline = drawing.tag == f"{WP}inline"
    alt = "" if about is None else about.get("descr", "")
    return _Image(width, height, alt, inline, pixels, aspect, before, align)


@ASPECTS.offer("images")
def _compared(was: Document, now: Document, part: Part) -> Iterator[str]:
    """The pictures of the body: pixels, sizes, and whether they stand in the text."""
    old, new = (_images(each) for each in (was, now))
    if len(old) == len(new) and all(_alike(a, b) for a, b in zip(old, new, strict=True)):
        return
    was_, is_ = ({f"picture {n}": str(i) for n, i in enumerate(side, 1)} for side in (old, new))
    yield from compared(was_, is_)


def _alike(one: _Image, other: _Image) -> bool:
    return (
        one.pixels == other.pixels
        and one.inline == other.inline
        and close(one.width, other.width, _SLACK)
        and close(one.height, other.height, _SLACK)
    )
