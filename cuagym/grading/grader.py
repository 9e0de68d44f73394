"""The side of grading that users see: a grader, its handles, and how grades fail."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from cuagym.documents import MAX_BYTES
from cuagym.errors import Fault
from cuagym.grading import wire
from cuagym.grading.walls import FOLDER, Walls
from cuagym.grading.wire import Settings
from cuagym.jobs import Job
from cuagym.task import TaskInstance
from cuagym.verdict import Check, Verdict

__all__ = ["Grader", "shared"]

DEADLINE: Final = 120.0
"""The most seconds of one grade: on a busy machine the start of a LibreOffice is within it."""
_CPU: Final = 60
_MEMORY: Final = 4 << 30
_OFFICES: Final = 8
"""The most LibreOffices, however many CPUs there are: each takes about 90 MB."""


def _offices() -> int:
    """As many LibreOffices as there are CPUs for them."""
    return min(len(os.sched_getaffinity(0)), _OFFICES)


def _installed() -> dict[str, str]:
    """Where all validators are that are installed."""
    # Imported here, since the walled side imports this package too, and needs no packs.
    from cuagym.pack import validator_sources

    return validator_sources()


class _Gone(Exception):
    """The walled processes broke before they said anything of the grade."""


class _Engine:
    """Walls that several handles share; up from the first use to the last close."""

    def __init__(self, backend: str, sources: Mapping[str, str] | None) -> None:
        self._backend, self._sources = backend, sources
        self._lock = threading.Lock()
        self._walls: Walls | None = None
        self._users = 0

    def enter(self) -> None:
        with self._lock:
            self._users += 1

    def leave(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._close()

    def walls(self) -> Walls:
        """Return the walls, started if they are not up; other threads wait meanwhile."""
        with self._lock:
            if self._users == 0:
                raise Fault("the grader was closed meanwhile")
            if self._walls is None:
                sources = _installed() if self._sources is None else self._sources
                settings = Settings(
                    FOLDER, dict(sources), DEADLINE / 2, _CPU, _MEMORY, offices=_offices()
                )
                self._walls = Walls(self._backend, settings)
            return self._walls

    def discard(self, broken: Walls) -> None:
        """Take walls down that broke, unless somebody else did."""
        with self._lock:
            if self._walls is broken:
                self._close()

    def _close(self) -> None:
        if self._walls is not None:
            self._walls.close()
            self._walls = None


class Grader:
    """Runs validators, apart from the agent's machine and from this process.

    The first grade, or `warm`, starts one sandbox without a network. In it LibreOffices
    recalculate, a second one where several grades come at once, and every grade has a process of
    its own, forked from a warm one. Threads may share a grader.

    Args:
        backend: The sandbox's backend, or `auto`.
        deadline: The most seconds of one grade.
        sources: Where validators are, by the first part of their names: a module, or a file; by
            default all that are installed.

    Example:
        >>> from cuagym.pack import find
        >>> task = find("excel/monthly-total")[0].instance(seed=0)
        >>> with Grader() as grader:
        ...     verdict = grader.grade(task, task.files, status="success")
        >>> verdict.success  # nothing was done
        False
    """

    def __init__(
        self,
        backend: str = "auto",
        deadline: float = DEADLINE,
        sources: Mapping[str, str] | None = None,
        *,
        engine: _Engine | None = None,
    ) -> None:
        """Make a grader; nothing starts."""
        self._deadline = deadline
        self._engine = engine or _Engine(backend, sources)
        self._engine.enter()
        self._closed = False
        self._warming: Job[None] | None = None
        self._lock = threading.Lock()
        self._pid = os.getpid()

    def warm(self) -> None:
        """Start what grades need, in the background; an error comes out of the first grade."""

        def start() -> None:
            with suppress(Exception):
                self._engine.walls()

        # At the interpreter's end its sandbox is closed, and that ends it: nothing else is to do.
        self._warming = Job(start, abort=lambda: None)

    def grade(
        self,
        instance: TaskInstance,
        files: Mapping[str, bytes],
        answer: str = "",
        status: str = "",
        *,
        copies: dict[str, bytes] | None = None,
        fresh: bool = False,
    ) -> Verdict:
        """Judge what an agent left.

        Args:
            instance: The task.
            files: What it left, by name in the workspace; `instance.open` among them, unless it
                removed it.
            answer: What it answered.
            status: How it terminated, `success` or `failure`; "" if it never did.
            copies: Workbooks that LibreOffice has recalculated for earlier grades, by keys that
                name document and build. They are believed; what else was recalculated is added,
                unless it depends on the time of day.
            fresh: Whether to recalculate everything else, even what this grader remembers.

        Returns:
            The verdict; a validator that raises, hangs or dies gives one with a fault that names
            it. A task without validators has a verdict without checks.

        Raises:
            SetupError: If the machine lacks something.
        """
        early = _without_looking(instance, files, status)
        if early is not None:
            return early
        verdict = self._judge(instance, files, answer, status, copies, fresh)
        if instance.feasible or verdict.fault:
            return verdict
        return Verdict((_declared(status), *verdict.checks))

    def stored_again(self, name: str, data: bytes) -> bytes:
        """Return a workbook as LibreOffice stores it, as xlsx.

        Args:
            name: Its file name.
            data: Its bytes.

        Raises:
            Fault: If LibreOffice cannot.
        """
        said, blobs = self._answered({"store": name}, [data])
        if "fault" in said:
            raise Fault(said["fault"])
        return blobs[0]

    def _judge(
        self,
        instance: TaskInstance,
        files: Mapping[str, bytes],
        answer: str,
        status: str,
        copies: dict[str, bytes] | None,
        fresh: bool,
    ) -> Verdict:
        """Have it judged; by fresh processes where the first ones broke."""
        body = {
            "validators": [
                {"name": v.name, "args": dict(v.args), "weight": v.weight}
                for v in instance.validators
            ],
            "document": instance.open,
            "left": list(files),
            "initial": list(instance.files),
            "gold": list(instance.gold),
            "answer": answer,
            "status": status,
            "copies": list(copies or {}),
            "tell": copies is not None,
            "fresh": fresh,
        }
        every = (copies or {}, files, instance.files, instance.gold)
        said, made = self._answered(body, [data for each in every for data in each.values()])
        if "fault" in said:
            return Verdict.failed(said["fault"])
        if copies is not None:
            copies.update(zip(said["copies"], made, strict=True))
        return Verdict.from_json(said["verdict"])

    def _answered(self, body: Any, blobs: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        """Return the answer to a request, {"fault": why} where there is none."""
        if self._closed or os.getpid() != self._pid:
            return {"fault": "the grader is closed, or belongs to the parent process"}, []
        why = ""
        for _ in range(2):
            try:
                walls = self._engine.walls()
            except Fault as e:
                return {"fault": f"grading did not start: {e}"}, []
            try:
                return self._ask(walls, body, blobs)
            except _Gone as e:
                why = f"the grading process broke: {e}; its last words: {walls.errors()}"
                self._engine.discard(walls)
        return {"fault": why}, []

    def _ask(
        self, walls: Walls, body: Any, blobs: list[bytes]
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Have one request served.

        Raises:
            _Gone: If nobody is there to do it.
        """
        end = time.monotonic() + self._deadline
        doing = "the documents were being read"
        try:
            with walls.connect() as link:
                link.settimeout(self._deadline)
                with suppress(BrokenPipeError, ConnectionResetError):  # why, is heard next
                    wire.send(link, body, blobs)
                while True:
                    said, got = wire.receive(link, end)
                    if "running" in said:
                        doing = f"validator {said['running']} ran"
                    elif "died" in said:
                        why = f"the process died while {doing} (status {said['died']})"
                        return {"fault": why}, []
                    else:
                        return dict(said["answer"]), got
        except TimeoutError:
            return {"fault": f"grading took over {self._deadline:g} s, while {doing}"}, []
        except (OSError, Fault) as e:  # a Fault: the sandbox is gone
            raise _Gone(f"{e}, while {doing}") from e

    def close(self) -> None:
        """End everything that was started, unless another handle uses it; may be called twice."""
        if os.getpid() != self._pid:
            return  # a fork's copy: what it started is its parent's
        with self._lock:
            if self._closed:
                return
            self._closed = True
        if self._warming is not None:
            self._warming.cancel()
            self._warming.join()
        self._engine.leave()

    def __enter__(self) -> Grader:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


def _without_looking(
    instance: TaskInstance, files: Mapping[str, bytes], status: str
) -> Verdict | None:
    """Return the verdict where it does not depend on what validators say."""
    if not instance.feasible and (not instance.validators or not _declared(status).passed):
        return Verdict((_declared(status),))
    if not instance.validators:
        return Verdict()
    if status == "failure" and instance.feasible:
        why = "the agent terminated with failure, though the task can be done"
        return Verdict((Check("not given up", False, why),))
    size = sum(map(len, files.values()))
    if size > MAX_BYTES:
        why = f"the files left have {size:,} bytes, more than the {MAX_BYTES:,} that are graded"
        return Verdict((Check("size", False, why),))
    return None


def _declared(status: str) -> Check:
    """Whether the agent said that a task cannot be done that cannot be done."""
    told = {"success": "terminated with success", "failure": ""}.get(status, "never terminated")
    why = f"the task cannot be done; the agent {told}" if told else ""
    return Check("declared infeasible", not why, why)


_shared: dict[tuple[str, frozenset[tuple[str, str]]], _Engine] = {}
_shared_lock = threading.Lock()


def shared(backend: str = "auto") -> Grader:
    """Return a handle to the grader that all environments of this process share.

    What it started ends when the last handle is closed. Packs that were added meanwhile give
    another one, which knows their validators.

    Args:
        backend: The sandbox's backend, or `auto`.
    """
    sources = _installed()
    key = backend, frozenset(sources.items())
    with _shared_lock:
        engine = _shared.setdefault(key, _Engine(backend, sources))
    return Grader(backend, engine=engine)


def _forget() -> None:
    """A forked process must not talk through its parent's connections: it starts its own."""
    global _shared_lock
    _shared.clear()
    _shared_lock = threading.Lock()


os.register_at_fork(after_in_child=_forget)
