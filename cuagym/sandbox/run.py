"""Running a program inside a sandbox to its end."""

from __future__ import annotations

import errno
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass

from cuagym.sandbox.control import Control
from cuagym.sandbox.launch import memfd

OUTPUT = 64 << 20
"""Bytes that a program may write to stdout, and to stderr."""
_LAST_SECONDS = 10.0


@dataclass(frozen=True)
class Completed:
    """A program that has run inside.

    Attributes:
        returncode: Its exit code; negative: the signal that ended it.
        stdout: What it wrote there.
        stderr: What it wrote there.
    """

    returncode: int
    stdout: bytes
    stderr: bytes


class _Run:
    """A program that runs, the pipes that it writes to, and the eventfd that tells its end."""

    def __init__(
        self,
        control: Control,
        cwd: str,
        argv: Sequence[str],
        env: Mapping[str, str],
        content: bytes,
    ) -> None:
        self.control = control
        self.program = argv[0]
        self._stack = ExitStack()
        self._poll = select.poll()
        self._output: dict[int, bytearray] = {}
        with ExitStack() as stack, ExitStack() as passed:
            stdio = {}
            if content:
                stdio[0] = memfd("stdin", content)
                passed.callback(os.close, stdio[0])
            for number in (1, 2):
                read, stdio[number] = os.pipe2(os.O_CLOEXEC)
                stack.callback(os.close, read)
                passed.callback(os.close, stdio[number])
                os.set_blocking(read, False)
                os.fchmod(stdio[number], 0o666)  # the agent may open /dev/stdout once more
                self._output[read] = bytearray()
                self._poll.register(read, select.POLLIN)
            self._ended = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
            stack.callback(os.close, self._ended)
            self._poll.register(self._ended, select.POLLIN)
            self._poll.register(control, select.POLLIN)
            self.pid = control.spawn(cwd, argv, env, stdio, watch=self._ended)
            stack.callback(control.forget, self.pid)
            self._stack = stack.pop_all()

    def close(self) -> None:
        self._stack.close()

    def collect(self, deadline: float) -> int | None:
        """Gathers output until the program ends or the time has come; its status if it ended."""
        while True:
            left = deadline - time.monotonic()
            ready = {fd for fd, _ in self._poll.poll(max(0.0, left) * 1000)}
            status = self.control.status(self.pid)  # before the pipes: what it wrote is in them
            for fd in ready & set(self._output) if status is None else list(self._output):
                self._take(fd)
            if status is not None:
                return status
            if self.control.fileno() in ready:
                self.control.drain()
            if left <= 0:
                return None

    def _take(self, fd: int) -> None:
        """Empties a pipe; a process that the program left behind may go on writing to it."""
        output = self._output[fd]
        while len(output) <= OUTPUT:
            try:
                chunk = os.read(fd, 1 << 20)
            except BlockingIOError:
                return
            if not chunk:
                with suppress(KeyError):
                    self._poll.unregister(fd)
                return
            output += chunk
        raise OSError(errno.EFBIG, f"the output has more than {OUTPUT} bytes", self.program)

    def kill(self) -> None:
        """Kills the program and its group, and waits for its end."""
        with suppress(ProcessLookupError):
            self.control.kill(-self.pid, signal.SIGKILL)
        with suppress(OSError):
            self.collect(time.monotonic() + _LAST_SECONDS)

    def output(self) -> tuple[bytes, bytes]:
        out, err = self._output.values()
        return bytes(out), bytes(err)


def run(
    control: Control,
    cwd: str,
    argv: Sequence[str],
    env: Mapping[str, str],
    content: bytes,
    timeout: float,
) -> Completed:
    """Runs a program to its end; see `Sandbox.run`."""
    program = _Run(control, cwd, argv, env, content)
    try:
        try:
            status = program.collect(time.monotonic() + timeout)
        except BaseException:
            program.kill()
            raise
        if status is None:
            program.kill()
            raise subprocess.TimeoutExpired(list(argv), timeout, *program.output())
        return Completed(status, *program.output())
    finally:
        program.close()
