"""From what a person does with mouse and keyboard to the actions of an agent: a pure function.

A person's click is two events and may become a double click a moment later; what is typed comes
letter by letter. `read` takes all events that have not been used yet and gives back the turns that
are complete, and the events that are still waiting for what may follow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from cuagym.actions import (
    Action,
    Click,
    Drag,
    Key,
    KeyDown,
    KeyUp,
    Move,
    Scroll,
    Terminate,
    Turn,
    Type,
    key_name,
)
from cuagym.errors import ActionError
from cuagym.task import Screen

__all__ = ["Event", "KeyPress", "KeyRelease", "Motion", "Press", "Release", "Text", "Wheel"]
__all__ += ["key_called", "read"]

DOUBLE: Final = 0.35
"""Seconds within which a second click makes a double click."""
SLOP: Final = 4
"""Pixels that the pointer may move within a click; beyond it is a drag."""
GAP: Final = 0.25
"""Seconds without a key or a notch after which a text or a scroll is complete."""
REST: Final = 0.3
"""Seconds for which the pointer must rest before it is moved on the desktop."""
ECHO: Final = 0.05
"""Seconds within which the same character again is the echo of a chord."""
ENDS: Final[Mapping[str, str]] = MappingProxyType({"F10": "success", "F11": "failure"})
"""The keys that terminate, with the status that they say."""

Pixel: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Motion:
    """The pointer is at a pixel of the desktop."""

    time: float
    at: Pixel


@dataclass(frozen=True, slots=True)
class Press:
    """A mouse button went down, while the keys `held` were down."""

    time: float
    at: Pixel
    button: str = "left"
    held: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """A mouse button went up."""

    time: float
    at: Pixel
    button: str = "left"


@dataclass(frozen=True, slots=True)
class Wheel:
    """The wheel was turned by (dx, dy) notches; dy > 0 is down."""

    time: float
    at: Pixel
    notches: tuple[int, int]
    held: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyPress:
    """A key of `cuagym.actions.KEYS` went down (or repeats), while the keys `held` were down."""

    time: float
    key: str
    held: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyRelease:
    """A key went up."""

    time: float
    key: str


@dataclass(frozen=True, slots=True)
class Text:
    """What the keyboard has made of keys: characters, dead keys and input methods included."""

    time: float
    text: str


Event: TypeAlias = Motion | Press | Release | Wheel | KeyPress | KeyRelease | Text
_Rest: TypeAlias = list[Event]
_Read: TypeAlias = "tuple[Turn, _Rest] | None"
"""A turn (empty: nothing to do) and the events after it; None: what comes next matters."""

_CHORDS: Final = frozenset({"ctrl", "alt", "super"})
_ALONE: Final = frozenset({"alt", "super"})
"""Modifiers that do something when they are pressed alone: they open menus."""


def key_called(name: str) -> str:
    """Return the key of `KEYS` that pygame calls `name`; "" for what no action can say.

    The right Alt key is none: it is AltGr, whose characters come as text.

    Example:
        >>> key_called("left ctrl"), key_called("page up"), key_called("[7]")
        ('ctrl', 'Page_Up', '7')
    """
    if name == "right alt":
        return ""
    if len(name) == 3 and name[0] == "[" and name[2] == "]":  # on the keypad
        name = name[1]
    for side in ("left ", "right "):
        name = name.removeprefix(side) or name
    try:
        return key_name(name)
    except ActionError:
        return ""


def read(events: Sequence[Event], now: float, screen: Screen) -> tuple[list[Turn], list[Event]]:
    """Return the complete turns, and the events that wait for what may follow.

    Args:
        events: What happened, in order: what the last call gave back, and what is new.
        now: The time, on the clock of the events' times.
        screen: The size of the desktop on whose pixels the events are.
    """
    turns: list[Turn] = []
    rest = _meaningful(events)
    while rest:
        done = _READERS[type(rest[0])](rest, now, screen)
        if done is None:
            break
        turn, rest = done
        if turn:
            turns.append(turn)
    return turns, rest


def _prints(event: KeyPress) -> bool:
    """Whether a key alone gives a character, which then comes as text."""
    return (len(event.key) == 1 or event.key == "space") and not _CHORDS.intersection(event.held)


def _meaningful(events: Sequence[Event]) -> _Rest:
    kept: _Rest = []
    for event in events:
        if isinstance(event, KeyPress):
            if event.key in ("", "ctrl", "shift") or _prints(event):
                continue
        elif isinstance(event, KeyRelease):
            if event.key not in _ALONE:
                continue
        elif isinstance(event, Text):
            if not event.text or (kept and _echoes(event, kept[-1])):
                continue
        kept.append(event)
    return kept


def _echoes(text: Text, event: Event) -> bool:
    """Whether a text is what the keyboard makes of a chord, such as the f of Alt+f."""
    return (
        isinstance(event, KeyPress)
        and bool(_CHORDS.intersection(event.held))
        and text.text.lower() == event.key.lower()
        and text.time - event.time < ECHO
    )


def _after(rest: _Rest, start: int) -> int:
    """The index of the first event from `start` on that is no motion; the length if none is."""
    return next((i for i in range(start, len(rest)) if not isinstance(rest[i], Motion)), len(rest))


def _place(event: Event) -> Pixel:
    assert isinstance(event, (Motion, Press, Release, Wheel))
    return event.at


def _near(a: Pixel, b: Pixel) -> bool:
    return math.dist(a, b) <= SLOP


def _with(held: tuple[str, ...], action: Action) -> Turn:
    """The action while keys are held."""
    return (KeyDown(held), action, KeyUp(held)) if held else (action,)


def _motion(rest: _Rest, now: float, screen: Screen) -> _Read:
    if _after(rest, 0) < len(rest):
        return (), rest[1:]  # what follows has a place of its own
    last = rest[-1]
    assert isinstance(last, Motion)
    if now - last.time < REST:
        return None if len(rest) == 1 else ((), [last])
    return (Move(screen.point(*last.at)),), []


def _end_of(rest: _Rest, start: int) -> int | None:
    """The index of the release of what was pressed at `start`; None if there is none yet."""
    press = rest[start]
    if not isinstance(press, Press):
        return None
    for i, event in enumerate(rest[start + 1 :], start + 1):
        if isinstance(event, Release) and event.button == press.button:
            return i
    return None


def _press(rest: _Rest, now: float, screen: Screen) -> _Read:
    press = rest[0]
    assert isinstance(press, Press)
    again = (isinstance(e, Press) and e.button == press.button for e in rest[1:])
    end = _end_of(rest, 0)
    if end is None:
        return ((), rest[1:]) if any(again) else None  # its release was lost, outside the window
    release = rest[end]
    point, where = screen.point(*press.at), _place(release)
    if not _near(press.at, where):
        drag = Drag(point=screen.point(*where), start=point, button=press.button)
        return _with(press.held, drag), _still(rest[1:end]) + rest[end + 1 :]
    chain = _clicks(rest, end, now)
    if chain is None:
        return None
    count, after = chain
    click = Click(point, press.button, count)
    return _with(press.held, click), _still(rest[1:end]) + rest[after:]


def _still(events: _Rest) -> _Rest:
    return [e for e in events if not isinstance(e, Motion)]


def _clicks(rest: _Rest, end: int, now: float) -> tuple[int, int] | None:
    """How many clicks begin at the front, and where the events after them begin.

    Args:
        rest: The events; the first one is a press.
        end: The index of its release.
        now: The time.

    Returns:
        None where another click may follow.
    """
    first = rest[0]
    assert isinstance(first, Press)
    count = 1
    while True:
        after = _after(rest, end + 1)
        if not all(_near(first.at, e.at) for e in rest[end + 1 : after] if isinstance(e, Motion)):
            return count, end + 1
        if count == 3:
            return count, after
        if after == len(rest):
            waits = first.button == "left" and now - rest[end].time < DOUBLE
            return None if waits else (count, after)
        press, release = rest[after], _end_of(rest, after)
        if not _continues(first, rest[end], press):
            return count, after
        if release is None:
            return None
        if release != _after(rest, after + 1) or not _near(first.at, _place(rest[release])):
            return count, after  # a drag begins with this press
        count, end = count + 1, release


def _continues(first: Press, release: Event, event: Event) -> bool:
    """Whether an event may be another click of those that began with `first`."""
    return (
        isinstance(event, Press)
        and event.button == first.button
        and event.time - release.time < DOUBLE
        and _near(first.at, event.at)
    )


def _wheel(rest: _Rest, now: float, screen: Screen) -> _Read:
    first = rest[0]
    assert isinstance(first, Wheel)
    dx, dy, used, last = 0, 0, 0, first
    for i, event in enumerate(rest):
        if isinstance(event, Wheel) and event.held == first.held and event.time - last.time < GAP:
            dx, dy, used, last = dx + event.notches[0], dy + event.notches[1], i + 1, event
        elif not isinstance(event, Motion):
            break
    if _after(rest, used) == len(rest) and now - last.time < GAP:
        return None
    scroll = Scroll(screen.point(*last.at), (dx, dy))
    return (_with(first.held, scroll) if (dx, dy) != (0, 0) else ()), rest[used:]


def _text(rest: _Rest, now: float, screen: Screen) -> _Read:
    text, used, last = "", 0, rest[0].time
    for i, event in enumerate(rest):
        if isinstance(event, Text):
            text, used, last = text + event.text, i + 1, event.time
        elif not isinstance(event, Motion):
            break
    if _after(rest, used) == len(rest) and now - last < GAP:
        return None
    return (Type(text),), rest[used:]


def _key(rest: _Rest, now: float, screen: Screen) -> _Read:
    press = rest[0]
    assert isinstance(press, KeyPress)
    if press.key in _ALONE:
        after = _after(rest, 1)
        if after == len(rest):
            return None
        tapped = rest[after]
        if isinstance(tapped, KeyRelease) and tapped.key == press.key:
            return (_chord(press),), rest[after + 1 :]
        return (), rest[1:]
    ends = press.key in ENDS and not press.held
    return (Terminate(ENDS[press.key]) if ends else _chord(press),), rest[1:]


def _chord(press: KeyPress) -> Key:
    return Key((*(k for k in press.held if k != press.key), press.key))


def _nothing(rest: _Rest, now: float, screen: Screen) -> _Read:
    return (), rest[1:]


_READERS: Final[Mapping[type, Callable[[Any, float, Screen], _Read]]] = MappingProxyType(
    {
        Motion: _motion,
        Press: _press,
        Release: _nothing,
        Wheel: _wheel,
        Text: _text,
        KeyPress: _key,
        KeyRelease: _nothing,
    }
)
