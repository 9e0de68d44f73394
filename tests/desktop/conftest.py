"""A private X server, and a real client of it: libX11 itself decodes what it receives."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from cuagym.desktop.program import Write
from cuagym.desktop.x11 import XConnection

SIZE = (1280, 720)
_NAMES = {2: "key_press", 3: "key_release", 4: "press", 5: "release", 6: "motion"}
_MASK = 1 | 2 | 4 | 8 | 64 | 1 << 17  # keys, buttons, motion, structure


class _Event(ctypes.Structure):
    """XKeyEvent, XButtonEvent and XMotionEvent agree on these fields (Xlib.h)."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        *[(name, ctypes.c_ulong) for name in ("window", "root", "subwindow", "time")],
        *[(name, ctypes.c_int) for name in ("x", "y", "x_root", "y_root")],
        ("state", ctypes.c_uint),
        ("detail", ctypes.c_uint),
        ("pad", ctypes.c_char * 256),
    ]


@dataclass(frozen=True)
class Seen:
    """One event as the client saw it."""

    kind: str
    detail: int
    x: int
    y: int
    state: int
    keysym: int = 0
    text: str = ""


class Client:
    """A window over the whole screen that has the focus and notes every input event."""

    def __init__(self, display: str) -> None:
        self.lib = lib = ctypes.CDLL("libX11.so.6")
        lib.XOpenDisplay.restype = ctypes.c_void_p
        lib.XDefaultRootWindow.restype = lib.XCreateSimpleWindow.restype = ctypes.c_ulong
        self.display = ctypes.c_void_p(lib.XOpenDisplay(display.encode()))
        assert self.display
        root = ctypes.c_ulong(lib.XDefaultRootWindow(self.display))
        self.window = ctypes.c_ulong(
            lib.XCreateSimpleWindow(self.display, root, 0, 0, *SIZE, 0, 0, 0)
        )
        lib.XSelectInput(self.display, self.window, ctypes.c_long(_MASK))
        lib.XMapRaised(self.display, self.window)
        event = _Event()
        while event.type != 19:  # MapNotify
            lib.XNextEvent(self.display, ctypes.byref(event))
        lib.XSetInputFocus(self.display, self.window, 1, ctypes.c_ulong(0))
        lib.XSync(self.display, 0)

    def events(self) -> list[Seen]:
        """Take what has arrived; like a toolkit, follow every change of the keymap."""
        seen, event, lib = [], _Event(), self.lib
        lib.XSync(self.display, 0)
        while lib.XPending(self.display):
            lib.XNextEvent(self.display, ctypes.byref(event))
            if event.type == 34:  # MappingNotify
                lib.XRefreshKeyboardMapping(ctypes.byref(event))
            elif event.type in _NAMES:
                keysym, text = ctypes.c_ulong(), ctypes.create_string_buffer(64)
                if event.type in (2, 3):
                    lib.XLookupString(ctypes.byref(event), text, 64, ctypes.byref(keysym), None)
                fields = (event.detail & 0xFF, event.x_root, event.y_root, event.state)
                if event.type == 6:
                    fields = (0, *fields[1:])
                seen.append(
                    Seen(_NAMES[event.type], *fields, keysym.value, text.value.decode("latin-1"))
                )
        return seen

    def close(self) -> None:
        """Disconnect."""
        self.lib.XCloseDisplay(self.display)


class Screen:
    """The server, our connection to it, and the client that watches."""

    def __init__(self, number: str) -> None:
        self.number = number
        self.x = self.connect()
        self.client = Client(f":{number}")
        self.seconds = 0.0

    def connect(self) -> XConnection:
        """Return a new connection."""
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(f"/tmp/.X11-unix/X{self.number}")
        return XConnection(sock)

    def play(self, writes: list[Write]) -> list[Seen]:
        """Send each write and let the client digest it, as the desktop's clock would."""
        seen = []
        for write in writes:
            assert write.data and write.seconds > 0
            self.x.sock.sendall(write.data)
            self.x.sync()
            seen += self.client.events()
        return seen


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """The number of a private X server's display."""
    read, write = os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "{}x{}x24".format(*SIZE)]
            + ["-fbdir", folder, "-nolisten", "tcp", "-r", "-s", "0", "-noreset"],
            pass_fds=[write],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        assert number, "Xvfb did not start"
        yield number
        server.send_signal(signal.SIGTERM)
        server.wait(10)


@pytest.fixture
def screen(display: str) -> Iterator[Screen]:
    """The screen with a client that has the focus, the pointer at (5, 5), nothing held."""
    screen = Screen(display)
    screen.x.sock.sendall(screen.x.fake_motion(5, 5))
    screen.x.sync()
    screen.client.events()
    yield screen
    for code in screen.x.keys_down():
        screen.x.sock.sendall(screen.x.fake_key(code, False))
    for button in (1, 2, 3):
        screen.x.sock.sendall(screen.x.fake_button(button, False))
    screen.x.sync()
    screen.client.close()
    screen.x.close()
