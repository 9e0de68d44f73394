"""Turn lines of a syllabus or a notice into a bulleted or a numbered list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Terminate, Turn
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE = "notice.docx"
END = (Terminate(),)
# What the document is, the line above the list, and what may be in it.
KINDS = {
    "Evening class in pottery": (
        "Please bring",
        ("an old apron", "two towels", "a wooden spoon", "one sponge", "a plastic box", "wire"),
    ),
    "Syllabus: Introduction to botany": (
        "In this order we study",
        ("roots and stems", "leaves", "flowers", "seeds and fruit", "mosses and ferns", "fungi"),
    ),
    "Moving to the new office": (
        "Before you leave, please",
        *(("empty your desk", "label all boxes", "return your keys", "switch off the screens"),),
    ),
    "Fire drill": (
        "When the bell rings",
        (
            *("close the windows", "leave by the nearest stairs", "do not use the lift"),
            *("meet in the yard", "wait for the head count"),
        ),
    ),
    "Bicycle tour": (
        "We stop in these places",
        ("the old mill", "the ferry", "Castle Hill", "the bird hide", "the glass works"),
    ),
}
ENDS = ("Questions? Call {name}.", "{name} will be there from nine o'clock.", "Thank you! {name}")
SHORTCUTS = {
    "bullet": ("shift+F12", "bulleted list"),
    "number": ("F12", "numbered list (1., 2., 3. ...)"),
}
WORDINGS = (
    "Make the {count} lines below '{lead}:' a {said}. The other lines stay as they are.",
    "Turn what follows '{lead}:' ({count} lines, from '{first}' to '{last}') into a {said}.",
    "In this notice, the lines from '{first}' to '{last}' should be a {said}, one item for"
    " each line; change nothing else.",
)


class ListFormat(TaskFamily):
    """A notice with some lines that are to be a list.

    Parameters: `wording` (index), `kind` (one of `KINDS`), `items`, `intro` and `end` (sentences),
    `list` (one of `SHORTCUTS`).
    """

    id = "word/list-format"
    app = "word"
    capabilities = ("lists", "select-text")
    difficulty = "easy"
    horizon = 25

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a notice, the items in an order of their own, and the kind of the list."""
        kind = _words.one(rng, list(KINDS))
        items, count = KINDS[kind][1], int(rng.integers(3, 6))
        (name,) = _words.names(rng, 1)
        city, when = _words.one(rng, _words.CITIES), _words.date(rng)
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            "kind": kind,
            "items": _words.pick(rng, items, min(count, len(items))),
            "intro": f"{city}, {when}",
            "end": _words.one(rng, ENDS).format(name=name),
            "list": _words.one(rng, list(SHORTCUTS)),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the notice."""
        document = _doc.new(params["kind"])
        document.add_heading(params["kind"], 0)
        lead = KINDS[params["kind"]][0]
        for text in (params["intro"], f"{lead}:", *params["items"], params["end"]):
            document.add_paragraph(text)
        return {FILE: _doc.document_bytes(document)}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        return WORDINGS[params["wording"]].format(
            count=len(params["items"]),
            lead=KINDS[params["kind"]][0],
            first=params["items"][0],
            last=params["items"][-1],
            said=SHORTCUTS[params["list"]][1],
        )

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Each item in a list of this kind and on one level; numbers that count from 1."""
        places = [f"={item}" for item in params["items"]]
        wanted: dict[str, Any] = {}
        for number, place in enumerate(places, 1):
            asked: dict[str, Any] = {"kind": params["list"], "level": 1}
            if params["list"] == "number":
                asked |= {"label": [f"{number}."], "format": "decimal"}
            wanted[place] = asked
        yield ValidatorSpec("document.lists", {"wanted": wanted}, weight=3.0)
        yield from _doc.kept("lists", "layout", "styles", outside=places)

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Select the lines and press the list's button."""
        yield from self._selected(params["items"])
        yield from _writer.button(screen, self._name(params))
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """By the menu, and by the shortcut."""
        selected = list(self._selected(params["items"]))
        chosen = _writer.menu(screen, "Format", "Lists", self._name(params))
        key = _writer.keys(SHORTCUTS[params["list"]][0])
        return {"menu": [*selected, *chosen, END], "shortcut": [*selected, key, END]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the other kind, the last line left out, the lead too, typed signs."""
        items, kind = params["items"], params["list"]
        key = _writer.keys(SHORTCUTS[kind][0])
        other = next(name for name in SHORTCUTS if name != kind)
        lead = f"{KINDS[params['kind']][0]}:"
        return {
            "the other kind": NearMiss(
                f"expected kind '{kind}'",
                [*self._selected(items), _writer.keys(SHORTCUTS[other][0]), END],
            ),
            "the last line left out": NearMiss(
                "in no list", [*self._selected(items[:-1]), key, END]
            ),
            "the lead too": NearMiss("was in no list", [*self._selected([lead, *items]), key, END]),
            "typed signs": NearMiss("no paragraph reads", _doc.reworded(FILE, items[1], "- x")),
            "an item lost": NearMiss("no paragraph reads", _doc.without(FILE, items[0])),
            "the end lost": NearMiss("is gone", _doc.without(FILE, params["end"])),
        }

    def held_out(self, params: Params) -> bool:
        """One of the notices is for testing."""
        return bool(params["kind"] == "Bicycle tour")

    @staticmethod
    def _name(params: Params) -> str:
        return "Ordered List" if params["list"] == "number" else "Unordered List"

    @staticmethod
    def _selected(lines: list[str]) -> Iterator[Turn]:
        yield from _writer.before(lines[0])
        yield _writer.times("shift+ctrl+Down", len(lines))
