"""Charts: what they show, of which cells, under which title; not where they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
from cuagym.verdict import Check

__all__ = ["charts"]

_KEYS: Final = ("categories", "sheet", "title", "type", "values")
_TYPES: Final = ("column", "bar", "line", "pie", "area", "scatter", "doughnut")
_CLASSES: Final = {
    "LineChart": "line",
    "PieChart": "pie",
    "AreaChart": "area",
    "ScatterChart": "scatter",
    "DoughnutChart": "doughnut",
}


@dataclass(frozen=True)
class _Chart:
    """A chart, as far as it is looked at.

    Attributes:
        type: Such as `column`; "line (points only)" where nothing connects the points.
        title: Its text; "" for none.
        values: The range of each series, as `Sheet!A1:A9`.
        categories: The range of the labels below them; "" for none.
    """

    type: str
    title: str
    values: tuple[str, ...]
    categories: str

    def __str__(self) -> str:
        return (
            f"a {self.type} chart of {', '.join(self.values) or 'nothing'}"
            f" by {self.categories or 'no categories'}, {_titled(self.title)}"
        )


def charts(
    artefacts: Artefacts,
    wanted: Annotated[Iterable[Mapping[str, Any]], one_by_one(_checked)],
    count: int | None = None,
) -> list[Check]:
    """Check charts, one check for each: what they show; where they are on the sheet is free.

    A 3-D chart counts as its flat kind. Whether a cell above the values gives a series its name,
    and in which order series come, makes no difference.

    Args:
        artefacts: What the agent left.
        wanted: For each chart a table of `type` ("column", "bar", "line", "pie", "area", "scatter"
            or "doughnut"), `values` (a range, or a list of ranges, one for each series, without
            their headers), `categories` (the range of the labels), `title` (white space and case
            make no difference; "" for none) and `sheet` (where the chart is; the first one if not
            given). What a table lacks is free. Ranges without a sheet are on the first one.
        count: How many charts the sheets that are wanted must hold altogether; by default as many
            as are wanted. -1: any number.

    Raises:
        Unreadable: If the document is missing or no workbook, or lacks a sheet.
        TaskError: If the arguments are wrong.
    """
    book = _read.left(artefacts)
    first = _read.first_sheet(book)
    tables = [_checked(table) for table in wanted]
    checks: list[Check] = []
    looked_at: dict[str, list[_Chart]] = {}
    for table in tables:
        sheet, _ = _read.place(book, f"{table.get('sheet') or first}!A1")
        left = looked_at.setdefault(sheet.name, _charts(sheet))
        wrongs = [_wrongs(chart, table, first) for chart in left]
        best = min(wrongs, key=len, default=[f"there is no chart on the sheet {sheet.name}"])
        elsewhere = [n for n, s in book.sheets.items() if n != sheet.name and _charts(s)]
        if not wrongs and elsewhere:
            best = [f"{best[0]}; there is one on {', '.join(elsewhere)}"]
        name = f"{table['type']} chart" if "type" in table else "chart"
        checks.append(Check(f"{name} on {sheet.name}", not best, "; ".join(best)))
    expected = len(tables) if count is None else count
    found = sum(map(len, looked_at.values()))
    if expected >= 0 and (found or not tables):
        detail = f"expected {_number(expected)}, found {found}" if found != expected else ""
        checks.append(Check("number of charts", not detail, detail))
    return checks


def _checked(table: Any) -> Mapping[str, Any]:
    """Return a wanted chart; refuse what is none."""
    if not isinstance(table, Mapping):
        raise TaskError(f"a chart must be a table of {', '.join(_KEYS)}, got {table!r}")
    for key in table:
        if key not in _KEYS:
            raise TaskError(f"chart: {key!r} is none of {', '.join(_KEYS)}{nearest(key, _KEYS)}")
    if table.get("type", "column") not in _TYPES:
        raise TaskError(f"chart: type {table['type']!r} must be one of {', '.join(_TYPES)}")
    return table


def _wrongs(chart: _Chart, wanted: Mapping[str, Any], first: str) -> list[str]:
    """Say in what a chart is not the wanted one."""
    out = []
    if "type" in wanted and chart.type != wanted["type"]:
        out.append(f"expected a {wanted['type']} chart, found a {chart.type} chart")
    if "values" in wanted:
        listed = wanted["values"]
        ranges = [listed] if isinstance(listed, str) else list(listed)
        values = {_spelled(r, first) for r in ranges}
        if values != {v.upper() for v in chart.values}:
            asked, found = ", ".join(ranges), ", ".join(chart.values) or "nothing"
            out.append(f"expected the values of {asked}, found those of {found}")
    if "categories" in wanted:
        if chart.categories.upper() != _spelled(wanted["categories"], first):
            asked, found = wanted["categories"], chart.categories or "none"
            out.append(f"expected the categories {asked}, found {found}")
    if "title" in wanted and _folded(chart.title) != _folded(wanted["title"]):
        out.append(f"expected {_titled(wanted['title'])}, found {_titled(chart.title)}")
    return out


@ASPECTS.offer("charts")
def _compared(was: Book, now: Book, part: Part) -> Iterator[str]:
    """Charts of the sheets that are looked at: type, title, and the cells that they show."""
    old, new = (
        {
            f"the chart {index} on {sheet.name}": str(chart)
            for sheet in book.sheets.values()
            if part.has_sheet(sheet.name)
            for index, chart in enumerate(_charts(sheet), 1)
        }
        for book in (was, now)
    )
    yield from compared(old, new)


def _charts(sheet: Sheet) -> list[_Chart]:
    return [_read_chart(chart) for chart in sheet.written._charts]


def _read_chart(chart: Any) -> _Chart:
    series = list(chart.series)
    # Charts of several kinds in one, such as columns and a line, have their series side by side.
    kinds = [_type(part) for part in getattr(chart, "_charts", None) or [chart]]
    values = [_reference(s.yVal if hasattr(s, "yVal") and s.yVal else s.val) for s in series]
    labels = [_reference(s.xVal if hasattr(s, "xVal") and s.xVal else s.cat) for s in series]
    return _Chart(
        " and ".join(dict.fromkeys(kinds)),
        _text(chart.title),
        tuple(v for v in values if v),
        next(filter(None, labels), ""),
    )


def _type(chart: Any) -> str:
    kind = type(chart).__name__.replace("3D", "")
    if kind == "BarChart":
        return "bar" if chart.barDir == "bar" else "column"
    type_ = _CLASSES.get(kind, kind.removesuffix("Chart").lower())
    if type_ == "line" and chart.series and all(_bare(s) for s in chart.series):
        return "line (points only)"
    return type_


def _bare(series: Any) -> bool:
    """Whether nothing connects the points of a series."""
    line = series.spPr and series.spPr.ln
    return bool(line and line.noFill)


def _reference(data: Any) -> str:
    """Return the range of a series' values or labels; "" where they are no cells."""
    for kind in ("numRef", "strRef", "multiLvlStrRef"):
        reference = getattr(data, kind, None)
        if reference is not None and reference.f:
            return _plain(reference.f)
    return ""


def _plain(text: str) -> str:
    """Return a range as `Sheet!A1:A9`.

    Example:
        >>> _plain("'Sales 2026'!$B$2:$B$9")
        'Sales 2026!B2:B9'
    """
    sheet, _, address = text.replace("$", "").strip("()").rpartition("!")
    try:
        left, top, right, bottom = range_boundaries(address)
    except (ValueError, TypeError):
        return text
    if None in (left, top, right, bottom):  # whole columns or rows, or a sheet that is gone
        return text.replace("$", "")
    first, last = f"{get_column_letter(left)}{top}", f"{get_column_letter(right)}{bottom}"
    cells = first if first == last else f"{first}:{last}"
    name = sheet.strip("'").replace("''", "'")
    return f"{name}!{cells}" if name else cells


def _spelled(text: str, first: str) -> str:
    plain = _plain(text)
    return (plain if "!" in plain else f"{first}!{plain}").upper()


def _text(title: Any) -> str:
    """Return the text of a title."""
    rich = getattr(getattr(title, "tx", None), "rich", None)
    if rich is None:
        return ""
    return " ".join("".join(run.t or "" for run in p.r or []) for p in rich.p).strip()


def _folded(text: str) -> str:
    return " ".join(str(text).split()).casefold()


def _titled(text: str) -> str:
    return f"the title {text!r}" if text else "no title"


def _number(count: int) -> str:
    return f"{count} chart" if count == 1 else f"{count} charts"
