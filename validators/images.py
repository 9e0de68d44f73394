"""Pictures that lie beside the document: format, size, what they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from PIL import Image

from cuagym.artefacts import Artefacts, Unreadable
from cuagym.errors import TaskError, nearest
from cuagym.validators import _pictures
from cuagym.validators._checks import checked, one_by_one
from cuagym.validators._colours import is_colour
from cuagym.verdict import Check

__all__ = ["colours", "matches", "picture"]

_FORMATS: Final = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")
_MOST_BYTES: Final = 2**27
_SLACK: Final = 8
"""By how much each of red, green and blue may be off, of 255."""
_KEYS: Final = ("area", "color", "tolerance")
_BLANK: Final = 0.01


def _format(given: str | None) -> None:
    if given is not None and given.upper().replace("JPG", "JPEG") not in _FORMATS:
        raise TaskError(
            f"format {given!r} is none of {', '.join(_FORMATS)}" + nearest(given, _FORMATS)
        )


def _pair(given: Sequence[int] | None) -> None:
    if given is not None and (len(given) != 2 or any(isinstance(n, bool) or n < 1 for n in given)):
        raise TaskError(f"a size is [width, height] in pixels, not {given!r}")


def picture(
    artefacts: Artefacts,
    name: str,
    format: Annotated[str | None, _format] = None,
    size: Annotated[Sequence[int] | None, _pair] = None,
    blank: bool | None = None,
) -> list[Check]:
    """Check a picture, one check for each demand. That it can be read is always one.

    Args:
        artefacts: What the agent left.
        name: The file's name.
        format: "PNG", "JPEG", "GIF", "BMP", "TIFF" or "WEBP", whatever its name ends in.
        size: [width, height] in pixels.
        blank: Whether it may show nothing but one colour: false where it must show something.

    Raises:
        Unreadable: If the file is missing or no picture.
        TaskError: If the arguments are wrong.
    """
    found = _read(artefacts, name)
    checks = [Check(f"{name}: picture", True)]
    if format is not None:
        wanted = format.upper().replace("JPG", "JPEG")
        has = "JPEG" if found.format == "MPO" else str(found.format)
        wrong = "" if has == wanted else f"it is a {has}, expected a {wanted}"
        checks.append(Check(f"{name}: format", not wrong, wrong))
    if size is not None:
        right = list(found.size) == list(size)
        wrong = f"it has {found.width} x {found.height} pixels, expected {size[0]} x {size[1]}"
        checks.append(Check(f"{name}: size", right, "" if right else wrong))
    if blank is not None:
        empty = _is_blank(found)
        said = "it shows nothing but one colour" if empty else "it shows something"
        checks.append(Check(f"{name}: blank", empty == blank, "" if empty == blank else said))
    return checks


def _is_blank(image: Image.Image) -> bool:
    seen = _pictures.pixels(image)
    return bool((seen.max(axis=(0, 1)) - seen.min(axis=(0, 1))).max() <= _BLANK)


def matches(
    artefacts: Artefacts,
    name: str,
    gold: str,
    tolerance: float = _pictures.TOLERANCE,
    scaled: bool = False,
) -> list[Check]:
    """Check that a picture shows what a gold one does, whichever format each is stored in.

    Args:
        artefacts: What the agent left.
        name: The file's name.
        gold: The picture to compare with, one of the task's gold files.
        tolerance: How far they may differ: the root of the mean square over all pixels, from 0 to
            1 for black and white.
        scaled: Whether it may be of another size, with the same proportions.

    Raises:
        Unreadable: If the file is missing or no picture.
        TaskError: If the gold file is missing or no picture.
    """
    wanted = _gold(artefacts, gold)
    found = _read(artefacts, name)
    stretch = (found.width / found.height) / (wanted.width / wanted.height)
    wrong = ""
    if not scaled and found.size != wanted.size:
        wrong = f"it has {found.width} x {found.height} pixels, expected {wanted.width} x"
        wrong += f" {wanted.height}"
    elif scaled and abs(stretch - 1) > 0.02:
        wrong = f"it is {stretch:.2f} times as wide for its height as it should be"
    else:
        off = _pictures.difference(found, wanted)
        wrong = "" if off <= tolerance else f"it differs by {off:.3f}, more than {tolerance:g}"
    return [Check(f"{name}: as {gold}", not wrong, wrong)]


def _known(given: Any) -> dict[str, Any]:
    """Return what is wanted of a part of a picture."""
    if not isinstance(given, Mapping):
        raise TaskError(f"a table of {', '.join(_KEYS)} must be given, not {given!r}")
    for key in given:
        if key not in _KEYS:
            raise TaskError(f"{key!r} is none of {', '.join(_KEYS)}{nearest(key, _KEYS)}")
    if "color" not in given:
        raise TaskError("'color' is missing")
    is_colour("#000000", given["color"], "")
    area = given.get("area", (0, 0, 1, 1))
    if (
        not isinstance(area, (list, tuple))
        or len(area) != 4
        or not all(isinstance(n, (int, float)) and 0 <= n <= 1 for n in area)
        or not (area[0] < area[2] and area[1] < area[3])
    ):
        raise TaskError(
            f"area {area!r} must be [left, top, right, bottom], as fractions from 0 to 1"
        )
    return dict(given)


def colours(
    artefacts: Artefacts,
    name: str,
    wanted: Annotated[Sequence[Mapping[str, Any]], one_by_one(_known)],
) -> list[Check]:
    """Check the mean colours of parts of a picture, one check for each part.

    Args:
        artefacts: What the agent left.
        name: The file's name.
        wanted: For each part a table of `color` ("#FF0000", or a name: red, orange, yellow, green,
            blue, purple, black, grey, white), `area`, [left, top, right, bottom] as fractions of
            the picture (all of it, if not given), and `tolerance`, by how much red, green and blue
            may be off, of 255 (8 if not given; not of names).

    Raises:
        Unreadable: If the file is missing or no picture.
        TaskError: If the arguments are wrong, or there are none.
    """
    if not wanted:
        raise TaskError(f"nothing is wanted of the colours of {name!r}")
    found = _read(artefacts, name)
    return [
        checked(f"{name}: colour {n}", _colour_wrong, found, _known(each))
        for n, each in enumerate(wanted, 1)
    ]


def _colour_wrong(image: Image.Image, wanted: Mapping[str, Any]) -> str:
    left, top, right, bottom = wanted.get("area", (0, 0, 1, 1))
    edges = left * image.width, top * image.height, right * image.width, bottom * image.height
    x, y = int(edges[0]), int(edges[1])
    part = image.crop((x, y, max(x + 1, round(edges[2])), max(y + 1, round(edges[3]))))
    mean = [round(float(c) * 255) for c in _pictures.pixels(part).mean(axis=(0, 1))]
    has, color = "#" + "".join(f"{c:02X}" for c in mean), str(wanted["color"])
    if color.startswith("#"):
        slack = wanted.get("tolerance", _SLACK)
        asked = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
        right_ = all(abs(a - b) <= slack for a, b in zip(mean, asked, strict=True))
    else:
        right_ = is_colour(has, wanted["color"], "")
    return "" if right_ else f"its mean colour is {has}, expected {color}"


def _read(artefacts: Artefacts, name: str) -> Image.Image:
    path = artefacts.folder / name
    if not path.is_file():
        there = sorted(p.name for p in artefacts.folder.rglob("*") if p.is_file())
        listed = f" (there are: {', '.join(there[:8])})" if there else ""
        raise Unreadable(f"there is no file {name!r}{listed}")
    if path.stat().st_size > _MOST_BYTES:
        raise Unreadable(f"{name!r} is larger than the {_MOST_BYTES:,} bytes that are read")
    return _pictures.opened(path.read_bytes(), repr(name))


def _gold(artefacts: Artefacts, name: str) -> Image.Image:
    path = artefacts.gold / name
    if not path.is_file():
        known = [p.name for p in artefacts.gold.iterdir()]
        raise TaskError(f"the task has no gold file {name!r}{nearest(name, known)}")
    try:
        return _pictures.opened(path.read_bytes(), f"the gold file {name!r}")
    except Unreadable as e:
        raise TaskError(str(e)) from None
