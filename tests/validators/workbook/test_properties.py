"""Properties of workbook checks: what matters is seen wherever it is, what does not never is."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill

from cuagym.documents import workbook_bytes
from cuagym.grading import Grader
from cuagym.task import TaskInstance, ValidatorSpec
from cuagym.verdict import Verdict

Change = Callable[[Workbook], object]
Rewrite = Callable[[bytes], bytes]

CONSTANTS: Final[dict[str, Any]] = {
    "Sales!A2": "Ada Novak",
    "Sales!A3": "Kenji <Sato> & Co",
    "Sales!B2": 1200.5,
    "Sales!B3": 99,
    "Sales!B4": -3e-05,
    "Sales!C2": datetime.datetime(2026, 3, 1),
    "Sales!C3": datetime.datetime(2026, 3, 2, 12, 30),
    "Sales!D2": True,
    "Sales!D3": False,
    "O'Brien & Co!A1": " padded ",
    "O'Brien & Co!B2": 7,
}
FORMULAS: Final = {
    "Sales!B6": "=SUM(B2:B4)",
    "Sales!B7": '=IF(B2>B3,"more than","less")',
    "Sales!C6": "=C2+1",
    "Sales!D6": "=AND(D2,D3)",
    "O'Brien & Co!C1": "=Sales!B2*B2",
    "Sales!E6": "=B2/0",
}


def _split(name: str) -> tuple[str, str]:
    sheet, _, address = name.rpartition("!")
    return sheet, address


def _right() -> Workbook:
    book = Workbook()
    book.active.title = "Sales"
    book.create_sheet("O'Brien & Co")
    for name, value in {**CONSTANTS, **FORMULAS}.items():
        sheet, address = _split(name)
        book[sheet][address] = value
    for address in ("C2", "C3", "C6"):
        book["Sales"][address].number_format = "yyyy-mm-dd hh:mm"
    book["Sales"]["A2"].font = Font(bold=True)
    return book


RIGHT: Final = workbook_bytes(_right())
WANTED: Final[dict[str, Any]] = {
    "B2": 1200.5,
    "C2": "2026-03-01",
    "D2": True,
    "B6": {"formula": True, "value": 1299.49997},
    "'O''Brien & Co'!C1": {"formula": "=Sales!B2*B2", "value": 8403.5},
}
UNCHANGED: Final = ValidatorSpec("workbook.unchanged")
GOLD: Final = ValidatorSpec("workbook.equals_gold", {"gold": "gold.xlsx"})
CELLS: Final = ValidatorSpec("workbook.cells", {"cells": WANTED})


def _task(*validators: ValidatorSpec) -> TaskInstance:
    return TaskInstance(
        id="test/properties",
        app="excel",
        files={"book.xlsx": RIGHT},
        gold={"gold.xlsx": RIGHT},
        open="book.xlsx",
        validators=validators,
    )


@pytest.fixture(scope="module")
def grade(grader: Grader) -> Callable[..., Verdict]:
    """Judge a workbook that ought to be as `RIGHT`."""

    def grade(left: bytes, *validators: ValidatorSpec) -> Verdict:
        verdict = grader.grade(_task(*validators), {"book.xlsx": left}, status="success")
        assert not verdict.fault
        return verdict

    return grade


def _rewritten(replace: Callable[[str, bytes], bytes], order: int = 1) -> Rewrite:
    def rewrite(data: bytes) -> bytes:
        out = BytesIO()
        with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
            for entry in source.infolist()[::order]:
                target.writestr(entry.filename, replace(entry.filename, source.read(entry)))
        return out.getvalue()

    return rewrite


def _sheets_only(change: Callable[[bytes], bytes]) -> Rewrite:
    return _rewritten(lambda name, part: change(part) if "/sheet" in name else part)


def _inline(data: bytes) -> bytes:
    """Texts in the cells instead of in the table of texts."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if "xl/sharedStrings.xml" not in archive.namelist():
            return data  # openpyxl writes none
        table = re.findall(rb"<si>(.*?)</si>", archive.read("xl/sharedStrings.xml"), re.DOTALL)

    def inline(part: bytes) -> bytes:
        return re.sub(
            rb't="s"><v>(\d+)</v>',
            lambda m: b't="inlineStr"><is>%s</is>' % table[int(m[1])],
            part,
        )

    return _sheets_only(inline)(data)


def _opened(change: Change) -> Rewrite:
    def rewrite(data: bytes) -> bytes:
        book = load_workbook(BytesIO(data))
        change(book)
        return workbook_bytes(book)

    return rewrite


def _restyled(book: Workbook) -> None:
    book["Sales"].column_dimensions["A"].width = 44
    book["Sales"]["B2"].fill = PatternFill("solid", fgColor="FFFF00")
    book["Sales"]["Z99"].font = Font(italic=True)


def _noisy(book: Workbook) -> None:
    book["Sales"]["B2"] = 1200.5 * (1 + 1e-12)
    book["O'Brien & Co"]["B2"] = 7 - 1e-12


def _serial(book: Workbook) -> None:
    book["Sales"]["C2"] = 46082
    book["Sales"]["C2"].number_format = "dd/mm/yy"


def _spelled(book: Workbook) -> None:
    book["Sales"]["B6"] = "=sum( $B$2:b4 )"
    book["O'Brien & Co"]["C1"] = "='Sales'!$B2 * B$2"
    book["Sales"]["B7"] = '=+If( B2>B3 , "more than" , "less" )'


CACHED: Final = re.compile(rb"</f><v>[^<]*</v>|</f><v ?/>")
MARKUP: Final = ("inline texts", "no cached values", "order of parts", "wrong cached values")
"""What is done to the markup, last: openpyxl and LibreOffice would undo it."""
NEUTRAL: Final[dict[str, Rewrite]] = {
    "openpyxl": _opened(lambda book: None),
    "order of parts": _rewritten(lambda _, part: part, order=-1),
    "inline texts": _inline,
    "no cached values": _sheets_only(lambda p: CACHED.sub(b"</f>", p)),
    "wrong cached values": _sheets_only(lambda p: CACHED.sub(b"</f><v>123</v>", p)),
    "looks": _opened(_restyled),
    "noise": _opened(_noisy),
    "date as serial": _opened(_serial),
    "spelling": _opened(_spelled),
    "empty text": _opened(lambda book: book["Sales"].__setitem__("H9", "")),
}
BOUNDED: Final = settings(max_examples=15, deadline=None, derandomize=True, database=None)


@BOUNDED
@given(
    names=st.lists(st.sampled_from(sorted(NEUTRAL)), min_size=1, max_size=3, unique=True),
    through=st.booleans(),
)
def test_what_does_not_matter_passes(
    grader: Grader, grade: Callable[..., Verdict], names: list[str], through: bool
) -> None:
    data = RIGHT
    for name in (n for n in names if n not in MARKUP):
        data = NEUTRAL[name](data)
    if through:
        data = grader.stored_again("book.xlsx", data)
    for name in (n for n in names if n in MARKUP):
        data = NEUTRAL[name](data)
    verdict = grade(data, CELLS, UNCHANGED, GOLD)
    assert verdict.success, verdict


def test_ranges_on_a_sheet_that_the_gold_workbook_lacks_compare_nothing_and_are_told(
    grader: Grader,
) -> None:
    args = {"gold": "gold.xlsx", "ranges": "Sale!A1:C9"}
    task = _task(ValidatorSpec("workbook.equals_gold", args))
    fault = grader.grade(task, {"book.xlsx": RIGHT}, status="success").fault
    assert "the gold workbook has no sheet 'Sale'; did you mean 'Sales'" in fault


def _otherwise(value: Any) -> st.SearchStrategy[Any]:
    """Values that a cell must not hold instead."""
    if isinstance(value, bool):
        return st.sampled_from([not value, str(value), None])
    if isinstance(value, (int, float)):
        near = st.sampled_from([value + 1, -value, value * 1.01 + 0.01, str(value), None])
        return near | st.integers(10_000, 10**9) | st.just(f"{value} ")
    if isinstance(value, datetime.datetime):
        later = st.timedeltas(datetime.timedelta(minutes=1), datetime.timedelta(days=999))
        return st.builds(lambda t: value + t, later) | st.just(str(value)) | st.just(None)
    other = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1)
    texts = other.filter(lambda t: t != value and t[0] not in "='+-@" and not t.startswith("#"))
    return texts | st.sampled_from([value.swapcase(), value + "!", value[1:], None, 0])


@BOUNDED
@given(data=st.data())
def test_another_value_anywhere_fails(grade: Callable[..., Verdict], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(CONSTANTS)))
    other = data.draw(_otherwise(CONSTANTS[name]))
    sheet, address = _split(name)
    left = _opened(lambda book: book[sheet].__setitem__(address, other))(RIGHT)
    for validator in (UNCHANGED, GOLD):
        verdict = grade(left, validator)
        assert not verdict.success and f"{name} held" in str(verdict), (name, other)
    if address in WANTED and sheet == "Sales":
        assert not grade(left, CELLS).success


@BOUNDED
@given(
    name=st.sampled_from(sorted(FORMULAS)),
    other=st.integers(100_000, 10**6) | st.sampled_from(["=B2", "=1+1", "text", None]),
)
def test_another_formula_anywhere_fails(
    grade: Callable[..., Verdict], name: str, other: Any
) -> None:
    sheet, address = _split(name)
    left = _opened(lambda book: book[sheet].__setitem__(address, other))(RIGHT)
    for validator in (UNCHANGED, GOLD):
        assert not grade(left, validator).success, (name, other)


@BOUNDED
@given(row=st.integers(1, 40), column=st.integers(1, 30), sheet=st.sampled_from([0, 1]))
def test_a_stray_cell_anywhere_fails(
    grade: Callable[..., Verdict], row: int, column: int, sheet: int
) -> None:
    def stray(book: Workbook) -> None:
        book.worksheets[sheet].cell(row, column, "stray")

    left = _opened(stray)(RIGHT)
    assert not grade(left, UNCHANGED).success
    assert not grade(left, GOLD).success


def test_a_formula_s_value_typed_is_only_a_value(grade: Callable[..., Verdict]) -> None:
    left = _opened(lambda book: book["Sales"].__setitem__("B6", 1299.49997))(RIGHT)
    assert grade(left, GOLD).success
    assert not grade(left, UNCHANGED).success and not grade(left, CELLS).success


SHAPES: Final[dict[str, Change]] = {
    "a sheet renamed": lambda book: setattr(book["Sales"], "title", "Sale"),
    "a sheet more": lambda book: book.create_sheet("New"),
    "a sheet less": lambda book: book.remove(book.worksheets[1]),
    "sheets in another order": lambda book: book.move_sheet("Sales", 1),
    "a row lost": lambda book: book["Sales"].delete_rows(3),
    "a row more": lambda book: book["Sales"].insert_rows(2),
    "a column lost": lambda book: book["Sales"].delete_cols(4),
}


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_another_shape_fails(grade: Callable[..., Verdict], name: str) -> None:
    left = _opened(SHAPES[name])(RIGHT)
    for validator in (UNCHANGED, GOLD):
        assert not grade(left, validator).success
