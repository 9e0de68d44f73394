"""Charts on slides: what kind they are and what they show."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from lxml import etree

from cuagym.artefacts import Artefacts, Unreadable, recalculates
from cuagym.errors import TaskError
from cuagym.validators._checks import checked, one_by_one
from cuagym.validators.slides import _places, _read, _wanted
from cuagym.validators.slides._aspects import ASPECTS
from cuagym.validators.slides._deck import Deck, Slide, folded
from cuagym.validators.slides._part import Part
from cuagym.verdict import Check

__all__ = ["charts"]

_KEYS: Final = ("slide", "type", "title", "categories", "series", "stacked", "count")
_TYPES: Final = {
    **{"lineChart": "line", "line3DChart": "line", "pieChart": "pie", "pie3DChart": "pie"},
    **{"ofPieChart": "pie", "areaChart": "area", "area3DChart": "area", "radarChart": "net"},
    **{"doughnutChart": "doughnut", "scatterChart": "scatter", "bubbleChart": "bubble"},
    **{"barChart": "column", "bar3DChart": "column", "stockChart": "stock"},
}
_NAMES: Final = tuple(sorted({*_TYPES.values(), "bar"}))
_C: Final = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_NEAR: Final = 1e-6


@dataclass(frozen=True)
class _Chart:
    kind: str
    title: str
    stacked: bool
    categories: tuple[str, ...]
    series: Mapping[str, tuple[float | None, ...]]


@recalculates()
def charts(
    artefacts: Artefacts, wanted: Annotated[Iterable[Mapping[str, Any]], one_by_one(_known)]
) -> list[Check]:
    """Check charts, one check for each that is wanted. A 3-D chart counts as its flat kind.

    Args:
        artefacts: What the agent left.
        wanted: For each a table of `slide` (its number, title or "last"), and what it must be:
            `type` ("column", "bar", "line", "pie", "area", "doughnut", "scatter", "net", or a
            list), `title` ("" for none), `categories`, `series` (values by the series' names, all
            of them), `stacked` (true or false), `count`, how many charts the slide has.

    Raises:
        Unreadable: If the document is missing or no presentation.
        TaskError: If the arguments are wrong.
    """
    deck = _read.left(artefacts)
    tables = [_known(each) for each in wanted]
    return [
        checked(f"chart {n} on slide {t['slide']}", _wrong, deck, t)
        for n, t in enumerate(tables, 1)
    ]


def _known(given: Any) -> dict[str, Any]:
    found = _wanted.table("a chart", given, _KEYS, ("slide",))
    _places.refuse_slide(found["slide"])
    if "type" in found:
        _wanted.one_of("a chart: type", found["type"], _NAMES)
    if not isinstance(found.get("categories", []), (list, tuple)):
        raise TaskError(f"a chart: categories are a list, not {found['categories']!r}")
    series = found.get("series", {})
    if not isinstance(series, Mapping) or not all(
        isinstance(values, (list, tuple)) for values in series.values()
    ):
        raise TaskError("a chart: series is a table of lists of values, by the series' names")
    return found


def _wrong(deck: Deck, wanted: Mapping[str, Any]) -> str:
    slide = _places.slides_at(deck, wanted["slide"])[0]
    found = list(_charts(slide))
    if wanted.get("count", len(found)) != len(found):
        return f"{slide.said} has {len(found)} charts, expected {wanted['count']}"
    if not found:
        return "" if wanted.get("count") == 0 else f"{slide.said} has no chart"
    wrongs = [_one_wrong(chart, wanted) for chart in found]
    return "" if "" in wrongs else f"{slide.said}: {wrongs[0]}"


def _charts(slide: Slide) -> Iterator[_Chart]:
    for shape in slide.all_shapes:
        if shape.chart:
            yield _chart(shape.chart)


def _one_wrong(chart: _Chart, wanted: Mapping[str, Any]) -> str:
    """Say how a chart is not as wanted."""
    kinds = _wanted.one_of("type", wanted.get("type", chart.kind), (*_NAMES, chart.kind))
    if chart.kind not in kinds:
        return f"the chart is a {chart.kind} chart, expected {' or '.join(kinds)}"
    if chart.title != folded(wanted.get("title", chart.title)):
        return f"the chart has the title {chart.title!r}, expected {wanted['title']!r}"
    if chart.stacked != wanted.get("stacked", chart.stacked):
        return f"the chart is {'' if chart.stacked else 'not '}stacked"
    expected = [folded(str(c)) for c in wanted.get("categories", chart.categories)]
    if list(chart.categories) != expected:
        return f"the chart has the categories {list(chart.categories)}, expected {expected}"
    if "series" not in wanted:
        return ""
    names = [folded(str(name)) for name in wanted["series"]]
    if sorted(chart.series) != sorted(names):
        return f"the chart has the series {list(chart.series)}, expected {names}"
    for name, values in wanted["series"].items():
        has = chart.series[folded(str(name))]
        if not _same(has, values):
            return f"the series {name!r} has the values {list(has)}, expected {list(values)}"
    return ""


def _same(has: Iterable[float | None], wanted: Iterable[Any]) -> bool:
    one, other = list(has), list(wanted)
    return len(one) == len(other) and all(
        a == b
        or (
            a is not None
            and b is not None
            and math.isclose(a, float(b), rel_tol=_NEAR, abs_tol=_NEAR)
        )
        for a, b in zip(one, other, strict=True)
    )


def _chart(data: bytes) -> _Chart:
    """Read a chart's part.

    Raises:
        Unreadable: If it is no chart.
    """
    try:
        root = etree.fromstring(data)
    except etree.XMLSyntaxError as e:
        raise Unreadable(f"a chart cannot be read ({e})") from None
    plots = [
        e
        for e in root.iter()
        if isinstance(e.tag, str) and e.tag.startswith(_C) and e.tag.removeprefix(_C) in _TYPES
    ]
    kind = _TYPES[plots[0].tag.removeprefix(_C)] if plots else "other"
    if plots and kind == "column" and _value(plots[0], "barDir") == "bar":
        kind = "bar"
    series: dict[str, tuple[float | None, ...]] = {}
    categories: tuple[str, ...] = ()
    for number, each in enumerate((s for p in plots for s in p.iter(f"{_C}ser")), 1):
        name = folded(" ".join(_points(each.find(f"{_C}tx")))) or f"series {number}"
        categories = categories or tuple(_points(each.find(f"{_C}cat")))
        values = each.find(f"{_C}val")
        values = each.find(f"{_C}yVal") if values is None else values
        series[name] = tuple(map(_number, _points(values)))
    heading = root.find(f"{_C}chart/{_C}title")
    title = "" if heading is None else "".join(t.text or "" for t in heading.iter(f"{_A}t"))
    stacked = bool(plots) and _value(plots[0], "grouping") in ("stacked", "percentStacked")
    return _Chart(kind, folded(title), stacked, categories, series)


def _value(plot: Any, name: str) -> str:
    found = plot.find(f"{_C}{name}")
    return "" if found is None else str(found.get("val", ""))


def _points(parent: Any) -> list[str]:
    """Return the texts or numbers that a chart keeps of what it shows, in their order."""
    if parent is None:
        return []
    points: dict[int, str] = {}
    for point in parent.iter(f"{_C}pt"):
        index = point.get("idx", "0")
        points.setdefault(int(index) if index.isdigit() else 0, point.findtext(f"{_C}v") or "")
    return [folded(points[n]) for n in sorted(points)]


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


@ASPECTS.offer("charts")
def _charts_aspect(was: Deck, now: Deck, part: Part) -> Iterator[str]:
    """Charts: their types, titles, categories and values."""
    for old, new in part.pairs(was, now):
        before, after = (sorted(map(_told, _charts(s))) for s in (old, new))
        if before != after:
            sides = ["; ".join(side) or "no chart" for side in (before, after)]
            yield f"{old.said} had {sides[0]}, now {sides[1]}"


def _told(chart: _Chart) -> str:
    values = ", ".join(
        f"{name} {' '.join('-' if v is None else f'{v:g}' for v in values)}"
        for name, values in sorted(chart.series.items())
    )
    stacked = "stacked " if chart.stacked else ""
    return (
        f"a {stacked}{chart.kind} chart {chart.title!r} of {' '.join(chart.categories)}: {values}"
    )
