"""A person at the window: the mapping of places, and a real episode by posted events."""

from __future__ import annotations

import json
import threading
import time

import numpy as np
import pytest

from cuagym import cli
from cuagym.commands.play.window import View, fitting

pygame = pytest.importorskip("pygame")


@pytest.mark.parametrize(
    "window, size, corner",
    [((1280, 720), (1280, 720), (0, 0)), ((640, 720), (640, 360), (0, 180))],
)
def test_a_desktop_in_a_window(window, size, corner):
    view = View(window, (1280, 720))
    assert (view.size, view.corner) == (size, corner)
    assert view.pixel(corner) == (0, 0)
    middle = (corner[0] + size[0] // 2, corner[1] + size[1] // 2)
    assert view.pixel(middle) == (640, 360)
    assert view.pixel((10_000, 10_000)) == (1279, 719)
    assert view.pixel((-5, -5)) == (0, 0)


def test_a_window_is_never_larger_than_the_screen_nor_than_the_desktop():
    assert fitting((1280, 720), (3000, 2000)) == (1280, 720)
    assert fitting((1920, 1080), (1000, 1000)) == (900, 506)


def test_without_a_screen_it_says_so(monkeypatch, capsys):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    assert cli.main(["play", "CUA-Excel-v0"]) == cli.WRONG
    assert "no window can be opened here" in capsys.readouterr().err


class Person(threading.Thread):
    """Acts once the desktop is there, and looks at what the window shows."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seen: dict[str, np.ndarray] = {}
        self.failure = ""

    def run(self) -> None:
        try:
            self._act()
        except BaseException as e:
            self.failure = repr(e)
            pygame.event.post(pygame.event.Event(pygame.QUIT))

    def _wait(self, title: str) -> None:
        deadline = time.monotonic() + 30
        while not (pygame.display.get_init() and title in pygame.display.get_caption()[0]):
            assert time.monotonic() < deadline, f"{title!r} did not come"
            time.sleep(0.01)
        time.sleep(0.1)  # the title is set before the frame is drawn
        self.seen[title] = pygame.surfarray.array3d(pygame.display.get_surface())

    def _key(self, name: str, mod: int = 0, text: str = "") -> None:
        key = {"key": pygame.key.key_code(name), "mod": mod}
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, **key))
        if text:
            pygame.event.post(pygame.event.Event(pygame.TEXTINPUT, text=text))
        pygame.event.post(pygame.event.Event(pygame.KEYUP, **key))

    def _act(self) -> None:
        self._wait("step 0")
        place = {"pos": (200, 300), "button": 1}
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, **place))
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONUP, **place))
        self._wait("step 1")
        self._key("h", text="h")
        self._key("i", text="i")
        self._wait("step 2")
        self._key("return")
        self._wait("step 3")
        self._key("f10")
        self._wait("FAILURE")
        self._key("escape")


def test_an_episode_in_a_window(monkeypatch, capsys):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    person = Person()
    person.start()
    words = ["--look", "plain", "--size", "800x600", "--seed", "3", "--json"]
    code = cli.main(["play", "CUA-Excel-v0", *words])
    said = capsys.readouterr()
    assert not person.failure, person.failure
    assert code == 0
    told = json.loads(said.out)
    [episode] = told["episodes"]
    assert episode["steps"] == 4 and not episode["success"] and not episode["fault"]
    assert episode["instruction"] in said.err and "FAILED" in said.err
    for one, other in (("step 0", "step 1"), ("step 1", "step 2"), ("step 3", "FAILURE")):
        assert (person.seen[one] != person.seen[other]).any(), f"{other} looks like {one}"
