"""Lists, headings and tables of contents."""

from __future__ import annotations

from typing import Any

from .conftest import ITEMS, REPORT, STEPS, Judge, changed, failures, find, made, xml

OUTLINE = [[1, "Overview"], [2, "Needs"], [1, "Ships"]]


def test_bullets_and_numbers(judge: Judge) -> None:
    wanted: dict[str, Any] = {
        "style:List Bullet": {"kind": "bullet", "level": 1, "label": "•"},
        "style:List Number": {"kind": "number", "format": "decimal", "label": ["1.", "2."]},
        "Ships came": "none",
    }
    verdict = judge(REPORT, REPORT, "lists", wanted=wanted)
    assert verdict.success, failures(verdict)
    told = failures(
        judge(REPORT, REPORT, "lists", wanted={"ropes": "number", STEPS[1]: {"label": "3."}})
    )
    assert told == {
        "ropes in a list": "paragraph 8 ('ropes') is bulleted '•' on level 1,"
        " expected kind 'number'",
        "sign the order in a list": "paragraph 11 ('sign the order') shows '2.', expected '3.'",
    }


def test_typed_bullets_are_none(judge: Judge) -> None:
    def typed(document: Any) -> None:
        for item in ITEMS:
            paragraph = next(p for p in document.paragraphs if p.text == item)
            paragraph.style = "Normal"
            paragraph.runs[0].text = f"• {item}"

    left = changed(REPORT, typed)
    assert not judge(REPORT, left, "lists", wanted={"ropes": "bullet"}).success
    told = failures(judge(REPORT, left, "unchanged", aspects=["lists"]))
    assert "paragraph 7 ('cranes') was bulleted '•' on level 1, is now in none" in told["lists"]


NUMBERING = """w:abstractNum w:abstractNumId="77"><w:multiLevelType w:val="multilevel"/>
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="3"/><w:numFmt w:val="lowerLetter"/>
<w:lvlText w:val="%1.%2)"/></w:lvl></w:abstractNum"""


def numbered(document: Any) -> None:
    """Two lists of one kind, the second of which begins anew."""
    root = document.part.numbering_part.element
    root.insert(0, xml(NUMBERING))
    root.append(xml('w:num w:numId="77"><w:abstractNumId w:val="77"/></w:num'))
    root.append(
        xml(
            'w:num w:numId="78"><w:abstractNumId w:val="77"/><w:lvlOverride w:ilvl="0">'
            '<w:startOverride w:val="1"/></w:lvlOverride></w:num'
        )
    )
    for text, number, level in (
        ("alpha", 77, 0),
        ("beta", 77, 1),
        ("gamma", 77, 1),
        ("delta", 77, 0),
        ("epsilon", 77, 1),
        ("zeta", 78, 0),
    ):
        paragraph = document.add_paragraph(text)
        paragraph._p.get_or_add_pPr().append(
            xml(f'w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr')
        )
        document.add_paragraph("between")


def test_what_numbers_show_is_counted_through_levels_and_lists(judge: Judge) -> None:
    left = made(numbered)
    labels = {
        "=alpha": "I.",
        "=beta": "I.c)",
        "=gamma": "I.d)",
        "=delta": "II.",
        "=epsilon": "II.c)",
        "=zeta": "I.",
    }
    wanted = {name: {"label": label} for name, label in labels.items()}
    verdict = judge(REPORT, left, "lists", wanted=wanted)
    assert verdict.success, failures(verdict)
    assert judge(REPORT, left, "lists", wanted={"=beta": {"level": 2}}).success


def test_headings_are_paragraphs_of_a_level_not_large_ones(judge: Judge) -> None:
    assert judge(REPORT, REPORT, "headings", wanted=OUTLINE).success

    def demoted(document: Any) -> None:
        find(document, "Needs").style = "Heading 3"

    told = failures(judge(REPORT, changed(REPORT, demoted), "headings", wanted=OUTLINE))
    assert told == {"headings": "heading 2: expected 'Needs' on level 2, found 'Needs' on level 3"}

    def faked(document: Any) -> None:
        paragraph = find(document, "Needs")
        paragraph.style = "Normal"
        paragraph.runs[0].bold = True

    told = failures(judge(REPORT, changed(REPORT, faked), "headings", wanted=OUTLINE))
    assert told == {"headings": "heading 2: expected 'Needs' on level 2, found 'Ships' on level 1"}
    told = failures(judge(REPORT, changed(REPORT, faked), "unchanged", aspects=["headings"]))
    assert told == {"headings": "as a heading paragraph 6 ('Needs') was on level 2, is now none"}


def contents(*entries: str) -> Any:
    def change(document: Any) -> None:
        first = document.paragraphs[1]._p
        for number, entry in enumerate(entries):
            runs = f"<w:r><w:t>{entry}</w:t><w:tab/><w:t>1</w:t></w:r>"
            if number == 0:
                begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
                instruction = '<w:r><w:instrText> TOC \\o "1-3" \\h </w:instrText></w:r>'
                separate = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
                runs = begin + instruction + separate + runs
            if number == len(entries) - 1:
                runs += '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
            first.addprevious(xml(f"w:p>{runs}</w:p"))

    return change


def test_a_table_of_contents_is_a_field_that_lists_the_headings(judge: Judge) -> None:
    left = changed(REPORT, contents("Overview", "Needs", "Ships"))
    verdict = judge(REPORT, left, "contents", before="Overview")
    assert verdict.success, failures(verdict)
    assert judge(REPORT, left, "text", counts={"Needs": 1}).success, "entries are no text"
    assert judge(REPORT, left, "unchanged").success
    told = failures(judge(REPORT, left, "contents", levels=1))
    assert told["up to date"].startswith("it lists 'Overview', 'Needs', 'Ships', expected")
    assert judge(REPORT, changed(REPORT, contents("Overview", "Ships")), "contents").success
    old = changed(REPORT, contents("Overview", "Wants", "Ships"))
    assert failures(judge(REPORT, old, "contents")) == {"up to date": "it does not list 'Needs'"}
    told = failures(judge(REPORT, left, "unchanged", aspects=["contents"]))
    assert told == {"contents": "it listed nothing, now Overview, Needs, Ships"}


def test_a_table_of_contents_has_a_place(judge: Judge) -> None:
    left = changed(REPORT, contents("Overview", "Needs", "Ships"))
    assert judge(REPORT, left, "contents", after="Harbour", before="Overview").success
    told = failures(judge(REPORT, left, "contents", after="Overview"))
    assert told == {"after 'Overview'": "it comes too early"}
    told = failures(judge(REPORT, left, "contents", before="Harbour"))
    assert told == {"before 'Harbour'": "paragraph 1 ('Harbour') comes before it"}


def test_a_typed_table_of_contents_is_none(judge: Judge) -> None:
    def typed(document: Any) -> None:
        for text in ("Overview\t1", "Needs\t1", "Ships\t1"):
            document.paragraphs[1].insert_paragraph_before(text)

    told = failures(judge(REPORT, changed(REPORT, typed), "contents"))
    assert told == {"table of contents": "there is none: texts that were typed do not count"}
