"""Layouts, backgrounds, numbers, dates and footers, in both directions."""

from __future__ import annotations

import copy
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from pptx import Presentation
from pptx.dml.color import RGBColor

from .conftest import DECK, Judge, changed, said, stored

LAYOUTS = {
    "1": "Title Slide",
    "2": "Title and Content",
    "3": "Blank",
    "4": "Title Only",
    "last": ["Title, Content", "Two Content"],
}


def test_layouts_by_either_program_s_names(both: Judge, resaved: Callable[[bytes], bytes]) -> None:
    assert both(DECK, "layouts", slides=LAYOUTS).success
    assert both(resaved(resaved(DECK)), "layouts", slides=LAYOUTS).success
    names = {"1": "title slide", "2": "Title, Content", "3": "Blank Slide"}
    assert both(DECK, "layouts", slides=names).success


@pytest.mark.parametrize("index", range(11))
def test_every_layout_survives_and_is_no_other(both: Judge, index: int) -> None:
    deck = Presentation(BytesIO(DECK))
    name = deck.slide_layouts[index].name
    deck.slides.add_slide(deck.slide_layouts[index])
    left = stored(deck)
    assert both(left, "layouts", slides={"last": name}).success
    other = "Title Only" if name != "Title Only" else "Blank"
    assert "slide 6 has the layout" in said(both(left, "layouts", slides={"last": other}))


def test_a_layout_that_was_changed(both: Judge) -> None:
    def two(deck: Any) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[3])
        slide.shapes.title.text = "Two"

    left = changed(DECK, two)
    assert both(left, "layouts", slides={"6": "Two Content"}).success
    says = said(both(left, "layouts", slides={"6": "Title and Content", "3": "Title Only"}))
    assert "slide 6 ('Two') has the layout" in says
    assert "slide 3 has the layout 'blank', expected 'title only'" in says


def painted(deck: Any) -> None:
    fill = deck.slides[1].background.fill
    fill.solid()
    fill.fore_color.rgb = RGBColor(0x11, 0x22, 0xEE)
    deck.slides[2].background.fill.gradient()


def test_backgrounds(both: Judge) -> None:
    wanted = {"2": "blue", "3": "gradient", "1": "white"}
    assert both(changed(DECK, painted), "backgrounds", slides=wanted).success
    says = said(both(DECK, "backgrounds", slides=wanted))
    assert "slide 2 ('Results') has the background #FFFFFF, expected blue" in says
    assert not both(changed(DECK, painted), "backgrounds", slides={"*": "white"}).success


def footed(deck: Any) -> None:
    for slide in list(deck.slides)[1:]:
        for place in slide.slide_layout.placeholders:
            if place.placeholder_format.idx in (11, 12):
                slide.shapes._spTree.append(copy.deepcopy(place._element))
        for shape in slide.placeholders:
            if shape.placeholder_format.idx == 11:
                shape.text_frame.text = "Confidential"


def test_numbers_and_footers(both: Judge) -> None:
    left = changed(DECK, footed)
    shown = {"number": True, "footer": "Confidential", "date": False}
    wanted = {"2": shown, "last": shown, "1": {"number": False, "footer": False}}
    assert both(left, "footers", slides=wanted).success
    says = said(both(DECK, "footers", slides=wanted))
    assert "slide 2 ('Results') shows no number" in says
    assert "slide 2 ('Results') shows the footer '', expected 'Confidential'" in says
    says = said(both(left, "footers", slides={"*": {"number": True}}))
    assert says == "slide 1 ('Year in review') shows no number"
    assert not both(left, "footers", slides={"2": {"footer": "Secret", "number": True}}).success
