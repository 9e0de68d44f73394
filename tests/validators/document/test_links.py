"""Hyperlinks, bookmarks, notes, properties."""

from __future__ import annotations

from typing import Any

from .conftest import REPORT, Judge, changed, failures, find, xml

KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
RELATION = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def linked(document: Any) -> None:
    target = document.part.relate_to("https://example.org/harbour/", KIND, is_external=True)
    paragraph = find(document, "End of")
    paragraph._p.append(
        xml(
            f'w:hyperlink {RELATION} r:id="{target}">'
            '<w:r><w:t xml:space="preserve">the </w:t></w:r>'
            "<w:r><w:rPr><w:b/></w:rPr><w:t>site</w:t></w:r></w:hyperlink"
        )
    )
    paragraph._p.append(
        xml('w:hyperlink w:anchor="needs"><w:r><w:t>below</w:t></w:r></w:hyperlink')
    )


def field_link(document: Any) -> None:
    """The same as a field, as Word writes some."""
    find(document, "End of")._p.append(
        xml(
            "w:fldSimple w:instr=' HYPERLINK \"https://example.org/harbour\" '>"
            "<w:r><w:t>the site</w:t></w:r></w:fldSimple"
        )
    )


def marked(document: Any) -> None:
    paragraph = find(document, "Needs")._p
    paragraph.insert(1, xml('w:bookmarkStart w:id="5" w:name="needs"/'))
    paragraph.append(xml('w:bookmarkEnd w:id="5"/'))


def test_links(judge: Judge) -> None:
    wanted = {"the site": "https://example.org/harbour", "below": "#needs", "Needs": None}
    verdict = judge(REPORT, changed(REPORT, linked), "links", wanted=wanted, others=False)
    assert verdict.success, failures(verdict)
    wanted = {"the site": "https://example.org/harbour"}
    assert judge(REPORT, changed(REPORT, field_link), "links", wanted=wanted).success
    told = failures(judge(REPORT, changed(REPORT, linked), "links", wanted=wanted, others=False))
    assert told == {"no other links": "links: 'below' to '#needs'"}
    told = failures(judge(REPORT, REPORT, "links", wanted=wanted))
    assert "it is no link" in told["link 'the site'"]
    told = failures(judge(REPORT, changed(REPORT, linked), "links", wanted={"site": None}))
    assert told == {"link 'site'": "it leads to 'https://example.org/harbour/'"}
    told = failures(judge(REPORT, changed(REPORT, linked), "unchanged", aspects=["links"]))
    assert "the link 'below' to '#needs' is new" in told["links"]


def test_bookmarks(judge: Judge) -> None:
    left = changed(REPORT, marked)
    assert judge(REPORT, left, "bookmarks", wanted={"needs": "Needs", "wants": None}).success
    told = failures(judge(REPORT, left, "bookmarks", wanted={"needs": "Ships", "x": ""}))
    assert told == {
        "bookmark needs": "it is on 'Needs', expected 'Ships'",
        "bookmark x": "there is none (there are: needs)",
    }
    told = failures(judge(REPORT, left, "unchanged", aspects=["bookmarks"]))
    assert told == {"bookmarks": "the bookmark needs was missing, is now on 'Needs'"}


def test_properties(judge: Judge) -> None:
    def change(document: Any) -> None:
        document.core_properties.title = "Harbour report"
        document.core_properties.keywords = "ships"

    left = changed(REPORT, change)
    wanted = {"title": "Harbour report", "subject": "", "keywords": "ships"}
    verdict = judge(REPORT, left, "properties", wanted=wanted)
    assert verdict.success, failures(verdict)
    told = failures(judge(REPORT, REPORT, "properties", wanted=wanted))
    assert told["title"] == "it is empty, expected 'Harbour report'"
    told = failures(judge(REPORT, left, "unchanged", aspects=["properties"]))
    assert "title was empty, is now 'Harbour report'" in told["properties"]


FOOTNOTES = """w:footnotes>
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p>
</w:footnote>
<w:footnote w:id="1"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>first note</w:t></w:r></w:p>
</w:footnote>
<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>second note</w:t></w:r></w:p>
</w:footnote>
</w:footnotes"""


def noted(document: Any) -> None:
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from lxml import etree

    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, etree.tostring(xml(FOOTNOTES)))
    document.part.relate_to(part, KIND.replace("hyperlink", "footnotes"))
    for text, number in (("The harbour report", 1), ("Ships came", 2)):
        find(document, text)._p.append(xml(f'w:r><w:footnoteReference w:id="{number}"/></w:r'))


def test_notes_in_the_order_of_their_references(judge: Judge) -> None:
    left = changed(REPORT, noted)
    args: dict[str, Any] = {"footnotes": ["first note", "second note"], "endnotes": []}
    verdict = judge(REPORT, left, "notes", **args)
    assert verdict.success, failures(verdict)
    told = failures(judge(REPORT, left, "notes", footnotes=["second note", "first note"]))
    assert told["footnotes"].endswith("found 'first note', 'second note'")
    assert not judge(REPORT, REPORT, "notes", **args).success
    assert judge(REPORT, left, "text", contains="second note", where="notes").success
    told = failures(judge(REPORT, left, "unchanged"))
    assert set(told) == {"notes"}


def test_a_note_stands_behind_a_text(judge: Judge) -> None:
    left = changed(REPORT, noted)
    first = {"text": "first note", "after": "the first quarter. "}
    second = {"text": "second note", "after": "closed twice."}
    assert judge(REPORT, left, "notes", footnotes=[first, second]).success
    told = failures(judge(REPORT, left, "notes", footnotes=[{**first, "after": "quarter"}, second]))
    assert told == {
        "footnotes": "'first note' stands behind '…arbour report covers the first quarter.',"
        " expected 'quarter'"
    }
