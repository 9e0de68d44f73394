"""Checks of files beside the document, in both directions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook

from cuagym.documents import workbook_bytes
from cuagym.grading import Grader
from cuagym.task import TaskInstance, ValidatorSpec
from cuagym.verdict import Verdict

BOOK = workbook_bytes(Workbook())
START = {"book.xlsx": BOOK, "notes.txt": b"one\ntwo\n"}
ROWS = [
    ["Code", "Contact", "Since", "Amount"],
    ["A-1", "Kaya, Ines", "2026-03-01", 1150],
    ["A-2", 'Ann "Bo" Li', "2025-12-24", -7.5],
    ["A-3", "Zo\u00eb", None, 0.125],
]
CSV = (
    "Code,Contact,Since,Amount\n"
    'A-1,"Kaya, Ines",2026-03-01,"1,150.00"\n'
    'A-2,"Ann ""Bo"" Li",2025-12-24,-7.50\n'
    "A-3,Zo\u00eb,,12.5%\n"
)
Judge = Callable[..., Verdict]


@pytest.fixture
def judge(grader: Grader) -> Judge:
    def judge(
        left: dict[str, bytes], validator: str, /, fault: bool = False, **args: Any
    ) -> Verdict:
        task = TaskInstance(
            id="test/files",
            app="excel",
            files=START,
            open="book.xlsx",
            validators=(ValidatorSpec(f"files.{validator}", args),),
        )
        verdict = grader.grade(task, {**START, **left}, "", "success")
        assert bool(verdict.fault) is fault, verdict
        return verdict

    return judge


def failures(verdict: Verdict) -> dict[str, str]:
    return {c.name: c.detail for c in verdict.checks if not c.passed}


def said(verdict: Verdict) -> str:
    return "; ".join(failures(verdict).values())


@pytest.mark.parametrize(
    "data",
    [
        CSV.encode(),
        CSV.encode("utf-8-sig"),
        CSV.encode("utf-16"),
        CSV.encode("cp1252"),
        CSV.replace("\n", "\r\n").encode(),
        CSV.replace("2026-03-01", "03/01/2026").encode(),
        CSV.replace('"1,150.00"', "1150").encode(),
        CSV.replace("12.5%", "0.125").encode() + b"\n\n",
        b'"Code","Contact","Since","Amount"\n' + CSV.partition("\n")[2].encode(),
    ],
)
def test_a_table_passes_however_it_is_written(judge: Judge, data: bytes) -> None:
    assert judge({"list.csv": data}, "table", name="list.csv", rows=ROWS, delimiter=",").success


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_delimiter_counts_where_it_was_asked_for(judge: Judge, delimiter: str) -> None:
    lines = [["A", "B"], ["1", "2,5"], ["x", "y"]]
    data = "\n".join(delimiter.join(line) for line in lines).encode()
    rows = [["A", "B"], [1, 2.5], ["x", "y"]]
    assert judge({"t.csv": data}, "table", name="t.csv", rows=rows).success
    assert judge({"t.csv": data}, "table", name="t.csv", rows=rows, delimiter=delimiter).success
    verdict = judge({"t.csv": data}, "table", name="t.csv", rows=rows, delimiter=",")
    assert "separated by" in said(verdict) and "expected commas" in said(verdict)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("A-2", "A-9", "row 3, field 1: expected 'A-2', found 'A-9'"),
        ("1,150.00", "1,151.00", "row 2, field 4: expected 1150, found '1,151.00'"),
        ("2026-03-01", "2026-03-02", "row 2, field 3: expected '2026-03-01'"),
        ("Code,Contact,Since,Amount\n", "", "it has 3 rows, expected 4"),
        ("Amount\n", "Amount,Extra\n", "row 1, field 5: expected nothing, found 'Extra'"),
        ("Zo\u00eb", "Zo", "row 4, field 2"),
        ("-7.50", "7.50", "row 3, field 4: expected -7.5, found '7.50'"),
    ],
)
def test_a_table_that_differs_says_where(judge: Judge, old: str, new: str, says: str) -> None:
    data = CSV.replace(old, new).encode()
    verdict = judge({"list.csv": data}, "table", name="list.csv", rows=ROWS, delimiter=",")
    assert says in said(verdict)


def test_nought_is_nought_and_nothing_is_nothing(judge: Judge) -> None:
    rows = [["n", "what"], [0, ""], [False, None]]
    right = b"n,what\n0,\nFALSE,\n"
    assert judge({"t.csv": right}, "table", name="t.csv", rows=rows, delimiter=",").success
    wrong = b"n,what\n,0\nFALSE,\n"
    verdict = judge({"t.csv": wrong}, "table", name="t.csv", rows=rows, delimiter=",")
    assert "row 2, field 1: expected 0, found ''" in str(verdict)


def test_missing_files_and_workbooks_are_no_tables(judge: Judge) -> None:
    verdict = judge({"list.CSV": b"x"}, "table", name="list.csv", rows=ROWS)
    assert "there is no file 'list.csv' (there are: book.xlsx, list.CSV, notes.txt)" in str(verdict)
    verdict = judge({"list.csv": BOOK}, "table", name="list.csv", rows=ROWS)
    assert "is no text, whatever its name says" in str(verdict)
    assert not judge({"list.csv": b""}, "table", name="list.csv", rows=ROWS).success


def test_files_that_exist_and_that_do_not(judge: Judge) -> None:
    assert judge({"a.csv": b"x"}, "exists", names=["a.csv", "book.xlsx"], absent=["b.csv"]).success
    assert "there is no file 'a.csv'" in said(judge({}, "exists", names="a.csv"))
    verdict = judge({"b.csv": b"x"}, "exists", names=[], absent=["b.csv"])
    assert "it should not exist" in said(verdict)


def test_files_that_are_unchanged(judge: Judge) -> None:
    assert judge({}, "unchanged", names=["notes.txt", "book.xlsx"]).success
    verdict = judge({"notes.txt": b"one\n"}, "unchanged", names="notes.txt")
    assert "its contents have changed" in said(verdict)
    assert (
        "begins without a file 'x.txt'" in judge({}, "unchanged", fault=True, names="x.txt").fault
    )


def test_texts(judge: Judge) -> None:
    changed = {"notes.txt": b"one \r\ntwo\r\nthree"}
    wanted = {"equals": "one\ntwo\nthree\n", "contains": ["two\nthree", "one"]}
    assert judge(changed, "text", name="notes.txt", **wanted).success
    verdict = judge({}, "text", name="notes.txt", **wanted)
    assert "line 3: expected 'three', found nothing" in said(verdict)
    assert "there is no 'two\\nthree'" in said(verdict)
    assert "nothing is wanted" in judge({}, "text", fault=True, name="notes.txt").fault
    assert "nothing is wanted" in judge({}, "table", fault=True, name="notes.txt", rows=[]).fault
