"""The agent's hands: turns of primitives into programs of X requests.

Every injected event is a write of its own, after which the desktop gets a little application time
to digest it: without that hover states differ from run to run, and a double click of zero length
is none for a browser.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from cuagym.actions import (
    BUTTONS,
    KEYS,
    Action,
    Click,
    Drag,
    Key,
    KeyDown,
    KeyUp,
    MouseDown,
    MouseUp,
    Move,
    Point,
    Scroll,
    Terminate,
    Type,
    Wait,
)
from cuagym.actions.values import pixel_of
from cuagym.desktop.keyboard import Keyboard, check_text
from cuagym.desktop.program import Write
from cuagym.desktop.x11 import XConnection

__all__ = ["CLICK_GAP", "POINTER_SECONDS", "Input"]

POINTER_SECONDS: Final = 0.010
"""Application time in which the desktop drains one motion or button event."""
DWELL_SECONDS: Final = 0.1
"""What a drag rests after its press and before its release."""
CLICK_GAP: Final = 0.6
"""Application time that keeps two clicks apart: toolkits fuse what is 400 to 500 ms apart."""

_NEAR: Final = 16
"""Pixels within which two clicks might count as one place; toolkits take 2 to 5."""
_DRAG_STEPS: Final = (8, 24)
"""The fewest and most motions of a drag: toolkits begin one after about 8 pixels, not at once."""
_DRAG_STRIDE: Final = 40
"""Pixels that one motion of a drag aims at."""
_WHEEL: Final = {"up": 4, "down": 5, "left": 6, "right": 7}
"""The buttons that X uses for the wheel."""

_Pixel = tuple[int, int]
_Click = tuple[int, _Pixel, int]


@dataclass(frozen=True)
class Memory:
    """What a copy of a desktop's input is told, since the X server cannot tell it.

    Attributes:
        clicked: The last click.
        keys: Of the keyboard: the keycodes held, characters bound to keycodes, and those free, all
            in their orders.
    """

    clicked: _Click | None
    keys: tuple[Sequence[int], Mapping[str, int], Sequence[int]]

    def to_json(self) -> dict[str, Any]:
        """Plain data for json."""
        held, bound, free = self.keys
        keys = {"held": list(held), "bound": list(bound.items()), "free": list(free)}
        return {"clicked": self.clicked, "keys": keys}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Memory:
        """What `to_json` wrote."""
        keys = data["keys"]
        clicked = None
        if data["clicked"]:
            button, (x, y), count = data["clicked"]
            clicked = (int(button), (int(x), int(y)), int(count))
        return cls(clicked, (keys["held"], dict(keys["bound"]), keys["free"]))


class Input:
    """The pointer and the keyboard of one desktop, and what of them is held.

    Its methods return what is to be written, and assume that it is written before the next call.
    A new one learns from the X server where the pointer is and what is held, so one can be made
    for a desktop that was restored from a snapshot.
    """

    def __init__(self, x: XConnection, size: tuple[int, int]) -> None:
        """Read the state of the X server.

        Args:
            x: The connection; whoever sends the writes sends them on this one.
            size: Width and height of the screen in pixels, to which fractions refer.
        """
        self._x = x
        self._size = size
        self._keyboard = Keyboard(x)
        pointer = x.query_pointer()
        self._at: _Pixel = (pointer.x, pointer.y)
        # Bits 8 to 12 of the mask are the buttons 1 to 5.
        self._held = [button for button in (1, 2, 3) if pointer.mask >> (7 + button) & 1]
        self._writes: list[Write] = []
        self._clicked: _Click | None = None

    def memory(self) -> Memory:
        """Return what the X server cannot tell."""
        return Memory(self._clicked, self._keyboard.memory())

    def remember(self, memory: Memory) -> None:
        """Go on as the input of which this is the `memory`, on a copy of its desktop."""
        self._clicked = memory.clicked
        self._keyboard.remember(*memory.keys)

    @property
    def pointer(self) -> tuple[int, int]:
        """Where the pointer was last put, in pixels."""
        return self._at

    @property
    def held_buttons(self) -> tuple[int, ...]:
        """The buttons that are held: 1 left, 2 middle, 3 right."""
        return tuple(self._held)

    @property
    def held_keys(self) -> tuple[int, ...]:
        """The keycodes that are held."""
        return self._keyboard.held

    @property
    def held_names(self) -> tuple[str, ...]:
        """The keys and buttons that are held, by the names that actions use, sorted."""
        names = {}
        for name in KEYS[1:]:
            code, level = self._keyboard._stroke(name)
            if not level:
                names[code] = name
        keys = (names.get(code, f"keycode {code}") for code in self.held_keys)
        return tuple(sorted([*keys, *(f"{BUTTONS[b - 1]} button" for b in self._held)]))

    def turn(self, actions: Sequence[Action]) -> list[Write]:
        """Return the writes that carry out some primitives, in order.

        `Wait` and `Terminate` give nothing: the env grants time and ends episodes. Two clicks of
        one turn never make a double click, which is what `count` is for; those of two turns do
        unless time is granted between them.

        Raises:
            ActionError: If a text cannot be typed; then nothing at all has happened.
            Fault: If the X server refused something earlier or is gone.
        """
        for action in actions:
            if isinstance(action, Type):
                check_text(action.text)
        self._x.skip_events()
        self._writes, self._clicked = [], None
        for action in actions:
            _CARRY_OUT[type(action)](self, action)
        return self._writes

    def release_all(self) -> list[Write]:
        """Return the writes that release every held button and key."""
        self._writes = []
        for button in self._held[::-1]:
            self._release(button)
        return self._writes + self._keyboard.release_all()

    def pixel(self, point: Point) -> tuple[int, int]:
        """Return the pixel that holds a point given in fractions of the screen."""
        return pixel_of(point, self._size)

    def _move(self, point: Point | None) -> None:
        if point is not None:
            self._move_to(self.pixel(point))

    def _glide(self, point: Point | None) -> None:
        """Arrives in three motions, as a hand does: menus may take the first for a jump."""
        if point is None:
            return
        x, y = self.pixel(point)
        for near in (x - 2, x - 1):
            if near >= 0 and (near, y) != self._at:
                self._move_to((near, y))
        self._move_to((x, y))

    def _move_to(self, pixel: _Pixel) -> None:
        self._add(self._x.fake_motion(*pixel))
        self._at = pixel

    def _press(self, button: int) -> None:
        if button not in self._held:
            self._held.append(button)
            self._add(self._x.fake_button(button, True))

    def _release(self, button: int) -> None:
        if button in self._held:
            self._held.remove(button)
            self._add(self._x.fake_button(button, False))

    def _add(self, data: bytes) -> None:
        self._writes.append(Write(data, POINTER_SECONDS))

    def _tap(self, button: int) -> None:
        self._add(self._x.fake_button(button, True))
        self._add(self._x.fake_button(button, False))

    def _part(self, button: int) -> None:
        """Let time pass where a press here would continue a click that this turn completed."""
        if self._clicked is None:
            return
        before, (x, y), index = self._clicked
        near = abs(x - self._at[0]) <= _NEAR and abs(y - self._at[1]) <= _NEAR
        if before == button and near:
            passed = sum(write.seconds for write in self._writes[index:])
            last = self._writes[-1]
            gap = max(last.seconds, last.seconds + CLICK_GAP - passed)
            self._writes[-1] = Write(last.data, gap)

    def _click(self, action: Click) -> None:
        button = _button(action.button)
        self._move(action.point)
        self._release(button)  # nobody can press a button that is down
        self._part(button)
        for _ in range(action.count):
            self._press(button)
            pressed = len(self._writes) - 1
            self._release(button)
        self._clicked = (button, self._at, pressed)

    def _mouse_down(self, action: MouseDown) -> None:
        button = _button(action.button)
        self._move(action.point)
        if button not in self._held:
            self._part(button)
        self._press(button)
        self._clicked = None

    def _mouse_up(self, action: MouseUp) -> None:
        button = _button(action.button)
        self._move(action.point)
        if button in self._held:
            self._release(button)
            self._clicked = (button, self._at, len(self._writes) - 1)

    def _drag(self, action: Drag) -> None:
        button = _button(action.button)
        x1, y1 = self._at if action.point is None else self.pixel(action.point)
        self._move(action.start)
        x0, y0 = self._at
        self._release(button)
        self._part(button)
        self._press(button)
        pressed = len(self._writes) - 1
        self._dwell()
        fewest, most = _DRAG_STEPS
        steps = min(max(fewest, round(math.hypot(x1 - x0, y1 - y0) / _DRAG_STRIDE)), most)
        for i in range(1, steps + 1):
            at = (x0 + round((x1 - x0) * i / steps), y0 + round((y1 - y0) * i / steps))
            if at != self._at:
                self._move_to(at)
        self._dwell()
        self._release(button)
        self._clicked = (button, self._at, pressed)

    def _dwell(self) -> None:
        """Let timers digest the last event too: what is dragged follows the pointer late."""
        self._writes[-1] = replace(self._writes[-1], seconds=DWELL_SECONDS)

    def _scroll(self, action: Scroll) -> None:
        self._move(action.point)
        dx, dy = action.scroll
        for _ in range(abs(dy)):
            self._tap(_WHEEL["down" if dy > 0 else "up"])
        for _ in range(abs(dx)):
            self._tap(_WHEEL["right" if dx > 0 else "left"])

    def _key(self, writes: list[Write]) -> None:
        self._writes += writes


def _button(name: str) -> int:
    return 1 + BUTTONS.index(name)


def _nothing(_: Input, action: Action) -> None:
    pass


_CARRY_OUT: Final[dict[type[Action], Callable[[Input, Any], None]]] = {
    Move: lambda self, action: self._glide(action.point),
    Click: Input._click,
    MouseDown: Input._mouse_down,
    MouseUp: Input._mouse_up,
    Drag: Input._drag,
    Scroll: Input._scroll,
    Type: lambda self, action: self._key(self._keyboard.type(action.text)),
    Key: lambda self, action: self._key(self._keyboard.chord(action.keys)),
    KeyDown: lambda self, action: self._key(self._keyboard.down(action.keys)),
    KeyUp: lambda self, action: self._key(self._keyboard.up(action.keys)),
    Wait: _nothing,
    Terminate: _nothing,
}
