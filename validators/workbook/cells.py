"""What cells hold: values, formulas, and what they would show if others held something else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

from cuagym.artefacts import Artefacts, recalculates
from cuagym.errors import TaskError, nearest
from cuagym.validators._checks import by_key, checked
from cuagym.validators.workbook import _read
from cuagym.validators.workbook._read import Book, normalised
from cuagym.validators.workbook._values import TOLERANCE, same, show
from cuagym.verdict import Check

__all__ = ["cells"]

_KEYS: Final = ("formula", "tolerance", "value", "what_if")


@recalculates()
def cells(
    artefacts: Artefacts, cells: Annotated[Mapping[str, Any], by_key(_wanted)]
) -> list[Check]:
    """Check what some cells hold, one check for each.

    Args:
        artefacts: What the agent left.
        cells: By name, a cell's value, or a table of: `value`; `tolerance` for numbers, relative;
            `formula`, true where any formula that reads cells will do, or the one formula, in any
            spelling; `what_if`, a table of `set` (values by cell) and `value`, what the cell must
            show once these are set: this tells a formula that follows its inputs from one that
            happens to give the right number. Dates are texts, such as "2026-03-01". An empty text
            stands for an empty cell.

    Raises:
        Unreadable: If the document is missing or no workbook.
        TaskError: If the arguments are wrong.
    """
    book = _read.left(artefacts)
    return [
        checked(cell, _cell, artefacts, book, cell, _wanted(cell, spec))
        for cell, spec in cells.items()
    ]


def _cell(artefacts: Artefacts, book: Book, cell: str, wanted: Mapping[str, Any]) -> str:
    """Say what is wrong with a cell; "" if nothing is."""
    sheet, address = _read.place(book, cell)
    found, formula = sheet.values.get(address), sheet.formulas.get(address)
    tolerance = float(wanted.get("tolerance", TOLERANCE))
    asked = wanted.get("formula")
    if asked and formula is None:
        return f"a formula was asked for, found {show(found)}"
    if asked is True and formula is not None and not _refers(formula):
        return f"its formula {formula} reads no cell"
    if isinstance(asked, str) and formula != normalised(asked):
        return f"expected the formula {asked}, found {formula}"
    if "value" in wanted and not same(found, wanted["value"], tolerance):
        by = f" from {formula}" if formula else ""
        return f"expected {show(wanted['value'])}, found {show(found)}{by}"
    if "what_if" in wanted:
        return _what_if(artefacts, cell, wanted["what_if"], tolerance)
    return ""


def _what_if(artefacts: Artefacts, cell: str, what_if: Any, tolerance: float) -> str:
    """Say how a cell fails to follow a change of others; "" if it follows."""
    sheet, address = _read.place(_read.read(artefacts.what_if(what_if["set"])), cell)
    found = sheet.values.get(address)
    if same(found, what_if["value"], tolerance):
        return ""
    changes = ", ".join(f"{c} to {show(v)}" for c, v in what_if["set"].items())
    return (
        f"with {changes} it must show {show(what_if['value'])}, but shows {show(found)}"
        f" ({sheet.formulas.get(address) or 'no formula'})"
    )


def _refers(formula: str) -> bool:
    """Whether a formula reads any cell: one that does not is a number in disguise."""
    try:
        items = Tokenizer(formula).items
    except Exception:  # openpyxl gives up on rare syntax; the benefit of the doubt
        return True
    return any(t.type == Token.OPERAND and t.subtype == Token.RANGE for t in items)


def _wanted(cell: str, spec: Any) -> dict[str, Any]:
    """Return what a cell is wanted to hold, as a table of the known keys."""
    table = dict(spec) if isinstance(spec, Mapping) else {"value": spec}
    for key in table:
        if key not in _KEYS:
            raise TaskError(
                f"cell {cell}: {key!r} is none of {', '.join(_KEYS)}{nearest(key, _KEYS)}"
            )
    if not table:
        raise TaskError(f"cell {cell}: nothing is wanted of it")
    what_if = table.get("what_if", {"set": {}, "value": None})
    if not (
        isinstance(what_if, Mapping)
        and set(what_if) == {"set", "value"}
        and isinstance(what_if["set"], Mapping)
    ):
        raise TaskError(f"cell {cell}: what_if must be a table of 'set', a table, and 'value'")
    return table
