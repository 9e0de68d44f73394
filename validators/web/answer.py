"""What the agent answered when it terminated."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Final

from cuagym.artefacts import Artefacts
from cuagym.errors import TaskError
from cuagym.verdict import Check

__all__ = ["answer"]

_NUMBER: Final = re.compile(r"[-+\u2212]?\d[\d,' \u00a0]*(?:\.\d+)?")
_TOLERANCE: Final = 1e-6


def answer(
    artefacts: Artefacts,
    text: str | Iterable[str] = (),
    number: float | None = None,
    wrong: Iterable[str] = (),
) -> list[Check]:
    """Check what the agent answered when it terminated.

    Upper and lower case, and the words around what is wanted, make no difference.

    Args:
        artefacts: What the agent left.
        text: What it must say, as whole words; of a list, any of them.
        number: A number that it must say, in figures: the only one, unless several are equal.
        wrong: Texts that it must not say: an answer that names everything is none.

    Raises:
        TaskError: If nothing is wanted.
    """
    texts = [text] if isinstance(text, str) else list(text)
    if not texts and number is None:
        raise TaskError("nothing is wanted of the answer: 'text' or 'number'")
    given, why = artefacts.answer.strip(), ""
    if not given:
        why = "nothing was answered"
    elif texts and not any(_says(given, each) for each in texts):
        why = f"expected {' or '.join(map(repr, texts))}, found {given[:200]!r}"
    elif number is not None and not _counts(given, number):
        why = f"expected the number {number:g}, found {given[:200]!r}"
    elif said := [each for each in wrong if _says(given, each)]:
        why = f"it says {said[0]!r} too: {given[:200]!r}"
    return [Check("answer", not why, why)]


def _says(given: str, text: str) -> bool:
    given, text = (" ".join(each.casefold().split()) for each in (given, text))
    return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", given) is not None


def _counts(given: str, number: float) -> bool:
    plain = (re.sub(r"[,' \u00a0]", "", n).replace("\u2212", "-") for n in _NUMBER.findall(given))
    found = {float(each) for each in plain}
    return bool(found) and all(
        math.isclose(each, number, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE) for each in found
    )
