"""A screen of one's own in a sandbox: Xvfb with a mapped framebuffer, openbox, XTEST input."""

from __future__ import annotations

import mmap
import os
import select
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from operator import index
from typing import Any

import numpy as np

from cuagym.actions import Action, Move, Wait
from cuagym.desktop.clock import PAGE, Clock, Place, Report, to_rgb
from cuagym.desktop.input import Input, Memory
from cuagym.desktop.program import Write
from cuagym.desktop.protocol import Pixels
from cuagym.desktop.x11 import Window, XConnection
from cuagym.errors import Fault, UsageError
from cuagym.sandbox import Sandbox

DISPLAY = ":9"
"""The same in every sandbox: each has its own /tmp."""
FRAMEBUFFER = "/tmp/.framebuffer"
START_CAP = 60.0
"""Real seconds that a starting program may take to fall asleep on a crowded machine."""
SMALLEST, LARGEST = (640, 480), (1920, 1080)

_XWD_HEADER = ">25I"


def check_size(size: Sequence[int]) -> tuple[int, int]:
    """The size as two ints.

    Raises:
        UsageError: it is not a pair of ints from 640x480 to 1920x1080.
    """
    try:
        width, height = (index(v) for v in size)
    except (TypeError, ValueError):
        raise UsageError(
            f"size={size!r}: a pair (width, height) of whole numbers is expected"
        ) from None
    if not (SMALLEST[0] <= width <= LARGEST[0] and SMALLEST[1] <= height <= LARGEST[1]):
        raise UsageError(f"size={size!r}: from {SMALLEST} to {LARGEST} pixels are possible")
    return width, height


@dataclass(frozen=True)
class Frozen:
    """What a copy of a desktop cannot learn from the display.

    Attributes:
        programs: what the desktop needs to live: processes by name, as the sandbox counts.
        input: what of the input nobody else knows.
    """

    programs: Mapping[str, int]
    input: Memory

    def to_json(self) -> dict[str, Any]:
        """Plain data for json."""
        return {"programs": dict(self.programs), "input": self.input.to_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Frozen:
        """What `to_json` wrote."""
        return cls(dict(data["programs"]), Memory.from_json(data["input"]))


class XvfbDesktop:
    """Xvfb and openbox in a sandbox, on its clock. The sandbox stays the caller's.

    The framebuffer lies in a file of the sandbox and is mapped here; it contains the pointer.

    Args:
        sandbox: one that was started with a clock, its home already in place.
        size: width and height in pixels.
        frozen: of the desktop that the sandbox is a copy of; None: display and window manager are
            started.
        place: where it lives; None: a place is chosen.

    Raises:
        Fault: the display or the window manager did not start.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        size: tuple[int, int],
        frozen: Frozen | None = None,
        place: Place | None = None,
    ) -> None:
        self._size = size
        self._sandbox = sandbox
        page = sandbox.open(PAGE, os.O_RDWR)
        try:
            self.clock = Clock(page, sandbox.pid, place, sandbox.watched)
        finally:
            os.close(page)
        self.programs: dict[str, int] = dict(frozen.programs) if frozen else {}
        """What the desktop itself needs to live: processes by name, as the sandbox counts."""
        self._pixels: Pixels | None = None
        self._x: XConnection | None = None
        try:
            if frozen is None:
                self._start_display()
            self._map()
            self._connect()
            if frozen is None:
                self._start_window_manager()
            else:
                self._input.remember(frozen.input)
        except BaseException:
            self.close()
            raise

    def _connect(self) -> None:
        self._x = XConnection(self._sandbox.connect(f"/tmp/.X11-unix/X{DISPLAY[1:]}"))
        self.clock.attach_display(self._x.fileno(), self.programs["the display"])
        self._input = Input(self._x, self._size)

    @contextmanager
    def frozen(self) -> Iterator[Frozen]:
        """What a copy needs to know; while the context lasts nothing is connected to the display.

        No application time passes.
        """
        if self._x is None:
            raise Fault("the desktop is closed")
        memory = self._input.memory()
        self._x.close()
        try:
            self.grant(0.0)  # the display notices
            yield Frozen(dict(self.programs), memory)
        finally:
            self._connect()
            self._input.remember(memory)
            self.grant(0.0)

    def _start_display(self) -> None:
        width, height = self._size
        ready, theirs = os.pipe()
        try:
            argv = ["Xvfb", DISPLAY, "-screen", "0", f"{width}x{height}x24"]
            argv += ["-fbdir", FRAMEBUFFER, "-displayfd", "1", "-nolisten", "tcp", "-noreset"]
            # Its smart scheduler lives on real timers; repeats and the saver would on ours.
            argv += ["-dumbSched", "-r", "-s", "0", "-extension", "GLX"]
            self.programs["the display"] = self._sandbox.spawn(argv, stdout=theirs)
        finally:
            os.close(theirs)
        try:
            said = b""
            # The number and its newline come in two writes, and must both be read.
            while not said.endswith(b"\n") and _readable(ready) and (more := os.read(ready, 16)):
                said += more
            if not said.endswith(b"\n"):
                raise Fault("Xvfb did not start: is the package xvfb whole? (cuagym doctor)")
        finally:
            os.close(ready)

    def _map(self) -> None:
        fd = self._sandbox.open(f"{FRAMEBUFFER}/Xvfb_screen0")
        try:
            memory = mmap.mmap(fd, 0, prot=mmap.PROT_READ)
        finally:
            os.close(fd)
        header = struct.unpack(_XWD_HEADER, memory[:100])
        size, width, height, stride, colours = (header[i] for i in (0, 4, 5, 12, 19))
        assert (width, height) == self._size and header[11] == 32, header
        raw = np.frombuffer(memory, np.uint8, height * stride, size + 12 * colours)
        self._pixels = raw.reshape(height, stride // 4, 4)[:, :width]

    def _start_window_manager(self) -> None:
        assert self._x is not None
        argv = ["openbox", "--sm-disable"]
        self.programs["the window manager"] = self._sandbox.spawn(argv, env={"DISPLAY": DISPLAY})
        check = self._x.intern_atom("_NET_SUPPORTING_WM_CHECK")
        for seconds in (0.0, 0.1, 1.0, 10.0):
            self.grant(seconds)
            if self._x.get_property(self._x.root, check):
                return
        raise Fault("openbox did not start: is the package openbox whole? (cuagym doctor)")

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._size

    def begin(self, actions: Sequence[Action], seconds: float, cap: float) -> None:
        """Starts to inject the actions and then to let time pass; see `protocol.Desktop`."""
        program: list[Write] = []
        for waits, some in groupby(actions, lambda action: isinstance(action, Wait)):
            if waits:
                program += [Write(b"", action.seconds) for action in some]  # type: ignore[union-attr]
            else:
                program += self._input.turn(list(some))
        self.clock.begin([*program, Write(b"", seconds)], cap)

    def done(self) -> bool:
        """Whether what was begun is over; never blocks."""
        return self.clock.done()

    def fileno(self) -> int:
        """A descriptor that becomes readable when what was begun is over."""
        return self.clock.fileno()

    def finish(self) -> Report:
        """Waits for what was begun.

        Raises:
            Fault: the display or the sandbox died.
        """
        return self.clock.finish()

    def grant(self, seconds: float, cap: float = START_CAP) -> Report:
        """Lets application time pass without input."""
        return self.clock.grant(seconds, cap)

    def act(self, actions: Sequence[Action], seconds: float = 1.0) -> Report:
        """Injects actions and waits; for starting and closing programs."""
        self.begin(actions, seconds, START_CAP)
        return self.finish()

    def refresh(self) -> bool:
        """Puts the pointer and the keyboard as they are at the start, and empties the clipboard.

        Returns:
            False if the keyboard cannot be as it was: keys were bound to rare characters.
        """
        assert self._x is not None
        if self._input.memory().keys[1]:
            return False
        width, height = self._size
        middle = Move(((width // 2 + 0.5) / width, (height // 2 + 0.5) / height))
        self.clock.run([*self._input.release_all(), *self._input.turn([middle])], START_CAP)
        for selection in ("PRIMARY", "CLIPBOARD"):
            self._x.disown(selection)
        return self.grant(0.0).settled

    def windows(self) -> list[Window]:
        """The windows that the window manager knows, in the order of their birth."""
        if self._x is None:
            raise Fault("the desktop is closed")
        return self._x.windows()

    def told(self) -> dict[str, Any]:
        """What the display and its window manager know, as plain data by topic.

        Nothing changes, and no application time passes.

        Returns:
            "windows", the titles of the visible windows, oldest first; "focus", the title of the
            one with the keyboard; "held", the keys and buttons that are down; "pointer", its place,
            only while a button is down; "floating", a hash of what each window shows that is not
            the oldest: dialogs by title, menus and lists by their place, without the pointer.
        """
        windows = [w for w in self.windows() if w.viewable]
        x = self._x
        assert x is not None
        active, floating = x.active_window(), {}
        for title, window in [
            *((w.title, w.id) for w in windows[1:]),
            *(("", popup) for popup in x.popups()),
        ]:
            place = x.place(window)
            left, top, width, height = place
            shown = x.image(*place) if width and height else b""
            name = f"{title or 'a menu or list'}, {width}x{height} at ({left}, {top})"
            floating[name] = blake2b(shown, digest_size=16).hexdigest()
        self.grant(0.0)  # the display puts the pointer back into the framebuffer
        return {
            "windows": [w.title for w in windows],
            "focus": next((w.title for w in windows if w.id == active), ""),
            "held": list(self._input.held_names),
            "pointer": list(self._input.pointer) if self._input.held_buttons else None,
            "floating": floating,
        }

    def frame(self, out: Pixels | None = None) -> Pixels:
        """The screen now, pointer included, uint8 RGB (H, W, 3), into `out` where given."""
        if self._pixels is None:
            raise Fault("the desktop is closed")
        if out is None:
            out = np.empty((self._size[1], self._size[0], 3), np.uint8)
        to_rgb(self._pixels, out)
        return out

    def close(self) -> None:
        """Lets go of the clock, the display and the framebuffer; may be called twice."""
        self.clock.close()
        if self._x is not None:
            self._x.close()
        self._x = self._pixels = None


def _readable(fd: int) -> bool:
    poller = select.poll()  # not select(): it breaks above descriptor 1023
    poller.register(fd, select.POLLIN)
    return bool(poller.poll(START_CAP * 1000))
