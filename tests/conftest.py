"""Envs on real Calc, made cheap; sheets to work in; and what a process may have left behind.

Most tests take the plain look without a desktop prepared ahead: a start is a second, a step some
milliseconds, and what they assert does not depend on the look.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import gymnasium as gym
import numpy as np
import pytest
from openpyxl import Workbook, load_workbook

import cuagym  # noqa: F401 - registers the ids
from cuagym.actions import Click, Key, Type
from cuagym.errors import Fault
from cuagym.sandbox import pick
from cuagym.supply import Supply

ROOT: Final = Path(__file__).parents[1]
ID: Final = "CUA-Excel-v0"
TASK: Final = "excel/monthly-total"
SIZE: Final = (1280, 720)
PATIENCE: Final = 60.0
"""Real seconds after which what ought to come is taken for something that never will."""

# The middle of cell A1, and the size of a cell, in an untouched sheet.
_GRID = {"gtk3": (71, 192, 62, 20), "plain": (69, 153, 67, 20)}
_NAME_BOX = {"gtk3": (50, 141), "plain": (50, 108)}
_INPUT_LINE = {"gtk3": (600, 141), "plain": (600, 108)}


def make(**args: Any) -> gym.Env[Any, Any]:
    """A cheap env, on the one task that tests know unless they ask for something else."""
    given = {"look": "plain", "prepare": 0, **args}
    if "open" not in given:
        given.setdefault("task", TASK)
    return gym.make(ID, **given)


def pixel(x: float, y: float, size: tuple[int, int] = SIZE) -> tuple[float, float]:
    """The middle of a pixel as a point of an action."""
    return (x + 0.5) / size[0], (y + 0.5) / size[1]


def cell(address: str, look: str = "plain", dx: int = 0, dy: int = 0) -> tuple[float, float]:
    """A point in a cell such as "B3", on a screen of 1280x720; `dx`, `dy`: off its middle."""
    x, y, width, height = _GRID[look]
    column, row = ord(address[0]) - ord("A"), int(address[1:]) - 1
    return pixel(x + column * width + dx, y + row * height + dy)


def corner(address: str, look: str = "plain") -> tuple[float, float]:
    """The handle at the lower right of a selected cell."""
    _, _, width, height = _GRID[look]
    return cell(address, look, width // 2, height // 2 - 1)


def go_to(address: str, look: str = "plain") -> list[Any]:
    """A turn that selects a cell or a range by the Name Box."""
    return [Click(pixel(*_NAME_BOX[look])), Key(("ctrl", "a")), Type(f"{address}\n")]


def input_line(look: str = "plain") -> tuple[float, float]:
    """A point in the empty part of the input line."""
    return pixel(*_INPUT_LINE[look])


def save_book(path: Path, cells: Mapping[str, Any] | None = None) -> Path:
    """A workbook of one sheet, as a user might bring one."""
    book = Workbook()
    assert book.active is not None
    book.active.title = "Data"
    for address, value in (cells or {}).items():
        book.active[address] = value
    book.save(path)
    return path


def cells_of(path: Path, *addresses: str, values: bool = False) -> list[Any]:
    """What a workbook holds: formulas, or (`values`) what they gave when it was saved."""
    sheet = load_workbook(path, data_only=values).worksheets[0]
    return [sheet[address].value for address in addresses]


def exported(env: Any, folder: Path, *addresses: str, values: bool = False) -> list[Any]:
    """What the live document holds, saved or not."""
    path = folder / "exported.xlsx"
    env.unwrapped.export(str(path))
    return cells_of(path, *addresses, values=values)


def moved(a: np.ndarray, b: np.ndarray) -> tuple[int, int, int, int] | None:
    """The box in which two frames differ: left, top, right, bottom; None if they are equal."""
    rows, columns = np.nonzero((a != b).any(axis=2))
    if not len(rows):
        return None
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


def readable(source: Any, seconds: float = PATIENCE) -> bool:
    """Whether a descriptor, or what has one, becomes readable."""
    poll = select.poll()
    poll.register(source, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def complete(env: Any) -> Any:
    """`finish()`, which fails instead of hanging where nothing comes."""
    while not env.poll():
        assert readable(env), "poll() says that there is work, and fileno() never became readable"
    return env.finish()


def begun(env: Any, seed: int | None = None) -> Any:
    """The env itself at the beginning of an episode, whatever the last test has left it in."""
    env = env.unwrapped
    if env._stepping or env._starting:
        env.close()
    env.reset(seed=seed)
    return env


def below(pid: int) -> list[int]:
    """The processes below one, as the host counts."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [pid]
    for parent in found:
        found += [p for p, above in parents.items() if above == parent]
    return found[1:]


def inside(env: Any, name: str) -> int:
    """The host's pid of the desktop's process of this name."""
    first = env.unwrapped.sandbox.pid
    for pid in (first, *below(first)):
        if Path(f"/proc/{pid}/comm").read_text().strip() == name:
            return pid
    raise AssertionError(f"no process {name!r} in the desktop")


def python(code: str, *args: str, **environment: str) -> str:
    """Runs a script in a Python of its own, from another folder; what it printed."""
    with tempfile.TemporaryDirectory() as folder:  # nobody else's files come and go there
        done = subprocess.run(
            [sys.executable, "-c", code, *args],
            capture_output=True,
            text=True,
            cwd="/",
            env={**os.environ, "TMPDIR": folder, **environment},
        )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout.strip()


CENSUS: Final = """
import ctypes, json, os, sys, tempfile, threading
import gymnasium as gym
import cuagym
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: orphans become ours

def descendants():
    found, todo = {}, [os.getpid()]
    while todo:
        pid = todo.pop()
        try:
            tasks = os.listdir(f"/proc/{pid}/task")
            kids = [int(k) for t in tasks
                    for k in open(f"/proc/{pid}/task/{t}/children").read().split()]
            found.update({k: open(f"/proc/{k}/comm").read().strip() for k in kids})
        except OSError:
            continue
        todo += kids
    return found

def descriptors():
    found = {}
    for fd in os.listdir("/proc/self/fd"):
        try:
            found[fd] = os.readlink(f"/proc/self/fd/{fd}")
        except OSError:
            continue
    return {fd: to for fd, to in found.items() if not to.startswith("/proc/")}

def threads():
    # Python's, which are gone when joined, however long the kernel takes, and our native ones.
    native = 0
    for task in os.listdir("/proc/self/task"):
        try:
            stat = open(f"/proc/self/task/{task}/stat").read()
        except OSError:
            continue
        exiting = int(stat.rpartition(")")[2].split()[6]) & 4
        native += "(cuagym-clock)" in stat and not exiting
    return sorted(t.name for t in threading.enumerate()) + ["cuagym-clock"] * native

def census():
    own = f"{os.getpid()}-"
    places = ["/run/cuagym", f"/tmp/cuagym-{os.geteuid()}"]
    for kind in ["", *os.listdir("/sys/fs/cgroup")]:
        places.append(os.path.join("/sys/fs/cgroup", kind, "cuagym"))
    return {
        "processes": sorted(descendants().values()),
        "mounts": sum(1 for _ in open("/proc/self/mounts")),
        "descriptors": descriptors(),
        "threads": threads(),
        "temporary": sorted(os.listdir(tempfile.gettempdir())),
        "folders": sorted(os.path.join(p, f) for p in places if os.path.isdir(p)
                          for f in os.listdir(p) if f.startswith(own)),
        "mapped": sorted({line.split()[-1] for line in open("/proc/self/maps")
                          if "framebuffer" in line or "cuagym/clock" in line}),
    }
"""
"""A script's beginning: `census()` counts what a process has that an env may have left."""


@pytest.fixture
def runc() -> None:
    """Skips where desktops have no limits that the kernel enforces."""
    if pick("auto")[0] != "runc":
        pytest.skip("only runc limits memory and processes per desktop")


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty workbook."""
    return save_book(tmp_path_factory.mktemp("books") / "book.xlsx")


@pytest.fixture(scope="module")
def _sheet_env(blank: Path) -> Iterator[gym.Env[Any, Any]]:
    env = make(open=str(blank))
    yield env
    env.close()


@pytest.fixture
def sheet(_sheet_env: gym.Env[Any, Any]) -> Any:
    """An env on a fresh, empty sheet, without a task."""
    return begun(_sheet_env)


@pytest.fixture(scope="module")
def _task_env() -> Iterator[gym.Env[Any, Any]]:
    env = make()
    yield env
    env.close()


@pytest.fixture
def task(_task_env: gym.Env[Any, Any]) -> Any:
    """An env at the beginning of an episode of the core set, seeded with 0."""
    return begun(_task_env, seed=0)


def same(one: Any, other: Any) -> bool:
    """Whether two results are the same, arrays by content, dicts by key."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, tuple) or (isinstance(one, np.ndarray) and one.dtype == object):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    return bool(one == other)


def failing_resets(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list; as many of the next resets fail as it holds numbers."""
    failures: list[int] = []
    begin = Supply.begin

    def broken(supply: Supply, *args: Any) -> Any:
        job = begin(supply, *args)
        if failures:
            failures.pop()

            def result() -> Any:
                type(job).result(job).session.close()
                raise Fault("the machine stumbled")

            monkeypatch.setattr(job, "result", result)
        return job

    monkeypatch.setattr(Supply, "begin", broken)
    return failures
