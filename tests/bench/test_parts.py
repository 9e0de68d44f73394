"""The parts of the measuring: the mix, the watcher, the hogs, frames and lists of what is held."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from cuagym.actions import Terminate
from cuagym.bench import figures, processes
from cuagym.bench.frames import Shot
from cuagym.bench.hogs import hogs
from cuagym.bench.leftovers import Holdings
from cuagym.bench.mix import mix
from cuagym.bench.replay import Plan, Played, compare
from cuagym.bench.watcher import Watcher
from cuagym.task import Screen


def until(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
    return true()


# The mix


@pytest.mark.parametrize("look", ["gtk3", "plain"])
def test_a_seed_gives_one_mix(look: str) -> None:
    screen = Screen(look=look)
    steps = mix(3, 50, screen)
    assert steps == mix(3, 80, screen)[:50]
    assert steps != mix(4, 50, screen)


def test_the_mix_has_everything_and_never_ends_an_episode() -> None:
    steps = mix(0, 600, Screen())
    kinds = Counter(step.kind for step in steps)
    wanted = {"click", "double_click", "type", "key", "scroll", "hover", "drag", "menu", "submenu"}
    assert wanted <= set(kinds) and min(kinds[kind] for kind in wanted) >= 5
    assert not any(isinstance(action, Terminate) for step in steps for action in step.turn)


@pytest.mark.parametrize("size", [(640, 480), (1920, 1080)])
def test_the_mix_stays_on_any_screen(size: tuple[int, int]) -> None:
    points = [
        getattr(action, "point", None)
        for step in mix(0, 600, Screen(*size))
        for action in step.turn
    ]
    assert all(0 <= c <= 1 for point in points if point for c in point)


# The watcher, on a file that stands for a framebuffer: what it is given is a descriptor


class Screenfile:
    """A framebuffer without an X server, drawn on by the test."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pixels = np.memmap(path, np.uint8, "w+", shape=(720 * 1280 * 4,))

    def open(self, path: str) -> int:
        return os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)


@pytest.fixture
def screen(tmp_path: Path) -> Screenfile:
    return Screenfile(tmp_path / "screen")


@pytest.fixture
def watcher(screen: Screenfile) -> Iterator[Watcher]:
    with Watcher(cast(Any, screen)) as made:
        yield made


def test_the_watcher_knows_between_which_moments_a_change_lies(
    screen: Screenfile, watcher: Watcher
) -> None:
    for index in (0, screen.pixels.size // 2, screen.pixels.size - 1):
        first = watcher.count
        before = time.monotonic()
        screen.pixels[index] += 1
        after = time.monotonic()
        watcher.catch_up(after)
        [change] = watcher.changes(first)
        assert change.after <= after and change.before >= before
        assert change.after < change.before


def test_the_watcher_sees_what_is_undone_later_and_nothing_else(
    screen: Screenfile, watcher: Watcher
) -> None:
    for value in (7, 0):
        screen.pixels[1000] = value
        watcher.catch_up(time.monotonic())
    time.sleep(0.05)
    watcher.catch_up(time.monotonic())
    assert watcher.count == 2


def test_watcher_and_hogs_end_when_we_are_killed(tmp_path: Path) -> None:
    code = (
        "import os, sys, time\n"
        "from cuagym.bench import processes\n"
        "from cuagym.bench.hogs import hogs\n"
        "from cuagym.bench.watcher import Watcher\n"
        "class Screen:\n"
        "    def open(self, path): return os.open(sys.argv[1], os.O_RDONLY)\n"
        "with Watcher(Screen()), hogs(1):\n"
        "    print(*processes.below(os.getpid(), itself=False), flush=True)\n"
        "    time.sleep(60)\n"
    )
    path = tmp_path / "screen"
    path.write_bytes(bytes(1 << 20))
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        children = [int(pid) for pid in owner.stdout.readline().split()]
        owner.send_signal(signal.SIGKILL)
    assert len(children) == 2
    assert until(lambda: not any(processes.cpu([pid]) for pid in children))


# Processes, frames, holdings


def test_cpu_is_that_of_the_kernel() -> None:
    before = time.process_time_ns()
    sum(range(2_000_000))
    measured = processes.cpu([os.getpid()])[os.getpid()]
    assert before < measured <= time.process_time_ns()
    assert processes.cpu([2**22 + 1]) == {}


def test_frames_are_kept_whole() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    shot = Shot.of(frame)
    again = Shot.from_json(shot.to_json())
    assert again == shot and np.array_equal(again.frame, frame)
    other = frame.copy()
    other[10, 20, 1] ^= 1
    assert Shot.of(other).digest != shot.digest
    assert figures.box(frame, other) == (20, 10, 21, 11)
    assert figures.box(frame, frame) is None


def test_a_difference_is_told_with_its_step_and_place(tmp_path: Path) -> None:
    frames = [np.zeros((48, 64, 3), np.uint8) for _ in range(3)]
    one = Played(tuple(map(Shot.of, frames)), ('[{"action": "wait"}]',) * 2, 0, ())
    frames[2][5, 6] = 9
    other = Played(tuple(map(Shot.of, frames)), one.actions, 0, ())
    told = compare(Plan("mix", 0, 2), one, other, tmp_path)
    assert (told["frames"], told["different"]) == (3, 1)
    assert told["first"] == {
        "step": 2,
        "action": [{"action": "wait"}],
        "box": (6, 5, 7, 6),
        "pixels": 1,
    }
    assert len(list(tmp_path.iterdir())) == 2
    assert compare(Plan("mix", 0, 2), one, one, None)["different"] == 0


def test_a_shorter_replay_differs() -> None:
    shot = Shot.of(np.zeros((4, 4, 3), np.uint8))
    one, other = Played((shot,) * 3, (), 0, ()), Played((shot,) * 2, (), 0, ())
    assert compare(Plan("mix", 0, 2), one, other, None)["different"] == 1


def test_what_is_left_behind_is_found(tmp_path: Path) -> None:
    before = Holdings.now(tmp_path)
    assert not any(Holdings.now(tmp_path).beyond(before).values())
    event = threading.Event()
    thread = threading.Thread(target=event.wait, name="left-alone")
    thread.start()
    with hogs(1), (tmp_path / "left").open("w"):
        left = Holdings.now(tmp_path).beyond(before)
    event.set()
    thread.join()
    assert len(left["processes"]) == 1
    assert any("left-alone" in name for name in left["threads"])
    assert any(name.endswith("/left") for name in left["descriptors"])
    assert left["files"] == [str(tmp_path / "left")]
    assert not left["mounts"] and not left["sandboxes"] and not left["shared_memory"]
