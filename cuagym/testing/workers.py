"""Proofs in processes of their own: all cores are used; code that hangs or dies is survived."""

from __future__ import annotations

import collections
import multiprocessing
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, Final

from cuagym import pack
from cuagym.errors import CuagymError
from cuagym.testing.conformance import Proof, prove

__all__ = ["DEADLINE", "Unit", "run"]

DEADLINE: Final = 600.0
"""The most seconds of one family at one seed: beyond it its code hangs."""


@dataclass(frozen=True)
class Unit:
    """A family at a seed.

    Attributes:
        spec: What `cuagym.pack.find` finds the family by, maybe among others.
        family: Its id.
        seed: The seed.
        keep: Whether its end states shall be kept.
    """

    spec: str
    family: str
    seed: int
    keep: bool = False


@dataclass
class _Worker:
    process: SpawnProcess
    link: Connection
    unit: Unit | None = None
    since: float = 0.0


def run(
    units: Iterable[Unit], jobs: int, deadline: float = DEADLINE, **how: Any
) -> Iterator[Proof]:
    """Prove units, several at once; yield what came of each as it comes.

    Args:
        units: What is to be proven.
        jobs: How many at once.
        deadline: The most real seconds of one.
        **how: Arguments of `prove`.
    """
    todo = collections.deque(units)
    context = multiprocessing.get_context("spawn")
    workers = [_start(context, how) for _ in range(min(jobs, len(todo)))]
    try:
        for worker in workers:
            _give(worker, todo)
        while busy := [w for w in workers if w.unit is not None]:
            first = min(w.since for w in busy) + deadline
            wait([w.link for w in busy], max(0.0, first - time.monotonic()))
            for index, worker in enumerate(workers):
                proof = _proof(worker, deadline) if worker.unit is not None else None
                if proof is None:
                    continue
                yield proof
                worker.unit = None
                if todo and not worker.process.is_alive():
                    workers[index] = worker = _start(context, how)
                _give(worker, todo)
    finally:
        for worker in workers:
            worker.link.close()  # which ends an idle one
            if worker.unit is not None:
                worker.process.terminate()
        for worker in workers:
            worker.process.join()


def _start(context: SpawnContext, how: dict[str, Any]) -> _Worker:
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, how))
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _give(worker: _Worker, todo: collections.deque[Unit]) -> None:
    if todo:
        worker.unit, worker.since = todo.popleft(), time.monotonic()
        worker.link.send(worker.unit)


def _proof(worker: _Worker, deadline: float) -> Proof | None:
    """What a worker's unit came to; None if it is still at work."""
    assert worker.unit is not None
    unit, seconds = worker.unit, time.monotonic() - worker.since
    why = ""
    try:
        if worker.link.poll():
            proof = worker.link.recv()
            assert isinstance(proof, Proof)
            return proof
    except (EOFError, OSError):
        worker.process.join()
        why = f"the process that proved it died (status {worker.process.exitcode})"
    if not why and seconds > deadline:
        worker.process.kill()
        worker.process.join()
        why = f"it took more than {deadline:g} s: does its code loop?"
    return Proof(unit.family, unit.seed, problems=[why], seconds=seconds) if why else None


def _serve(link: Connection, how: dict[str, Any]) -> None:
    """Be a worker: prove what comes, until nothing more does."""
    from cuagym.grading import shared

    with shared(how.get("sandbox", "auto")):  # kept over all of them
        while True:
            try:
                unit = link.recv()
            except (EOFError, KeyboardInterrupt):
                return
            try:
                [family] = [f for f in pack.find(unit.spec) if f.id == unit.family]
                proof = prove(family, unit.seed, keep=unit.keep, **how)
            except CuagymError as e:
                proof = Proof(unit.family, unit.seed, problems=[str(e)])
            link.send(proof)
