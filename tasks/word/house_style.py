"""Bring a plain report into the style of the house: title, headings, text, margins, page number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Key, Terminate, Turn, Type
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE = "report.docx"
END = (Terminate(),)
FONTS = ("Liberation Sans", "Liberation Serif", "DejaVu Sans", "DejaVu Serif")
SIZES = (10.0, 10.5, 12.0)
MARGINS = (2.0, 2.5, 3.0)
WORDINGS = (
    "Bring this report into our house style. The first line: style Title. The bold section titles:"
    " style Heading 1. All paragraphs of text below them: {font}, {size} pt, justified. All four"
    " page margins: {margin} cm. A footer with nothing but the page number (as a field). Save the"
    " document.",
    "Format the report: (1) the style Title for its first line; (2) the style Heading 1 for the"
    " section titles; (3) the text of the sections justified, in {font} of {size} pt; (4) margins"
    " of {margin} cm on all sides; (5) a footer that holds the page number, inserted as a field,"
    " and no other text. Leave the line with the author as it is. Save the file.",
    "Our rules for reports: title in the style Title, section titles in the style Heading 1, text"
    " in {font} {size} pt and justified, {margin} cm margin on each side, the page number (a field)"
    " alone in the footer; the author's line is not touched. Apply them to this report and save.",
)


class HouseStyle(TaskFamily):
    """A report that nobody has formatted but for bold titles of sections.

    Parameters: `wording` (index), those of `_words.report`, `font`, `size` (in points), `margin`
    (in centimetres).
    """

    id = "word/house-style"
    app = "word"
    capabilities = (
        *("paragraph-style", "headings", "font", "alignment", "page-setup", "header-footer"),
        *("fields", "many-edits", "save"),
    )
    difficulty = "hard"
    horizon = 120
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a report and a style of the house."""
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            **_words.report(rng, int(rng.integers(2, 4)), 4),
            "font": _words.one(rng, FONTS),
            "size": float(rng.choice(SIZES)),
            "margin": float(rng.choice(MARGINS)),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the report as it was typed."""
        document = _doc.new(params["title"], params["author"])
        document.add_paragraph(params["title"])
        document.add_paragraph(_doc.byline(params))
        _doc.sections(document, params["sections"], 0)
        return {FILE: _doc.document_bytes(document)}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        said = {key: f"{params[key]:g}" for key in ("size", "margin")}
        return WORDINGS[params["wording"]].format(font=params["font"], **said)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Each of the rules by itself, and nothing else changed."""
        title, texts = f"={params['title']}", [f"={text}" for text in self._texts(params)]
        wanted = {title: {"style": "Title"}}
        yield ValidatorSpec("document.paragraphs", {"wanted": wanted}, weight=1.0)
        heads = [[1, section["title"]] for section in params["sections"]]
        yield ValidatorSpec("document.headings", {"wanted": heads}, weight=2.0)
        facts = {"font": params["font"], "size": params["size"], "bold": False, "italic": False}
        args: dict[str, Any] = {"texts": dict.fromkeys(texts, facts)}
        yield ValidatorSpec("document.characters", args, weight=2.0)
        args = {"wanted": dict.fromkeys(texts, {"align": "justify", "style": "Normal"})}
        yield ValidatorSpec("document.paragraphs", args, weight=2.0)
        # A footer may take room from the lower margin.
        margins = {side: f"{params['margin']:g} cm" for side in ("left", "right", "top")}
        page = {"orientation": "portrait", "size": "Letter", "margins": margins}
        yield ValidatorSpec("document.page", page, weight=1.5)
        footer = {"footer": {"text": "{PAGE}", "fields": "PAGE"}, "header": None}
        yield ValidatorSpec("document.headers", {"wanted": footer}, weight=1.5)
        free = [title, *texts, *(f"={section['title']}" for section in params["sections"])]
        changed = ("styles", "layout", "characters", "headings")
        yield from _doc.kept(*changed, outside=free, free=["page", "headers"])

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Styles, then the text of each section, then the page."""
        yield from self._styled(params, screen)
        for section in params["sections"]:
            yield from self._text(section["paragraphs"], params, screen)
        yield from self._page(params["margin"])
        yield from self._footer(screen)
        yield from _writer.save()
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The page first; styles by shortcuts and by the box of the toolbar."""
        turns = [*self._page(params["margin"]), *self._footer(screen)]
        for section in params["sections"]:
            turns += self._text(section["paragraphs"], params, screen)
        turns += [*_writer.select(params["title"]), *_writer.style_box(screen, "Title")]
        for section in params["sections"]:
            turns += [*_writer.select(section["title"]), _writer.keys("ctrl+1")]
        return {"the other way round": [*turns, *_writer.save(), END]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: only one of the rules, all of them on everything, one paragraph forgotten."""
        saved = [*_writer.save(), END]
        last = self._texts(params)[-1]
        title = params["sections"][-1]["title"]
        everything = [
            _writer.keys("ctrl+a ctrl+j"),
            *_writer.font(screen, params["font"], params["size"]),
        ]
        return {
            "only styles": NearMiss("is in the font", [*self._styled(params, screen), *saved]),
            "all of one look": NearMiss("heading 1: expected", [*everything, *saved]),
            "only the page": NearMiss(
                "heading 1: expected",
                [*self._page(params["margin"]), *self._footer(screen), *saved],
            ),
            "not justified": NearMiss(
                "is left-aligned", _doc.edited(FILE, lambda d: self._left(d, last))
            ),
            "another size": NearMiss(
                "of size 9", _doc.edited(FILE, lambda d: self._small(d, last))
            ),
            "heading lost": NearMiss("found", _doc.without(FILE, title)),
            "page number typed": NearMiss("footer", _doc.edited(FILE, self._typed)),
            "author's line changed": NearMiss(
                "expected", _doc.reworded(FILE, params["date"], "today")
            ),
        }

    def held_out(self, params: Params) -> bool:
        """One of the fonts is for testing."""
        return bool(params["font"] == "DejaVu Serif")

    @staticmethod
    def _texts(params: Params) -> list[str]:
        return [text for section in params["sections"] for text in section["paragraphs"]]

    @staticmethod
    def _styled(params: Params, screen: Screen) -> Iterator[Turn]:
        yield from _writer.select(params["title"])
        yield from _writer.menu(screen, "Styles", "Title")
        for section in params["sections"]:
            yield from _writer.select(section["title"])
            yield from _writer.menu(screen, "Styles", "Heading 1")

    @staticmethod
    def _text(texts: list[str], params: Params, screen: Screen) -> Iterator[Turn]:
        """Select the paragraphs of a section, and set them."""
        yield from _writer.before(texts[0][:40])
        yield _writer.times("shift+ctrl+Down", len(texts))
        yield from _writer.button(screen, "Justified")
        yield from _writer.font(screen, params["font"], params["size"])

    @staticmethod
    def _page(margin: float) -> Iterator[Turn]:
        yield _writer.keys("alt+shift+p")
        yield _writer.keys("ctrl+Page_Down")
        yield _writer.keys("alt+f Tab Tab Tab Tab")
        for _ in range(4):
            yield Key(("Tab",)), Key(("ctrl", "a")), Type(f"{margin:g} cm")
        yield _writer.keys("Return")

    @staticmethod
    def _footer(screen: Screen) -> Iterator[Turn]:
        """Insert the footer, and leave it again for the text."""
        yield from _writer.menu(screen, "Insert", "Header and Footer", "Footer")
        yield from _writer.menu(screen, "Insert", "Page Number")
        yield _writer.keys("ctrl+Home Up")

    @staticmethod
    def _left(document: Any, text: str) -> None:
        _doc.found(document, text).alignment = 0

    @staticmethod
    def _small(document: Any, text: str) -> None:
        for run in _doc.found(document, text).runs:
            run.font.size = 9 * 12700

    @staticmethod
    def _typed(document: Any) -> None:
        for paragraph in document.sections[0].footer.paragraphs:
            for run in paragraph.runs[1:]:
                run._r.getparent().remove(run._r)
            paragraph.runs[0].text = "1"
