"""Notes and comments, in both directions."""

from __future__ import annotations

import zipfile
from io import BytesIO

from .conftest import DECK, Judge, changed, said

SPACE = "http://schemas.openxmlformats.org/presentationml/2006/main"
TYPE = "application/vnd.openxmlformats-officedocument.presentationml"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def commented(data: bytes, *texts: str) -> bytes:
    """A presentation with comments on its second slide."""
    out = BytesIO()
    overrides = "".join(
        f'<Override PartName="/ppt/{part}.xml" ContentType="{TYPE}.{kind}+xml"/>'
        for part, kind in (("comments/comment1", "comments"), ("commentAuthors", "commentAuthors"))
    )
    more = {
        "[Content_Types].xml": overrides,
        "ppt/_rels/presentation.xml.rels": f'<Relationship Id="rIdA" Type="{RELS}/commentAuthors"'
        ' Target="commentAuthors.xml"/>',
        "ppt/slides/_rels/slide2.xml.rels": f'<Relationship Id="rIdC" Type="{RELS}/comments"'
        ' Target="../comments/comment1.xml"/>',
    }
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            part = source.read(name).decode("utf-8", "surrogateescape")
            for end in ("</Types>", "</Relationships>"):
                part = part.replace(end, more.get(name, "") + end)
            target.writestr(name, part.encode("utf-8", "surrogateescape"))
        author = f'<p:cmAuthorLst xmlns:p="{SPACE}"><p:cmAuthor id="0" name="Ada" initials="A"'
        target.writestr(
            "ppt/commentAuthors.xml", f'{author} lastIdx="9" clrIdx="0"/></p:cmAuthorLst>'
        )
        each = "".join(
            f'<p:cm authorId="0" dt="2026-01-01T10:00:00.000" idx="{n}"><p:pos x="1" y="1"/>'
            f"<p:text>{text}</p:text></p:cm>"
            for n, text in enumerate(texts, 1)
        )
        target.writestr("ppt/comments/comment1.xml", f'<p:cmLst xmlns:p="{SPACE}">{each}</p:cmLst>')
    return out.getvalue()


def test_notes(both: Judge) -> None:
    wanted = {"2": " Thank  the team ", "3": "", "Next steps": ""}
    assert both(DECK, "notes", slides=wanted).success
    assert both(DECK, "notes", slides={"2": {"contains": "team", "absent": ["boss"]}}).success
    left = changed(
        DECK, lambda d: setattr(d.slides[2].notes_slide.notes_text_frame, "text", "Slowly\nhere")
    )
    assert both(left, "notes", slides={"3": "Slowly here", "2": {"contains": "Thank"}}).success
    says = said(both(left, "notes", slides=wanted))
    assert says == "slide 3 has the notes 'Slowly here', expected ''"
    says = said(both(DECK, "notes", slides={"2": {"contains": "boss", "absent": "team"}}))
    assert "there is no 'boss' in the notes of slide 2" in says
    assert "'team' should not be in the notes of slide 2" in says


def test_comments(both: Judge) -> None:
    left = commented(DECK, "Check this", "Really?")
    wanted = {"2": ["Really?", "Check this"], "1": []}
    assert both(left, "comments", slides=wanted).success
    says = said(both(DECK, "comments", slides=wanted))
    assert "slide 2 ('Results') has the comments none, expected 'Check this', 'Really?'" in says
    assert not both(commented(DECK, "Check this"), "comments", slides=wanted).success
    assert not both(left, "comments", slides={"2": []}).success
