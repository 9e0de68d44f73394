"""Presentations that mean harm, or that are merely odd: a clear verdict within a bound."""

from __future__ import annotations

import re
import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from pptx import Presentation

from cuagym.grading import Grader
from cuagym.task import TaskInstance, ValidatorSpec
from cuagym.validators.slides._aspects import ASPECTS
from cuagym.verdict import Verdict

from .conftest import DECK, bullets, stored

BOUND = 60.0
"""Seconds, on a machine with every core busy; a quiet one takes one or two at most."""
Part = Callable[[bytes], bytes]
EVERY = (
    ValidatorSpec("slides.unchanged", {"aspects": sorted(ASPECTS)}),
    ValidatorSpec("slides.deck", {"count": 5, "titles": ["x"], "hidden": ["1"], "size": "4:3"}),
    ValidatorSpec("slides.order", {"slides": [1, 2, 3, 4, 5]}),
    ValidatorSpec("slides.text", {"places": {"*": {"contains": "x"}, "2!notes": "y"}}),
    ValidatorSpec("slides.formatting", {"places": {"*": {"bold": True}}}),
    ValidatorSpec("slides.shapes", {"wanted": [{"slide": "*", "kind": "cloud", "left": 1}]}),
    ValidatorSpec("slides.layouts", {"slides": {"*": "Two Content"}}),
    ValidatorSpec("slides.masters", {"title": {"bold": True}}),
    ValidatorSpec("slides.pictures", {"wanted": [{"slide": "*", "undistorted": True}]}),
    ValidatorSpec("slides.charts", {"wanted": [{"slide": 4, "type": "pie"}]}),
    ValidatorSpec("slides.tables", {"wanted": [{"slide": 4, "size": [9, 9]}]}),
    ValidatorSpec("slides.links", {"places": {"*": "https://example.org"}}),
    ValidatorSpec("slides.animations", {"slides": {"3": [{"effect": "fade"}]}}),
    ValidatorSpec("slides.transitions", {"slides": {"*": "fade"}}),
)


def rewritten(**parts: Part | bytes | None) -> bytes:
    """The presentation with some parts replaced, added or (None) removed, by patterns of names."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(DECK)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data: bytes | None = source.read(name)
            for end, part in parts.items():
                if re.search(f"{end}$", name) and not isinstance(part, bytes):
                    data = part(data) if part and data is not None else None
            if data is not None and name not in parts:
                target.writestr(name, data, zipfile.ZIP_DEFLATED)
        for name, part in parts.items():
            if isinstance(part, bytes):
                target.writestr(name, part)
    return out.getvalue()


def after(mark: bytes, more: bytes) -> Part:
    return lambda data: data.replace(mark, more + mark, 1)


def relinked(old: bytes, new: bytes) -> Part:
    return lambda data: data.replace(old, new)


TREE = b"</p:spTree>"
OVAL = (
    b'<p:sp><p:nvSpPr><p:cNvPr id="%d" name="x"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm>'
    b'<a:off x="0" y="0"/><a:ext cx="9" cy="9"/></a:xfrm><a:prstGeom prst="ellipse"><a:avLst/>'
    b"</a:prstGeom></p:spPr></p:sp>"
)
GROUP = b'<p:grpSp><p:nvGrpSpPr><p:cNvPr id="9" name="g"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>'
LINK = (
    b'<Relationship Id="rId99" Target="%s" Type="http://schemas.openxmlformats.org/officeDocument'
    b'/2006/relationships/%s" TargetMode="External"/></Relationships>'
)
ENDS = b"</Relationships>"
PICTURE = (
    b'<p:pic><p:nvPicPr><p:cNvPr id="77" name="x"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill>'
    b'<a:blip r:link="rId99" r:embed="rId98"/></p:blipFill><p:spPr><a:xfrm><a:off x="0" y="0"/>'
    b'<a:ext cx="99" cy="0"/></a:xfrm></p:spPr></p:pic>'
)
ODD: dict[str, bytes] = {
    "no slides": stored(Presentation()),
    "no layout": rewritten(**{"slides/_rels/slide2.xml.rels": relinked(b"slideLayout", b"gone")}),
    "a slide that is missing": rewritten(**{"slides/slide2.xml": None}),
    "no master": rewritten(**{"slideMasters/slideMaster1.xml": None}),
    "no theme": rewritten(**{"theme/theme1.xml": None}),
    "no notes": rewritten(**{"notesSlides/notesSlide1.xml": None}),
    "no chart": rewritten(**{r"charts/chart\d+\.xml": None}),
    "a chart of junk": rewritten(**{".xml": lambda d: b"<x/>" if b"<c:chartSpace" in d else d}),
    "no pictures": rewritten(**{".png": None}),
    "pictures of junk": rewritten(**{".png": lambda _: b"\x89PNG junk"}),
    "no shapes": rewritten(
        **{"slides/slide3.xml": lambda d: re.sub(rb"<p:spTree>.*</p:spTree>", b"", d, flags=re.S)}
    ),
    "deep groups": rewritten(
        **{"slides/slide3.xml": after(TREE, GROUP * 60 + OVAL % 5 + b"</p:grpSp>" * 60)}
    ),
    "many shapes": rewritten(
        **{"slides/slide3.xml": after(TREE, b"".join(OVAL % n for n in range(100, 1600)))}
    ),
    "an external picture": rewritten(
        **{
            "slides/slide3.xml": after(TREE, PICTURE),
            "slides/_rels/slide3.xml.rels": relinked(
                ENDS, LINK % (b"file:///etc/passwd", b"image")
            ),
        }
    ),
    "an external slide": rewritten(
        **{"_rels/presentation.xml.rels": relinked(ENDS, LINK % (b"http://127.0.0.1:9/", b"slide"))}
    ),
    "wild numbers": rewritten(
        **{
            "slides/slide3.xml": lambda d: re.sub(
                rb'(x|y|cx|cy|sz|w|lvl)="\d+"', rb'\1="99999999999999999999"', d
            )
        }
    ),
    "no numbers": rewritten(
        **{"slides/slide3.xml": lambda d: re.sub(rb'(x|y|cx|cy)="\d+"', rb'\1="ab"', d)}
    ),
}


@pytest.fixture
def graded(grader: Grader) -> Callable[[bytes], Verdict]:
    """Judge what was left by every validator, and see that the grader is well after."""

    def graded(left: bytes) -> Verdict:
        task = TaskInstance(
            id="test/hostile",
            app="powerpoint",
            files={"deck.pptx": DECK},
            open="deck.pptx",
            validators=EVERY,
        )
        begun = time.monotonic()
        verdict = grader.grade(task, {"deck.pptx": left}, status="success")
        assert time.monotonic() - begun < BOUND
        assert not grader.grade(task, task.files, status="success").fault
        return verdict

    return graded


@pytest.mark.parametrize("name", sorted(ODD))
def test_odd_presentations_fail_and_break_nothing(
    graded: Callable[[bytes], Verdict], name: str
) -> None:
    verdict = graded(ODD[name])
    assert not verdict.fault and not verdict.success
    assert "root:" not in str(verdict)


@pytest.mark.parametrize("where", ["left", "gold"])
def test_a_file_of_junk_is_the_agent_s_fault_and_a_gold_one_the_task_s(
    grader: Grader, where: str
) -> None:
    junk = {"deck.pptx": b"PK\x03\x04" + bytes(50)}
    task = TaskInstance(
        id="test/hostile",
        app="powerpoint",
        files={"deck.pptx": DECK},
        gold=junk,
        open="deck.pptx",
        validators=(ValidatorSpec("slides.equals_gold", {"gold": "deck.pptx"}),),
    )
    if where == "gold":
        fault = grader.grade(task, {"deck.pptx": DECK}, status="success").fault
        assert "the gold file is no presentation" in fault
    else:
        verdict = grader.grade(task, junk, status="success")
        assert not verdict.success


def test_a_long_presentation_ends_in_time(graded: Callable[[bytes], Verdict]) -> None:
    deck: Any = Presentation()
    for number in range(150):
        bullets(deck, f"Slide {number % 7}", [f"line {number % 11}", "\tmore"])
    verdict = graded(stored(deck))
    assert not verdict.fault and "there are 150 slides, expected 5" in str(verdict)


@pytest.mark.parametrize("title", ["2", "last", "*", "a!b", "A, B", "'quoted'", "Ünï 表 <&>"])
def test_titles_like_places(grader: Grader, title: str) -> None:
    """A title that looks like a number or a mark is still a title where titles are compared."""
    deck: Any = Presentation()
    bullets(deck, title, ["one"])
    data = stored(deck)
    specs = [
        ValidatorSpec("slides.deck", {"titles": [title]}),
        ValidatorSpec("slides.unchanged", {"outside": ["1"]}),
    ]
    task = TaskInstance(
        id="test/titles",
        app="powerpoint",
        files={"deck.pptx": data},
        open="deck.pptx",
        validators=tuple(specs),
    )
    verdict = grader.grade(task, {"deck.pptx": data}, status="success")
    assert verdict.success, verdict
