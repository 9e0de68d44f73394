"""Names of colours, and fonts that stand for each other."""

from __future__ import annotations

import colorsys
from typing import Any, Final

from cuagym.errors import TaskError, nearest

__all__ = ["is_colour", "same_font"]

_NO_COLOUR: Final = ("", None)
# Names of colours: from which hue to which, in degrees, once a colour is neither pale nor dark
# enough to be called otherwise. They overlap: what some people call so is accepted.
_HUES: Final = {
    "red": ((0, 18), (340, 360)),
    "orange": ((12, 48),),
    "yellow": ((42, 72),),
    "green": ((66, 172),),
    "blue": ((170, 262),),
    "purple": ((240, 335),),
}
# Fonts that stand for each other: LibreOffice stores the first as the second.
_FONTS: Final = {
    "liberation sans": "arial",
    "liberation serif": "times new roman",
    "liberation mono": "courier new",
    "carlito": "calibri",
    "caladea": "cambria",
}
_GREYS: Final = {"black": (0.0, 0.15), "grey": (0.2, 0.96), "white": (0.97, 1.0)}


def same_font(name: str) -> str:
    """Return one name for all fonts that stand for each other, in lower case."""
    return _FONTS.get(name.lower(), name.lower())


def is_colour(have: str, wanted: Any, none: str) -> bool:
    """Whether a colour is as wanted.

    Args:
        have: "#RRGGBB", or whatever stands for none.
        wanted: "#RRGGBB", a name such as "yellow", true for any, false or "" for none.
        none: What stands for none.

    Raises:
        TaskError: If what is wanted is no colour.
    """
    if isinstance(wanted, bool):
        return (have != none) == wanted
    if wanted in _NO_COLOUR:
        return have == none
    name = str(wanted).lower().replace("gray", "grey")
    if name.startswith("#") and len(name) == 7:
        return have.lower() == name
    if name not in _HUES and name not in _GREYS:
        names = [*_HUES, *_GREYS]
        raise TaskError(
            f"{wanted!r} is no colour: '#RRGGBB', or one of {', '.join(names)}"
            + nearest(name, names)
        )
    if not have.startswith("#"):
        return False
    red, green, blue = (int(have[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, light, vivid = colorsys.rgb_to_hls(red, green, blue)
    if name in _GREYS:
        least, most = _GREYS[name]
        return least <= light <= most and (max(red, green, blue) - min(red, green, blue)) < 0.08
    coloured = max(red, green, blue) - min(red, green, blue) >= 0.08 and vivid > 0.15
    return coloured and any(a <= hue * 360 <= b for a, b in _HUES[name])
