"""What slides say, in both directions: titles, bullets and their levels, tables, notes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import DECK, Change, Judge, changed, said

RIGHT = {
    "2!title": "Results",
    "Results!body": ["Revenue grew", "\tmost in Oslo", "Costs fell"],
    "2": {"contains": ["Oslo", "Costs"], "absent": "Losses"},
    "2!notes": "Thank the team",
    "1!subtitle": "Sales team",
    "3!rectangle 2": "Build",
    "3!'our'": "Our plan",
    "4!table": {"contains": ["Oslo", "12"], "absent": ["Paris"]},
    "last!body": {"equals": ["Hire two people", "Open in Bonn"], "bullets": True},
    "*": {"absent": "nowhere"},
}


def body(deck: Any, slide: int = 2) -> Any:
    return deck.slides[slide - 1].placeholders[1].text_frame


def split(deck: Any) -> None:
    """Runs split at odd places, with attributes that PowerPoint leaves."""
    for slide in deck.slides:
        for shape in slide.shapes:
            for paragraph in shape.text_frame.paragraphs if shape.has_text_frame else ():
                for run in list(paragraph.runs):
                    rest = copy.deepcopy(run._r)
                    run._r.addnext(rest)
                    half = len(run.text) // 2
                    rest.text, run.text = run.text[half:], run.text[:half]
                    run._r.get_or_add_rPr().set("lang", "de-DE")
                    run._r.get_or_add_rPr().set("dirty", "0")
                    run._r.get_or_add_rPr().set("err", "1")


def test_what_slides_say(both: Judge) -> None:
    verdict = both(DECK, "text", places=RIGHT)
    assert verdict.success and len(verdict.checks) == len(RIGHT)
    assert both(changed(DECK, split), "text", places=RIGHT).success


def at(deck: Any, line: int) -> Any:
    return body(deck).paragraphs[line - 1]


@pytest.mark.parametrize(
    ("change", "place", "says"),
    [
        (lambda d: setattr(d.slides[1].shapes.title, "text", "Result"), "2!title", "'Result'"),
        (
            lambda d: setattr(at(d, 2), "text", "most in Rome"),
            "Results!body",
            "paragraph 2: expected 'most in Oslo', found 'most in Rome'",
        ),
        (
            lambda d: setattr(at(d, 2), "level", 0),
            "Results!body",
            "'most in Oslo' is at level 0, expected 1",
        ),
        (
            lambda d: setattr(body(d).add_paragraph(), "text", "More"),
            "Results!body",
            "paragraph 4, 'More', should not be there",
        ),
        (
            lambda d: at(d, 3)._p.getparent().remove(at(d, 3)._p),
            "Results!body",
            "there is no paragraph 3, expected 'Costs fell'",
        ),
        (lambda d: setattr(at(d, 3), "text", "Losses"), "2", "there is no 'Costs'"),
        (
            lambda d: setattr(d.slides[1].notes_slide.notes_text_frame, "text", "Thank them"),
            "2!notes",
            "expected 'Thank the team', found 'Thank them'",
        ),
        (
            lambda d: setattr(d.slides[3].shapes[1].table.cell(1, 0), "text", "Paris"),
            "4!table",
            "there is no 'Oslo'",
        ),
        (lambda d: setattr(d.slides[0].placeholders[1], "text", ""), "1!subtitle", "nothing"),
    ],
)
def test_other_texts_fail_and_say_where(both: Judge, change: Change, place: str, says: str) -> None:
    left = changed(DECK, change)
    assert says in said(both(left, "text", places={place: RIGHT[place]}))


def test_places_that_are_not_there_are_told(judge: Judge) -> None:
    says = said(judge(DECK, "text", places={"7!title": "x", "3!title": "x", "3!rectangle 3": "x"}))
    assert "there is no slide '7'; the slides are 1 'Year in review'" in says
    assert "slide 3 has no title; there is the rectangle 'Start'" in says
    assert "slide 3 has no rectangle 3" in says


def test_numbers_are_no_bullets(both: Judge) -> None:
    from lxml import etree

    def change(deck: Any) -> None:
        space = "http://schemas.openxmlformats.org/drawingml/2006/main"
        for paragraph in body(deck, 5).paragraphs:
            about = paragraph._p.get_or_add_pPr()
            about.append(etree.fromstring(f'<a:buAutoNum xmlns:a="{space}" type="arabicPeriod"/>'))
        at(deck, 1)._p.get_or_add_pPr().append(etree.fromstring(f'<a:buNone xmlns:a="{space}"/>'))

    left = changed(DECK, change)
    assert both(left, "text", places={"5!body": {"bullets": "number"}}).success
    assert not both(DECK, "text", places={"5!body": {"bullets": "number"}}).success
    says = said(both(left, "text", places={"2!body": {"bullets": True}}))
    assert "'Revenue grew' has no bullet, expected a bullet" in says


def test_how_often_texts_occur(both: Judge, resaved: Callable[[bytes], bytes]) -> None:
    texts = {"Oslo": 2, "team": 2, "revenue": 0, "plan": True, "Rome": 1}
    assert both(changed(DECK, split), "occurrences", texts=texts).success
    assert both(DECK, "occurrences", texts={"oslo": 1}, where=["tables"], case=False).success
    assert both(DECK, "occurrences", texts={"team": 1}, where=["notes"]).success
    assert both(DECK, "occurrences", texts={"Cost": 0, "Costs": 1}, words=True).success
    assert both(DECK, "occurrences", texts={"Oslo": 1}, slides="Figures").success
    says = said(both(DECK, "occurrences", texts={"Oslo": 0, "Paris": True}))
    assert "it occurs 2 times (slide 2 ('Results'): 1, slide 4 ('Figures'): 1), expected 0" in says
    assert "it does not occur" in says
