"""The walled side of grading: one process that is warm, and a disposable child of it per grade.

It has imported openpyxl and the validators once; a grade is a connection to its socket, for which
it forks a child that may do no harm: a validator that hangs, eats memory or dies takes that child
with it and nothing else. All time limits are kept outside, by the grader, which ends a grade by
closing its connection.

    usage: python -m cuagym.grading.zygote JSON, the fields of wire.Settings
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import select
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from cuagym import formats, validation
from cuagym.artefacts import Artefacts, Unreadable
from cuagym.errors import Fault, TaskError
from cuagym.grading import wire
from cuagym.grading.composed import composed, share
from cuagym.grading.recalculator import HelperGone, Recalculator, begin
from cuagym.grading.wire import Settings
from cuagym.task import ValidatorSpec
from cuagym.verdict import Check, Verdict

__all__ = ["main"]

_MAX_DETAIL: Final = 600
_UNTOUCHED: Final = "; the file is still the one that the episode began with: was it saved?"


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _artefacts(
    folder: Path, body: Mapping[str, Any], blobs: list[bytes], recalculate: Recalculator
) -> Artefacts:
    (folder / "recalculated").mkdir()
    places, rest = {}, iter(blobs)
    for kind in ("left", "initial", "gold"):
        places[kind] = folder / kind
        places[kind].mkdir()
        _write(places[kind], {name: next(rest) for name in body[kind]})
    return Artefacts(
        document=places["left"] / body["document"],
        initial=places["initial"] / body["document"],
        folder=places["left"],
        gold=places["gold"],
        answer=body["answer"],
        status=body["status"],
        recalculate=recalculate,
    )


def _run(spec: ValidatorSpec, sources: Mapping[str, str], artefacts: Artefacts) -> list[Check]:
    """Run one validator.

    Raises:
        Fault: If it raises, or returns something else than checks; names it.
    """
    name = spec.name
    try:
        if name in validation.COMPOSED:
            checks = composed(spec, lambda part: _run(part, sources, artefacts))
        else:
            checks = validation.find(name, sources)(artefacts, **spec.args)
    except Unreadable as e:
        return [Check(name, False, str(e))]
    except TaskError as e:
        raise Fault(f"validator {name}: {e}") from e
    except (Fault, HelperGone):
        raise
    except BaseException as e:
        where = traceback.extract_tb(e.__traceback__)[-1]
        raise Fault(
            f"validator {name} raised {type(e).__name__}: {e}"
            f" ({os.path.basename(where.filename)}, line {where.lineno})"
        ) from e
    if not (isinstance(checks, list) and checks and all(isinstance(c, Check) for c in checks)):
        raise Fault(f"validator {name} must return a list of checks, returned {checks!r:.80}")
    return [Check(c.name, c.passed, c.detail[:_MAX_DETAIL], c.weight) for c in checks]


def _serve(settings: Settings, folder: Path, link: socket.socket) -> None:
    """Serve one connection: read what is asked, and answer."""
    body, blobs = wire.receive(link)
    answer: dict[str, Any]
    made: dict[str, bytes] = {}
    try:
        if "store" in body:
            answer, made = {}, {"": _stored_again(settings, folder, body["store"], blobs[0])}
        else:
            given = dict(zip(body["copies"], blobs, strict=False))
            there = Recalculator(settings, folder / "recalculated", given, body["fresh"])
            verdict = _grade(settings, folder, link, body, blobs[len(given) :], there)
            made = there.made() if body["tell"] else {}
            answer = {"verdict": verdict.to_json(), "copies": list(made)}
    except (Fault, Unreadable) as e:
        answer = {"fault": str(e)}
    wire.send(link, {"answer": answer}, made.values())


def _stored_again(settings: Settings, folder: Path, name: str, data: bytes) -> bytes:
    for place in ("left", "recalculated"):
        (folder / place).mkdir()
    _write(folder / "left", {name: data})
    return Recalculator(settings, folder / "recalculated")(folder / "left" / name, {}).read_bytes()


def _grade(
    settings: Settings,
    folder: Path,
    link: socket.socket,
    body: Mapping[str, Any],
    blobs: list[bytes],
    recalculator: Recalculator,
) -> Verdict:
    """Return the verdict of what a request brought; tell which validator runs.

    Raises:
        Fault: If grading breaks.
    """
    artefacts = _artefacts(folder, body, blobs, recalculator)
    specs = [ValidatorSpec(**v) for v in body["validators"]]
    with contextlib.suppress(TaskError):  # it comes again when the validator is run
        begin(recalculator, specs, settings.sources, artefacts)
    checks: list[Check] = []
    taken: set[str] = set()
    for spec in specs:
        wire.send(link, {"running": spec.name})
        found = _run(spec, settings.sources, artefacts)
        checks += share(spec.name, spec.weight, found, taken)
    if artefacts.untouched:
        checks = [c if c.passed else replace(c, detail=c.detail + _UNTOUCHED) for c in checks]
    return Verdict(tuple(checks))


def _child(settings: Settings, folder: Path, link: socket.socket) -> None:
    """Be the disposable process of one grade; never returns."""
    status = 1
    try:
        for what, most in (
            (resource.RLIMIT_CPU, settings.cpu),
            (resource.RLIMIT_AS, settings.memory),
            (resource.RLIMIT_FSIZE, 2**29),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(what, (most, most))
        _serve(settings, folder, link)
        status = 0
    except HelperGone:
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


@dataclass(frozen=True)
class _Running:
    pid: int
    pidfd: int
    link: socket.socket
    folder: Path


class _Nursery:
    """The children, by the descriptors that tell of their ends and of their clients'."""

    def __init__(self, settings: Settings, server: socket.socket) -> None:
        self.settings, self.server = settings, server
        self.poll = select.poll()
        self.poll.register(server, select.POLLIN)
        self.by_fd: dict[int, _Running] = {}

    def accept(self) -> None:
        """Fork a child for a new connection."""
        link, _ = self.server.accept()
        folder = Path(tempfile.mkdtemp(prefix="grade-", dir=self.settings.folder))
        pid = os.fork()
        if pid == 0:
            # Else the end of another grade is not seen while this one runs.
            self.server.close()
            for other in self.by_fd.values():
                other.link.close()
            _child(self.settings, folder, link)
        running = _Running(pid, os.pidfd_open(pid), link, folder)
        self.by_fd[running.pidfd] = self.by_fd[link.fileno()] = running
        self.poll.register(running.pidfd, select.POLLIN)
        self.poll.register(link, 0)  # only its hanging up

    def notice(self, fd: int) -> None:
        """A child has ended, or the one who waits for it has gone, which ends it."""
        running = self.by_fd.get(fd)
        if running is None:
            return
        if fd != running.pidfd:
            os.kill(running.pid, signal.SIGKILL)
            self.poll.unregister(fd)
            return
        code = os.waitstatus_to_exitcode(os.waitpid(running.pid, 0)[1])
        for each in (running.pidfd, running.link.fileno()):
            del self.by_fd[each]
            with contextlib.suppress(KeyError):
                self.poll.unregister(each)
        os.close(running.pidfd)
        if code:
            with contextlib.suppress(OSError):
                wire.send(running.link, {"died": code})
        running.link.close()
        shutil.rmtree(running.folder, ignore_errors=True)

    def serve(self) -> None:
        """Serve for ever."""
        while True:
            for fd, _ in self.poll.poll():
                if fd == self.server.fileno():
                    self.accept()
                else:
                    self.notice(fd)


def main(settings: Settings) -> None:
    """Import what grades will need, say so on stdout, and serve."""
    os.makedirs(settings.folder, exist_ok=True)
    importlib.import_module("openpyxl")
    for source in settings.sources.values():
        try:
            validation.load(source)
        except Exception:  # told to the grade that asks for it
            traceback.print_exc()
    for suffix in formats.suffixes():
        try:
            formats.of(suffix)
        except Exception:
            traceback.print_exc()
    server = socket.socket(socket.AF_UNIX)
    server.bind(settings.socket)
    server.listen(128)
    os.write(sys.stdout.fileno(), b"ready\n")
    gc.freeze()  # else every child copies what it was forked with, to count it
    _Nursery(settings, server).serve()


if __name__ == "__main__":
    main(Settings(**json.loads(sys.argv[1])))
