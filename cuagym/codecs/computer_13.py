"""OSWorld's `computer_13` actions: JSON objects, or WAIT, DONE and FAIL as words.

    ```json
    {"action_type": "CLICK", "parameters": {"x": 640, "y": 360, "button": "left"}}
    ```

Source: xlang-ai/OSWorld, desktop_env/actions.py and desktop_env/controllers/python.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, Final

from cuagym.actions import (
    BUTTONS,
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
from cuagym.actions.values import one_of, shown, text, whole
from cuagym.codecs.base import Codec, Reply, Said
from cuagym.codecs.forms import AXIS, Form, at, keys, loads, named, notches, one, read
from cuagym.codecs.places import Places
from cuagym.codecs.pyautogui import blocks, key_word
from cuagym.codecs.script import OSWORLD_PAUSE
from cuagym.errors import ActionError

__all__ = ["Computer13"]

_WORDS: Final = ("WAIT", "FAIL", "DONE")
_RENAMED: Final = {"button": "button", "num_clicks": "count"}
_BUTTON: Final = {"button": one_of(BUTTONS)}


def _mouse(action: Callable[..., Action], more: str = "", needs: str = "", **fixed: Any) -> Form:
    """The form of an action at a place; `more` are its fields beside x and y."""

    def make(values: Mapping[str, Any], places: Places) -> tuple[Action, ...]:
        given = {to: values[name] for name, to in _RENAMED.items() if name in values}
        return (action(at(values, places), **fixed, **given),)

    fields = {"x": AXIS, "y": AXIS, **_BUTTON, "num_clicks": whole(1, 3)}
    return Form(make, {name: fields[name] for name in f"x y {more}".split()}, needs.split())


def _button(action: Callable[..., Action]) -> Form:
    return Form(one(action), _BUTTON)


def _key(action: Callable[..., Action]) -> Form:
    return Form(lambda v, _: (action(v["key"]),), {"key": keys}, ["key"])


def _scroll(values: Mapping[str, Any], _: Places) -> tuple[Action, ...]:
    if not values:
        raise ActionError("give 'dx' or 'dy'")
    return (Scroll(None, (values.get("dx", 0), -values.get("dy", 0))),)


FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        "MOVE_TO": _mouse(Move, needs="x y"),
        "CLICK": _mouse(Click, "button num_clicks"),
        "MOUSE_DOWN": _button(MouseDown),
        "MOUSE_UP": _button(MouseUp),
        "RIGHT_CLICK": _mouse(Click, button="right"),
        "DOUBLE_CLICK": _mouse(Click, count=2),
        "DRAG_TO": _mouse(Drag, needs="x y"),
        "SCROLL": Form(_scroll, {"dx": notches, "dy": notches}),
        "TYPING": Form(one(Type), {"text": text}, ["text"]),
        "PRESS": _key(Key),
        "KEY_DOWN": _key(KeyDown),
        "KEY_UP": _key(KeyUp),
        "HOTKEY": Form(one(Key), {"keys": keys}, ["keys"]),
        "WAIT": Form(lambda *_: (Wait(OSWORLD_PAUSE),)),
        "FAIL": Form(lambda *_: (Terminate("failure"),)),
        "DONE": Form(lambda *_: (Terminate("success"),)),
    }
)
"""The thirteen actions, and the three words."""


@dataclass(frozen=True)
class Computer13(Codec):
    """OSWorld's `computer_13`; x and y are pixels of the screen."""

    name: ClassVar[str] = "computer_13"

    @cached_property
    def places(self) -> Places:
        """What the numbers mean on the screen."""
        return Places(self.size, self.size)

    def schema(self) -> list[dict[str, Any]]:
        """Return the actions and their parameters, as OSWorld lists them to a model."""
        ends = {"x": [0, self.size[0]], "y": [0, self.size[1]]}
        return [
            {
                "action_type": name,
                "note": _TOLD[name],
                "parameters": {
                    field: {
                        "type": _TYPES.get(field, "number"),
                        "optional": field not in form.needs,
                        **({"range": ends[field]} if field in ends else {}),
                    }
                    for field in form.fields
                },
            }
            for name, form in FORMS.items()
        ]

    def prompt(self) -> str:
        """Return what the model is told."""
        return (
            "Say what you see and what you will do next; then give one action as a JSON object in"
            ' a block:\n```json\n{"action_type": "CLICK", "parameters": {"x": 100, "y": 50}}\n'
            "```\nThese are the actions; x and y are pixels from the upper left corner:\n"
            f"{json.dumps(self.schema())}"
        )

    def _read(self, said: Said, pointer: Point | None) -> Reply:
        if isinstance(said, str):
            thought, found = _actions(said)
        else:
            thought, found = "", list(said) if isinstance(said, (list, tuple)) else [said]
        return Reply(tuple(a for given in found for a in self._action(given)), thought)

    def _action(self, given: Any) -> tuple[Action, ...]:
        if isinstance(given, str):
            given = {"action_type": given}
        if not isinstance(given, Mapping) or "action_type" not in given:
            raise ActionError(
                'an action is an object with "action_type" and "parameters", got ' + shown(given)
            )
        name, fields = given["action_type"], dict(given)
        del fields["action_type"]
        form = named("action_type", name, FORMS)
        if "parameters" in fields:
            parameters = fields.pop("parameters")
            if parameters is not None and not isinstance(parameters, Mapping) or fields:
                raise ActionError(f'{name}: "parameters" is an object that holds all fields')
            fields = dict(parameters or {})
        return read(name, form, fields, self.places)

    def _write(self, reply: Reply) -> str:
        if reply.asks:
            raise self._cannot(reply.asks[0])
        if not reply.turn:
            raise self._cannot("a turn without actions", "wait instead")
        if "```" in reply.thought or "\n## Code" in reply.thought:
            raise self._cannot("a thought with '```' or '## Code' in it")
        said = [data for action in reply.turn for data in self._said(action)]
        code = "\n".join(f"```json\n{_dumped(data)}\n```" for data in said)
        return f"{reply.thought}\n{code}" if reply.thought else code

    def _said(self, action: Action) -> Iterator[dict[str, Any]]:
        found = list(_WRITE[action.name](self, action))
        if not found:
            raise self._cannot(action)
        for name, parameters in found:
            yield {"action_type": name, **({"parameters": parameters} if parameters else {})}

    def _at(self, point: Point | None) -> dict[str, Any]:
        if point is None:
            return {}
        x, y = self.places.numbers(point)
        return {"x": x, "y": y}

    def _click(self, action: Any) -> Iterator[_Named]:
        more = {"num_clicks": action.count} if action.count > 1 else {}
        yield "CLICK", {**_side(action), **self._at(action.point), **more}

    def _move(self, action: Any) -> Iterator[_Named]:
        if action.point:
            yield "MOVE_TO", self._at(action.point)

    def _drag(self, action: Any) -> Iterator[_Named]:
        if action.point and action.button == "left":
            if action.start:
                yield "MOVE_TO", self._at(action.start)
            yield "DRAG_TO", self._at(action.point)

    def _press(self, name: str, action: Any) -> Iterator[_Named]:
        if action.point:
            yield "MOVE_TO", self._at(action.point)
        yield name, _side(action)

    def _scroll(self, action: Any) -> Iterator[_Named]:
        if action.point:
            yield "MOVE_TO", self._at(action.point)
        yield "SCROLL", {"dx": action.scroll[0], "dy": -action.scroll[1]}


_Named = tuple[str, dict[str, Any]]


def _side(action: Any) -> dict[str, Any]:
    return {} if action.button == "left" else {"button": action.button}


def _key_of(action: Any) -> Iterator[_Named]:
    if len(action.keys) == 1:
        yield "PRESS", {"key": key_word(action.keys[0])}
    elif action.keys:
        yield "HOTKEY", {"keys": [key_word(key) for key in action.keys]}


def _keys_of(name: str, keys: tuple[str, ...]) -> Iterator[_Named]:
    return ((name, {"key": key_word(key)}) for key in keys)


def _end(action: Any) -> Iterator[_Named]:
    if not action.answer:
        yield ("DONE" if action.status == "success" else "FAIL"), {}


_WRITE: Final[Mapping[str, Callable[[Computer13, Any], Iterator[_Named]]]] = MappingProxyType(
    {
        "move": Computer13._move,
        "click": Computer13._click,
        "mouse_down": lambda codec, a: codec._press("MOUSE_DOWN", a),
        "mouse_up": lambda codec, a: codec._press("MOUSE_UP", a),
        "drag": Computer13._drag,
        "scroll": Computer13._scroll,
        "type": lambda _, a: iter([("TYPING", {"text": a.text})]),
        "key": lambda _, a: _key_of(a),
        "key_down": lambda _, a: _keys_of("KEY_DOWN", a.keys),
        "key_up": lambda _, a: _keys_of("KEY_UP", a.keys[::-1]),
        "wait": lambda _, a: iter([("WAIT", {})] if a.seconds == OSWORLD_PAUSE else []),
        "terminate": lambda _, a: _end(a),
    }
)


def _actions(said: str) -> tuple[str, list[Any]]:
    """What stands beside the actions, and the actions as data."""
    if said.strip() in _WORDS:
        return "", [said.strip()]
    thought, codes = blocks(said)
    found: list[Any] = []
    for code in codes:
        value = code.strip()
        if value not in _WORDS:
            value = loads(value, "the action")
        found += value if isinstance(value, list) else [value]
    if not found:
        raise ActionError('no action: give {"action_type": ..., "parameters": {...}} in a block')
    return thought, found


def _dumped(data: Any) -> str:
    """JSON in which no block can end."""
    return json.dumps(data, ensure_ascii=False).replace("`", "\\u0060")


_TYPES: Final = {
    **dict.fromkeys(("button", "text", "key"), "string"),
    **dict.fromkeys(("num_clicks", "dx", "dy"), "integer"),
    "keys": "array of strings",
}

_TOLD: Final = {
    "MOVE_TO": "move the pointer",
    "CLICK": "click a button, at a place or where the pointer is",
    "MOUSE_DOWN": "press a button where the pointer is, and hold it",
    "MOUSE_UP": "release a button where the pointer is",
    "RIGHT_CLICK": "click the right button",
    "DOUBLE_CLICK": "click the left button twice",
    "DRAG_TO": "drag with the left button from where the pointer is",
    "SCROLL": "turn the wheel by notches: dx > 0 is right, dy > 0 is up",
    "TYPING": "type a text",
    "PRESS": "press a key",
    "KEY_DOWN": "press a key and hold it",
    "KEY_UP": "release a key",
    "HOTKEY": "press keys together",
    "WAIT": "wait",
    "FAIL": "end the task: it cannot be done",
    "DONE": "end the task: it is done",
}
