"""Checks of a spreadsheet: what cells hold, and that nothing else changed.

A workbook is read after LibreOffice has opened it, computed everything anew and stored it, so that
it makes no difference which program wrote it: shared strings, cached values, default styles and the
order of parts have become the same. Cells are named `Sheet!A1`, or `A1` on the first sheet.
"""

from __future__ import annotations

import datetime
import functools
import math
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.utils import range_boundaries

from cuagym.artefacts import Artefacts, Unreadable
from cuagym.errors import TaskError
from cuagym.verdict import Check

__all__ = ["cells", "unchanged"]

TOLERANCE: Final = 1e-6
"""How far numbers may differ, relative to the larger one, and absolutely near zero."""
_KEYS: Final = ("formula", "tolerance", "value", "what_if")
_DATES: Final = (datetime.datetime, datetime.date, datetime.time)
_SHOWN: Final = 5


@dataclass(frozen=True)
class Sheet:
    """One sheet's cells by address: what they show, and the formulas among them as normalised."""

    values: Mapping[str, Any]
    formulas: Mapping[str, str]


@functools.lru_cache(maxsize=8)
def _read(path: Path) -> dict[str, Sheet]:
    """Read a workbook that LibreOffice has recalculated; sheets in their order."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl names the extensions that it drops
        shown, written = load_workbook(path, data_only=True), load_workbook(path)
    sheets = {}
    for sheet in shown.worksheets:
        filled = (c for row in sheet.iter_rows() for c in row if c.value is not None)
        values = {c.coordinate: c.value for c in filled}
        computed = (c for r in written[sheet.title].iter_rows() for c in r if c.data_type == "f")
        formulas = {c.coordinate: normalised(_formula(c.value)) for c in computed}
        # LibreOffice writes truth values as formulas.
        plain = {a: f for a, f in formulas.items() if f not in ("=TRUE()", "=FALSE()")}
        sheets[sheet.title] = Sheet(values, plain)
    return sheets


def _formula(value: Any) -> str:
    """Return a formula's text; array formulas come wrapped."""
    return str(getattr(value, "text", None) or value)


def normalised(formula: str) -> str:
    """Return a formula in the one spelling that all its spellings share.

    Upper case outside quotes, no spaces, no `$`, no needless quotes around sheet names, none of the
    prefixes that files give to newer functions.

    Example:
        >>> normalised("= sum( $B$2:b9 )+'Jan'!C1")
        '=SUM(B2:B9)+JAN!C1'
    """
    parts = []
    for index, part in enumerate(re.split(r'("(?:[^"]|"")*")', formula)):
        if index % 2 == 0:
            part = re.sub(r"'([A-Za-z_][A-Za-z0-9_.]*)'!", r"\1!", part)
            part = re.sub(r"\s+|\$", "", part).upper()
            part = part.replace("_XLFN.", "").replace("_XLWS.", "")
        parts.append(part)
    return re.sub(r"^=?\+*", "=", "".join(parts), count=1)


def _same(found: Any, expected: Any, tolerance: float = TOLERANCE) -> bool:
    if isinstance(found, _DATES) and isinstance(expected, str):
        return found.isoformat() in (expected, f"{expected}T00:00:00")
    if isinstance(expected, bool) or isinstance(found, bool):
        # Truth values are numbers to LibreOffice: a file that it wrote may hold either.
        return found in (0, 1) and expected in (0, 1) and found == expected
    if isinstance(expected, (int, float)):
        if not isinstance(found, (int, float)):
            return False
        return math.isclose(found, expected, rel_tol=tolerance, abs_tol=tolerance)
    if expected in (None, ""):
        return found in (None, "")
    return bool(found == expected)


def _show(value: Any) -> str:
    if value in (None, ""):
        return "nothing"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return f"{value:.15g}"
    if isinstance(value, _DATES):
        return value.isoformat().removesuffix("T00:00:00")
    text = str(value)
    if text in ERROR_CODES:
        return f"the error {text}"
    return f"the text {text if len(text) <= 60 else text[:57] + '...'!r}"


def _refers(formula: str) -> bool:
    """Whether a formula reads any cell: one that does not is a number in disguise."""
    try:
        items = Tokenizer(formula).items
    except Exception:  # openpyxl gives up on rare syntax; the benefit of the doubt
        return True
    return any(t.type == Token.OPERAND and t.subtype == Token.RANGE for t in items)


def _place(sheets: Mapping[str, Sheet], cell: str) -> tuple[Sheet, str]:
    """Return the sheet and the address of a cell's full name."""
    name, _, address = cell.rpartition("!")
    name = name.strip("'")
    if name and name not in sheets:
        raise Unreadable(f"there is no sheet {name!r}; the sheets are {', '.join(sheets)}")
    if not sheets:
        raise Unreadable("the workbook has no sheet with cells")
    return sheets[name] if name else next(iter(sheets.values())), address.replace("$", "").upper()


def _wanted(cell: str, spec: Any) -> dict[str, Any]:
    """Return what a cell is wanted to hold, as a table of the known keys."""
    table = dict(spec) if isinstance(spec, Mapping) else {"value": spec}
    for key in table:
        if key not in _KEYS:
            raise TaskError(f"cell {cell}: {key!r} is none of {', '.join(_KEYS)}")
    if not table:
        raise TaskError(f"cell {cell}: nothing is wanted of it")
    return table


def cells(artefacts: Artefacts, cells: Mapping[str, Any]) -> list[Check]:
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
    sheets = _read(artefacts.recalculated)
    hint = ""
    if artefacts.untouched:
        hint = "; the file is still the one that the episode began with: was it saved?"
    checks = []
    for cell, spec in cells.items():
        try:
            wrong = _cell(artefacts, sheets, cell, _wanted(cell, spec))
        except Unreadable as e:
            wrong = str(e)
        checks.append(Check(cell, not wrong, f"{wrong}{hint}" if wrong else ""))
    return checks


def _cell(
    artefacts: Artefacts, sheets: Mapping[str, Sheet], cell: str, wanted: Mapping[str, Any]
) -> str:
    """Say what is wrong with a cell; "" if nothing is."""
    sheet, address = _place(sheets, cell)
    found, formula = sheet.values.get(address), sheet.formulas.get(address)
    tolerance = float(wanted.get("tolerance", TOLERANCE))
    asked = wanted.get("formula")
    if asked and formula is None:
        return f"a formula was asked for, found {_show(found)}"
    if asked is True and formula is not None and not _refers(formula):
        return f"its formula {formula} reads no cell"
    if isinstance(asked, str) and formula != normalised(asked):
        return f"expected the formula {asked}, found {formula}"
    if "value" in wanted and not _same(found, wanted["value"], tolerance):
        by = f" from {formula}" if formula else ""
        return f"expected {_show(wanted['value'])}, found {_show(found)}{by}"
    if "what_if" in wanted:
        return _what_if(artefacts, cell, wanted["what_if"], tolerance)
    return ""


def _what_if(artefacts: Artefacts, cell: str, what_if: Any, tolerance: float) -> str:
    """Say how a cell fails to follow a change of others; "" if it follows."""
    if not isinstance(what_if, Mapping) or set(what_if) != {"set", "value"}:
        raise TaskError(f"cell {cell}: what_if must be a table of 'set' and 'value'")
    sheet, address = _place(_read(artefacts.what_if(what_if["set"])), cell)
    found = sheet.values.get(address)
    if _same(found, what_if["value"], tolerance):
        return ""
    changes = ", ".join(f"{c} to {_show(v)}" for c, v in what_if["set"].items())
    return (
        f"with {changes} it must show {_show(what_if['value'])}, but shows {_show(found)}"
        f" ({sheet.formulas.get(address) or 'no formula'})"
    )


def _inside(ranges: str | Iterable[str], first: str) -> dict[str, list[tuple[int, ...]]]:
    """Return ranges as boxes (left column, top row, right, bottom) by sheet."""
    listed = ranges.split(",") if isinstance(ranges, str) else list(ranges)
    boxes: dict[str, list[tuple[int, ...]]] = {}
    for text in filter(None, (r.strip() for r in listed)):
        sheet, _, address = text.rpartition("!")
        try:
            box = range_boundaries(address)
        except (ValueError, TypeError):
            raise TaskError(f"{text!r} is no range, such as 'A1:C9' or 'Sheet2!B2'") from None
        # Whole columns and rows come without some of their edges.
        whole = tuple(
            most if edge is None else edge
            for edge, most in zip(box, (1, 1, 16384, 1048576), strict=True)
        )
        boxes.setdefault(sheet.strip("'") or first, []).append(whole)
    return boxes


def unchanged(artefacts: Artefacts, outside: str | Iterable[str] = "") -> list[Check]:
    """Check that nothing else changed: the sheets, and what the cells outside some ranges hold.

    Formulas are compared as formulas: what they show may follow from cells that were to change.

    Args:
        artefacts: What the agent left.
        outside: Ranges that may change, such as "A1:C9,Sheet2!B2"; ranges without a sheet are on
            the first one.

    Raises:
        Unreadable: If the document is missing or no workbook.
        TaskError: If the arguments are wrong.
    """
    after, before = _read(artefacts.recalculated), _read(artefacts.initial_recalculated)
    names = Check("sheets", list(before) == list(after))
    if not names.passed:
        names = Check(
            "sheets", False, f"the sheets were {', '.join(before)}, are now {', '.join(after)}"
        )
    boxes = _inside(outside, next(iter(before), ""))
    differences: list[str] = []
    for name in before:
        if name in after:
            differences += _differences(name, before[name], after[name], boxes.get(name, []))
    detail = "; ".join(differences[:_SHOWN])
    if len(differences) > _SHOWN:
        detail += f"; and {len(differences) - _SHOWN} more"
    return [names, Check("other cells", not differences, detail)]


def _differences(
    name: str, before: Sheet, after: Sheet, boxes: list[tuple[int, ...]]
) -> Iterable[str]:
    """Yield, for people, where two sheets differ outside some boxes, from the top down."""
    touched = set(before.values) | set(after.values) | set(before.formulas) | set(after.formulas)
    at = {address: range_boundaries(address)[:2] for address in touched}
    for address in sorted(touched, key=lambda a: at[a][::-1]):
        column, row = at[address]
        if any(x <= column <= xx and y <= row <= yy for x, y, xx, yy in boxes):
            continue
        old, new = before.formulas.get(address), after.formulas.get(address)
        if old is None and new is None:
            was, now = before.values.get(address), after.values.get(address)
            if not _same(now, was):
                yield f"{name}!{address} held {_show(was)}, now {_show(now)}"
        elif old != new:
            was_text = old or _show(before.values.get(address))
            yield f"{name}!{address} held {was_text}, now {new or _show(after.values.get(address))}"
