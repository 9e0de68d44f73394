"""In which order the threads of a desktop run, and what it costs everybody else."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from cuagym.actions import Key
from cuagym.bench import processes
from cuagym.bench.hogs import hogs
from cuagym.pack import find
from cuagym.task import Screen

from ..conftest import make

FAMILY = find("excel/named-range")[0]


def in_order(env: Any) -> bool:
    """Whether this machine lets desktops run their threads in the order of their waking."""
    return bool(env.unwrapped._episode.session.screen.clock.ordered)


def policies(env: Any) -> set[int]:
    """How the threads of a desktop are scheduled."""
    pids = processes.below(env.unwrapped.sandbox.pid, itself=False)
    tids = [int(t) for pid in pids for t in os.listdir(f"/proc/{pid}/task")]
    return {os.sched_getscheduler(tid) for tid in tids}


@pytest.mark.parametrize("look", ["gtk3", "plain"])
def test_every_timer_fires_at_the_same_moment_on_a_busy_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    """Not only the frames are the same: so is each wait that ended, and when.

    The dialog in which names are defined is where the caret of the plain look once blinked at
    another moment in one of five busy runs.
    """
    instance = FAMILY.instance(7)
    logs = []
    for run in range(6):
        monkeypatch.setenv("CUAGYM_CLOCK_LOG", str(tmp_path / f"{look}{run}"))
        with hogs(0 if run == 0 else None):
            env = make(task=FAMILY.id, look=look, max_steps=1000).unwrapped
            env.reset(seed=0, options={"task": instance})
            if run == 0 and not in_order(env):
                env.close()
                pytest.skip("real-time scheduling is not permitted here")
            assert in_order(env)
            for turn in list(FAMILY.solve(dict(instance.params), Screen(1280, 720, look)))[:6]:  # type: ignore[arg-type]
                env.step_turn(turn)
            env.close()
        [log] = tmp_path.glob(f"{look}{run}.*")
        logs.append(log.read_text().splitlines())
    assert len(logs[0]) > 100
    for other in logs[1:]:
        differing = [(a, b) for a, b in zip(logs[0], other, strict=False) if a != b]
        assert not differing and len(other) == len(logs[0]), differing[:1]


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
