"""Text documents, and the real grader that judges them."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml

from cuagym.grading import Grader
from cuagym.task import TaskInstance, ValidatorSpec
from cuagym.verdict import Verdict

Change = Callable[[Any], object]
Judge = Callable[..., Verdict]
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def changed(data: bytes, change: Change) -> bytes:
    """A document after python-docx has changed it."""
    document = docx.Document(BytesIO(data))
    change(document)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def made(change: Change) -> bytes:
    """A new document of python-docx, filled."""
    document = docx.Document()
    change(document)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def xml(markup: str) -> Any:
    """An element from its markup, without the first and last bracket: "w:b/"."""
    name = markup.partition(" ")[0].partition(">")[0].rstrip("/")
    return parse_xml(f"<{name} {W}{markup[len(name) :]}>")


def failures(verdict: Verdict) -> dict[str, str]:
    """The checks that failed, by name, with their reasons, less what is said of unsaved files."""
    return {
        c.name: c.detail.split("; the file is still")[0] for c in verdict.checks if not c.passed
    }


def instance(initial: bytes, *specs: ValidatorSpec, **gold: bytes) -> TaskInstance:
    """A task on a document; gold files by name, `gold` for gold.docx."""
    return TaskInstance(
        id="test/document",
        app="word",
        files={"text.docx": initial},
        gold={(n if "." in n else f"{n}.docx"): data for n, data in gold.items()},
        open="text.docx",
        validators=specs,
    )


@pytest.fixture
def judge(grader: Grader) -> Judge:
    """Judge a document that began as `initial` with one validator."""

    def judge(
        initial: bytes,
        left: bytes | None,
        validator: str,
        files: dict[str, bytes] | None = None,
        **args: Any,
    ) -> Verdict:
        task = instance(initial, ValidatorSpec(f"document.{validator}", args), **(files or {}))
        verdict = grader.grade(task, {} if left is None else {"text.docx": left}, "", "success")
        assert not verdict.fault, verdict.fault
        return verdict

    return judge


PARAGRAPHS = (
    "The harbour report covers the first quarter.",
    "Ships came late in March, and the harbour was closed twice.",
    "The harbour master asks for two more cranes.",
)
ITEMS = ("cranes", "ropes", "lamps")
STEPS = ("ask the council", "sign the order")
ROWS = [["Ship", "Port", "Tons"], ["Aurora", "Oslo", "120"], ["Borea", "Bergen", "95"]]


def report(document: Any) -> None:
    """A report with headings, text, lists and a table."""
    document.add_heading("Harbour", 0)
    document.add_heading("Overview", 1)
    for text in PARAGRAPHS:
        document.add_paragraph(text)
    document.add_heading("Needs", 2)
    for text in ITEMS:
        document.add_paragraph(text, style="List Bullet")
    for text in STEPS:
        document.add_paragraph(text, style="List Number")
    document.add_heading("Ships", 1)
    table = document.add_table(len(ROWS), len(ROWS[0]), style="Table Grid")
    for row, texts in zip(table.rows, ROWS, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.add_paragraph("End of the report.")


REPORT = made(report)


def find(document: Any, text: str) -> Any:
    """The paragraph of the body that contains a text."""
    return next(p for p in document.paragraphs if text in p.text)


def mark(paragraph: Any, text: str) -> Any:
    """The run of a text in a paragraph, made one of its own."""
    whole = paragraph.text
    before, _, after = whole.partition(text)
    style = paragraph.runs[0].style
    for run in paragraph.runs[1:]:
        run._r.getparent().remove(run._r)
    paragraph.runs[0].text = before
    run = paragraph.add_run(text)
    paragraph.add_run(after)
    run.style = style
    return run
