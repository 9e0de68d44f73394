"""Nothing else changed, and equality with a gold workbook: by parts and by aspects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from cuagym.artefacts import Artefacts, recalculates
from cuagym.errors import TaskError, nearest
from cuagym.validators._checks import one_by_one
from cuagym.validators.workbook import _read
from cuagym.validators.workbook._aspects import ASPECTS
from cuagym.validators.workbook._ranges import Part
from cuagym.verdict import Check

__all__ = ["equals_gold", "unchanged"]


@recalculates(initial=True)
def unchanged(
    artefacts: Artefacts,
    outside: Annotated[str | Iterable[str], Part.refuse] = "",
    aspects: Annotated[Iterable[str], one_by_one(ASPECTS.refuse)] = ("sheets", "cells"),
) -> list[Check]:
    """Check that nothing else changed, one check for each aspect.

    Args:
        artefacts: What the agent left.
        outside: Ranges that may change, such as "A1:C9,Sheet2!B2,Sheet2!D:D,Notes!*"; ranges
            without a sheet are on the first one.
        aspects: What is looked at: "sheets" (names and order), "cells" (formulas as formulas:
            what they show may follow from cells that were to change), "values" (what cells show),
            and the others of `equals_gold`.

    Raises:
        Unreadable: If the document is missing or no workbook.
        TaskError: If the arguments are wrong.
    """
    after, before = _read.left(artefacts), _read.initial(artefacts)
    part = Part.of(outside, _read.first_sheet(before), outside=True)
    return ASPECTS.checks(aspects, before, after, part)


@recalculates("gold")
def equals_gold(
    artefacts: Artefacts,
    gold: str,
    ranges: Annotated[str | Iterable[str], Part.refuse] = "",
    aspects: Annotated[Iterable[str], one_by_one(ASPECTS.refuse)] = ("sheets", "values"),
) -> list[Check]:
    """Check that the workbook is like a gold one, one check for each aspect.

    Both go through LibreOffice first, so it makes no difference which programs wrote them.

    Args:
        artefacts: What the agent left.
        gold: The file to compare with, one of the task's gold files.
        ranges: What is compared, such as "A1:C9,Sheet2!*"; ranges without a sheet are on the first
            one; "" for everything.
        aspects: In what they are compared; see docs/validators.md for all of them.

    Raises:
        Unreadable: If the document is missing or no workbook.
        TaskError: If the arguments are wrong, or the gold file is missing or no workbook.
    """
    wanted = _read.gold(artefacts, gold)
    part = Part.of(ranges, _read.first_sheet(wanted)) if ranges else Part.all()
    for sheet in part.boxes:
        if sheet not in wanted.sheets:
            known = ", ".join(wanted.sheets)
            raise TaskError(
                f"the gold workbook has no sheet {sheet!r}{nearest(sheet, wanted.sheets)}"
                f" (it has {known})"
            )
    return ASPECTS.checks(aspects, wanted, _read.left(artefacts), part)
