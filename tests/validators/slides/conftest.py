"""Presentations as python-pptx writes them, and the real grader that judges them."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any, Final

import pytest
from PIL import Image
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.util import Cm, Pt

from cuagym.grading import Grader
from cuagym.task import TaskInstance, ValidatorSpec
from cuagym.verdict import Verdict

Change = Callable[[Any], object]
Judge = Callable[..., Verdict]
ROWS: Final = [["City", "Sold"], ["Oslo", "12"], ["Rome", "7"]]


def png(color: tuple[int, int, int] = (200, 30, 30), size: tuple[int, int] = (60, 40)) -> bytes:
    """A picture of one colour with a blue corner."""
    image = Image.new("RGB", size, color)
    image.paste((0, 0, 255), (0, 0, size[0] // 3, size[1] // 2))
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def stored(deck: Any) -> bytes:
    out = BytesIO()
    deck.save(out)
    return out.getvalue()


def changed(data: bytes, change: Change) -> bytes:
    """A presentation after python-pptx has changed it."""
    deck = Presentation(BytesIO(data))
    change(deck)
    return stored(deck)


def bullets(deck: Any, title: str, lines: list[str], layout: int = 1) -> Any:
    """Add a slide with a title and bullets; a tab before one stands for a level."""
    slide = deck.slides.add_slide(deck.slide_layouts[layout])
    slide.shapes.title.text = title
    frame = slide.placeholders[1].text_frame
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.text = line.strip()
        paragraph.level = len(line) - len(line.lstrip("\t"))
    return slide


def shape(slide: Any, kind: Any, text: str, at: tuple[float, ...], color: str = "") -> Any:
    """Add a shape; `at` is left, top, width and height in centimetres."""
    made = slide.shapes.add_shape(kind, *(Cm(x) for x in at))
    made.text_frame.text = text
    if color:
        made.fill.solid()
        made.fill.fore_color.rgb = RGBColor.from_string(color)
    return made


def pictured(slide: Any, data: bytes, at: tuple[float, ...]) -> Any:
    return slide.shapes.add_picture(BytesIO(data), *(Cm(x) for x in at))


def _deck() -> Any:
    deck = Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[0])
    first.shapes.title.text, first.placeholders[1].text = "Year in review", "Sales team"
    results = bullets(deck, "Results", ["Revenue grew", "\tmost in Oslo", "Costs fell"])
    results.notes_slide.notes_text_frame.text = "Thank the team"
    plan = deck.slides.add_slide(deck.slide_layouts[6])
    shape(plan, MSO_SHAPE.RECTANGLE, "Start", (2, 3, 4, 2), "00B050")
    shape(plan, MSO_SHAPE.RECTANGLE, "Build", (8, 3, 4, 2), "FFC000")
    shape(plan, MSO_SHAPE.OVAL, "Ship", (14, 3, 4, 2), "4472C4")
    plan.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, Cm(2), Cm(8), Cm(18), Cm(8))
    box = plan.shapes.add_textbox(Cm(2), Cm(10), Cm(10), Cm(1.5))
    box.text_frame.word_wrap = True
    box.text_frame.text = "Our plan"
    pictured(plan, png(), (14, 10, 6, 4)).name = "Logo"
    figures = deck.slides.add_slide(deck.slide_layouts[5])
    figures.shapes.title.text = "Figures"
    table = figures.shapes.add_table(3, 2, Cm(2), Cm(5), Cm(10), Cm(4)).table
    for row, cells in enumerate(ROWS):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    data = CategoryChartData()
    data.categories = ["Q1", "Q2"]
    data.add_series("North", (1, 2.5))
    data.add_series("South", (3, 4))
    kind = XL_CHART_TYPE.COLUMN_CLUSTERED
    figures.shapes.add_chart(kind, Cm(13), Cm(5), Cm(10), Cm(7), data)
    bullets(deck, "Next steps", ["Hire two people", "Open in Bonn"])
    for run in results.placeholders[1].text_frame.paragraphs[2].runs:
        run.font.bold, run.font.size = True, Pt(24)
        run.font.color.rgb = RGBColor(0xC0, 0, 0)
    return deck


DECK: Final = stored(_deck())
"""Five slides: a title, bullets with notes, shapes, a table and a chart, bullets."""


def failures(verdict: Verdict) -> dict[str, str]:
    return {c.name: c.detail for c in verdict.checks if not c.passed}


def said(verdict: Verdict) -> str:
    assert not verdict.success, verdict
    return "; ".join(failures(verdict).values())


@pytest.fixture
def judge(grader: Grader) -> Judge:
    """Judge a presentation that began as `DECK`, or as `initial`, with one validator."""

    def judge(
        left: bytes | None,
        validator: str,
        /,
        initial: bytes = DECK,
        gold_files: dict[str, bytes] | None = None,
        fault: bool = False,
        **args: Any,
    ) -> Verdict:
        task = TaskInstance(
            id="test/slides",
            app="powerpoint",
            files={"deck.pptx": initial},
            gold=gold_files or {},
            open="deck.pptx",
            validators=(ValidatorSpec(f"slides.{validator}", args),),
        )
        verdict = grader.grade(task, {} if left is None else {"deck.pptx": left}, "", "success")
        assert bool(verdict.fault) is fault, verdict
        return verdict

    return judge


@pytest.fixture
def resaved(grader: Grader) -> Callable[[bytes], bytes]:
    """What LibreOffice makes of a presentation that it opens and stores."""
    return lambda data: grader.stored_again("deck.pptx", data)


@pytest.fixture
def both(judge: Judge, resaved: Callable[[bytes], bytes]) -> Judge:
    """Judge a presentation as it is, and as LibreOffice stores it: the verdict must be the same."""

    def both(left: bytes, validator: str, /, **args: Any) -> Verdict:
        verdict, again = judge(left, validator, **args), judge(resaved(left), validator, **args)
        assert [c.passed for c in verdict.checks] == [c.passed for c in again.checks], again
        return verdict

    return both
