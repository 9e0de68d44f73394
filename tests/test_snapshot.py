"""Snapshots, restores and forks, as a user meets them."""

from __future__ import annotations

import gc
import hashlib
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
from cuagym.sandbox import criu, image, memory, runc
from cuagym.snapshot import Snapshot
from cuagym.task import Screen

from .conftest import ID, TASK, make, python

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


def test_a_snapshot_goes_on_in_another_process(env: Any, tmp_path: Path) -> None:
    env.step(Type("=1+"))
    with env.snapshot() as snapshot:
        snapshot.save(tmp_path / "moment.cua")
    code = f"""
import hashlib, os, gymnasium, cuagym
os.umask(0o077)  # as strict as some machines have it for root
from cuagym.actions import Key, Terminate, Type
from cuagym.snapshot import Snapshot
env = gymnasium.make({ID!r}, task={TASK!r}, look="plain", prepare=0, max_steps=10**6).unwrapped
with Snapshot.load({str(tmp_path / "moment.cua")!r}) as snapshot:
    env.restore(snapshot)
for action in (Type("2\\n"), Key(("ctrl", "s")), Terminate()):
    observation, reward, *_, info = env.step(action)
    print(hashlib.sha256(observation["screenshot"]).hexdigest(), reward, info["step"])
print(env.reset()[1]["task_seed"])
env.close()
"""
    told = python(code).split("\n")
    for line, action in zip(told, (Type("2\n"), Key(("ctrl", "s")), Terminate()), strict=False):
        observation, reward, *_, info = env.step(action)
        digest = hashlib.sha256(observation["screenshot"]).hexdigest()
        assert line == f"{digest} {reward} {info['step']}"
    assert told[3] == str(env.reset()[1]["task_seed"])


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "moment.cua"
    env = make(task=TASK).unwrapped
    env.reset(seed=5)
    with env.snapshot() as snapshot:
        snapshot.save(path)
    env.close()
    return path


def cut(data: bytearray) -> None:
    del data[len(data) // 2 :]


def altered(data: bytearray) -> None:
    data[len(data) // 2] ^= 1


def table_altered(data: bytearray) -> None:
    at = data.index(b'"kernel"')
    data[at + 12] ^= 1


def empty(data: bytearray) -> None:
    data.clear()


def something_else(data: bytearray) -> None:
    data[:] = b"PK" + bytes(5000)


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (cut, "cut short"),
        (altered, "was altered: image/"),
        (table_altered, "table of contents is wrong"),
        (empty, "is no snapshot"),
        (something_else, "is no snapshot"),
    ],
)
def test_a_harmed_file_is_refused(saved: Path, tmp_path: Path, harm: Any, told: str) -> None:
    data = bytearray(saved.read_bytes())
    harm(data)
    (tmp_path / "harmed.cua").write_bytes(data)
    with pytest.raises(UsageError, match=told):
        Snapshot.load(tmp_path / "harmed.cua")
    assert not list((memory.base() / "images").glob(f"{os.getpid()}-*"))


def test_a_file_of_another_machine_is_refused(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = image._machine()
    monkeypatch.setattr(image, "_machine", lambda: {**here, "packages": "others"})
    with pytest.raises(UsageError, match="packages: .*, here 'others'; take it again"):
        Snapshot.load(saved)
    monkeypatch.setattr(image, "_machine", lambda: here)
    monkeypatch.setattr(memory, "available", lambda: 1 << 20)
    with pytest.raises(Fault, match="MiB are needed"):
        Snapshot.load(saved)


def test_many_restores_at_once(env: Any) -> None:
    env.step(Type("=1+"))
    forks = env.fork(6)
    frames = [five(fork, Type("2\n")) for fork in forks]
    assert frames == [five(env, Type("2\n"))] * 6
    for fork in forks:
        fork.close()
