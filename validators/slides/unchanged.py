"""Nothing else changed, and equality with a gold presentation: by slides and by aspects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from cuagym.artefacts import Artefacts, recalculates
from cuagym.validators._checks import one_by_one
from cuagym.validators.slides import _part, _read
from cuagym.validators.slides._aspects import ASPECTS
from cuagym.validators.slides._part import Part
from cuagym.verdict import Check

__all__ = ["equals_gold", "unchanged"]


@recalculates(initial=True)
def unchanged(
    artefacts: Artefacts,
    outside: Annotated[str | Iterable[str | int], _names] = "",
    aspects: Annotated[Iterable[str], one_by_one(ASPECTS.refuse)] = (
        *("slides", "text", "formatting", "shapes", "notes", "hidden"),
    ),
) -> list[Check]:
    """Check that nothing else changed, one check for each aspect.

    Slides are told by what is on them: one that was put between others changes none of them.

    Args:
        artefacts: What the agent left.
        outside: Slides that may change, move or go, by their numbers or titles in the initial
            presentation, such as "2,Results", or a list of them; "new" where slides may be added.
        aspects: What is looked at: "slides" (which there are, and their order), "text",
            "formatting", "shapes" and the others of `equals_gold`.

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong.
    """
    after, before = _read.left(artefacts), _read.initial(artefacts)
    part = Part.of(outside, before, outside=True)
    return ASPECTS.checks(aspects, before, after, part)


@recalculates("gold")
def equals_gold(
    artefacts: Artefacts,
    gold: str,
    slides: Annotated[str | Iterable[str | int], _names] = "",
    aspects: Annotated[Iterable[str], one_by_one(ASPECTS.refuse)] = ("slides", "text"),
) -> list[Check]:
    """Check that the presentation is like a gold one, one check for each aspect.

    Both go through LibreOffice first, so it makes no difference which programs wrote them.

    Args:
        artefacts: What the agent left.
        gold: The file to compare with, one of the task's gold files.
        slides: Which slides of the gold presentation are compared, such as "2,Results", or a list
            of them; "" for all.
        aspects: In what they are compared; see docs/validators.md for all of them.

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong, or the gold file is missing or no presentation.
    """
    wanted = _read.gold(artefacts, gold)
    part = Part.of(slides, wanted) if slides else Part.all(wanted)
    return ASPECTS.checks(aspects, wanted, _read.left(artefacts), part)


def _names(names: Any) -> None:
    _part.listed(names)
