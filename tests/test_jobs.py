"""Work in the background, waited for by a descriptor."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest

from cuagym import jobs
from cuagym.jobs import Job

from .conftest import python, readable


class Gate:
    """A call that ends when it is let through."""

    def __init__(self, then: Callable[[], Any]) -> None:
        self.then, self.open, self.begun = then, threading.Event(), threading.Event()

    def __call__(self) -> Any:
        self.begun.set()
        self.open.wait()
        return self.then()


def test_a_value_arrives_and_the_descriptor_says_so() -> None:
    gate = Gate(lambda: 42)
    job = Job(gate)
    gate.begun.wait()
    assert not job.done() and not readable(job, 0)
    gate.open.set()
    assert readable(job) and job.done()
    assert readable(job, 0)  # until the result is taken
    assert job.result() == 42


def test_result_waits() -> None:
    gate = Gate(lambda: "late")
    job = Job(gate)
    threading.Thread(target=gate.open.set).start()
    assert job.result() == "late"


@pytest.mark.parametrize("error", [ValueError("wrong"), KeyboardInterrupt(), SystemExit(3)])
def test_an_error_is_raised_where_the_result_is_asked_for(error: BaseException) -> None:
    def fail() -> None:
        raise error

    job = Job(fail)
    assert readable(job) and job.done()
    with pytest.raises(type(error)) as caught:
        job.result()
    assert caught.value is error


def test_a_cancelled_value_is_discarded_once() -> None:
    discarded: list[int] = []
    job = Job(lambda: 7, discarded.append)
    job.cancel()
    job.cancel()
    job.join()
    assert discarded == [7]


def test_a_value_that_was_taken_is_not_discarded() -> None:
    discarded: list[int] = []
    job = Job(lambda: 7, discarded.append)
    assert job.result() == 7
    job.cancel()
    assert discarded == []


def test_a_cancelled_error_is_nobodys() -> None:
    discarded: list[Any] = []
    job = Job(lambda: 1 / 0, discarded.append)
    job.cancel()
    job.join()
    assert discarded == []


def test_cancelling_does_not_wait_and_what_comes_late_is_discarded() -> None:
    gate, discarded = Gate(lambda: 7), []
    job: Job[int] = Job(gate, discarded.append)
    job.cancel()  # would hang if it waited
    assert discarded == []
    gate.open.set()
    job.join()
    assert discarded == [7]


def test_a_running_call_is_aborted() -> None:
    gate = Gate(lambda: 7)
    job: Job[int] = Job(gate, abort=gate.open.set)
    job.cancel()
    job.join()
    assert job.done()


def test_the_end_of_the_interpreter_waits_for_what_it_can_abort() -> None:
    said = python(
        "import threading, time; from cuagym import sandbox; from cuagym.jobs import Job\n"
        "stop = threading.Event()\n"
        "def call(): stop.wait(); time.sleep(0.1); print('cleaned up')\n"
        "Job(call, abort=stop.set)"
    )
    assert said == "cleaned up"


def test_jobs_leave_no_descriptor_and_no_thread() -> None:
    def open_files() -> int:
        return len(os.listdir("/proc/self/fd"))

    before = open_files(), threading.active_count()
    jobs = [Job(lambda: 1) for _ in range(20)]
    for job in jobs[:10]:
        job.result()
    for job in jobs[10:]:
        job.cancel()
        job.join()
    assert (open_files(), threading.active_count()) == before


def test_a_job_does_not_keep_an_interpreter_alive() -> None:
    assert python("from cuagym.jobs import Job; import time; Job(lambda: time.sleep(1000))") == ""


@pytest.mark.parametrize("begun", [True, False])
def test_an_interrupt_while_it_starts_leaves_nothing_running(
    monkeypatch: pytest.MonkeyPatch, begun: bool
) -> None:
    gate, discarded = Gate(lambda: 7), threading.Event()
    start = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        if begun:
            start(thread)
            gate.begun.wait()
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Job(gate, lambda _: discarded.set(), gate.open.set)
    jobs.end_all()
    assert gate.begun.is_set() == discarded.is_set() == begun
