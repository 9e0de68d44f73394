"""Stored end states tell, without a GUI, whose verdict has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cuagym import pack as packs
from cuagym.grading import Grader, shared
from cuagym.task import TaskFamily, TaskInstance
from cuagym.testing import corpus
from cuagym.testing.conformance import State
from cuagym.verdict import Verdict


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with shared() as grader:
        yield grader


def states(grader: Grader, instance: TaskInstance, family: TaskFamily) -> list[State]:
    """An initial state and a near miss as they are, without a screen."""
    change = family.near_misses(dict(instance.params), None)["more"].how  # type: ignore[arg-type]
    assert callable(change)
    spoilt = change(dict(instance.files))
    return [
        State(name, files, "", "success", grader.grade(instance, files, "", "success"))
        for name, files in (("initial", dict(instance.files)), ("near miss: more", spoilt))
    ]


def test_equal_states_give_equal_bytes_and_equal_verdicts(
    family: Callable[..., TaskFamily], grader: Grader
) -> None:
    made = family()
    pack = packs.discover()["test"]
    instance = made.instance(3)
    path = corpus.store(pack, instance, states(grader, instance, made))
    first, hash = path.read_bytes(), pack.hash
    assert corpus.store(pack, instance, states(grader, instance, made)).read_bytes() == first
    assert len(first) < 20_000
    again = corpus.regrade(pack, "word", grader)
    assert again == corpus.Regrade("test/word", 2, (), recalculated=3)
    packs._discover.cache_clear()
    assert packs.discover()["test"].hash == hash  # what was recorded is no part of the tasks


def test_kept_states_are_graded_again_without_libreoffice_until_it_is_another_one(
    family: Callable[..., TaskFamily], grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = family()
    pack = packs.discover()["test"]
    instance = made.instance(3)
    kept = []
    for state in states(grader, instance, made):
        copies: dict[str, bytes] = {}
        grader.grade(instance, state.files, state.answer, state.status, copies=copies)
        kept.append(replace(state, copies=copies))
    path = corpus.store(pack, instance, kept)
    with Grader() as cold:
        assert corpus.regrade(pack, "word", cold) == corpus.Regrade("test/word", 2, ())
    other = [replace(s, copies={f"other {k}": b"" for k in s.copies}) for s in kept]
    assert corpus.store(pack, instance, other) == path
    with Grader() as cold:
        again = corpus.regrade(pack, "word", cold)
    assert again == corpus.Regrade("test/word", 2, (), recalculated=3)


def test_a_changed_verdict_is_told(family: Callable[..., TaskFamily], grader: Grader) -> None:
    made = family()
    pack = packs.discover()["test"]
    instance = made.instance(3)
    corpus.store(pack, instance, states(grader, instance, made))
    wanted = type(made).validators

    def lenient(self: TaskFamily, params: object) -> object:
        return [list(wanted(self, params))[1]]  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(made), "validators", lenient)
        changes = corpus.regrade(pack, "word", grader).changes
    assert changes[0] == "initial: passes now, failed before"
    assert changes[1].startswith("near miss: more: other checks: 'A1'")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Grader, "grade", lambda *_, **__: Verdict.failed("no paper left"))
        changes = corpus.regrade(pack, "word", grader).changes
    assert changes[0] == "initial: cannot be graded any more: no paper left"


def test_missing_damaged_and_outdated_states_are_told(
    family: Callable[..., TaskFamily], grader: Grader, folder: Path
) -> None:
    made = family()
    pack = packs.discover()["test"]
    assert "no stored states" in corpus.regrade(pack, "word", grader).changes[0]
    instance = made.instance(3)
    path = corpus.store(pack, instance, [])
    path.write_bytes(path.read_bytes()[:-20])
    assert "are damaged" in corpus.regrade(pack, "word", grader).changes[0]
    corpus.store(pack, instance, [])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(made), "instruction", lambda self, params: "Do something else.")
        assert "is another one now" in corpus.regrade(pack, "word", grader).changes[0]
