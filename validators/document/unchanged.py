"""Nothing else changed, and equality with a gold document: by parts and by aspects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

from cuagym.artefacts import Artefacts, recalculates
from cuagym.validators._checks import one_by_one
from cuagym.validators.document import _read
from cuagym.validators.document._aspects import ASPECTS
from cuagym.validators.document._select import Part
from cuagym.verdict import Check

__all__ = ["equals_gold", "unchanged"]

_USUAL: Final = ("text", "tables", "boxes", "headers", "notes")
"""What a document says, wherever it says it."""


@recalculates(initial=True)
def unchanged(
    artefacts: Artefacts,
    outside: Annotated[str | Iterable[str], Part.refuse] = "",
    aspects: Annotated[Iterable[str], one_by_one(ASPECTS.refuse)] = _USUAL,
) -> list[Check]:
    """Check that nothing else changed, one check for each aspect.

    Paragraphs are recognised by what they say: one that is inserted makes no others differ.

    Args:
        artefacts: What the agent left.
        outside: What may change, a selector or a list of them: a text that paragraphs contained at
            the beginning, "=Intro" for those that read exactly so, "#3", "#2-5" or "#-1" by their
            place in the body at the beginning, "#empty" for empty ones (Ctrl+Enter in LibreOffice
            leaves one before the break), "style:Heading 1", "table 2" or "table 2, row 1". Of
            paragraphs that are new their own text and style counts.
        aspects: What is looked at; see docs/validators.md for all of them.

    Raises:
        Unreadable: If the document is missing or no text document.
        TaskError: If the arguments are wrong.
    """
    after, before = _read.left(artefacts), _read.initial(artefacts)
    return ASPECTS.checks(aspects, before, after, Part.of(outside))


@recalculates("gold")
def equals_gold(
    artefacts: Artefacts,
    gold: str,
    outside: Annotated[str | Iterable[str], Part.refuse] = "",
    aspects: Annotated[Iterable[str], one_by_one(ASPECTS.refuse)] = _USUAL,
) -> list[Check]:
    """Check that the document is like a gold one, one check for each aspect.

    Both go through LibreOffice first, so it makes no difference which programs wrote them.

    Args:
        artefacts: What the agent left.
        gold: The file to compare with, one of the task's gold files.
        outside: What is not compared, as for `document.unchanged`, looked for in the gold document.
        aspects: In what they are compared; see docs/validators.md for all of them.

    Raises:
        Unreadable: If the document is missing or no text document.
        TaskError: If the arguments are wrong, or the gold file is missing or no text document.
    """
    wanted = _read.gold(artefacts, gold)
    return ASPECTS.checks(aspects, wanted, _read.left(artefacts), Part.of(outside))
