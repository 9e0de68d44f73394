"""The excel pack as a whole: what every family of it owes its users. Proofs are in another file."""

from __future__ import annotations

import inspect
from collections import Counter

import numpy as np
import pytest

from cuagym.actions import Click, Drag, Key, Type
from cuagym.formats import problem
from cuagym.pack import find
from cuagym.task import DIFFICULTIES, Params, Screen, TaskFamily

FAMILIES = find("excel/*")
each = pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.id.partition("/")[2])


def turns(family: TaskFamily, seed: int = 0) -> list[tuple[object, ...]]:
    return [tuple(t) for t in family.solve(dict(family.instance(seed).params), Screen())]


def test_the_pack_is_wide_and_graded_by_difficulty() -> None:
    assert len(FAMILIES) > 20
    counts = Counter(f.difficulty for f in FAMILIES)
    assert all(counts[level] >= 4 for level in DIFFICULTIES)
    assert {f.split for f in FAMILIES} == {"train", "test"}
    assert {f.save for f in FAMILIES} == {True, False}
    assert any(not f.feasible for f in FAMILIES)
    assert sum(len(turns(f)) >= 20 for f in FAMILIES) >= 4


def test_oracles_use_mouse_and_keyboard() -> None:
    used = Counter(type(a) for f in FAMILIES for turn in turns(f) for a in turn)
    assert used[Click] > 50 and used[Key] > 20 and used[Type] > 20
    by_mouse = [f for f in FAMILIES if any(type(a) in (Click, Drag) for t in turns(f) for a in t)]
    assert len(by_mouse) > len(FAMILIES) / 2


def drawn(family: TaskFamily, count: int) -> list[Params]:
    return [family.sample(np.random.default_rng(seed)) for seed in range(count)]


@each
def test_a_family_says_its_wish_in_several_ways(family: TaskFamily) -> None:
    assert len({params["wording"] for params in drawn(family, 60)}) >= 3


@each
def test_a_family_is_tagged_and_told(family: TaskFamily) -> None:
    assert family.capabilities and len(set(family.capabilities)) == len(family.capabilities)
    assert (inspect.getdoc(type(family)) or "").splitlines()[0].endswith(".")
    assert family.horizon >= 1.5 * len(turns(family))


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
