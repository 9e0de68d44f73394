"""Text documents as files: hashed, compared, spoilt, and stored by other programs."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import gymnasium as gym
import numpy as np
import pytest

import cuagym  # noqa: F401 - registers the ids
from cuagym import formats
from cuagym.actions import Click, Key, Type
from cuagym.grading import Grader

DOCX = formats.of(".docx")


def made(change: Callable[[Any], object] = lambda document: None) -> bytes:
    document = docx.Document()
    change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def letter(document: Any) -> None:
    document.add_heading("Title", 0)
    document.add_heading("First", 1)
    document.add_paragraph("Dear all,")
    document.add_paragraph("the meeting is moved to Friday.").runs[0].bold = True
    document.add_paragraph("paper", style="List Bullet")
    table = document.add_table(2, 2, style="Table Grid")
    for cell, text in zip(table._cells, "abcd", strict=True):
        cell.text = text


def bare(document: Any) -> None:
    document.add_paragraph("one line")


DOCUMENTS = {"letter": made(letter), "one line": made(bare), "empty": made()}


def rewritten(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            target.writestr(entry.filename, change(entry.filename, source.read(entry)))
    return out.getvalue()


@pytest.fixture(scope="module")
def stored() -> Iterator[Callable[[bytes], bytes]]:
    with Grader() as grader:
        yield lambda data: grader.stored_again("text.docx", data)


def test_live_exports_of_one_state_have_one_digest_and_no_differences(tmp_path: Path) -> None:
    path = tmp_path / "letter.docx"
    path.write_bytes(DOCUMENTS["letter"])
    env = gym.make("CUA-Word-v0", open=str(path), look="plain", prepare=0)

    def exported(*actions: Any) -> bytes:
        for action in actions:
            env.step(action)
        env.unwrapped.export(str(tmp_path / "now.docx"))  # type: ignore[attr-defined]
        return (tmp_path / "now.docx").read_bytes()

    try:
        env.reset(seed=0)
        first = exported()
        again = exported()
        moved = exported(Key(("ctrl", "End")), Click((0.5, 0.5)), Key(("ctrl", "a")))
        undone = exported(Key(("ctrl", "Home")), Type("hello"), *[Key(("ctrl", "z"))] * 5)
        typed = exported(Key(("ctrl", "Home")), Type("hello"))
    finally:
        env.close()
    digests = {DOCX.digest(data) for data in (first, again, moved, undone)}
    assert len(digests) == 1
    assert DOCX.differences(first, undone) == []
    assert DOCX.digest(typed) not in digests
    assert any("hello" in line for line in DOCX.differences(first, typed))


REVISIONS = {
    "word/settings.xml": (b"</w:settings>", b'<w:rsids><w:rsid w:val="1"/></w:rsids></w:settings>'),
    "word/document.xml": (b"<w:r>", b'<w:r w:rsidR="00AB12CD" w:rsidRPr="00000001">'),
    "docProps/core.xml": (b"</cp:coreProperties>", b" </cp:coreProperties>"),
}


def test_a_digest_does_not_see_revisions_properties_and_the_view() -> None:
    data = DOCUMENTS["letter"]

    def revised(name: str, part: bytes) -> bytes:
        old, new = REVISIONS.get(name, (b"", b""))
        assert not old or old in part, name
        return part.replace(old, new) if old else part

    def zoomed(name: str, part: bytes) -> bytes:
        return re.sub(rb'(<w:zoom [^>]*percent=")\d+', rb"\g<1>140", part)

    def proofed(name: str, part: bytes) -> bytes:
        return part.replace(b"<w:r>", b'<w:proofErr w:type="spellStart"/><w:r>')

    for change in (revised, zoomed, proofed):
        other = rewritten(data, change)
        assert other != data and DOCX.digest(other) == DOCX.digest(data)
    word = rewritten(data, lambda name, part: part.replace(b"Friday", b"Sunday"))
    assert DOCX.digest(word) != DOCX.digest(data)


def test_a_digest_takes_anything() -> None:
    for data in (b"", b"no archive", DOCUMENTS["letter"][:500]):
        assert DOCX.digest(data) == DOCX.digest(data)
        assert DOCX.digest(data) != DOCX.digest(data + b"x")


@pytest.mark.parametrize("document", sorted(DOCUMENTS))
@pytest.mark.parametrize("name", sorted(DOCX.mutants))
def test_every_mutant_spoils_every_document(
    stored: Callable[[bytes], bytes], name: str, document: str
) -> None:
    data = DOCUMENTS[document]
    right = stored(data)
    for seed in range(3):
        spoilt = DOCX.mutants[name](data, np.random.default_rng(seed))
        assert formats.problem("text.docx", spoilt) == ""
        found = DOCX.differences(right, stored(spoilt))
        # Where there is nothing to lose, a paragraph that was added first is what is lost.
        assert bool(found) == ((name, document) != ("a paragraph lost", "empty")), seed
    again = DOCX.mutants[name](data, np.random.default_rng(0))
    first = DOCX.mutants[name](data, np.random.default_rng(0))
    assert DOCX.digest(again) == DOCX.digest(first)


def test_what_python_docx_stores_again_does_not_differ(stored: Callable[[bytes], bytes]) -> None:
    data = DOCUMENTS["letter"]
    again = DOCX.programs["python-docx"](data)
    assert DOCX.differences(stored(data), stored(again)) == []
    assert DOCX.differences(stored(data), stored(stored(data))) == []


def test_differences_are_told_in_words(stored: Callable[[bytes], bytes]) -> None:
    def change(document: Any) -> None:
        letter(document)
        document.paragraphs[3].runs[0].bold = False
        document.paragraphs[1].style = "Heading 2"
        document.tables[0].cell(1, 1).text = "D"

    found = DOCX.differences(stored(DOCUMENTS["letter"]), stored(made(change)))
    assert "table 1, row 2, column 2, paragraph 1 ('d') says 'D' now" in found
    assert (
        "'the meeting is moved to Friday.' in paragraph 4 ('the meeting is moved to Friday.')"
        " was bold, is now not bold"
    ) in found
    assert "paragraph 2 ('First') was in the style 'Heading 1', is now in 'Heading 2'" in found
