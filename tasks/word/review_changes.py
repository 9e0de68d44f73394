"""Accept the changes of one author of a contract, and reject those of the other one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from cuagym.actions import Terminate, Turn, Type
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _review, _writer

FILE, GOLD = "agreement.docx", "resolved.docx"
END = (Terminate(),)
WORDINGS = (
    "Two people have changed this agreement. Accept all changes by {right}, reject all changes by"
    " {wrong}, so that no tracked changes are left, and save the document.",
    "Please go through the tracked changes: what {right} changed stays, what {wrong} changed is"
    " taken back. Resolve every change in this way, and save the file.",
    "{wrong} had no right to change this contract: reject those changes. The changes of {right} are"
    " to be accepted. When no change is left open, save the document.",
)


class ReviewChanges(TaskFamily):
    """A contract with changes of two authors.

    Parameters: `wording` (index), those of `_review.sample`, `right` (the index of the author whose
    changes are accepted).
    """

    id = "word/review-changes"
    app = "word"
    capabilities = ("track-changes", "read-authors", "menu", "save")
    difficulty = "hard"
    horizon = 110
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a contract and the author whose changes are good."""
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            **_review.sample(rng, 4, 7),
            "right": int(rng.integers(2)),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the contract."""
        return {FILE: _doc.document_bytes(_review.document(params))}

    def gold(self, params: Params) -> dict[str, bytes]:
        """Return the contract as it should be."""
        return {GOLD: _doc.document_bytes(_review.plain(params, (params["right"],)))}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        authors, right = params["authors"], params["right"]
        said = {"right": authors[right], "wrong": authors[1 - right]}
        return WORDINGS[params["wording"]].format(**said)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """No change left, each clause as it should be, and nothing else changed."""
        yield ValidatorSpec("document.changes", {"wanted": []}, weight=2.0)
        for text in _review.texts(params, (params["right"],)):
            yield ValidatorSpec("document.text", {"contains": text}, weight=0.5)
        args = {"gold": GOLD, "aspects": list(_doc.ASPECTS)}
        yield ValidatorSpec("document.equals_gold", args, weight=2.0)

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Find what was taken out and what was put in, and decide on each by the menu."""
        yield from self._resolved(params, params["right"], screen)
        yield from _writer.save()
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Reject one by one, then accept all the others at once."""
        right = params["right"]
        wrong = [c for c in _review.changed(params) if c[-1] != right]
        (rest, *_) = (c for c in _review.changed(params) if c[-1] == right)
        turns = [t for c in wrong for t in self._decided(c, "Reject", screen)]
        turns += [*_writer.select(rest[1]), _writer.keys("Left")]
        turns += _writer.menu(screen, "Edit", "Track Changes", "Accept All")
        return {"the rest at once": [*turns, *_writer.save(), END]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the authors changed over, all accepted, one left open, typed over."""
        right = params["right"]
        one = next(c for c in _review.changed(params) if c[-1] != right)
        saved = [*_writer.save(), END]
        everything = [
            *_writer.select(one[1]),
            _writer.keys("Left"),
            *_writer.menu(screen, "Edit", "Track Changes", "Accept All"),
        ]
        first = list(self._decided(one, "Reject", screen))
        before, old, new, behind, _ = one
        return {
            "changed over": NearMiss(
                "there is no", [*self._resolved(params, 1 - right, screen), *saved]
            ),
            "all accepted": NearMiss("there is no", [*everything, *saved]),
            "one decided": NearMiss("no other changes", [*first, *saved]),
            "not saved": NearMiss("was it saved?", [*self._resolved(params, right, screen), END]),
            "typed over": NearMiss(
                "no other changes", [*_writer.select(new), (Type(old),), *saved]
            ),
            "one the wrong way": NearMiss(
                "there is no", _doc.reworded(FILE, f"{before}{old}", f"{before}{new}")
            ),
            "a clause lost": NearMiss("is gone", _doc.without(FILE, f"{before}{old}{behind}")),
        }

    def held_out(self, params: Params) -> bool:
        """Contracts with six changes are for testing."""
        return len(_review.changed(params)) == 6

    @staticmethod
    def _decided(clause: list[str], how: str, screen: Screen) -> Iterator[Turn]:
        for words in clause[1:3]:
            yield from _writer.select(words)
            yield _writer.keys("Left")
            yield from _writer.menu(screen, "Edit", "Track Changes", how)

    def _resolved(self, params: Params, right: int, screen: Screen) -> Iterator[Turn]:
        for clause in _review.changed(params):
            how = "Accept" if clause[-1] == right else "Reject"
            yield from self._decided(clause, how, screen)
