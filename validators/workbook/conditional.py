"""Which cells conditional formats highlight, and how; and the aspect "conditional".

Rules become formulas, one for each cell, that LibreOffice evaluates: so it makes no difference how
a rule is put, and to which range it is attached.
"""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import openpyxl
from openpyxl.formatting.rule import Rule
from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from cuagym.artefacts import Artefacts
from cuagym.documents import workbook_bytes
from cuagym.errors import TaskError
from cuagym.validators._checks import checked, one_by_one
from cuagym.validators.workbook import _looks, _read
from cuagym.validators.workbook._aspects import ASPECTS
from cuagym.validators.workbook._ranges import Part
from cuagym.validators.workbook._read import Book
from cuagym.verdict import Check

__all__ = ["highlighted"]

_OPERATORS: Final = {
    "lessThan": "<",
    "lessThanOrEqual": "<=",
    "greaterThan": ">",
    "greaterThanOrEqual": ">=",
    "equal": "=",
    "notEqual": "<>",
}
_UNSEEN: Final = (
    "font size align vertical wrap"  # what a conditional format cannot change, or not alone
)
_HERE: Final = re.compile(r"\b(ROW|COLUMN)\(\s*\)", re.IGNORECASE)
_TRUE: Final = (True, 1)


@dataclass(frozen=True)
class _Rules:
    """The rules of one range, the one that counts most first.

    Attributes:
        ranges: The ranges that they are attached to, such as "C2:C9 E2:E9".
        rules: As openpyxl reads them.
    """

    ranges: str
    rules: tuple[Rule, ...]


def highlighted(
    artefacts: Artefacts,
    within: str,
    cells: Iterable[str],
    look: Annotated[Mapping[str, Any] | None, _known_look] = None,
    what_if: Annotated[Iterable[Mapping[str, Any]], one_by_one(_known_case)] = (),
) -> list[Check]:
    """Check which cells of a range conditional formats highlight.

    The rules are evaluated, whichever they are: comparisons, formulas, texts, averages,
    duplicates. Colour scales, data bars and icons highlight no cell. Cells that are coloured by
    hand are not highlighted.

    Args:
        artefacts: What the agent left.
        within: Where is looked, such as "C2:C20". Numbers elsewhere on that sheet must not be
            highlighted in the same look.
        cells: The cells of it that must be highlighted, such as ["C4", "C9"], and no others.
        look: How they must look, as `workbook.styles` has it: `fill`, `color`, `bold`, `italic`,
            `underline`, `strike`, `border`. Not given, any look will do that can be seen.
        what_if: Tables of `set` (values by cell of that sheet) and `cells`: which cells must be
            highlighted once these are set. It tells a right threshold from another one that happens
            to pick the same cells.

    Raises:
        Unreadable: If the document is missing or no workbook.
        TaskError: If the arguments are wrong.
    """
    book = _read.left(artefacts)
    wanted = _known_look(look)
    cases: list[tuple[str, Mapping[str, Any], list[str]]] = [("highlighted", {}, list(cells))]
    for case in what_if:
        _known_case(case)
        said = ", ".join(f"{cell} at {value}" for cell, value in case["set"].items())
        cases.append((f"highlighted with {said}", case["set"], list(case["cells"])))
    return [
        checked(f"{within} {name}", _wrong, artefacts, book, within, expected, wanted, changes)
        for name, changes, expected in cases
    ]


def _known_look(look: Mapping[str, Any] | None) -> dict[str, Any]:
    return _looks.known("look", look) if look else {}


def _known_case(case: Any) -> None:
    if (
        not isinstance(case, Mapping)
        or set(case) != {"set", "cells"}
        or not isinstance(case["set"], Mapping)
    ):
        raise TaskError("what_if: tables of 'set', a table, and 'cells' must be given")


def _wrong(
    artefacts: Artefacts,
    book: Book,
    cells: str,
    expected: list[str],
    look: Mapping[str, Any],
    changes: Mapping[str, Any],
) -> str:
    """Say how the highlighted cells of a range are not the expected ones."""
    sheet, addresses = _looks.area(book, cells)
    groups = _groups(sheet.written)
    if not groups:
        return "there is no conditional format on the sheet"
    lit = _lit(artefacts, book, sheet.name, _numbers(sheet.values, addresses), groups, changes)
    wanted = {a.replace("$", "").upper().rpartition("!")[2] for a in expected}
    # Empty where one of the rules that apply looks as it should.
    looks = {a: min((_unlike(rule, look) for rule in rules), key=len) for a, rules in lit.items()}
    said = [
        f"{a} is highlighted, but with {looks[a]}"
        for a in addresses
        if a in wanted and looks.get(a)
    ][:1]
    if missing := [a for a in addresses if a in wanted and a not in looks]:
        said.append(f"{_some(missing)} should be highlighted")
    if more := [a for a, wrong in looks.items() if a not in wanted and not wrong]:
        said.append(f"{_some(more)} should not be highlighted")
    return "; ".join(said)


def _some(addresses: list[str]) -> str:
    more = f" and {len(addresses) - 4} more" if len(addresses) > 4 else ""
    return ", ".join(addresses[:4]) + more


def _numbers(values: Mapping[str, Any], addresses: list[str]) -> list[str]:
    """Return the cells of a range, and those elsewhere on the sheet that hold numbers or dates."""
    others = [a for a, value in values.items() if not isinstance(value, (str, bool))]
    return list(dict.fromkeys((*addresses, *others)))


def _groups(sheet: Worksheet) -> list[_Rules]:
    return [
        _Rules(str(group.sqref), tuple(sorted(group.rules, key=lambda r: r.priority)))
        for group in sheet.conditional_formatting
    ]


def _unlike(rule: Rule, look: Mapping[str, Any]) -> str:
    """Say how a rule's look is not as wanted; "" if it is."""
    facts = _look(rule)
    if not look:
        seen = any(v for k, v in facts.items() if k not in _UNSEEN and not _nothing(k, v))
        return "" if seen else "a look that cannot be seen"
    wrong = (_looks.unlike(facts, name, value) for name, value in look.items())
    return ", ".join(filter(None, wrong))


def _nothing(name: str, value: Any) -> bool:
    if name == "border":
        return not any(value.values())
    return value in ("", False, 0, _looks.AUTOMATIC)


def _look(rule: Rule) -> dict[str, Any]:
    return _looks.facts(rule.dxf) if rule.dxf is not None else _looks.facts(_Plain())


class _Plain:
    """The look of a rule that has none."""

    font = fill = border = alignment = None


def _lit(
    artefacts: Artefacts,
    book: Book,
    name: str,
    addresses: list[str],
    groups: list[_Rules],
    changes: Mapping[str, Any],
) -> dict[str, list[Rule]]:
    """Return the rules that apply to each cell; of each group the first that is true."""
    asked: dict[tuple[str, int, int], str] = {}
    for g, group in enumerate(groups):
        for address in _within(addresses, group.ranges):
            for r, rule in enumerate(group.rules):
                if formula := _formula(rule, group.ranges, address):
                    asked[address, g, r] = formula
    answers = _evaluated(artefacts, book, name, asked, changes)
    lit: dict[str, list[Rule]] = {}
    for address in addresses:
        for g, group in enumerate(groups):
            for r, rule in enumerate(group.rules):
                if answers.get((address, g, r)) in _TRUE:
                    lit.setdefault(address, []).append(rule)
                    break
    return lit


def _within(addresses: list[str], ranges: str) -> list[str]:
    boxes = [range_boundaries(text) for text in ranges.split()]
    out = []
    for address in addresses:
        x, y, _, _ = range_boundaries(address)
        if any(a <= x <= c and b <= y <= d for a, b, c, d in boxes):
            out.append(address)
    return out


def _evaluated(
    artefacts: Artefacts,
    book: Book,
    name: str,
    asked: Mapping[tuple[str, int, int], str],
    changes: Mapping[str, Any],
) -> dict[tuple[str, int, int], Any]:
    """Let LibreOffice evaluate formulas, in a copy of the workbook, beside everything else."""
    if not asked:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl names the extensions that it drops
        copy = openpyxl.load_workbook(book.path)
    sheet = copy[name]
    for address, value in changes.items():
        sheet[address.rpartition("!")[2]].value = value
    column, first = get_column_letter(sheet.max_column + 9), sheet.max_row + 9
    places = {key: f"{column}{first + i}" for i, key in enumerate(asked)}
    for key, formula in asked.items():
        sheet[places[key]].value = formula
    with tempfile.NamedTemporaryFile(suffix=".xlsx", dir=book.path.parent, delete=False) as target:
        target.write(workbook_bytes(copy))
    found = _read.read(artefacts.recalculate(Path(target.name), {})).sheets[name].values
    return {key: found.get(place) for key, place in places.items()}


def _formula(rule: Rule, ranges: str, address: str) -> str:
    """Return a formula that is true where a rule applies to a cell; "" where none can be."""
    origin = ranges.split()[0].split(":")[0]
    moved = (Translator(f"={f}", origin).translate_formula(address)[1:] for f in rule.formula)
    # It is evaluated elsewhere: say where "here" is.
    given = [_HERE.sub(rf"\1({address})", formula) for formula in moved]
    everything = f"({','.join(_fixed(text) for text in ranges.split())})"
    if rule.type == "cellIs" and given:
        if rule.operator in ("between", "notBetween") and len(given) == 2:
            inside = f"AND({address}>=({given[0]}),{address}<=({given[1]}))"
            return f"={inside}" if rule.operator == "between" else f"=NOT({inside})"
        operator = _OPERATORS.get(rule.operator)
        return f"={address}{operator}({given[0]})" if operator else ""
    if rule.type in ("expression", "containsText", "notContainsText", "beginsWith", "endsWith"):
        return f"=({given[0]})<>0" if given else ""
    if rule.type in ("duplicateValues", "uniqueValues"):
        return f"=COUNTIF({_fixed(ranges.split()[0])},{address})" + (
            ">1" if rule.type == "duplicateValues" else "=1"
        )
    if rule.type == "aboveAverage":
        operator = ("<" if rule.aboveAverage is False else ">") + "=" * bool(rule.equalAverage)
        return f"={address}{operator}AVERAGE({everything})"
    if rule.type == "top10":
        rank = f"RANK({address},{everything},{1 if rule.bottom else 0})"
        most = f"{rule.rank}/100*COUNT({everything})" if rule.percent else f"{rule.rank}"
        return f"={rank}<={most}"
    if rule.type == "containsBlanks":
        return f"=LEN(TRIM({address}))=0"
    if rule.type == "notContainsBlanks":
        return f"=LEN(TRIM({address}))>0"
    return f"=ISERROR({address})" if rule.type == "containsErrors" else ""


def _fixed(text: str) -> str:
    """Return a range with `$` before everything."""
    corners = (range_boundaries(corner) for corner in text.split(":"))
    return ":".join(f"${get_column_letter(x)}${y}" for x, y, _, _ in corners)


@ASPECTS.offer("conditional")
def _conditional(was: Book, now: Book, part: Part) -> Iterator[str]:
    """Conditional formats: their ranges, rules and looks."""
    for name, before in was.sheets.items():
        after = now.sheets.get(name)
        if after is None:
            continue
        old, new = (_described(sheet.written, name, part) for sheet in (before, after))
        for text in old:
            if text not in new:
                yield f"{name} had the conditional format {text}, which is gone"
        for text in new:
            if text not in old:
                yield f"{name} has a new conditional format {text}"


def _described(sheet: Worksheet, name: str, part: Part) -> list[str]:
    out = []
    for group in _groups(sheet):
        for rule in group.rules:
            looked = [r for r in group.ranges.split() if part.has_range(name, r)]
            if looked:
                condition = " ".join(map(str, filter(None, (rule.operator, *rule.formula))))
                look = {k: v for k, v in _look(rule).items() if not _nothing(k, v)}
                looks = ", ".join(f"{k} {v}" for k, v in look.items() if k not in _UNSEEN)
                out.append(f"{' '.join(looked)} {rule.type} {condition} ({looks or 'no look'})")
    return out
