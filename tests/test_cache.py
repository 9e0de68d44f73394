"""The cache folder: made once, whoever comes first; bounded; emptied."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cuagym import cache


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CUAGYM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def fill(content: str) -> Callable[[Path], Any]:
    return lambda folder: (folder / "content").write_text(content)


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert cache.root() == tmp_path / "cache"
    monkeypatch.delenv("CUAGYM_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache.root() == tmp_path / "xdg" / "cuagym"
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.root() == tmp_path / ".cache" / "cuagym"


def test_an_entry_is_made_once(folder: Path) -> None:
    first = cache.entry("native", "name-1", fill("one"))
    again = cache.entry("native", "name-1", fill("two"))
    assert first == again and (again / "content").read_text() == "one"
    assert cache.entries() == [cache.Entry("native", "name-1", 3)]
    assert first.stat().st_mode & 0o777 == 0o755  # a sandbox's user may have to read it


def test_a_failure_leaves_no_entry(folder: Path) -> None:
    def fail(place: Path) -> None:
        (place / "half").write_text("done")
        raise RuntimeError("out of ink")

    with pytest.raises(RuntimeError, match="ink"):
        cache.entry("native", "name", fail)
    assert cache.entries() == [] and os.listdir(folder / "native") == []
    assert (cache.entry("native", "name", fill("whole")) / "content").read_text() == "whole"


def test_the_first_of_several_makers_wins(folder: Path) -> None:
    meet = threading.Barrier(4)
    made: list[Path] = []

    def work(n: int) -> None:
        def make(place: Path) -> None:
            meet.wait()
            (place / "content").write_text(str(n))

        made.append(cache.entry("native", "name", make))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4 and len(set(made)) == 1
    assert os.listdir(folder / "native") == ["name"]


def test_processes_share_it(folder: Path) -> None:
    code = (
        "from cuagym import cache; import os\n"
        "def make(folder): (folder / 'pid').write_text(str(os.getpid()))\n"
        "place = cache.entry('native', 'name', make)\n"
        "print((place / 'pid').read_text())"
    )
    workers = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = {worker.communicate()[0] for worker in workers}
    assert len(said) == 1 and [w.returncode for w in workers] == [0] * 4


def test_it_is_bounded_and_the_longest_unused_go_first(folder: Path) -> None:
    for n in range(cache.KINDS["native"]):
        os.utime(cache.entry("native", f"name-{n}", fill("x")), (n, n))
    cache.entry("native", "name-0", fill("x"))  # used again
    cache.entry("profile", "name", fill("x"))
    cache.entry("native", "new", fill("x"))
    names = {e.name for e in cache.entries() if e.kind == "native"}
    assert len(names) == cache.KINDS["native"]
    assert "name-1" not in names and {"name-0", "name-2", "new"} <= names


def test_many_makers_at_the_bound_do_not_disturb_each_other(folder: Path) -> None:
    errors: list[BaseException] = []

    def work(n: int) -> None:
        try:
            for i in range(30):
                cache.entry("native", f"{n}-{i}", fill("x"))
        except BaseException as e:
            errors.append(e)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert len(cache.entries()) <= cache.KINDS["native"]


def test_clear_empties_it_and_nothing_else(folder: Path) -> None:
    """Whoever points $CUAGYM_CACHE at a folder of theirs keeps what else lies there."""
    folder.mkdir()
    (folder / "thesis.tex").write_text("mine")
    cache.entry("native", "a", fill("12345"))
    cache.entry("native", "b", fill("678"))
    assert cache.clear() == 8
    assert cache.entries() == []
    assert (folder / "thesis.tex").read_text() == "mine"
    assert cache.clear() == 0
    assert (cache.entry("native", "a", fill("new")) / "content").read_text() == "new"


def test_a_cache_that_is_not_there_is_empty() -> None:
    assert cache.entries() == [] and cache.clear() == 0
