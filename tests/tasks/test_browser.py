"""The browser pack as a whole: what every family of it owes its users."""

from __future__ import annotations

import inspect
import json
import re
from collections import Counter

import numpy as np
import pytest

from cuagym.actions import Click, Key, Type
from cuagym.formats import problem
from cuagym.pack import find
from cuagym.task import DIFFICULTIES, Element, Params, Screen, TaskFamily

FAMILIES = find("browser/*")
each = pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.id.partition("/")[2])


def anywhere(selector: str) -> list[Element]:
    """A page on which everything that an oracle looks for shows, in the middle of the screen."""
    return [Element("a", "", "", {}, 600, 400, 80, 20)]


def turns(family: TaskFamily, seed: int = 0) -> list[tuple[object, ...]]:
    screen = Screen(ask=anywhere)
    return [tuple(t) for t in family.solve(dict(family.instance(seed).params), screen)]


def test_the_pack_is_wide_and_graded_by_difficulty() -> None:
    assert len(FAMILIES) >= 15
    counts = Counter(f.difficulty for f in FAMILIES)
    assert all(counts[level] >= 4 for level in DIFFICULTIES)
    assert {f.split for f in FAMILIES} == {"train", "test"}
    assert any(not f.feasible for f in FAMILIES)
    assert sum(len(turns(f)) >= 15 for f in FAMILIES if f.difficulty == "hard") >= 3


def test_oracles_use_mouse_and_keyboard() -> None:
    used = Counter(type(a) for f in FAMILIES for turn in turns(f) for a in turn)
    assert used[Click] > 50 and used[Key] > 20 and used[Type] > 20
    by_mouse = [f for f in FAMILIES if any(type(a) is Click for t in turns(f) for a in t)]
    assert len(by_mouse) > len(FAMILIES) / 2


def drawn(family: TaskFamily, count: int) -> list[Params]:
    return [family.sample(np.random.default_rng(seed)) for seed in range(count)]


@each
def test_a_family_says_its_wish_in_several_ways(family: TaskFamily) -> None:
    assert len({params["wording"] for params in drawn(family, 60)}) >= 3
    for seed in range(20):
        instruction = family.instance(seed).instruction
        assert "{" not in instruction and "  " not in instruction


@each
def test_a_family_is_tagged_and_told(family: TaskFamily) -> None:
    assert family.capabilities and len(set(family.capabilities)) == len(family.capabilities)
    assert (inspect.getdoc(type(family)) or "").splitlines()[0].endswith(".")
    assert family.horizon >= 1.5 * max(len(turns(family, seed)) for seed in range(10))


@each
def test_a_family_holds_a_range_of_parameters_out(family: TaskFamily) -> None:
    if family.split == "test":
        return  # all of it is held out
    share = sum(family.held_out(params) for params in drawn(family, 300)) / 300
    assert 0.05 <= share <= 0.4


@each
def test_sites_are_sound_and_differ(family: TaskFamily) -> None:
    instances = [family.instance(seed) for seed in range(8)]
    assert len({json.dumps(i.to_json()["files"]) for i in instances}) == 8
    assert len({i.files[i.open] for i in instances}) >= 7
    assert not any(problem(i.open, i.files[i.open]) for i in instances)


@each
def test_sites_need_nothing_of_a_network_nor_of_the_time_of_day(family: TaskFamily) -> None:
    for name, data in family.instance(1).files.items():
        assert name.startswith("sites/") and name.split("/")[1].endswith(".example")
        text = data.decode()
        assert not re.search(r"(src|href|url)\s*[=(]\s*[\"']?(https?:)?//", text), name
        assert not re.search(r"Date\.now|Math\.random|new Date\(\)", text), name


@each
def test_every_link_of_a_site_leads_somewhere(family: TaskFamily) -> None:
    for seed in range(3):
        files = family.instance(seed).files
        host = next(iter(files)).split("/")[1]
        for name, data in files.items():
            if name.endswith(".html"):
                for link in re.findall(r'(?:href|src)="/([^"?#]*)', data.decode()):
                    ends = (link, f"{link}.html", f"{link}/index.html".lstrip("/"))
                    assert any(f"sites/{host}/{end}" in files for end in ends), (name, link)
