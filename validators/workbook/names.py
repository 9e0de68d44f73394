"""Defined names: the ranges that they stand for, and formulas that use them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

from cuagym.artefacts import Artefacts
from cuagym.errors import nearest
from cuagym.validators._aspects import compared
from cuagym.validators.workbook import _read
from cuagym.validators.workbook._aspects import ASPECTS
from cuagym.validators.workbook._ranges import Part
from cuagym.validators.workbook._read import Book
from cuagym.verdict import Check

__all__ = ["defined", "names"]

_BUILT_IN: Final = re.compile(r"_xlnm\.|_FilterDatabase|HTML_|__Anonymous_Sheet_DB__", re.I)
_RANGE: Final = re.compile(
    r"(?:(?P<sheet>'(?:[^']|'')+'|[^'!]+)!)?(?P<first>[A-Z]+\d+)(?::(?P<last>[A-Z]+\d+))?"
)


def names(
    artefacts: Artefacts,
    wanted: Mapping[str, str] | None = None,
    used: Mapping[str, str] | None = None,
) -> list[Check]:
    """Check defined names, one check for each.

    Names of the whole workbook and of a single sheet count alike; those that applications define
    for themselves (print ranges, filters) do not count.

    Args:
        artefacts: What the agent left.
        wanted: By name, in its exact spelling, the range that it stands for, such as "Sales!B2:B9"
            or, on the first sheet, "B2:B9"; any spelling of the range will do ($, quotes).
        used: By cell, such as "Sales!B10", a name that its formula must use.

    Raises:
        Unreadable: If the document is missing or no workbook, or lacks the sheet of a cell.
    """
    book = _read.left(artefacts)
    found = defined(book)
    checks = []
    for name, target in (wanted or {}).items():
        expected = _spelled(target, _read.first_sheet(book))
        stands_for = [text for key, text in found.items() if key.split("!")[-1] == name]
        detail = ""
        if not stands_for:
            known = sorted({key.split("!")[-1] for key in found})
            detail = f"there is no name {name!r}; the names are {', '.join(known) or 'none at all'}"
            detail += nearest(name, known)
        elif expected.upper() not in [text.upper() for text in stands_for]:
            detail = f"expected {name!r} to stand for {expected}, found {stands_for[0]}"
        checks.append(Check(f"name {name}", not detail, detail))
    for cell, name in (used or {}).items():
        sheet, address = _read.place(book, cell)
        formula = sheet.formulas.get(address)
        detail = ""
        if formula is None:
            detail = f"a formula that uses the name {name!r} was asked for, found none"
        elif name.upper() not in _names_in(formula):
            detail = f"its formula {formula} does not use the name {name!r}"
        checks.append(Check(f"use of {name} in {cell}", not detail, detail))
    return checks


def defined(book: Book) -> dict[str, str]:
    """Return what names stand for, in one spelling; a sheet's own are called `Sheet!Name`."""
    out = {}
    for scope, held in (
        ("", book.written.defined_names),
        *((f"{s.name}!", s.written.defined_names) for s in book.sheets.values()),
    ):
        for name, definition in held.items():
            if not _BUILT_IN.match(name):
                out[f"{scope}{name}"] = _spelled(definition.attr_text or "", "")
    return out


@ASPECTS.offer("names")
def _names(was: Book, now: Book, part: Part) -> Iterator[str]:
    """Defined names and what they stand for; those of ranges that begin in what is looked at."""
    old, new = (
        {f"the name {n}": text for n, text in defined(book).items() if _within(text, part)}
        for book in (was, now)
    )
    yield from compared(old, new, "stood for")


def _within(text: str, part: Part) -> bool:
    match = _RANGE.fullmatch(text)
    if match is None or not match["sheet"]:
        return True  # a constant or an expression lies nowhere: it is always looked at
    return part.has_range(match["sheet"].strip("'").replace("''", "'"), match["first"])


def _spelled(text: str, first: str) -> str:
    """Return a range as `Sheet!A1:B2`, or as `Sheet!A1` where it is one cell; others as they are.

    Example:
        >>> _spelled("'Sales'!$B$2:$B$9", "")
        'Sales!B2:B9'
    """
    plain = text.replace("$", "").lstrip("=").strip()
    match = _RANGE.fullmatch(plain) or _RANGE.fullmatch(plain.upper())
    if match is None:
        return plain
    sheet = plain.rpartition("!")[0] or first
    sheet = sheet.strip("'").replace("''", "'")
    last = match["last"]
    cells = match["first"] if last in (None, match["first"]) else f"{match['first']}:{last}"
    return f"{sheet}!{cells}" if sheet else cells


def _names_in(formula: str) -> set[str]:
    """Return the names that a formula uses, in upper case, without their sheets."""
    items = Tokenizer(formula).items
    operands = (t.value for t in items if t.type == Token.OPERAND and t.subtype == Token.RANGE)
    return {operand.rpartition("!")[2].upper() for operand in operands}
