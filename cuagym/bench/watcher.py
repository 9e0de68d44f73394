"""An independent watcher of a framebuffer: when did the screen last change?"""

from __future__ import annotations

import ctypes
import mmap
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from cuagym.bench._watch import COUNT, FIRST, LENGTH, LOOK, RING
from cuagym.desktop.xvfb import FRAMEBUFFER
from cuagym.errors import Fault
from cuagym.sandbox import Sandbox

__all__ = ["PERIOD", "Change", "Watcher"]

PERIOD = 0.0005
"""Seconds between two looks; a look takes 0.2 ms more at 1280x720."""
_PATIENCE = 30.0


@dataclass(frozen=True)
class Change:
    """The screen changed at some moment between two, CLOCK_MONOTONIC in seconds."""

    after: float
    before: float


class Watcher:
    """A process of its own that compares the framebuffer with a copy, about every 0.7 ms.

    It gets a descriptor of the framebuffer and nothing else of the desktop. A context manager.

    Args:
        sandbox: Whose screen.

    Raises:
        Fault: It did not start, or died.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        with ExitStack() as stack:
            screen = sandbox.open(f"{FRAMEBUFFER}/Xvfb_screen0")
            stack.callback(os.close, screen)
            shared = os.memfd_create("watcher", os.MFD_CLOEXEC)
            stack.callback(os.close, shared)
            os.ftruncate(shared, LENGTH * 8)
            self._said = (ctypes.c_int64 * LENGTH).from_buffer(mmap.mmap(shared, LENGTH * 8))
            program = str(Path(__file__).with_name("_watch.py"))
            numbers = [str(screen), str(shared), str(PERIOD)]
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", program, *numbers],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                pass_fds=(screen, shared),
            )
        try:
            self.catch_up(0.0)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Watcher:
        """Returns itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the process."""
        self.close()

    @property
    def count(self) -> int:
        """How many changes it has seen."""
        return int(self._said[COUNT])

    def catch_up(self, moment: float) -> None:
        """Waits until a look has begun and ended after `moment` (CLOCK_MONOTONIC, seconds).

        Raises:
            Fault: It died.
        """
        deadline = time.monotonic() + _PATIENCE
        while self._said[LOOK] <= moment * 1e9:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Fault(f"the watcher of the screen ended: {self._process.poll()}")
            time.sleep(PERIOD)

    def changes(self, first: int) -> list[Change]:
        """What it has seen from the change number `first` on; it remembers some thousand."""
        numbers = range(max(first, self.count - RING), self.count)
        places = (FIRST + 2 * (number % RING) for number in numbers)
        return [Change(self._said[at] / 1e9, self._said[at + 1] / 1e9) for at in places]

    def close(self) -> None:
        """Ends the process; may be called twice."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
