"""What cells hold, in a workbook that LibreOffice has stored as xlsx.

openpyxl makes an object of each cell and a style of each object, and would read the file twice, for
values and for formulas: ten times the work of one look at the markup. What is read here is spelled
as openpyxl spells it, down to dates and errors. It relies on what LibreOffice always does, such as
to write every formula out, with its value; other programs' files do not come here.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from pathlib import Path
from typing import IO, Any, Final
from xml.etree import ElementTree
from zipfile import ZipFile

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from cuagym.artefacts import Unreadable
from cuagym.errors import Fault

__all__ = ["MAX_CELLS", "Cells", "cells"]

MAX_CELLS: Final = 4_000_000
"""The most cells that are looked at; as many take a gigabyte."""
_PIECE: Final = 16 * 2**20
_CELL: Final = re.compile(
    r'<c r="([A-Z]+[0-9]+)"(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?(?: [cv]m="[0-9]+")*'
    r"(?:/>|>(?:<f([^>]*?)(?:/>|>([^<]*)</f>))?(?:<v>([^<]*)</v>|<v/>)?</c>)"
)
_ARRAY: Final = re.compile(r'(?=.*\bt="array").*\bref="([^"]+)"')
_MERGED: Final = re.compile(r'<mergeCell ref="([^"]+)"')
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Convert = Callable[[str], Any]
"""Makes a value of what stands in the file."""


@dataclass
class Cells:
    """The cells of one sheet, by address.

    Attributes:
        values: What they show; dates are dates.
        formulas: Their formulas, as they are written, from the equals sign on.
    """

    values: dict[str, Any] = field(default_factory=dict)
    formulas: dict[str, str] = field(default_factory=dict)


def cells(path: Path) -> dict[str, Cells]:
    """Read all sheets of a workbook that LibreOffice has stored, in their order.

    Raises:
        Unreadable: If there are more cells than are looked at.
    """
    with ZipFile(path) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        targets = {
            r.get("Id"): r.get("Target", "")
            for r in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        }
        numbers = _numbers(archive, book)
        strings = list(_strings(archive))
        found: dict[str, Cells] = {}
        for sheet in book.iter(f"{_MAIN}sheet"):
            part = posixpath.normpath(posixpath.join("/xl", targets[sheet.get(_ID)]))[1:]
            with archive.open(part) as stream:
                found[sheet.get("name", "")] = _sheet(stream, numbers, strings)
            if sum(len(c.values) for c in found.values()) > MAX_CELLS:
                raise _too_many()
    return found


def _too_many() -> Unreadable:
    return Unreadable(f"the workbook has more than {MAX_CELLS:,} cells")


def _strings(archive: ZipFile) -> Iterator[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return
    for item in ElementTree.fromstring(archive.read("xl/sharedStrings.xml")):
        parts = [item.findtext(f"{_MAIN}t") or ""]
        parts += [run.findtext(f"{_MAIN}t") or "" for run in item.iter(f"{_MAIN}r")]
        yield "".join(parts).replace("x005F_", "")


def _numbers(archive: ZipFile, book: ElementTree.Element) -> list[Convert]:
    """Return what makes a value of a number, by the number of the cell's style."""
    properties = book.find(f"{_MAIN}workbookPr")
    mac = properties is not None and properties.get("date1904") in ("1", "true")
    epoch = CALENDAR_MAC_1904 if mac else CALENDAR_WINDOWS_1900
    styles = ElementTree.fromstring(archive.read("xl/styles.xml"))
    formats = dict(BUILTIN_FORMATS)
    for each in styles.iter(f"{_MAIN}numFmt"):
        formats[int(each.get("numFmtId", "0"))] = each.get("formatCode", "")
    out: list[Convert] = []
    for style in styles.findall(f"{_MAIN}cellXfs/{_MAIN}xf"):
        code = formats.get(int(style.get("numFmtId", "0")), "General")
        if is_date_format(code):
            out.append(partial(_date, epoch=epoch, duration=is_timedelta_format(code)))
        else:
            out.append(_number)
    return out


def _number(text: str) -> int | float:
    return float(text) if "." in text or "E" in text or "e" in text else int(text)


def _date(text: str, epoch: Any, duration: bool) -> Any:
    try:
        return from_excel(_number(text), epoch, timedelta=duration)
    except (OverflowError, ValueError):
        return "#VALUE!"


def _sheet(stream: IO[bytes], numbers: list[Convert], strings: list[str]) -> Cells:
    """Read one sheet.

    Raises:
        Unreadable: If there are more cells than are looked at.
        Fault: If it is not written as LibreOffice writes.
    """
    out = Cells()
    others: dict[str, Convert] = {
        "s": lambda text: strings[int(text)],
        "b": lambda text: bool(int(text)),
        "str": str,
        "e": str,
    }
    merged: list[str] = []
    for text in _pieces(stream):
        found = 0
        for cell in _CELL.finditer(text):
            found += 1
            address, style, kind, how, formula, value = cell.groups()
            if how is not None:
                # An array formula stands in its first cell, and is that of all of them.
                array = _ARRAY.match(how)
                area = _addresses(array[1]) if array else [address]
                out.formulas.update(dict.fromkeys(area, "=" + unescape(formula or "")))
            if value:
                convert = numbers[int(style or 0)] if kind in (None, "n") else others[kind]
                out.values[address] = convert(unescape(value) if "&" in value else value)
        if found != text.count("<c "):  # none may be overlooked
            raise Fault("LibreOffice has stored cells in a spelling that is not known")
        if len(out.values) > MAX_CELLS:
            raise _too_many()
        merged += _MERGED.findall(text)
    for covered in merged:
        _uncover(out, covered)
    return out


def _pieces(stream: IO[bytes]) -> Iterator[str]:
    """Yield a sheet's markup in pieces of whole rows."""
    rest = b""
    while chunk := stream.read(_PIECE):
        rows, end, rest = (rest + chunk).rpartition(b"</row>")
        yield (rows + end).decode()
    yield rest.decode()


def _uncover(found: Cells, area: str) -> None:
    """Drop what merged cells hide: nobody sees it."""
    for address in list(_addresses(area))[1:]:
        found.values.pop(address, None)
        found.formulas.pop(address, None)


def _addresses(area: str) -> Iterator[str]:
    """Yield the cells of a range, its first one first."""
    left, top, right, bottom = range_boundaries(area)
    for row in range(top or 1, (bottom or 1) + 1):
        for column in range(left or 1, (right or 1) + 1):
            yield f"{get_column_letter(column)}{row}"
