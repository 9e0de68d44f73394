"""The wire protocol against a real X server, and the ways in which a connection can break."""

from __future__ import annotations

import os
import resource
import shutil
import socket
import struct
import subprocess
import threading
import time

import pytest

from cuagym.desktop import x11
from cuagym.desktop.x11 import Window, XConnection, XError
from cuagym.errors import Fault


def test_setup_and_queries(screen):
    x = screen.x
    assert (x.width, x.height) == (1280, 720)
    assert (x.min_keycode, x.max_keycode) == (8, 255)
    assert x.query_extension("XTEST") and x.query_extension("NO-SUCH-THING") is None
    assert x.keyboard_mapping()[38][:2] == (ord("a"), ord("A"))
    assert 50 in x.modifier_mapping()[0] and 37 in x.modifier_mapping()[2]
    assert x.intern_atom("WM_NAME") == 39
    pointer = x.query_pointer()
    assert (pointer.x, pointer.y, pointer.mask & 0xFF00) == (5, 5, 0)
    assert x.keys_down() == ()


def test_injected_events_arrive(screen):
    x = screen.x
    for data in (x.fake_motion(700, 300), x.fake_button(1, True), x.fake_key(38, True)):
        x.sock.sendall(data)
    x.sync()
    assert [(e.kind, e.detail) for e in screen.client.events()] == [
        ("motion", 0),
        ("press", 1),
        ("key_press", 38),
    ]
    assert x.keys_down() == (38,)
    pointer = x.query_pointer()
    assert (pointer.x, pointer.y, pointer.mask >> 8 & 1) == (700, 300, 1)


def test_events_do_not_disturb_round_trips(screen):
    x = screen.x
    for i in range(300):  # every one makes the server send us a MappingNotify
        x.sock.sendall(x.change_keyboard_mapping(120, 2, [[0x01000100 + i] * 2]))
        if i % 50 == 0:
            assert x.query_pointer().x == 5
    assert x.keyboard_mapping()[120][0] == 0x01000100 + 299
    x.sock.sendall(x.change_keyboard_mapping(120, 2, [[0, 0]]))
    x.sync()
    x.skip_events()
    assert not x._buffer


def test_errors_name_the_request_and_the_connection_survives(screen):
    x = screen.x
    with pytest.raises(XError, match="BadWindow to request 20") as caught:
        x.get_property(0x7FFFFFFF, 39)
    assert caught.value.code == 3 and isinstance(caught.value, Fault)
    x.sock.sendall(x.fake_key(3, True))  # below the lowest keycode; nobody waits for the answer
    with pytest.raises(XError, match="BadValue"):
        x.query_pointer()
    assert x.query_pointer().x == 5  # the reply of the failed round trip was not left behind
    x.sock.sendall(x.fake_key(3, True))
    time.sleep(0.05)
    with pytest.raises(XError, match="BadValue"):
        x.skip_events()


def test_rows_of_unequal_length_are_refused(screen):
    with pytest.raises(ValueError, match="2 keysyms"):
        screen.x.change_keyboard_mapping(120, 2, [[1, 2], [3]])


def test_descriptors_above_1023(display):
    low, high = resource.getrlimit(resource.RLIMIT_NOFILE)
    if high < 1200:
        pytest.skip("the hard limit of descriptors is too low")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(low, 1200), high))
    try:
        with socket.socket(socket.AF_UNIX) as first:
            first.connect(f"/tmp/.X11-unix/X{display}")
            os.dup2(first.fileno(), 1100)
            x = XConnection(socket.socket(fileno=1100))
        x.sync()
        assert x.fileno() == 1100
        x.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (low, high))


def _server(answer: bytes) -> socket.socket:
    ours, theirs = socket.socketpair()

    def serve() -> None:
        with theirs:
            theirs.recv(12)
            theirs.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    return ours


def test_a_refusal_says_why():
    reason = b"No protocol specified\n\0\0"
    answer = struct.pack("<BBHHH", 0, 22, 11, 0, len(reason) // 4) + reason
    with pytest.raises(Fault, match="refused the connection: No protocol specified$"):
        XConnection(_server(answer))


def test_a_server_that_goes_away():
    with pytest.raises(Fault, match="closed the connection"):
        XConnection(_server(b"\1\0"))


def test_a_silent_server_is_given_up_and_stays_so(screen, monkeypatch):
    monkeypatch.setattr(x11, "_TIMEOUT", 0.1)
    ours, theirs = socket.socketpair()
    monkeypatch.setattr(screen.x, "sock", ours)
    with theirs, ours:
        with pytest.raises(Fault, match="did not answer"):
            screen.x.sync()
        theirs.sendall(struct.pack("<B31x", 1))  # too late: it must not answer another question
        with pytest.raises(Fault, match="did not answer"):
            screen.x.query_pointer()
    monkeypatch.undo()
    screen.x._broken = ""


@pytest.mark.skipif(not shutil.which("openbox"), reason="no window manager")
def test_windows_of_the_window_manager(screen, tmp_path):
    assert screen.x.windows() == []
    manager = subprocess.Popen(
        ["openbox", "--sm-disable"],
        env={"DISPLAY": f":{screen.number}", "HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        client = screen.client
        name = "Zürich.xlsx"
        atom = client.lib.XInternAtom(client.display, b"_NET_WM_NAME", 0)
        utf8 = client.lib.XInternAtom(client.display, b"UTF8_STRING", 0)
        client.lib.XChangeProperty(
            *(client.display, client.window, atom, utf8, 8, 0, name.encode(), len(name.encode()))
        )
        expected = [Window(client.window.value, name, True)]
        end = time.monotonic() + 5
        while screen.x.windows() != expected and time.monotonic() < end:
            client.events()
            time.sleep(0.01)
        assert screen.x.windows() == expected
    finally:
        manager.terminate()
        manager.wait(10)
