"""Contracts that two people have changed, with their changes tracked."""

from __future__ import annotations

from typing import Any

import numpy as np

from cuagym.task import Params

from . import _doc, _words

# A clause: what stands before and after a change, and what may have been put in place of what.
_CLAUSES = (
    ("The rent is ", " euros a month.", ("640", "720")),
    ("The flat is let with ", " and a cellar.", ("a garage", "a parking space")),
    ("The contract begins on the first day of ", ".", ("spring", "autumn")),
    ("Notice is given ", " before the end of a month.", ("six weeks", "three months")),
    ("The landlord reads the meters ", " a year.", ("once", "twice")),
    ("Pets are ", " in the house.", ("allowed", "forbidden")),
    ("The stairs are cleaned by ", ".", ("the tenants", "a firm")),
    ("The garden may be used ", ".", ("on weekdays only", "at any time")),
    ("Small repairs up to ", " euros are paid by the tenant.", ("85", "110")),
)


def sample(rng: np.random.Generator, low: int = 3, high: int = 6) -> Params:
    """Draw a contract: `city`, `tenant`, `authors` (two) and `clauses`.

    A clause is a text before, the old words, the new ones, a text behind, and which of the authors
    has put the new ones in place of the old; -1 where nobody has. Each has changed one at least.
    """
    authors = _words.names(rng, 3)
    chosen = rng.choice(len(_CLAUSES), size=int(rng.integers(6, 9)), replace=False).tolist()
    by = [0, 1, *rng.integers(2, size=int(rng.integers(low, high)) - 2).tolist()]
    by += [-1] * (len(chosen) - len(by))
    clauses = []
    for index, who in zip(chosen, rng.permutation(by).tolist(), strict=True):
        before, behind, words = _CLAUSES[index]
        old, new = _words.pick(rng, words, 2)
        clauses.append([before, old, new, behind, who])
    return {
        "city": _words.one(rng, _words.CITIES),
        "tenant": authors[2],
        "authors": authors[:2],
        "clauses": clauses,
    }


def document(params: Params) -> Any:
    """Return the contract with its changes tracked."""
    made = _doc.new("Tenancy agreement", params["tenant"])
    _head(made, params)
    for before, old, new, behind, who in params["clauses"]:
        if who < 0:
            made.add_paragraph(f"{before}{old}{behind}")
            continue
        author = params["authors"][who]
        pieces = [[before], [old, "del", author], [new, "ins", author], [behind]]
        _doc.tracked(made, pieces)
    _foot(made, params)
    return made


def plain(params: Params, accepted: tuple[int, ...]) -> Any:
    """Return the contract without tracked changes: those of some authors have been accepted."""
    made = _doc.new("Tenancy agreement", params["tenant"])
    _head(made, params)
    for text in texts(params, accepted):
        made.add_paragraph(text)
    _foot(made, params)
    return made


def texts(params: Params, accepted: tuple[int, ...]) -> list[str]:
    """Return the clauses as they read where the changes of some authors are accepted."""
    return [
        f"{before}{new if who in accepted else old}{behind}"
        for before, old, new, behind, who in params["clauses"]
    ]


def changed(params: Params) -> list[list[Any]]:
    """Return the clauses that somebody has changed."""
    return [clause for clause in params["clauses"] if clause[-1] >= 0]


def _head(made: Any, params: Params) -> None:
    made.add_heading("Tenancy agreement", 0)
    made.add_paragraph(f"{params['city']}, tenant: {params['tenant']}")


def _foot(made: Any, params: Params) -> None:
    made.add_paragraph(f"Signed in {params['city']} by both parties.")
