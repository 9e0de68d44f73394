"""Nothing else changed, and equality with a gold document."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx.enum.text import WD_BREAK

from cuagym.grading import Grader
from cuagym.task import TaskInstance, ValidatorSpec
from cuagym.validators.document._aspects import ASPECTS

from .conftest import (
    ITEMS,
    PARAGRAPHS,
    REPORT,
    Change,
    Judge,
    changed,
    failures,
    find,
    instance,
    made,
    report,
)

ALL = sorted(ASPECTS)


def inserted(document: Any) -> None:
    find(document, "Ships came").insert_paragraph_before("A new line.")


def removed(document: Any) -> None:
    paragraph = find(document, "ropes")._p
    paragraph.getparent().remove(paragraph)


def rewritten(document: Any) -> None:
    find(document, "Ships came").runs[0].text = "Nothing of the kind happened."


def moved(document: Any) -> None:
    paragraph = find(document, "two more")._p
    find(document, "Ships came")._p.addprevious(paragraph)


def reworded(document: Any) -> None:
    run = find(document, "Ships came").runs[0]
    run.text = run.text.replace("late in March", "early in May")


TOLD: list[tuple[Change, str, list[str]]] = [
    (inserted, "paragraph 4 ('A new line.') is new", ["A new line."]),
    (removed, "paragraph 8 ('ropes') is gone", ["=ropes"]),
    (rewritten, "expected 'Ships came late in March, and the harbour was closed twice.'", ["#4"]),
    (reworded, "found 'Ships came early in May, and the harbour was closed twice.'", ["#3-4"]),
    (moved, "is gone", ["two more"]),
]


@pytest.mark.parametrize(("change", "says", "outside"), TOLD)
def test_what_changed_is_told_and_may_be_left_out(
    judge: Judge, change: Change, says: str, outside: list[str]
) -> None:
    left = changed(REPORT, change)
    told = failures(judge(REPORT, left, "unchanged"))
    assert set(told) == {"text"} and says in told["text"], told
    verdict = judge(REPORT, left, "unchanged", outside=outside)
    assert verdict.success, failures(verdict)
    assert not judge(REPORT, left, "unchanged", outside=["=Overview", "table 1"]).success


def test_one_inserted_paragraph_makes_no_other_differ(judge: Judge) -> None:
    told = failures(judge(REPORT, changed(REPORT, inserted), "unchanged", aspects=ALL))
    assert told == {"text": "paragraph 4 ('A new line.') is new"}


def test_an_empty_paragraph_may_come_with_a_page_break(judge: Judge) -> None:
    def ctrl_enter(document: Any) -> None:
        empty = find(document, "Ships came").insert_paragraph_before()
        empty.add_run().add_break(WD_BREAK.PAGE)

    left = changed(REPORT, ctrl_enter)
    wanted = {"Ships came": {"page_break": True}}
    assert judge(REPORT, left, "paragraphs", wanted=wanted, only=True).success
    assert set(failures(judge(REPORT, left, "unchanged"))) == {"text"}
    verdict = judge(REPORT, left, "unchanged", outside=["#empty"])
    assert verdict.success, failures(verdict)


def test_a_selector_written_elsewhere_frees_nothing(judge: Judge) -> None:
    def change(document: Any) -> None:
        find(document, "Ships came").runs[0].text += " ropes"

    left = changed(REPORT, change)
    assert not judge(REPORT, left, "unchanged", outside=["ropes"]).success


def test_every_aspect_is_alike_in_a_document_and_itself(judge: Judge) -> None:
    again = changed(REPORT, lambda document: None)
    verdict = judge(REPORT, again, "unchanged", aspects=ALL)
    assert verdict.success and len(verdict.checks) == len(ALL)


def test_a_gold_document(judge: Judge) -> None:
    gold = {"gold": changed(REPORT, reworded)}
    args: dict[str, Any] = {"gold": "gold.docx", "aspects": ALL}
    assert judge(REPORT, changed(REPORT, reworded), "equals_gold", files=gold, **args).success
    told = failures(judge(REPORT, REPORT, "equals_gold", files=gold, **args))
    assert set(told) == {"text"}
    assert "expected 'Ships came early in May" in told["text"]
    verdict = judge(REPORT, REPORT, "equals_gold", files=gold, outside="Ships came", **args)
    assert verdict.success


def test_a_gold_document_that_is_not_there_or_none(grader: Grader) -> None:
    for name, says in (
        ("gold.dox", "did you mean 'gold.docx'"),
        ("other.docx", "no text document"),
    ):
        spec = ValidatorSpec("document.equals_gold", {"gold": name})
        task = instance(REPORT, spec, gold=REPORT, other=b"nothing")
        assert says in grader.grade(task, {"text.docx": REPORT}, "", "success").fault


Converted = Callable[[bytes, str], bytes]


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Converted:
    """Have LibreOffice store a docx document in another format."""
    folder: Path = tmp_path_factory.mktemp("converted")

    def converted(data: bytes, suffix: str) -> bytes:
        (folder / "text.docx").write_bytes(data)
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
            + ["--convert-to", suffix, "--outdir", str(folder / "out"), str(folder / "text.docx")],
            env={**os.environ, "TMPDIR": str(folder)},
            check=True,
            capture_output=True,
            timeout=60,
        )
        return (folder / "out" / f"text.{suffix}").read_bytes()

    return converted


@pytest.mark.parametrize("suffix", ["odt", "rtf", "doc"])
def test_other_formats(grader: Grader, converted: Converted, suffix: str) -> None:
    name = f"text.{suffix}"
    right, wrong = converted(REPORT, suffix), converted(changed(REPORT, reworded), suffix)
    specs = (
        ValidatorSpec("document.text", {"contains": [*PARAGRAPHS, "Aurora"]}),
        ValidatorSpec(
            "document.headings", {"wanted": [[1, "Overview"], [2, "Needs"], [1, "Ships"]]}
        ),
        ValidatorSpec("document.lists", {"wanted": {f"={item}": "bullet" for item in ITEMS}}),
        ValidatorSpec("document.tables", {"wanted": [{"size": [3, 3]}], "count": 1}),
        ValidatorSpec("document.unchanged", {"aspects": ALL}),
    )
    task = TaskInstance("t/t", "word", files={name: right}, open=name, validators=specs)
    verdict = grader.grade(task, {name: right}, "", "success")
    assert verdict.success, failures(verdict)
    verdict = grader.grade(task, {name: wrong}, "", "success")
    assert not verdict.fault and len(failures(verdict)) == 2, failures(verdict)


def test_plain_text(grader: Grader) -> None:
    lines = b"first line\nsecond line\n"
    specs = (
        ValidatorSpec("document.text", {"paragraphs": ["first line", "second line"]}),
        ValidatorSpec("document.unchanged"),
    )
    task = TaskInstance("t/t", "word", files={"a.txt": lines}, open="a.txt", validators=specs)
    assert grader.grade(task, {"a.txt": lines}, "", "success").success
    other = grader.grade(task, {"a.txt": lines.replace(b"second", b"third")}, "", "success")
    assert len(failures(other)) == 2


def test_a_long_document_is_compared_in_time(judge: Judge) -> None:
    def many(document: Any) -> None:
        for number in range(3000):
            document.add_paragraph(f"line {number % 50}")

    def other(document: Any) -> None:
        report(document)
        many(document)

    told = failures(judge(made(many), made(other), "unchanged"))
    assert "is new" in told["text"]
