"""Application time, as Python sees it: grants, and programs of input that run in native code.

The mechanism is in native/clock.c (inside every process of the desktop) and native/controller.c
(here); docs/architecture.md explains it.
"""

from __future__ import annotations

import ctypes
import errno
import itertools
import os
import random
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cuagym.desktop.program import Write
from cuagym.errors import Fault
from cuagym.native.build import artifact

NANOSECONDS = 1_000_000_000
PAGE = "/run/cuagym/clock"
"""Where the shared page lies inside the sandbox (native/clock.h)."""

_SETTLED, _GONE, _DISPLAY = 1, -1, -2


class _Op(ctypes.Structure):
    _fields_ = [
        ("offset", ctypes.c_uint32),
        ("length", ctypes.c_uint32),
        ("grant", ctypes.c_int64),
    ]


class _Report(ctypes.Structure):
    _fields_ = [
        ("status", ctypes.c_int32),
        ("busy_pid", ctypes.c_int32),
        ("busy_state", ctypes.c_int32),
        ("threads", ctypes.c_int32),
        ("now", ctypes.c_int64),
        ("scans", ctypes.c_uint64),
        ("fires", ctypes.c_uint64),
        ("waits", ctypes.c_uint64),
        ("real_ns", ctypes.c_int64),
        ("cpu_ns", ctypes.c_int64),
        ("spins", ctypes.c_uint64),
    ]


@cache
def _library() -> ctypes.CDLL:
    lib = ctypes.CDLL(str(artifact("controller.so")), use_errno=True)
    desk, c_int = ctypes.c_void_p, ctypes.c_int
    lib.cg_open.restype, lib.cg_open.argtypes = desk, [c_int, c_int]
    lib.cg_display.restype, lib.cg_display.argtypes = None, [desk, c_int, c_int]
    lib.cg_ordered.argtypes = [desk, c_int]
    lib.cg_fileno.argtypes = [desk]
    lib.cg_begin.argtypes = [
        desk,
        ctypes.POINTER(_Op),
        c_int,
        ctypes.c_char_p,
        c_int,
        ctypes.c_double,
    ]
    lib.cg_done.argtypes = [desk]
    lib.cg_finish.argtypes = [desk, ctypes.POINTER(_Report)]
    lib.cg_now.restype, lib.cg_now.argtypes = ctypes.c_int64, [desk]
    lib.cg_close.restype, lib.cg_close.argtypes = None, [desk]
    lib.cg_rgb.restype = None
    lib.cg_rgb.argtypes = [ctypes.c_void_p, ctypes.c_void_p, c_int, c_int, c_int]
    return lib


@dataclass(frozen=True, slots=True)
class Report:
    """How a program went.

    Attributes:
        settled: the whole desktop sleeps and no deadline is left inside the grant.
        stopped: it did not settle because a process was stopped (SIGSTOP) or traced.
        now: application time since the desktop began, in ns.
        threads: threads of the desktop.
        scans: looks at each thread of the desktop.
        fires: waits that were ended because their deadline came.
        real: what the program took, in seconds.
        cpu: what of it was the controller's own CPU, in seconds.
        spins: naps forced on programs that spin on the clock, since the desktop began.
    """

    settled: bool
    stopped: bool
    now: int
    threads: int
    scans: int
    fires: int
    real: float
    cpu: float
    spins: int


class _SchedAttr(ctypes.Structure):
    """What sched_setattr(2) takes, first version."""

    _fields_ = [
        ("size", ctypes.c_uint32),
        ("policy", ctypes.c_uint32),
        ("flags", ctypes.c_uint64),
        ("nice", ctypes.c_int32),
        ("priority", ctypes.c_uint32),
        ("runtime", ctypes.c_uint64),
        ("deadline", ctypes.c_uint64),
        ("period", ctypes.c_uint64),
    ]


_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}
_TURN = 1  # the priority in native/clock.h
_LONGEST_SLICE = 100_000_000  # ns; the most that the kernel grants


def _take_turns(pid: int, strictly: bool) -> bool:
    """Lets each thread run until it sleeps, in the order in which they were woken.

    Where that is not permitted (it is real-time scheduling), the scheduler is asked for as much as
    it grants to everybody: no preemption by a wake-up, and the longest slice. (Kernels before 6.12
    know no slices of one's own and ignore them.)

    Returns:
        Whether the order is kept.
    """
    if strictly:
        try:
            os.sched_setscheduler(pid, os.SCHED_FIFO, os.sched_param(_TURN))
            return True
        except OSError:
            pass
    attr = _SchedAttr(ctypes.sizeof(_SchedAttr), os.SCHED_BATCH, runtime=_LONGEST_SLICE)
    number = _SCHED_SETATTR.get(os.uname().machine)
    if number is not None:
        ctypes.CDLL(None, use_errno=True).syscall(number, pid, ctypes.byref(attr), 0)
    return False


@contextmanager
def ahead() -> Iterator[None]:
    """Within it this thread runs before all desktops, where that is permitted.

    For who hands out work: each desktop that has some keeps the CPU until it sleeps, and the others
    would get theirs late. Whoever leaves it waits until the desktops that are at work on its CPU
    sleep; a loop that drives many with a policy that waits for a GPU or a server lies in it as a
    whole. What computes within it for long keeps the desktops of one CPU waiting. Threads and
    processes that are started within it do not inherit it.
    """
    try:
        policy, given = os.sched_getscheduler(0), os.sched_getparam(0)
        before = os.SCHED_FIFO | os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(0, before, os.sched_param(_TURN + 1))
    except OSError:
        yield
        return
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, given)


def _threads(pid: int) -> list[int]:
    """The threads of a process and of all below it; those of a copied desktop, which sleep."""
    found = []
    with suppress(OSError):  # one that ends meanwhile needs no place
        for tid in map(int, os.listdir(f"/proc/{pid}/task")):
            with open(f"/proc/{pid}/task/{tid}/children", "rb") as children:
                below = children.read().split()
            found.append(tid)
            for child in below:
                found += _threads(int(child))
    return found


class Place:
    """A CPU for one desktop: of those allowed the one with the fewest desktops of this user.

    All processes of the user count, and one that was killed does not: a desktop's place on a CPU is
    a name of the kernel's abstract sockets, which one process can have and which ends with it.
    """

    def __init__(self) -> None:
        allowed = list(os.sched_getaffinity(0))
        random.shuffle(allowed)
        for number, cpu in ((number, cpu) for number in itertools.count() for cpu in allowed):
            self._name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                self._name.bind(f"\0cuagym/{os.getuid()}/cpu{cpu}/{number}")
            except OSError as e:
                self._name.close()
                if e.errno != errno.EADDRINUSE:
                    raise
            else:
                self.cpu = cpu
                return

    def hold(self, pid: int, turns: bool) -> bool:
        """Pins processes, and all that they will start, unless that is not permitted.

        Args:
            pid: the first of them; all below it follow.
            turns: whether its threads may keep the CPU until they sleep.

        Returns:
            Whether its threads run strictly in turns.
        """
        threads = _threads(pid)
        try:
            for tid in threads:
                os.sched_setaffinity(tid, {self.cpu})
        except OSError:  # a container may lack CAP_SYS_NICE: its threads run at once then
            return False
        return all([_take_turns(tid, turns) for tid in threads])

    def close(self) -> None:
        """The desktop is gone."""
        self._name.close()


class Clock:
    """The controller of one desktop's application time. One program runs at a time.

    The desktop lives on one CPU, so that its threads take turns. Two that run at once may reach a
    lock or each other's messages in either order, and then do the same work at other moments. It
    also hides from programs how many CPUs the machine has.

    Args:
        page: a descriptor of the clock page; not kept.
        root_pid: the sandbox's first process, as this process counts.
        place: where it lives; None: a place is chosen.
        turns: whether its threads may keep the CPU until they sleep: somebody must watch them.

    Raises:
        Fault: the page cannot be mapped or the thread not be started.
    """

    def __init__(
        self, page: int, root_pid: int, place: Place | None = None, turns: bool = False
    ) -> None:
        self._lib = _library()
        self._desk: int | None = self._lib.cg_open(page, root_pid)
        if not self._desk:
            code = ctypes.get_errno()
            raise Fault(f"the clock could not be started: {os.strerror(code)}")
        self._place = place or Place()
        self.ordered = self._place.hold(root_pid, turns)
        """Whether the desktop's threads run in the order in which they were woken."""
        self.told = self.ordered and bool(self._lib.cg_ordered(self._desk, self._place.cpu))
        """Whether the kernel tells which threads run; else each is looked at, which costs more."""

    def attach_display(self, fd: int, pid: int) -> None:
        """Writes of later programs go to the X connection `fd`, which stays the caller's.

        Args:
            fd: the connection.
            pid: the X server's, as the sandbox counts.
        """
        self._lib.cg_display(self._live(), fd, pid)

    def fileno(self) -> int:
        """A descriptor that is readable when a begun program is done."""
        return int(self._lib.cg_fileno(self._live()))

    @property
    def now(self) -> int:
        """Application time since the desktop began, in ns."""
        return int(self._lib.cg_now(self._live()))

    def begin(self, program: Sequence[Write], cap: float) -> None:
        """Starts a program: each write, then its grant, in order.

        Args:
            program: X requests, in bytes, and the application time granted after each, in seconds.
            cap: real seconds that the desktop may take to fall asleep after each of them.

        Raises:
            Fault: a program runs already.
        """
        ops = (_Op * len(program))()
        offset = 0
        for op, write in zip(ops, program, strict=True):
            op.offset, op.length = offset, len(write.data)
            op.grant = round(write.seconds * NANOSECONDS)
            offset += len(write.data)
        data = b"".join(w.data for w in program)
        if self._lib.cg_begin(self._live(), ops, len(program), data, len(data), cap):
            raise Fault("a step was begun while another one runs")

    def done(self) -> bool:
        """Whether the begun program is done; never blocks."""
        return bool(self._lib.cg_done(self._live()))

    def finish(self) -> Report:
        """Waits for the begun program.

        Raises:
            Fault: the sandbox or the display died, or nothing was begun.
        """
        raw = _Report()
        if self._lib.cg_finish(self._live(), ctypes.byref(raw)):
            raise Fault("no step was begun")
        if raw.status == _GONE:
            raise Fault("the sandbox's first process died")
        if raw.status == _DISPLAY:
            raise Fault("the display died")
        return Report(
            settled=raw.status == _SETTLED,
            stopped=raw.busy_state in (ord("T"), ord("t")),
            now=raw.now,
            threads=raw.threads,
            scans=raw.scans,
            fires=raw.fires,
            real=raw.real_ns / NANOSECONDS,
            cpu=raw.cpu_ns / NANOSECONDS,
            spins=raw.spins,
        )

    def run(self, program: Sequence[Write], cap: float) -> Report:
        """`begin` and `finish` in a row."""
        self.begin(program, cap)
        return self.finish()

    def grant(self, seconds: float, cap: float = 60.0) -> Report:
        """Grants application time, without input."""
        return self.run([Write(b"", seconds)], cap)

    def close(self) -> None:
        """Ends the controller; may be called twice. A running program is waited for."""
        desk, self._desk = self._desk, None
        if desk:
            self._lib.cg_close(desk)
            self._place.close()

    def _live(self) -> int:
        if not self._desk:
            raise Fault("the desktop is closed")
        return self._desk


def to_rgb(pixels: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
    """Copies a framebuffer to a frame.

    Args:
        pixels: uint8 (H, W, 4), BGRX, rows of any stride.
        out: uint8 (H, W, 3), C-contiguous; receives RGB.
    """
    height, width, _ = pixels.shape
    assert out.shape == (height, width, 3) and out.flags.c_contiguous and pixels.strides[1] == 4
    _library().cg_rgb(pixels.ctypes.data, out.ctypes.data, width, height, pixels.strides[0])
