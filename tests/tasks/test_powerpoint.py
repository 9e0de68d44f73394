"""The powerpoint pack as a whole: what every family of it owes its users. Proofs are elsewhere."""

from __future__ import annotations

import functools
import inspect
from collections import Counter
from io import BytesIO

import numpy as np
import pytest
from pptx import Presentation

from cuagym.actions import Click, Drag, Key, Type
from cuagym.formats import problem
from cuagym.pack import find
from cuagym.task import DIFFICULTIES, Params, Screen, TaskFamily, TaskInstance
from cuagym.tasks.powerpoint import _deck, _texts

FAMILIES = find("powerpoint/*")
each = pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.id.partition("/")[2])


SEEDS = 6


@functools.cache
def instances(family: TaskFamily) -> list[TaskInstance]:
    """Making decks takes most of the time."""
    return [family.instance(seed) for seed in range(SEEDS)]


def turns(family: TaskFamily, seed: int = 0) -> list[tuple[object, ...]]:
    return [tuple(t) for t in family.solve(dict(instances(family)[seed].params), Screen())]


def test_the_pack_is_wide_and_graded_by_difficulty() -> None:
    assert len(FAMILIES) >= 12
    counts = Counter(f.difficulty for f in FAMILIES)
    assert all(counts[level] >= 3 for level in DIFFICULTIES)
    assert sum(f.split == "test" for f in FAMILIES) >= 2
    assert {f.save for f in FAMILIES} == {True, False}
    assert sum(not f.feasible for f in FAMILIES) == 1
    assert sum(len(turns(f)) >= 15 for f in FAMILIES) >= 3


def test_oracles_use_mouse_and_keyboard() -> None:
    used = Counter(type(a) for f in FAMILIES for turn in turns(f) for a in turn)
    assert used[Click] > 30 and used[Key] > 50 and used[Type] > 20
    by_mouse = [f for f in FAMILIES if any(type(a) in (Click, Drag) for t in turns(f) for a in t)]
    assert len(by_mouse) > len(FAMILIES) / 2


def drawn(family: TaskFamily, count: int) -> list[Params]:
    return [family.sample(np.random.default_rng(seed)) for seed in range(count)]


@each
def test_a_family_says_its_wish_in_several_ways(family: TaskFamily) -> None:
    assert len({params["wording"] for params in drawn(family, 60)}) >= 3


@each
def test_instructions_have_no_holes(family: TaskFamily) -> None:
    for instance in instances(family):
        text = instance.instruction
        assert "{" not in text and "}" not in text and "\t" not in text
        assert ("save" in text.lower() or "store" in text.lower()) >= family.save


@each
def test_a_family_is_tagged_and_told(family: TaskFamily) -> None:
    assert family.capabilities and len(set(family.capabilities)) == len(family.capabilities)
    assert (inspect.getdoc(type(family)) or "").partition("\n\n")[0].endswith(".")
    assert family.horizon >= 1.5 * max(len(turns(family, seed)) for seed in range(4))


@each
def test_a_family_holds_a_range_of_parameters_out(family: TaskFamily) -> None:
    if family.split == "test":
        return  # all of it is held out
    share = sum(family.held_out(params) for params in drawn(family, 300)) / 300
    assert 0.05 <= share <= 0.4


@each
def test_documents_are_sound_and_differ(family: TaskFamily) -> None:
    documents = {i.files[i.open] for i in instances(family)}
    assert len(documents) >= SEEDS - 1
    assert not any(problem(i.open, i.files[i.open]) for i in instances(family))


@each
def test_all_slides_are_seen_in_the_slide_pane(family: TaskFamily) -> None:
    """Oracles click there, and six slides are seen without scrolling."""
    for instance in instances(family):
        assert len(Presentation(BytesIO(instance.files[instance.open])).slides) <= 6


def test_a_deck_says_nothing_twice_and_names_no_slide_by_a_part_of_another() -> None:
    for kind in _texts.KINDS:
        deck = _texts.deck(np.random.default_rng(3), 8, kind)
        titles = [slide["title"] for slide in deck["slides"]]
        lines = [line for slide in deck["slides"] for line in slide["lines"]]
        assert len(set(lines)) == len(lines) == 24
        assert not [a for a in titles for b in titles if a != b and a in b]


def test_equal_decks_are_equal_bytes() -> None:
    one, two = (_deck.new(1) for _ in range(2))
    for deck in (one, two):
        _deck.cover(deck, "Cover", "Subtitle")
        _deck.bullets(deck, "Title", ["one", "\ttwo"], "notes")
    assert _deck.deck_bytes(one) == _deck.deck_bytes(two)
    levels = [p.level for p in one.slides[1].placeholders[1].text_frame.paragraphs]
    assert levels == [0, 1]
