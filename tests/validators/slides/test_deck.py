"""Which slides there are, in which order, hidden or not, and how large; in both directions."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from pptx.util import Cm

from .conftest import DECK, Change, Judge, bullets, changed, failures, said

TITLES = ["Year in review", "Results", "", "Figures", "Next steps"]


def moved(deck: Any, at: int, to: int) -> None:
    listed = deck.slides._sldIdLst
    slide = listed[at - 1]
    listed.remove(slide)
    listed.insert(to - 1, slide)


def deleted(deck: Any, at: int) -> None:
    listed = deck.slides._sldIdLst
    deck.part.drop_rel(listed[at - 1].rId)
    listed.remove(listed[at - 1])


def duplicated(deck: Any, at: int) -> None:
    slide = deck.slides[at - 1]
    made = deck.slides.add_slide(slide.slide_layout)
    for shape in list(made.shapes):
        shape._element.getparent().remove(shape._element)
    for shape in slide.shapes:
        made.shapes._spTree.append(copy.deepcopy(shape._element))
    moved(deck, len(deck.slides), at + 1)


def agenda(deck: Any) -> None:
    bullets(deck, "Agenda", ["Results", "Plan"])
    moved(deck, 6, 2)


def test_the_slides_as_they_are(both: Judge) -> None:
    assert both(DECK, "deck", count=5, titles=TITLES, hidden=[], size="4:3").success


@pytest.mark.parametrize(
    ("change", "args", "says"),
    [
        (lambda d: deleted(d, 2), {"count": 5}, "there are 4 slides, expected 5"),
        (
            lambda d: setattr(d.slides[1].shapes.title, "text", "Result"),
            {"titles": TITLES},
            "slide 2 has the title 'Result', expected 'Results'",
        ),
        (lambda d: moved(d, 5, 4), {"titles": TITLES}, "slide 4 has the title 'Next steps'"),
        (
            lambda d: setattr(d.slides[1].shapes.title, "text", ""),
            {"titles": TITLES},
            "slide 2 has no title, expected 'Results'",
        ),
        (
            lambda d: d.slides[1]._element.set("show", "0"),
            {"hidden": ["Figures"]},
            "slide 4 ('Figures') is not hidden, slide 2 ('Results') is hidden",
        ),
        (lambda d: setattr(d, "slide_width", Cm(33.867)), {"size": "4:3"}, "slides are 33.87 x"),
    ],
)
def test_other_slides_fail(both: Judge, change: Change, args: Any, says: str) -> None:
    assert says in said(both(changed(DECK, change), "deck", **args))


def test_size_and_hidden_slides(both: Judge) -> None:
    def change(deck: Any) -> None:
        deck.slide_width, deck.slide_height = Cm(33.867), Cm(19.05)
        deck.slides[1]._element.set("show", "0")

    left = changed(DECK, change)
    assert both(left, "deck", hidden=["2"], size="16:9").success
    assert both(left, "deck", hidden=["Results"], size=[33.87, 19.05]).success
    assert not both(left, "deck", size=[25.4, 19.05]).success


@pytest.mark.parametrize(
    ("change", "order"),
    [
        (lambda d: moved(d, 2, 5), [1, 3, 4, 5, 2]),
        (lambda d: deleted(d, 3), [1, 2, 4, 5]),
        (lambda d: duplicated(d, 2), [1, 2, 2, 3, 4, 5]),
        (agenda, [1, "Agenda", 2, 3, 4, 5]),
        (agenda, [1, "", 2, 3, 4, 5]),
    ],
)
def test_slides_that_were_moved_deleted_duplicated_or_added(
    both: Judge, change: Change, order: list[Any]
) -> None:
    left = changed(DECK, change)
    assert both(left, "order", slides=order).success
    assert not both(DECK, "order", slides=order).success
    assert not both(left, "order", slides=[1, 2, 3, 4, 5]).success


def test_an_edited_slide_is_still_the_same(both: Judge) -> None:
    def change(deck: Any) -> None:
        deck.slides[1].placeholders[1].text_frame.paragraphs[0].runs[0].text = "Revenue fell"
        moved(deck, 2, 3)

    assert both(changed(DECK, change), "order", slides=[1, 3, 2, 4, 5]).success


def test_the_order_says_where_it_is_wrong(judge: Judge) -> None:
    says = said(judge(DECK, "order", slides=[1, 3, 2, 4, 5]))
    assert "slide 2 ('Results') is the initial slide 2, expected the initial 3" in says
    fault = judge(DECK, "order", slides=[9], fault=True).fault
    assert "the initial presentation has 5 slides, no 9" in fault


def test_nothing_wanted_is_told(judge: Judge) -> None:
    assert "nothing is wanted" in judge(DECK, "deck", fault=True).fault
    assert "there is no file" in str(judge(None, "deck", count=5))
    assert failures(judge(DECK, "deck", count=4)) == {
        "number of slides": "there are 5 slides, expected 4"
        "; the file is still the one that the episode began with: was it saved?"
    }
