"""OpenAI's computer actions: the output items of a response, of which one is a computer call.

    [{"type": "message", "content": [{"type": "output_text", "text": "I click the cell."}]},
     {"type": "computer_call", "call_id": "call_1",
      "action": {"type": "click", "button": "left", "x": 640, "y": 360}}]

Newer models give a list, "actions", instead of one "action". Source: the reference of the Responses
interface. A response without a call ends the task: its text is the answer, or says "[INFEASIBLE]".
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
from cuagym.actions.values import number, one_of, shown, text
from cuagym.codecs.base import Ask, Codec, Reply, Said, check_calls, check_choice, checked_size
from cuagym.codecs.forms import AXIS, Form, anything, at, check_pair, keys, loads, named, one, read
from cuagym.codecs.messages import ending, grouped, held, last_words
from cuagym.codecs.places import Places
from cuagym.errors import ActionError, UsageError

__all__ = ["OpenAI"]

VERSIONS: Final = ("computer_use_preview", "computer")
ENVIRONMENTS: Final = ("linux", "ubuntu", "browser", "mac", "windows")
WAIT: Final = 1.0
"""Seconds that "wait" means; the format has no number for it."""
_MAX_PATH: Final = 200

_BUTTONS: Final = {"left": "left", "right": "right", "wheel": "middle", "middle": "middle"}
_SIDE_BUTTONS: Final = {"back": "Left", "forward": "Right"}
_PLACE: Final = {"x": AXIS, "y": AXIS}


def _click(values: Mapping[str, Any], places: Places) -> Turn:
    point, button = at(values, places), values.get("button", "left")
    if button in _SIDE_BUTTONS:  # nobody's mouse here has them; browsers take alt and an arrow
        return Move(point), Key(("alt", _SIDE_BUTTONS[button]))
    return (Click(point, _BUTTONS[button]),)


def _drag(values: Mapping[str, Any], places: Places) -> Turn:
    first, *between, last = (
        check_pair((p.get("x"), p.get("y")) if isinstance(p, Mapping) else p, places)
        for p in values["path"]
    )
    if not between:
        return (Drag(last, first),)
    return MouseDown(first), *(Move(p) for p in between), MouseUp(last)


def _path(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)) and 2 <= len(value) <= _MAX_PATH:
        return list(value)
    raise ActionError(f"must be a list of 2 to {_MAX_PATH} places")


def _form(make: Callable[[Mapping[str, Any], Places], Turn], needs: str, **fields: Any) -> Form:
    """A form at a place, with modifiers that are held meanwhile."""
    return Form(held(make, "keys"), {**fields, "keys": _modifiers}, needs.split())


def _modifiers(value: Any) -> tuple[str, ...]:
    return keys(value) if value else ()


def _forms(notch: int) -> Mapping[str, Form]:
    def scroll(values: Mapping[str, Any], places: Places) -> Turn:
        turned = [_notches(values.get(name, 0), notch) for name in ("scroll_x", "scroll_y")]
        return (Scroll(at(values, places), (turned[0], turned[1])),)

    buttons = one_of((*_BUTTONS, *_SIDE_BUTTONS))
    pixels = number(-1e6, 1e6)
    return MappingProxyType(
        {
            "click": _form(_click, "x y", **_PLACE, button=buttons),
            "double_click": _form(lambda v, p: (Click(at(v, p), count=2),), "x y", **_PLACE),
            "drag": _form(_drag, "path", path=_path),
            "keypress": Form(one(Key), {"keys": keys}, ["keys"]),
            "move": _form(lambda v, p: (Move(at(v, p)),), "x y", **_PLACE),
            "screenshot": Form(lambda *_: ()),
            "scroll": _form(scroll, "", **_PLACE, scroll_x=pixels, scroll_y=pixels),
            "type": Form(one(Type), {"text": text}, ["text"]),
            "wait": Form(lambda *_: (Wait(WAIT),), {"ms": anything}),
        }
    )


def _notches(pixels: float, notch: int) -> int:
    """The nearest number of notches, at least one where there is any scrolling."""
    turned = round(abs(pixels) / notch) or (1 if pixels else 0)
    return turned if pixels > 0 else -turned


@dataclass(frozen=True)
class OpenAI(Codec):
    """OpenAI's computer actions.

    Attributes:
        size: Width and height of the screen in pixels.
        shown: Width and height of the image that the model sees, to which its pixels refer; None
            for the screen's own.
        notch: How many of its pixels of scrolling are one notch of the wheel.
        calls: The most actions of one response.
        version: Of the tool: "computer_use_preview", or "computer" of newer models, which see what
            they operate and are not told. It matters for the schema alone.
        environment: What the model is told it operates: "linux" and so on.
    """

    name: ClassVar[str] = "openai"

    shown: tuple[int, int] | None = None
    notch: int = 100
    calls: int = 1
    version: str = "computer_use_preview"
    environment: str = "linux"

    def __post_init__(self) -> None:
        """Check the arguments."""
        super().__post_init__()
        if self.shown is not None:
            object.__setattr__(self, "shown", checked_size("shown", self.shown))
        if type(self.notch) is not int or self.notch < 1:
            raise UsageError(f"notch={self.notch!r}: a whole number of pixels, at least 1")
        check_choice("version", self.version, VERSIONS)
        check_choice("environment", self.environment, ENVIRONMENTS)
        check_calls(self.calls)

    @property
    def image(self) -> tuple[int, int]:
        """Width and height of the image in which the model must see the screen."""
        return self.shown or self.size

    @cached_property
    def places(self) -> Places:
        """What the numbers mean on the screen."""
        return Places(self.size, self.image)

    @cached_property
    def forms(self) -> Mapping[str, Form]:
        """The actions that are read."""
        return _forms(self.notch)

    def schema(self) -> dict[str, Any]:
        """Return the entry of `tools` in a request to OpenAI."""
        if self.version == "computer":
            return {"type": "computer"}
        width, height = self.image
        return {
            "type": "computer_use_preview",
            "display_width": width,
            "display_height": height,
            "environment": self.environment,
        }

    def prompt(self) -> str:
        """Return what the model is told beside the tool: how a task ends."""
        return (
            "Work on the task with the computer tool, without asking for confirmation. When it is"
            " done, answer without an action: with what the task asks for, or in a word. If it"
            " cannot be done, answer with [INFEASIBLE] and the reason."
        )

    def _read(self, said: Said, pointer: Point | None) -> Reply:
        content = loads(said, "the response") if isinstance(said, str) else said
        thoughts, words, given, asks = _items(_output(content))
        if len(given) > self.calls:
            raise ActionError(f"{len(given)} actions in one response, at most {self.calls} allowed")
        if not given:
            if not words:
                raise ActionError("the response holds neither a computer call nor a text")
            return Reply((last_words("\n".join(words)),), "\n".join(thoughts))
        turn: list[Action] = []
        for action in given:
            name, fields = action["type"], {k: v for k, v in action.items() if k != "type"}
            turn += read(f"action {name!r}", named("action", name, self.forms), fields, self.places)
            if name == "screenshot":
                asks.append(Ask("screenshot"))
        return Reply(tuple(turn), "\n".join([*thoughts, *words]), tuple(asks))

    def _write(self, reply: Reply) -> str:
        return json.dumps(self.message(reply), ensure_ascii=False)

    def message(self, reply: Reply) -> list[dict[str, Any]]:
        """Return the output items of a response that says a reply, as data.

        Raises:
            ActionError: The format cannot say it.
        """
        turn, thought = reply.turn, reply.thought
        if len(turn) == 1 and isinstance(turn[0], Terminate) and not reply.asks:
            return [*([_reasoning(thought)] if thought else []), _message(ending(turn[0]))]
        actions = [{"type": "screenshot"} for ask in reply.asks if ask.name == "screenshot"]
        if len(actions) < len(reply.asks):
            raise self._cannot(reply.asks)
        for held_keys, inner in grouped(turn, _stroke):
            actions.append(self._action(held_keys, inner))
        if not 1 <= len(actions) <= self.calls:
            raise self._cannot(f"{len(actions)} actions in {self.calls}")
        said = {"action": actions[0]} if len(actions) == 1 else {"actions": actions}
        call = {"type": "computer_call", "call_id": "call_1", **said}
        return [_message(thought), call] if thought else [call]

    def _action(self, held_keys: tuple[str, ...], inner: Turn) -> dict[str, Any]:
        said: dict[str, Any] | None = None
        if len(inner) > 2 and _stroke(inner) == len(inner):
            said = {"type": "drag", "path": [self._at(getattr(a, "point")) for a in inner]}  # noqa: B009
        elif len(inner) == 1:
            said = _WRITE[inner[0].name](self, inner[0])
        if said is None or held_keys and said["type"] in ("keypress", "type", "wait"):
            raise self._cannot(inner[0] if len(inner) == 1 else inner)
        return {**said, "keys": [_word(k) for k in held_keys]} if held_keys else said

    def _at(self, point: Point | None) -> dict[str, Any]:
        if point is None:
            return {}
        x, y = self.places.numbers(point)
        return {"x": x, "y": y}

    def _click(self, action: Any) -> dict[str, Any] | None:
        if action.point is None:
            return None
        if action.count == 2 and action.button == "left":
            return {"type": "double_click", **self._at(action.point)}
        button = {"middle": "wheel"}.get(action.button, action.button)
        said = {"type": "click", "button": button, **self._at(action.point)}
        return said if action.count == 1 else None

    def _drag(self, action: Any) -> dict[str, Any] | None:
        if action.point is None or action.start is None or action.button != "left":
            return None
        return {"type": "drag", "path": [self._at(action.start), self._at(action.point)]}

    def _scroll(self, action: Any) -> dict[str, Any]:
        dx, dy = (n * self.notch for n in action.scroll)
        return {"type": "scroll", **self._at(action.point), "scroll_x": dx, "scroll_y": dy}


def _stroke(turn: Turn) -> int:
    """How many primitives, at the beginning of a turn, are a drag along a path; 1 if none are."""
    for n, action in enumerate(turn):
        kind = MouseDown if n == 0 else (Move, MouseUp)
        if not isinstance(action, kind) or action.point is None:
            return 1
        if isinstance(action, (MouseDown, MouseUp)) and action.button != "left":
            return 1
        if isinstance(action, MouseUp):
            return n + 1 if n > 1 else 1
    return 1


_WRITE: Final[Mapping[str, Callable[[OpenAI, Any], dict[str, Any] | None]]] = MappingProxyType(
    {
        "move": lambda codec, a: {"type": "move", **codec._at(a.point)} if a.point else None,
        "click": OpenAI._click,
        "mouse_down": lambda *_: None,
        "mouse_up": lambda *_: None,
        "drag": OpenAI._drag,
        "scroll": OpenAI._scroll,
        "type": lambda _, a: {"type": "type", "text": a.text},
        "key": lambda _, a: (
            {"type": "keypress", "keys": [_word(k) for k in a.keys]} if a.keys else None
        ),
        "key_down": lambda *_: None,
        "key_up": lambda *_: None,
        "wait": lambda _, a: {"type": "wait"} if a.seconds == WAIT else None,
        "terminate": lambda *_: None,
    }
)

_WORDS: Final = {
    **{"Return": "ENTER", "Escape": "ESC", "Page_Up": "PAGEUP", "Page_Down": "PAGEDOWN"},
    **{name: f"ARROW{name.upper()}" for name in ("Left", "Right", "Up", "Down")},
}


def _word(key: str) -> str:
    return _WORDS.get(key, key.upper())


def _message(words: str) -> dict[str, Any]:
    return {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": words}],
    }


def _reasoning(thought: str) -> dict[str, Any]:
    return {"type": "reasoning", "summary": [{"type": "summary_text", "text": thought}]}


def _output(said: Any) -> list[Any]:
    """The output items of a response, of a part of one, or of one action alone."""
    if isinstance(said, Mapping):
        if "output" in said:
            said = said["output"]
        elif said.get("type") in ("message", "reasoning", "computer_call"):
            said = [said]
        else:
            said = [{"type": "computer_call", "action": said}]
    if isinstance(said, (list, tuple)):
        return list(said)
    raise ActionError(f"a response, or the list of its items, is wanted, got {shown(said)}")


def _items(
    output: list[Any],
) -> tuple[list[str], list[str], list[Mapping[str, Any]], list[Ask]]:
    """What is thought, what is said, the actions, and the checks that wait for a person."""
    thoughts: list[str] = []
    words: list[str] = []
    actions: list[Mapping[str, Any]] = []
    asks: list[Ask] = []
    for item in output:
        kind = item.get("type") if isinstance(item, Mapping) else None
        if kind == "reasoning":
            thoughts += _texts(item.get("summary") or [], item)
        elif kind == "message":
            words += _texts(item.get("content") or [], item)
        elif kind == "computer_call":
            given = item.get("actions") or [item.get("action")]
            for action in given if isinstance(given, (list, tuple)) else [given]:
                if not isinstance(action, Mapping) or "type" not in action:
                    raise ActionError('an action is an object with "type", got ' + shown(action))
                actions.append(action)
            checks = item.get("pending_safety_checks") or []
            asks += [_check(c) for c in (checks if isinstance(checks, (list, tuple)) else [checks])]
        else:
            raise ActionError(f"no output item is like this: {shown(item)}")
    return thoughts, words, actions, asks


def _texts(parts: Any, item: Any) -> list[str]:
    if isinstance(parts, str):
        return [parts]
    found: list[str] = []
    for part in parts if isinstance(parts, (list, tuple)) else [None]:
        text = part.get("text", part.get("refusal")) if isinstance(part, Mapping) else None
        if not isinstance(text, str):
            raise ActionError(f"the parts of an item are objects with 'text', got {shown(item)}")
        found.append(text)
    return found


def _check(check: Any) -> Ask:
    if not isinstance(check, Mapping):
        raise ActionError(f"a safety check is an object, got {shown(check)}")
    return Ask("safety_check", (str(check.get("code", "")), str(check.get("message", ""))))
