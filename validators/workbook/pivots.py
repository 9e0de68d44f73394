"""Pivot tables: what they are made of, and what they show."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from openpyxl.utils import get_column_letter, range_boundaries

from cuagym.artefacts import Artefacts
from cuagym.errors import TaskError, nearest
from cuagym.validators._aspects import compared
from cuagym.validators._checks import one_by_one
from cuagym.validators.workbook import _read
from cuagym.validators.workbook._aspects import ASPECTS
from cuagym.validators.workbook._ranges import Part
from cuagym.validators.workbook._read import Book, Sheet
from cuagym.validators.workbook._values import same, show
from cuagym.verdict import Check

__all__ = ["pivots"]

_KEYS: Final = ("columns", "data", "function", "new_sheet", "rows", "sheet", "source")
_FUNCTIONS: Final[dict[str, Callable[[Sequence[float]], float]]] = {
    "sum": sum,
    "count": len,
    "average": lambda values: sum(values) / len(values),
    "max": max,
    "min": min,
}


@dataclass(frozen=True)
class _Pivot:
    """A pivot table.

    Attributes:
        sheet: The sheet that it is on.
        area: Where it is.
        source: The range that it summarises, as `Sheet!A1:F30`.
        rows: Names of fields.
        columns: Names of fields.
        filters: Names of fields.
        data: Names of fields.
        functions: How each of the data fields is summarised, such as `sum`.
    """

    sheet: str
    area: str
    source: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    filters: tuple[str, ...]
    data: tuple[str, ...]
    functions: tuple[str, ...]

    def __str__(self) -> str:
        summarised = (f"{f} of {d}" for f, d in zip(self.functions, self.data, strict=True))
        parts = [", ".join(summarised) or "nothing"]
        for says, fields in (
            ("by rows of", self.rows),
            ("by columns of", self.columns),
            ("filtered by", self.filters),
        ):
            if fields:
                parts.append(f"{says} {', '.join(fields)}")
        return f"{' '.join(parts)}, from {self.source}"


def pivots(
    artefacts: Artefacts, wanted: Annotated[Iterable[Mapping[str, Any]], one_by_one(_checked)]
) -> list[Check]:
    """Check pivot tables: what each is made of, and that it shows what its source gives.

    What it must show is worked out from the source, for each row, column and crossing of them: one
    of which some items are hidden fails. (That it was not refreshed after its source had changed
    cannot be seen: LibreOffice does so when it opens the file.)

    Args:
        artefacts: What the agent left.
        wanted: For each pivot table a table of `source` (such as "Orders!A1:F30"; ranges without a
            sheet are on the first one), `rows` and `columns` (lists of fields, outer ones first; no
            columns if not given), `data` (a field), `function` ("sum" if not given; "count",
            "average", "max" or "min"), and where it must be: `sheet`, or `new_sheet`, true where
            any sheet will do that was not there before. There may be no other fields or filters.

    Raises:
        Unreadable: If the document is missing or no workbook, or lacks a sheet.
        TaskError: If the arguments are wrong.
    """
    book, before = _read.left(artefacts), _read.initial(artefacts)
    checks = []
    for table in map(_checked, wanted):
        places = list(book.sheets)
        if "sheet" in table:
            places = [_read.place(book, f"{table['sheet']}!A1")[0].name]
        found = [pivot for pivot in _pivots(book) if pivot.sheet in places]
        wrongs = [(_wrongs(pivot, table, _read.first_sheet(before)), pivot) for pivot in found]
        if table.get("new_sheet"):
            for wrong, pivot in wrongs:
                if pivot.sheet in before.sheets:
                    wrong.append(f"expected on a new sheet, found on {pivot.sheet}")
        best = min((wrong for wrong, _ in wrongs), key=len, default=[_none(table)])
        checks.append(Check("pivot table", not best, "; ".join(best)))
        shown = "there is no such pivot table"
        for wrong, pivot in wrongs:
            if not wrong:
                shown = "; ".join(itertools.islice(_misses(book, pivot), 3))
        checks.append(Check("pivot table's numbers", not shown, shown))
    return checks


def _none(table: Mapping[str, Any]) -> str:
    where = f" on the sheet {table['sheet']}" if "sheet" in table else ""
    return f"there is no pivot table{where}"


def _checked(table: Any) -> Mapping[str, Any]:
    """Return a wanted pivot table; refuse what is none."""
    if not isinstance(table, Mapping):
        raise TaskError(f"a pivot table must be a table of {', '.join(_KEYS)}, got {table!r}")
    for key in table:
        if key not in _KEYS:
            raise TaskError(
                f"pivot table: {key!r} is none of {', '.join(_KEYS)}{nearest(key, _KEYS)}"
            )
    for key in ("source", "rows", "data"):
        if key not in table:
            raise TaskError(f"pivot table: {key!r} is missing")
    if table.get("function", "sum") not in _FUNCTIONS:
        raise TaskError(f"pivot table: function must be one of {', '.join(_FUNCTIONS)}")
    return table


def _wrongs(pivot: _Pivot, wanted: Mapping[str, Any], first: str) -> list[str]:
    """Say in what a pivot table is not the wanted one."""
    sheet, _, address = wanted["source"].rpartition("!")
    expected = {
        "source": _range(sheet or first, address),
        "rows": _fields(wanted["rows"]),
        "columns": _fields(wanted.get("columns", ())),
        "filters": _fields(()),
        "data": _fields([wanted["data"]]),
        "function": wanted.get("function", "sum"),
    }
    found = {
        "source": pivot.source,
        "rows": _fields(pivot.rows),
        "columns": _fields(pivot.columns),
        "filters": _fields(pivot.filters),
        "data": _fields(pivot.data),
        "function": ", ".join(pivot.functions),
    }
    return [
        f"expected the {key} {value}, found {found[key]}"
        for key, value in expected.items()
        if value.upper() != found[key].upper()
    ]


def _fields(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


@ASPECTS.offer("pivots")
def _compared(was: Book, now: Book, part: Part) -> Iterator[str]:
    """Pivot tables that begin in what is looked at, and what they are made of."""
    old, new = (
        {
            f"the pivot table at {pivot.sheet}!{pivot.area.split(':')[0]}": str(pivot)
            for pivot in _pivots(book)
            if part.has_range(pivot.sheet, pivot.area)
        }
        for book in (was, now)
    )
    yield from compared(old, new)


def _pivots(book: Book) -> list[_Pivot]:
    return [_pivot(s, table) for s in book.sheets.values() for table in s.written._pivots]


def _pivot(sheet: Sheet, table: Any) -> _Pivot:
    names = [field.name for field in table.cache.cacheFields]
    source = table.cache.cacheSource.worksheetSource
    where = "elsewhere" if source is None or not source.ref else _range(source.sheet, source.ref)
    data = list(table.dataFields)
    return _Pivot(
        sheet.name,
        table.location.ref,
        where,
        # -2 stands for the data fields, where there are several.
        tuple(names[f.x] for f in table.rowFields if f.x >= 0),
        tuple(names[f.x] for f in table.colFields if f.x >= 0),
        tuple(names[f.fld] for f in table.pageFields if f.fld >= 0),
        tuple(names[f.fld] for f in data),
        tuple(f.subtotal or "sum" for f in data),
    )


def _range(sheet: str | None, address: str) -> str:
    return f"{(sheet or '').strip(chr(39))}!{address.replace('$', '').upper()}"


def _misses(book: Book, pivot: _Pivot) -> Iterator[str]:
    """Say which numbers of the source's a pivot table of one data field does not show."""
    fields, records = _records(book, pivot.source)
    function = _FUNCTIONS[pivot.functions[0]]
    data = fields.index(pivot.data[0])
    rows, columns = ([fields.index(n) for n in names] for names in (pivot.rows, pivot.columns))
    groups: dict[tuple[tuple[Any, ...], tuple[Any, ...]], list[float]] = {}
    for record in records:
        if record[data] is None:
            continue
        row, column = tuple(record[i] for i in rows), tuple(record[i] for i in columns)
        for key in {(row, column), (row, ()), ((), column)}:
            groups.setdefault(key, []).append(record[data])
    grid = _Grid(book.sheets[pivot.sheet], pivot)
    for (row, column), values in groups.items():
        if len(row) < len(rows) and not columns:
            continue
        found, wanted = grid.at(row, column), function(values)
        if found is _Grid.HIDDEN:
            continue  # a total that was switched off
        if not same(found, wanted):
            of = ", ".join(map(_label, (*row, *column)))
            yield f"for {of} it must show {show(wanted)}, but shows {show(found)}"


def _records(book: Book, source: str) -> tuple[list[Any], list[list[Any]]]:
    """Return the header and the rows of a range."""
    sheet, address = _read.place(book, source)
    left, top, right, bottom = range_boundaries(address)
    lines = [
        [sheet.values.get(f"{get_column_letter(c)}{r}") for c in range(left, right + 1)]
        for r in range(top, bottom + 1)
    ]
    return lines[0], lines[1:]


class _Grid:
    """What a pivot table shows, by its labels."""

    HIDDEN: Final = object()

    def __init__(self, sheet: Sheet, pivot: _Pivot) -> None:
        left, top, right, bottom = range_boundaries(pivot.area)
        self._values = {
            (r, c): sheet.values.get(f"{get_column_letter(c)}{r}")
            for r in range(top, bottom + 1)
            for c in range(left, right + 1)
        }
        inner = left + len(pivot.rows)
        body = top + max(1, len(pivot.columns)) + (1 if pivot.columns else 0)
        self._rows = self._labels(
            [[self._values[r, c] for c in range(left, inner)] for r in range(body, bottom + 1)],
            body,
        )
        self._columns = self._labels(
            [
                [self._values.get((r, c)) for r in range(body - len(pivot.columns), body)]
                for c in range(inner, right + 1)
            ],
            inner,
        )
        # The totals, where they are shown, come last.
        lone = not pivot.columns
        self._total_column = inner if lone else self._total(self._columns, right)
        self._total_row = self._total(self._rows, bottom)

    @staticmethod
    def _total(labels: Mapping[tuple[str, ...], int], last: int) -> int | None:
        """Return the last row or column, where it is a total's."""
        return next((at for key, at in labels.items() if at == last and _is_total(key)), None)

    @staticmethod
    def _labels(lines: Sequence[Sequence[Any]], start: int) -> dict[tuple[str, ...], int]:
        """Return where labels are; one that is not repeated is that of the line before."""
        out: dict[tuple[str, ...], int] = {}
        before: list[str] = []
        for index, line in enumerate(lines):
            texts = [_label(value) for value in line]
            first = next((i for i, text in enumerate(texts) if text), len(texts))
            texts = before[:first] + texts[first:]
            out[tuple(texts)] = start + index
            before = texts
        return out

    def at(self, row: tuple[Any, ...], column: tuple[Any, ...]) -> Any:
        """Return what is shown for labels; `HIDDEN` for a total that is not shown."""
        y = self._rows.get(tuple(map(_label, row))) if row else self._total_row
        x = self._columns.get(tuple(map(_label, column))) if column else self._total_column
        if (not row and y is None) or (not column and x is None):
            return self.HIDDEN
        return None if x is None or y is None else self._values[y, x]


def _label(value: Any) -> str:
    """Return how a pivot table shows a value as a label; near enough to tell them apart."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return f"{value:.15g}"
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat().removesuffix("T00:00:00")
    return "" if value is None else str(value)


def _is_total(key: Sequence[str]) -> bool:
    return any(text.lower().startswith(("total", "grand total")) for text in key)
