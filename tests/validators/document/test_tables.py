"""Tables."""

from __future__ import annotations

from typing import Any

import pytest
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH

from .conftest import REPORT, ROWS, Change, Judge, changed, failures, xml


def on_table(change: Change) -> bytes:
    return changed(REPORT, lambda d: change(d.tables[0]))


def header(table: Any) -> None:
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        cell._tc.get_or_add_tcPr().append(
            xml('w:shd w:val="clear" w:color="auto" w:fill="D9D9D9"/')
        )


def repeated(table: Any) -> None:
    table.rows[0]._tr.get_or_add_trPr().append(xml("w:tblHeader/"))


def merged(table: Any) -> None:
    table.cell(1, 0).merge(table.cell(2, 0))


def styled(table: Any) -> None:
    table.style = "Light Grid Accent 1"


def right(table: Any) -> None:
    table.alignment = WD_TABLE_ALIGNMENT.RIGHT


def bare(table: Any) -> None:
    table.style = "Normal Table"


LOOK = {"bold": True, "fill": "#D9D9D9", "align": "center"}
WANTED: list[tuple[str, Change, dict[str, Any], str]] = [
    ("looks", header, {"looks": {"1:1": LOOK}}, "A1 is not bold"),
    ("repeat", repeated, {"repeat": 1}, "its repeat is 0, expected 1"),
    ("merged", merged, {"merged": ["A2:A3"]}, "its merged cells are none, expected A2:A3"),
    (
        "style",
        styled,
        {"style": "Light Grid Accent 1"},
        "its style is Table Grid, expected Light Grid Accent 1",
    ),
    ("align", right, {"align": "right"}, "its align is left, expected right"),
    ("borders", bare, {"borders": "none"}, "A1 has single line on its left"),
]


@pytest.mark.parametrize(("name", "change", "wanted", "says"), WANTED, ids=[w[0] for w in WANTED])
def test_what_is_asked_for_passes_and_the_table_as_it_was_fails(
    judge: Judge, name: str, change: Change, wanted: dict[str, Any], says: str
) -> None:
    verdict = judge(REPORT, on_table(change), "tables", wanted=[wanted])
    assert verdict.success, failures(verdict)
    told = failures(judge(REPORT, REPORT, "tables", wanted=[wanted]))
    assert told == {f"table 1 {name}": says}


def test_texts_size_and_lines(judge: Judge) -> None:
    wanted = {"rows": ROWS, "size": [3, 3], "borders": "all", "merged": []}
    assert judge(REPORT, REPORT, "tables", wanted=[wanted], count=1).success
    other = {"table": "Aurora", "rows": [ROWS[0], ROWS[1], ["Borea", None, "96"]]}
    told = failures(judge(REPORT, REPORT, "tables", wanted=[other], count=2))
    assert told == {
        "number of tables": "there are 1 tables, expected 2",
        "table with 'Aurora' rows": "row 3: column C says '95', expected '96'",
    }
    free = {"rows": [ROWS[0], ROWS[2], ROWS[1]], "ordered": False}
    assert judge(REPORT, REPORT, "tables", wanted=[free]).success
    told = failures(judge(REPORT, REPORT, "tables", wanted=[{"table": 2, "size": [1, 1]}]))
    assert told == {"table 2 size": "there is no table 2: there are 1"}


def test_an_empty_row_has_no_looks(judge: Judge) -> None:
    def cleared(table: Any) -> None:
        for cell in table.rows[0].cells:
            cell.text = ""

    wanted = [{"looks": {"1:1": {"bold": False}}}]
    assert judge(REPORT, REPORT, "tables", wanted=wanted).success
    told = failures(judge(REPORT, on_table(cleared), "tables", wanted=wanted))
    assert told == {"table 1 looks": "1:1 is empty"}


def swap(*texts: list[str]) -> bytes:
    def change(table: Any) -> None:
        for row, words in zip(table.rows[1:], texts, strict=True):
            for cell, word in zip(row.cells, words, strict=True):
                cell.text = word

    return on_table(change)


def test_sorted_by_size_with_rows_whole(judge: Judge) -> None:
    wanted = {"sorted_by": "C"}
    assert judge(REPORT, swap(ROWS[2], ROWS[1]), "tables", wanted=[wanted]).success
    told = failures(judge(REPORT, REPORT, "tables", wanted=[wanted]))
    assert told == {"table 1 sorted_by": "'120' in row 2 comes before '95'"}
    assert judge(REPORT, REPORT, "tables", wanted=[{"sorted_by": ["-C", "A"]}]).success
    torn = swap(["Aurora", "Oslo", "95"], ["Borea", "Bergen", "120"])
    told = failures(judge(REPORT, torn, "tables", wanted=[wanted]))
    assert told == {"table 1 sorted_by": "the row Aurora | Oslo | 120 is gone"}


def test_the_aspects_tell_cells_shapes_and_looks(judge: Judge) -> None:
    told = failures(judge(REPORT, swap(ROWS[1], ["Borea", "Bergen", "9"]), "unchanged"))
    name = "table 1, row 3, column 3, paragraph 1 ('95')"
    assert told == {"tables": f"{name} says '9' now"}
    told = failures(judge(REPORT, on_table(lambda t: t.add_row()), "unchanged"))
    assert told == {"tables": "table 1 had 3 rows and 3 columns, now 4 rows and 3 columns"}
    told = failures(judge(REPORT, on_table(header), "unchanged", aspects=["table looks", "tables"]))
    assert list(told) == ["table looks"]
    assert "A1 of table 1 was filled with nothing, is now #D9D9D9" in told["table looks"]
    left = swap(ROWS[1], ["Borea", "Bergen", "9"])
    assert judge(REPORT, left, "unchanged", outside="table 1, row 3").success
    assert judge(REPORT, left, "unchanged", outside=["table 1"]).success
    assert not judge(REPORT, left, "unchanged", outside=["table 1, row 2"]).success


def test_a_table_that_is_gone_or_new(judge: Judge) -> None:
    def gone(document: Any) -> None:
        table = document.tables[0]._tbl
        table.getparent().remove(table)

    told = failures(judge(REPORT, changed(REPORT, gone), "unchanged"))
    assert told["tables"].startswith("there were 1 tables, are now 0; table 1, row 1, column 1")
    told = failures(judge(REPORT, changed(REPORT, lambda d: d.add_table(2, 2)), "unchanged"))
    assert told["tables"] == "there were 1 tables, are now 2"


def test_cells_of_tables_that_many_programs_write(judge: Judge) -> None:
    def wrapped(table: Any) -> None:
        """A row in a content control, as Word's forms have them."""
        row = table.rows[1]._tr
        control = xml("w:sdt><w:sdtContent/></w:sdt")
        row.addprevious(control)
        control[0].append(row)

    verdict = judge(REPORT, on_table(wrapped), "tables", wanted=[{"rows": ROWS}])
    assert verdict.success, failures(verdict)


def test_a_table_has_a_place(judge: Judge) -> None:
    def blank(document: Any) -> None:
        document.tables[0]._tbl.addprevious(document.add_paragraph()._p)

    place = {"table": 1, "after": "Ships", "before": "End of the report."}
    for left in (REPORT, changed(REPORT, blank)):
        assert judge(REPORT, left, "tables", wanted=[place]).success
    told = failures(judge(REPORT, REPORT, "tables", wanted=[{"after": "End", "before": "Ships"}]))
    assert told == {
        "table 1 after": "it comes after 'Ships', expected 'End'",
        "table 1 before": "it comes before 'End of the report.', expected 'Ships'",
    }
