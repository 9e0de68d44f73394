"""What texts look like."""

from __future__ import annotations

from typing import Any

import pytest
from docx.enum.text import WD_COLOR_INDEX, WD_UNDERLINE
from docx.shared import Pt, RGBColor

from .conftest import REPORT, Change, Judge, changed, failures, find, mark, xml

TEXT = "closed twice"


def marked(change: Change, text: str = TEXT) -> bytes:
    """The report with a text of it changed."""
    return changed(REPORT, lambda d: change(mark(find(d, text), text)))


def font(**facts: Any) -> Change:
    def change(run: Any) -> None:
        for name, value in facts.items():
            setattr(run.font, name, value)

    return change


def red(run: Any) -> None:
    run.font.color.rgb = RGBColor(0xC0, 0, 0)


def shaded(run: Any) -> None:
    run._r.get_or_add_rPr().append(xml('w:shd w:val="clear" w:color="auto" w:fill="FFFF00"/'))


def theme_font(run: Any) -> None:
    run._r.get_or_add_rPr().append(xml('w:rFonts w:asciiTheme="majorHAnsi"/'))


def strong(run: Any) -> None:
    run.style = run.part.document.styles["Strong"]


def halves(run: Any) -> None:
    """Bold, in two runs, with a plain space between them: nobody sees the difference."""
    one, two = run.text.split()
    paragraph = run._parent
    run.text = one
    run.bold = True
    last = paragraph.runs[-1]
    space, other = paragraph.add_run(" "), paragraph.add_run(two)
    other.bold = True
    paragraph._p.append(last._r)
    assert space.text == " "


RIGHT: list[tuple[str, Change, dict[str, Any]]] = [
    ("bold", font(bold=True), {"bold": True, "italic": False}),
    ("a style of characters", strong, {"bold": True}),
    ("two halves", halves, {"bold": True}),
    ("italic", font(italic=True), {"italic": True}),
    ("underline", font(underline=True), {"underline": True}),
    ("wave", font(underline=WD_UNDERLINE.WAVY), {"underline": "wave"}),
    ("strike", font(strike=True), {"strike": True}),
    ("two lines", font(double_strike=True), {"strike": True}),
    ("size", font(size=Pt(20)), {"size": 20}),
    ("font", font(name="Arial"), {"font": "arial"}),
    ("theme", theme_font, {"font": "Calibri"}),
    ("colour", red, {"color": "red"}),
    ("highlight", font(highlight_color=WD_COLOR_INDEX.YELLOW), {"highlight": "#FFFF00"}),
    ("shade", shaded, {"highlight": "yellow"}),
    ("superscript", font(superscript=True), {"superscript": True}),
    ("subscript", font(subscript=True), {"subscript": True, "superscript": False}),
    ("caps", font(all_caps=True), {"caps": True}),
    ("small caps", font(small_caps=True), {"small_caps": True}),
    ("hidden", font(hidden=True), {"hidden": True}),
]


@pytest.mark.parametrize(("name", "change", "wanted"), RIGHT, ids=[r[0] for r in RIGHT])
def test_every_way_to_a_look_passes_and_the_plain_text_fails(
    judge: Judge, name: str, change: Change, wanted: dict[str, Any]
) -> None:
    verdict = judge(REPORT, marked(change), "characters", texts={TEXT: wanted}, only=True)
    assert verdict.success, failures(verdict)
    assert not judge(REPORT, REPORT, "characters", texts={TEXT: wanted}).success


def test_every_character_must_look_so_and_the_reason_names_the_others(judge: Judge) -> None:
    half = marked(font(bold=True), "closed tw")
    told = failures(judge(REPORT, half, "characters", texts={TEXT: {"bold": True}}))
    assert told == {
        "'closed twice' bold": "'ice' in paragraph 4 ('Ships came late in March, and the harbo…')"
        " is not bold"
    }


def test_a_colour_that_is_not_the_one_asked_for(judge: Judge) -> None:
    left = marked(red)
    told = failures(judge(REPORT, left, "characters", texts={TEXT: {"color": "blue"}}))
    assert "is coloured #C00000" in told["'closed twice' color"]


def test_other_text_that_came_to_look_so_too(judge: Judge) -> None:
    def change(document: Any) -> None:
        for run in find(document, TEXT).runs:
            run.bold = True

    left = changed(REPORT, change)
    args: dict[str, Any] = {"texts": {TEXT: {"bold": True}}}
    assert judge(REPORT, left, "characters", **args).success
    told = failures(judge(REPORT, left, "characters", only=True, **args))
    assert (
        list(told) == ["nothing else"] and "has come to have bold True, too" in told["nothing else"]
    )


def test_two_texts_may_look_alike(judge: Judge) -> None:
    def change(document: Any) -> None:
        mark(find(document, TEXT), TEXT).bold = True
        mark(find(document, "two more"), "two more").bold = True

    left = changed(REPORT, change)
    both = {TEXT: {"bold": True}, "two more": {"bold": True, "italic": False}}
    assert judge(REPORT, left, "characters", texts=both, only=True).success
    one = {TEXT: {"bold": True}, "two more": {"italic": False}}
    assert not judge(REPORT, left, "characters", texts=one, only=True).success


def test_all_occurrences_are_meant_unless_one_is(judge: Judge) -> None:
    def first(document: Any) -> None:
        mark(document.paragraphs[2], "harbour").bold = True

    left = changed(REPORT, first)
    assert not judge(REPORT, left, "characters", texts={"harbour": {"bold": True}}).success
    one = {"harbour": {"bold": True, "occurrence": 1}}
    assert judge(REPORT, left, "characters", texts=one, only=True).success
    two = {"harbour": {"bold": True, "occurrence": 2}}
    assert not judge(REPORT, left, "characters", texts=two).success
    four = {"harbour": {"bold": True, "occurrence": 4}}
    assert "no occurrence 4" in str(judge(REPORT, left, "characters", texts=four))


@pytest.mark.parametrize(
    ("selector", "size"),
    [
        ("style:heading 1", 14),
        ("=Ships", 14),
        ("#1", 26),
        ("#-1", 11),
        ("#3-5", 11),
        ("table 1, row 1", 11),
    ],
)
def test_paragraphs_by_what_names_them(judge: Judge, selector: str, size: float) -> None:
    assert judge(REPORT, REPORT, "characters", texts={selector: {"size": size}}).success
    assert not judge(REPORT, REPORT, "characters", texts={selector: {"size": 12}}).success


@pytest.mark.parametrize(
    ("selector", "says"),
    [
        ("#99", "there is no paragraph #99: there are 13"),
        ("style:Quote", "no paragraph has the style 'Quote'"),
        ("table 4", "there is no table 4: there are 1 tables"),
        ("=Harbou", "no paragraph reads 'Harbou'"),
        ("submarine", "there is no text 'submarine'"),
    ],
)
def test_what_is_not_there_fails(judge: Judge, selector: str, says: str) -> None:
    verdict = judge(REPORT, REPORT, "characters", texts={selector: {"bold": False}})
    assert list(failures(verdict).values()) == [says]


def test_a_stretch_of_one_look_is_told_once(judge: Judge) -> None:
    left = marked(font(bold=True, underline=True))
    told = failures(judge(REPORT, left, "unchanged", aspects=["characters"]))
    assert told["characters"].startswith("'closed twice' in paragraph 4") and ";" in str(told)
    assert told["characters"].count("paragraph 4") == 1


def test_the_aspect_tells_which_characters_changed(judge: Judge) -> None:
    args: dict[str, Any] = {"aspects": ["characters"]}
    told = failures(judge(REPORT, marked(font(bold=True)), "unchanged", **args))
    assert told == {
        "characters": "'closed twice' in paragraph 4 ('Ships came late in March, and the harbo…')"
        " was not bold, is now bold"
    }
    verdict = judge(REPORT, marked(font(bold=True)), "unchanged", outside=[TEXT], **args)
    assert verdict.success
