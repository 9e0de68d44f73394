"""Just enough of the X11 wire protocol to inject input and to look at windows.

Why not python-xlib: it waits with select(), which fails above file descriptor 1023, and native code
writes the requests that inject input: it wants them as bytes.

The builders return the bytes of one request that has no reply; who sends them, and when, is not
this module's matter. The round trips do send and wait. Since others write to the same socket,
sequence numbers are not counted: at most one request with a reply is outstanding at any time, so
the next reply is its own.

Source of the encodings: X Window System Protocol, X Version 11 (X Consortium), appendix B; XTEST
Extension Protocol 2.2.
"""

from __future__ import annotations

import select
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cuagym.errors import Fault

__all__ = ["Pointer", "Window", "XConnection", "XError"]

_TIMEOUT: Final = 30.0
"""Real seconds after which a silent X server is given up: a crowded machine may be very slow."""

_ERROR, _REPLY, _GENERIC = 0, 1, 35
_ANY_TYPE: Final = 0
_KEY_PRESS, _KEY_RELEASE, _BUTTON_PRESS, _BUTTON_RELEASE, _MOTION = 2, 3, 4, 5, 6
_VIEWABLE: Final = 2

_ERRORS: Final = (
    *("Success", "BadRequest", "BadValue", "BadWindow", "BadPixmap", "BadAtom", "BadCursor"),
    *("BadFont", "BadMatch", "BadDrawable", "BadAccess", "BadAlloc", "BadColor", "BadGC"),
    *("BadIDChoice", "BadName", "BadLength", "BadImplementation"),
)


class XError(Fault):
    """The X server refused a request.

    Attributes:
        code: The error code of the protocol; 3 is BadWindow.
        opcode: The major opcode of the request that was refused.
    """

    def __init__(self, code: int, opcode: int, minor: int) -> None:
        """Describe the error by the numbers of its packet."""
        name = _ERRORS[code] if code < len(_ERRORS) else f"error {code}"
        super().__init__(f"the X server answered {name} to request {opcode}.{minor}")
        self.code = code
        self.opcode = opcode


@dataclass(frozen=True, slots=True)
class Window:
    """A window that the window manager manages."""

    id: int
    title: str
    viewable: bool


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the pointer is, in pixels of the root window, and the mask of buttons and modifiers."""

    x: int
    y: int
    mask: int


class XConnection:
    """A client's connection to an X server, over a unix socket that is already connected.

    Attributes:
        sock: The socket; it is put into blocking mode. Others may send builders' bytes on it
            between this object's calls, and must not read from it.
        root: The id of the root window of the first screen.
        width: The width of the screen in pixels.
        height: The height of the screen in pixels.
        min_keycode: The lowest keycode of the server.
        max_keycode: The highest one.
    """

    def __init__(self, sock: socket.socket) -> None:
        """Shake hands with the server, without authorization, and find XTEST.

        Raises:
            Fault: If the server refuses, is gone, or has no XTEST extension.
        """
        sock.setblocking(True)
        self.sock = sock
        self._buffer = bytearray()
        self._broken = ""
        self._atoms: dict[str, int] = {}
        self._shake_hands()
        xtest = self.query_extension("XTEST")
        if xtest is None:
            raise Fault("the X server has no XTEST extension: input cannot be injected")
        self._xtest = xtest

    def fileno(self) -> int:
        """Return the socket's file descriptor."""
        return self.sock.fileno()

    def close(self) -> None:
        """Close the socket; may be called twice."""
        self.sock.close()

    # Builders

    def fake_key(self, keycode: int, press: bool) -> bytes:
        """Return the request that presses or releases a key."""
        return self._fake(_KEY_PRESS if press else _KEY_RELEASE, keycode)

    def fake_button(self, button: int, press: bool) -> bytes:
        """Return the request that presses or releases a pointer button (1 is the left one)."""
        return self._fake(_BUTTON_PRESS if press else _BUTTON_RELEASE, button)

    def fake_motion(self, x: int, y: int) -> bytes:
        """Return the request that moves the pointer to a pixel of the root window."""
        return self._fake(_MOTION, 0, x, y)

    def change_keyboard_mapping(
        self, first: int, keysyms_per_keycode: int, rows: Sequence[Sequence[int]]
    ) -> bytes:
        """Return the request that gives consecutive keycodes new keysyms.

        The server applies it to the core keyboard and to every device attached to it, XTEST's
        among them (dix, ProcChangeKeyboardMapping).

        Args:
            first: The first keycode.
            keysyms_per_keycode: The length of each row.
            rows: The keysyms of each keycode from `first` on.
        """
        if any(len(row) != keysyms_per_keycode for row in rows):
            raise ValueError(f"every row must hold {keysyms_per_keycode} keysyms, got {rows!r}")
        keysyms = [keysym for row in rows for keysym in row]
        head = struct.pack(
            "<BBHBBH", 100, len(rows), 2 + len(keysyms), first, keysyms_per_keycode, 0
        )
        return head + struct.pack(f"<{len(keysyms)}I", *keysyms)

    def _fake(self, kind: int, detail: int, x: int = 0, y: int = 0) -> bytes:
        root = self.root if kind == _MOTION else 0
        return struct.pack("<BBHBBHII8xhh8x", self._xtest, 2, 9, kind, detail, 0, 0, root, x, y)

    # Round trips

    def sync(self) -> None:
        """Wait until the server has carried out everything that was sent so far."""
        self._ask(struct.pack("<BxH", 43, 1))

    def query_extension(self, name: str) -> int | None:
        """Return an extension's major opcode, or None where the server lacks it."""
        text = name.encode("latin-1")
        reply = self._ask(_request(98, 0, struct.pack("<H2x", len(text)) + text))
        return reply[9] if reply[8] else None

    def keyboard_mapping(self) -> dict[int, tuple[int, ...]]:
        """Return the keysyms of every keycode, 0 for none, all rows of the same length."""
        count = self.max_keycode - self.min_keycode + 1
        reply = self._ask(_request(101, 0, struct.pack("<BBxx", self.min_keycode, count)))
        width = reply[1]
        keysyms = struct.unpack_from(f"<{count * width}I", reply, 32)
        return {self.min_keycode + i: keysyms[i * width : (i + 1) * width] for i in range(count)}

    def modifier_mapping(self) -> tuple[tuple[int, ...], ...]:
        """Return the keycodes of Shift, Lock, Control and Mod1 to Mod5, in this order."""
        reply = self._ask(_request(119, 0, b""))
        width = reply[1]
        return tuple(
            tuple(code for code in reply[32 + i * width : 32 + (i + 1) * width] if code)
            for i in range(8)
        )

    def keys_down(self) -> tuple[int, ...]:
        """Return the keycodes that are pressed now, in ascending order."""
        bits = self._ask(_request(44, 0, b""))[8:40]
        return tuple(code for code in range(256) if bits[code // 8] >> code % 8 & 1)

    def query_pointer(self) -> Pointer:
        """Return where the pointer is and which buttons and modifiers are held."""
        reply = self._ask(_request(38, 0, struct.pack("<I", self.root)))
        return Pointer(*struct.unpack_from("<hh4xH", reply, 16))

    def intern_atom(self, name: str) -> int:
        """Return the atom of a name; the server is asked once."""
        if name not in self._atoms:
            text = name.encode("latin-1")
            reply = self._ask(_request(16, 0, struct.pack("<H2x", len(text)) + text))
            self._atoms[name] = struct.unpack_from("<I", reply, 8)[0]
        return self._atoms[name]

    def get_property(self, window: int, atom: int) -> bytes:
        """Return a window's property as raw bytes, b"" where it has none.

        Raises:
            XError: If there is no such window, among others.
        """
        ask = struct.pack("<IIIII", window, atom, _ANY_TYPE, 0, 1 << 24)
        reply = self._ask(_request(20, 0, ask))
        length = struct.unpack_from("<I", reply, 16)[0] * reply[1] // 8
        return bytes(reply[32 : 32 + length])

    def disown(self, selection: str) -> None:
        """Take a selection, PRIMARY or CLIPBOARD, from whoever owns it: nothing can be pasted."""
        atom = self.intern_atom(selection)
        self._send(_request(22, 0, struct.pack("<III", 0, atom, 0)))
        self.intern_atom(selection)  # an answer: it has been done

    def viewable(self, window: int) -> bool:
        """Whether a window and all its ancestors are mapped.

        Raises:
            XError: If there is no such window.
        """
        return self._ask(_request(3, 0, struct.pack("<I", window)))[26] == _VIEWABLE

    def windows(self) -> list[Window]:
        """Return the windows that the window manager manages, oldest first.

        It is the manager's _NET_CLIENT_LIST: empty where no window manager runs. A window that
        vanishes meanwhile is left out.
        """
        raw = self.get_property(self.root, self.intern_atom("_NET_CLIENT_LIST"))
        found = []
        for (window,) in struct.iter_unpack("<I", raw):
            try:
                title = self.get_property(window, self.intern_atom("_NET_WM_NAME"))
                title = title or self.get_property(window, self.intern_atom("WM_NAME"))
                viewable = self.viewable(window)
            except XError:
                continue
            found.append(Window(window, title.decode("utf-8", "replace"), viewable))
        return found

    def active_window(self) -> int:
        """Return the id of the window that has the keyboard, as the window manager says; or 0."""
        raw = self.get_property(self.root, self.intern_atom("_NET_ACTIVE_WINDOW"))
        return int(struct.unpack("<I", raw)[0]) if len(raw) == 4 else 0

    def popups(self) -> list[int]:
        """Return the visible windows that no window manager manages: menus, lists. Lowest first.

        Tooltips are left out: what is of that type, or of no type and transient for a window.
        (LibreOffice's plain look gives no types, and makes tooltips alone transient.)
        """
        tree = self._ask(_request(15, 0, struct.pack("<I", self.root)))
        tooltip = struct.pack("<I", self.intern_atom("_NET_WM_WINDOW_TYPE_TOOLTIP"))
        found = []
        for window in struct.unpack_from(f"<{struct.unpack_from('<H', tree, 16)[0]}I", tree, 32):
            try:
                attributes = self._ask(_request(3, 0, struct.pack("<I", window)))
                unmanaged = attributes[26] == _VIEWABLE and attributes[27]
                if not unmanaged or not all(self.place(window)[2:]):
                    continue
                kind = self.get_property(window, self.intern_atom("_NET_WM_WINDOW_TYPE"))
                owner = self.get_property(window, self.intern_atom("WM_TRANSIENT_FOR"))
            except XError:
                continue
            if kind != tooltip and (kind or not owner):
                found.append(window)
        return found

    def place(self, window: int) -> tuple[int, int, int, int]:
        """Return where on the screen a window is: left, top, width, height, of what is on it.

        Raises:
            XError: If there is no such window.
        """
        geometry = self._ask(_request(14, 0, struct.pack("<I", window)))
        width, height = struct.unpack_from("<HH", geometry, 16)
        ask = struct.pack("<IIhh", window, self.root, 0, 0)
        left, top = struct.unpack_from("<hh", self._ask(_request(40, 0, ask)), 12)
        right, bottom = min(left + width, self.width), min(top + height, self.height)
        left, top = max(left, 0), max(top, 0)
        return left, top, max(right - left, 0), max(bottom - top, 0)

    def image(self, left: int, top: int, width: int, height: int) -> bytes:
        """Return what a part of the screen shows, BGRX; the pointer is not in it."""
        # Of the root window, since an image of it holds all windows on it.
        ask = struct.pack("<IhhHHI", self.root, left, top, width, height, 0xFFFFFF)
        return self._ask(_request(73, 2, ask))[32:]

    def skip_events(self) -> None:
        """Take what the server sent unasked off the socket, without waiting.

        Every client is told of every new keyboard mapping; nobody reads it here, and in the end
        the socket would be full.

        Raises:
            Fault: If an earlier request was refused or the server is gone.
        """
        self._check()
        failed = None
        while True:
            packet = self._next(0.0)
            if packet is None:
                break
            failed = failed or _error(packet)
        if failed is not None:
            raise failed

    # The wire

    def _shake_hands(self) -> None:
        self._send(struct.pack("<BxHHHHxx", ord("l"), 11, 0, 0, 0))
        deadline = time.monotonic() + _TIMEOUT
        head = self._take(8, deadline)
        body = self._take(4 * struct.unpack_from("<H", head, 6)[0], deadline)
        if head[0] != 1:
            reason = body[: head[1] if head[0] == 0 else None].decode("latin-1").strip("\0 \n")
            raise self._break(f"the X server refused the connection: {reason}")
        vendor, formats = struct.unpack_from("<H", body, 16)[0], body[21]
        self.min_keycode, self.max_keycode = body[26], body[27]
        screen = 32 + (vendor + 3) // 4 * 4 + 8 * formats
        self.root: int = struct.unpack_from("<I", body, screen)[0]
        self.width: int
        self.height: int
        self.width, self.height = struct.unpack_from("<HH", body, screen + 20)

    def _ask(self, request: bytes) -> bytes:
        """Send a request and return its reply, the 32 bytes and what follows them."""
        self._check()
        self._send(request)
        deadline = time.monotonic() + _TIMEOUT
        failed: XError | None = None
        while True:
            packet = self._next(deadline - time.monotonic())
            if packet is None:
                raise self._break(f"the X server did not answer for {_TIMEOUT:g} s")
            error = _error(packet)
            if error is not None and error.opcode == request[0]:
                raise error
            # Somebody else's request failed: our own reply still comes, and must be taken off.
            failed = failed or error
            if packet[0] == _REPLY:
                if failed is not None:
                    raise failed
                return packet

    def _next(self, seconds: float) -> bytes | None:
        """Return the next whole packet, or None if none is complete after some real seconds."""
        deadline = time.monotonic() + max(0.0, seconds)
        size = 32
        while True:
            if len(self._buffer) >= 32 and self._buffer[0] & 0x7F in (_REPLY, _GENERIC):
                size = 32 + 4 * struct.unpack_from("<I", self._buffer, 4)[0]
            if len(self._buffer) >= size:
                packet = bytes(self._buffer[:size])
                del self._buffer[:size]
                return packet
            if not self._receive(deadline):
                return None

    def _take(self, size: int, deadline: float) -> bytes:
        while len(self._buffer) < size:
            if not self._receive(deadline):
                raise self._break(f"the X server did not answer for {_TIMEOUT:g} s")
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _receive(self, deadline: float) -> bool:
        """Append to the buffer what arrives; False if nothing does before the deadline."""
        try:
            poll = select.poll()
            poll.register(self.sock, select.POLLIN)
            if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
                return False
            data = self.sock.recv(65536)
        except (OSError, ValueError) as e:
            raise self._break(f"the display died: its connection broke: {e}") from e
        if not data:
            raise self._break("the display died: it closed the connection")
        self._buffer += data
        return True

    def _send(self, data: bytes) -> None:
        try:
            self.sock.sendall(data)
        except OSError as e:
            raise self._break(f"the display died: its connection broke: {e}") from e

    def _check(self) -> None:
        if self._broken:
            raise Fault(self._broken)

    def _break(self, cause: str) -> Fault:
        # A reply may still come that nobody waits for: nothing after this can be trusted.
        self._broken = cause
        return Fault(cause)


def _request(opcode: int, detail: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    return struct.pack("<BBH", opcode, detail, 1 + len(body) // 4) + body


def _error(packet: bytes) -> XError | None:
    if packet[0] != _ERROR:
        return None
    minor, major = struct.unpack_from("<HB", packet, 8)
    return XError(packet[1], major, minor)
