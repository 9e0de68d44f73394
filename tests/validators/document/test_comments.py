"""Comments."""

from __future__ import annotations

from typing import Any

from docx.opc.packuri import PackURI
from docx.opc.part import Part

from .conftest import REPORT, Judge, changed, failures, find, mark


def commented(document: Any) -> None:
    run = mark(find(document, "Ships came"), "closed twice")
    document.add_comment(run, text="Is this  true?", author="Ann", initials="A")
    document.add_comment(find(document, "End of").runs[0], text="Thanks", author="Bob")


COMMENTED = changed(REPORT, commented)


def test_comments_by_text_place_and_author(judge: Judge) -> None:
    wanted = ["Thanks", {"text": "Is this true?", "on": "closed twice", "author": "Ann"}]
    verdict = judge(REPORT, COMMENTED, "comments", wanted=wanted, others=False)
    assert verdict.success, failures(verdict)
    told = failures(judge(COMMENTED, REPORT, "comments", wanted=wanted))
    assert set(told.values()) == {"there is none; there are: none"}
    elsewhere = [{"text": "Thanks", "on": "closed twice"}]
    told = failures(judge(REPORT, COMMENTED, "comments", wanted=elsewhere))
    assert "'Thanks' on 'End of the report.'" in told["comment 'Thanks'"]
    assert not judge(REPORT, COMMENTED, "comments", wanted=["Thanks"], others=False).success


def test_comments_that_must_be_gone(judge: Judge) -> None:
    assert judge(COMMENTED, REPORT, "comments", absent=["Thanks"], others=False).success
    told = failures(judge(REPORT, COMMENTED, "comments", absent=["Thanks"]))
    assert told == {"no comment 'Thanks'": "it is there"}


def test_comments_are_no_text_and_have_an_aspect(judge: Judge) -> None:
    assert judge(REPORT, COMMENTED, "text", absent="Is this").success
    told = failures(judge(REPORT, COMMENTED, "unchanged", aspects=["text", "comments"]))
    assert list(told) == ["comments"] and "'Thanks' on 'End of the report.' is new" in str(told)


def resolved(document: Any) -> None:
    """The first comment resolved, as Word writes it: by an identifier of its paragraph."""
    commented(document)
    space = "http://schemas.microsoft.com/office/word/2010/wordml"
    for number, comment in enumerate(document.part._comments_part.element, 1):
        comment[-1].set(f"{{{space}}}paraId", f"0000000{number}")
    markup = (
        b'<w15:commentsEx xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml">'
        b'<w15:commentEx w15:paraId="00000001" w15:done="1"/>'
        b'<w15:commentEx w15:paraId="00000002" w15:done="0"/></w15:commentsEx>'
    )
    part = Part(PackURI("/word/commentsExtended.xml"), f"{KIND}Extended+xml", markup)
    document.part.relate_to(part, RELATION)


KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments"
RELATION = "http://schemas.microsoft.com/office/2011/relationships/commentsExtended"


def test_comments_that_are_resolved(judge: Judge) -> None:
    left = changed(REPORT, resolved)
    wanted = [{"text": "Is this true?", "resolved": True}, {"text": "Thanks", "resolved": False}]
    verdict = judge(COMMENTED, left, "comments", wanted=wanted)
    assert verdict.success, failures(verdict)
    assert not judge(COMMENTED, COMMENTED, "comments", wanted=wanted).success
    told = failures(judge(COMMENTED, left, "unchanged", aspects=["comments"]))
    assert "'Is this  true?' on 'closed twice' (resolved) is new" in told["comments"]
