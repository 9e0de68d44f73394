"""The same seed and actions give the same pixels, whatever the agent and the machine do."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AsyncVectorEnv
from gymnasium.vector.utils import concatenate, create_empty_array

from cuagym.actions import Action, Click, Drag, Key, Move, Scroll, Type, Wait, to_dict
from cuagym.pack import find
from cuagym.sandbox import start
from cuagym.task import Screen

from .conftest import ID, TASK, make, moved, python

FAMILY = find(TASK)[0]


def actions(seed: int, count: int) -> list[Action]:
    """What a person might do, in any order: cells, menus, dialogs, typing, dragging."""
    rng = np.random.default_rng(seed)

    def spot() -> tuple[float, float]:
        return float(rng.uniform(0.08, 0.7)), float(rng.uniform(0.3, 0.85))

    kinds = [
        lambda: Click(spot()),
        lambda: Click(spot(), count=2),
        lambda: Click(spot(), button="right"),
        lambda: Type(str(rng.choice(["hello\n", "=SUM(A1:A9)\n", "a<b>c|d~", "42\t", "Zürich"]))),
        lambda: Key((str(rng.choice(["Return", "Tab", "Escape", "Down", "F2", "Delete"])),)),
        lambda: Key(("ctrl", str(rng.choice(["z", "c", "v", "1", "h", "b"])))),
        lambda: Scroll(spot(), scroll=(0, int(rng.integers(-5, 6)))),
        lambda: Move((float(rng.uniform(0.02, 0.98)), float(rng.uniform(0.05, 0.2)))),
        lambda: Drag(spot(), start=spot()),
        lambda: Click((float(rng.uniform(0.01, 0.4)), 0.043)),
    ]
    return [kinds[int(rng.integers(len(kinds)))]() for _ in range(count)]


def play(env: Any, seed: int, count: int, pause: float = 0.0) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    frames = [env.reset(seed=seed)[0]["screenshot"].copy()]
    for action in actions(seed, count):
        time.sleep(rng.uniform(0, pause) if pause else 0)
        observation, _, terminated, truncated, info = env.step(action)
        assert info["settled"] and not info["fault"]
        frames.append(observation["screenshot"].copy())
        if terminated or truncated:
            break
    return frames


def assert_same(a: list[np.ndarray], b: list[np.ndarray]) -> None:
    assert len(a) == len(b)
    differing = [
        (i, moved(x, y)) for i, (x, y) in enumerate(zip(a, b, strict=True)) if (x != y).any()
    ]
    assert not differing, f"first at step and box {differing[0]}, {len(differing)} in all"


@contextmanager
def busy() -> Iterator[None]:
    """Every core kept busy by something else."""
    hogs = [
        subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(os.cpu_count() or 2)
    ]
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()


@pytest.mark.parametrize("look", ["gtk3", "plain"])
def test_replays_are_identical_paused_and_crowded(look: str) -> None:
    def run(pause: float = 0.0) -> list[np.ndarray]:
        env = make(look=look, max_steps=1000)
        try:
            return play(env, 5, 30, pause)
        finally:
            env.close()

    first = run()
    assert len({f.tobytes() for f in first}) > 10, "the actions change too little to prove anything"
    assert_same(first, run(pause=0.3))
    with busy():
        assert_same(first, run())


def test_settled_frames_do_not_change_later(task: Any) -> None:
    """Neither in real time, nor but for what moves by itself in five more seconds of its own."""
    frames = []
    for action in actions(9, 12):
        frames.append((task.step(action)[0]["screenshot"].copy(), task.peek()))
    for settled, later in frames:
        assert (settled == later).all()
    task.step(Key(("Escape",)))
    still = task.peek()
    time.sleep(1.0)  # real time, which the desktop does not have
    assert (task.peek() == still).all()
    assert task.advance(5.0) and moved(task.peek(), still) is None


def test_prepared_desktops_begin_like_started_ones() -> None:
    def firsts(prepare: int) -> list[np.ndarray]:
        env = make(prepare=prepare)
        frames = [env.reset(seed=3)[0]["screenshot"].copy()]
        for _ in range(2):
            env.step(Type("x\n"))
            if prepare:
                env.unwrapped._supply._ahead._over.wait()
            frames.append(env.reset()[0]["screenshot"].copy())
        modes = env.unwrapped.reset_modes
        env.close()
        assert modes["prepared"] == (2 if prepare else 0)
        return frames

    assert_same(firsts(0), firsts(1))


def test_envs_in_one_process_do_not_touch_each_other() -> None:
    """Three at once, their steps interleaved, see what each sees alone."""
    alone = []
    envs = [make(max_steps=1000).unwrapped for _ in range(3)]
    for i, env in enumerate(envs):
        alone.append(play(env, i, 8))
    together: list[list[np.ndarray]] = [[], [], []]
    for i, env in enumerate(envs):
        env.begin_reset(seed=i)
    for i, env in enumerate(envs):
        together[i].append(env.finish()[0]["screenshot"].copy())
    plans = [actions(i, 8) for i in range(3)]
    for step in range(8):
        for i, env in enumerate(envs):
            env.begin_step(plans[i][step])
        for i, env in reversed(list(enumerate(envs))):
            together[i].append(env.finish()[0]["screenshot"].copy())
    for env in envs:
        env.close()
    for a, b in zip(alone, together, strict=True):
        assert_same(a, b)


def test_another_process_sees_the_same(tmp_path: Path) -> None:
    code = (
        "import gymnasium, cuagym, hashlib\n"
        "from cuagym.actions import Type, Click\n"
        "env = gymnasium.make('CUA-Excel-v0', look='plain', prepare=0)\n"
        "h = hashlib.sha256(env.reset(seed=4)[0]['screenshot'])\n"
        "for a in (Click((0.3, 0.5)), Type('x<y\\n'), Click((0.03, 0.043))):\n"
        "    h.update(env.step(a)[0]['screenshot'])\n"
        "env.close(); print(h.hexdigest())"
    )
    assert python(code) == python(code)


def test_envs_in_processes_of_their_own_see_the_same(blank: Path) -> None:
    """As Gymnasium's vector env starts them, by fork and by spawn, beside an env of this one."""
    options = {"open": str(blank), "look": "plain", "prepare": 0, "size": (800, 600)}
    steps = [Click((0.3, 0.5)), Type("x<y\n"), Click((0.03, 0.05))]
    env = gym.make(f"cuagym:{ID}", **options)
    alone = [env.reset(seed=0)[0]["screenshot"].copy()]
    alone += [env.step(action)[0]["screenshot"].copy() for action in steps]
    for context in ("fork", "spawn"):
        makers = [partial(gym.make, f"cuagym:{ID}", **options)] * 2
        envs = AsyncVectorEnv(makers, context=context)
        frames = [envs.reset(seed=0)[0]["screenshot"].copy()]
        for action in steps:
            room = create_empty_array(env.action_space, n=2)
            batch = concatenate(env.action_space, [to_dict(action)] * 2, room)
            frames.append(envs.step(batch)[0]["screenshot"].copy())
        envs.close()
        for i in range(2):
            assert_same(alone, [f[i] for f in frames])
    assert env.step(Wait(1))[4]["fault"] == ""  # the forks have not touched it
    env.close()


@pytest.mark.parametrize("look", ["gtk3", "plain"])
def test_dialogs_with_dates_show_no_real_time(blank: Path, look: str) -> None:
    """Files saved in the episode among them: in Save As, and in the document's properties."""

    def run(pause: float) -> list[np.ndarray]:
        env = make(open=str(blank), look=look).unwrapped
        frames = [env.reset()[0]["screenshot"]]
        for turn in (
            [Type("x\n"), Key(("ctrl", "s"))],
            [Key(("ctrl", "shift", "s"))],
            [Key(("Escape",)), Key(("alt", "f"))],
            [Key(("i",)), Wait(2)],  # its properties
            [Key(("Escape",)), Key(("ctrl", "o"))],
        ):
            time.sleep(pause)
            frames.append(env.step_turn(turn)[0]["screenshot"])
        env.close()
        assert len({f.tobytes() for f in frames}) == len(frames)
        return frames

    assert_same(run(0), run(1.0))


def test_programs_get_the_same_pids_in_every_start() -> None:
    """Applications put their pid into file names, which dialogs show."""
    pids = set()
    for _ in range(40):
        with start() as box:
            pids.add(box.spawn(["true"]))
    assert len(pids) == 1


def test_the_oracle_sees_the_same_twice() -> None:
    def run() -> list[np.ndarray]:
        env = make(look="gtk3").unwrapped
        frames = [env.reset(seed=1)[0]["screenshot"].copy()]
        for turn in FAMILY.solve(dict(env.instance.params), Screen()):
            observation, *_ = env.step_turn(turn)
            frames.append(observation["screenshot"].copy())
        assert env.verdict is not None and env.verdict.success
        env.close()
        return frames

    assert_same(run(), run())


def test_no_real_time_is_shown(blank: Path) -> None:
    """The open dialog with its dates, and a document saved in the desktop's own year."""

    def run() -> list[np.ndarray]:
        env = make(open=str(blank), look="gtk3").unwrapped
        env.reset()
        frames = []
        for action in (Type("=NOW()\n"), Key(("ctrl", "s")), Key(("ctrl", "o")), Wait(2)):
            frames.append(env.step(action)[0]["screenshot"].copy())
        assert env.sandbox.run(["date", "+%Y-%m-%d"]).stdout == b"2026-01-05\n"
        env.close()
        return frames

    first = run()
    time.sleep(2.0)  # a start at another second of the machine's clock
    assert_same(first, run())
