"""Turn a letter into one to somebody else: address, date, salutation, numbers, a deadline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Terminate, Turn, Type
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE, GOLD = "letter.docx", "next.docx"
END = (Terminate(),)
# What is between the salutation and the greeting; the first paragraph has the number.
KINDS = {
    "Reminder": (
        "we sent you our invoice {number} some weeks ago, and have not received your payment.",
        "Please transfer the outstanding amount of {amount} euros by {due} at the latest.",
        "If you have paid in the meantime, please take no notice of this letter.",
    ),
    "Your order": (
        "thank you for your order {number}, which arrived here safely.",
        "The goods will be with you by {due}; the price is {amount} euros, delivery included.",
        "Please check them on the day of delivery and tell us about any damage.",
    ),
    "Our offer": (
        "thank you for your interest. With our offer {number} we hope to win you over.",
        "We do the work for {amount} euros, and keep this price until {due}.",
        "A phone call is enough to accept it.",
    ),
    "Deposit": (
        "your contract {number} has ended, and the keys have been returned.",
        "We pay back the deposit of {amount} euros; you will have it by {due}.",
        "We thank you for your stay, and wish you all the best.",
    ),
}
FIELDS = ("name", "street", "city", "date", "number", "amount", "due")
WORDINGS = (
    "Rewrite this letter for another recipient: {name}, {street}, {city}. Change the address (one"
    " line each) and the salutation (Dear {name}). The date is {date}, the number {number} (in the"
    " subject and in the text), the amount {amount} euros, the deadline {due}. Everything else"
    " stays as it is. Save the document.",
    "The same letter has to go to {name}. New address, line by line: {name} / {street} / {city}."
    " New date: {date}. Salutation: Dear {name}, as before with a comma. New number {number}, in"
    " both places; new amount {amount} euros; new deadline {due}. Change nothing else and save the"
    " file.",
    "Please use this letter as a template: it is now addressed to {name}, {street}, {city} (three"
    " lines), begins with 'Dear {name},', bears the date {date}, is about {number} wherever the old"
    " number stands, and names {amount} euros and {due}. Save it under the same name.",
)


class Letter(TaskFamily):
    """A letter, and what is to be otherwise in the next one.

    Parameters: `wording` (index), `kind` (one of `KINDS`), `firm`, `address` (two lines), `signer`,
    `old` and `new` (what `FIELDS` names, as it is and as it should be).
    """

    id = "word/letter"
    app = "word"
    capabilities = ("edit-text", "look-up", "many-edits", "save")
    difficulty = "hard"
    horizon = 90
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a letter and the next one; they differ in every field."""
        old, new, signer = _words.names(rng, 3)
        cities = _words.pick(rng, _words.CITIES, 3)
        streets = _words.pick(rng, _words.STREETS, 3)
        numbers = rng.choice(np.arange(1000, 10000), size=2, replace=False).tolist()
        amounts = rng.choice(np.arange(120, 990), size=2, replace=False).tolist()
        months = _words.pick(rng, _words.MONTHS, 4)
        houses = [int(n) for n in rng.integers(2, 190, size=3)]
        prefix = _words.one(rng, ("RE", "NO", "KD"))
        sides: list[dict[str, str]] = []
        for side, name in enumerate((old, new)):
            sides.append(
                {
                    "name": name,
                    "street": f"{houses[side]} {streets[side]}",
                    "city": f"{int(rng.integers(1000, 9999))} {cities[side]}",
                    "date": f"{int(rng.integers(1, 29))} {months[side]} 2025",
                    "number": f"{prefix}-{numbers[side]}",
                    "amount": f"{amounts[side]}.{int(rng.integers(1, 10))}0",
                    "due": f"{int(rng.integers(1, 29))} {months[side + 2]} 2025",
                }
            )
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            "kind": _words.one(rng, list(KINDS)),
            "firm": _words.companies(rng, 1)[0],
            "address": [
                f"{houses[2]} {streets[2]}",
                f"{int(rng.integers(1000, 9999))} {cities[2]}",
            ],
            "signer": signer,
            "old": sides[0],
            "new": sides[1],
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the letter."""
        return {FILE: self._letter(params, "old")}

    def gold(self, params: Params) -> dict[str, bytes]:
        """Return the next letter."""
        return {GOLD: self._letter(params, "new")}

    def _letter(self, params: Params, side: str) -> bytes:
        document = _doc.new(params["kind"], params["signer"])
        lines = self._lines(params, params[side])
        for number, text in enumerate(lines):
            paragraph = document.add_paragraph()
            run = paragraph.add_run(text)
            if number < 6:  # two addresses, each line right below the other
                paragraph.paragraph_format.space_after = 0
            run.bold = True if number in (0, 7) else None
        return _doc.document_bytes(document)

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        return WORDINGS[params["wording"]].format(**params["new"])

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Each paragraph that was to change, and in all the letter that it should be."""
        was, now = (self._lines(params, params[side]) for side in ("old", "new"))
        for old, new in zip(was, now, strict=True):
            if old != new:
                yield ValidatorSpec("document.text", {"contains": new}, weight=0.5)
        yield ValidatorSpec("document.text", {"paragraphs": now}, weight=2.0)
        args = {"gold": GOLD, "aspects": list(_doc.ASPECTS)}
        yield ValidatorSpec("document.equals_gold", args, weight=1.0)

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Find each of the old facts and type over it, wherever it stands; save."""
        yield from self._edited(params, FIELDS)
        yield from _writer.button(screen, "Save")
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """By Find and Replace."""
        turns: list[Turn] = []
        for field in FIELDS:
            turns += _writer.replace_all(params["old"][field], params["new"][field])
        return {"replaced": [*turns, *_writer.save(), END]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the salutation or the second number forgotten, a wrong amount, not saved."""
        old, new = params["old"], params["new"]
        saved = [*_writer.save(), END]
        last = [*self._edited(params, FIELDS[:-1])]
        return {
            "the deadline forgotten": NearMiss("there is no", [*last, *saved]),
            "not saved": NearMiss("was it saved?", [*self._edited(params, FIELDS), END]),
            "the address only": NearMiss(
                "there is no", [*self._edited(params, FIELDS[:3]), *saved]
            ),
            "the old salutation": NearMiss(
                "there is no", _doc.reworded(FILE, f"Dear {new['name']}", f"Dear {old['name']}")
            ),
            "the old subject": NearMiss(
                "there is no", _doc.reworded(FILE, f": {new['number']}", f": {old['number']}")
            ),
            "a wrong amount": NearMiss(
                "there is no", _doc.reworded(FILE, new["amount"], new["amount"][1:])
            ),
            "the signature changed": NearMiss(
                "expected", _doc.reworded(FILE, params["signer"], new["name"])
            ),
            "a line more": NearMiss("is a paragraph more", _doc.edited(FILE, self._more)),
        }

    def held_out(self, params: Params) -> bool:
        """One kind of letters is for testing."""
        return bool(params["kind"] == "Deposit")

    @staticmethod
    def _lines(params: Params, side: dict[str, str]) -> list[str]:
        """Return the paragraphs of a letter."""
        text = [line.format(**side) for line in KINDS[params["kind"]]]
        return [
            *(params["firm"], *params["address"]),
            *(side["name"], side["street"], side["city"]),
            side["date"],
            f"{params['kind']}: {side['number']}",
            f"Dear {side['name']},",
            *text,
            *("Yours sincerely,", params["signer"]),
        ]

    @staticmethod
    def _edited(params: Params, fields: Iterable[str]) -> Iterator[Turn]:
        old, new = params["old"], params["new"]
        text = "\n".join(Letter._lines(params, old))
        for field in fields:
            for _ in range(text.count(old[field])):
                yield from _writer.select(old[field])
                yield (Type(new[field]),)

    @staticmethod
    def _more(document: Any) -> None:
        document.add_paragraph("P.S. We look forward to hearing from you.")
