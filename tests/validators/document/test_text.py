"""What documents say."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ITEMS, PARAGRAPHS, REPORT, STEPS, Judge, changed, failures, find, made, xml

ALL = ["Harbour", "Overview", *PARAGRAPHS, "Needs", *ITEMS, *STEPS, "Ships", "End of the report."]


def replaced(document: Any) -> None:
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            run.text = run.text.replace("harbour", "port")


def test_replacing_a_text_everywhere_passes_and_anything_less_fails(judge: Judge) -> None:
    wanted: dict[str, Any] = {"absent": ["harbour"], "counts": {"port": 5}}
    assert judge(REPORT, changed(REPORT, replaced), "text", **wanted).success
    assert not judge(REPORT, REPORT, "text", **wanted).success

    def once(document: Any) -> None:
        run = document.paragraphs[3].runs[0]
        run.text = run.text.replace("harbour", "port")

    told = failures(judge(REPORT, changed(REPORT, once), "text", **wanted))
    assert "'harbour' is still in paragraph 3 ('The harbour report" in told["no 'harbour'"]
    assert told["count of 'port'"] == "'port' occurs 3 times, expected 5"


def test_paragraphs_in_order_and_tables_are_no_paragraphs(judge: Judge) -> None:
    assert judge(REPORT, REPORT, "text", paragraphs=ALL, empty=0).success
    swapped = [*ALL[:2], ALL[3], ALL[2], *ALL[4:]]
    detail = failures(judge(REPORT, REPORT, "text", paragraphs=swapped))["paragraphs"]
    assert detail.startswith("paragraph 3: expected 'Ships came late in March")
    detail = failures(judge(REPORT, REPORT, "text", paragraphs=ALL[:-1]))["paragraphs"]
    assert detail == "there is a paragraph more: 'End of the report.'"
    detail = failures(judge(REPORT, REPORT, "text", paragraphs=[*ALL, "more"]))["paragraphs"]
    assert detail == "paragraph 14 is missing: 'more'"


def test_empty_paragraphs_are_counted(judge: Judge) -> None:
    left = changed(REPORT, lambda d: d.add_paragraph(" "))
    assert judge(REPORT, left, "text", paragraphs=ALL, empty=1).success
    told = failures(judge(REPORT, left, "text", empty=0))
    assert told == {"empty paragraphs": "there are 1 empty paragraphs, expected 0"}


def test_where_a_text_is(judge: Judge) -> None:
    for where, found in (("tables", True), ("body", False), ("text", True), ("headers", False)):
        verdict = judge(REPORT, REPORT, "text", contains="Aurora", where=where)
        assert verdict.success == found, where
    detail = failures(judge(REPORT, REPORT, "text", contains="aurora"))["has 'aurora'"]
    assert detail == (
        "there is no 'aurora' here, but 'Aurora' in"
        " table 1, row 2, column 1, paragraph 1 ('Aurora')"
    )
    assert judge(REPORT, REPORT, "text", contains="aurora", case=False).success


def test_order_of_texts(judge: Judge) -> None:
    assert judge(REPORT, REPORT, "text", ordered=["cranes.", "ropes", "Borea"]).success
    verdict = judge(REPORT, REPORT, "text", ordered=["ropes", "two more"])
    assert failures(verdict) == {"order": "'two more' comes before 'ropes'"}


HIDDEN = "secret"


def in_header(document: Any) -> None:
    document.sections[0].header.paragraphs[0].text = HIDDEN


def in_table(document: Any) -> None:
    document.tables[0].cell(1, 1).add_table(1, 1).cell(0, 0).text = HIDDEN


def in_control(document: Any) -> None:
    document.element.body.insert(
        0,
        xml(f"w:sdt><w:sdtContent><w:p><w:r><w:t>{HIDDEN}</w:t></w:r></w:p></w:sdtContent></w:sdt"),
    )


def in_field(document: Any) -> None:
    document.paragraphs[2]._p.append(
        xml(f'w:fldSimple w:instr=" AUTHOR "><w:r><w:t>{HIDDEN}</w:t></w:r></w:fldSimple')
    )


def in_insertion(document: Any) -> None:
    document.paragraphs[2]._p.append(
        xml(f'w:ins w:id="9" w:author="A"><w:r><w:t>{HIDDEN}</w:t></w:r></w:ins')
    )


def in_box(document: Any) -> None:
    document.paragraphs[2].add_run()._r.append(
        xml(
            'w:pict xmlns:v="urn:schemas-microsoft-com:vml">'
            '<v:shape style="width:99pt;height:99pt">'
            f"<v:textbox><w:txbxContent><w:p><w:r><w:t>{HIDDEN}</w:t></w:r></w:p></w:txbxContent>"
            "</v:textbox></v:shape></w:pict"
        )
    )


@pytest.mark.parametrize("hide", [in_header, in_table, in_control, in_field, in_insertion, in_box])
def test_a_text_is_found_wherever_it_hides(judge: Judge, hide: Any) -> None:
    left = changed(REPORT, hide)
    assert not judge(REPORT, left, "text", absent=HIDDEN).success
    assert judge(REPORT, left, "text", contains=HIDDEN, where="everywhere").success
    assert judge(REPORT, REPORT, "text", absent=HIDDEN).success
    assert not judge(REPORT, left, "unchanged").success


def test_a_text_that_is_deleted_by_a_tracked_change_is_none(judge: Judge) -> None:
    def strike(document: Any) -> None:
        paragraph = find(document, "cranes.")
        (run,) = paragraph.runs
        run._r.getparent().replace(
            run._r,
            xml(f'w:del w:id="9" w:author="A"><w:r><w:delText>{run.text}</w:delText></w:r></w:del'),
        )

    left = changed(REPORT, strike)
    assert judge(REPORT, left, "text", absent="two more", empty=1).success


def test_runs_that_word_has_split_make_no_difference(judge: Judge) -> None:
    def split(document: Any) -> None:
        for paragraph in document.paragraphs:
            text = paragraph.text
            paragraph.clear()
            paragraph._p.append(xml('w:proofErr w:type="spellStart"/'))
            for letter in text:
                paragraph.add_run(letter)._r.set(
                    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}rsidR",
                    "00AB12CD",
                )
            paragraph._p.append(xml('w:bookmarkStart w:id="99" w:name="_GoBack"/'))
            paragraph._p.append(xml('w:bookmarkEnd w:id="99"/'))

    left = changed(REPORT, split)
    assert judge(REPORT, left, "text", paragraphs=ALL, counts={"harbour": 3}).success
    aspects = ["text", "characters", "layout", "styles", "lists", "bookmarks"]
    verdict = judge(REPORT, left, "unchanged", aspects=aspects)
    assert verdict.success, failures(verdict)


def test_a_missing_document_and_one_without_text(judge: Judge) -> None:
    assert "there is no file" in str(judge(REPORT, None, "text", contains="x"))
    empty = made(lambda document: None)
    assert not judge(REPORT, empty, "text", paragraphs=ALL).success
