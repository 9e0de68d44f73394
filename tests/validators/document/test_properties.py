"""Properties of document checks: what matters is seen wherever it is, what does not never is."""

from __future__ import annotations

import copy
import io
import random
import re
import zipfile
from collections.abc import Callable
from typing import Any, Final

import docx
import numpy as np
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from hypothesis import given, settings
from hypothesis import strategies as st

from cuagym import formats
from cuagym.grading import Grader
from cuagym.task import ValidatorSpec
from cuagym.validators.document._aspects import ASPECTS
from cuagym.verdict import Verdict

from .conftest import REPORT, changed, failures, find, instance, mark, xml

Rewrite = Callable[[bytes, random.Random], bytes]
DOCX = formats.of(".docx")
ALL: Final = sorted(ASPECTS)
BOUNDED: Final = settings(max_examples=14, deadline=None, derandomize=True, database=None)


def rich(document: Any) -> None:
    mark(find(document, "Ships came"), "closed twice").bold = True
    run = mark(find(document, "two more"), "cranes")
    run.font.color.rgb, run.font.size = RGBColor(255, 0, 0), Pt(14)
    find(document, "The harbour report").alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    document.sections[0].header.paragraphs[0].text = "Harbour office"
    document.add_comment(find(document, "End of").runs[0], text="Thanks", author="Bob")


RIGHT: Final = changed(REPORT, rich)
ASKED: Final = (
    ValidatorSpec("document.text", {"counts": {"harbour": 3}, "contains": "Aurora", "empty": 0}),
    ValidatorSpec(
        "document.characters",
        {
            "texts": {
                "closed twice": {"bold": True, "italic": False},
                "cranes.": {"size": [11, 14]},
                "#5": {"font": "Cambria"},
                "style:Heading 1": {"bold": True, "size": 14},
            }
        },
    ),
    ValidatorSpec("document.paragraphs", {"wanted": {"#3": {"align": "justify"}}}),
    ValidatorSpec("document.headings", {"wanted": [[1, "Overview"], [2, "Needs"], [1, "Ships"]]}),
    ValidatorSpec(
        "document.lists", {"wanted": {"=ropes": "bullet", "=ask the council": {"label": "1."}}}
    ),
    ValidatorSpec("document.tables", {"wanted": [{"size": [3, 3], "borders": "all"}]}),
    ValidatorSpec("document.headers", {"wanted": {"header": "Harbour office"}}),
    ValidatorSpec(
        "document.comments", {"wanted": [{"text": "Thanks", "on": "End of the report."}]}
    ),
    ValidatorSpec("document.unchanged", {"aspects": ALL}),
    ValidatorSpec("document.equals_gold", {"gold": "gold.docx", "aspects": ALL}),
)


@pytest.fixture(scope="module")
def grade(grader: Grader) -> Callable[..., Verdict]:
    """Judge a document that ought to be as `RIGHT`."""

    def grade(left: bytes, *validators: ValidatorSpec) -> Verdict:
        task = instance(RIGHT, *validators, gold=RIGHT)
        verdict = grader.grade(task, {"text.docx": left}, status="success")
        assert not verdict.fault, verdict.fault
        return verdict

    return grade


def opened(change: Callable[[Any, random.Random], object]) -> Rewrite:
    return lambda data, rng: changed(data, lambda document: change(document, rng))


def rewritten(change: Callable[[str, bytes], bytes], order: int = 1) -> Rewrite:
    def rewrite(data: bytes, _: random.Random) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
            for entry in source.infolist()[::order]:
                target.writestr(entry.filename, change(entry.filename, source.read(entry)))
        return out.getvalue()

    return rewrite


def runs(document: Any) -> list[Any]:
    return [
        docx.text.run.Run(r, document)
        for r in document.element.body.iter(qn("w:r"))
        if r.find(qn("w:t")) is not None
    ]


def split(document: Any, rng: random.Random) -> None:
    """Runs split at random places, as Word leaves them after an edit."""
    for run in runs(document):
        text = run.text
        for at in sorted(rng.sample(range(len(text)), min(2, len(text))), reverse=True):
            if 0 < at:
                other = docx.text.run.Run(xml("w:r/"), run._parent)
                if run._r.rPr is not None:
                    other._r.append(copy.deepcopy(run._r.rPr))
                other.text, run.text = run.text[at:], run.text[:at]
                run._r.addnext(other._r)


def word_marks(document: Any, rng: random.Random) -> None:
    """What Word strews about: revision identifiers, marks of its proofing, languages, _GoBack."""
    for paragraph in document.element.body.iter(qn("w:p")):
        paragraph.set(qn("w:rsidR"), f"{rng.randrange(16**8):08X}")
        paragraph.set(qn("w:rsidRDefault"), f"{rng.randrange(16**8):08X}")
    for run in runs(document):
        run._r.set(qn("w:rsidRPr"), f"{rng.randrange(16**8):08X}")
        if rng.random() < 0.3:
            run._r.addprevious(xml('w:proofErr w:type="spellStart"/'))
            run._r.addnext(xml('w:proofErr w:type="spellEnd"/'))
        if rng.random() < 0.3:
            run._r.get_or_add_rPr().append(xml('w:lang w:val="de-DE"/'))
    place = rng.choice(list(document.element.body.iter(qn("w:p"))))
    place.append(xml('w:bookmarkStart w:id="900" w:name="_GoBack"/'))
    place.append(xml('w:bookmarkEnd w:id="900"/'))


def said_twice(document: Any, rng: random.Random) -> None:
    """Direct formatting that says what holds anyhow."""
    for paragraph in document.paragraphs:
        if paragraph.alignment is None and paragraph.style.name == "Normal":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
            for run in paragraph.runs:
                run.font.size = run.font.size or Pt(11)
                run.italic = False
                if run.style.name != "Loud":
                    run.bold = bool(run.bold)


def other_style(document: Any, rng: random.Random) -> None:
    """The same looks by a style of characters."""
    style = document.styles.add_style("Loud", 2)
    style.font.bold = True
    for run in find(document, "Ships came").runs:
        if run.bold:
            run.bold = None
            run.style = style


def theme_font(document: Any, rng: random.Random) -> None:
    for run in find(document, "harbour master").runs:
        run._r.get_or_add_rPr().insert(
            0, xml('w:rFonts w:asciiTheme="minorHAnsi" w:hAnsiTheme="minorHAnsi"/')
        )


def controlled(document: Any, rng: random.Random) -> None:
    """A paragraph in a content control, and a run in a smart tag."""
    paragraph = document.paragraphs[2]._p
    control = xml("w:sdt><w:sdtContent/></w:sdt")
    paragraph.addprevious(control)
    control[0].append(paragraph)
    run = find(document, "harbour").runs[0]._r
    tag = xml('w:smartTag w:uri="urn:x" w:element="place"/')
    run.addprevious(tag)
    tag.append(run)


def settled(name: str, part: bytes) -> bytes:
    """Settings of Word: compatibility, revision identifiers, the view."""
    if name != "word/settings.xml":
        return part
    part = re.sub(rb"<w:compat>.*?</w:compat>|<w:compat/>|<w:zoom[^>]*/>", b"", part)
    part = re.sub(rb"<w:rsids>.*?</w:rsids>", b"", part, flags=re.DOTALL)
    return part


NEUTRAL: Final[dict[str, Rewrite]] = {
    "python-docx": opened(lambda document, rng: None),
    "split": opened(split),
    "marks of Word": opened(word_marks),
    "said twice": opened(said_twice),
    "a style of characters": opened(other_style),
    "theme font": opened(theme_font),
    "content control": opened(controlled),
    "order of parts": rewritten(lambda _, part: part, order=-1),
    "settings": rewritten(settled),
}


@BOUNDED
@given(
    names=st.lists(st.sampled_from(sorted(NEUTRAL)), min_size=1, max_size=4, unique=True),
    seed=st.integers(0, 10**6),
    through=st.booleans(),
)
def test_what_does_not_matter_passes(
    grader: Grader, grade: Callable[..., Verdict], names: list[str], seed: int, through: bool
) -> None:
    data, rng = RIGHT, random.Random(seed)
    for name in names:
        data = NEUTRAL[name](data, rng)
    if through:
        data = grader.stored_again("text.docx", data)
        data = NEUTRAL["python-docx"](data, rng)
    verdict = grade(data, *ASKED)
    assert verdict.success, failures(verdict)


@BOUNDED
@given(
    name=st.sampled_from(sorted(DOCX.mutants)),
    neutral=st.sampled_from(sorted({*NEUTRAL} - {"a style of characters", "theme font"})),
    seed=st.integers(0, 10**6),
    through=st.booleans(),
)
def test_what_is_spoilt_anywhere_fails(
    grader: Grader,
    grade: Callable[..., Verdict],
    name: str,
    neutral: str,
    seed: int,
    through: bool,
) -> None:
    data = DOCX.mutants[name](RIGHT, np.random.default_rng(seed))
    data = NEUTRAL[neutral](data, random.Random(seed))
    if through:
        data = grader.stored_again("text.docx", data)
    for validator in ASKED[-2:]:
        assert not grade(data, validator).success, (name, neutral)


FACTS: Final[dict[str, Any]] = {
    "bold": True,
    "italic": True,
    "underline": True,
    "strike": True,
    "superscript": True,
    "small_caps": True,
    "size": 17,
    "font": "Courier New",
    "color": "#00AA33",
    "highlight": "#FFFF00",
}


def dress(run: Any, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        if name in ("bold", "italic", "underline"):
            setattr(run, name, value)
        elif name in ("strike", "superscript", "small_caps"):
            setattr(run.font, name, value)
        elif name == "size":
            run.font.size = Pt(value)
        elif name == "font":
            run.font.name = value
        elif name == "color":
            run.font.color.rgb = RGBColor.from_string(value[1:])
        else:
            run._r.get_or_add_rPr().append(
                xml(f'w:shd w:val="clear" w:color="auto" w:fill="{value[1:]}"/')
            )


looks = st.dictionaries(st.sampled_from(sorted(FACTS)), st.just(None), max_size=4).map(
    lambda chosen: {name: FACTS[name] for name in chosen}
)
words = st.lists(st.tuples(st.integers(0, 2), looks), min_size=1, max_size=8)


def dressed(words: list[tuple[int, dict[str, Any]]]) -> bytes:
    """A document of numbered words in three paragraphs, each in a look."""
    document = docx.Document()
    paragraphs = [document.add_paragraph() for _ in range(3)]
    for number, (place, facts) in enumerate(words):
        paragraphs[place].add_run(" ")
        dress(paragraphs[place].add_run(f"word{number}"), facts)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@BOUNDED
@given(words=words, data=st.data(), through=st.booleans())
def test_looks_of_random_words(
    grader: Grader, words: list[tuple[int, dict[str, Any]]], data: st.DataObject, through: bool
) -> None:
    right = dressed(words)
    if through:
        right = grader.stored_again("text.docx", right)
    plain = {name: name == "size" and 11 for name in FACTS} | {"font": "Cambria"}
    wanted = {f"word{n}": {**plain, **facts} for n, (_, facts) in enumerate(words)}
    spec = ValidatorSpec("document.characters", {"texts": wanted})
    verdict = grader.grade(instance(right, spec), {"text.docx": right}, status="success")
    assert verdict.success, failures(verdict)

    number = data.draw(st.integers(0, len(words) - 1))
    fact = data.draw(st.sampled_from(sorted(FACTS)))
    place, facts = words[number]
    other = {k: v for k, v in facts.items() if k != fact}
    if fact not in facts:
        other[fact] = FACTS[fact]
    wrong = dressed([*words[:number], (place, other), *words[number + 1 :]])
    verdict = grader.grade(instance(right, spec), {"text.docx": wrong}, status="success")
    assert f"'word{number}' {fact}" in failures(verdict), verdict
    assert len(failures(verdict)) == 1


@BOUNDED
@given(
    texts=st.lists(
        st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1),
        min_size=1,
        max_size=5,
    ),
    place=st.integers(0, 4),
)
def test_any_text_is_read_as_it_is_written(grader: Grader, texts: list[str], place: int) -> None:
    document = docx.Document()
    for text in texts:
        document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    spec = ValidatorSpec("document.text", {"paragraphs": texts})
    left = {"text.docx": out.getvalue()}
    verdict = grader.grade(instance(RIGHT, spec), left, status="success")
    assert verdict.success, failures(verdict)
    place %= len(texts)
    other = [*texts[:place], f"{texts[place]}.", *texts[place + 1 :]]
    spec = ValidatorSpec("document.text", {"paragraphs": other})
    assert not grader.grade(instance(RIGHT, spec), left, status="success").success
