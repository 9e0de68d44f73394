"""Pictures as pixels: whether two are the same, whichever format and size they are stored in."""

from __future__ import annotations

import io
import warnings
from typing import Any, Final

import numpy as np
from PIL import Image

from cuagym.artefacts import Unreadable

__all__ = ["TOLERANCE", "difference", "opened", "pixels"]

TOLERANCE: Final = 0.05
"""How far pictures may differ, as `difference` measures it: JPEG's losses stay well below."""
_MOST: Final = 50_000_000
_LOOKED_AT: Final = 256


def opened(data: bytes, name: str = "the picture") -> Image.Image:
    """Open a picture.

    Raises:
        Unreadable: If it is none, or has more pixels than are looked at.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            found = Image.open(io.BytesIO(data))
        if found.width * found.height > _MOST:
            raise Unreadable(f"{name} has {found.width:,} x {found.height:,} pixels: too many")
        found.load()
    except Unreadable:
        raise
    except Exception as e:  # Pillow's readers raise whatever the file makes them stumble over
        raise Unreadable(f"{name} is no picture that can be read ({e or type(e).__name__})") from e
    return found


def pixels(image: Image.Image, size: tuple[int, int] | None = None) -> Any:
    """Return what is seen of a picture, on white where it is transparent.

    Args:
        image: The picture.
        size: To which it is scaled; its own if not given.

    Returns:
        An array of floats of shape (height, width, 3), from 0 to 1.
    """
    seen = image.convert("RGBA")
    ground = Image.new("RGBA", seen.size, "white")
    ground.alpha_composite(seen)
    plain = ground.convert("RGB")
    if size and size != plain.size:
        plain = plain.resize(size, Image.Resampling.BOX)
    return np.asarray(plain, dtype=np.float64) / 255


def difference(one: Image.Image, other: Image.Image, scaled: bool = True) -> float:
    """Return how far two pictures differ, from 0 (not at all) to 1 (black and white).

    Both are looked at in one size, at most 256 pixels wide and high. It is the root of the mean
    square over all pixels and colours.

    Args:
        one: A picture.
        other: Another one.
        scaled: Whether they may be of different sizes; else these differ by 1.
    """
    if not scaled and one.size != other.size:
        return 1.0
    size = tuple(min(a, b, _LOOKED_AT) for a, b in zip(one.size, other.size, strict=True))
    a, b = (pixels(image, (size[0], size[1])) for image in (one, other))
    return float(np.sqrt(np.mean((a - b) ** 2)))
