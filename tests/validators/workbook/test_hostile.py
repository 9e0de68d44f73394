"""Workbooks that mean harm, or that are merely odd: a clear verdict within a bound, and no harm."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from cuagym.documents import MAX_UNPACKED, workbook_bytes
from cuagym.grading import Grader
from cuagym.task import TaskInstance, ValidatorSpec
from cuagym.verdict import Verdict

from ..conftest import changed

SHEET = "xl/worksheets/sheet1.xml"
BOUND = 40.0
"""Seconds, on a machine with every core busy; a quiet one takes one or two at most."""


def _initial() -> bytes:
    book = Workbook()
    book.active.title = "Data"
    book.active["A1"], book.active["A2"] = 5, 7
    return workbook_bytes(book)


INITIAL = _initial()
Part = Callable[[bytes], bytes]


def rewritten(**parts: Part | bytes) -> bytes:
    """The initial workbook with some parts replaced or added, by the end of their names."""
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(INITIAL)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            data = source.read(entry)
            for name, part in parts.items():
                if callable(part) and entry.filename.endswith(f"{name}.xml"):
                    data = part(data)
            target.writestr(entry.filename, data)
        for name, part in parts.items():
            if isinstance(part, bytes):
                target.writestr(name, part)
    return out.getvalue()


def bomb(text: bytes) -> bytes:
    """A sheet whose one text would be ten thousand million characters."""
    names = b"abcdefghij"
    entities = [b'<!ENTITY a "ha">']
    for one, other in zip(names, names[1:], strict=False):
        entities.append(b'<!ENTITY %c "%s">' % (other, b"&%c;" % one * 10))
    start = text.index(b"<worksheet")
    value = text[start:].replace(b"<v>5</v>", b"<v>&j;</v>")
    return b"<!DOCTYPE worksheet [%s]>" % b"".join(entities) + value


def peeking(text: bytes) -> bytes:
    """A sheet that asks for a file of the machine."""
    start = text.index(b"<worksheet")
    sheet = text[start:].replace(b"<v>5</v>", b"<v>&x;</v>")
    return b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + sheet


@pytest.fixture
def graded(grader: Grader) -> Callable[..., Verdict]:
    """Grade what was left against the initial workbook, and see that the grader is well after."""

    def graded(files: bytes | dict[str, bytes], **cells: Any) -> Verdict:
        specs = [ValidatorSpec("workbook.unchanged")]
        if cells:
            specs = [ValidatorSpec("workbook.cells", {"cells": cells})]
        task = TaskInstance(
            id="test/hostile",
            app="excel",
            files={"book.xlsx": INITIAL},
            open="book.xlsx",
            validators=tuple(specs),
        )
        left = {"book.xlsx": files} if isinstance(files, bytes) else files
        begun = time.monotonic()
        verdict = grader.grade(task, left, status="success")
        assert time.monotonic() - begun < BOUND
        still = grader.grade(task, task.files, status="success")
        assert not still.fault
        return verdict

    return graded


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (rewritten(sheet1=bomb), "it has a document type"),
        (rewritten(sheet1=peeking), "it has a document type"),
        (rewritten(sheet1=lambda x: x[: len(x) // 2]), f"its part {SHEET!r} is damaged"),
        (rewritten(styles=lambda x: b"\x00junk"), "its part 'xl/styles.xml' is damaged"),
        (rewritten(sheet1=lambda x: x + b" " * (80 << 20)), "more than 200 times its own size"),
        (rewritten(**{"xl/vbaProject.bin": b"x"}), "it holds macros"),
        (
            rewritten(**{"[Content_Types]": lambda x: x.replace(b"sheet.main", b"x.macroEnabled")}),
            "not a workbook",
        ),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096), "a password"),
        (b"PK\x03\x04" + bytes(100), "not a readable zip"),
    ],
    ids=["laughs", "entity", "cut", "junk", "ratio", "macros", "macro type", "password", "torn"],
)
def test_files_that_are_refused(graded: Callable[..., Verdict], data: bytes, says: str) -> None:
    verdict = graded(data)
    assert not verdict.fault and not verdict.success and says in str(verdict)


def test_an_archive_that_claims_too_much_is_refused() -> None:
    from cuagym.formats import problem

    out = bytearray(INITIAL)
    at = out.rindex(b"PK\x01\x02")
    out[at + 24 : at + 28] = (MAX_UNPACKED + 1).to_bytes(4, "little")
    assert "more than the" in problem("book.xlsx", bytes(out))


def formula(text: str) -> bytes:
    return changed(INITIAL, lambda book: book.active.__setitem__("A3", text))


@pytest.mark.parametrize(
    "text",
    [
        '=WEBSERVICE("http://127.0.0.1:9/x")',
        '=DDE("soffice","/etc/passwd","A1")',
        "=cmd|'/C touch /tmp/x'!A0",
        "='file:///etc/[passwd]x'!A1",
        "=A3+1",
        "=" + "(" * 3000 + "A1" + ")" * 3000,
        "=" + "IF(A1>0," * 60 + "1" + ")" * 60,
        '=REPT("x",2000000000)',
        "=SUMPRODUCT(ROW(A1:A1048576)*TRANSPOSE(ROW(A1:A1048576)))",
    ],
    ids=["web", "dde", "command", "external", "cycle", "deep", "nested", "long", "square"],
)
def test_formulas_that_reach_out_or_never_end_show_errors(
    graded: Callable[..., Verdict], text: str
) -> None:
    assert not graded(formula(text)).success
    verdict = graded(formula(text), A1=5, A3=1)
    (wrong,) = (c for c in verdict.checks if c.name == "A3")
    assert "root:" not in wrong.detail
    # One that is merely deep is computed.
    assert wrong.passed == text.startswith("=IF") or "found" in wrong.detail
    assert verdict.checks[0].passed


def test_a_link_is_data_and_nothing_is_fetched(graded: Callable[..., Verdict]) -> None:
    def link(book: Workbook) -> None:
        book.active["A3"] = "page"
        book.active["A3"].hyperlink = "http://127.0.0.1:9/x"

    assert graded(changed(INITIAL, link), A1=5, A3="page").success


def test_a_sheet_as_wide_as_can_be(graded: Callable[..., Verdict]) -> None:
    def widen(book: Workbook) -> None:
        for column in range(1, 16385):
            book.active.cell(3, column, column)

    assert graded(changed(INITIAL, widen), A1=5, XFD3=16384).success


def test_many_rows_end_in_time(graded: Callable[..., Verdict]) -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(3, 60000))
    many = rewritten(sheet1=lambda x: x.replace(b"</sheetData>", rows + b"</sheetData>"))
    assert graded(many, A1=5, A59999=1).success
    assert "and 59992 more" in str(graded(many))


@pytest.mark.parametrize("name", ["O'Brien & Co", "a!b", "R1C1", "Ünï 表", "-1", 'x"y'])
def test_names_of_sheets(graded: Callable[..., Verdict], name: str) -> None:
    quoted = name.replace("'", "''")

    def add(book: Workbook) -> None:
        book.create_sheet(name)["B2"] = f"='{quoted}'!B3*2"
        book[name]["B3"] = 21

    wanted = {"formula": True, "what_if": {"set": {f"'{quoted}'!B3": 4}, "value": 8}}
    verdict = graded(changed(INITIAL, add), **{f"'{quoted}'!B2": wanted})
    assert verdict.success, verdict


def test_a_folder_in_the_document_s_place(graded: Callable[..., Verdict]) -> None:
    verdict = graded({"book.xlsx/inner": b"x"})
    assert not verdict.fault and "'book.xlsx' is no file" in str(verdict)
    assert "there is no file" in str(graded({}))
