"""The word pack as a whole: what every family of it owes its users. Proofs are in another file."""

from __future__ import annotations

import inspect
from collections import Counter

import numpy as np
import pytest

from cuagym.actions import Click, Key, Type
from cuagym.formats import problem
from cuagym.pack import find
from cuagym.task import DIFFICULTIES, Params, Screen, TaskFamily
from cuagym.tasks.word import _sentences, _words

FAMILIES = find("word/*")
each = pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.id.partition("/")[2])


def turns(family: TaskFamily, seed: int = 0) -> list[tuple[object, ...]]:
    params = family.sample(np.random.default_rng(seed))
    return [tuple(t) for t in family.solve(params, Screen())]


def test_the_pack_is_wide_and_graded_by_difficulty() -> None:
    assert len(FAMILIES) > 20
    counts = Counter(f.difficulty for f in FAMILIES)
    assert all(counts[level] >= 4 for level in DIFFICULTIES)
    assert {f.split for f in FAMILIES} == {"train", "test"}
    assert {f.save for f in FAMILIES} == {True, False}
    assert any(not f.feasible for f in FAMILIES)
    hard = [f for f in FAMILIES if f.difficulty == "hard"]
    assert all(len(turns(f)) >= 15 for f in hard)


def test_oracles_use_mouse_and_keyboard() -> None:
    used = Counter(type(a) for f in FAMILIES for turn in turns(f) for a in turn)
    assert used[Click] > 20 and used[Key] > 100 and used[Type] > 100
    by_mouse = [f for f in FAMILIES if any(type(a) is Click for t in turns(f) for a in t)]
    assert len(by_mouse) > len(FAMILIES) / 3


def drawn(family: TaskFamily, count: int) -> list[Params]:
    return [family.sample(np.random.default_rng(seed)) for seed in range(count)]


@each
def test_a_family_says_its_wish_in_several_ways(family: TaskFamily) -> None:
    assert len({params["wording"] for params in drawn(family, 60)}) >= 3


@each
def test_a_family_is_tagged_and_told(family: TaskFamily) -> None:
    assert family.capabilities and len(set(family.capabilities)) == len(family.capabilities)
    assert (inspect.getdoc(type(family)) or "").splitlines()[0].endswith(".")
    assert all(family.horizon >= 1.3 * len(turns(family, seed)) for seed in range(20))


@each
def test_a_family_holds_a_range_of_parameters_out(family: TaskFamily) -> None:
    if family.split == "test":
        return  # all of it is held out
    share = sum(family.held_out(params) for params in drawn(family, 300)) / 300
    assert 0.05 <= share <= 0.4


@each
def test_documents_are_sound_and_differ(family: TaskFamily) -> None:
    instances = [family.instance(seed) for seed in range(8)]
    documents = {i.files[i.open] for i in instances}
    assert len(documents) >= 7
    assert not any(problem(i.open, i.files[i.open]) for i in instances)


@each
def test_every_instruction_fits_whatever_is_drawn(family: TaskFamily) -> None:
    for params in drawn(family, 60):
        assert len(family.instruction(params).encode()) <= 1024
        assert "{" not in family.instruction(params).replace("{PAGE}", "")


def test_what_oracles_look_for_is_said_once() -> None:
    said = " ".join(s for each in _sentences.SECTIONS.values() for s in each).casefold()
    for title in _sentences.SECTIONS:
        assert title.casefold() not in said
    for seed in range(50):
        report = _words.report(np.random.default_rng(seed), 6)
        texts = [text for section in report["sections"] for text in section["paragraphs"]]
        whole = "\n".join(texts)
        assert all(whole.count(text[:40]) == 1 for text in texts)
