"""Grading documents without a desktop: a task file's and an installed family's."""

from __future__ import annotations

import json

import pytest
from openpyxl import Workbook

from cuagym import cli

TASK = """
id = "sales/total"
app = "excel"
instruction = "Put the total into B4."
open = "book.xlsx"
[[validators]]
name = "workbook.cells"
weight = 3
cells = { B4 = { value = 3, formula = true } }
[[validators]]
name = "workbook.unchanged"
outside = "B4"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, total in {"book": None, "formula": "=SUM(B2:B3)", "number": 3}.items():
        book = Workbook()
        for address, value in {"B2": 1, "B3": 2, "B4": total}.items():
            book.active[address] = value
        book.save(f"{name}.xlsx")
    (tmp_path / "task.toml").write_text(TASK)
    return tmp_path


def test_for_people(folder, capsys):
    assert cli.main(["verdict", "task.toml", "--state", "formula.xlsx"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "passed  B4" and lines[-1] == "sales/total: success, score 1.00"
    assert cli.main(["verdict", "task.toml", "--state", "number.xlsx"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "FAILED  B4: a formula was asked for, found 3"
    assert lines[-1] == "sales/total: FAILURE, score 0.25"


@pytest.mark.parametrize(
    ("words", "success", "says"),
    [
        (["--state", "formula.xlsx"], True, ""),
        (["--state", "formula.xlsx", "--status", "failure"], False, "terminated with failure"),
        (["--state", "book.xlsx"], False, "a formula was asked for, found nothing"),
        (["--state", "task.toml"], False, "it is not a readable zip archive"),
    ],
)
def test_for_machines(folder, capsys, words, success, says):
    assert cli.main(["verdict", "task.toml", "--json", *words]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"success", "score", "checks", "fault"}
    assert told["success"] is success and told["fault"] is None
    assert any(says in check["detail"] for check in told["checks"])


def test_a_fault_is_told_and_is_an_exit_code(folder, capsys):
    gold = '[[validators]]\nname = "workbook.equals_gold"\ngold = "formula.xlsx"\n'
    (folder / "task.toml").write_text(f'{TASK}{gold}ranges = "Shet!A1"\n')
    words = ["verdict", "task.toml", "--state", "formula.xlsx"]
    assert cli.main([*words, "--json"]) == 1
    assert "did you mean 'Sheet'" in json.loads(capsys.readouterr().out)["fault"]
    assert cli.main(words) == 1
    assert "sales/total: FAULT: " in capsys.readouterr().out


def test_an_id_and_a_seed(folder, capsys):
    from cuagym.pack import find

    task = find("excel/monthly-total")[0].instance(5)
    (folder / "left.xlsx").write_bytes(task.files[task.open])
    words = ["verdict", "excel/monthly-total", "--seed", "5", "--state", "left.xlsx", "--json"]
    assert cli.main(words) == 0
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert {c["name"]: c["passed"] for c in checks}["cells"]
    assert [c["name"] for c in checks if not c["passed"]]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["task.toml", "--state", "bok.xlsx"], "no document 'bok.xlsx'; did you mean 'book.xlsx'"),
        (["tsk.toml", "--state", "book.xlsx"], "no task file 'tsk.toml'; did you mean 'task.toml'"),
        (["excel/monthly-*", "--state", "book.xlsx", "--sandbox", "rnc"], "did you mean 'runc'"),
        (["excel/*", "--state", "book.xlsx"], "tasks, one is wanted"),
    ],
)
def test_what_is_wrong_is_one_line(folder, capsys, words, says):
    assert cli.main(["verdict", *words]) == cli.WRONG
    said = capsys.readouterr()
    assert said.out == "" and says in said.err and said.err.count("\n") == 1
