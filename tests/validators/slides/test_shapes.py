"""Shapes in both directions: kinds, places, sizes, looks, and how they lie to each other."""

from __future__ import annotations

from typing import Any

import pytest
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.util import Cm, Pt

from .conftest import DECK, Change, Judge, changed, said, shape

START = {"slide": 3, "kind": "rectangle", "text": "Start"}
RIGHT: list[dict[str, Any]] = [
    {**START, "left": 2, "top": 3, "width": 4, "height": 2, "fill": "green", "rotation": 0},
    {"slide": 3, "kind": "rectangle", "count": 2},
    {"slide": 3, "kind": "oval", "fill": "#4472C4", "line": True, "grouped": False},
    {"slide": 3, "kind": "line", "width": {"near": 16, "tolerance": 0.2}},
    {"slide": 3, "kind": "text box", "text": "our plan".capitalize(), "fill": False},
    {"slide": 3, "name": "Logo", "kind": "picture", "layer": "front"},
    {"slide": 3, "kind": "triangle", "count": 0},
    {"slide": 4, "kind": "table", "count": 1},
    {"slide": 4, "kind": "chart", "left": {"at_least": 12.9}, "right": {"at_most": 23.1}},
]


def plan(deck: Any, at: int = 0) -> Any:
    return deck.slides[2].shapes[at]


def test_shapes_as_they_are(both: Judge) -> None:
    verdict = both(DECK, "shapes", wanted=RIGHT)
    assert verdict.success, verdict


def grouped(deck: Any) -> None:
    shapes = deck.slides[2].shapes
    shapes.add_group_shape([shapes[0], shapes[1]])


@pytest.mark.parametrize(
    ("change", "wanted", "says"),
    [
        (lambda d: setattr(plan(d), "left", Cm(3)), RIGHT[0], "its left is 3 cm, expected 2"),
        (
            lambda d: setattr(plan(d), "height", Cm(4)),
            RIGHT[0],
            "its height is 3.999 cm, expected 2",
        ),
        (lambda d: plan(d).fill.background(), RIGHT[0], "has the fill none, expected green"),
        (
            lambda d: setattr(plan(d).fill.fore_color, "rgb", RGBColor(255, 0, 0)),
            RIGHT[0],
            "has the fill #FF0000, expected green",
        ),
        (lambda d: setattr(plan(d), "rotation", 45), RIGHT[0], "is rotated by 45 degrees"),
        (
            lambda d: plan(d)._element.getparent().remove(plan(d)._element),
            RIGHT[1],
            "slide 3 has 1 of rectangle, expected 2",
        ),
        (
            lambda d: shape(d.slides[2], MSO_SHAPE.ISOSCELES_TRIANGLE, "", (1, 1, 2, 2)),
            RIGHT[6],
            "has 1 of triangle, expected 0",
        ),
        (lambda d: plan(d, 2).line.fill.background(), RIGHT[2], "has the line none"),
        (
            lambda d: shape(d.slides[2], MSO_SHAPE.CLOUD, "", (1, 1, 2, 2)),
            RIGHT[5],
            "is not in front; the cloud",
        ),
    ],
)
def test_other_shapes_fail(both: Judge, change: Change, wanted: Any, says: str) -> None:
    assert says in said(both(changed(DECK, change), "shapes", wanted=[wanted]))


def test_looks_that_were_asked_for(both: Judge) -> None:
    def change(deck: Any) -> None:
        made = shape(deck.slides[1], MSO_SHAPE.RIGHT_ARROW, "Go", (10.2, 8.525, 5, 2), "FF0000")
        made.line.color.rgb, made.line.width = RGBColor(0, 0, 255), Pt(3)
        made.rotation = 90
        made._element._nvXxPr.cNvPr.set("descr", "an arrow")
        grouped(deck)

    wanted = {"slide": "Results", "kind": "arrow", "text": "Go", "fill": ["red", "orange"]}
    wanted |= {"line": "blue", "line_width": 3, "rotation": 90, "centered": "both"}
    left = changed(DECK, change)
    assert both(left, "shapes", wanted=[wanted, {**START, "grouped": True}]).success
    assert "slide 2 ('Results') has no arrow" in said(both(DECK, "shapes", wanted=[wanted]))
    for key, value, says in (
        ("line_width", 1, "its line is 3 points wide, expected 1"),
        ("rotation", 0, "is rotated by 90 degrees"),
        ("line", "red", "has the line #0000FF"),
        ("kind", "left arrow", "has no left arrow"),
    ):
        assert says in said(both(left, "shapes", wanted=[{**wanted, key: value}]))


def test_descriptions_are_read_from_the_file_that_has_them(judge: Judge) -> None:
    def change(deck: Any) -> None:
        plan(deck)._element._nvXxPr.cNvPr.set("descr", "the first step")
        plan(deck, 5)._element._nvXxPr.cNvPr.set("descr", "our logo")

    wanted = [{**START, "alt": "the first step"}, {"slide": 3, "name": "Logo", "alt": "our logo"}]
    assert judge(changed(DECK, change), "shapes", wanted=wanted).success
    assert "is described as ''" in said(judge(DECK, "shapes", wanted=wanted[:1]))


ROW = ["'Start'", "'Build'", "'Ship'"]


def test_how_shapes_lie_to_each_other(both: Judge) -> None:
    demands: dict[str, Any] = {"align": "top", "spread": "horizontally", "same": "both"}
    demands |= {"layers": True, "order": "horizontally", "grouped": False}
    verdict = both(DECK, "arranged", slide=3, shapes=ROW, **demands)
    assert verdict.success and len(verdict.checks) == 7, verdict
    left = changed(DECK, grouped)
    assert both(left, "arranged", slide="3", shapes=ROW[:2], grouped=True).success
    assert "they are not in one group" in said(
        both(left, "arranged", slide=3, shapes=ROW, grouped=True)
    )


@pytest.mark.parametrize(
    ("change", "demand", "says"),
    [
        (lambda d: setattr(plan(d, 1), "top", Cm(3.5)), {"align": "top"}, "they differ in top"),
        (lambda d: setattr(plan(d, 1), "left", Cm(9)), {"spread": "horizontally"}, "gaps between"),
        (lambda d: setattr(plan(d, 2), "width", Cm(5)), {"same": "both"}, "they differ in width"),
        (
            lambda d: plan(d, 1)._element.addnext(plan(d)._element),
            {"layers": True},
            "the rectangle 'Start' is in front of the rectangle 'Build'",
        ),
        (lambda d: setattr(plan(d), "left", Cm(20)), {"order": "horizontally"}, "comes after"),
        (grouped, {"grouped": False}, "is in a group"),
    ],
)
def test_shapes_that_lie_otherwise_fail(
    both: Judge, change: Change, demand: Any, says: str
) -> None:
    left = changed(DECK, change)
    assert says in said(both(left, "arranged", slide=3, shapes=ROW, **demand))


def test_one_shape_cannot_stand_for_two(judge: Judge) -> None:
    says = said(judge(DECK, "arranged", slide=3, shapes=["Logo", "picture"], align="top"))
    assert "slide 3 has not as many shapes" in says
    assert "nothing is wanted" in judge(DECK, "arranged", slide=3, shapes=ROW, fault=True).fault
