"""Make minutes of raw notes: a title, headings, two kinds of lists, a name, a line that goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Key, Terminate, Turn
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE = "minutes.docx"
END = (Terminate(),)
TOPICS = ("New website", "Summer party", "Office move", "Trade fair", "Staff canteen", "Bike shed")
HEADS = ("Present", "Decisions", "Open points")
ROUGH = ("raw notes, please tidy up", "draft of the notes, not checked", "typed during the meeting")
DECISIONS = (
    "{short} asks three firms for offers.",
    "The budget is {n} thousand euros.",
    "{name} writes a first draft until {month}.",
    "A second meeting takes place in {month}.",
    "{short} and {name} visit the site together.",
    "Nothing is ordered before all have agreed.",
)
OPEN = (
    "Who pays for the insurance?",
    "{short} has not heard from the council yet.",
    "The date in {month} is still to be confirmed.",
)
WORDINGS = (
    "Turn these notes into proper minutes: (1) the first line gets the style Title; (2) {heads} get"
    " the style Heading 1; (3) the names below Present become a bulleted list; (4) the lines below"
    " Decisions become a numbered list (1., 2. ...); (5) {short} is written out as {full}"
    " everywhere; (6) the last line ('{rough}') is deleted. Save the document.",
    "Please tidy up these notes. Style Title for the first line, Heading 1 for the lines {heads}. A"
    " bulleted list of those present, a numbered list (1., 2. ...) of the decisions. Replace the"
    " initials {short} by {full} wherever they occur, delete the last line '{rough}', and save the"
    " file.",
    "The notes should look like minutes: first line in the style Title; {heads} in the style"
    " Heading 1; bullets before the names of those present; numbers (1., 2. ...) before the"
    " decisions; {full} in place of {short} throughout; and without the last line, '{rough}'. Then"
    " save.",
)


class Minutes(TaskFamily):
    """Notes of a meeting, all of them plain lines.

    Parameters: `wording` (index), `topic`, `place` (a line on where and when), `names`, `short`
    (the initials of the first one), `decisions`, `open`, `rough` (the last line).
    """

    id = "word/minutes"
    app = "word"
    capabilities = (
        *("paragraph-style", "headings", "lists", "find-replace", "delete-text", "many-edits"),
        "save",
    )
    difficulty = "hard"
    horizon = 90
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw notes; the initials occur in two lines at least."""
        names = _words.names(rng, int(rng.integers(3, 6)))
        short = "".join(word[0] for word in names[0].split()) + "."
        said = {"short": short, "name": names[1], "n": int(rng.integers(3, 90))}
        rest = rng.choice([1, 2, 3, 4, 5], size=int(rng.integers(2, 4)), replace=False).tolist()
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            "topic": _words.one(rng, TOPICS),
            "place": f"{_words.one(rng, _words.CITIES)}, {_words.date(rng)}",
            "names": names,
            "short": short,
            "decisions": [
                DECISIONS[n].format(**said, month=_words.one(rng, _words.MONTHS))
                for n in sorted([0, *rest])
            ],
            "open": [
                OPEN[n].format(**said, month=_words.one(rng, _words.MONTHS))
                for n in sorted([1, int(rng.choice([0, 2]))])
            ],
            "rough": _words.one(rng, ROUGH),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the notes."""
        document = _doc.new("Notes")
        for text in self._lines(params, params["short"]):
            document.add_paragraph(text)
        document.add_paragraph(params["rough"])
        return {FILE: _doc.document_bytes(document)}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        heads = f"{HEADS[0]}, {HEADS[1]} and {HEADS[2]}"
        said = {"short": params["short"], "full": params["names"][0], "rough": params["rough"]}
        return WORDINGS[params["wording"]].format(heads=heads, **said)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Each of the six wishes by itself, and nothing else changed."""
        lines = self._lines(params, params["names"][0])
        title, decisions = lines[0], self._decisions(params, params["names"][0])
        style = {f"={title}": {"style": "Title"}}
        yield ValidatorSpec("document.paragraphs", {"wanted": style}, weight=1.0)
        heads = [[1, head] for head in HEADS]
        yield ValidatorSpec("document.headings", {"wanted": heads}, weight=1.5)
        # The first name may be in others' lines, too, once it is written out.
        bullets: dict[str, Any] = {f"={name}": "bullet" for name in params["names"]}
        yield ValidatorSpec("document.lists", {"wanted": bullets}, weight=1.5)
        numbers = {
            f"={text}": {"kind": "number", "level": 1, "label": [f"{n}."]}
            for n, text in enumerate(decisions, 1)
        }
        yield ValidatorSpec("document.lists", {"wanted": numbers}, weight=1.5)
        plain = {f"={text}": "none" for text in (lines[1], *lines[-len(params["open"]) :])}
        yield ValidatorSpec("document.lists", {"wanted": plain}, weight=0.5)
        gone = [params["short"], params["rough"]]
        yield ValidatorSpec("document.text", {"absent": gone}, weight=1.5)
        yield ValidatorSpec("document.text", {"paragraphs": lines}, weight=1.5)
        still = ("tables", "boxes", "page", "headers", "links", "notes", "images", "comments")
        args = {"aspects": [*still, "changes", "properties", "contents", "bookmarks"]}
        yield ValidatorSpec("document.unchanged", args, weight=0.5)

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """From top to bottom, then the replacement, and save."""
        yield from self._made(params, screen)
        yield from _writer.button(screen, "Save")
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The replacement and the last line first, styles by the box of the toolbar."""
        turns = [*_writer.replace_all(params["short"], params["names"][0])]
        turns += self._shortened(params)
        for text, style in self._styles(params):
            turns += [*_writer.select(text), *_writer.style_box(screen, style)]
        turns += self._list(params["names"], "shift+F12")
        turns += self._list(self._decisions(params, params["names"][0]), "F12")
        return {"the other way round": [*turns, *_writer.save(), END]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: one of the wishes left out or done to the wrong lines."""
        full, saved = params["names"][0], [*_writer.save(), END]
        made = list(self._made(params, screen))
        only = [
            *_writer.replace_all(params["short"], full),
            *self._shortened(params),
        ]
        decision = self._decisions(params, full)[0]
        return {
            "not saved": NearMiss("was it saved?", [*made, END]),
            "only the text": NearMiss("heading 1: expected", [*only, *saved]),
            "one list only": NearMiss(
                "in no list", [*only, *self._list(params["names"], "shift+F12"), *saved]
            ),
            "the last line left": NearMiss(
                "is still in", _doc.edited(FILE, lambda d: d.add_paragraph(params["rough"]))
            ),
            "initials left": NearMiss(
                "is still in",
                _doc.reworded(FILE, decision, decision.replace(full, params["short"])),
            ),
            "a name lost": NearMiss("no paragraph reads", _doc.without(FILE, params["names"][-1])),
            "a heading plain": NearMiss(
                "heading 2: expected", _doc.edited(FILE, lambda d: self._plain(d, HEADS[1]))
            ),
        }

    def held_out(self, params: Params) -> bool:
        """One of the topics is for testing."""
        return bool(params["topic"] == "Bike shed")

    @staticmethod
    def _decisions(params: Params, name: str) -> list[str]:
        return [text.replace(params["short"], name) for text in params["decisions"]]

    @staticmethod
    def _lines(params: Params, name: str) -> list[str]:
        """Return all lines but the last one, with initials or a name."""
        opened = [text.replace(params["short"], name) for text in params["open"]]
        return [
            f"Meeting on {params['topic'].lower()}",
            params["place"],
            *(HEADS[0], *params["names"]),
            *(HEADS[1], *Minutes._decisions(params, name)),
            *(HEADS[2], *opened),
        ]

    @staticmethod
    def _styles(params: Params) -> list[tuple[str, str]]:
        title = Minutes._lines(params, "")[0]
        return [(title, "Title"), *((head, "Heading 1") for head in HEADS)]

    @staticmethod
    def _selected(lines: list[str]) -> Iterator[Turn]:
        yield from _writer.before(lines[0])
        yield _writer.times("shift+ctrl+Down", len(lines))

    @staticmethod
    def _list(lines: list[str], key: str) -> Iterator[Turn]:
        yield from Minutes._selected(lines)
        yield _writer.keys(key)

    @staticmethod
    def _shortened(params: Params) -> Iterator[Turn]:
        """Delete the last line, with what ends the one before it."""
        yield from _writer.select(params["rough"])
        yield Key(("Delete",)), Key(("Backspace",))

    @staticmethod
    def _made(params: Params, screen: Screen) -> Iterator[Turn]:
        for text, style in Minutes._styles(params):
            yield from _writer.select(text)
            yield from _writer.menu(screen, "Styles", style)
        for lines, name in (
            (params["names"], "Unordered List"),
            (params["decisions"], "Ordered List"),
        ):
            yield from Minutes._selected(lines)
            yield from _writer.button(screen, name)
        yield from _writer.replace_all(params["short"], params["names"][0])
        yield from Minutes._shortened(params)

    @staticmethod
    def _plain(document: Any, head: str) -> None:
        last = document.paragraphs[1].style
        _doc.found(document, head).style = last
