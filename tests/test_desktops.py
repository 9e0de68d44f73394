"""How sessions come to be: whichever way, nobody can tell but by the time that it takes."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cuagym import cache, desktops
from cuagym.actions import Click, Key, Type
from cuagym.errors import Fault, UsageError
from cuagym.pack import find
from cuagym.sandbox import memory

from .conftest import TASK, make, python

NONE = desktops.why_not()
FAMILY = find(TASK)[0]
STEPS = [
    Click((0.3, 0.5)),
    Type("=1+2\n"),
    Key(("ctrl", "1")),
    Key(("Escape",)),
    Key(("ctrl", "z")),
]


@pytest.fixture
def env() -> Iterator[Any]:
    env = make(prepare=0).unwrapped
    yield env
    env.close()


def episode(env: Any, seed: int) -> tuple[str, list[str]]:
    """How it began, and a hash of each frame and of the clock after it."""
    before = env.reset_modes
    frames = [env.reset(options={"task": FAMILY.instance(seed)})[0]]
    frames += [env.step(action)[0] for action in STEPS]
    [way] = [mode for mode, count in env.reset_modes.items() if count != before[mode]]
    told = [hashlib.sha256(frame["screenshot"]).hexdigest()[:8] for frame in frames]
    return way, [*told, str(env._episode.session.screen.clock.now)]


@pytest.mark.skipif(bool(NONE), reason=f"no snapshots here: {NONE}")
@pytest.mark.parametrize("look", ["gtk3", "plain"])
def test_every_way_leads_to_the_same_episode(look: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUAGYM_SNAPSHOTS", "0")
    env = make(prepare=0, look=look).unwrapped
    ways = [episode(env, 7)]
    env.close()
    monkeypatch.delenv("CUAGYM_SNAPSHOTS")
    env = make(prepare=0, look=look).unwrapped
    env.reset(seed=0)  # now the application has been launched once
    ways += [episode(env, 7) for _ in range(4)]
    env.close()
    assert [way for way, _ in ways] == ["start", "open", "open", "restore", "restore"]
    assert all(told == ways[0][1] for _, told in ways)


@pytest.mark.skipif(bool(NONE), reason=f"no snapshots here: {NONE}")
def test_what_is_kept_in_memory_is_bounded_and_goes_with_the_last_env(
    env: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = memory.base() / "images"

    def kept() -> int:
        return sum(i.kept is not None for i in desktops._instances.values())

    desktops.leave(env)  # whoever was there before
    for seed in (1, 1, 2, 2):
        episode(env, seed)
    assert kept() == 2 and len(list(images.iterdir())) >= 2
    monkeypatch.setenv("CUAGYM_SNAPSHOTS", "100M")  # room for one
    for seed in (3, 3):
        episode(env, seed)
    assert kept() == 1
    assert episode(env, 3)[0] == "restore" and episode(env, 1)[0] == "open"
    for seed in (3, 1, 3, 1, 3):  # in turns: one stays, instead of each pushing out the other
        assert episode(env, seed)[0] == ("restore" if seed == 3 else "open")
    monkeypatch.setenv("CUAGYM_SNAPSHOTS", "1K")  # for none
    for seed in (4, 4, 4):
        assert episode(env, seed)[0] == "open"
    env.close()
    assert kept() == 0


@pytest.mark.skipif(bool(NONE), reason=f"no snapshots here: {NONE}")
def test_a_fork_of_the_process_takes_nothing_away(env: Any) -> None:
    for _ in range(3):
        way, told = episode(env, 5)
    assert way == "restore"
    snapshot = env.snapshot()
    child = os.fork()
    if not child:
        try:
            desktops.leave(env)
            snapshot.close()
            env.close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert episode(env, 5) == ("restore", told)
    env.restore(snapshot)
    snapshot.close()


@pytest.mark.skipif(bool(NONE), reason=f"no snapshots here: {NONE}")
def test_envs_that_want_the_same_at_once_wait_for_one_snapshot(env: Any) -> None:
    env.reset(seed=0)
    instance = FAMILY.instance(11)
    envs = [make(prepare=0).unwrapped for _ in range(5)]
    threads = [
        threading.Thread(target=e.reset, kwargs={"options": {"task": instance}}) for e in envs
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    frames = [e.peek() for e in envs]
    modes = [next(m for m, n in e.reset_modes.items() if n) for e in envs]
    for e in envs:
        e.close()
    assert sorted(modes) == ["open", "open", "restore", "restore", "restore"]
    assert all(np.array_equal(frames[0], frame) for frame in frames)


@pytest.mark.skipif(bool(NONE), reason=f"no snapshots here: {NONE}")
def test_a_broken_snapshot_is_told_and_desktops_are_started(
    env: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(desktops, "_failed", "")
    monkeypatch.setenv("CUAGYM_CACHE", str(tmp_path))
    assert episode(env, 7)[0] == "start"  # and is frozen
    [place] = (tmp_path / "snapshot").iterdir()
    data = json.loads((place / "frozen.json").read_text())
    data["image"]["stamp"]["kernel"] = "of another machine"
    (place / "frozen.json").write_text(json.dumps(data))
    with pytest.warns(UserWarning, match="started afresh .*kernel: 'of another machine'"):
        assert episode(env, 8)[0] == "start"
    assert "cuagym cache clear" in desktops.why_not()
    assert cache.clear()


@pytest.mark.skipif(bool(NONE), reason=f"no snapshots here: {NONE}")
def test_too_little_memory_is_told_and_keeps_no_reset_from_its_work(
    env: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available", lambda: 1 << 20)
    for seed in (21, 21, 21):
        assert episode(env, seed)[0] in ("open", "start")
    with pytest.raises(Fault, match="MiB are needed for a snapshot, 1 MiB are free"):
        env.snapshot()
    monkeypatch.setattr(memory, "available", lambda: 300 << 20)
    with pytest.raises(Fault, match="50 copies .* need about .* MiB of memory, 300 MiB are free"):
        env.fork(50)
    assert env.step(Key(("Down",)))[4]["fault"] == ""


@pytest.mark.parametrize("value", ["", "much", "-", "1T", "G"])
def test_a_budget_that_is_no_size_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUAGYM_SNAPSHOTS", value)
    with pytest.raises(UsageError, match="CUAGYM_SNAPSHOTS=.*: a size such as"):
        desktops.budget()


def test_budgets(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"0": 0, "512": 512, "500M": 500 << 20, "1.5G": 3 << 29, "2gb": 2 << 30}
    for text, size in told.items():
        monkeypatch.setenv("CUAGYM_SNAPSHOTS", text)
        assert desktops.budget() == size
    monkeypatch.setenv("CUAGYM_SNAPSHOTS", "0")
    assert desktops.why_not() == "CUAGYM_SNAPSHOTS=0 switches snapshots off"


@pytest.mark.skipif(bool(NONE), reason=f"no snapshots here: {NONE}")
@pytest.mark.parametrize("end", ["", "del env; gc.collect(); print(*mine())"])
def test_an_env_that_nobody_closes_leaves_nothing_in_memory(end: str) -> None:
    """It is forgotten, or the interpreter ends."""
    images = memory.base() / "images"
    code = f"""
import gc, os, pathlib, gymnasium, cuagym
env = gymnasium.make("CUA-Excel-v0", task={TASK!r}, look="plain", prepare=0)
mine = lambda: [p.name for p in pathlib.Path({str(images)!r}).glob(f"{{os.getpid()}}-*")]
for _ in range(3):
    env.reset(seed=3)
print(*mine(), flush=True)
{end}
"""
    kept, *rest = python(code).split("\n")
    assert len(kept.split()) == 1 and not any(rest)
    assert not (images / kept).exists()
