"""Starts that fail, ends of every kind, and what must not be left."""

from __future__ import annotations

import gc
import os
import queue
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from cuagym.errors import CuagymError, Fault, SetupError
from cuagym.sandbox import Root, backends, bubblewrap, disposal, pick, promises, runc, start
from cuagym.sandbox.control import Control

from ..conftest import below
from .conftest import left_on_host, wait_for

_OWNER = """
import sys
from cuagym.sandbox import start
box = start(sys.argv[1])
box.run(["sh", "-c", "setsid sleep 1000 & sleep 1000 &"])
print(box.pid, flush=True)
{}
"""

_STRICT = """
import os, sys
os.umask(0o077)
from cuagym.sandbox import memory, restore, start, unfreezable
with start(sys.argv[1]) as box:
    print(box.run(["id", "-u"]).stdout)
    if not unfreezable(sys.argv[1]):
        folder = memory.claim(0)
        try:
            image = box.freeze(folder.path)
            with restore(image, min(os.sched_getaffinity(0))) as copy:
                assert copy.run(["cat", "/etc/hostname"]).returncode == 0
        finally:
            folder.remove()
"""

BEFORE: set[int] = set()
PLACES: set[str] = set()


@pytest.fixture(autouse=True)
def _what_other_tests_keep() -> None:
    """Other files' fixtures may live in this process; only what is new is ours."""
    disposal.settle()
    for known, now in ((BEFORE, below(os.getpid())), (PLACES, left_on_host())):
        known.clear()
        known.update(now)


def _left() -> list[str]:
    return [place for place in left_on_host() if place not in PLACES]


def _open_files() -> dict[str, str]:
    links = {}
    for fd in Path("/proc/self/fd").iterdir():
        try:
            links[fd.name] = os.readlink(fd)
        except FileNotFoundError:
            continue
    return {fd: target for fd, target in links.items() if not target.startswith("/proc/")}


def _owner(backend: str, then: str) -> tuple[subprocess.Popen[str], list[int]]:
    """A process with a sandbox, and pidfds of everything in that sandbox."""
    code = _OWNER.format(then)
    owner = subprocess.Popen(
        [sys.executable, "-c", code, backend],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    )
    assert owner.stdout
    pid = int(owner.stdout.readline())
    return owner, [os.pidfd_open(p) for p in (pid, *below(pid))]


def _all_end(pidfds: list[int]) -> bool:
    try:
        return all(wait_for(fd) for fd in pidfds)
    finally:
        for fd in pidfds:
            os.close(fd)


def test_nothing_is_left_after_close(backend: str) -> None:
    start(backend).close(wait=True)  # what is loaded and compiled once
    disposal.settle()
    before = _open_files()
    box = start(backend)
    box.run(["sh", "-c", "setsid sleep 1000 & sleep 1000 &"])
    box.write("/tmp/x", b"x" * 100)
    box.run(["true"])
    inside = [os.pidfd_open(p) for p in (box.pid, *below(box.pid))]
    assert len(inside) == 3
    box.close(wait=True)
    box.close()
    box.close(wait=True)
    assert _all_end(inside)
    assert not box.alive()
    assert not Path(f"/proc/{box.pid}").exists()  # not even as a zombie
    with pytest.raises(Fault, match="closed"):
        box.run(["true"])
    disposal.settle()
    assert _left() == []
    assert _open_files() == before
    assert set(below(os.getpid())) <= BEFORE


@pytest.mark.parametrize("late", [False, True])
def test_a_close_ends_what_another_thread_runs(backend: str, late: bool) -> None:
    """As when a start is given up: at once, not when the program's time is over."""
    box, said = start(backend), queue.Queue[BaseException]()

    def work() -> None:
        try:
            box.run(["sh", "-c", "echo x >/tmp/runs; exec sleep 1000"], timeout=900)
        except BaseException as e:
            said.put(e)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while late:
        with suppress(FileNotFoundError):
            box.read("/tmp/runs")
            break
    box.close()
    with pytest.raises(Fault, match="closed|died"):
        raise said.get(timeout=20)
    thread.join()


def test_a_forgotten_sandbox_is_closed(backend: str) -> None:
    box = start(backend)
    pidfd = os.pidfd_open(box.pid)
    del box
    gc.collect()
    assert _all_end([pidfd])
    disposal.settle()
    assert _left() == []


def test_a_killed_owner_takes_everything_along(backend: str) -> None:
    owner, inside = _owner(backend, "sys.stdin.read()")
    assert len(inside) == 3
    owner.kill()
    owner.communicate()
    assert _all_end(inside)
    start(backend).close(wait=True)  # sweeps
    disposal.settle()
    assert left_on_host(owner.pid) == []


@pytest.mark.parametrize("end", ["", "raise SystemExit(0)", "box.close()"])
def test_an_owner_that_ends_cleans_up(backend: str, end: str) -> None:
    owner, inside = _owner(backend, f"sys.stdin.read()\n{end}")
    owner.communicate("")
    assert owner.returncode == 0
    assert _all_end(inside)
    assert left_on_host(owner.pid) == []


def test_a_worker_of_multiprocessing_cleans_up(backend: str) -> None:
    """Its process ends by os._exit, without exit hooks."""
    code = """
import multiprocessing, sys
from cuagym.sandbox import start
def work(backend):
    start(backend).close()
multiprocessing.set_start_method("fork")
worker = multiprocessing.Process(target=work, args=sys.argv[1:])
worker.start(); worker.join(); print(worker.pid, worker.exitcode)
"""
    command = [sys.executable, "-c", code, backend]
    done = subprocess.run(command, capture_output=True, cwd=Path(__file__).parents[2])
    pid, exitcode = map(int, done.stdout.split())
    assert exitcode == 0
    assert left_on_host(pid) == []


def test_a_thread_that_ends_leaves_its_sandbox_alone(backend: str) -> None:
    boxes = []
    threads = [threading.Thread(target=lambda: boxes.append(start(backend))) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len({box.pid for box in boxes}) == 4
    for box in boxes:
        assert box.run(["sh", "-c", "sleep 0.1; echo alive"]).stdout == b"alive\n"
        box.close()
    disposal.settle()
    assert _left() == []


def test_a_fork_of_the_owner_does_not_close_it(backend: str) -> None:
    with start(backend) as box:
        child = os.fork()
        if child == 0:
            box.close(wait=True)
            os._exit(0)
        os.waitpid(child, 0)
        assert box.alive()
        assert box.run(["true"]).returncode == 0


def test_the_keyboard_interrupt_of_a_terminal_is_not_the_sandboxs(backend: str) -> None:
    code = "import os, signal; signal.signal(signal.SIGINT, signal.SIG_IGN); os.killpg(0, 2); "
    owner, inside = _owner(backend, f"sys.stdin.readline(); {code} box.run(['true']); print('ok')")
    assert owner.communicate("\n")[0] == "ok\n"
    assert _all_end(inside)


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("/etc/passwd", "passwd"),  # a folder cannot be shown where a file is
        ("/run/cuagym/control", "first process"),  # our own init fails
    ],
)
def test_a_start_that_fails_leaves_nothing(
    backend: str, tmp_path: Path, place: str, says: str
) -> None:
    disposal.settle()
    before = _open_files()
    (tmp_path / "x").mkdir()
    with pytest.raises(CuagymError, match=says):
        start(backend, Root().plus(read_only=[(str(tmp_path / "x"), place)]))
    disposal.settle()
    assert _left() == []
    assert _open_files() == before
    assert set(below(os.getpid())) <= BEFORE


def test_a_start_that_is_silent_is_given_up(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cuagym.sandbox.launch.READY_SECONDS", 0.5)
    silent = [(str(tmp_path / "init"), "/opt/silent")]
    (tmp_path / "init").write_text("#!/bin/sh\nexec sleep 1000\n")
    (tmp_path / "init").chmod(0o755)
    monkeypatch.setattr(Root, "init", lambda *_: ["/opt/silent"])
    with pytest.raises(Fault, match="not ready"):
        start(backend, Root().plus(read_only=silent))
    disposal.settle()
    assert _left() == []
    assert set(below(os.getpid())) <= BEFORE


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "find", lambda _: None)
    with pytest.raises(SetupError, match="apt-get install bubblewrap"):
        start("bubblewrap")
    monkeypatch.setattr(runc, "find", lambda _: None)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(SetupError, match="apt-get install runc"):
        start("runc")
    with pytest.raises(SetupError, match="runc.*bubblewrap"):
        pick("auto")


def test_a_refusal_of_the_kernel_is_explained(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bwrap = tmp_path / "bwrap"  # stands for one that Ubuntu's AppArmor stops
    bwrap.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    bwrap.chmod(0o755)
    monkeypatch.setattr(bubblewrap, "find", lambda _: str(bwrap))
    monkeypatch.setattr(
        "cuagym.sandbox.launch._bad_sysctls",
        lambda: ["sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"],
    )
    with pytest.raises(SetupError, match="(?s)uid map: Perm.*kernel.apparmor_restrict_unpriv"):
        start("bubblewrap")


def test_pick_and_promises(backend: str) -> None:
    assert pick(backend)[0] == backend
    assert backend in promises(backend)
    name, reason = pick()
    assert name in backends._BACKENDS and reason


def test_the_group_of_all_desktops_weighs_more_than_a_process(runc: str) -> None:
    with start(runc):
        v1, v2 = Path("/sys/fs/cgroup/cpu/cuagym/cpu.shares"), "/sys/fs/cgroup/cuagym/cpu.weight"
        weight = int((v1 if v1.exists() else Path(v2)).read_text())
    assert weight >= 10_000


def test_a_dead_first_process_is_not_mistaken(backend: str) -> None:
    box = start(backend)
    os.kill(box.pid, signal.SIGKILL)
    box.close(wait=True)
    assert _left() == []


def test_a_new_owner(backend: str) -> None:
    """A restored copy of a sandbox gets one; between two owners it has none."""
    box = start(backend)
    sleeper = box.spawn(["sleep", "1000"])
    owner = subprocess.Popen(["sleep", "1000"])
    fds = [os.pidfd_open(pid) for pid in (owner.pid, box.pid)]
    control = Control(box.pid)
    try:
        control.adopt(None)
        control.adopt(fds[0])
        assert box.run(["true"]).returncode == 0
        box._live().close()  # the first connection: its programs go to the new owner's
        control.adopt(fds[0])
        control.kill(sleeper, signal.SIGKILL)
        assert wait_for(control.fileno())
        control.drain()
        assert control.ended() == {sleeper: -signal.SIGKILL}
        owner.kill()
        assert wait_for(fds[1])
    finally:
        owner.kill()
        owner.wait()
        control.close()
        box.close(wait=True)
        for fd in fds:
            os.close(fd)


def test_a_strict_umask_changes_nothing(backend: str, tmp_path: Path) -> None:
    """The host's folders and programs that a sandbox's user needs are made by somebody else."""
    done = subprocess.run(
        [sys.executable, "-c", _STRICT, backend],
        capture_output=True,
        text=True,
        env={**os.environ, "CUAGYM_CACHE": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "b'1000\\n'"
