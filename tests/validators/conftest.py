"""Workbooks, and the real grader that judges them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from cuagym.documents import workbook_bytes
from cuagym.grading import Grader
from cuagym.task import TaskInstance, ValidatorSpec
from cuagym.verdict import Verdict

Change = Callable[[Workbook], object]


@pytest.fixture(scope="session")
def grader() -> Iterator[Grader]:
    with Grader() as grader:
        yield grader


def changed(data: bytes, change: Change) -> bytes:
    """A workbook after openpyxl has changed it."""
    book = load_workbook(BytesIO(data))
    change(book)
    return workbook_bytes(book)


@pytest.fixture
def judge(grader: Grader) -> Callable[..., Verdict]:
    """Judge a workbook that began as `initial` with one validator."""

    def judge(initial: bytes, left: bytes | None, validator: str, **args: Any) -> Verdict:
        task = TaskInstance(
            id="test/workbook",
            app="excel",
            files={"book.xlsx": initial},
            open="book.xlsx",
            validators=(ValidatorSpec(f"workbook.{validator}", args),),
        )
        verdict = grader.grade(task, {} if left is None else {"book.xlsx": left}, "", "success")
        assert not verdict.fault
        return verdict

    return judge


@pytest.fixture(scope="session")
def resaved(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, bytes]], Any]:
    """Open workbooks in a LibreOffice of their own and store them again, all in one go."""

    def resaved(books: dict[str, bytes]) -> dict[str, bytes]:
        folder: Path = tmp_path_factory.mktemp("resaved")
        for name, data in books.items():
            (folder / f"{name}.xlsx").write_bytes(data)
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
            + ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out")]
            + [str(folder / f"{name}.xlsx") for name in books],
            env={**os.environ, "TMPDIR": str(folder)},
            check=True,
            capture_output=True,
            timeout=60,
        )
        return {name: (folder / "out" / f"{name}.xlsx").read_bytes() for name in books}

    return resaved
