"""Give a party of a contract another name, everywhere, but not in what is quoted of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Terminate, Turn, Type
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE = "contract.docx"
END = (Terminate(),)
# What is agreed on: the title, and what the second party does.
KINDS = {
    "Service agreement": "cleans the offices",
    "Maintenance contract": "services the lifts",
    "Catering agreement": "supplies the canteen",
    "Licence agreement": "provides the software",
}
CLAUSES = (
    "{old} {does} of {client} in {city} on every working day.",
    "{client} pays {old} a fee of {n} euros a month, due on the first day of the month.",
    "Damage that the staff of {old} cause is repaired at the cost of {old}.",
    "Keys that {client} hands out remain the property of {client}.",
    "Either party may end this contract with {w} weeks' notice; {old} does so in writing.",
    "{old} keeps secret whatever it learns about {client} and its customers.",
    "Disputes are settled by the courts of {city}.",
    "Changes of prices are told to {client} at least {w} weeks before.",
    "If {old} is prevented from working for more than a week, {client} may hire others.",
)
WORDINGS = (
    "{old} has a new name: {new}. Replace the old name by the new one everywhere in this contract,"
    " and save the document.",
    "In this contract every '{old}' must become '{new}', in the table too. Change nothing else, and"
    " save the file.",
    "The second party of the contract was renamed. Please write {new} wherever it says {old}, and"
    " save the document in its present format.",
)


class FindReplace(TaskFamily):
    """A contract of two parties, one of which has a new name; a third firm's begins like it.

    Parameters: `wording` (index), `kind` (one of `KINDS`), `client`, `old`, `new` and `other`
    (firms), `city`, `people` (who signs), `clauses` (indices), `n` and `w` (numbers).
    """

    id = "word/find-replace"
    app = "word"
    capabilities = ("find-replace", "save")
    difficulty = "easy"
    horizon = 60
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw two parties, a new name, and what they agree on."""
        client, old, new, other = _words.companies(rng, 4)
        other = f"{old.split()[0]} {other.split()[1]}"
        clauses = [0, *sorted(rng.choice(np.arange(1, 9), size=6, replace=False).tolist())]
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            "kind": _words.one(rng, list(KINDS)),
            "client": client,
            "old": old,
            "new": new,
            "other": other,
            "city": _words.one(rng, _words.CITIES),
            "people": _words.names(rng, 2),
            "clauses": clauses,
            "n": int(rng.integers(4, 60)) * 50,
            "w": int(rng.integers(2, 13)),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the contract."""
        document = _doc.new(params["kind"], params["people"][0])
        document.add_heading(params["kind"], 0)
        document.add_paragraph(f"between {params['client']} and {params['old']}")
        for text in self._clauses(params):
            document.add_paragraph(text, style="List Number")
        document.add_paragraph(f"This contract replaces the one with {params['other']}.")
        _doc.table(document, self._signed(params))
        return {FILE: _doc.document_bytes(document)}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        return WORDINGS[params["wording"]].format(old=params["old"], new=params["new"])

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Every paragraph and cell with the new name, and nothing else changed."""
        new = {**params, "old": params["new"]}
        texts = [
            params["kind"],
            f"between {params['client']} and {params['new']}",
            *self._clauses(new),
            f"This contract replaces the one with {params['other']}.",
        ]
        yield ValidatorSpec("document.text", {"absent": params["old"]}, weight=2.0)
        yield ValidatorSpec("document.text", {"paragraphs": texts}, weight=1.0)
        signed = [{"rows": self._signed(new)}]
        yield ValidatorSpec("document.tables", {"wanted": signed, "count": 1}, weight=1.0)
        yield from _doc.kept("text", "tables", outside=params["old"])

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Replace all in the dialog, and save."""
        yield from _writer.replace_all(params["old"], params["new"])
        yield from _writer.save()
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """One after the other, by the find bar: what it finds is typed over."""
        return {"typed": [*self._typed(params), *_writer.save(), END]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the first word only, not saved, one left, the table left, others renamed."""
        old, new = params["old"], params["new"]
        word = _writer.replace_all(old.split()[0], new.split()[0])
        second = next(i for i, t in enumerate(self._clauses(params)) if i and old in t)
        clause = self._clauses(params)[second]
        return {
            "first word only": NearMiss("paragraph 2: expected", [*word, *_writer.save(), END]),
            "not saved": NearMiss("was it saved?", [*_writer.replace_all(old, new), END]),
            "one left": NearMiss(
                f"'{old}' is still in",
                _doc.reworded(FILE, clause.replace(old, new), clause),
            ),
            "the table left": NearMiss(
                "table 1 rows", _doc.edited(FILE, lambda d: self._rename(d, old))
            ),
            "the other firm renamed": NearMiss(
                "expected 'This contract", _doc.reworded(FILE, params["other"], new)
            ),
            "misspelt": NearMiss("paragraph 2: expected", _doc.reworded(FILE, new, new[:-1])),
        }

    def held_out(self, params: Params) -> bool:
        """One kind of contract is for testing."""
        return bool(params["kind"] == "Licence agreement")

    def _typed(self, params: Params) -> Iterator[Turn]:
        """Find and type over; what is found is selected."""
        said = [f"and {params['old']}", *self._clauses(params), *self._signed(params)[0]]
        for _ in range(sum(text.count(params["old"]) for text in said)):
            yield from _writer.select(params["old"])
            yield (Type(params["new"]),)

    @staticmethod
    def _rename(document: Any, old: str) -> None:
        _doc.said(document.tables[0].cell(0, 1).paragraphs[0], f"For {old}")

    @staticmethod
    def _clauses(params: Params) -> list[str]:
        said = {key: params[key] for key in ("old", "client", "city", "n", "w")}
        does = KINDS[params["kind"]]
        return [CLAUSES[index].format(**said, does=does) for index in params["clauses"]]

    @staticmethod
    def _signed(params: Params) -> list[list[str]]:
        """Return the table with what is to be signed."""
        return [
            [f"For {params['client']}", f"For {params['old']}"],
            params["people"],
            [params["city"], params["city"]],
        ]
