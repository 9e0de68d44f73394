"""Which cells conditional formats highlight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, FormulaRule, Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle

from cuagym.documents import workbook_bytes
from cuagym.grading import Grader
from cuagym.task import TaskInstance, ValidatorSpec
from cuagym.verdict import Verdict

Judge = Callable[..., Verdict]
RED = PatternFill("solid", bgColor="FF9999", fgColor="FF9999")
GREEN = PatternFill("solid", bgColor="CCFFCC", fgColor="CCFFCC")
WHITE = Font(color="FFFFFF", bold=True)


def book(*rules: tuple[str, Rule]) -> bytes:
    made = Workbook()
    sheet = made.worksheets[0]
    for row in (
        ["Item", "Min", "Stock"],
        ["Lamp", 20, 12],
        ["Desk", 10, 40],
        ["Chair", 15, 25],
        ["Shelf", 30, 24],
        ["Rug", 30, 90],
    ):
        sheet.append(row)
    for cells, rule in rules:
        sheet.conditional_formatting.add(cells, rule)
    return workbook_bytes(made)


def below(limit: str = "25", fill: PatternFill = RED, **more: Any) -> Rule:
    return CellIsRule(operator="lessThan", formula=[limit], fill=fill, **more)


def ruled(kind: str, **args: Any) -> Rule:
    return Rule(type=kind, dxf=DifferentialStyle(fill=RED), **args)


def failures(verdict: Verdict) -> dict[str, str]:
    return {c.name: c.detail for c in verdict.checks if not c.passed}


LOW: dict[str, Any] = {
    "within": "C2:C6",
    "cells": ["C2", "C5"],
    "look": {"fill": "red"},
    "what_if": [{"set": {"C3": 24.75, "C4": 25, "C2": 26}, "cells": ["C3", "C5"]}],
}


def test_right_rules_pass_however_they_are_put(judge: Judge, resaved: Any) -> None:
    right = {
        "cell": book(("C2:C6", below())),
        "column": book(("C1:C1000", below())),
        "formula": book(("C2:C6", FormulaRule(formula=["$C2<25"], fill=RED))),
        "and": book(("A2:C6", FormulaRule(formula=["AND(COLUMN()=3,$C2<25)"], fill=RED))),
        "two": book(("C2:C3", below()), ("C4:C6", below("5*5"))),
        "not": book(("C2:C6", CellIsRule("greaterThanOrEqual", ["25"], fill=GREEN)),
                    ("C2:C6", below())),
    }  # fmt: skip
    for name, data in [*right.items(), *resaved(right).items()]:
        verdict = judge(book(), data, "highlighted", **LOW)
        assert verdict.success, (name, failures(verdict))


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ([], "there is no conditional format on the sheet"),
        ([("C2:C6", below("26"))], "C4 should not be highlighted"),
        ([("C2:C6", below("24.5"))], "C3 should be highlighted"),
        ([("C2:C5", below("13"))], "C5 should be highlighted"),
        ([("C2:C6", below(fill=GREEN))], "C2 is highlighted, but with fill #CCFFCC"),
        ([("B2:B6", below())], "C2, C5 should be highlighted; B2, B3, B4 should not"),
        ([("B2:C6", below())], "B2, B3, B4 should not be highlighted"),
        ([("C2:C6", CellIsRule("lessThanOrEqual", ["25"], fill=RED))], "C4 should not be"),
        ([("C2:C6", CellIsRule("greaterThan", ["25"], fill=RED))], "C3, C6 should not be"),
        ([("C3:C6", FormulaRule(formula=["C2<25"], fill=RED))], "C2, C5 should be highlighted; C3"),
        ([("C2:C6", ColorScaleRule(start_type="min", start_color="FF0000", end_type="max",
                                   end_color="00FF00"))], "C2, C5 should be highlighted"),
    ],
)  # fmt: skip
def test_nearly_right_rules_fail_with_a_reason(judge: Judge, rules: Any, says: str) -> None:
    found = failures(judge(book(), book(*rules), "highlighted", **LOW))
    assert any(says in detail for detail in found.values()), found


@pytest.mark.parametrize(
    ("rule", "cells"),
    [
        (CellIsRule("between", ["24", "25"], fill=RED), ["C4", "C5"]),
        (CellIsRule("notBetween", ["24", "25"], fill=RED), ["C2", "C3", "C6"]),
        (CellIsRule("lessThan", ["$B2"], fill=RED), ["C2", "C5"]),
        (CellIsRule("equal", ["40"], font=WHITE), ["C3"]),
        (ruled("top10", rank=2), ["C3", "C6"]),
        (ruled("top10", rank=20, percent=True, bottom=True), ["C2"]),
        (ruled("aboveAverage"), ["C3", "C6"]),
        (ruled("aboveAverage", aboveAverage=False), ["C2", "C4", "C5"]),
        (ruled("duplicateValues"), []),
        (ruled("uniqueValues"), ["C2", "C3", "C4", "C5", "C6"]),
    ],
)
def test_rules_of_every_kind_are_evaluated(judge: Judge, rule: Rule, cells: list[str]) -> None:
    data = book(("C2:C6", rule))
    verdict = judge(book(), data, "highlighted", within="C2:C6", cells=cells)
    assert verdict.success, failures(verdict)


def test_texts_can_be_highlighted(judge: Judge) -> None:
    text = ruled("containsText", operator="containsText", text="ha")
    text.formula = ['NOT(ISERROR(SEARCH("ha",A2)))']
    verdict = judge(book(), book(("A2:A6", text)), "highlighted", within="A2:A6", cells=["A4"])
    assert verdict.success, failures(verdict)
    begins = ruled("beginsWith", operator="beginsWith", text="L")
    begins.formula = ['LEFT(A2,1)="L"']
    data = book(("A2:A6", begins))
    assert judge(book(), data, "highlighted", within="A2:A6", cells=["A2"]).success


def test_the_aspect(judge: Judge) -> None:
    initial, left = book(("B2:B6", below())), book(("B2:B6", below("26")), ("C2:C6", below()))
    found = failures(judge(initial, left, "unchanged", aspects=["conditional"]))["conditional"]
    assert "Sheet had the conditional format B2:B6 cellIs lessThan 25" in found
    assert "has a new conditional format C2:C6 cellIs lessThan 25 (fill #FF9999)" in found
    left = book(("B2:B6", below()), ("C2:C6", below()))
    verdict = judge(initial, left, "unchanged", aspects=["conditional"], outside="C:C")
    assert verdict.success, failures(verdict)


def test_wrong_arguments_are_faults(grader: Grader) -> None:
    for args, says in (
        ({"within": "C2:C6", "cells": [], "look": {"fil": "red"}}, "did you mean 'fill'"),
        ({"within": "C2:C6", "cells": [], "what_if": [{"set": {}}]}, "'set', a table, and 'cells'"),
    ):
        spec = ValidatorSpec("workbook.highlighted", args)
        files = {"b.xlsx": book()}
        task = TaskInstance("t/t", "excel", files=files, open="b.xlsx", validators=(spec,))
        assert says in grader.grade(task, files, "", "success").fault
