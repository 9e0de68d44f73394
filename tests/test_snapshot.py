"""Snapshots, restores and forks, as a user meets them."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.wrappers import RecordEpisodeStatistics, TimeLimit

import cuagym
from cuagym.actions import Click, Key, KeyDown, KeyUp, MouseDown, MouseUp, Move, Terminate, Type
from cuagym.errors import Fault, SetupError, UsageError
from cuagym.pack import find
from cuagym.sandbox import criu, memory, runc
from cuagym.task import Screen

from .conftest import TASK, make

NONE = criu.unusable() or runc.unusable()
pytestmark = pytest.mark.skipif(bool(NONE), reason=f"no snapshots here: {NONE}")


@pytest.fixture
def env() -> Iterator[Any]:
    env = make(task=TASK, prepare=0, max_steps=10**6).unwrapped
    env.reset(seed=5)
    yield env
    env.close()
    gc.collect()
    assert not list((memory.base() / "images").glob(f"{os.getpid()}-*"))  # nothing is left


def five(env: Any, action: Any) -> tuple[bytes, float, dict[str, Any], int]:
    """What a step shows and tells, and the application time after it."""
    observation, reward, _, _, info = env.step(action)
    return observation["screenshot"].tobytes(), reward, info, env._episode.session.screen.clock.now


STATES: dict[str, list[Any]] = {
    "a cell being edited": [Type("=SUM(B2")],
    "a menu": [Key(("alt", "o"))],
    "a modal dialog": [Key(("ctrl", "1"))],
    "a held key": [Key(("ctrl", "Home")), KeyDown(("shift",)), Key(("Down",))],
    "a drag": [Move((0.2, 0.4)), MouseDown(), Move((0.3, 0.5))],
    "a clipboard": [Type("copy me\n"), Key(("Up",)), Key(("ctrl", "c"))],
    "letters that no key has": [Type("жду ün 字\n")],
    "a click that could become a double one": [Click((0.3, 0.5))],
}
AFTER = [
    Click((0.3, 0.5)),
    KeyUp(("shift",)),
    MouseUp(),
    Key(("Escape",)),
    Key(("Down",)),
    Key(("ctrl", "v")),
    Type("字 é 12\n"),
    Key(("ctrl", "z")),
]


@pytest.mark.parametrize("state", STATES)
def test_a_fork_goes_on_as_its_origin_does(env: Any, state: str) -> None:
    for action in STATES[state]:
        env.step(action)
    [copy] = env.fork(1)
    assert np.array_equal(copy.peek(), env.peek())
    for action in AFTER:
        assert five(copy, action) == five(env, action)
    copy.close()


@pytest.mark.parametrize("trial", range(8))
def test_a_fork_in_the_middle_of_an_oracle_ends_as_its_origin_does(
    trial: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In what it shows, and in what happens inside: the same waits end at the same moments."""
    monkeypatch.setenv("CUAGYM_CLOCK_LOG", str(tmp_path / "log"))
    look: Any = "gtk3" if trial % 2 else "plain"
    rng = np.random.default_rng(trial)
    families = find("excel/core@1")
    family = families[int(rng.integers(len(families)))]
    instance = family.instance(int(rng.integers(1000)))
    env = make(task=family.id, look=look, max_steps=10**6).unwrapped
    env.reset(seed=trial, options={"task": instance})
    turns = list(family.solve(dict(instance.params), Screen(1280, 720, look)))
    at = int(rng.integers(len(turns)))
    for turn in turns[:at]:
        env.step_turn(turn)
    [copy] = env.fork(1)
    for turn in turns[at:]:
        one, other = env.step_turn(turn), copy.step_turn(turn)
        assert np.array_equal(one[0]["screenshot"], other[0]["screenshot"]), (family.id, turn)
        assert one[1:] == other[1:]
    logs = [tmp_path / f"log.{e.sandbox.pid}" for e in (env, copy)]
    env.close()
    copy.close()
    before, after = (log.read_text().splitlines() for log in logs)
    assert len(after) > 10 and before[-len(after) + 1 :] == after[1:]  # but for its first look


def test_forks_are_independent_and_outlive_their_origin(env: Any) -> None:
    env.step(Type("origin\n"))
    one, other = env.fork(2)
    before = other.peek()
    one.step(Type("one\n"))
    one.sandbox.write("/home/agent/only-here", b"x")
    assert np.array_equal(other.peek(), before) and np.array_equal(env.peek(), before)
    assert other.sandbox.run(["test", "-e", "/home/agent/only-here"]).returncode == 1
    assert len({e.sandbox.pid for e in (env, one, other)}) == 3
    env.close()
    assert np.array_equal(other.peek(), before)
    [again] = one.fork(1)  # a copy can be copied
    assert five(again, Type("two\n")) == five(one, Type("two\n"))
    (_, a), (_, b) = one.reset(), other.reset()
    assert a["task_seed"] == b["task_seed"]
    for e in (one, other, again):
        e.close()


def test_a_snapshot_serves_more_than_once_and_goes_back_in_time(env: Any) -> None:
    env.step(Type("before\n"))
    with env.snapshot() as snapshot:
        assert 10**7 < snapshot.size < 10**9
        first = [five(env, a) for a in (Type("after\n"), Key(("ctrl", "s")), Terminate())]
        for _ in range(2):
            env.restore(snapshot)
            again = [five(env, a) for a in (Type("after\n"), Key(("ctrl", "s")), Terminate())]
            assert again == first
    assert snapshot.size == 0
    with pytest.raises(Fault, match="the snapshot is closed"):
        env.restore(snapshot)


def test_an_episode_with_a_snapshot_is_the_same_as_one_without() -> None:
    frames = []
    for with_one in (False, True):
        env = make(task=TASK, prepare=0).unwrapped
        env.reset(seed=5)
        env.step(Type("=1+"))
        if with_one:
            env.snapshot().close()
        frames.append([five(env, a) for a in (Type("2\n"), Key(("Up",)), Key(("F2",)))])
        env.close()
    assert frames[0] == frames[1]


def test_wrappers_are_kept_and_their_counters_go_on(env: Any) -> None:
    wrapped = RecordEpisodeStatistics(TimeLimit(gym.Wrapper(env), 4))
    wrapped.reset(seed=0)
    for _ in range(2):
        wrapped.step(Key(("Down",)))
    [copy] = cuagym.fork(wrapped, 1)
    assert type(copy) is type(wrapped) and type(copy.env) is type(wrapped.env)
    assert copy.unwrapped is not env and copy.unwrapped.spec is env.spec
    assert not copy.step(Key(("Down",)))[3] and copy.step(Key(("Down",)))[3]  # truncated: 4 steps
    assert not wrapped.step(Key(("Down",)))[3]
    copy.close()


def test_what_cannot_be_forked_is_told(env: Any) -> None:
    for n in (0, -1, 1.5, True):
        with pytest.raises(UsageError, match="whole number"):
            env.fork(n)
    with pytest.raises(UsageError, match="no cuagym env"):
        cuagym.fork(gym.make("CartPole-v1"), 1)
    other = make(task=TASK, prepare=0, size=(800, 600)).unwrapped
    other.reset(seed=0)
    with env.snapshot() as snapshot, pytest.raises(UsageError, match="the snapshot is of an env"):
        other.restore(snapshot)
    other.close()
    walled = make(task=TASK, prepare=0, sandbox="bubblewrap", look="plain").unwrapped
    walled.reset(seed=0)
    with pytest.raises(SetupError, match="bubblewrap sandboxes have no snapshots"):
        walled.snapshot()
    assert walled.step(Key(("Down",)))[4]["fault"] == ""
    walled.close()


def test_a_failed_restore_leaves_nothing_and_what_was_before_goes_on(env: Any) -> None:
    with env.snapshot() as snapshot:
        pages = max(Path(snapshot.folder.path).glob("pages-*.img"), key=lambda p: p.stat().st_size)
        with pages.open("r+b") as file:
            file.truncate(4096)
        mounts = Path("/proc/self/mountinfo").read_text()
        with pytest.raises(Fault, match="CRIU"):
            env.restore(snapshot)
    assert Path("/proc/self/mountinfo").read_text() == mounts
    assert env.step(Key(("Down",)))[4]["fault"] == ""
