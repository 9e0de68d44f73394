"""What breaks, whose doing it was, and how the next reset heals it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cuagym.actions import Click, Key, Terminate, Type, Wait
from cuagym.errors import Fault, UsageError
from cuagym.pack import FOLDERS

from .conftest import (
    CENSUS,
    ID,
    below,
    cell,
    cells_of,
    complete,
    go_to,
    inside,
    make,
    pixel,
    python,
    readable,
    save_book,
)

INFO_KEYS = 10
LONG = Type("a" * 2000)
"""A step of many events: seconds of work, in the middle of which something can break."""

PACK = """
name = "test"
version = "1"
"""
FAMILY = """
from openpyxl import Workbook
from cuagym.actions import Terminate
from cuagym.documents import workbook_bytes
from cuagym.task import TaskFamily, ValidatorSpec

class Family(TaskFamily):
    id = "test/{name}"
    app = "excel"
    save = False
    horizon = 20
    def sample(self, rng): return {{}}
    def setup(self, params):
        book = Workbook()
        book.active["A1"] = "old"
        return {{"book.xlsx": workbook_bytes(book)}}
    def instruction(self, params): return "Put new into A1."
    def validators(self, params): return [ValidatorSpec({validator})]
    def solve(self, params, screen): yield (Terminate(),)
    def near_misses(self, params, screen): return {{}}
"""
VALIDATORS = """
import os, signal
__all__ = ["raises", "dies"]
def raises(artefacts): raise RuntimeError("the ruler broke")
def dies(artefacts): os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def _env(blank: Path) -> Iterator[Any]:
    env = make(open=str(blank), settle_cap=1.0)
    yield env.unwrapped
    env.close()


@pytest.fixture
def desk(_env: Any) -> Any:
    """An env on an empty sheet that has done a step, with a short cap."""
    if _env._stepping:  # an earlier test has failed in the middle of one
        _env.close()
    _env.reset()
    _env.step(Click(cell("B2")))
    return _env


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Makes envs that know a pack whose tasks are graded live, or by validators that break."""
    folder = tmp_path_factory.mktemp("packs") / "test"
    folder.mkdir(mode=0o755)
    (folder / "pack.toml").write_text(PACK)
    (folder / "validators.py").write_text(VALIDATORS)
    live = '"workbook.cells", {"cells": {"Sheet!A1": "new"}}'
    for name, validator in (("live", live), ("raises", '"test.raises"'), ("dies", '"test.dies"')):
        (folder / f"{name}.py").write_text(FAMILY.format(name=name, validator=validator))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDERS, str(folder))
        env = make(task="test/*")
        yield env.unwrapped
        env.close()


def is_fault(result: tuple[Any, ...], says: str, last: np.ndarray) -> None:
    """A step that a fault has ended: not graded, not the agent's, the last good frame."""
    observation, reward, terminated, truncated, info = result
    assert (reward, terminated, truncated) == (0.0, False, True)
    assert says in info["fault"]
    assert not info["is_success"] and not info["horizon"] and len(info) == INFO_KEYS
    assert np.array_equal(observation["screenshot"], last)


def heals(env: Any) -> None:
    """The next episode is as good as any."""
    _, info = env.reset()
    assert info["fault"] == ""
    before = env.peek()
    *_, terminated, truncated, info = env.step(Type("x\n"))
    assert not (terminated or truncated) and info["fault"] == "" and info["settled"]
    assert not np.array_equal(env.peek(), before)


# ---- killed, crashed, stopped

DEATHS = [
    ("soffice.bin", signal.SIGKILL, "excel died: signal SIGKILL"),
    ("soffice.bin", signal.SIGSEGV, "excel died: signal SIG"),
    ("oosplash", signal.SIGKILL, "excel died: signal SIGKILL"),
    ("Xvfb", signal.SIGKILL, "the display"),
    ("openbox", signal.SIGKILL, "the window manager died: signal SIGKILL"),
    ("init", signal.SIGKILL, "the sandbox's first process died"),
]
STOPS = ["soffice.bin", "Xvfb", "openbox", "init"]


@pytest.mark.parametrize(("name", "how", "says"), DEATHS)
def test_a_death_between_two_steps_is_a_fault(
    desk: Any, name: str, how: signal.Signals, says: str
) -> None:
    last = desk.peek()
    os.kill(inside(desk, name), how)
    is_fault(desk.step(Type("x\n")), says, last)
    heals(desk)


@pytest.mark.parametrize(("name", "how", "says"), DEATHS)
def test_a_death_in_the_middle_of_a_step_is_a_fault(
    desk: Any, name: str, how: signal.Signals, says: str
) -> None:
    last, pid = desk.peek(), inside(desk, name)
    desk.begin_step(LONG)
    assert not desk.poll()
    os.kill(pid, how)
    is_fault(complete(desk), says, last)
    heals(desk)


@pytest.mark.parametrize("name", STOPS)
def test_a_stop_between_two_steps_is_a_fault(desk: Any, name: str) -> None:
    last = desk.peek()
    os.kill(inside(desk, name), signal.SIGSTOP)
    desk.begin_step(Type("x\n"))
    is_fault(complete(desk), "stopped from outside", last)
    heals(desk)


@pytest.mark.parametrize("name", STOPS)
def test_a_stop_in_the_middle_of_a_step_is_a_fault(desk: Any, name: str) -> None:
    last, pid = desk.peek(), inside(desk, name)
    desk.begin_step(LONG)
    assert not desk.poll()
    os.kill(pid, signal.SIGSTOP)
    is_fault(complete(desk), "stopped from outside", last)
    assert desk.timings["settle"] < 60  # not once the cap for each of its thousands of events
    heals(desk)


def test_a_dead_display_is_told_without_a_step(desk: Any, tmp_path: Path) -> None:
    os.kill(inside(desk, "init"), signal.SIGKILL)
    with pytest.raises(Fault):
        desk.advance(1)
    with pytest.raises(Fault):
        desk.export(str(tmp_path / "x.xlsx"))
    heals(desk)


def test_close_does_not_wait_for_what_is_stopped(blank: Path) -> None:
    for name in ("Xvfb", "init"):
        env = make(open=str(blank)).unwrapped
        env.reset()
        first = os.pidfd_open(env.sandbox.pid)
        pid = inside(env, name)
        env.begin_step(LONG)
        os.kill(pid, signal.SIGSTOP)
        env.close()
        assert readable(first, 0)
        os.close(first)


def test_out_of_memory_is_a_fault(desk: Any, runc: None) -> None:
    last = desk.peek()
    done = desk.sandbox.run(["python3", "-c", "bytearray(4 << 30)"])
    assert done.returncode == -signal.SIGKILL
    is_fault(desk.step(Type("x\n")), "out of memory", last)
    heals(desk)


def test_a_fault_of_a_task_is_neither_graded_nor_terminated(task: Any) -> None:
    last = task.peek()
    os.kill(inside(task, "soffice.bin"), signal.SIGKILL)
    is_fault(task.step(Terminate()), "excel died", last)
    assert task.verdict is None
    heals(task)


def test_a_fault_at_the_horizon_is_a_fault() -> None:
    env = make(max_steps=1).unwrapped
    env.reset(seed=0)
    last = env.peek()
    os.kill(inside(env, "soffice.bin"), signal.SIGKILL)
    is_fault(env.step(Wait(1)), "excel died", last)
    env.close()


# ---- the agent's own doing


def begin_edit(env: Any) -> None:
    env.step_turn([*go_to("B3"), Type("edited\n")])


def quit_by_menu(env: Any) -> Any:
    env.step(Key(("alt", "f")))
    return env.step(Click(pixel(76, 503)))


def quit_by_keys(env: Any) -> Any:
    return env.step(Key(("ctrl", "q")))


def quit_by_window(env: Any) -> Any:
    return env.step(Key(("alt", "F4")))


QUITS = [quit_by_menu, quit_by_keys, quit_by_window]


@pytest.mark.parametrize("leave", QUITS)
def test_an_agent_that_quits_is_graded_on_what_it_saved(
    task: Any, leave: Callable[[Any], Any], tmp_path: Path
) -> None:
    begin_edit(task)
    task.step(Key(("ctrl", "s")))
    _, reward, terminated, truncated, info = leave(task)
    assert (reward, terminated, truncated, info["fault"]) == (0.0, True, False, "")
    assert "B3" in {c.name: c.detail for c in task.verdict.checks}["cells"]
    with pytest.raises(Exception, match="over"):
        task.step(Wait(1))
    heals(task)


@pytest.mark.parametrize("leave", QUITS)
def test_an_agent_that_quits_without_saving_is_graded_on_the_file(
    task: Any, leave: Callable[[Any], Any]
) -> None:
    begin_edit(task)
    *_, terminated, truncated, info = leave(task)
    assert not (terminated or truncated) and info["fault"] == ""  # it asks whether to save
    _, reward, terminated, truncated, info = task.step(Key(("alt", "n")))  # Don't Save
    assert (reward, terminated, truncated, info["fault"]) == (0.0, True, False, "")
    assert {c.name: c.passed for c in task.verdict.checks}["cells"]
    heals(task)


def test_the_last_window_ends_the_program_after_an_export_too(task: Any, tmp_path: Path) -> None:
    task.export(str(tmp_path / "live.xlsx"))
    _, reward, terminated, truncated, info = quit_by_window(task)
    assert (reward, terminated, truncated, info["fault"]) == (0.0, True, False, "")
    heals(task)


def test_quitting_without_a_task_cuts_the_episode(desk: Any) -> None:
    _, reward, terminated, truncated, info = quit_by_keys(desk)
    assert (reward, terminated, truncated, info["fault"]) == (0.0, False, True, "")
    heals(desk)


def fill_disk(env: Any) -> None:
    env.sandbox.run(["sh", "-c", "for d in ~ /tmp; do cat /dev/zero >$d/full; done"])


def remove_workspace(env: Any) -> None:
    env.sandbox.run(["sh", "-c", "rm -r ~/Documents"])


def hide_workspace(env: Any) -> None:
    env.sandbox.run(["sh", "-c", "chmod 0 ~/Documents"])


def leave_too_much(env: Any) -> None:
    env.sandbox.run(["sh", "-c", "head -c 70000000 /dev/zero >~/Documents/big"])


def use_up_processes(env: Any) -> None:
    env.sandbox.run(["sh", "-c", "while sleep 1000 & do :; done"])


@pytest.mark.parametrize(
    "spoil", [fill_disk, remove_workspace, hide_workspace, leave_too_much, use_up_processes]
)
def test_what_the_agent_spoils_is_graded(
    task: Any, spoil: Callable[[Any], None], request: pytest.FixtureRequest
) -> None:
    if spoil is use_up_processes:
        request.getfixturevalue("runc")
    begin_edit(task)
    spoil(task)
    *_, terminated, truncated, info = task.step(Key(("ctrl", "s")))
    assert not (terminated or truncated) and info["fault"] == ""
    _, reward, terminated, truncated, info = task.step(Terminate())
    assert (reward, terminated, truncated, info["fault"]) == (0.0, True, False, "")
    assert task.verdict.checks and not task.verdict.success
    heals(task)


def test_an_agent_that_closes_the_live_document_is_graded_on_its_file(
    packed: Any, tmp_path: Path
) -> None:
    packed.reset(options={"task": "test/live"})
    packed.step_turn([Type("new\n"), Key(("ctrl", "w"))])
    packed.step(Key(("alt", "n")))  # Don't Save
    with pytest.raises(UsageError, match="no document is open"):
        packed.export(str(tmp_path / "gone.xlsx"))
    _, reward, terminated, truncated, info = packed.step(Terminate())
    assert (reward, terminated, truncated, info["fault"]) == (0.0, True, False, "")
    assert [c.detail for c in packed.verdict.checks if not c.passed]
    heals(packed)


@pytest.mark.parametrize(
    ("work", "right"),
    [
        ([Type("new\n")], True),
        ([Type("other\n")], False),
        ([Type("new\n"), Key(("ctrl", "1"))], True),  # behind a modal dialog
        ([Type("new\n"), Key(("alt", "f"))], True),  # behind an open menu
        ([Type("new\n"), Key(("ctrl", "q"))], True),  # behind the question whether to save
    ],
)
def test_the_live_document_is_graded_whatever_stands_before_it(
    packed: Any, work: list[Any], right: bool
) -> None:
    packed.reset(options={"task": "test/live"})
    packed.step_turn(work)
    _, reward, terminated, _, info = packed.step(Terminate())
    assert (reward, terminated, info["fault"]) == (float(right), True, "")


# ---- graders


@pytest.mark.parametrize(
    ("name", "says"), [("raises", "the ruler broke"), ("dies", "validator test.dies")]
)
def test_a_validator_that_breaks_is_a_fault(packed: Any, name: str, says: str) -> None:
    packed.reset(options={"task": f"test/{name}"})
    last = packed.step(Type("new\n"))[0]["screenshot"]
    is_fault(packed.step(Terminate()), says, last)
    assert packed.verdict.fault
    heals(packed)


def test_a_grader_that_was_killed_is_started_again(task: Any) -> None:
    task.step(Terminate())
    grader = task._grader._engine.walls()._sandbox
    task.reset(seed=0)
    os.kill(grader.pid, signal.SIGKILL)
    _, _, terminated, truncated, info = task.step(Terminate())
    assert (terminated, truncated, info["fault"]) == (True, False, "")
    assert task.verdict.checks


# ---- what is left


def test_faults_leave_nothing() -> None:
    code = (
        CENSUS + "import signal\n"
        "env = gym.make('CUA-Excel-v0', look='plain', prepare=0, settle_cap=1.0)\n"
        "u = env.unwrapped\n"
        "def space(pid):\n"
        "    try: return os.readlink(f'/proc/{pid}/ns/pid')\n"
        "    except OSError: return ''  # a helper of the grader's that has ended\n"
        "def inside(name):\n"
        "    found, own = [], space(u.sandbox.pid)\n"
        "    while not found:  # a list of children lacks some while others end\n"
        "        named = [p for p, n in descendants().items() if n == name]\n"
        "        found = [p for p in named if space(p) == own]\n"
        "    return found[0]\n"
        "env.reset(seed=0); env.close(); before = census()\n"
        "faults = []\n"
        "for name, how in [('soffice.bin', 9), ('Xvfb', 9), ('openbox', 9), ('init', 9),\n"
        "                  ('soffice.bin', 19), ('Xvfb', 19)]:\n"
        "    env.reset()\n"
        "    os.kill(inside(name), how)\n"
        "    faults.append(bool(env.step({'action': 'type', 'text': 'x'})[4]['fault']))\n"
        "env.close()\n"
        "print(json.dumps([faults, before, census()]))"
    )
    faults, before, after = json.loads(python(code))
    assert faults == [True] * 6
    assert after == before and after["processes"] == []


_OWNER = f"""
import gymnasium as gym, cuagym, sys
envs = [gym.make("{ID}", look="plain", prepare=1) for _ in range(2)]
for env in envs:
    env.reset(seed=0)
if sys.argv[1] == "step":
    envs[0].unwrapped.begin_step({{"action": "type", "text": "a" * 4000}})
elif sys.argv[1] == "reset":
    envs[0].unwrapped.begin_reset(seed=1)
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("doing", ["nothing", "step", "reset"])
def test_nothing_outlives_a_killed_owner(doing: str) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", _OWNER, doing],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
    )
    assert owner.stdout and owner.stdout.readline() == "ready\n"
    family = below(owner.pid)
    assert len(family) > 10
    pidfds = []
    for pid in family:
        try:
            pidfds.append(os.pidfd_open(pid))
        except ProcessLookupError:  # something short-lived
            continue
    owner.kill()
    owner.communicate()
    assert all(readable(fd) for fd in pidfds)
    for fd in pidfds:
        os.close(fd)


@pytest.mark.parametrize("end", ["", "raise SystemExit(0)", "1 / 0", "os.kill(os.getpid(), 2)"])
def test_an_owner_that_forgets_to_close_leaves_nothing(end: str) -> None:
    """In the middle of a step, while the next desktop is being started."""
    code = f"""
import gymnasium as gym, cuagym, os
env = gym.make("{ID}", look="plain", prepare=1)
env.reset(seed=0)
env.unwrapped.begin_step({{"action": "type", "text": "a" * 500}})
print(os.getpid(), env.unwrapped.sandbox.pid, flush=True)
{end}
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd="/", timeout=300
    )
    owner, first = map(int, done.stdout.split())
    assert done.returncode == {"": 0, "raise SystemExit(0)": 0, "1 / 0": 1}.get(end, -2)
    assert not Path(f"/proc/{first}").exists()
    assert "Fatal" not in done.stderr and "disposal" not in done.stderr
    places = [*Path("/run/cuagym").glob(f"{owner}-*"), *Path("/tmp/cuagym-0").glob(f"{owner}-*")]
    assert places == []


def test_the_users_document_is_never_touched(tmp_path: Path) -> None:
    book = save_book(tmp_path / "mine.xlsx", {"A1": "mine"})
    before = book.read_bytes(), book.stat().st_mtime_ns
    env = make(open=str(book)).unwrapped
    env.reset()
    env.step_turn([Type("theirs\n"), Key(("ctrl", "s"))])
    assert env.sandbox.read("/home/agent/Documents/mine.xlsx") != before[0]
    env.close()
    assert (book.read_bytes(), book.stat().st_mtime_ns) == before
    assert cells_of(book, "A1") == ["mine"] and sorted(os.listdir(tmp_path)) == ["mine.xlsx"]
