"""The reader of the markup that LibreOffice writes: nothing is overlooked, wherever it is cut."""

from __future__ import annotations

from io import BytesIO

import pytest

from cuagym.errors import Fault
from cuagym.validators.workbook import _stored
from cuagym.validators.workbook._stored import Cells

ROWS = (
    '<row r="1"><c r="A1" s="1"/><c r="B1" s="0" t="s"><v>1</v></c>'
    '<c r="C1" s="0" t="n"><v>2.5</v></c><c r="D1" t="b"><v>1</v></c></row>'
    '<row r="2"><c r="A2" s="0" t="str"><f aca="false">B1&amp;&quot;&lt;&quot;</f>'
    '<v>x&lt;</v></c><c r="B2" s="0" t="e"><f aca="false">1/0</f><v>#DIV/0!</v></c></row>'
    '<row r="3"><c r="A3" s="0" t="n" cm="1"><f t="array" ref="A3:A4" aca="false">B1:B2</f>'
    "<v>7</v></c></row>"
    '<row r="4"><c r="A4" s="0" t="n"><v>8</v></c></row>'
    '</sheetData><mergeCells count="1"><mergeCell ref="C1:D1"/></mergeCells>'
)


def read(markup: str) -> Cells:
    return _stored._sheet(BytesIO(markup.encode()), [_stored._number] * 2, ["zero", "one"])


@pytest.mark.parametrize("piece", [1, 7, 100, 2**24])
def test_values_formulas_arrays_and_merged_cells(
    piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_stored, "_PIECE", piece)
    found = read(ROWS)
    assert found.values == {
        "B1": "one",
        "C1": 2.5,  # D1 lies under it
        "A2": "x<",
        "B2": "#DIV/0!",
        "A3": 7,
        "A4": 8,
    }
    assert found.formulas == {
        "A2": '=B1&"<"',
        "B2": "=1/0",
        "A3": "=B1:B2",
        "A4": "=B1:B2",
    }


@pytest.mark.parametrize(
    "cell", ['<c t="n" r="A9"><v>1</v></c>', '<c r="A9" t="inlineStr"><is><t>x</t></is></c>']
)
def test_a_cell_in_a_spelling_that_is_not_known_is_a_fault_and_not_overlooked(cell: str) -> None:
    known = '<c r="B9" s="0" t="n"><v>2</v></c>'
    assert read(f'<row r="9">{known}</row>').values == {"B9": 2}
    with pytest.raises(Fault, match="a spelling that is not known"):
        read(f'<row r="9">{cell}{known}</row>')
