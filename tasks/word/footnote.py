"""Add a footnote to a sentence of a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from cuagym.actions import Terminate, Turn, Type
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE = "report.docx"
END = (Terminate(),)
NOTES = (
    "Figures as of {date}.",
    "Source: survey by {firm}.",
    "According to {name}, who kept the records.",
    "This number was confirmed by {firm} on {date}.",
    "See also the minutes of {date}.",
)
KINDS = {"footnote": "Footnote", "endnote": "Endnote"}
WORDINGS = (
    "Add {a} {kind} right after the sentence '{sentence}' in the section '{title}'. Its text:"
    " {note} Save the document.",
    "Please insert {a} {kind} at the end of the sentence '{sentence}', behind its full stop. It"
    " should say: {note} Then save the file.",
    "In '{title}', the sentence '{sentence}' needs {a} {kind}, placed behind the full stop, with"
    " this text: {note} Change nothing else and save the document.",
)


class Footnote(TaskFamily):
    """A report, one sentence of which needs a note.

    Parameters: `wording` (index), those of `_words.report`, `at` (the index of the section),
    `sentence`, `note` (what the note says), `kind` (`footnote` or `endnote`).
    """

    id = "word/footnote"
    app = "word"
    capabilities = ("notes", "place-caret", "save")
    difficulty = "easy"
    horizon = 25
    split = "test"
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a report, one of its sentences and a note."""
        count = int(rng.integers(3, 6))
        report, at = _words.report(rng, count), int(rng.integers(count))
        text = str(_words.one(rng, report["sections"][at]["paragraphs"]))
        sentence = _words.one(rng, text[:-1].split(". ")) + "."
        (firm,), (name,) = _words.companies(rng, 1), _words.names(rng, 1)
        note = _words.one(rng, NOTES).format(firm=firm, name=name, date=_words.date(rng))
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            **report,
            "at": at,
            "sentence": sentence,
            "note": note,
            "kind": str(rng.choice(list(KINDS), p=(0.7, 0.3))),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the report."""
        return {FILE: _doc.document_bytes(_doc.report(params))}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        title = params["sections"][params["at"]]["title"]
        said = {key: params[key] for key in ("kind", "sentence", "note")}
        a = "an" if params["kind"] == "endnote" else "a"
        return WORDINGS[params["wording"]].format(a=a, title=title, **said)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The one note at its place, none of the other kind, and nothing else changed."""
        wanted = [{"text": params["note"], "after": params["sentence"]}]
        notes = {f"{kind}s": wanted if kind == params["kind"] else [] for kind in KINDS}
        yield ValidatorSpec("document.notes", notes, weight=3.0)
        yield from _doc.kept(free=["notes"])

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Put the caret behind the sentence, insert the note by the menu, and type."""
        yield from self._noted(params["sentence"], params["kind"], params["note"], screen)
        yield from _writer.button(screen, "Save")
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """By the dialog, which begins with a footnote."""
        placed = list(_writer.behind(params["sentence"]))
        opened = _writer.menu(screen, "Insert", "Footnote and Endnote", "Footnote or Endnote")
        chosen = _writer.keys("Return" if params["kind"] == "footnote" else "alt+e Return")
        typed = [(Type(params["note"]),), *_writer.save(), END]
        return {"dialog": [*placed, *opened, chosen, *typed]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the other kind, before the full stop, in the text, not saved, misspelt."""
        sentence, kind, note = (params[key] for key in ("sentence", "kind", "note"))
        other = next(name for name in KINDS if name != kind)
        saved = [*_writer.save(), END]
        return {
            "the other kind": NearMiss(
                "found none", [*self._noted(sentence, other, note, screen), *saved]
            ),
            "before the full stop": NearMiss(
                "stands behind", [*self._noted(sentence[:-1], kind, note, screen), *saved]
            ),
            "in the text": NearMiss(
                "found none", [*_writer.behind(sentence), (Type(f" ({note})"),), *saved]
            ),
            "not saved": NearMiss(
                "was it saved?", [*self._noted(sentence, kind, note, screen), END]
            ),
            "half of the note": NearMiss(
                "expected", [*self._noted(sentence, kind, note[:-9], screen), *saved]
            ),
            "sentence reworded": NearMiss("expected", _doc.reworded(FILE, sentence[:9], "It is")),
        }

    @staticmethod
    def _noted(sentence: str, kind: str, note: str, screen: Screen) -> Iterator[Turn]:
        yield from _writer.behind(sentence)
        yield from _writer.menu(screen, "Insert", "Footnote and Endnote", KINDS[kind])
        yield (Type(note),)
