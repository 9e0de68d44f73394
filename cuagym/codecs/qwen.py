"""`computer_use` tool calls, as Qwen2.5-VL, Qwen3-VL and EvoCUA make them.

    Action: Click the cell.
    <tool_call>
    {"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [512, 300]}}
    </tool_call>

Sources: the cookbooks of QwenLM/Qwen3-VL; meituan/EvoCUA, mm_agents/evocua (its "S2" style).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, Final

from cuagym.actions import (
    STATUSES,
    Action,
    Click,
    Drag,
    Key,
    KeyDown,
    KeyUp,
    Move,
    Point,
    Scroll,
    Terminate,
    Type,
    Wait,
)
from cuagym.actions.values import one_of, shown, text
from cuagym.codecs.base import Codec, Reply, Said, check_calls, check_choice
from cuagym.codecs.forms import (
    PLACE,
    SECONDS,
    Form,
    anything,
    keys,
    loads,
    named,
    notches,
    one,
    read,
    short,
)
from cuagym.codecs.places import GRID, Places, resized
from cuagym.codecs.tool_calls import CLOSE, OPEN, THOUGHT, of_message, split
from cuagym.errors import ActionError

__all__ = ["EvoCUA", "Qwen"]

TOOL: Final = "computer_use"
COORDINATES: Final = ("grid", "pixels")


def _click(button: str, count: int) -> Form:
    def make(values: Mapping[str, Any], _: Places) -> tuple[Action, ...]:
        return (Click(values.get("coordinate"), button, count),)

    return Form(make, {"coordinate": PLACE})


_CLICKS: Final = {
    ("left", 1): "left_click",
    ("right", 1): "right_click",
    ("middle", 1): "middle_click",
    ("left", 2): "double_click",
    ("left", 3): "triple_click",
}

FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        "key": Form(one(Key), {"keys": keys}, ["keys"]),
        "key_down": Form(one(KeyDown), {"keys": keys}, ["keys"]),
        "key_up": Form(one(KeyUp), {"keys": keys}, ["keys"]),
        "type": Form(one(Type), {"text": text}, ["text"]),
        "mouse_move": Form(
            lambda v, _: (Move(v["coordinate"]),), {"coordinate": PLACE}, ["coordinate"]
        ),
        **{name: _click(*what) for what, name in _CLICKS.items()},
        "left_click_drag": Form(
            lambda v, _: (Drag(v["coordinate"]),),
            {"coordinate": PLACE, "duration": anything},
            ["coordinate"],
        ),
        "scroll": Form(
            lambda v, _: (Scroll(v.get("coordinate"), (0, -v["pixels"])),),
            {"pixels": notches, "coordinate": PLACE},
            ["pixels"],
        ),
        "hscroll": Form(
            lambda v, _: (Scroll(v.get("coordinate"), (v["pixels"], 0)),),
            {"pixels": notches, "coordinate": PLACE},
            ["pixels"],
        ),
        "wait": Form(lambda v, _: (Wait(v.get("time", 1.0)),), {"time": SECONDS}),
        "terminate": Form(one(Terminate), {"status": one_of(STATUSES)}),
        "answer": Form(lambda v, _: (Terminate("success", v["text"]),), {"text": text}, ["text"]),
        "click": _click("left", 1),
    }
)
"""The actions; "click" is a second name that EvoCUA's own parser takes for "left_click"."""


@dataclass(frozen=True)
class Qwen(Codec):
    r"""Qwen2.5-VL's and Qwen3-VL's `computer_use`.

    Attributes:
        size: Width and height of the screen in pixels.
        coordinates: "grid": from 0 to 999 whatever the screen, as Qwen3-VL and EvoCUA; "pixels": of
            the image that the model sees, as Qwen2.5-VL.
        factor: With "pixels", the image's sides are multiples of it (`image` tells them): 28 for
            Qwen2.5-VL, 32 for Qwen3-VL and EvoCUA; None for the screen as it is.
        max_pixels: With a factor, the most pixels of the image.
        calls: The most tool calls of one reply.
        unescape: Whether "\\n", "\\t" and "\\\\" that are left in a typed text once the JSON is
            read mean newline, tab and backslash, as EvoCUA's own parser has it.
    """

    name: ClassVar[str] = "qwen"
    actions: ClassVar[tuple[str, ...]] = tuple(
        name for name in FORMS if name not in ("key_down", "key_up", "click")
    )
    """What the schema offers; every action of `FORMS` is read."""

    coordinates: str = "grid"
    factor: int | None = None
    max_pixels: int = 12_845_056
    calls: int = 1
    unescape: bool = False

    def __post_init__(self) -> None:
        """Check the arguments."""
        super().__post_init__()
        check_choice("coordinates", self.coordinates, COORDINATES)
        check_calls(self.calls)
        _ = self.image  # a wrong factor is told here

    @property
    def image(self) -> tuple[int, int]:
        """Width and height of the image in which the model must see the screen."""
        if self.factor is None:
            return self.size
        return resized(self.size, self.factor, most=self.max_pixels)

    @cached_property
    def places(self) -> Places:
        """What the numbers mean on the screen."""
        grid = self.coordinates == "grid"
        return Places(self.size, (GRID, GRID) if grid else self.image)

    def schema(self) -> dict[str, Any]:
        """Return the tool as the chat template of Qwen takes it."""
        listed = "\n".join(f"* `{name}`: {_TOLD[name]}" for name in self.actions)
        return {
            "type": "function",
            "function": {
                "name": TOOL,
                "description": (
                    "Operate a desktop by mouse and keyboard. The screen is"
                    f" {self._resolution()}. After each action you see a new screenshot."
                ),
                "parameters": {
                    "type": "object",
                    "properties": {
                        "action": {
                            "type": "string",
                            "enum": list(self.actions),
                            "description": f"What to do.\n{listed}",
                        },
                        **_FIELDS,
                    },
                    "required": ["action"],
                },
            },
        }

    def prompt(self) -> str:
        """Return the system prompt: the tool, and how it is called."""
        return (
            "# Tools\n\nThe function between <tools> and </tools> is yours to call:\n"
            f"<tools>\n{json.dumps(self.schema())}\n</tools>\n\n"
            "# Answers\n\nFirst a line that begins with `Action:` and says in one sentence what you"
            f" do next. Then {'one call' if self.calls == 1 else f'1 to {self.calls} calls'},"
            f" a JSON object with the function's name and its arguments:\n{OPEN}\n"
            f'{{"name": "{TOOL}", "arguments": {{"action": ...}}}}\n{CLOSE}\n'
            "End the task with the action `terminate`."
        )

    def _resolution(self) -> str:
        if self.coordinates == "grid":
            return f"a grid of {GRID + 1} x {GRID + 1}: x and y are from 0 to {GRID}"
        return "{} x {} pixels".format(*self.image)

    # From text

    def _read(self, said: Said, pointer: Point | None) -> Reply:
        thought, calls = of_message(said) if isinstance(said, Mapping) else split(said)
        if not calls:
            raise ActionError(
                f"no tool call: end the reply with {OPEN}"
                f'{{"name": "{TOOL}", "arguments": {{"action": ...}}}}{CLOSE}'
            )
        if len(calls) > self.calls:
            raise ActionError(f"{len(calls)} tool calls in one reply, at most {self.calls} allowed")
        turn = tuple(action for call in calls for action in self._call(call))
        return Reply(turn, thought)

    def _call(self, call: Any) -> tuple[Action, ...]:
        if not isinstance(call, Mapping) or "name" not in call or "arguments" not in call:
            raise ActionError(
                'a tool call is an object with "name" and "arguments", got ' + shown(call)
            )
        if call["name"] != TOOL:
            raise ActionError(f"no tool is called {shown(call['name'])}; the only one is {TOOL!r}")
        arguments = call["arguments"]
        if isinstance(arguments, str):
            arguments = loads(arguments, "the text of the arguments")
        if not isinstance(arguments, Mapping) or "action" not in arguments:
            raise ActionError('the arguments are an object with "action", got ' + shown(arguments))
        name, given = arguments["action"], dict(arguments)
        del given["action"]
        form = named("action", name, FORMS)
        if self.unescape and isinstance(given.get("text"), str):
            given["text"] = _unescaped(given["text"])
        return read(f"action {name!r}", form, given, self.places)

    # To text

    def _write(self, reply: Reply) -> str:
        if reply.asks:
            raise self._cannot(reply.asks[0])
        if not reply.turn:
            raise self._cannot("a turn without actions", "wait instead")
        if len(reply.turn) > self.calls:
            raise self._cannot(f"{len(reply.turn)} actions in {self.calls} call(s)")
        if OPEN in reply.thought or reply.thought.count(THOUGHT) > 1:
            raise self._cannot(f"a thought with {OPEN!r} in it, or {THOUGHT!r} twice")
        calls = [
            f"{OPEN}\n{json.dumps(self._said(action), ensure_ascii=False)}\n{CLOSE}"
            for action in reply.turn
        ]
        return "\n".join([reply.thought, *calls] if reply.thought else calls)

    def _said(self, action: Action) -> dict[str, Any]:
        write = _WRITE.get(action.name)
        arguments = write(self, action) if write else None
        if arguments is None:
            raise self._cannot(action)
        return {"name": TOOL, "arguments": arguments}

    def _place(self, action: Any) -> dict[str, Any]:
        if action.point is None:
            return {}
        return {"coordinate": list(self.places.numbers(action.point))}

    def _click(self, action: Any) -> dict[str, Any] | None:
        name = _CLICKS.get((action.button, action.count))
        return {"action": name, **self._place(action)} if name else None

    def _move(self, action: Any) -> dict[str, Any] | None:
        return {"action": "mouse_move", **self._place(action)} if action.point else None

    def _drag(self, action: Any) -> dict[str, Any] | None:
        if action.point is None or action.start is not None or action.button != "left":
            return None
        return {"action": "left_click_drag", **self._place(action)}

    def _scroll(self, action: Any) -> dict[str, Any] | None:
        dx, dy = action.scroll
        if dx and dy:
            return None
        said = {"action": "hscroll", "pixels": dx} if dx else {"action": "scroll", "pixels": -dy}
        return {**said, **self._place(action)}

    def _type(self, action: Any) -> dict[str, Any]:
        return {"action": "type", "text": _escaped(action.text) if self.unescape else action.text}

    def _keys(self, action: Any) -> dict[str, Any] | None:
        return {"action": action.name, "keys": list(action.keys)} if action.keys else None

    def _terminate(self, action: Any) -> dict[str, Any] | None:
        if not action.answer:
            return {"action": "terminate", "status": action.status}
        if action.status != "success":
            return None
        return {"action": "answer", "text": action.answer}


@dataclass(frozen=True)
class EvoCUA(Qwen):
    """EvoCUA's `computer_use`: Qwen's, with keys that can be held."""

    name: ClassVar[str] = "evocua"
    actions: ClassVar[tuple[str, ...]] = tuple(
        name for name in FORMS if name not in ("hscroll", "answer", "click")
    )


_WRITE: Final[Mapping[str, Callable[[Any, Any], dict[str, Any] | None]]] = MappingProxyType(
    {
        "move": Qwen._move,
        "click": Qwen._click,
        "drag": Qwen._drag,
        "scroll": Qwen._scroll,
        "type": Qwen._type,
        "key": Qwen._keys,
        "key_down": Qwen._keys,
        "key_up": Qwen._keys,
        "wait": lambda _, action: {"action": "wait", "time": short(action.seconds)},
        "terminate": Qwen._terminate,
    }
)


_ESCAPES: Final = {"n": "\n", "t": "\t", "\\": "\\"}


def _unescaped(given: str) -> str:
    parts, rest = [], iter(given)
    for c in rest:
        after = next(rest, "") if c == "\\" else ""
        parts.append(_ESCAPES.get(after, c + after) if c == "\\" else c)
    return "".join(parts)


def _escaped(given: str) -> str:
    return given.replace("\\", "\\\\")


_TOLD: Final = {
    "key": "press the keys together: down in order, up in reverse.",
    "key_down": "press keys and hold them, over later actions too.",
    "key_up": "release keys that are held.",
    "type": "type a text; a newline is Enter.",
    "mouse_move": "move the pointer to the coordinate.",
    "left_click": "click the left button, at the coordinate or where the pointer is.",
    "right_click": "the same with the right button.",
    "middle_click": "the same with the middle button.",
    "double_click": "click the left button twice.",
    "triple_click": "click the left button three times.",
    "left_click_drag": "drag with the left button from where the pointer is to the coordinate.",
    "scroll": "turn the wheel by so many notches: up if positive, down if negative.",
    "hscroll": "turn it sideways: right if positive, left if negative.",
    "wait": "let some seconds pass.",
    "terminate": "end the task and say how it went.",
    "answer": "end the task with an answer.",
}

_FIELDS: Final[dict[str, Any]] = {
    "keys": {
        "type": "array",
        "items": {"type": "string"},
        "description": "Of key, key_down, key_up.",
    },
    "text": {"type": "string", "description": "Of type and answer."},
    "coordinate": {
        "type": "array",
        "items": {"type": "number"},
        "description": "(x, y), from the upper left corner.",
    },
    "pixels": {"type": "number", "description": "Notches of scroll and hscroll."},
    "time": {"type": "number", "description": "Seconds of wait."},
    "status": {"type": "string", "enum": list(STATUSES), "description": "Of terminate."},
}
