"""Properties of checks of presentations: what matters is seen wherever it is, the rest never is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE

from cuagym.formats import of
from cuagym.grading import Grader
from cuagym.task import TaskInstance, ValidatorSpec
from cuagym.verdict import Verdict

from .conftest import bullets, changed, shape, stored
from .test_unchanged import noisy, split

Grade = Callable[..., Verdict]
KINDS: Final = {
    "rectangle": MSO_SHAPE.RECTANGLE,
    "ellipse": MSO_SHAPE.OVAL,
    "diamond": MSO_SHAPE.DIAMOND,
    "right arrow": MSO_SHAPE.RIGHT_ARROW,
}
BOUNDED: Final = settings(max_examples=12, deadline=None, derandomize=True, database=None)


@dataclass(frozen=True)
class Page:
    """A slide that was wanted: bullets, each with a level, and a shape."""

    title: str
    lines: tuple[tuple[str, int], ...]
    kind: str
    at: tuple[int, int]
    color: str

    def body(self) -> list[str]:
        return ["\t" * level + text for text, level in self.lines]


WORD: Final = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=8)
# What stands first on a slide may lie at any level: LibreOffice keeps it.
LINES: Final = st.lists(
    st.tuples(st.lists(WORD, min_size=1, max_size=3).map(" ".join), st.integers(0, 3)),
    min_size=1,
    max_size=4,
    unique_by=lambda line: line[0],
)
PAGES: Final = st.lists(
    st.builds(
        Page,
        WORD.map(lambda word: f"About {word}"),
        LINES.map(tuple),
        st.sampled_from(sorted(KINDS)),
        st.tuples(st.integers(0, 20), st.integers(0, 15)),
        st.integers(0, 0xFFFFFF).map("{:06X}".format),
    ),
    min_size=2,
    max_size=4,
    unique_by=lambda page: page.title.casefold(),
)


def made(pages: list[Page]) -> bytes:
    deck = Presentation()
    for page in pages:
        slide = bullets(deck, page.title, page.body())
        shape(slide, KINDS[page.kind], "here", (*page.at, 3, 2), page.color)
    return stored(deck)


def wanted(pages: list[Page]) -> tuple[ValidatorSpec, ...]:
    places: dict[str, Any] = {f"{n}!body": page.body() for n, page in enumerate(pages, 1)}
    shapes = [
        {"slide": n, "kind": p.kind, "left": p.at[0], "top": p.at[1], "fill": f"#{p.color}"}
        for n, p in enumerate(pages, 1)
    ]
    return (
        ValidatorSpec("slides.deck", {"titles": [page.title for page in pages]}),
        ValidatorSpec("slides.text", {"places": places}),
        ValidatorSpec("slides.shapes", {"wanted": shapes}),
        ValidatorSpec("slides.order", {"slides": list(range(1, len(pages) + 1))}),
        ValidatorSpec("slides.unchanged"),
    )


@pytest.fixture(scope="module")
def grade(grader: Grader) -> Grade:
    """Judge a presentation that ought to be as `right`."""

    def grade(right: bytes, left: bytes, *validators: ValidatorSpec) -> Verdict:
        task = TaskInstance(
            id="test/properties",
            app="powerpoint",
            files={"deck.pptx": right},
            gold={"gold.pptx": right},
            open="deck.pptx",
            validators=validators,
        )
        verdict = grader.grade(task, {"deck.pptx": left}, status="success")
        assert not verdict.fault, verdict
        return verdict

    return grade


NEUTRAL: Final[dict[str, Callable[[bytes], bytes]]] = {
    "runs split": lambda data: changed(data, split),
    "what PowerPoint leaves": lambda data: changed(data, noisy),
    "python-pptx": of(".pptx").programs["python-pptx"],
}


@BOUNDED
@given(pages=PAGES, names=st.lists(st.sampled_from(sorted(NEUTRAL)), unique=True), times=st.data())
def test_a_right_presentation_stays_right(
    grader: Grader, grade: Grade, pages: list[Page], names: list[str], times: st.DataObject
) -> None:
    right = left = made(pages)
    for name in names:
        left = NEUTRAL[name](left)
    for _ in range(times.draw(st.integers(0, 2))):
        left = grader.stored_again("deck.pptx", left)
    gold = ValidatorSpec("slides.equals_gold", {"gold": "gold.pptx"})
    verdict = grade(right, left, *wanted(pages), gold)
    assert verdict.success, [c for c in verdict.checks if not c.passed]


@BOUNDED
@given(pages=PAGES, data=st.data(), through=st.booleans())
def test_one_thing_spoilt_is_seen(
    grader: Grader, grade: Grade, pages: list[Page], data: st.DataObject, through: bool
) -> None:
    """By what asks for it: another title, line, level, place, kind or colour, or a slide less."""
    at = data.draw(st.integers(0, len(pages) - 1))
    page = pages[at]
    what = data.draw(st.sampled_from(["title", "line", "level", "place", "kind", "color", "slide"]))
    other = [*pages]
    if what == "slide":
        del other[at]
    else:
        (text, level), *rest = page.lines
        changes: dict[str, dict[str, Any]] = {
            "title": {"title": f"{page.title} x"},
            "line": {"lines": ((f"{text} x", level), *rest)},
            "level": {"lines": ((text, (level + 1) % 4), *rest)},
            "place": {"at": (page.at[0] + 1, page.at[1])},
            "kind": {"kind": next(k for k in sorted(KINDS) if k != page.kind)},
            "color": {"color": f"{int(page.color, 16) ^ 0x808080:06X}"},
        }
        other[at] = Page(**{**vars(page), **changes[what]})
    left = made(other)
    if through:
        left = grader.stored_again("deck.pptx", left)
    asks = {"title": 0, "slide": 0, "line": 1, "level": 1, "place": 2, "kind": 2, "color": 2}
    specs = wanted(pages)
    for spec in (specs[asks[what]], specs[4]):
        verdict = grade(made(pages), left, spec)
        assert not verdict.success, (what, at, spec.name)


@BOUNDED
@given(pages=PAGES, seed=st.integers(0, 10_000), name=st.sampled_from(sorted(of(".pptx").mutants)))
def test_a_random_spoiling_anywhere_is_seen(
    grade: Grade, pages: list[Page], seed: int, name: str
) -> None:
    right = made(pages)
    left = of(".pptx").mutants[name](right, np.random.default_rng(seed))
    gold = {"gold": "gold.pptx", "aspects": ["slides", "text", "formatting", "shapes"]}
    verdict = grade(right, left, ValidatorSpec("slides.equals_gold", gold))
    assert not verdict.success, name
    verdict = grade(right, left, ValidatorSpec("slides.unchanged"))
    assert not verdict.success, name


@BOUNDED
@given(pages=PAGES, order=st.data())
def test_the_order_of_slides_is_told_exactly(
    grade: Grade, pages: list[Page], order: st.DataObject
) -> None:
    numbers = list(range(1, len(pages) + 1))
    new = order.draw(st.permutations(numbers))
    assume(new != numbers)
    left = made([pages[n - 1] for n in new])
    assert grade(made(pages), left, ValidatorSpec("slides.order", {"slides": new})).success
    assert not grade(made(pages), left, ValidatorSpec("slides.order", {"slides": numbers})).success


def test_mutants_do_nothing_where_there_is_nothing_to_spoil() -> None:
    empty = stored(Presentation())
    for mutant in of(".pptx").mutants.values():
        assert mutant(empty, np.random.default_rng(0))
    lone = Presentation()
    lone.slides.add_slide(lone.slide_layouts[6])
    for mutant in of(".pptx").mutants.values():
        assert mutant(stored(lone), np.random.default_rng(0))
