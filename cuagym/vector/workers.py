"""Desktops that other processes drive, a share each; observations lie in shared memory."""

from __future__ import annotations

import array
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from cuagym.errors import Fault
from cuagym.vector.buffers import Buffer
from cuagym.vector.pool import Outcome
from cuagym.vector.worker import Begin

__all__ = ["WorkerPool"]

_PROGRAM = "from cuagym.vector.worker import main; main()"
_PATIENCE = 20.0
"""Real seconds for a worker to end by itself."""


class _Process:
    """One worker, from the pool's side."""

    def __init__(self, begin: Begin, frames: Buffer, instructions: Buffer) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            command = [sys.executable, "-c", _PROGRAM, str(theirs.fileno())]
            path = os.pathsep.join(p or os.getcwd() for p in sys.path)
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONPATH": path},
            )
        fds = array.array("i", [frames.fd, instructions.fd])
        ours.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
        self.pipe: Connection[Any, Any] = Connection(ours.detach())
        self.pipe.send(begin)

    def cause(self) -> str:
        """How it ended."""
        code = self._process.wait()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return f"a worker process of the vector env has ended ({how})"

    def close(self) -> None:
        """End it and everything that it drives."""
        self.pipe.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class WorkerPool:
    """The same as `LocalPool`, with the envs spread over processes.

    A worker that dies takes the episodes of its desktops with it: each is told as a fault, and
    their next resets start another worker. Generators that died are seeded anew, from the seed that
    was given last and the number of deaths.

    Args:
        args: What each env is made with.
        frames: Shared, uint8 (n, H, W, 3).
        instructions: Shared, uint8 (n, 1024).
        count: How many workers.
    """

    def __init__(
        self,
        args: Sequence[Mapping[str, Any]],
        frames: Buffer,
        instructions: Buffer,
        count: int,
    ) -> None:
        self._args, self._frames, self._instructions = args, frames, instructions
        shares = [tuple(range(w, len(args), count)) for w in range(min(count, len(args)))]
        self._share = {place: w for w, share in enumerate(shares) for place in share}
        self._shares = shares
        self._workers: list[_Process | None] = [None] * len(shares)
        self._poll = select.poll()
        self._by_fd: dict[int, int] = {}
        self._busy: dict[int, bool] = {}  # places at work: whether they reset
        self._lost: set[int] = set()  # places whose episode died with its worker
        self._seeds: dict[int, int | None] = {}
        self._deaths = 0
        self._over: list[tuple[int, Outcome]] = []
        for worker in range(len(shares)):
            self._start(worker)

    def _start(self, worker: int) -> _Process:
        places = self._shares[worker]
        begin = Begin(
            places,
            tuple(dict(self._args[place]) for place in places),
            self._frames.array.shape,
            self._instructions.array.shape,
        )
        process = self._workers[worker] = _Process(begin, self._frames, self._instructions)
        self._by_fd[process.pipe.fileno()] = worker
        self._poll.register(process.pipe.fileno(), select.POLLIN)
        return process

    def begin_reset(
        self, place: int, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> None:
        """As LocalPool's; a wrong option is told by `wait`."""
        process = self._workers[self._share[place]] or self._start(self._share[place])
        if place in self._lost and seed is None:
            entropy = [self._seeds.get(place) or 0, place, self._deaths]
            seed = int(np.random.SeedSequence(entropy).generate_state(1)[0])
        elif seed is not None:
            self._seeds[place] = seed
        self._lost.discard(place)
        self._busy[place] = True
        self._tell(process, ("reset", place, seed, None if options is None else dict(options)))

    def begin_step(self, place: int, turn: Sequence[Any]) -> None:
        """As LocalPool's."""
        process = self._workers[self._share[place]]
        if process is None or place in self._lost:
            self._over.append((place, _truncated("its worker process has ended")))
            return
        self._busy[place] = False
        self._tell(process, ("step", place, list(turn)))

    def _tell(self, process: _Process, message: Any) -> None:
        with suppress(OSError):  # its end is read from the same socket
            process.pipe.send(message)

    def wait(self, timeout: float | None) -> list[tuple[int, Outcome]]:
        """As LocalPool's."""
        end = None if timeout is None else time.monotonic() + timeout
        while not self._over:
            left = None if end is None else max(0.0, 1e3 * (end - time.monotonic()))
            for fd, _ in self._poll.poll(left):
                self._hear(self._by_fd[fd])
            if end is not None and time.monotonic() >= end:
                break
        over, self._over = self._over, []
        return over

    def _hear(self, worker: int) -> Any:
        """Reads what a worker says until there is nothing more; what was asked for by a call."""
        process = self._workers[worker]
        while process is not None and process.pipe.poll():
            try:
                what, place, value = process.pipe.recv()
            except (EOFError, OSError):
                self._died(worker, process)
                return None
            if what == "over":
                del self._busy[place]
                self._over.append((place, value))
            elif what == "refused":
                del self._busy[place]
                self._over.append((place, Outcome(True, error=value)))
            else:
                return what, value
        return None

    def _died(self, worker: int, process: _Process) -> None:
        self._workers[worker] = None
        self._poll.unregister(process.pipe.fileno())
        del self._by_fd[process.pipe.fileno()]
        self._deaths += 1
        cause = process.cause()
        process.close()
        for place in self._shares[worker]:
            self._lost.add(place)
            if place not in self._busy:
                continue
            if self._busy.pop(place):
                self.begin_reset(place)
            else:
                self._over.append((place, _truncated(cause)))

    def call(self, place: int, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """As LocalPool's; what cannot be pickled does not come back."""
        return self._ask(place, ("call", place, name, tuple(args), dict(kwargs)))

    def set(self, place: int, name: str, value: Any) -> None:
        """As LocalPool's."""
        self._ask(place, ("set", place, name, value))

    def _ask(self, place: int, message: Any) -> Any:
        worker = self._share[place]
        process = self._workers[worker] or self._start(worker)
        self._tell(process, message)
        while True:
            process.pipe.poll(None)
            answer = self._hear(worker)
            if answer is not None:
                break
            if self._workers[worker] is not process:
                raise Fault("the worker process of this env has ended")
        what, value = answer
        if what == "raised":
            raise value
        return value

    def close(self) -> None:
        """As LocalPool's."""
        workers, self._workers = self._workers, [None] * len(self._workers)
        for process in workers:
            if process is not None:
                process.pipe.close()  # all of them begin to end
        for process in workers:
            if process is not None:
                process.close()


def _truncated(cause: str) -> Outcome:
    return Outcome(False, truncated=True, info={"fault": cause})
