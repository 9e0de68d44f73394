"""Pages, headers and footers."""

from __future__ import annotations

from typing import Any

import pytest
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Mm

from .conftest import REPORT, Change, Judge, changed, failures, xml


def landscape(document: Any) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width


def a4(document: Any) -> None:
    document.sections[0].page_width, document.sections[0].page_height = Mm(210), Mm(297)


def narrow(document: Any) -> None:
    section = document.sections[0]
    section.left_margin = section.right_margin = Cm(1.27)


def two_columns(document: Any) -> None:
    columns = document.sections[0]._sectPr.find(
        "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}cols"
    )
    columns.set("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}num", "2")


WANTED: list[tuple[Change, dict[str, Any], str]] = [
    (landscape, {"orientation": "landscape", "size": "Letter"}, "the orientation is portrait"),
    (a4, {"size": "a4"}, "the size is 612 pt (21.6 cm) by 792 pt (27.9 cm), expected a4"),
    (narrow, {"margins": {"left": "1.27 cm", "right": 36}}, "the left margin is 90 pt"),
    (two_columns, {"columns": 2}, "the columns is 1, expected 2"),
]


@pytest.mark.parametrize(("change", "wanted", "says"), WANTED)
def test_pages(judge: Judge, change: Change, wanted: dict[str, Any], says: str) -> None:
    verdict = judge(REPORT, changed(REPORT, change), "page", **wanted)
    assert verdict.success, failures(verdict)
    told = failures(judge(REPORT, REPORT, "page", **wanted))
    assert any(reason.startswith(says) for reason in told.values()), told
    told = failures(judge(REPORT, changed(REPORT, change), "unchanged", aspects=["page"]))
    assert set(told) == {"page"}


def test_sections(judge: Judge) -> None:
    def last_landscape(document: Any) -> None:
        section = document.add_section(WD_SECTION.NEW_PAGE)
        document.add_paragraph("wide")
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width

    left = changed(REPORT, last_landscape)
    args: dict[str, Any] = {"orientation": "landscape", "sections": 2}
    assert judge(REPORT, left, "page", section=-1, **args).success
    told = failures(judge(REPORT, left, "page", **args))
    expected = "the orientation of section 1 is portrait, expected landscape"
    assert told == {"orientation": expected}
    told = failures(judge(REPORT, left, "page", section=3, **args))
    assert told == {"orientation": "there is no section 3: there are 2"}


def test_sections_by_what_they_hold(judge: Judge) -> None:
    def in_two(document: Any) -> None:
        document.add_section(WD_SECTION.CONTINUOUS)
        document.add_paragraph("narrow lines")
        two_columns(document)

    left = changed(REPORT, in_two)
    assert judge(REPORT, left, "page", section="The harbour report", columns=2).success
    assert judge(REPORT, left, "page", section="narrow lines", columns=1).success
    told = failures(judge(REPORT, left, "page", section="narrow lines", columns=2))
    assert told == {"columns": "the columns of section 2 is 1, expected 2"}
    told = failures(judge(REPORT, left, "page", section="wide lines", columns=2))
    assert told == {"columns": "there is no text 'wide lines'"}


def lettered(document: Any) -> None:
    section = document.sections[0]
    section.header.paragraphs[0].text = "Harbour office"
    section.header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    footer = section.footer.paragraphs[0]
    footer.text = "Page "
    for instruction, text in (("PAGE", " of "), ("NUMPAGES", "")):
        footer._p.append(
            xml(f'w:fldSimple w:instr=" {instruction} "><w:r><w:t>7</w:t></w:r></w:fldSimple')
        )
        if text:
            footer.add_run(text)


def typed(document: Any) -> None:
    document.sections[0].footer.paragraphs[0].text = "Page 1 of 1"


HEADERS: dict[str, Any] = {
    "header": {"text": "Harbour office", "align": "right", "look": {"bold": False}},
    "footer": {"text": "Page {PAGE} of {NUMPAGES}", "fields": ["PAGE", "NUMPAGES"]},
    "first header": None,
}


def test_headers_and_page_numbers_that_are_fields(judge: Judge) -> None:
    verdict = judge(REPORT, changed(REPORT, lettered), "headers", wanted=HEADERS)
    assert verdict.success, failures(verdict)
    told = failures(judge(REPORT, REPORT, "headers", wanted=HEADERS))
    assert told["header"] in ("there is none", "it says empty, expected 'Harbour office'")
    told = failures(judge(REPORT, changed(REPORT, typed), "headers", wanted=HEADERS))
    assert told["footer"] == "it says 'Page 1 of 1', expected 'Page {PAGE} of {NUMPAGES}'"
    wanted = {"footer": {"fields": "PAGE"}}
    told = failures(judge(REPORT, changed(REPORT, typed), "headers", wanted=wanted))
    assert told == {"footer": "it says 'Page 1 of 1' without a field PAGE"}


def test_a_first_page_that_differs(judge: Judge) -> None:
    def first(document: Any) -> None:
        lettered(document)
        section = document.sections[0]
        section.different_first_page_header_footer = True
        section.first_page_header.paragraphs[0].text = "Confidential"

    wanted = {"first header": "Confidential", "header": {"contains": "office"}}
    assert judge(REPORT, changed(REPORT, first), "headers", wanted=wanted).success

    def hidden(document: Any) -> None:
        first(document)
        document.sections[0].different_first_page_header_footer = False

    assert not judge(REPORT, changed(REPORT, hidden), "headers", wanted=wanted).success


def test_the_aspect_sees_texts_and_fields(judge: Judge) -> None:
    left = changed(REPORT, lettered)
    told = failures(judge(REPORT, left, "unchanged"))
    assert told == {
        "headers": "the header of section 1 was missing, is now 'Harbour office';"
        " the footer of section 1 was missing, is now 'Page {PAGE} of {NUMPAGES}'"
    }
