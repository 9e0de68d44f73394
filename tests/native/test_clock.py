"""Application time, with a program that waits in every way that a program can."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from cuagym.desktop.clock import PAGE, Clock
from cuagym.sandbox import Root, start

SOURCE = Path(__file__).parent / "waits.c"
CAP = 30.0


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    binary = tmp_path_factory.mktemp("waits") / "waits"
    subprocess.run(["gcc", "-O1", "-o", binary, SOURCE, "-pthread"], check=True)
    return binary.read_bytes()


@pytest.fixture(scope="module")
def box(program):
    sandbox = start("auto", Root(clock=True))
    sandbox.write("/home/agent/waits", program, 0o755)
    page = sandbox.open(PAGE, os.O_RDWR)
    clock = Clock(page, sandbox.pid)
    os.close(page)
    yield sandbox, clock
    clock.close()
    sandbox.close(wait=True)


def ways():
    text = SOURCE.read_text()
    table = text[text.index("ways[] = {") :]
    return [w.split(")")[0] for w in table.split("WAY(")[1:]]


def begin(sandbox, clock, way):
    ours, theirs = os.pipe()
    pid = sandbox.spawn(["/home/agent/waits", way], stdout=theirs)
    os.close(theirs)
    return pid, ours


def output(ours):
    os.set_blocking(ours, False)
    try:
        return os.read(ours, 1000).decode().split()
    except BlockingIOError:
        return []
    finally:
        os.close(ours)


@pytest.mark.parametrize("way", ways())
def test_wait_lasts_its_application_time(box, way):
    """Nothing happens before the time is granted; then all of it, with exactly that time passed."""
    sandbox, clock = box
    pid, ours = begin(sandbox, clock, way)
    assert clock.grant(0.28, CAP).settled
    assert pid not in sandbox.exits(), "ended before its time"
    assert clock.grant(0.15, CAP).settled
    assert sandbox.exits()[pid] == 0
    verdict, monotonic, realtime = output(ours)
    # A program that spins on the clock is pushed in naps of up to 64 ms.
    most = 364 if way in ("spin", "yield") else 300
    assert verdict == "right" and 300 <= int(monotonic) <= most and monotonic == realtime


def test_time_stands_still_between_grants(box):
    sandbox, clock = box
    pid, ours = begin(sandbox, clock, "poll")
    clock.grant(0.1, CAP)
    before = clock.now
    time.sleep(0.5)  # real time, longer than the wait has left
    assert clock.now == before and pid not in sandbox.exits()
    clock.grant(0.3, CAP)
    assert output(ours)[0] == "right"


def test_grant_without_timers_takes_no_real_second(box):
    _, clock = box
    before = clock.now
    assert clock.grant(1000.0, CAP).settled
    assert clock.now - before == 1000 * 10**9


def test_program_that_never_sleeps_is_reported_within_the_cap(box):
    sandbox, clock = box
    pid = sandbox.spawn(["sh", "-c", "while :; do :; done"])
    assert not clock.grant(0.1, 0.3).settled
    sandbox.kill(pid, 9)
    assert clock.grant(0.1, CAP).settled


def test_the_cap_is_for_all_naps_of_one_that_spins_on_the_clock(box):
    sandbox, clock = box
    pid = sandbox.spawn(["/home/agent/waits", "spin for ever"])
    before = clock.now
    assert not clock.grant(36000.0, 1.0).settled  # each nap is a matter of milliseconds
    assert 0 < clock.now - before < 36000 * 10**9
    sandbox.kill(pid, 9)
    assert clock.grant(0.1, CAP).settled


def test_stopped_program_is_told_from_a_busy_one(box):
    sandbox, clock = box
    pid, ours = begin(sandbox, clock, "poll")
    clock.grant(0.1, CAP)
    sandbox.kill(pid, 19)
    report = clock.grant(1.0, 0.3)
    assert not report.settled and report.stopped
    sandbox.kill(pid, 18)
    assert clock.grant(1.0, CAP).settled
    assert output(ours)[0] == "right"


def test_what_a_program_sees_does_not_depend_on_the_load(box):
    """The same program under a busy machine reads the same clock."""
    sandbox, clock = box
    hogs = [
        subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(os.cpu_count() or 2)
    ]
    try:
        for way in ("threads", "timerfd", "socket", "many"):
            _, ours = begin(sandbox, clock, way)
            assert clock.grant(0.29, CAP).settled
            assert clock.grant(0.1, CAP).settled
            assert output(ours) == ["right", "300", "300"]
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()


def test_outside_a_desktop_the_library_changes_nothing(program, tmp_path):
    """Preloaded where there is no page, every wait runs on the machine's clock."""
    from cuagym.native.build import artifact

    binary = tmp_path / "waits"
    binary.write_bytes(program)
    binary.chmod(0o755)
    env = {**os.environ, "LD_PRELOAD": str(artifact("clock.so"))}
    for way in ("cond", "sem", "threads", "shared", "timerfd", "alarm", "select_fd"):
        said = subprocess.run([binary, way], env=env, capture_output=True, text=True, timeout=20)
        verdict, ms, _ = said.stdout.split()
        assert verdict == "right" and int(ms) >= 300, way
