"""How text looks, in both directions: set on it or inherited, whichever program stored it."""

from __future__ import annotations

from typing import Any

import pytest
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import PP_ALIGN
from pptx.util import Pt

from .conftest import DECK, Change, Judge, changed, said
from .test_text import split

COSTS = {"text": "Costs fell", "bold": True, "size": 24, "color": "#C00000", "only": True}


def run(deck: Any, line: int = 1, slide: int = 2) -> Any:
    return deck.slides[slide - 1].placeholders[1].text_frame.paragraphs[line - 1].runs[0]


def test_facts_are_those_that_are_seen(both: Judge) -> None:
    places = {
        "2!body": COSTS,
        "2!title": {"size": 44, "font": "Calibri", "align": "center", "bold": False},
        "5!body": {"size": {"at_least": 30, "at_most": 33}, "align": "left", "color": "black"},
        "1!subtitle": {"color": "grey"},
        "3!rectangle": {"color": "white"},
        "4!table": {"text": "City", "bold": False},
    }
    assert both(DECK, "formatting", places=places).success
    assert both(changed(DECK, split), "formatting", places=places).success


def everything(deck: Any) -> None:
    font = run(deck).font
    font.bold = font.italic = font.underline = True
    font.size, font.name = Pt(20), "Arial"
    font.color.theme_color = MSO_THEME_COLOR.ACCENT_2
    deck.slides[1].placeholders[1].text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT


def by_master(deck: Any) -> None:
    """The same for all titles, set on the master."""
    style = deck.slide_masters[0]._element.find(".//{*}titleStyle//{*}defRPr")
    style.set("b", "1")
    style.set("sz", "3000")


def test_all_facts(both: Judge) -> None:
    wanted = {"text": "Revenue grew", "bold": True, "italic": True, "underline": True}
    wanted |= {"size": 20, "font": "Arial", "color": ["#C0504D", "blue"], "align": "right"}
    assert both(changed(DECK, everything), "formatting", places={"2!body": wanted}).success
    says = said(both(DECK, "formatting", places={"2!body": wanted}))
    assert "slide 2 ('Results'): 'Revenue grew' is not bold" in says


def test_what_a_master_says_is_seen_on_slides(both: Judge) -> None:
    wanted = {"bold": True, "size": 30}
    left = changed(DECK, by_master)
    places = {"2!title": wanted, "4!title": wanted, "Next steps!title": wanted}
    assert both(left, "formatting", places=places).success
    assert not both(DECK, "formatting", places=places).success
    # Of all slides those are meant that have a title.
    assert both(left, "formatting", places={"*!title": wanted}).success
    assert "'Results' is not bold" in said(both(DECK, "formatting", places={"*!title": wanted}))
    assert both(left, "masters", title=wanted).success
    says = said(both(DECK, "masters", title=wanted))
    assert "a master's title is not bold" in says


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: setattr(run(d, 3).font, "bold", False), "'Costs fell' is not bold"),
        (lambda d: setattr(run(d, 3).font, "size", Pt(26)), "has 26 points, expected 24"),
        (
            lambda d: setattr(run(d, 3).font.color, "rgb", RGBColor(0, 0, 0)),
            "has the color #000000, expected #C00000",
        ),
        (lambda d: setattr(run(d, 3), "text", "Costs"), "there is no 'Costs fell'"),
    ],
)
def test_other_looks_fail(both: Judge, change: Change, says: str) -> None:
    assert says in said(both(changed(DECK, change), "formatting", places={"2!body": COSTS}))


def test_a_part_of_a_run_and_only_it(both: Judge) -> None:
    wanted = {"text": "grew", "italic": True, "only": True}

    def part(deck: Any) -> None:
        run(deck).text = "Revenue "
        more = deck.slides[1].placeholders[1].text_frame.paragraphs[0].add_run()
        more.text, more.font.italic = "grew", True

    assert both(changed(DECK, part), "formatting", places={"2!body": wanted}).success
    whole = changed(DECK, lambda d: setattr(run(d).font, "italic", True))
    says = said(both(whole, "formatting", places={"2!body": wanted}))
    assert "'Revenue' looks so too, only 'grew' should" in says
    assert not both(DECK, "formatting", places={"2!body": wanted}).success
