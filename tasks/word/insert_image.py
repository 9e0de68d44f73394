"""Insert a picture from a file into a report, and describe it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from cuagym.actions import Key, Terminate, Turn, Type
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE = "report.docx"
END = (Terminate(),)
SIZE = (120, 80)
# The names of files, and what may be said of what they show.
PICTURES = {
    "chart.png": ("Bar chart of the year", "Bars that rise from left to right"),
    "plan.png": ("Plan of the ground floor", "Floor plan with three rooms"),
    "logo.png": ("Logo of the company", "Round logo on a light ground"),
    "flag.png": ("Flag with two stripes", "Our flag in the wind"),
}
COLOURS = ("#1F77B4", "#2CA02C", "#9467BD", "#8C564B", "#D62728", "#17BECF")
WORDINGS = (
    "Insert the picture '{name}', which lies in the folder of this document, at the end of the"
    " section '{title}'. In its dialog Description, the field Description is to say: {alt}. Save"
    " the document.",
    "Please add '{name}' (in the same folder as the report) right after the last sentence of"
    " '{title}', give it the description '{alt}' (Format - Description, field Description), and"
    " save the file.",
    "The section '{title}' should end with the picture from the file '{name}' beside this document."
    " For readers who cannot see it, fill in its Description (in the field of that name): {alt}."
    " Then save.",
)


class InsertImage(TaskFamily):
    """A report, and two pictures beside it, one of which is to be inserted.

    Parameters: `wording` (index), those of `_words.report`, `at` (the index of the section),
    `name` and `other` (of `PICTURES`), `alt` (what describes it), `colours` (of both).
    """

    id = "word/insert-image"
    app = "word"
    capabilities = ("insert-image", "alt-text", "file-dialog", "save")
    difficulty = "medium"
    horizon = 35
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a report, one of its sections but the last, and two pictures."""
        count = int(rng.integers(3, 6))
        name, other = _words.pick(rng, list(PICTURES), 2)
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            **_words.report(rng, count, 4),
            "at": int(rng.integers(count - 1)),
            "name": name,
            "other": other,
            "alt": _words.one(rng, PICTURES[name]),
            "colours": _words.pick(rng, COLOURS, 2),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the report and both pictures."""
        files = {FILE: _doc.document_bytes(_doc.report(params))}
        for name, colour in zip((params["name"], params["other"]), params["colours"], strict=True):
            files[name] = self._picture(name, colour)
        return files

    def gold(self, params: Params) -> dict[str, bytes]:
        """Return the picture."""
        return {params["name"]: self._picture(params["name"], params["colours"][0])}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        title = params["sections"][params["at"]]["title"]
        said = {key: params[key] for key in ("name", "alt")}
        return WORDINGS[params["wording"]].format(title=title, **said)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The one picture, its place, its description, and nothing else changed."""
        last = params["sections"][params["at"]]["paragraphs"][-1]
        wanted = {"file": params["name"], "alt": params["alt"], "after": last, "aspect": True}
        yield ValidatorSpec("document.images", {"wanted": [wanted], "count": 1}, weight=4.0)
        yield from _doc.kept("text", outside="#empty", free=["images"])
        yield ValidatorSpec("files.unchanged", {"names": [params["name"], params["other"]]})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Put the caret at the end, insert the file, and describe what is selected then."""
        yield from self._inserted(params, params["name"], screen)
        yield from self._described(params["alt"], screen)
        yield from _writer.button(screen, "Save")
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """In a paragraph of its own."""
        turns = [
            *_writer.at_end(self._last(params)),
            (Key(("Return",)),),
            *_writer.menu(screen, "Insert", "Image"),
            (Type(f"{params['name']}\n"),),
            *self._described(params["alt"], screen),
        ]
        return {"in a paragraph of its own": [*turns, *_writer.save(), END]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the other picture, no description, another section, squeezed."""
        saved = [*_writer.save(), END]
        described = list(self._described(params["alt"], screen))
        mine = list(self._inserted(params, params["name"], screen))
        elsewhere = [
            *_writer.before(params["title"]),
            *_writer.menu(screen, "Insert", "Image"),
            (Type(f"{params['name']}\n"),),
        ]
        return {
            "the other picture": NearMiss(
                "it is not",
                [*self._inserted(params, params["other"], screen), *described, *saved],
            ),
            "not described": NearMiss("its alt is", [*mine, *saved]),
            "elsewhere": NearMiss("it comes after", [*elsewhere, *described, *saved]),
            "not saved": NearMiss("was it saved?", [*mine, *described, END]),
            "squeezed": NearMiss("times as wide", _doc.edited(FILE, self._squeezed)),
            "taken out": NearMiss("there is no picture", _doc.edited(FILE, self._gone)),
            "a paragraph lost": NearMiss(
                "is gone", _doc.without(FILE, params["sections"][-1]["paragraphs"][0])
            ),
        }

    def held_out(self, params: Params) -> bool:
        """One of the pictures is for testing."""
        return bool(params["name"] == "flag.png")

    @staticmethod
    def _last(params: Params) -> str:
        return str(params["sections"][params["at"]]["paragraphs"][-1])[:40]

    def _inserted(self, params: Params, name: str, screen: Screen) -> Iterator[Turn]:
        yield from _writer.at_end(self._last(params))
        yield from _writer.menu(screen, "Insert", "Image")
        yield (Type(f"{name}\n"),)

    @staticmethod
    def _described(text: str, screen: Screen) -> Iterator[Turn]:
        """Describe the picture that is selected, and leave it."""
        yield from _writer.menu(screen, "Format", "Description")
        yield Key(("Tab",)), Type(text), Key(("alt", "o"))
        yield _writer.keys("Escape")

    @staticmethod
    def _picture(name: str, colour: str) -> bytes:
        """Return a picture as a file; not compressed, since its bytes must be always the same."""
        image = Image.new("P", SIZE, 0)
        image.putpalette([255, 255, 255, *bytes.fromhex(colour[1:]), 0, 0, 0])
        draw = ImageDraw.Draw(image)
        for step in range(2 + len(name) % 4):
            draw.rectangle((10 + 20 * step, 60 - 9 * step, 24 + 20 * step, 70), fill=1, outline=2)
        out = io.BytesIO()
        image.save(out, "PNG", compress_level=0)
        return out.getvalue()

    @staticmethod
    def _squeezed(document: Any) -> None:
        for extent in document.element.body.iter():
            if str(extent.tag).endswith("}extent"):
                extent.set("cy", str(int(extent.get("cy")) * 2))

    @staticmethod
    def _gone(document: Any) -> None:
        for drawing in list(document.element.body.iter(_doc.tag("drawing"))):
            drawing.getparent().remove(drawing)
