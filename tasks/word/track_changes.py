"""Accept or reject all the changes that were tracked in a contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from cuagym.actions import Terminate, Turn
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _review, _words, _writer

FILE, GOLD = "agreement.docx", "resolved.docx"
END = (Terminate(),)
WHICH: dict[str, tuple[int, ...]] = {"Accept": (0, 1), "Reject": ()}
WORDINGS = (
    "{what} all tracked changes in this agreement, so that none is left, and save the document.",
    "This contract still shows who changed what. Please {what_small} every change in it, then save"
    " the file.",
    "The parties have agreed: {what_small} all the changes that are recorded in the document."
    " Nothing else may change. Save it.",
)


class TrackChanges(TaskFamily):
    """A contract with changes of two authors.

    Parameters: `wording` (index), those of `_review.sample`, `how` (one of `WHICH`).
    """

    id = "word/track-changes"
    app = "word"
    capabilities = ("track-changes", "menu", "save")
    difficulty = "easy"
    horizon = 90
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a contract, and what is to become of its changes."""
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            **_review.sample(rng),
            "how": _words.one(rng, list(WHICH)),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the contract."""
        return {FILE: _doc.document_bytes(_review.document(params))}

    def gold(self, params: Params) -> dict[str, bytes]:
        """Return the contract as it should be."""
        return {GOLD: _doc.document_bytes(_review.plain(params, WHICH[params["how"]]))}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        how = params["how"]
        return WORDINGS[params["wording"]].format(what=how, what_small=how.lower())

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """None left, each resolved as asked for, and in all the document that it should be."""
        how = f"{params['how'].lower()}ed"
        yield ValidatorSpec("document.changes_resolved", {"how": how}, weight=3.0)
        args = {"gold": GOLD, "aspects": list(_doc.ASPECTS)}
        yield ValidatorSpec("document.equals_gold", args)

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """With the caret in a change, by the menu."""
        yield from self._all(params, params["how"], screen)
        yield from _writer.save()
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Change by change: the old words and the new ones are two."""
        turns: list[Turn] = []
        for _, old, new, _, _ in _review.changed(params):
            for words in (old, new):
                turns += [*_writer.select(words), _writer.keys("Left")]
                turns += _writer.menu(screen, "Edit", "Track Changes", params["how"])
        return {"one by one": [*turns, *_writer.save(), END]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the other way, one only, not saved, hidden, a clause changed back."""
        how = params["how"]
        other = next(name for name in WHICH if name != how)
        saved = [*_writer.save(), END]
        before, old, new, behind, _ = _review.changed(params)[0]
        right, wrong = (new, old) if how == "Accept" else (old, new)
        one = [
            *_writer.select(old),
            _writer.keys("Left"),
            *_writer.menu(screen, "Edit", "Track Changes", how),
        ]
        return {
            "the other way": NearMiss("says", [*self._all(params, other, screen), *saved]),
            "one only": NearMiss("no changes left", [*one, *saved]),
            "not saved": NearMiss("was it saved?", [*self._all(params, how, screen), END]),
            "one changed back": NearMiss(
                f"{how.lower()}ed: paragraph",
                _doc.reworded(FILE, f"{before}{right}", f"{before}{wrong}"),
            ),
            "a clause lost": NearMiss("says", _doc.without(FILE, f"{before}{right}{behind}")),
            "the place lost": NearMiss("says", _doc.reworded(FILE, params["city"], "Here")),
        }

    def held_out(self, params: Params) -> bool:
        """Rejecting four or more is for testing."""
        return bool(params["how"] == "Reject" and len(_review.changed(params)) >= 4)

    @staticmethod
    def _all(params: Params, how: str, screen: Screen) -> Iterator[Turn]:
        yield from _writer.select(_review.changed(params)[0][1])
        yield _writer.keys("Left")
        yield from _writer.menu(screen, "Edit", "Track Changes", f"{how} All")
