"""Pictures, tables, charts and links, in both directions."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Cm

from .conftest import DECK, ROWS, Change, Judge, changed, pictured, png, said

GOLD = {"logo.png": png(), "other.png": png((20, 160, 60)), "notes.txt": b"no picture"}
LOGO = {"slide": 3, "image": "logo.png", "undistorted": True, "cropped": False}


def jpeg(data: bytes) -> bytes:
    out = BytesIO()
    Image.open(BytesIO(data)).resize((240, 160)).save(out, "JPEG", quality=85)
    return out.getvalue()


def logo(deck: Any) -> Any:
    return next(s for s in deck.slides[2].shapes if s.name == "Logo")


def replaced(data: bytes) -> Change:
    def change(deck: Any) -> None:
        old = logo(deck)
        old._element.getparent().remove(old._element)
        pictured(deck.slides[2], data, (14, 10, 6, 4))

    return change


def test_pictures(both: Judge) -> None:
    for left in (DECK, changed(DECK, replaced(jpeg(png())))):
        verdict = both(left, "pictures", wanted=[LOGO, {"slide": 1, "count": 0}], gold_files=GOLD)
        assert verdict.success, verdict


@pytest.mark.parametrize(
    ("change", "wanted", "says"),
    [
        (replaced(png((20, 160, 60))), {}, "shows something else than 'logo.png'"),
        (lambda d: setattr(logo(d), "width", Cm(9)), {}, "is stretched: 1.50 times as wide"),
        (lambda d: setattr(logo(d), "crop_left", 0.25), {}, "is cropped"),
        (
            lambda d: logo(d)._element.getparent().remove(logo(d)._element),
            {},
            "slide 3 has no picture",
        ),
        (lambda d: pictured(d.slides[2], png(), (1, 1, 3, 2)), {"count": 1}, "has 2 such pictures"),
        (lambda d: None, {"cropped": True}, "is not cropped"),
        (lambda d: None, {"slide": "Results"}, "slide 2 ('Results') has no picture"),
    ],
)
def test_other_pictures_fail(both: Judge, change: Change, wanted: Any, says: str) -> None:
    left = changed(DECK, change)
    verdict = both(left, "pictures", wanted=[{**LOGO, **wanted}], gold_files=GOLD)
    assert says in said(verdict)


def test_gold_files_that_are_no_pictures_are_told(judge: Judge) -> None:
    for name, says in (("logo.jpg", "did you mean 'logo.png'"), ("notes.txt", "is no picture")):
        wanted = [{**LOGO, "image": name}]
        assert says in judge(DECK, "pictures", wanted=wanted, gold_files=GOLD, fault=True).fault


FIGURES = {"slide": "Figures", "rows": [*ROWS, ["Rome", "7"]][:3], "size": [3, 2]}


def cell(deck: Any, row: int, column: int) -> Any:
    return deck.slides[3].shapes[1].table.cell(row, column)


def test_tables(both: Judge) -> None:
    more = {"slide": 4, "header": ["City", "Sold"], "cells": {"2,1": "Oslo"}, "count": 1}
    assert both(DECK, "tables", wanted=[FIGURES, more, {"slide": 1, "count": 0}]).success


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: setattr(cell(d, 2, 1), "text", "8"), "row 3, column 2: expected '7', found '8'"),
        (lambda d: cell(d, 1, 0).merge(cell(d, 1, 1)), "row 2, column 1: expected 'Oslo', found"),
        (
            lambda d: (
                d.slides[3].shapes[1]._element.getparent().remove(d.slides[3].shapes[1]._element)
            ),
            "slide 4 ('Figures') has no table",
        ),
        (
            lambda d: (
                cell(d, 2, 0)._tc.getparent().getparent().remove(cell(d, 2, 0)._tc.getparent())
            ),
            "the table has 2 rows and 2 columns, expected 3 rows and 2 columns",
        ),
    ],
)
def test_other_tables_fail(both: Judge, change: Change, says: str) -> None:
    assert says in said(both(changed(DECK, change), "tables", wanted=[FIGURES]))


SALES = {"slide": 4, "type": "column", "categories": ["Q1", "Q2"], "stacked": False}
SALES |= {"series": {"South": [3, 4], "North": [1, 2.5]}, "title": "", "count": 1}


def charted(kind: Any = XL_CHART_TYPE.COLUMN_CLUSTERED, title: str = "", last: float = 4) -> bytes:
    def change(deck: Any) -> None:
        slide = deck.slides[3]
        old = slide.shapes[2]._element
        old.getparent().remove(old)
        data = CategoryChartData()
        data.categories = ["Q1", "Q2"]
        data.add_series("North", (1, 2.5))
        data.add_series("South", (3, last))
        frame = slide.shapes.add_chart(kind, Cm(13), Cm(5), Cm(10), Cm(7), data)
        frame.chart.has_title = bool(title)
        if title:
            frame.chart.chart_title.text_frame.text = title

    return changed(DECK, change)


@pytest.mark.parametrize(
    ("left", "type_"),
    [
        (DECK, "column"),
        (charted(XL_CHART_TYPE.BAR_CLUSTERED), "bar"),
        (charted(XL_CHART_TYPE.LINE_MARKERS), "line"),
        (charted(XL_CHART_TYPE.AREA), "area"),
    ],
    ids=["column", "bar", "line", "area"],
)
def test_charts(both: Judge, left: bytes, type_: str) -> None:
    wanted = {k: v for k, v in SALES.items() if k != "stacked"} | {"type": type_}
    assert both(left, "charts", wanted=[wanted]).success
    other = "column" if type_ != "column" else "bar"
    says = said(both(left, "charts", wanted=[{**wanted, "type": other}]))
    assert f"the chart is a {type_} chart, expected {other}" in says


def test_other_charts_fail(both: Judge) -> None:
    for left, says in (
        (charted(title="Sales"), "has the title 'Sales', expected ''"),
        (charted(last=5), "the series 'South' has the values [3.0, 5.0], expected [3, 4]"),
        (charted(XL_CHART_TYPE.COLUMN_STACKED), "the chart is stacked"),
    ):
        assert says in said(both(left, "charts", wanted=[SALES]))
    for key, value in (("categories", ["Q1", "Q3"]), ("series", {"North": [1, 2.5]}), ("count", 2)):
        assert not both(DECK, "charts", wanted=[{**SALES, key: value}]).success
    says = said(both(DECK, "charts", wanted=[{"slide": 1, "type": "pie"}]))
    assert "slide 1 ('Year in review') has no chart" in says


def linked(deck: Any) -> None:
    run = deck.slides[1].placeholders[1].text_frame.paragraphs[0].runs[0]
    run.hyperlink.address = "https://example.org/a"
    deck.slides[2].shapes[0].click_action.target_slide = deck.slides[4]


def test_links(both: Judge) -> None:
    left = changed(DECK, linked)
    wanted = {
        "2!body": {"Revenue": "example.org/a/"},
        "2": "https://example.org/a",
        "3!'Start'": "slide 5",
        "3!'Build'": "",
        "5": "",
    }
    assert both(left, "links", places=wanted).success
    says = said(both(DECK, "links", places=wanted))
    assert "slide 2 ('Results') has the links none, expected 'Revenue' to example.org/a/" in says
    for place, target in (("2", "https://example.org/b"), ("3!'Start'", "slide 4"), ("2", "")):
        assert not both(left, "links", places={place: target}).success
