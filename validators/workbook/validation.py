"""Data validity: which values cells accept, and whether a list offers them."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final
from xml.etree import ElementTree

from openpyxl.formula.translate import Translator, TranslatorError
from openpyxl.utils import get_column_letter, range_boundaries

from cuagym.artefacts import Artefacts
from cuagym.errors import TaskError, nearest
from cuagym.validators._aspects import compared
from cuagym.validators._checks import by_key
from cuagym.validators.workbook import _read
from cuagym.validators.workbook._aspects import ASPECTS
from cuagym.validators.workbook._ranges import Box, Part
from cuagym.validators.workbook._read import Book
from cuagym.validators.workbook._values import show
from cuagym.validators.workbook.names import defined
from cuagym.verdict import Check

__all__ = ["validation"]

_TYPES: Final = ("list", "whole", "decimal")
_KEYS: Final = {"list": ("type", "values", "dropdown"), "whole": ("type", "min", "max")}
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LIST: Final = "{http://schemas.microsoft.com/office/spreadsheetml/2011/1/ac}list"
_ADDRESS: Final = re.compile(r"[A-Z]+\d+(:[A-Z]+\d+)?|[A-Z]+:[A-Z]+", re.I)
_BETWEEN: Final = ("between", "greaterThanOrEqual", "greaterThan", "lessThanOrEqual", "lessThan")


@dataclass(frozen=True)
class _Rule:
    """One rule of a sheet, as LibreOffice stores it.

    Attributes:
        boxes: The cells that it is for.
        type: Such as `list`, `whole`, `decimal`, `textLength`.
        operator: Such as `between`.
        formulas: Its one or two formulas.
        entries: What a list typed into the dialog holds, separated by commas; None if a formula.
        refuses: Whether other values are refused, and not merely remarked upon or let through.
        dropdown: Whether a list is offered in the cell.
    """

    boxes: tuple[Box, ...]
    type: str
    operator: str
    formulas: tuple[str, ...]
    entries: str | None
    refuses: bool
    dropdown: bool

    def covers(self, column: int, row: int) -> bool:
        """Whether it is for a cell."""
        return any(x <= column <= xx and y <= row <= yy for x, y, xx, yy in self.boxes)

    def seen_from(self, address: str) -> _Rule:
        """Return it as it applies to one of its cells: references without $ move along."""
        first = f"{get_column_letter(self.boxes[0][0])}{self.boxes[0][1]}"
        try:
            moved = [
                Translator(f"={formula}", first).translate_formula(address)[1:]
                for formula in self.formulas
            ]
        except TranslatorError:  # out of the sheet
            return self
        return replace(self, formulas=tuple(moved))


def validation(
    artefacts: Artefacts, cells: Annotated[Mapping[str, Any], by_key(_check_wanted)]
) -> list[Check]:
    """Check which values cells accept, one check for each range.

    What is allowed is worked out: a list may be typed into the rule, stand in cells or have a name;
    bounds may be numbers or cells. Other values must be refused, not only warned of. That empty
    cells are allowed makes no difference.

    Args:
        artefacts: What the agent left.
        cells: By range, such as "Sales!D2:D9", what its cells must accept: a table of `type`
            ("list", "whole" for whole numbers, "decimal" for any numbers) and, of a list, `values`
            (in any order) and `dropdown` (whether the cell must offer them; true if not given); of
            numbers, `min` and `max`, both of them allowed values, either may be missing. None where
            there must be no rule.

    Raises:
        Unreadable: If the document is missing or no workbook, or lacks a sheet.
        TaskError: If the arguments are wrong.
    """
    book = _read.left(artefacts)
    checks = []
    for cell, wanted in cells.items():
        _check_wanted(cell, wanted)
        sheet, address = _read.place(book, cell)
        left, top, right, bottom = _box(address)
        rules = _rules(book, sheet.name)
        said: dict[str, list[str]] = {}
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                at = f"{get_column_letter(column)}{row}"
                rule = next((r.seen_from(at) for r in rules if r.covers(column, row)), None)
                wrong = _wrong(book, sheet.name, rule, wanted)
                said.setdefault(wrong, []).append(at)
        said.pop("", None)
        detail = "; ".join(f"{_shortened(where)}: {wrong}" for wrong, where in said.items())
        checks.append(Check(f"validity of {cell}", not detail, detail))
    return checks


def _check_wanted(cell: str, wanted: Any) -> None:
    """Refuse what is no description of a rule."""
    if wanted is None:
        return
    if not isinstance(wanted, Mapping) or wanted.get("type") not in _TYPES:
        raise TaskError(f"cells {cell}: type must be one of {', '.join(_TYPES)}, got {wanted!r}")
    known = _KEYS["list" if wanted["type"] == "list" else "whole"]
    for key in wanted:
        if key not in known:
            raise TaskError(
                f"cells {cell}: {key!r} is none of {', '.join(known)}{nearest(key, known)}"
            )
    if wanted["type"] == "list" and not isinstance(wanted.get("values"), (list, tuple)):
        raise TaskError(f"cells {cell}: a list needs its 'values'")
    if wanted["type"] != "list" and "min" not in wanted and "max" not in wanted:
        raise TaskError(f"cells {cell}: numbers need a 'min' or a 'max'")


def _wrong(book: Book, sheet: str, rule: _Rule | None, wanted: Any) -> str:
    """Say how a cell's rule is not the wanted one; "" if it is."""
    if wanted is None:
        return f"no rule was expected, found {_said(book, sheet, rule)}" if rule else ""
    if rule is None:
        return "there is no rule: every value is allowed"
    if not rule.refuses:
        return "its rule does not refuse other values (the error alert is off, or only warns)"
    if wanted["type"] == "list":
        found = _allowed(book, sheet, rule)
        if found is None:
            return f"expected a list of values, found {_said(book, sheet, rule)}"
        if not _alike(found, wanted["values"]):
            return f"expected the list {_listed(wanted['values'])}, found {_listed(found)}"
        if wanted.get("dropdown", True) and not rule.dropdown:
            return "its list is not offered in the cell (the selection list is off)"
        return ""
    low, high = wanted.get("min"), wanted.get("max")
    if rule.type == wanted["type"] and _bounds(book, sheet, rule) == (low, high):
        return ""
    if wanted["type"] == "whole" and None not in (low, high) and high - low < 10_000:
        if _alike(_allowed(book, sheet, rule) or [], list(range(int(low), int(high) + 1))):
            return ""  # all of them listed is the same
    return f"expected {_numbers(wanted['type'], low, high)}, found {_said(book, sheet, rule)}"


def _alike(found: Sequence[Any], wanted: Sequence[Any]) -> bool:
    """Whether two lists hold the same values, in any order; numbers in a list are texts."""
    return {_text(v) for v in found} == {_text(v) for v in wanted}


def _text(value: Any) -> str:
    return f"{value:.15g}" if isinstance(value, (int, float)) else str(value)


def _allowed(book: Book, sheet: str, rule: _Rule) -> list[Any] | None:
    """Return what a list allows; None where the rule is no list, or one that is computed."""
    if rule.type != "list":
        return None
    if rule.entries is not None:
        line = " ".join(rule.entries.split("\n"))
        return [e.strip() for e in next(csv.reader([line], skipinitialspace=True), [])]
    return _cells_of(book, sheet, rule.formulas[0] if rule.formulas else "")


def _cells_of(book: Book, sheet: str, formula: str) -> list[Any] | None:
    """Return the values in a range or behind a name, without empty ones; None if it is neither."""
    plain = formula.replace("$", "").lstrip("=")
    by_name = {key.split("!")[-1].upper(): text for key, text in defined(book).items()}
    plain = by_name.get(plain.upper(), plain)
    sheet_of, _, address = plain.rpartition("!")
    place = book.sheets.get(sheet_of.strip("'") or sheet)
    if place is None or not _ADDRESS.fullmatch(address):
        return None
    left, top, right, bottom = _box(address)
    # Values by address come row by row, as they are stored.
    at = {a: _box(a)[:2] for a in place.values}
    inside = [a for a, (c, r) in at.items() if left <= c <= right and top <= r <= bottom]
    return [place.values[a] for a in inside if place.values[a] != ""]


def _bounds(book: Book, sheet: str, rule: _Rule) -> tuple[float | None, float | None] | None:
    """Return the least and the greatest allowed number; None where it is no such rule."""
    if rule.operator not in _BETWEEN:
        return None
    numbers = [_number(book, sheet, formula) for formula in rule.formulas]
    # LibreOffice stores a second formula, 0, where the operator has one only.
    first, second = [*numbers, None, None][:2]
    if first is None or (rule.operator == "between" and second is None):
        return None
    step = 1 if rule.type == "whole" else 0
    if step == 0 and rule.operator in ("greaterThan", "lessThan"):
        return None  # the bound itself is not allowed
    return {
        "between": (first, second),
        "greaterThanOrEqual": (first, None),
        "greaterThan": (first + step, None),
        "lessThanOrEqual": (None, first),
        "lessThan": (None, first - step),
    }[rule.operator]


def _number(book: Book, sheet: str, formula: str) -> float | None:
    try:
        return float(formula)
    except ValueError:
        found = _cells_of(book, sheet, formula) or []
        alone = found[0] if len(found) == 1 else None
        return alone if isinstance(alone, (int, float)) else None


@ASPECTS.offer("validation")
def _validation(was: Book, now: Book, part: Part) -> Iterator[str]:
    """Which values cells accept; of rules that begin in what is looked at."""
    old, new = (
        {
            f"the validity of {sheet}!{_address(box)}": _said(book, sheet, rule)
            for sheet in book.sheets
            for rule in _rules(book, sheet)
            for box in rule.boxes
            if part.has(sheet, *box[:2])
        }
        for book in (was, now)
    )
    yield from compared(old, new)


def _rules(book: Book, sheet: str) -> list[_Rule]:
    """Return a sheet's rules; openpyxl does not read lists with commas in their entries."""
    part = f"xl/worksheets/sheet{list(book.sheets).index(sheet) + 1}.xml"
    with zipfile.ZipFile(book.path) as file:
        root = ElementTree.fromstring(file.read(part))
    return [_rule(element) for element in root.iter(f"{_MAIN}dataValidation")]


def _rule(element: ElementTree.Element) -> _Rule:
    formulas = [f.text or "" for i in "12" for f in element.iter(f"{_MAIN}formula{i}")]
    special = next(element.iter(_LIST), None)
    entries = None if special is None else special.text or ""
    if entries is None and formulas and formulas[0].startswith('"'):
        entries = formulas[0].strip('"').replace('""', '"')
    return _Rule(
        tuple(_box(address) for address in element.get("sqref", "").split()),
        element.get("type", "none"),
        element.get("operator", "between"),
        tuple(formulas),
        entries,
        _on(element, "showErrorMessage") and element.get("errorStyle", "stop") == "stop",
        not _on(element, "showDropDown"),  # the format's name says the opposite of what it does
    )


def _on(element: ElementTree.Element, key: str) -> bool:
    return element.get(key, "0") in ("1", "true")


def _box(address: str) -> Box:
    left, top, right, bottom = range_boundaries(address)
    return left or 1, top or 1, right or 16384, bottom or 1048576


def _address(box: Box) -> str:
    left, top, right, bottom = box
    first, last = f"{get_column_letter(left)}{top}", f"{get_column_letter(right)}{bottom}"
    return first if first == last else f"{first}:{last}"


def _said(book: Book, sheet: str, rule: _Rule) -> str:
    """Return a rule in words."""
    allowed = _allowed(book, sheet, rule)
    if allowed is not None:
        said = f"the list {_listed(allowed)}" + ("" if rule.dropdown else " (not offered)")
    elif rule.type in ("whole", "decimal") and (bounds := _bounds(book, sheet, rule)):
        said = _numbers(rule.type, *bounds)
    else:
        formulas = " and ".join(rule.formulas[: 2 if "etween" in rule.operator else 1])
        said = f"the rule {rule.type} {rule.operator} {formulas}"
    return said + ("" if rule.refuses else " (others are not refused)")


def _numbers(type: str, low: float | None, high: float | None) -> str:
    kind = "whole numbers" if type == "whole" else "numbers"
    least = "" if low is None else f" from {show(low)}"
    return kind + least + ("" if high is None else f" up to {show(high)}")


def _listed(values: Sequence[Any]) -> str:
    return ", ".join(_text(v) for v in values) or "without values"


def _shortened(addresses: Sequence[str]) -> str:
    if len(addresses) <= 3:
        return ", ".join(addresses)
    return f"{addresses[0]} to {addresses[-1]} ({len(addresses)} cells)"
