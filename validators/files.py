"""Files that lie beside the document: whether they exist, their text, and tables as CSV."""

from __future__ import annotations

import csv
import datetime
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from cuagym.artefacts import Artefacts, Unreadable
from cuagym.errors import TaskError
from cuagym.verdict import Check

__all__ = ["exists", "table", "text", "unchanged"]

_DELIMITERS: Final[Mapping[str, str]] = {
    ",": "commas",
    ";": "semicolons",
    "\t": "tabs",
    "|": "bars",
    ":": "colons",
    " ": "spaces",
}
_MOST: Final = 2**24
_TOLERANCE: Final = 1e-6
_NUMBER: Final = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)
_DATES: Final = (
    *("%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y", "%m/%d/%y", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y"),
    *("%d.%m.%y", "%d-%m-%Y", "%m-%d-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y"),
    *("%d-%b-%Y", "%d-%b-%y", "%A, %B %d, %Y"),
)


def exists(
    artefacts: Artefacts, names: str | Iterable[str], absent: Iterable[str] = ()
) -> list[Check]:
    """Check that files exist beside the document, and that others do not; one check for each.

    Args:
        artefacts: What the agent left.
        names: File names, such as "sales.csv"; one or a list.
        absent: Names of files that must not exist.
    """
    checks = []
    for name in [names] if isinstance(names, str) else names:
        wrong = "" if _path(artefacts, name).is_file() else _missing(artefacts, name)
        checks.append(Check(name, not wrong, wrong))
    for name in absent:
        there = _path(artefacts, name).is_file()
        checks.append(Check(name, not there, "it should not exist" if there else ""))
    return checks


def unchanged(artefacts: Artefacts, names: str | Iterable[str]) -> list[Check]:
    """Check that files are, byte for byte, as the episode began with; one check for each.

    Args:
        artefacts: What the agent left.
        names: File names; one or a list.

    Raises:
        TaskError: If the episode began without one of them.
    """
    # The document may lie in a folder of the workspace.
    beginning = artefacts.initial
    for _ in artefacts.document.relative_to(artefacts.folder).parts:
        beginning = beginning.parent
    checks = []
    for name in [names] if isinstance(names, str) else names:
        before, after = beginning / name, _path(artefacts, name)
        if not before.is_file():
            raise TaskError(f"the task begins without a file {name!r}")
        wrong = ""
        if not after.is_file():
            wrong = _missing(artefacts, name)
        elif after.read_bytes() != before.read_bytes():
            wrong = "its contents have changed"
        checks.append(Check(name, not wrong, wrong))
    return checks


def text(
    artefacts: Artefacts,
    name: str,
    equals: str | None = None,
    contains: str | Iterable[str] = (),
) -> list[Check]:
    """Check the text of a file; how its lines end, and spaces at their ends, make no difference.

    Args:
        artefacts: What the agent left.
        name: The file's name.
        equals: All of its text.
        contains: Texts that must occur in it, one or a list.

    Raises:
        Unreadable: If the file is missing or no text.
        TaskError: If nothing is wanted of it.
    """
    parts = [contains] if isinstance(contains, str) else list(contains)
    if equals is None and not parts:
        raise TaskError(f"nothing is wanted of the text of {name!r}")
    found = _lines(_text(artefacts, name))
    checks = []
    if equals is not None:
        wrong = ""
        wanted = _lines(equals)
        for number in range(max(len(found), len(wanted))):
            has, should = (part[number : number + 1] for part in (found, wanted))
            if has != should:
                wrong = f"line {number + 1}: expected {_quoted(should)}, found {_quoted(has)}"
                break
        checks.append(Check(name, not wrong, wrong))
    for part in parts:
        there = "\n".join(_lines(part)) in "\n".join(found)
        checks.append(Check(f"{name}: {part}", there, "" if there else f"there is no {part!r}"))
    return checks


def table(
    artefacts: Artefacts,
    name: str,
    rows: Sequence[Sequence[Any]],
    delimiter: str = "",
) -> list[Check]:
    """Check that a text file holds a table, as CSV: its delimiter, how many rows, and each cell.

    Quotes, the encoding and how lines end make no difference, nor do the usual ways to write a
    number or a date.

    Args:
        artefacts: What the agent left.
        name: The file's name.
        rows: The rows, header included. Numbers are numbers, dates texts such as "2026-03-01",
            None stands for an empty field.
        delimiter: What must separate the fields, such as ","; "" for any of the usual ones.

    Raises:
        Unreadable: If the file is missing or no text.
        TaskError: If there are no rows.
    """
    if not rows:
        raise TaskError(f"nothing is wanted of the table {name!r}")
    content = _text(artefacts, name)
    tables = {d: _fields(content, d) for d in _DELIMITERS}
    # The one by which most cells are as they should be; of equals, the first.
    used = min(tables, key=lambda d: sum(1 for _ in _differences(tables[d], rows, d)))
    found, checks = tables[used], []
    if delimiter:
        wrong = ""
        if used != delimiter:
            wrong = f"its fields are separated by {_said(used)}, expected {_said(delimiter)}"
        checks.append(Check(f"{name}: delimiter", not wrong, wrong))
    size = "" if len(found) == len(rows) else f"it has {len(found)} rows, expected {len(rows)}"
    checks.append(Check(f"{name}: rows", not size, size))
    wrong = next(_differences(found, rows, used), "")
    checks.append(Check(f"{name}: contents", not wrong, wrong, 2.0))
    return checks


def _path(artefacts: Artefacts, name: str) -> Path:
    return artefacts.folder / name


def _missing(artefacts: Artefacts, name: str) -> str:
    folder = artefacts.folder
    there = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    listed = f" (there are: {', '.join(there[:8])})" if there else ""
    return f"there is no file {name!r}{listed}"


def _text(artefacts: Artefacts, name: str) -> str:
    """Return a file's text, in whichever of the usual encodings it is.

    Raises:
        Unreadable: If it is missing, or no text.
    """
    path = _path(artefacts, name)
    if not path.is_file():
        raise Unreadable(_missing(artefacts, name))
    if path.stat().st_size > _MOST:
        raise Unreadable(f"{name!r} is larger than the {_MOST:,} bytes that are read of a text")
    data = path.read_bytes()
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if data.startswith(b"PK\3\4") or (b"\0" in data and not utf16):
        raise Unreadable(f"{name!r} is no text, whatever its name says")
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1252", "latin-1"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"{name!r} is no text in any of the usual encodings")


def _lines(content: str) -> list[str]:
    """Return the lines without spaces at their ends, and without empty ones at the end."""
    return [line.rstrip() for line in content.rstrip().splitlines()]


def _quoted(line: Sequence[str]) -> str:
    return repr(line[0]) if line else "nothing"


def _said(delimiter: str) -> str:
    return _DELIMITERS.get(delimiter, repr(delimiter))


def _fields(content: str, delimiter: str) -> list[list[str]]:
    """Return the rows of a table in text; empty ones at its end do not count."""
    try:
        rows = list(csv.reader(content.splitlines(keepends=True), delimiter=delimiter))
    except csv.Error:
        return []
    while rows and not any(field.strip() for field in rows[-1]):
        rows.pop()
    return rows


def _differences(
    found: Sequence[Sequence[str]], wanted: Sequence[Sequence[Any]], delimiter: str
) -> Iterator[str]:
    """Yield what differs, field by field."""
    for number, row in enumerate(wanted):
        fields = found[number] if number < len(found) else []
        for column in range(max(len(row), len(fields))):
            field = fields[column] if column < len(fields) else ""
            value = row[column] if column < len(row) else None
            if not _means(field, value, delimiter):
                expected = "nothing" if value in (None, "") else repr(value)
                yield f"row {number + 1}, field {column + 1}: expected {expected}, found {field!r}"


def _means(field: str, value: Any, delimiter: str) -> bool:
    """Whether a field stands for a value, in one of the usual ways to write it."""
    field = field.strip()
    if value in (None, ""):
        return not field
    if field == str(value).strip():
        return True
    if isinstance(value, bool):
        return field.upper() in (("TRUE", "1") if value else ("FALSE", "0"))
    if isinstance(value, (int, float)):
        return any(
            math.isclose(number, value, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)
            for number in _numbers(field, delimiter)
        )
    return _is_day(field, str(value))


def _numbers(field: str, delimiter: str) -> Iterator[float]:
    """Yield the numbers that a field may stand for."""
    scale = 0.01 if field.endswith("%") else 1.0
    plain = re.sub(r"[\s%$\u20ac\u00a3']|^[A-Z]{3}\b|\b[A-Z]{3}$", "", field)
    spellings = [plain.replace(",", "")]
    if delimiter != ",":
        # Where the comma is the decimal sign, it does not separate fields.
        spellings.append(plain.replace(".", "").replace(",", "."))
    for spelling in spellings:
        if _NUMBER.fullmatch(spelling):
            yield float(spelling) * scale


def _is_day(field: str, value: str) -> bool:
    """Whether a field is a day, written in one of the usual ways."""
    try:
        day = datetime.date.fromisoformat(value)
    except ValueError:
        return False
    for form in _DATES:
        try:
            if datetime.datetime.strptime(field, form).date() == day:
                return True
        except ValueError:
            continue
    return False
