"""Anthropic's computer tool: the content blocks of a message, of which one uses the tool.

    [{"type": "text", "text": "I click the cell."},
     {"type": "tool_use", "id": "toolu_1", "name": "computer",
      "input": {"action": "left_click", "coordinate": [640, 360], "text": "ctrl"}}]

Source: the documentation of the versions computer_20241022, _20250124 and _20251124. A message
without tool use ends the task: its text is the answer, or says "[INFEASIBLE]", as in OSWorld.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, Final

from cuagym.actions import (
    Action,
    Click,
    Drag,
    Key,
    MouseDown,
    MouseUp,
    Move,
    Point,
    Scroll,
    Terminate,
    Turn,
    Type,
    Wait,
)
from cuagym.actions.primitives import MAX_SCROLL
from cuagym.actions.values import one_of, shown, text, whole
from cuagym.codecs.base import Ask, Codec, Reply, Said, check_calls, check_choice, checked_size
from cuagym.codecs.forms import (
    BOX,
    PLACE,
    SECONDS,
    Form,
    chord,
    chords,
    loads,
    named,
    one,
    read,
    short,
)
from cuagym.codecs.messages import ending, grouped, held, last_words
from cuagym.codecs.places import Places
from cuagym.errors import ActionError

__all__ = ["Anthropic"]

TOOL: Final = "computer"
VERSIONS: Final = ("computer_20241022", "computer_20250124", "computer_20251124")

_DIRECTIONS: Final = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
_CLICKS: Final = {
    ("left", 1): "left_click",
    ("right", 1): "right_click",
    ("middle", 1): "middle_click",
    ("left", 2): "double_click",
    ("left", 3): "triple_click",
}


def _click(button: str, count: int) -> Form:
    def make(values: Mapping[str, Any], _: Places) -> Turn:
        return (Click(values.get("coordinate"), button, count),)

    return Form(held(make, "text"), {"coordinate": PLACE, "text": chord})


def _scroll(values: Mapping[str, Any], _: Places) -> Turn:
    amount = values["scroll_amount"]
    dx, dy = _DIRECTIONS[values["scroll_direction"]]
    return (Scroll(values.get("coordinate"), (dx * amount, dy * amount)),)


def _nothing(values: Mapping[str, Any], _: Places) -> Turn:
    return ()


FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        "key": Form(lambda v, _: tuple(Key(k) for k in v["text"]), {"text": chords}, ["text"]),
        "hold_key": Form(
            held(lambda v, _: (Wait(v["duration"]),), "text"),
            {"text": chord, "duration": SECONDS},
            ["text", "duration"],
        ),
        "type": Form(one(Type), {"text": text}, ["text"]),
        "cursor_position": Form(_nothing),
        "mouse_move": Form(
            lambda v, _: (Move(v["coordinate"]),), {"coordinate": PLACE}, ["coordinate"]
        ),
        "left_mouse_down": Form(lambda *_: (MouseDown(),)),
        "left_mouse_up": Form(lambda *_: (MouseUp(),)),
        **{name: _click(*what) for what, name in _CLICKS.items()},
        "left_click_drag": Form(
            lambda v, _: (Drag(v["coordinate"], v.get("start_coordinate")),),
            {"start_coordinate": PLACE, "coordinate": PLACE},
            ["coordinate"],
        ),
        "scroll": Form(
            held(_scroll, "text"),
            {
                "coordinate": PLACE,
                "scroll_direction": one_of(tuple(_DIRECTIONS)),
                "scroll_amount": whole(0, MAX_SCROLL),
                "text": chord,
            },
            ["scroll_direction", "scroll_amount"],
        ),
        "wait": Form(lambda v, _: (Wait(v["duration"]),), {"duration": SECONDS}, ["duration"]),
        "screenshot": Form(_nothing),
        "zoom": Form(_nothing, {"region": BOX}, ["region"]),
    }
)
_ASKS: Final = ("screenshot", "cursor_position", "zoom")


@dataclass(frozen=True)
class Anthropic(Codec):
    """Anthropic's computer tool.

    Attributes:
        size: Width and height of the screen in pixels.
        shown: Width and height of the image that the model sees, to which its pixels refer; None
            for the screen's own.
        version: Of the tool; it matters for the schema alone, each action of each version is read.
        calls: The most uses of the tool in one message.
    """

    name: ClassVar[str] = "anthropic"

    shown: tuple[int, int] | None = None
    version: str = "computer_20250124"
    calls: int = 1

    def __post_init__(self) -> None:
        """Check the arguments."""
        super().__post_init__()
        if self.shown is not None:
            object.__setattr__(self, "shown", checked_size("shown", self.shown))
        check_choice("version", self.version, VERSIONS)
        check_calls(self.calls)

    @property
    def image(self) -> tuple[int, int]:
        """Width and height of the image in which the model must see the screen."""
        return self.shown or self.size

    @cached_property
    def places(self) -> Places:
        """What the numbers mean on the screen."""
        return Places(self.size, self.image)

    def schema(self) -> dict[str, Any]:
        """Return the entry of `tools` in a request to Anthropic."""
        width, height = self.image
        zoom = {"enable_zoom": True} if self.version == VERSIONS[-1] else {}
        return {
            "type": self.version,
            "name": TOOL,
            "display_width_px": width,
            "display_height_px": height,
            **zoom,
        }

    def prompt(self) -> str:
        """Return what the model is told beside the tool: how a task ends."""
        return (
            "Work on the task with the computer tool. When it is done, answer without using the"
            " tool: with what the task asks for, or in a word. If it cannot be done, answer with"
            " [INFEASIBLE] and the reason."
        )

    def _read(self, said: Said, pointer: Point | None) -> Reply:
        content = loads(said, "the message") if isinstance(said, str) else said
        thoughts, words, inputs = _blocks(_content(content))
        if len(inputs) > self.calls:
            raise ActionError(
                f"{len(inputs)} uses of the tool in one message, at most {self.calls} allowed"
            )
        if not inputs:
            if not words:
                raise ActionError("the message holds neither a use of the tool nor a text")
            return Reply((last_words("\n".join(words)),), "\n".join(thoughts))
        turn: list[Action] = []
        asks: list[Ask] = []
        for given in inputs:
            name, fields = given["action"], {k: v for k, v in given.items() if k != "action"}
            turn += read(f"action {name!r}", named("action", name, FORMS), fields, self.places)
            if name in _ASKS:
                region = fields.get("region")
                asks.append(Ask(name, self.places.box(region) if region else ()))
        return Reply(tuple(turn), "\n".join([*thoughts, *words]), tuple(asks))

    def _write(self, reply: Reply) -> str:
        return json.dumps(self.message(reply), ensure_ascii=False)

    def message(self, reply: Reply) -> list[dict[str, Any]]:
        """Return the content of a message that says a reply, as data.

        Raises:
            ActionError: The tool cannot say it.
        """
        turn = reply.turn
        if len(turn) == 1 and isinstance(turn[0], Terminate) and not reply.asks:
            thinking = {"type": "thinking", "thinking": reply.thought}
            said = {"type": "text", "text": ending(turn[0])}
            return [thinking, said] if reply.thought else [said]
        inputs = [self._asked(ask) for ask in reply.asks]
        inputs += [self._input(keys, inner) for keys, inner in grouped(turn)]
        if not 1 <= len(inputs) <= self.calls:
            raise self._cannot(f"{len(inputs)} actions in {self.calls} use(s) of the tool")
        uses = [
            {"type": "tool_use", "id": f"toolu_{n}", "name": TOOL, "input": said}
            for n, said in enumerate(inputs, 1)
        ]
        return [{"type": "text", "text": reply.thought}, *uses] if reply.thought else uses

    def _asked(self, ask: Ask) -> dict[str, Any]:
        if ask.name not in _ASKS:
            raise self._cannot(ask)
        if ask.name != "zoom":
            return {"action": ask.name}
        region = [round(f * n) for f, n in zip(ask.args, self.image * 2, strict=True)]
        return {"action": "zoom", "region": region}

    def _input(self, keys: tuple[str, ...], inner: Turn) -> dict[str, Any]:
        said = _WRITE[inner[0].name](self, inner[0]) if len(inner) == 1 else None
        if said is None:
            raise self._cannot(inner[0] if len(inner) == 1 else inner)
        if not keys:
            return said
        if said["action"] == "wait":
            return {"action": "hold_key", "text": _chord(keys), "duration": said["duration"]}
        if "text" not in FORMS[said["action"]].fields or said["action"] in ("key", "type"):
            raise self._cannot(f"{inner[0]} while keys are held")
        return {**said, "text": _chord(keys)}

    def _at(self, point: Point | None, name: str = "coordinate") -> dict[str, Any]:
        return {} if point is None else {name: list(self.places.numbers(point))}

    def _click(self, action: Any) -> dict[str, Any] | None:
        name = _CLICKS.get((action.button, action.count))
        return {"action": name, **self._at(action.point)} if name else None

    def _drag(self, action: Any) -> dict[str, Any] | None:
        if action.point is None or action.button != "left":
            return None
        start = self._at(action.start, "start_coordinate")
        return {"action": "left_click_drag", **start, **self._at(action.point)}

    def _scroll(self, action: Any) -> dict[str, Any] | None:
        dx, dy = action.scroll
        if dx and dy:
            return None
        direction = ("right" if dx > 0 else "left") if dx else ("up" if dy < 0 else "down")
        return {
            "action": "scroll",
            **self._at(action.point),
            "scroll_direction": direction,
            "scroll_amount": abs(dx or dy),
        }


def _hand(name: str) -> Callable[[Anthropic, Any], dict[str, Any] | None]:
    """A button is held or released where the pointer is, the left one alone."""
    return lambda _, a: {"action": name} if a.point is None and a.button == "left" else None


_WRITE: Final[Mapping[str, Callable[[Anthropic, Any], dict[str, Any] | None]]] = MappingProxyType(
    {
        "move": lambda codec, a: (
            {"action": "mouse_move", **codec._at(a.point)} if a.point else None
        ),
        "click": Anthropic._click,
        "mouse_down": _hand("left_mouse_down"),
        "mouse_up": _hand("left_mouse_up"),
        "drag": Anthropic._drag,
        "scroll": Anthropic._scroll,
        "type": lambda _, a: {"action": "type", "text": a.text},
        "key": lambda _, a: {"action": "key", "text": _chord(a.keys)} if a.keys else None,
        "key_down": lambda *_: None,
        "key_up": lambda *_: None,
        "wait": lambda _, a: {"action": "wait", "duration": short(a.seconds)},
        "terminate": lambda *_: None,
    }
)

_XDOTOOL: Final = {"Backspace": "BackSpace", "+": "plus"}


def _chord(keys: tuple[str, ...]) -> str:
    return "+".join(_XDOTOOL.get(key, key) for key in keys)


def _content(said: Any) -> list[Any]:
    """The content blocks of a message, of a part of one, or of the input of the tool alone."""
    if isinstance(said, Mapping):
        if "content" in said:
            said = said["content"]
            said = [{"type": "text", "text": said}] if isinstance(said, str) else said
        elif "action" in said:
            said = [{"type": "tool_use", "name": TOOL, "input": said}]
        else:
            said = [said]
    if isinstance(said, (list, tuple)):
        return list(said)
    raise ActionError(f"a message, or the list of its content blocks, is wanted, got {shown(said)}")


def _blocks(content: list[Any]) -> tuple[list[str], list[str], list[Mapping[str, Any]]]:
    """What is thought, what is said, and the inputs of the tool."""
    thoughts: list[str] = []
    words: list[str] = []
    inputs: list[Mapping[str, Any]] = []
    for block in content:
        kind = block.get("type") if isinstance(block, Mapping) else None
        if kind == "text" and isinstance(block.get("text"), str):
            words.append(block["text"])
        elif kind == "thinking" and isinstance(block.get("thinking"), str):
            thoughts.append(block["thinking"])
        elif kind == "tool_use":
            if block.get("name") != TOOL:
                raise ActionError(f"no tool is called {block.get('name')!r}; there is {TOOL!r}")
            given = block.get("input")
            if not isinstance(given, Mapping) or "action" not in given:
                raise ActionError('the input is an object with "action", got ' + shown(given))
            inputs.append(given)
        elif kind != "redacted_thinking":
            raise ActionError(f"no content block is like this: {shown(block)}")
    return thoughts, words, inputs
