"""Nothing else changed, and equality with a gold presentation, in both directions."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.util import Cm, Pt

from cuagym.validators.slides._aspects import ASPECTS

from .conftest import (
    DECK,
    Change,
    Judge,
    bullets,
    changed,
    failures,
    pictured,
    png,
    said,
    shape,
    stored,
)
from .test_deck import agenda, deleted, moved
from .test_layouts import footed, painted
from .test_notes import commented
from .test_shows import animated, shown
from .test_text import body, split

ALL = sorted(ASPECTS)


def noisy(deck: Any) -> None:
    """What PowerPoint leaves in files, and nobody sees."""
    split(deck)
    for slide in deck.slides:
        for each in slide.shapes:
            if each.has_text_frame:
                about = each.text_frame._txBody.bodyPr
                for child in list(about):
                    about.remove(child)
                fit = about.makeelement(about.tag.replace("bodyPr", "normAutofit"), {})
                about.append(fit)
    core = deck.core_properties
    core.title, core.author, core.revision = "Another", "Someone", 99


def inherited(deck: Any) -> None:
    """Formatting set on the text itself, where it was inherited."""
    for paragraph in body(deck, 5).paragraphs:
        for run in paragraph.runs:
            run.font.size, run.font.bold, run.font.name = Pt(32), False, "Calibri"


@pytest.mark.parametrize("change", [lambda d: None, split, noisy, inherited])
def test_what_is_not_seen_makes_no_difference(
    judge: Judge, resaved: Callable[[bytes], bytes], change: Change
) -> None:
    left = changed(DECK, change)
    gold = {"gold.pptx": DECK}
    again = resaved(left)
    # LibreOffice does not read back what it has stored of masters.
    kept = [name for name in ALL if name != "masters"]
    states = [(left, ALL), (again, ALL), (changed(again, lambda d: None), ALL)]
    for each, aspects in [*states, (resaved(again), kept)]:
        assert not failures(judge(each, "unchanged", aspects=aspects))
        args = {"gold": "gold.pptx", "aspects": aspects, "gold_files": gold}
        assert not failures(judge(each, "equals_gold", **args))


def run(deck: Any) -> Any:
    return body(deck).paragraphs[0].runs[0]


SPOILT: dict[str, tuple[str, Change | bytes, str]] = {
    "word": ("text", lambda d: setattr(run(d), "text", "Revenue fell"), "is now 'Revenue fell'"),
    "level": ("text", lambda d: setattr(body(d).paragraphs[1], "level", 2), "at level 2"),
    "cell": (
        "text",
        lambda d: setattr(d.slides[3].shapes[1].table.cell(1, 1), "text", "13"),
        "'12' is now '13'",
    ),
    "bold": ("formatting", lambda d: setattr(run(d).font, "bold", True), "bold off, now bold on"),
    "color": (
        "formatting",
        lambda d: setattr(run(d).font.color, "rgb", RGBColor(255, 0, 0)),
        "had color #000000, now color #FF0000",
    ),
    "moved shape": (
        "shapes",
        lambda d: setattr(d.slides[2].shapes[0], "left", Cm(3)),
        "slide 3: the rectangle 'Start' was at 2.0, 3.0",
    ),
    "fill": (
        "shapes",
        lambda d: setattr(d.slides[2].shapes[0].fill.fore_color, "rgb", RGBColor(9, 9, 9)),
        "had the fill #00B050, now #090909",
    ),
    "new shape": (
        "shapes",
        lambda d: shape(d.slides[0], MSO_SHAPE.HEART, "", (1, 1, 2, 2)),
        "the heart named 'Heart 3' is new",
    ),
    "layer": (
        "shapes",
        lambda d: d.slides[2].shapes[1]._element.addnext(d.slides[2].shapes[0]._element),
        "lies in another layer",
    ),
    "lost slide": ("slides", lambda d: deleted(d, 5), "slide 5 ('Next steps') is gone"),
    "new slide": ("slides", agenda, "slide 2 ('Agenda') is new"),
    "order": ("slides", lambda d: moved(d, 2, 4), "come in the order"),
    "hidden": ("hidden", lambda d: d.slides[1]._element.set("show", "0"), "was shown, is now"),
    "notes": (
        "notes",
        lambda d: setattr(d.slides[1].notes_slide.notes_text_frame, "text", ""),
        "the notes of slide 2 ('Results') said 'Thank the team', is now ''",
    ),
    "background": ("backgrounds", painted, "the background of slide 2 ('Results') was #FFFFFF"),
    "footer": ("footers", footed, "the footer of slide 2 ('Results') was empty, is now"),
    "comment": ("comments", commented(DECK, "Hm"), "were none, is now Hm"),
    "transition": ("transitions", shown("<p:fade/>"), "had the transition none, now the"),
    "seconds": ("transitions", shown("", advTm="4000"), "now the transition none, 4 seconds"),
    "animation": ("animations", animated((10, 1)), "now fade of the rectangle 'Build'"),
    "picture": ("pictures", lambda d: pictured(d.slides[0], png(), (1, 1, 3, 2)), "1 new pictures"),
    "size": ("size", lambda d: setattr(d, "slide_width", Cm(30)), "was 25.4 x 19.1 cm"),
    "layout": (
        "layouts",
        lambda d: (
            d.slides[4]
            .placeholders[1]
            ._element.getparent()
            .remove(d.slides[4].placeholders[1]._element)
            or setattr(
                next(
                    r for r in d.slides[4].part.rels.values() if r.reltype.endswith("slideLayout")
                ),
                "_target",
                d.slide_layouts[5].part,
            )
        ),
        "had the layout 'title and content', now the layout 'title only'",
    ),
    "link": (
        "links",
        lambda d: setattr(run(d).hyperlink, "address", "https://example.org"),
        "'Revenue grew' leads to example.org now",
    ),
    "table row": (
        "tables",
        lambda d: (
            d.slides[3].shapes[1].table.cell(1, 0).merge(d.slides[3].shapes[1].table.cell(1, 1))
        ),
        "was 'Oslo' on #D0D8E7, is now 'Oslo 12' on",
    ),
}


@pytest.mark.parametrize("name", sorted(SPOILT))
def test_what_was_spoilt_is_told_by_its_aspect(both: Judge, judge: Judge, name: str) -> None:
    aspect, change, says = SPOILT[name]
    left = change if isinstance(change, bytes) else changed(DECK, change)
    # LibreOffice forgets seconds without a transition when it reads the file.
    judged = judge if name == "seconds" else both
    assert says in said(judged(left, "unchanged", aspects=[aspect]))
    gold = {"gold.pptx": DECK}
    verdict = judged(left, "equals_gold", gold="gold.pptx", aspects=[aspect], gold_files=gold)
    assert not verdict.success


def test_slides_that_may_change(both: Judge) -> None:
    def change(deck: Any) -> None:
        run(deck).text = "Revenue fell"
        agenda(deck)

    left = changed(DECK, change)
    assert both(left, "unchanged", outside="Results,new").success
    assert both(left, "unchanged", outside=["2", "new"]).success
    assert "slide 2 ('Agenda') is new" in said(both(left, "unchanged", outside="2"))
    assert "is now 'Revenue fell'" in said(both(left, "unchanged", outside="3,new"))
    assert both(changed(DECK, lambda d: deleted(d, 2)), "unchanged", outside="2").success


def test_a_part_of_the_gold_presentation(both: Judge, judge: Judge) -> None:
    gold = {"gold.pptx": changed(DECK, lambda d: setattr(run(d), "text", "Revenue fell"))}
    args: dict[str, Any] = {"gold": "gold.pptx", "gold_files": gold}
    assert both(DECK, "equals_gold", slides="1,Figures", **args).success
    assert "is now 'Revenue grew'" in said(both(DECK, "equals_gold", **args))
    fault = judge(DECK, "equals_gold", slides="Result", fault=True, **args).fault
    assert "there is no slide 'Result'" in fault
    assert "no gold file" in judge(DECK, "equals_gold", gold="g.pptx", fault=True).fault


def test_an_empty_presentation_is_no_other(both: Judge) -> None:
    deck = Presentation()
    bullets(deck, "Only", ["one"])
    assert "is gone" in said(both(stored(deck), "unchanged"))
    empty = stored(Presentation(BytesIO(stored(Presentation()))))
    assert not both(empty, "unchanged").success
