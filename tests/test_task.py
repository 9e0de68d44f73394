from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook

from cuagym.actions import Terminate, Turn
from cuagym.documents import workbook_bytes
from cuagym.errors import TaskError
from cuagym.formats import problem
from cuagym.task import Params, Screen, TaskFamily, TaskInstance, ValidatorSpec, no_task


class Greeting(TaskFamily):
    id = "test/greeting"
    app = "excel"
    capabilities = ("cell-entry",)
    horizon = 7
    text = "Write {name} into B2."

    def sample(self, rng: np.random.Generator) -> Params:
        return {"name": str(rng.choice(["Ada", "Grace"])), "pair": (1, 2)}

    def setup(self, params: Params) -> dict[str, bytes]:
        return {"a.xlsx": b"first", "b/c.txt": b"second"}

    def instruction(self, params: Params) -> str:
        return self.text.format(**params)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        yield ValidatorSpec("workbook.cells", {"cells": {"B2": params["name"]}}, 2.0)

    def solve(self, params: Params, screen: Screen) -> Iterable[Turn]:
        yield (Terminate(),)

    def near_misses(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        return {}


def workbook() -> bytes:
    book = Workbook()
    book.active["A1"] = 1
    return workbook_bytes(book)


def test_a_seed_gives_one_instance() -> None:
    one, two = Greeting().instance(5), Greeting().instance(5)
    assert one == two
    assert len({Greeting().instance(s).instruction for s in range(20)}) == 2
    assert (one.open, one.max_steps, one.seed, one.id) == ("a.xlsx", 7, 5, "test/greeting")


def test_an_instance_survives_json() -> None:
    instance = Greeting().instance(1)
    assert TaskInstance.from_json(json.loads(json.dumps(instance.to_json()))) == instance


@pytest.mark.parametrize("data", [{}, {"id": 1}, {**Greeting().instance(0).to_json(), "x": 1}])
def test_what_is_no_instance_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(TaskError, match="not a task"):
        TaskInstance.from_json(data)


def test_parameters_that_json_cannot_hold_are_refused() -> None:
    class Bad(Greeting):
        def sample(self, rng: np.random.Generator) -> Params:
            return {"n": rng.integers(3)}

    with pytest.raises(TaskError, match=r"test/greeting.*int\(\)"):
        Bad().instance(0)


def test_an_instruction_fits_into_its_observation() -> None:
    class Long(Greeting):
        text = "é" * 512

    assert len(Long().instance(0).instruction.encode()) == 1024
    Long.text += "!"
    with pytest.raises(TaskError, match="1025 bytes"):
        Long().instance(0)


@pytest.mark.parametrize(
    ("attribute", "value", "says"),
    [("id", "greeting", "PACK/NAME"), ("difficulty", "hrad", "hard"), ("split", "dev", "train")],
)
def test_wrong_attributes_are_named(attribute: str, value: str, says: str) -> None:
    family = type("Wrong", (Greeting,), {attribute: value})()
    with pytest.raises(TaskError, match=says):
        family.instance(0)


@pytest.mark.parametrize("name", ["/etc/passwd", "../x.xlsx", "a/../../x", "", "a//b"])
def test_files_stay_in_the_workspace(name: str) -> None:
    with pytest.raises(TaskError, match="plain relative path"):
        TaskInstance(id="", app="excel", files={name: b""})


def test_the_opened_document_is_one_of_the_files() -> None:
    with pytest.raises(TaskError, match=r"sale\.xlsx.*did you mean 'sales\.xlsx'"):
        TaskInstance(id="", app="excel", files={"sales.xlsx": b""}, open="sale.xlsx")


def test_screen_points_are_fractions_and_count_from_both_ends() -> None:
    screen = Screen(1000, 500)
    assert screen.point(0, 0) == (0.0005, 0.001)
    assert screen.point(-1, -1) == (0.9995, 0.999)


def test_own_document(tmp_path: Path) -> None:
    path = tmp_path / "My Sales.xlsx"
    path.write_bytes(workbook())
    instance = no_task("excel", path)
    assert instance.files == {"My Sales.xlsx": path.read_bytes()}
    assert (instance.id, instance.max_steps, instance.validators) == ("", None, ())


def test_a_missing_document_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "sales.xlsx").touch()
    with pytest.raises(TaskError, match=r"no document .*did you mean 'sales\.xlsx'"):
        no_task("excel", tmp_path / "slaes.xlsx")
    with pytest.raises(TaskError, match="no document"):
        no_task("excel", tmp_path / "no folder" / "sales.xlsx")
    with pytest.raises(TaskError, match="cannot be read"):
        no_task("excel", tmp_path)


def _zip(**parts: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
ODS = b"application/vnd.oasis.opendocument.spreadsheet"


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.xlsx", b"", "empty"),
        ("a.xlsx", b"hello", "not a readable zip"),
        ("a.xlsx", workbook()[:-400], "not a readable zip"),
        ("a.xlsx", workbook().replace(b"<sheetData", b"<sheetdata"), "damaged"),
        ("a.xlsx", OLE, "password"),
        ("a.xlsx", _zip(a=b""), "not an Office document"),
        ("a.xlsx", _zip(**{"[Content_Types].xml": b"wordprocessingml"}), "not a workbook"),
        ("a.ods", _zip(mimetype=b"text/plain"), "not an OpenDocument"),
        ("a.ods", _zip(mimetype=ODS), "content.xml"),
        ("a.ods", _zip(**{"mimetype": ODS, "META-INF/manifest.xml": b"encryption-data"}), "passw"),
        ("a.xls", workbook(), "Excel 97"),
        ("a.csv", b"a\0b", "NUL"),
        ("a.dwg", b"x", r"\.xlsx"),
        ("a", b"x", r"\.xlsx"),
    ],
)
def test_what_is_wrong_with_a_document_is_said(
    tmp_path: Path, name: str, data: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(TaskError, match=says):
        no_task("excel", tmp_path / name)


def test_a_zip_bomb_is_refused_without_unpacking() -> None:
    bomb = bytearray(_zip(**{"[Content_Types].xml": b"x"}))
    at = bomb.index(b"PK\x01\x02")
    bomb[at + 24 : at + 28] = (2**32 - 2).to_bytes(4, "little")  # its size, as the directory says
    assert "unpacks to" in problem("a.xlsx", bytes(bomb))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.XLSX", workbook()),
        ("a.xls", OLE),
        ("a.csv", "näme;1".encode("latin-1")),
        ("a.ods", _zip(**{"mimetype": ODS, "content.xml": b"<x/>"})),
    ],
)
def test_sound_documents_pass(name: str, data: bytes) -> None:
    assert problem(name, data) == ""


def test_equal_workbooks_are_equal_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = workbook()
    import datetime

    import openpyxl.writer.excel as writer

    class Later(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Later:
            return cls(2031, 2, 3, 4, 5, 6, tzinfo=tz)

    assert hasattr(writer, "datetime")
    monkeypatch.setattr(writer.datetime, "datetime", Later)
    assert workbook() == first
    assert b"2031" not in first
