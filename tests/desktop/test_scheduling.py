"""In which order the threads of a desktop run, and what it costs everybody else."""

from __future__ import annotations

import itertools
import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest

from cuagym.actions import Key, Type
from cuagym.bench import processes
from cuagym.bench.hogs import hogs
from cuagym.desktop import clock
from cuagym.pack import find
from cuagym.task import Screen

from ..conftest import make

_ENVS = {"excel": "CUA-Excel-v0", "browser": "CUA-Browser-v0"}


def in_order(env: Any) -> bool:
    """Whether this machine lets desktops run their threads in the order of their waking."""
    return bool(env.unwrapped._episode.session.screen.clock.ordered)


def policies(env: Any) -> set[int]:
    """How the threads of a desktop are scheduled."""
    pids = processes.below(env.unwrapped.sandbox.pid, itself=False)
    tids = [int(t) for pid in pids for t in os.listdir(f"/proc/{pid}/task")]
    return {os.sched_getscheduler(tid) for tid in tids}


def ended_waits(
    monkeypatch: pytest.MonkeyPatch, log: Path, task: str, look: str, *, opened: bool = False
) -> list[str]:
    """Plays the first turns of a task's own solution; every wait that ended meanwhile, and when.

    Args:
        monkeypatch: Sets what turns the log on.
        log: What its file's name begins with.
        task: A family's name.
        look: "gtk3" or "plain".
        opened: Only those since the task's document was open.
    """
    [family] = find(task)
    instance = family.instance(7)
    monkeypatch.setenv("CUAGYM_CLOCK_LOG", str(log))
    given = {"task": family.id, "look": look, "max_steps": 1000, "prepare": 0}
    env: Any = gym.make(_ENVS[family.app], **given).unwrapped
    env.reset(seed=0, options={"task": instance})
    if not in_order(env):
        env.close()
        pytest.skip("real-time scheduling is not permitted here")
    [written] = log.parent.glob(f"{log.name}.*")
    begin = len(written.read_text().splitlines()) if opened else 0
    for turn in list(family.solve(dict(instance.params), Screen(1280, 720, look)))[:6]:  # type: ignore[arg-type]
        env.step_turn(turn)
    env.close()
    monkeypatch.delenv("CUAGYM_CLOCK_LOG")
    return written.read_text().splitlines()[begin:]


@contextmanager
def neighbours(count: int) -> Iterator[None]:
    """Other desktops that are never idle, and take their turns on the same CPUs."""
    envs = [make(max_steps=10**6).unwrapped for _ in range(count)]
    for env in envs:
        env.reset(seed=0)
    enough = threading.Event()

    def work(env: Any) -> None:
        for number in itertools.count():
            if enough.is_set():
                break
            env.step(Type("1234\n") if number % 9 else Key(("ctrl", "Home")))

    threads = [threading.Thread(target=work, args=(env,)) for env in envs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        enough.set()
        for thread in threads:
            thread.join()
        for env in envs:
            env.close()


def unnumbered(log: list[str]) -> list[str]:
    """The waits by the names of their threads alone.

    Chromium's processes may give birth to their threads in another order while it is launched,
    where the kernel keeps one of them waiting (docs/architecture.md).
    """
    return [re.sub(r"^(\d+) \d+ ", r"\1 ", line) for line in log]


def compared(one: list[str], other: list[str]) -> None:
    differing = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    assert not differing and len(other) == len(one), differing[:1]


@pytest.mark.parametrize("look", ["gtk3", "plain"])
def test_every_timer_fires_at_the_same_moment_on_a_busy_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    """Not only the frames are the same: so is each wait that ended, and when.

    The dialog in which names are defined is where the caret of the plain look once blinked at
    another moment in one of five busy runs.
    """
    logs = []
    for run in range(6):
        with hogs(0 if run == 0 else None):
            logs.append(ended_waits(monkeypatch, tmp_path / f"{run}", "excel/named-range", look))
    assert len(logs[0]) > 100
    for other in logs[1:]:
        compared(logs[0], other)


def test_other_desktops_on_its_cpu_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = "excel/named-range"
    monkeypatch.setenv("CUAGYM_SNAPSHOTS", "0")  # all are started, and none is stopped for a copy
    alone = ended_waits(monkeypatch, tmp_path / "alone", task, "gtk3")
    with neighbours(4):
        for run in range(3):
            compared(alone, ended_waits(monkeypatch, tmp_path / f"{run}", task, "gtk3"))


def test_other_desktops_change_nothing_in_an_episode_of_the_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As episodes begin for users: from a copy of the browser as it was once launched."""
    task = "browser/find-in-page"
    alone = ended_waits(monkeypatch, tmp_path / "alone", task, "gtk3", opened=True)
    assert len(alone) > 100
    with neighbours(4):
        for run in range(3):
            busy = ended_waits(monkeypatch, tmp_path / f"{run}", task, "gtk3", opened=True)
            compared(alone, busy)


@pytest.mark.parametrize("task", ["excel/named-range", "browser/find-in-page"])
def test_what_the_kernel_tells_is_what_a_look_at_every_thread_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str
) -> None:
    library, answers = clock._library(), list[int]()
    ordered = library.cg_ordered

    def asked(desk: int, cpu: int) -> int:
        answers.append(ordered(desk, cpu))
        return answers[-1]

    monkeypatch.setattr(library, "cg_ordered", asked)
    told = ended_waits(monkeypatch, tmp_path / "told", task, "gtk3")
    if not all(answers):
        pytest.skip("the kernel does not tell who runs here")
    assert answers and len(told) > 50
    monkeypatch.setattr(library, "cg_ordered", lambda desk, cpu: 0)
    seen = ended_waits(monkeypatch, tmp_path / "seen", task, "gtk3")
    if task.startswith("browser/"):
        told, seen = unnumbered(told), unnumbered(seen)
    compared(told, seen)


def test_desktops_that_follow_each_other_are_scheduled_alike() -> None:
    """The last one of a machine takes the groups with it, and the next has them made anew."""
    orders = []
    for _ in range(4):
        env = make().unwrapped
        env.reset(seed=0)
        orders.append((in_order(env), *policies(env)))
        env.close()
    assert len(set(orders)) == 1


def test_what_never_sleeps_shares_the_cpu_until_it_does() -> None:
    env = make(settle_cap=0.5).unwrapped
    env.reset(seed=0)
    if not in_order(env):
        env.close()
        pytest.skip("real-time scheduling is not permitted here")
    assert policies(env) == {os.SCHED_FIFO}
    spinner = env.sandbox.spawn(["sh", "-c", "while :; do :; done"])
    assert not env.step(Key(("Down",)))[4]["settled"]
    assert policies(env) == {os.SCHED_BATCH}
    env.sandbox.kill(spinner, signal.SIGKILL)
    assert env.step(Key(("Down",)))[4]["settled"]
    assert policies(env) == {os.SCHED_FIFO}
    env.close()
