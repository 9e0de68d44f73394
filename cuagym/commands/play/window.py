"""A window that shows a desktop and collects what a person does; the only file with pygame."""

from __future__ import annotations

import os
import textwrap
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cuagym.commands._extras import require
from cuagym.commands.play.events import (
    Event,
    KeyPress,
    KeyRelease,
    Motion,
    Pixel,
    Press,
    Release,
    Text,
    Wheel,
    key_called,
)
from cuagym.errors import SetupError

__all__ = ["View", "Window"]

_BUTTONS = {1: "left", 2: "middle", 3: "right"}
_INVISIBLE = ("dummy", "offscreen")
_REPEAT_MS = (400, 40)
_ROOM = 0.9
"""The share of the person's own screen that the window may take; panels need the rest."""


@dataclass(frozen=True)
class View:
    """Where a desktop lies in a window: as large as fits, in the middle.

    Attributes:
        window: Width and height of the window.
        desktop: Width and height of the desktop.
    """

    window: Pixel
    desktop: Pixel

    @property
    def size(self) -> Pixel:
        """Width and height of the desktop in the window."""
        (ww, wh), (w, h) = self.window, self.desktop
        scale = min(ww / w, wh / h)
        return max(1, round(w * scale)), max(1, round(h * scale))

    @property
    def corner(self) -> Pixel:
        """The top left pixel of the desktop in the window."""
        (ww, wh), (w, h) = self.window, self.size
        return (ww - w) // 2, (wh - h) // 2

    def pixel(self, at: Sequence[int]) -> Pixel:
        """The desktop's pixel at a place of the window; beyond its edges, the nearest one."""
        found = [
            min(max(int((a - c) * d / s), 0), d - 1)
            for a, c, d, s in zip(at, self.corner, self.desktop, self.size, strict=True)
        ]
        return found[0], found[1]


def fitting(desktop: Pixel, room: Pixel) -> Pixel:
    """The size of a window: the desktop's own, or what of it fits into `room`."""
    scale = min(1.0, room[0] * _ROOM / desktop[0], room[1] * _ROOM / desktop[1])
    return round(desktop[0] * scale), round(desktop[1] * scale)


class Window:
    """A window with a desktop in it.

    Args:
        desktop: The desktop's width and height.

    Attributes:
        closed: Whether the person has closed it.

    Raises:
        SetupError: If pygame is missing, or there is no screen to show a window on.
    """

    def __init__(self, desktop: Pixel) -> None:
        os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # it would greet on stdout
        os.environ.setdefault("SDL_NO_SIGNAL_HANDLERS", "1")  # Ctrl-C is Python's
        self._pygame: Any = require("human")
        self._desktop = desktop
        self._frame: NDArray[np.uint8] | None = None
        self._lines: list[str] = []
        self._at = (0, 0)  # the wheel's events do not say where the pointer is
        self.closed = False
        try:
            self._pygame.display.init()
            self._refuse_the_invisible()
            room = self._pygame.display.get_desktop_sizes()[0]
            self._surface = self._pygame.display.set_mode(
                fitting(desktop, room), self._pygame.RESIZABLE
            )
            self._pygame.font.init()
        except self._pygame.error as e:
            self.close()
            raise SetupError(
                f"no window can be opened here ({e}): start it on a machine with a screen, or by"
                " ssh -X"
            ) from None
        self._pygame.key.set_repeat(*_REPEAT_MS)
        self._pygame.key.start_text_input()

    def _refuse_the_invisible(self) -> None:
        """Without a screen SDL draws where nobody sees it; whoever wants that can ask for it."""
        driver = self._pygame.display.get_driver()
        if driver in _INVISIBLE and not os.environ.get("SDL_VIDEODRIVER"):
            raise self._pygame.error(f"SDL finds no screen, only its driver {driver!r}")

    @property
    def _view(self) -> View:
        return View(self._surface.get_size(), self._desktop)

    def title(self, text: str) -> None:
        """Sets the title bar's text."""
        self._pygame.display.set_caption(text)

    def show(self, frame: NDArray[np.uint8] | None = None, lines: Sequence[str] = ()) -> None:
        """Draws a frame, uint8 RGB (H, W, 3) (None: the last one), and lines of text over it."""
        self._frame = self._frame if frame is None else frame
        self._lines = list(lines)
        self._draw()

    def _draw(self) -> None:
        view = self._view
        self._surface.fill((40, 40, 40))
        if self._frame is not None:
            picture = self._pygame.image.frombuffer(
                np.ascontiguousarray(self._frame).tobytes(), self._desktop, "RGB"
            )
            if view.size != self._desktop:
                picture = self._pygame.transform.smoothscale(picture, view.size)
            self._surface.blit(picture, view.corner)
        if self._lines:
            self._draw_lines(view.window)
        self._pygame.display.flip()

    def _draw_lines(self, window: Pixel) -> None:
        font = self._pygame.font.Font(None, 24)
        letters = max(20, window[0] // 11)
        wrapped = [part for line in self._lines for part in (textwrap.wrap(line, letters) or [""])]
        height = font.get_linesize()
        board = self._pygame.Surface((window[0], height * (len(wrapped) + 1)))
        board.set_alpha(230)
        for i, line in enumerate(wrapped):
            text = line.lstrip()  # the font's own spaces are unreliable at the left end
            left = 12 + 6 * (len(line) - len(text))
            place = (left, height // 2 + i * height)
            board.blit(font.render(text, True, (255, 255, 255)), place)
        self._surface.blit(board, (0, (window[1] - board.get_height()) // 2))

    def events(self) -> list[Event]:
        """What the person has done since the last call; also redraws where need be."""
        now = time.monotonic()
        found: list[Event] = []
        for event in self._pygame.event.get():
            if event.type == self._pygame.QUIT:
                self.closed = True
            elif event.type in (self._pygame.VIDEORESIZE, self._pygame.VIDEOEXPOSE):
                self._draw()
            elif (read := self._read(event, now)) is not None:
                found.append(read)
        return found

    def _read(self, event: Any, now: float) -> Event | None:
        pg, kind = self._pygame, event.type
        if kind in (pg.MOUSEMOTION, pg.MOUSEBUTTONDOWN, pg.MOUSEBUTTONUP):
            self._at = self._view.pixel(event.pos)
        if kind == pg.MOUSEMOTION:
            return Motion(now, self._at)
        if kind in (pg.MOUSEBUTTONDOWN, pg.MOUSEBUTTONUP) and event.button in _BUTTONS:
            button = _BUTTONS[event.button]
            if kind == pg.MOUSEBUTTONUP:
                return Release(now, self._at, button)
            return Press(now, self._at, button, self._held(pg.key.get_mods()))
        if kind == pg.MOUSEWHEEL:
            # pygame counts upwards, as a mouse does; the desktop downwards, as a page does.
            return Wheel(now, self._at, (event.x, -event.y), self._held(pg.key.get_mods()))
        if kind == pg.KEYDOWN:
            return KeyPress(now, key_called(pg.key.name(event.key)), self._held(event.mod))
        if kind == pg.KEYUP:
            return KeyRelease(now, key_called(pg.key.name(event.key)))
        if kind == pg.TEXTINPUT:
            return Text(now, event.text)
        return None

    def _held(self, mods: int) -> tuple[str, ...]:
        pg = self._pygame
        masks = {
            "ctrl": pg.KMOD_CTRL,
            "shift": pg.KMOD_SHIFT,
            "alt": pg.KMOD_LALT,
            "super": pg.KMOD_META,
        }
        return tuple(name for name, mask in masks.items() if mods & mask)

    def pause(self) -> None:
        """Waits a moment, a frame of a usual screen."""
        self._pygame.time.wait(15)

    def close(self) -> None:
        """Closes it; may be called twice."""
        self._pygame.display.quit()
        self._pygame.font.quit()
