"""Tracked changes."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import REPORT, Judge, changed, failures, find, xml

BY = 'w:id="9" w:author="Ann" w:date="2026-01-01T10:00:00Z"'


def tracked(document: Any) -> None:
    """An insertion in two runs, a deletion, a change of looks, and a paragraph that goes."""
    paragraph = find(document, "The harbour report")
    paragraph._p.append(
        xml(
            f'w:ins {BY}><w:r><w:t xml:space="preserve"> It was </w:t></w:r>'
            "<w:r><w:rPr><w:b/></w:rPr><w:t>late.</w:t></w:r></w:ins"
        )
    )
    other = find(document, "two more cranes")
    words = other.text
    other.runs[0].text = words.replace("two more ", "")
    other._p.append(
        xml(f'w:del {BY}><w:r><w:delText xml:space="preserve">two more </w:delText></w:r></w:del')
    )
    other._p.append(
        xml(f"w:r><w:rPr><w:i/><w:rPrChange {BY}><w:rPr/></w:rPrChange></w:rPr><w:t>!</w:t></w:r")
    )
    gone = find(document, "ropes")
    gone._p.get_or_add_pPr().append(xml(f"w:rPr><w:del {BY}/></w:rPr"))
    (run,) = gone.runs
    run._r.getparent().replace(
        run._r, xml(f"w:del {BY}><w:r><w:delText>ropes</w:delText></w:r></w:del")
    )


TRACKED = changed(REPORT, tracked)
WANTED = [
    {"kind": "insertion", "text": "It was late.", "author": "Ann"},
    {"kind": "deletion", "text": "two more"},
    {"kind": "formatting", "text": "!"},
    {"kind": "deletion", "text": "ropes"},
]


def accepted(document: Any) -> None:
    run = find(document, "The harbour report").runs[0]
    run.text += " It was late."
    other = find(document, "two more cranes").runs[0]
    other.text = other.text.replace("two more ", "") + "!"
    gone = find(document, "ropes")._p
    gone.getparent().remove(gone)


def rejected(document: Any) -> None:
    other = find(document, "two more cranes").runs[0]
    other.text = other.text.replace("two more ", "") + "two more !"


def test_changes_by_kind_text_and_author(judge: Judge) -> None:
    verdict = judge(REPORT, TRACKED, "changes", wanted=WANTED)
    assert verdict.success, failures(verdict)
    told = failures(judge(REPORT, TRACKED, "changes", wanted=WANTED[1:]))
    assert told == {"no other changes": "there are: insertion of ' It was late.'"}
    assert judge(REPORT, TRACKED, "changes", wanted=WANTED[1:], others=True).success
    other = [*WANTED[1:], {**WANTED[0], "author": "Bob"}]
    assert not judge(REPORT, TRACKED, "changes", wanted=other).success
    told = failures(judge(TRACKED, REPORT, "changes", wanted=WANTED))
    assert len(told) == 4 and "there is none; there are: none" in told.values()
    assert judge(TRACKED, REPORT, "changes", wanted=[]).success
    assert not judge(REPORT, TRACKED, "changes", wanted=[]).success


@pytest.mark.parametrize("how", ["accepted", "rejected"])
def test_all_accepted_or_rejected(judge: Judge, how: str) -> None:
    right = {"accepted": accepted, "rejected": rejected}
    verdict = judge(TRACKED, changed(REPORT, right[how]), "changes_resolved", how=how)
    assert verdict.success, failures(verdict)
    other = right["rejected" if how == "accepted" else "accepted"]
    told = failures(judge(TRACKED, changed(REPORT, other), "changes_resolved", how=how))
    assert list(told) == [how] and told[how].startswith("paragraph 3 says")
    told = failures(judge(TRACKED, TRACKED, "changes_resolved", how=how))
    assert "no changes left" in told


def test_one_that_is_left_fails(judge: Judge) -> None:
    def almost(document: Any) -> None:
        accepted(document)
        paragraph = find(document, "cranes.!")
        run = paragraph.runs[0]
        run._r.get_or_add_rPr().append(xml(f"w:rPrChange {BY}><w:rPr/></w:rPrChange"))

    told = failures(judge(TRACKED, changed(REPORT, almost), "changes_resolved", how="accepted"))
    assert list(told) == ["no changes left"]


def test_a_paragraph_that_is_set_otherwise(judge: Judge) -> None:
    def centred(document: Any) -> None:
        ppr = find(document, "ropes")._p.get_or_add_pPr()
        ppr.append(xml('w:jc w:val="center"/'))
        ppr.append(xml(f"w:pPrChange {BY}><w:pPr/></w:pPrChange"))

    left = changed(REPORT, centred)
    wanted = [{"kind": "formatting", "text": "ropes"}]
    verdict = judge(REPORT, left, "changes", wanted=wanted)
    assert verdict.success, failures(verdict)
    assert not judge(REPORT, left, "changes", wanted=[]).success


def test_recording(judge: Judge) -> None:
    def on(document: Any) -> None:
        document.settings.element.insert(1, xml("w:trackRevisions/"))

    left = changed(REPORT, on)
    assert judge(REPORT, left, "changes", recording=True).success
    told = failures(judge(REPORT, REPORT, "changes", recording=True))
    assert told == {"recording": "recording changes is off"}
    told = failures(judge(REPORT, left, "unchanged", aspects=["changes"]))
    assert told == {"changes": "recording changes is now on"}


def test_the_aspect(judge: Judge) -> None:
    told = failures(judge(REPORT, TRACKED, "unchanged", aspects=["changes"]))
    assert told["changes"].startswith("the insertion of ' It was late.' by Ann is new")
    assert judge(TRACKED, TRACKED, "unchanged", aspects=["changes", "text"]).success
