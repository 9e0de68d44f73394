"""How paragraphs are set."""

from __future__ import annotations

from typing import Any

import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT
from docx.shared import Cm, Pt

from .conftest import REPORT, Change, Judge, changed, failures, find, xml

TEXT = "Ships came late"


def setting(**facts: Any) -> Change:
    def change(paragraph: Any) -> None:
        for name, value in facts.items():
            setattr(paragraph.paragraph_format, name, value)

    return change


def styled(name: str) -> Change:
    def change(paragraph: Any) -> None:
        paragraph.style = name

    return change


def tab_stop(paragraph: Any) -> None:
    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(5), WD_TAB_ALIGNMENT.RIGHT)


def filled(paragraph: Any) -> None:
    paragraph._p.get_or_add_pPr().append(xml('w:shd w:val="clear" w:color="auto" w:fill="FFFF00"/'))


def boxed(paragraph: Any) -> None:
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="1" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right")
    )
    paragraph._p.get_or_add_pPr().append(xml(f"w:pBdr>{lines}</w:pBdr"))


def broken(paragraph: Any) -> None:
    """A page break where Word puts it: at the end of the paragraph before."""
    before = paragraph._p.getprevious()
    before.append(xml('w:r><w:br w:type="page"/></w:r'))


def own_style(paragraph: Any) -> None:
    """A style of the document's own, based on another one, that says it all."""
    styles = paragraph.part.document.styles
    base = styles.add_style("Base", 1)
    base.base_style = styles["Normal"]
    base.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    derived = styles.add_style("Derived", 1)
    derived.base_style = base
    paragraph.style = derived


RIGHT: list[tuple[str, Change, dict[str, Any]]] = [
    ("style", styled("Heading 1"), {"style": "Heading 1"}),
    ("LibreOffice's name", styled("Body Text"), {"style": "Text Body"}),
    ("one of two", styled("Quote"), {"style": ["Title", "quotations"]}),
    ("centre", setting(alignment=WD_ALIGN_PARAGRAPH.CENTER), {"align": "center"}),
    ("centre by a style", own_style, {"align": "center", "style": "Derived"}),
    ("justify", setting(alignment=WD_ALIGN_PARAGRAPH.JUSTIFY), {"align": "justify"}),
    ("lines", setting(line_spacing=1.5), {"line_spacing": 1.5}),
    ("double", setting(line_spacing=2.0), {"line_spacing": [2, 3]}),
    ("points", setting(line_spacing=Pt(14)), {"line_spacing": "exactly 14 pt"}),
    ("before", setting(space_before=Pt(6)), {"before": 6}),
    ("after", setting(space_after=Cm(1)), {"after": "1 cm"}),
    ("left", setting(left_indent=Cm(1.25)), {"left": "1.25 cm"}),
    ("right", setting(right_indent=Cm(2)), {"right": "2 cm"}),
    ("first", setting(first_line_indent=Cm(0.5)), {"first_line": "0.5 cm"}),
    (
        "hanging",
        setting(left_indent=Cm(2), first_line_indent=Cm(-1)),
        {"left": "2 cm", "first_line": "-1 cm"},
    ),
    ("page", setting(page_break_before=True), {"page_break": True}),
    ("break", broken, {"page_break": True}),
    ("next", setting(keep_with_next=True), {"keep_with_next": True}),
    ("together", setting(keep_together=True), {"keep_together": True}),
    ("fill", filled, {"fill": "yellow"}),
    ("box", boxed, {"border": "all"}),
    ("tabs", tab_stop, {"tabs": ["5 cm"]}),
    ("kind of tab", tab_stop, {"tabs": {"5 cm": "right"}}),
]


@pytest.mark.parametrize(("name", "change", "wanted"), RIGHT, ids=[r[0] for r in RIGHT])
def test_every_way_to_a_setting_passes_and_the_plain_paragraph_fails(
    judge: Judge, name: str, change: Change, wanted: dict[str, Any]
) -> None:
    left = changed(REPORT, lambda d: change(find(d, TEXT)))
    verdict = judge(REPORT, left, "paragraphs", wanted={TEXT: wanted}, only=True)
    assert verdict.success, failures(verdict)
    assert not judge(REPORT, REPORT, "paragraphs", wanted={TEXT: wanted}).success


def test_reasons_are_words_that_a_person_understands(judge: Judge) -> None:
    wanted = {TEXT: {"align": "center", "line_spacing": 2, "style": "Quote", "left": "1 cm"}}
    told = failures(judge(REPORT, REPORT, "paragraphs", wanted=wanted))
    name = "paragraph 4 ('Ships came late in March, and the harbo…')"
    assert told == {
        f"{TEXT} align": f"{name} is left-aligned, expected centred",
        f"{TEXT} line_spacing": f"{name} is spaced 1.15 lines, expected line_spacing 2",
        f"{TEXT} style": f"{name} is in the style 'Normal', expected the style 'Quote'",
        f"{TEXT} left": f"{name} is with a left indent of 0 pt (0 cm), expected left '1 cm'",
    }


def test_a_break_that_is_only_an_empty_line_or_elsewhere_fails(judge: Judge) -> None:
    def later(document: Any) -> None:
        find(document, TEXT).add_run().add_break(WD_BREAK.PAGE)

    wanted = {TEXT: {"page_break": True}}
    assert not judge(REPORT, changed(REPORT, later), "paragraphs", wanted=wanted).success
    wanted = {"two more cranes": {"page_break": True}}
    assert judge(REPORT, changed(REPORT, later), "paragraphs", wanted=wanted).success


def test_other_paragraphs_that_came_to_be_set_so_too(judge: Judge) -> None:
    def all_of_them(document: Any) -> None:
        for paragraph in document.paragraphs:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER

    left = changed(REPORT, all_of_them)
    args: dict[str, Any] = {"wanted": {TEXT: {"align": "center"}}}
    assert judge(REPORT, left, "paragraphs", **args).success
    told = failures(judge(REPORT, left, "paragraphs", only=True, **args))
    assert told == {"nothing else": "paragraph 1 ('Harbour') has come to have align 'center', too"}


def test_two_paragraphs_may_be_set_alike(judge: Judge) -> None:
    def change(document: Any) -> None:
        for text in (TEXT, "two more"):
            find(document, text).alignment = WD_ALIGN_PARAGRAPH.CENTER

    left = changed(REPORT, change)
    both = {TEXT: {"align": "center"}, "two more": {"align": "center"}}
    assert judge(REPORT, left, "paragraphs", wanted=both, only=True).success
    assert not judge(REPORT, left, "paragraphs", wanted={TEXT: both[TEXT]}, only=True).success


def test_the_aspects(judge: Judge) -> None:
    def change(document: Any) -> None:
        paragraph = find(document, TEXT)
        paragraph.style = "Quote"
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    left = changed(REPORT, change)
    told = failures(judge(REPORT, left, "unchanged", aspects=["styles", "layout", "text"]))
    name = "paragraph 4 ('Ships came late in March, and the harbo…')"
    assert told == {
        "styles": f"{name} was in the style 'Normal', is now in 'Quote'",
        "layout": f"{name} was left-aligned, is now right-aligned",
    }
    aspects = ["styles", "layout", "characters"]
    assert judge(REPORT, left, "unchanged", aspects=aspects, outside="#4").success
