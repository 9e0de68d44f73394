"""Real sandboxes, by every backend that the machine allows, and what they may have left behind."""

from __future__ import annotations

import ctypes
import os
import select
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cuagym.errors import SetupError
from cuagym.native.build import artifact
from cuagym.sandbox import Sandbox, pick, start

NOBODY = 65534
_PR_SET_DUMPABLE = 4


@pytest.fixture(params=["runc", "bubblewrap"])
def backend(request: pytest.FixtureRequest) -> str:
    name = str(request.param)
    try:
        pick(name)
    except SetupError as e:
        pytest.skip(str(e))
    return name


@pytest.fixture
def runc() -> str:
    try:
        return pick("runc")[0]
    except SetupError as e:
        pytest.skip(str(e))


@pytest.fixture
def box(backend: str) -> Iterator[Sandbox]:
    with start(backend) as sandbox:
        yield sandbox
    sandbox.close(wait=True)


def wait_for(fd: int, seconds: float = 20.0) -> bool:
    """Whether `fd` became readable in time."""
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def wait_exits(box: Sandbox, *pids: int) -> dict[int, int]:
    while not set(pids) <= set(ended := box.exits()):
        assert wait_for(box.fileno()), f"{pids} did not end; {ended}"
    return ended


def left_on_host(owner: int | None = None) -> list[str]:
    """Folders, groups and mounts of the sandboxes that a process (this one) has started."""
    name = f"{owner or os.getpid()}-*"
    places = ["/run/cuagym", "/tmp/cuagym-0", "/sys/fs/cgroup/cuagym", "/sys/fs/cgroup/*/cuagym"]
    found = [str(p) for place in places for p in Path("/").glob(f"{place[1:]}/{name}")]
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    return found + [line for line in mounts if f"/cuagym/{name[:-1]}" in line]


def as_nobody(test: Callable[[], None]) -> None:
    """Runs `test` in a child of ours that is an ordinary user, with a cache of its own."""
    with tempfile.TemporaryDirectory() as cache:
        os.chown(cache, NOBODY, NOBODY)
        message = _in_child(test, cache)
    assert not message, message


def _in_child(test: Callable[[], None], cache: str) -> str:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)  # as after an exec
            os.environ["CUAGYM_CACHE"] = cache
            artifact.cache_clear()
            os.chdir("/")
            test()
        except BaseException:
            os.write(write, traceback.format_exc().encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as said:
        message = said.read().decode()
    os.waitpid(child, 0)
    return message
