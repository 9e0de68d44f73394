"""Graders: what a validator can do wrong, and what grading survives."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from cuagym import grading
from cuagym.documents import MAX_BYTES, stable_zip, workbook_bytes
from cuagym.errors import SetupError
from cuagym.grading import Grader, wire
from cuagym.task import TaskInstance, ValidatorSpec
from cuagym.verdict import Check, Verdict

from .conftest import below

BAD = """
import os, signal, socket, time
from cuagym.artefacts import Unreadable
from cuagym.verdict import Check

__all__ = [
    "die", "eat", "fine", "hang", "look", "nothing", "raises", "unreadable", "write",
]

def fine(artefacts, **args):
    return [Check(str(k), bool(v), weight=k == "b" or 2) for k, v in args.items()]

def look(artefacts):
    seen = {"answer": artefacts.answer, "status": artefacts.status,
            "files": sorted(os.listdir(artefacts.folder)), "uid": os.getuid(),
            "gold": {p.name: p.read_bytes() for p in artefacts.gold.iterdir()}}
    try:
        socket.create_connection(("1.1.1.1", 53), timeout=1).close()
        seen["network"] = True
    except OSError:
        seen["network"] = False
    hidden = ("/etc/shadow", "/etc/hosts.allow", "/root/.bashrc", HERE)
    seen["host"] = [p for p in hidden if os.path.exists(p)]
    return [Check("seen", True, repr(seen))]

def write(artefacts):
    wrote = []
    for path in (__file__, os.__file__, "/usr/bin/x", "/etc/passwd"):
        try:
            open(path, "ab").close(); wrote.append(path)
        except OSError:
            pass
    return [Check("read-only", not wrote, repr(wrote))]

def raises(artefacts): return [1 / 0]
def nothing(artefacts): return []
def unreadable(artefacts): raise Unreadable("its ink has run")
def die(artefacts): os.kill(os.getpid(), signal.SIGKILL)
def eat(artefacts): return [Check("x", bool(bytearray(1 << 40)))]
def hang(artefacts):
    while True:
        time.sleep(1)
"""


def task(*validators: ValidatorSpec, **more: Any) -> TaskInstance:
    files = {"notes.txt": b"begin"}
    return TaskInstance(id="test/x", app="excel", files=files, validators=validators, **more)


def bad(name: str, **args: Any) -> TaskInstance:
    return task(ValidatorSpec(f"bad.{name}", args))


FINE = bad("fine", a=1)


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Grader]:
    """Make graders that know the bad validators, which lie in a folder of their own."""
    folder = tmp_path_factory.mktemp("pack")
    folder.chmod(0o755)
    (folder.parent / "secret").write_text("not for validators")
    (folder / "bad.py").write_text(f"HERE = {str(folder.parent / 'secret')!r}\n{BAD}")
    sources = {"workbook": "cuagym.validators.workbook", "bad": str(folder / "bad.py")}
    return lambda **args: Grader(sources=sources, **args)


@pytest.fixture(scope="module")
def grader(make: Callable[..., Grader]) -> Iterator[Grader]:
    with make() as grader:
        grader.warm()
        yield grader


def test_weights_are_shared_out_and_names_are_unique(grader: Grader) -> None:
    one, two = ValidatorSpec("bad.fine", {"a": 1, "b": 0}, 3.0), ValidatorSpec("bad.fine", {"a": 1})
    verdict = grader.grade(task(one, two), {})
    assert [(c.name, c.passed, c.weight) for c in verdict.checks] == [
        ("a", True, 2.0),
        ("b", False, 1.0),
        ("bad.fine a", True, 1.0),
    ]
    assert verdict.score == 0.75


@pytest.mark.parametrize(("a", "b", "score"), [(1, 1, 1.0), (1, 0, 1.0), (0, 1, 1.0), (0, 0, 0.0)])
def test_any_of_several_ways_will_do(grader: Grader, a: int, b: int, score: float) -> None:
    ways = [{"name": "bad.fine", "a": a}, {"name": "bad.fine", "b": b}]
    verdict = grader.grade(task(ValidatorSpec("any", {"of": ways})), {})
    assert verdict.score == score and verdict.success == bool(score)
    if not score:
        assert verdict.checks[0].detail.endswith("(nor is it any other way)")


def test_all_inside_any_keeps_weights_and_the_best_way_counts(grader: Grader) -> None:
    half = {"name": "bad.fine", "a": 1, "weight": 3}, {"name": "bad.raises_not", "a": 1}
    both = {"name": "all", "of": [half[0], {"name": "bad.fine", "a": 0}]}
    verdict = grader.grade(
        task(ValidatorSpec("any", {"of": [{"name": "bad.fine", "a": 0}, both]}, 2.0)), {}
    )
    assert verdict.score == 0.75
    assert [(c.name, c.weight) for c in verdict.checks] == [("a", 1.5), ("bad.fine a", 0.5)]
    for wrong in ({}, {"of": []}, {"of": [{"a": 1}]}, {"of": [half[1]]}, {"of": half, "x": 1}):
        assert grader.grade(task(ValidatorSpec("any", wrong)), {}).fault


def test_a_task_that_cannot_be_done_is_judged_beside_its_declaration(grader: Grader) -> None:
    for a, status, names in (
        (1, "failure", {"declared infeasible": True, "a": True}),
        (0, "failure", {"declared infeasible": True, "a": False}),
        (1, "success", {"declared infeasible": False}),
    ):
        instance = task(ValidatorSpec("bad.fine", {"a": a}), feasible=False)
        verdict = grader.grade(instance, {}, status=status)
        assert {c.name: c.passed for c in verdict.checks} == names


def test_gold_files_are_for_validators_alone(grader: Grader) -> None:
    instance = task(ValidatorSpec("bad.look", {}), gold={"gold.txt": b"right"})
    seen = eval(grader.grade(instance, {"a.csv": b"1"}).checks[0].detail)
    assert seen["files"] == ["a.csv"] and seen["gold"] == {"gold.txt": b"right"}


def test_validators_see_artefacts_and_little_else(grader: Grader) -> None:
    verdict = grader.grade(bad("look"), {"a.csv": b"1", "deep/b": b""}, "42", "success")
    seen = eval(verdict.checks[0].detail)
    assert seen == {
        "answer": "42",
        "status": "success",
        "files": ["a.csv", "deep"],
        "uid": 1000,
        "gold": {},
        "network": False,
        "host": [],
    }
    assert grader.grade(bad("write"), {}).success


@pytest.mark.parametrize(
    ("instance", "says"),
    [
        (bad("raises"), "validator bad.raises raised ZeroDivisionError: division by zero (bad.py"),
        (bad("die"), "the process died while validator bad.die ran (status -9)"),
        (bad("eat"), "validator bad.eat raised MemoryError"),
        (bad("nothing"), "validator bad.nothing must return a list of checks, returned []"),
        (bad("look", colour=1), "validator bad.look raised TypeError"),
        (bad("rises"), "no validator 'bad.rises'"),
        (bad("rises"), "did you mean 'raises'"),
        (task(ValidatorSpec("wrokbook.cells")), "did you mean 'workbook'"),
        (task(ValidatorSpec("bad._private")), "no validator 'bad._private'"),
    ],
)
def test_a_broken_validator_is_a_fault_that_names_it(
    grader: Grader, instance: TaskInstance, says: str
) -> None:
    verdict = grader.grade(instance, {}, status="success")
    assert says in verdict.fault and not verdict.checks
    assert grader.grade(FINE, {}).success


def test_a_document_that_cannot_be_read_is_a_failed_check(grader: Grader) -> None:
    verdict = grader.grade(bad("unreadable"), {})
    assert verdict == Verdict((Check("bad.unreadable", False, "its ink has run"),))


def test_a_validator_that_hangs_is_cut_and_holds_nobody_up(make: Callable[..., Grader]) -> None:
    with make(deadline=30.0) as grader:
        assert grader.grade(FINE, {}).success
        grader._deadline = 8.0
        verdicts: list[Verdict] = []
        hanging = threading.Thread(target=lambda: verdicts.append(grader.grade(bad("hang"), {})))
        hanging.start()
        assert grader.grade(FINE, {}).success
        assert not verdicts  # the other one still hangs
        hanging.join()
        assert "over 8 s, while validator bad.hang ran" in verdicts[0].fault


def test_many_threads_share_one_grader(grader: Grader) -> None:
    verdicts: dict[int, Verdict] = {}

    def grade(n: int) -> None:
        verdicts[n] = grader.grade(bad("fine", **{f"check {n}": 1}), {}, status="success")

    threads = [threading.Thread(target=grade, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {n: v.checks[0].name for n, v in verdicts.items()} == {
        n: f"check {n}" for n in range(16)
    }


def _sheet() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append([1, 2, "=A1+B1"])
    return workbook_bytes(book)


SHEET = _sheet()
SUM = TaskInstance(
    id="test/sum",
    app="excel",
    files={"a.xlsx": SHEET},
    open="a.xlsx",
    validators=(ValidatorSpec("workbook.cells", {"cells": {"C1": 3}}),),
)


def summed(n: int, rows: int = 0) -> bytes:
    """A workbook in which C1 is right, and which no other grade has had."""
    book = load_workbook(BytesIO(SHEET))
    book.active["E1"] = n
    for row in range(2, rows + 2):
        book.active.cell(row, 1, row)
        book.active.cell(row, 4, f"=A{row}*2")
    return workbook_bytes(book)


def offices(grader: Grader) -> list[int]:
    """The LibreOffices of a grader."""
    found = []
    for pid in below(grader._engine.walls()._sandbox.pid):
        with suppress(FileNotFoundError, ProcessLookupError):  # a grade's process that has ended
            if "soffice.bin" in Path(f"/proc/{pid}/comm").read_text():
                found.append(pid)
    return found


def test_recalculation_is_warm(grader: Grader) -> None:
    assert grader.grade(SUM, {"a.xlsx": summed(1)}).success
    before = offices(grader)
    assert grader.grade(SUM, {"a.xlsx": summed(2)}).success
    assert len(before) == 1 and offices(grader) == before  # no start in between


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one CPU has one LibreOffice")
def test_grades_at_once_have_a_libreoffice_each(make: Callable[..., Grader]) -> None:
    with make() as grader:
        verdicts = []
        slow = [summed(n, rows=8000) for n in (1, 2, 3)]

        def grade(data: bytes) -> None:
            verdicts.append(grader.grade(SUM, {"a.xlsx": data}))

        threads = [threading.Thread(target=grade, args=(data,)) for data in slow]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [v.success for v in verdicts] == [True] * 3
        used = offices(grader)
        assert 2 <= len(used) <= len(os.sched_getaffinity(0))
    assert not any(os.path.exists(f"/proc/{pid}") for pid in used)


def test_what_was_recalculated_is_remembered_but_not_believed_of_others(grader: Grader) -> None:
    data = summed(77)
    assert grader.grade(SUM, {"a.xlsx": data}).success
    sandbox = grader._engine.walls()._sandbox
    assert sandbox.run(["/usr/bin/pkill", "-9", "-f", "[r]ecalculate.py"]).returncode == 0
    assert grader.grade(SUM, {"a.xlsx": data}).success
    assert grader._engine.walls()._sandbox is sandbox  # nobody was asked
    other = load_workbook(BytesIO(data))
    other.active["B1"] = 9
    assert not grader.grade(SUM, {"a.xlsx": workbook_bytes(other)}).success


def office_gone(grader: Grader) -> None:
    sandbox = grader._engine.walls()._sandbox
    assert sandbox.run(["/usr/bin/pkill", "-9", "-f", "[r]ecalculate.py"]).returncode == 0


def test_a_fresh_grade_recalculates_what_is_remembered(grader: Grader) -> None:
    data = summed(78)
    assert grader.grade(SUM, {"a.xlsx": data}).success
    sandbox = grader._engine.walls()._sandbox
    office_gone(grader)
    assert grader.grade(SUM, {"a.xlsx": data}, fresh=True).success
    assert grader._engine.walls()._sandbox is not sandbox  # somebody was asked, and had to start


def test_copies_are_told_and_taken_by_another_grader(
    grader: Grader, make: Callable[..., Grader]
) -> None:
    data, copies = summed(79), dict[str, bytes]()
    assert grader.grade(SUM, {"a.xlsx": data}, copies=copies).success
    [key] = copies
    with make() as other:
        office_gone(other)  # whoever asks it breaks the sandbox
        sandbox = other._engine.walls()._sandbox
        stored_again = stable_zip(data)
        assert other.grade(SUM, {"a.xlsx": stored_again}, copies=copies).success
        assert other._engine.walls()._sandbox is sandbox
    assert list(copies) == [key]
    assert grader.grade(SUM, {"a.xlsx": summed(80)}, copies=copies).success
    assert len(copies) == 2  # another document is not taken for it


def test_copies_that_depend_on_the_day_are_not_told(grader: Grader) -> None:
    book = load_workbook(BytesIO(SHEET))
    book.active["D1"] = "=TODAY()"
    copies: dict[str, bytes] = {}
    assert grader.grade(SUM, {"a.xlsx": workbook_bytes(book)}, copies=copies).success
    assert copies == {}


def test_cached_values_are_not_believed(grader: Grader) -> None:
    cached = load_workbook(BytesIO(SHEET))
    cached.active["A1"] = 5
    verdict = grader.grade(SUM, {"a.xlsx": workbook_bytes(cached)})
    assert verdict.checks[0].detail == "expected 3, found 7 from =A1+B1"


def test_a_killed_office_and_killed_processes_heal(grader: Grader) -> None:
    assert grader.grade(SUM, {"a.xlsx": SHEET}).success
    for n, pattern in enumerate(("[s]office.bin", "[r]ecalculate.py", "[z]ygote")):
        sandbox = grader._engine.walls()._sandbox
        killed = sandbox.run(["/usr/bin/pkill", "-9", "-f", pattern])
        assert killed.returncode == 0
        assert grader.grade(SUM, {"a.xlsx": summed(n + 10)}).success, pattern
        # Only the office is replaced in place.
        assert (grader._engine.walls()._sandbox is sandbox) == ("office" in pattern)


def test_handles_share_one_sandbox_and_the_last_one_ends_it() -> None:
    one, two = grading.shared(), grading.shared()
    walls = one._engine.walls()
    assert two._engine.walls() is walls
    one.close()
    one.close()
    assert walls._sandbox.alive()
    two.close()
    assert not walls._sandbox.alive()
    assert one.grade(SUM, {"a.xlsx": SHEET}).fault.startswith("the grader is closed")


def test_nothing_starts_before_it_is_needed_nor_stays_after() -> None:
    fds = len(os.listdir("/proc/self/fd"))
    grader = Grader()
    assert grader._engine._walls is None
    assert grader.grade(task(feasible=False), {}, status="failure").success
    assert grader._engine._walls is None
    assert grader.grade(SUM, {"a.xlsx": SHEET}).success
    grader.close()
    assert len(os.listdir("/proc/self/fd")) == fds


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_starts_its_own() -> None:
    with grading.shared() as grader:
        walls = grader._engine.walls()
        pid = os.fork()
        if pid == 0:
            grader.close()
            os._exit(len(grading.grader._shared))
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        with grading.shared() as other:
            assert other._engine.walls() is walls and walls._sandbox.alive()


def test_ends_that_need_no_look() -> None:
    grader = Grader()
    infeasible = bad("fine", a=1)
    infeasible = TaskInstance(**{**vars(infeasible), "feasible": False, "validators": ()})
    assert grader.grade(infeasible, {}, status="failure").success
    for status, says in (("success", "terminated with success"), ("", "never terminated")):
        verdict = grader.grade(infeasible, {}, status=status)
        assert not verdict.success and says in verdict.checks[0].detail
    assert not grader.grade(FINE, {}, status="failure").success
    verdict = grader.grade(FINE, {"a": bytes(MAX_BYTES + 1)})
    assert not verdict.fault and "more than" in verdict.checks[0].detail
    assert grader.grade(task(), {}) == Verdict()
    grader.close()


def test_a_pack_that_only_root_can_read_is_told_apart(tmp_path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("an ordinary user's validators run as that user")
    (tmp_path / "own.py").write_text("__all__ = []")
    tmp_path.chmod(0o700)
    with Grader(sources={"own": str(tmp_path / "own.py")}) as grader:
        with pytest.raises(SetupError, match=f"chmod -R o\\+rX {tmp_path}"):
            grader.grade(FINE, {})


def test_a_machine_without_the_office_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from cuagym.grading import walls

    monkeypatch.setattr(walls, "_UNO", Path("/nowhere/uno.py"))
    with Grader() as grader, pytest.raises(SetupError, match="apt-get install.*python3-uno"):
        grader.grade(FINE, {})


def test_who_has_all_that_it_needs_may_leave() -> None:
    """An empty file comes last: the other side has answered by then, on a busy machine."""
    ours, theirs = socket.socketpair()
    sent: list[bytes] = []

    class Link:
        def sendall(self, data: bytes) -> None:
            ours.sendall(data)
            sent.append(data)
            if len(sent) == 2:  # the header, and the one blob that is not empty
                assert wire.receive(theirs) == ({"x": 1}, [b"full", b""])
                theirs.close()

    wire.send(Link(), {"x": 1}, [b"full", b""])  # type: ignore[arg-type]
    ours.close()
