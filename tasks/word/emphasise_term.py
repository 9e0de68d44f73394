"""Set every occurrence of a defined term of a contract in bold, or otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Terminate, Turn
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE = "terms.docx"
END = (Terminate(),)
# What is asked for: its shortcut, its name in the menu, and in words.
EFFECTS = {
    "bold": ("ctrl+b", "Bold", "in bold"),
    "italic": ("ctrl+i", "Italic", "in italics"),
    "underline": ("ctrl+u", "Single Underline", "underlined"),
}
TERMS = ("Deposit", "Equipment", "Invoice", "Premises", "Schedule", "Tariff")
CLAUSES = (
    "The {0} is described in the annex, which both parties have signed.",
    "Before the {1} is handed over, {city} must be told in writing.",
    "{client} checks the {0} within {n} days; after that the {0} is taken as accepted.",
    "If the {2} is damaged, {client} repairs it and sends a second {1}.",
    "No party may change the {1} or the {2} without the consent of the other.",
    "The {0} stays in force for {n} months and ends by itself.",
    "Copies of the {2} are kept in {city} for {n} years.",
    "When the contract ends, the {0} goes back to {client} without delay.",
)
WORDINGS = (
    "Set every occurrence of the word '{term}' in the clauses {said}. The other words stay as they"
    " are. Save the document.",
    "In these terms, the word '{term}' must be {said} wherever it occurs. Please do that, and save"
    " the file.",
    "Make '{term}' stand out: each time the word is used, it should be {said}. Change nothing else"
    " and save the document.",
)


class EmphasiseTerm(TaskFamily):
    """The terms of a contract, in which one word is to be emphasised everywhere.

    Parameters: `wording` (index), `company`, `client`, `city`, `terms` (three; the first is the one
    that is meant), `clauses` (indices), `n` (numbers, one for each), `effect` (one of `EFFECTS`).
    """

    id = "word/emphasise-term"
    app = "word"
    capabilities = ("character-format", "find-all", "save")
    difficulty = "easy"
    horizon = 60
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw clauses, at least three of which use the first term."""
        company, client = _words.companies(rng, 2)
        rest = rng.choice([1, 3, 4, 6], size=int(rng.integers(2, 5)), replace=False).tolist()
        clauses = [0, 2, *rest, *rng.choice([5, 7], size=1).tolist()]
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            "company": company,
            "client": client,
            "city": _words.one(rng, _words.CITIES),
            "terms": _words.pick(rng, TERMS, 3),
            "clauses": [int(n) for n in rng.permutation(clauses)],
            "n": [int(n) for n in rng.integers(3, 40, size=len(clauses))],
            "effect": _words.one(rng, list(EFFECTS)),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the terms as a numbered list."""
        document = _doc.new("Terms", params["company"])
        document.add_heading(f"Terms of {params['company']}", 0)
        for text in self._clauses(params):
            document.add_paragraph(text, style="List Number")
        document.add_paragraph(f"{params['city']}, on behalf of {params['company']}")
        return {FILE: _doc.document_bytes(document)}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        said = EFFECTS[params["effect"]][2]
        return WORDINGS[params["wording"]].format(term=params["terms"][0], said=said)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Each occurrence, nothing else, and no other change."""
        term = params["terms"][0]
        texts = {term: {params["effect"]: True}}
        yield ValidatorSpec("document.characters", {"texts": texts, "only": True}, weight=3.0)
        others = {"bold": False, "italic": False, "underline": False, "color": False, "size": 11}
        del others[params["effect"]]
        yield ValidatorSpec("document.characters", {"texts": {term: others}})
        yield from _doc.kept("characters", outside=term)

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Find all in the dialog, which selects them, and press the button of the toolbar."""
        yield from _writer.select_all(params["terms"][0])
        yield from _writer.button(screen, params["effect"].capitalize())
        yield from _writer.save()
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """One after the other, by the menu; all by the shortcut."""
        name = EFFECTS[params["effect"]][1]
        turns: list[Turn] = []
        for number in range(self._count(params)):
            turns += _writer.select(params["terms"][0], number + 1)
            turns += _writer.menu(screen, "Format", "Text", name)
        chosen = [*_writer.select_all(params["terms"][0])]
        chosen.append(_writer.keys(EFFECTS[params["effect"]][0]))
        return {
            "one by one": [*turns, *_writer.save(), END],
            "shortcut": [*chosen, *_writer.save(), END],
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the first one only, another effect, another word, whole clauses."""
        term, effect = params["terms"][0], params["effect"]
        key = EFFECTS[effect][0]
        other = next(name for name in EFFECTS if name != effect)
        said = {"bold": "not bold", "italic": "not italic", "underline": "not underlined"}[effect]
        saved = [*_writer.save(), END]
        return {
            "the first one only": NearMiss(
                said, [*_writer.select(term), _writer.keys(key), *saved]
            ),
            "another effect": NearMiss(
                said,
                [*_writer.select_all(term), _writer.keys(EFFECTS[other][0]), *saved],
            ),
            "not saved": NearMiss(
                "was it saved?", [*_writer.select_all(term), _writer.keys(key), END]
            ),
            "the last one missed": NearMiss(
                said, _doc.edited(FILE, lambda d: self._last(d, term, effect))
            ),
            "whole clauses": NearMiss(
                "has come to have", _doc.edited(FILE, lambda d: self._whole(d, term, effect))
            ),
            "a word more": NearMiss(
                "expected 'Terms of",
                _doc.reworded(FILE, params["company"], f"{params['company']} Group"),
            ),
        }

    def held_out(self, params: Params) -> bool:
        """One of the terms is for testing."""
        return bool(params["terms"][0] == "Tariff")

    @staticmethod
    def _clauses(params: Params) -> list[str]:
        out = []
        for index, n in zip(params["clauses"], params["n"], strict=True):
            said = {"client": params["client"], "city": params["city"], "n": n}
            out.append(CLAUSES[index].format(*params["terms"], **said))
        return out

    @staticmethod
    def _count(params: Params) -> int:
        return sum(text.count(params["terms"][0]) for text in EmphasiseTerm._clauses(params))

    @staticmethod
    def _last(document: Any, term: str, effect: str) -> None:
        last = [run for p in document.paragraphs for run in p.runs if term in run.text][-1]
        setattr(last, effect, False)

    @staticmethod
    def _whole(document: Any, term: str, effect: str) -> None:
        for run in _doc.found(document, term).runs:
            setattr(run, effect, True)
