"""The shared folder, on sandboxes without a desktop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cuagym.multi.folder import PATH, SharedFolder
from cuagym.sandbox import Sandbox, start

Places = dict[str, Sandbox]


@pytest.fixture(scope="module")
def _places() -> Iterator[Places]:
    with start() as a, start() as b, start() as c:
        yield {"a": a, "b": b, "c": c}


@pytest.fixture
def places(_places: Places) -> Places:
    for sandbox in _places.values():
        sandbox.run(["rm", "-rf", PATH])
    return _places


@pytest.fixture
def folder(places: Places) -> SharedFolder:
    folder = SharedFolder({})
    folder.begin(places)
    return folder


def put(sandbox: Sandbox, name: str, data: bytes) -> None:
    sandbox.write(f"{PATH}/{name}", data)


def listed(sandbox: Sandbox) -> list[str]:
    return sandbox.run(["ls", "-A", PATH]).stdout.decode().split()


def test_what_one_saves_comes_to_all(places: Places, folder: SharedFolder) -> None:
    put(places["b"], "figures.csv", b"1,2")
    assert folder.synchronise(places) == ["a", "c"]
    assert all(s.read(f"{PATH}/figures.csv") == b"1,2" for s in places.values())
    assert folder.synchronise(places) == []
    put(places["c"], "figures.csv", b"3,4")
    assert folder.synchronise(places) == ["a", "b"]
    assert all(s.read(f"{PATH}/figures.csv") == b"3,4" for s in places.values())


def test_of_two_that_change_one_file_the_later_agent_has_the_last_word(
    places: Places, folder: SharedFolder
) -> None:
    put(places["c"], "plan.txt", b"of c")  # whoever was earlier by the clock
    put(places["a"], "plan.txt", b"of a")
    folder.synchronise(places)
    assert all(s.read(f"{PATH}/plan.txt") == b"of c" for s in places.values())
    put(places["b"], "plan.txt", b"of b")
    places["a"].run(["rm", f"{PATH}/plan.txt"])
    folder.synchronise(places)
    assert all(s.read(f"{PATH}/plan.txt") == b"of b" for s in places.values())


def test_what_one_removes_is_gone_everywhere(places: Places, folder: SharedFolder) -> None:
    put(places["a"], "old", b"x")
    put(places["a"], "kept", b"y")
    folder.synchronise(places)
    places["b"].run(["rm", f"{PATH}/old"])
    assert folder.synchronise(places) == ["a", "c"]
    assert [listed(s) for s in places.values()] == [["kept"]] * 3
    places["c"].run(["rm", "-rf", PATH])
    assert folder.synchronise(places) == ["a", "b"]
    assert listed(places["a"]) == [] and folder.files == {}


def test_hidden_files_folders_and_links_are_not_shared(
    places: Places, folder: SharedFolder
) -> None:
    put(places["a"], ".~lock.book.xlsx#", b"me")
    places["a"].run(["mkdir", f"{PATH}/inner"])
    places["a"].run(["ln", "-s", "/etc/passwd", f"{PATH}/link"])
    assert folder.synchronise(places) == []
    assert listed(places["b"]) == []


def test_a_program_that_has_a_file_open_keeps_what_it_opened(
    places: Places, folder: SharedFolder
) -> None:
    put(places["a"], "notes", b"old")
    folder.synchronise(places)
    places["b"].run(["ln", f"{PATH}/notes", f"{PATH}/../opened"])  # holds it as an open file would
    put(places["a"], "notes", b"new")
    folder.synchronise(places)
    assert (
        places["b"].read(f"{PATH}/../opened") == b"old"
        and places["b"].read(f"{PATH}/notes") == b"new"
    )


def test_files_that_were_there_at_the_start_are_no_news(places: Places) -> None:
    for sandbox in places.values():
        sandbox.run(["mkdir", "-p", PATH])
        put(sandbox, "brief.txt", b"go")
    folder = SharedFolder({"brief.txt": b"go"})
    folder.begin(places)
    assert folder.synchronise(places) == []
    put(places["b"], "brief.txt", b"stop")
    assert folder.synchronise(places) == ["a", "c"]
    assert places["a"].read(f"{PATH}/brief.txt") == b"stop"
