import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cuagym.bench import processes
from cuagym.desktop.xvfb import XvfbDesktop

from ..conftest import make

ICONS = Path("/usr/share/libreoffice/share/config/images_colibre.zip")
"""Read from now and then, not mapped: the page cache may forget it at any time."""

PYTHON = os.path.basename(os.path.realpath("/usr/bin/python3"))
EARLY = [
    Path(os.path.realpath(name))
    for name in (
        *("/usr/bin/Xvfb", "/usr/bin/openbox", "/usr/bin/xkbcomp", "/usr/bin/python3"),
        *(f"/usr/lib/{PYTHON}/json/__init__.py", "/usr/lib/libreoffice/program/libsclo.so"),
    )
]
"""What runs first on any desktop, and what it reads; the helper's library, the application's."""

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="ordinary users cannot hold files")


@pytest.fixture
def env() -> Iterator[Any]:
    made = make().unwrapped
    yield made
    made.close()


def at_hand(path: Path) -> bool:
    """Whether the whole of a file is in memory after the kernel was asked to drop it."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        size = os.fstat(file.fileno()).st_size
        try:
            return os.preadv(file.fileno(), [bytearray(size)], 0, os.RWF_NOWAIT) == size
        except BlockingIOError:
            return False


@pytest.fixture
def unheld() -> Iterator[Path]:
    """A file on the disk that nobody holds in memory."""
    with tempfile.NamedTemporaryFile(dir="/var/tmp") as file:
        file.write(os.urandom(1 << 20))
        file.flush()
        os.fsync(file.fileno())
        yield Path(file.name)


def test_no_step_waits_for_the_disk(env: Any, unheld: Path) -> None:
    env.reset(seed=0)
    assert ICONS.stat().st_size > 1 << 20 and at_hand(ICONS)
    assert not at_hand(unheld)


def test_a_library_that_a_dialog_loads_is_at_hand_before_it_does(env: Any) -> None:
    """The dialog for hyperlinks loads one that writes bar codes, from another package."""
    env.reset(seed=0)
    mapped = {
        line.split(None, 5)[5]
        for pid in processes.below(env.sandbox.pid, itself=False)
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines()
        if "/" in line
    }
    parts = map(str, Path("/usr/lib/libreoffice/program").glob("*.so"))
    told = subprocess.run(["ldd", *parts], capture_output=True, text=True).stdout
    libraries = {os.path.realpath(p) for p in re.findall(r"=> (/usr/lib/\S+|/lib/\S+)", told)}
    later = sorted(libraries - mapped)
    assert len(later) > 10
    assert [path for path in later if not at_hand(Path(path))] == []


def test_what_a_desktop_is_made_of_is_at_hand_before_its_first_program_runs(
    monkeypatch: pytest.MonkeyPatch, env: Any
) -> None:
    """Threads are numbered as they are born: a launch that waits for the disk is another launch."""
    started = []
    start = XvfbDesktop._start_display

    def watched(desktop: XvfbDesktop) -> None:
        started.append([path for path in EARLY if not at_hand(path)])
        start(desktop)

    monkeypatch.setattr(XvfbDesktop, "_start_display", watched)
    monkeypatch.setenv("CUAGYM_SNAPSHOTS", "0")
    env.reset(seed=0)
    assert started == [[]]
