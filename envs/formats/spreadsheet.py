"""Workbooks: xlsx, ods, xls, csv."""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from cuagym.envs.formats._containers import (
    Odf,
    Ole,
    Ooxml,
    Text,
    renumbered,
    without_lots,
)
from cuagym.errors import Fault, UsageError
from cuagym.formats import Mutant

__all__ = ["Csv", "Ods", "Xls", "Xlsx"]


def _openpyxl(change: Callable[[Any], object]) -> Callable[[bytes], bytes]:
    """What openpyxl makes of a workbook that it has read, changed and stored."""

    def stored(data: bytes) -> bytes:
        import openpyxl  # only here: it is heavy

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it names the extensions that it drops
            book = openpyxl.load_workbook(io.BytesIO(data))
            change(book)
            out = io.BytesIO()
            book.save(out)
        return out.getvalue()

    return stored


def _spoilt(change: Callable[[Any, np.random.Generator], object]) -> Mutant:
    return lambda data, rng: _openpyxl(lambda book: change(book, rng))(data)


def _cell(book: Any, rng: np.random.Generator) -> Any:
    """Any cell that holds something."""
    filled = [c for s in book.worksheets for row in s.iter_rows() for c in row if c.value]
    return filled[int(rng.integers(len(filled)))]


def _another_value(book: Any, rng: np.random.Generator) -> None:
    cell = _cell(book, rng)
    number = isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool)
    cell.value = cell.value + 1 if number else "spoilt"


def _emptied(book: Any, rng: np.random.Generator) -> None:
    _cell(book, rng).value = None


def _swapped(book: Any, rng: np.random.Generator) -> None:
    one = _cell(book, rng)
    other = next((c for c in (_cell(book, rng) for _ in range(50)) if c.value != one.value), one)
    one.value, other.value = other.value, one.value


def _renamed(book: Any, rng: np.random.Generator) -> None:
    sheet = book.worksheets[int(rng.integers(len(book.worksheets)))]
    sheet.title = "Spoilt"


class Xlsx(Ooxml):
    """A workbook of Excel 2007 and later."""

    suffix = copy = ".xlsx"
    filter = "Calc MS Excel 2007 XML"
    kind, main, folder = "workbook", b"spreadsheetml.sheet.main+xml", "xl"
    programs = {"openpyxl": _openpyxl(lambda book: None)}
    mutants = {
        "another value": _spoilt(_another_value),
        "an emptied cell": _spoilt(_emptied),
        "two cells swapped": _spoilt(_swapped),
        "a sheet renamed": _spoilt(_renamed),
    }

    def digest(self, data: bytes) -> str:
        """A hash of a workbook's parts, without who looked where and when.

        What is no archive is taken as it is.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                parts = {name: archive.read(name) for name in archive.namelist()}
        except zipfile.BadZipFile:
            return hashlib.sha256(data).hexdigest()
        total = hashlib.sha256()
        for name, part in renumbered(parts).items():
            if not name.startswith("docProps/"):
                content = hashlib.sha256(_unseen(name, part)).hexdigest()
                total.update(f"{name}\0{content}\n".encode())
        return total.hexdigest()

    def differences(self, before: bytes, after: bytes) -> list[str]:
        """By the aspects in which validators compare workbooks: cells, styles, charts ..."""
        # Only here: openpyxl is heavy.
        from cuagym.validators.workbook._aspects import ASPECTS
        from cuagym.validators.workbook._ranges import Part
        from cuagym.validators.workbook._read import read

        with tempfile.TemporaryDirectory() as folder:
            paths = Path(folder, "before.xlsx"), Path(folder, "after.xlsx")
            for path, data in zip(paths, (before, after), strict=True):
                path.write_bytes(data)
            try:
                was, now = map(read, paths)
            except Fault as e:
                raise UsageError(
                    "only workbooks that LibreOffice has stored can be compared, such as"
                    f" env.unwrapped.export writes ({e})"
                ) from None
            # What formulas show follows from cells that are told already.
            told = [a for name, a in ASPECTS.items() if name != "values"]
            return [line for aspect in told for line in aspect(was, now, Part.all())]


class Ods(Odf):
    """An OpenDocument spreadsheet."""

    suffix, copy = ".ods", ".xlsx"
    filter = "calc8"
    kind = "spreadsheet"


class Xls(Ole):
    """A workbook of Excel before 2007."""

    suffix, copy = ".xls", ".xlsx"
    filter = "MS Excel 97"
    kind = "an Excel 97 workbook"


class Csv(Text):
    """A table as text: comma, double quote, UTF-8, from line 1."""

    suffix, copy = ".csv", ".xlsx"
    filter, options = "Text - txt - csv (StarCalc)", "44,34,76,1"


_LOOKED_AT: Final = re.compile(
    rb"<selection [^>]*/>|<workbookView [^>]*/>"
    rb'|(?<=[" ])(?:tabSelected|topLeftCell|activePane|zoomScale\w*)="[^"]*"'
)
# A row's automatic height follows from what is in it, but is only computed once it has been edited.
_HEIGHT: Final = re.compile(rb' ht="[^"]*"(?=[^>]* customHeight="false")')
_BARE_ROW: Final = re.compile(
    rb'<row r="\d+" customFormat="false" hidden="false" customHeight="false" outlineLevel="0"'
    rb' collapsed="false">\s*</row>'
)


def _unseen(name: str, part: bytes) -> bytes:
    """A part of a workbook without what storing it, looking at it and row heights make of it."""
    if name == "xl/workbook.xml":
        return _LOOKED_AT.sub(b"", part)
    if name.startswith("xl/charts/"):
        return without_lots(part)
    if not name.startswith("xl/worksheets/"):
        return part
    head, cells, rest = part.partition(b"<sheetData")
    rest = _BARE_ROW.sub(b"", _HEIGHT.sub(b"", rest))
    if rest.startswith(b"></sheetData>"):
        rest = rest.replace(b"></sheetData>", b"/>", 1)
    return _LOOKED_AT.sub(b"", head) + cells + rest
