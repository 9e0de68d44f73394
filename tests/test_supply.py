"""Which episode comes next, and its desktop ahead of time."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cuagym import supply
from cuagym.actions import Type, Wait
from cuagym.errors import Fault, UsageError
from cuagym.supply import Settings, Supply

from .conftest import TASK, begun, below, make, readable

SETTINGS = Settings("excel", None, None, (1280, 720), "plain", "auto")


class _FakeSession:
    """A fake desktop, which starts when it is let: what is tested is who waits for it."""

    gate = threading.Event()
    fail = False
    closed: list[_FakeSession]
    asks = ""

    def __init__(self, *_: Any) -> None:
        self.aborted = False

    def start(self, *_: Any) -> None:
        self.gate.wait()
        if self.fail:
            raise Fault("it did not start")

    def abort(self) -> None:
        self.aborted = True

    def close(self) -> None:
        self.closed.append(self)

    def has_quit(self) -> bool:
        return self in self.closed


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> type[_FakeSession]:
    class Session(_FakeSession):
        gate = threading.Event()
        closed = []

    def start(session: _FakeSession, *_: Any) -> str:
        session.start()
        return "start"

    monkeypatch.setattr(supply, "Session", Session)
    monkeypatch.setattr(supply.desktops, "set_up", start)
    return Session


@pytest.fixture(scope="module")
def _env() -> Iterator[Any]:
    env = make(prepare=1)
    yield env.unwrapped
    env.close()


@pytest.fixture
def prepared(_env: Any) -> Any:
    """An env in an episode whose next desktop is ready."""
    _env._supply._surprises = 0  # of other tests: so many that none would be readied
    begun(_env, seed=0)
    _env._supply._ahead._over.wait()
    return _env


# ---- drawing


def test_drawing_depends_on_the_generator_alone() -> None:
    def seeds(seed: int) -> list[int]:
        one, rng = Supply(SETTINGS, 0), np.random.default_rng(seed)
        return [one.draw(rng, {})().seed for _ in range(5)]

    assert seeds(3) == seeds(3) != seeds(4)
    assert len(set(seeds(3))) == 5


def test_every_draw_moves_the_generator_alike(blank: Path) -> None:
    """A document, a task, a glob: what comes after does not depend on what came before."""
    document = Supply(Settings("excel", None, str(blank), (1280, 720), "plain", "auto"), 0)
    states = []
    for one, options in (
        (Supply(SETTINGS, 0), {}),
        (Supply(SETTINGS, 0), {"task": TASK}),
        (Supply(SETTINGS, 0), {"task": "excel/*"}),
        (document, {}),
        (document, {"task": TASK}),
    ):
        rng = np.random.default_rng(0)
        one.draw(rng, options)
        states.append(rng.bit_generator.state)
    assert all(state == states[0] for state in states)


def test_instances_come_of_the_seeds_that_were_named_alone() -> None:
    rng = np.random.default_rng(0)
    one = Supply(replace(SETTINGS, task_seeds=(7, 40, 3)), 0)
    assert {one.draw(rng, {"task": TASK})().seed for _ in range(20)} == {7, 40, 3}
    moved, as_ever = np.random.default_rng(1), np.random.default_rng(1)
    one.draw(moved, {})
    Supply(SETTINGS, 0).draw(as_ever, {})
    assert moved.bit_generator.state == as_ever.bit_generator.state


def test_a_task_that_is_not_there_leaves_the_generator_alone() -> None:
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    with pytest.raises(UsageError):
        Supply(SETTINGS, 0).draw(rng, {"task": "excel/nothing"})
    assert rng.bit_generator.state == before


# ---- ahead of time


def test_an_unseeded_reset_finds_its_desktop_ready(prepared: Any) -> None:
    started = prepared.reset_modes
    prepared.begin_reset()
    assert prepared.poll()  # there was nothing to wait for
    _, info = prepared.finish()
    assert prepared.reset_modes == {**started, "prepared": started["prepared"] + 1}
    assert prepared.step(Type("x\n"))[4]["fault"] == ""
    assert info["task_seed"] == prepared.instance.seed


def test_seeded_and_different_resets_are_not_foreseen(prepared: Any) -> None:
    started = prepared.reset_modes
    prepared.reset(seed=5)
    prepared.reset(options={"task": TASK})
    assert prepared.reset_modes["prepared"] == started["prepared"]
    assert sum(prepared.reset_modes.values()) == sum(started.values()) + 2


def test_who_seeds_each_reset_pays_for_one_desktop_each(fake: type[_FakeSession]) -> None:
    fake.gate.set()
    one = Supply(SETTINGS, 1)
    readied = []
    for seed in (0, 1, 2, 3, 3, 3):
        rng = np.random.default_rng(seed)
        one.begin(rng, {}).result()
        one.foresee(rng, {})
        readied.append(one._ahead is not None)
    assert readied == [True, True, False, False, False, False]
    one.begin(rng, {}).result()  # as foreseen, though not readied
    one.foresee(rng, {})
    assert one._ahead is not None
    one.close()


def test_options_that_stay_the_same_are_foreseen(prepared: Any) -> None:
    prepared.reset(options={"task": TASK})
    started = prepared.reset_modes
    prepared.reset(options={"task": TASK, "note": "ignored"})
    assert prepared.reset_modes == {**started, "prepared": started["prepared"] + 1}


def test_prepared_or_not_the_same_tasks_come(prepared: Any) -> None:
    ready = [prepared.reset()[1]["task_seed"] for _ in range(2)]
    cold = make(prepare=0).unwrapped
    cold.reset(seed=0)
    drawn = [Supply(SETTINGS, 0).draw(cold.np_random, {})().seed for _ in range(2)]
    assert cold.reset_modes["prepared"] == 0 and sum(cold.reset_modes.values()) == 1
    cold.close()
    assert ready == drawn


@pytest.mark.parametrize("name", ["init", "soffice.bin", "Xvfb"])
def test_a_prepared_desktop_that_died_meanwhile_is_not_handed_out(prepared: Any, name: str) -> None:
    session = prepared._supply._ahead._value.session
    _kill(session.sandbox.pid, name)
    assert readable(session.sandbox)  # its starter has noticed, and ended too
    prepared.reset()
    assert prepared.step(Wait(1))[4]["fault"] == ""


def _kill(first: int, name: str) -> None:
    for pid in (first, *below(first)):
        if Path(f"/proc/{pid}/comm").read_text().strip() == name:
            pidfd = os.pidfd_open(pid)
            os.kill(pid, signal.SIGKILL)
            assert readable(pidfd)
            os.close(pidfd)
            return
    raise AssertionError(name)


def test_a_start_ahead_that_failed_is_tried_again(fake: type[_FakeSession]) -> None:
    """Nobody has asked for it yet: the reset that does gets a start of its own."""
    fake.gate.set()
    one, rng = Supply(SETTINGS, 1), np.random.default_rng(0)
    one.begin(rng, {}).result()
    fake.fail = True
    one.foresee(rng, {})
    assert one._ahead
    one._ahead._over.wait()
    fake.fail = False
    assert one.begin(rng, {}).result().session not in fake.closed
    one.close()


def test_a_start_that_failed_is_told(fake: type[_FakeSession]) -> None:
    fake.gate.set()
    fake.fail = True
    one = Supply(SETTINGS, 0)
    with pytest.raises(Fault, match="did not start"):
        one.begin(np.random.default_rng(0), {}).result()


def test_beginning_does_not_wait_for_a_desktop_that_is_not_wanted(fake: type[_FakeSession]) -> None:
    one, rng = Supply(SETTINGS, 1), np.random.default_rng(0)
    one.foresee(rng, {})  # under way, and will be for long
    job = one.begin(np.random.default_rng(1), {})
    fake.gate.set()
    wanted = job.result().session
    one.close()
    assert len(fake.closed) == 1 and wanted not in fake.closed


def test_what_was_readied_in_vain_is_closed(fake: type[_FakeSession]) -> None:
    fake.gate.set()
    one, rng = Supply(SETTINGS, 1), np.random.default_rng(0)
    one.foresee(rng, {})
    assert one._ahead
    unwanted = one._ahead
    unwanted._over.wait()
    wanted = one.begin(np.random.default_rng(1), {}).result().session
    one.foresee(rng, {})
    one.close()
    one.close()
    assert len(fake.closed) == 2 and wanted not in fake.closed


def test_prepare_can_be_switched_off(fake: type[_FakeSession]) -> None:
    fake.gate.set()
    one, rng = Supply(SETTINGS, 0), np.random.default_rng(0)
    one.foresee(rng, {})
    assert one._ahead is None
    one.begin(rng, {}).result()
    assert not one.modes["prepared"]
