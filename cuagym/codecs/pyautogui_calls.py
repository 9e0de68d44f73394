"""The calls of pyautogui that are read, with their parameters in their order.

Source: the signatures of pyautogui 0.9.54. What steers only how long a motion takes, or how
pyautogui logs, has no meaning in application time and is let through: `duration`, `tween`,
`interval`, `logScreenshot`, `pause`, `_pause`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from cuagym.actions import (
    BUTTONS,
    STATUSES,
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
    key_name,
)
from cuagym.actions.values import one_of, text, whole
from cuagym.codecs.base import MAX_ACTIONS
from cuagym.codecs.forms import SECONDS, Form, anything, check_pair, keys, notches, one
from cuagym.codecs.places import Places
from cuagym.errors import ActionError

__all__ = ["FORMS", "OFFSETS", "REST"]

REST: Final = "*"
"""In the table of a form: whatever number of values without a name."""

_SIDES: Final = {"primary": "left", "secondary": "right"}
_PAUSES: Final = dict.fromkeys(("logScreenshot", "_pause", "pause"), anything)
_MOTION: Final = {"duration": anything, "tween": anything}


def _button(value: Any) -> str:
    side: str = one_of(BUTTONS)(_SIDES.get(value, value) if isinstance(value, str) else value)
    return side


def _place(values: Mapping[str, Any], places: Places) -> Point | None:
    x, y = values.get("x"), values.get("y")
    if isinstance(x, tuple) and y is None:
        return check_pair(x, places)
    if x is None and y is None:
        return None
    if x is None or y is None:
        raise ActionError("x and y go together: give both, or neither for where the pointer is")
    return check_pair((x, y), places)


def _mouse(
    action: Callable[..., Action], order: str, needs_place: bool = False, **fixed: Any
) -> Form:
    """The form of a call that acts at a place; `order` is that of its parameters."""

    def make(values: Mapping[str, Any], places: Places) -> tuple[Action, ...]:
        point = _place(values, places)
        if needs_place and point is None:
            raise ActionError("x and y are wanted")
        given = {k: values[k] for k in ("button",) if k in values}
        if "clicks" in values:
            given["count"] = values["clicks"]
        if values.get("mouseDownUp") is False:
            return (Move(point),)
        return (action(**{"point": point, **fixed, **given}),)

    known = {
        **{"x": anything, "y": anything, "xOffset": anything, "yOffset": anything},
        **{"clicks": whole(1, 3), "button": _button, "interval": anything},
        **{"mouseDownUp": anything, **_MOTION, **_PAUSES},
    }
    return Form(make, {name: known[name] for name in order.split()})


def _scroll(direction: Callable[[int], tuple[int, int]]) -> Form:
    def make(values: Mapping[str, Any], places: Places) -> tuple[Action, ...]:
        return (Scroll(_place(values, places), direction(values["clicks"])),)

    fields = {"clicks": notches, "x": anything, "y": anything, **_PAUSES}
    return Form(make, fields, ["clicks"])


def _struck(name: Any) -> Action:
    """What pressing a key does: a single character is typed as it is, capital or foreign."""
    if isinstance(name, str) and len(name) == 1 and (name.isupper() or not name.isascii()):
        return Type(name)
    return Key((key_name(name),))


def _press(values: Mapping[str, Any], _: Places) -> tuple[Action, ...]:
    names = values["keys"]
    strokes = [_struck(n) for n in (names if isinstance(names, tuple) else (names,))]
    return tuple(strokes * values.get("presses", 1))


def _write(values: Mapping[str, Any], _: Places) -> tuple[Action, ...]:
    message = values["message"]
    if isinstance(message, tuple):
        return tuple(_struck(name) for name in message)
    return (Type(text(message)),)


def _rest(value: Any) -> tuple[str, ...]:
    listed = value[0] if len(value) == 1 and isinstance(value[0], tuple) else value
    return keys(list(listed))


_KEYS: Final = {REST: _rest, "interval": anything, **_PAUSES}
_ONE_KEY: Final = {"key": keys, **_PAUSES}
_CLICK: Final = "x y interval button duration tween logScreenshot _pause pause"
_HAND: Final = "x y button duration tween logScreenshot _pause pause"
_MOVE: Final = "duration tween logScreenshot _pause pause"
_DRAG: Final = "duration tween button logScreenshot _pause mouseDownUp pause"
_TYPE: Final = Form(_write, {"message": anything, "interval": anything, **_PAUSES}, ["message"])
_SLEEP: Final = Form(one(Wait), {"seconds": SECONDS}, ["seconds"])

_CALLS: Final[Mapping[str, Form]] = {
    "click": _mouse(Click, "x y clicks interval button duration tween logScreenshot _pause pause"),
    "leftClick": _mouse(Click, "x y interval duration tween logScreenshot _pause pause"),
    "rightClick": _mouse(
        Click, "x y interval duration tween logScreenshot _pause pause", button="right"
    ),
    "middleClick": _mouse(
        Click, "x y interval duration tween logScreenshot _pause pause", button="middle"
    ),
    "doubleClick": _mouse(Click, _CLICK, count=2),
    "tripleClick": _mouse(Click, _CLICK, count=3),
    "moveTo": _mouse(Move, f"x y {_MOVE}", needs_place=True),
    "dragTo": _mouse(Drag, f"x y {_DRAG}", needs_place=True),
    "mouseDown": _mouse(MouseDown, _HAND),
    "mouseUp": _mouse(MouseUp, _HAND),
    "scroll": _scroll(lambda n: (0, -n)),
    "vscroll": _scroll(lambda n: (0, -n)),
    "hscroll": _scroll(lambda n: (n, 0)),
    "write": _TYPE,
    "typewrite": _TYPE,
    "press": Form(
        _press,
        {"keys": anything, "presses": whole(1, MAX_ACTIONS), "interval": anything, **_PAUSES},
        ["keys"],
    ),
    "hotkey": Form(lambda v, _: (Key(v[REST]),), _KEYS, [REST]),
    "hold": Form(lambda v, _: (KeyDown(v[REST]),), _KEYS, [REST]),
    "keyDown": Form(lambda v, _: (KeyDown(v["key"]),), _ONE_KEY, ["key"]),
    "keyUp": Form(lambda v, _: (KeyUp(v["key"]),), _ONE_KEY, ["key"]),
    "sleep": _SLEEP,
}

_RELATIVE: Final[Mapping[str, Form]] = {
    **dict.fromkeys(("move", "moveRel"), _mouse(Move, f"xOffset yOffset {_MOVE} x y")),
    **dict.fromkeys(("drag", "dragRel"), _mouse(Drag, f"xOffset yOffset {_DRAG} x y")),
}

OFFSETS: Final = frozenset(f"pyautogui.{name}" for name in _RELATIVE)
"""The calls whose place is an offset from where the pointer is."""

FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        **{f"pyautogui.{name}": form for name, form in {**_CALLS, **_RELATIVE}.items()},
        "time.sleep": _SLEEP,
        "computer.wait": Form(lambda v, _: (Wait(20.0),)),
        "computer.terminate": Form(
            one(Terminate), {"status": one_of(STATUSES), "answer": text}, ["status"]
        ),
    }
)
"""Every call that is read, by its full name."""
