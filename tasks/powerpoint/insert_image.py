"""Put a picture of the folder on a slide, with a description."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np

from cuagym.actions import Key, Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _deck, _family, _impress, _objects, _texts

PICTURE: Final = "right.png"
TITLES = ("Our logo", "The new sign", "Our mark", "A new look")
NAMES = ("logo.png", "sign.png", "mark.png", "emblem.png", "badge.png")
COLOURS = ("blue", "green", "orange", "purple")
_RGB: Final = {
    **{"blue": (31, 78, 161), "green": (40, 130, 70), "orange": (230, 120, 20)},
    **{"purple": (110, 50, 150), "white": (255, 255, 255)},
}
SIDE = 160


class InsertImage(_family.DeckFamily):
    """A deck whose last slide waits for a picture; two pictures lie beside the deck.

    Parameters: those of every deck, `title` (of that slide), `name` and `color` (of the picture),
    `other` and `unlike` (of the other one) and `alt`.
    """

    id = "powerpoint/insert-image"
    capabilities = ("insert-image", "alt-text", "file-dialog", "save")
    difficulty = "medium"
    horizon = 20
    slides = (2, 4)
    wordings = (
        "Insert the picture '{name}' from the folder of the presentation on the slide '{title}',"
        " and set its description to '{alt}'. Save the presentation.",
        "Put '{name}' (it lies beside the deck) on the last slide, and for people who cannot see it"
        " enter '{alt}' as the picture's description. Save the file.",
        "The slide '{title}' should show the image file '{name}' once. Add it, write '{alt}' into"
        " the field Description of the picture, and save.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw the slide's title, the pictures, and the description."""
        (name, other), (color, unlike) = (_texts.pick(rng, each, 2) for each in (NAMES, COLOURS))
        alt = f"Ring in {color}, the mark of {_texts.one(rng, _texts.FIRMS)}"
        told = {"name": name, "color": color, "other": other, "unlike": unlike, "alt": alt}
        return {"title": _texts.one(rng, TITLES), **told}

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the deck and both pictures."""
        pictures = {
            params["name"]: _ring(params["color"]),
            params["other"]: _ring(params["unlike"]),
        }
        return {**super().setup(params), **pictures}

    def gold(self, params: Params) -> dict[str, bytes]:
        """Return the picture that is wanted."""
        return {PICTURE: _ring(params["color"])}

    def deck(self, params: Params) -> Any:
        """Return the deck with one more slide."""
        deck = super().deck(params)
        _deck.titled(deck, params["title"])
        return deck

    def words(self, params: Params) -> dict[str, Any]:
        """The slide's title, the picture's name and its description."""
        return {key: params[key] for key in ("title", "name", "alt")}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The picture, as large as it may be and not distorted, with its text; nothing else."""
        last = self._last(params)
        picture = {"slide": "last", "count": 1, "image": PICTURE, "undistorted": True}
        told = {"slide": "last", "kind": "picture", "alt": params["alt"], "count": 1}
        titles = [*_family.titles(params), params["title"]]
        yield ValidatorSpec("slides.pictures", {"wanted": [picture]}, weight=2.0)
        yield ValidatorSpec("slides.shapes", {"wanted": [told]}, weight=2.0)
        yield ValidatorSpec("slides.deck", {"titles": titles})
        yield ValidatorSpec("slides.unchanged", {"outside": [last]})
        yield _family.title_kept(last, params["title"])

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Use the menus Insert and Format."""
        yield from _impress.show(screen, self._last(params))
        yield from _impress.to_slide(screen)
        yield from _objects.insert_image(params["name"])
        yield from _objects.describe(screen, params["alt"])

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The picture is selected again before it is described."""
        turns = [
            *_impress.forward(self._last(params) - 1),
            *_objects.insert_image(params["name"]),
            _impress.keys("Escape"),
            *_impress.select(2),
            *_objects.describe(screen, params["alt"]),
        ]
        return {"selected again": self.ended(turns)}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the other picture, no description, another slide, stretched, twice."""
        last, name = self._last(params), params["name"]
        ahead = [*_impress.forward(last - 1)]
        other = [
            *ahead,
            *_objects.insert_image(params["other"]),
            *_objects.describe(screen, params["alt"]),
        ]
        before = [*_impress.forward(last - 2), *_objects.insert_image(name)]

        def picture(deck: Any) -> Any:
            return next(s for s in deck.slides[last - 1].shapes if hasattr(s, "image"))

        def stretched(deck: Any) -> None:
            picture(deck).width = picture(deck).width * 2

        def mute(deck: Any) -> None:
            picture(deck)._element.nvPicPr.cNvPr.set("descr", "")

        return {
            "the other picture": NearMiss("picture", self.ended(other)),
            "no description": NearMiss(
                "is described as",
                self.ended([*ahead, *_objects.insert_image(name), (Key(("Escape",)),)]),
            ),
            "another slide": NearMiss("picture", self.ended(before)),
            "not saved": NearMiss("picture", self.ended(self.work(params, screen), False)),
            "stretched": NearMiss("picture", _family.said(stretched)),
            "text lost": NearMiss("is described as", _family.said(mute)),
        }

    def held_out(self, params: Params) -> bool:
        """One name is for testing."""
        return bool(params["name"] == "badge.png")

    @staticmethod
    def _last(params: Params) -> int:
        return 2 + len(params["deck"]["slides"])


def _ring(color: str) -> bytes:
    """Return a picture of a ring: a PNG with a palette, not compressed, so equal everywhere."""
    middle, lines = (SIDE - 1) / 2, bytearray()
    for y in range(SIDE):
        inside = (35 < ((x - middle) ** 2 + (y - middle) ** 2) ** 0.5 < 70 for x in range(SIDE))
        lines += b"\0" + bytes(inside)
    parts = {
        b"IHDR": struct.pack(">IIBBBBB", SIDE, SIDE, 8, 3, 0, 0, 0),
        b"PLTE": bytes((*_RGB["white"], *_RGB[color])),
        b"IDAT": zlib.compress(bytes(lines), 0),
        b"IEND": b"",
    }
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts.items()
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
