r"""UI-TARS: a thought, and calls that look like Python.

    Thought: I click the cell.
    Action: click(start_box='(640,360)')

Places are also written `<|box_start|>(640,360)<|box_end|>`, `<point>640 360</point>`, or as boxes
of four numbers, whose middle is meant. Texts take `\n`, `\t`, `\'`, `\"` and `\\`; a quote that is
not escaped is read too where it cannot end the text. Source: bytedance/UI-TARS, its prompts and its
package ui-tars.
"""

from __future__ import annotations

import re
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
    KeyDown,
    KeyUp,
    MouseDown,
    MouseUp,
    Move,
    Point,
    Scroll,
    Terminate,
    Turn,
    Type,
    Wait,
    key_name,
)
from cuagym.actions.values import one_of, shown, text
from cuagym.codecs.base import Codec, Reply, Said, check_calls, check_choice
from cuagym.codecs.forms import PLACE, Form, chord, keys, named, read
from cuagym.codecs.places import Places, resized
from cuagym.errors import ActionError

__all__ = ["UITARS"]

COORDINATES: Final = ("pixels", "grid")
GRID: Final = 1000
WAIT: Final = 5.0
"""Seconds that "wait()" means, by UI-TARS's prompt."""
NOTCHES: Final = 5
"""What "scroll" turns the wheel by in OSWorld."""
MAX_ACTION: Final = 20_000
"""The most characters of the actions."""

_DIRECTIONS: Final = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
_SAME: Final = {"point": "start_box", "start_point": "start_box", "end_point": "end_box"}
_AT: Final = {"start_box": PLACE}


def _hotkey(value: Any) -> tuple[str, ...]:
    """Keys with spaces or "+" between them; `page down` is one."""
    try:
        return (key_name(value),)
    except ActionError:
        return keys([key for part in str(value).split() for key in chord(part)])


def _pressed(action: Callable[..., Action], other: str) -> Form:
    """A form with keys, under "key" or another name."""

    def make(values: Mapping[str, Any], _: Places) -> Turn:
        if len(values) != 1:
            raise ActionError("give the keys as 'key'")
        return (action(*values.values()),)

    return Form(make, {"key": _hotkey, other: _hotkey})


def _mouse(action: Callable[..., Action], **fixed: Any) -> Form:
    return Form(lambda v, _: (action(v["start_box"], **fixed),), _AT, ["start_box"])


def _scroll(values: Mapping[str, Any], _: Places) -> Turn:
    dx, dy = _DIRECTIONS[values["direction"]]
    return (Scroll(values.get("start_box"), (dx * NOTCHES, dy * NOTCHES)),)


_DRAG: Final = Form(
    lambda v, _: (Drag(v["end_box"], v["start_box"]),),
    {"start_box": PLACE, "end_box": PLACE},
    ["start_box", "end_box"],
)

FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        "click": _mouse(Click),
        "left_double": _mouse(Click, count=2),
        "right_single": _mouse(Click, button="right"),
        "drag": _DRAG,
        "hotkey": _pressed(Key, "hotkey"),
        "type": Form(lambda v, _: (Type(v["content"]),), {"content": text}, ["content"]),
        "scroll": Form(_scroll, {**_AT, "direction": one_of(tuple(_DIRECTIONS))}, ["direction"]),
        "wait": Form(lambda *_: (Wait(WAIT),)),
        "finished": Form(
            lambda v, _: (Terminate("success", v.get("content", "")),), {"content": text}
        ),
        "call_user": Form(lambda *_: (Terminate("failure"),)),
        "hover": _mouse(Move),
        "mouse_down": Form(lambda v, _: (MouseDown(v.get("start_box")),), _AT),
        "mouse_up": Form(lambda v, _: (MouseUp(v.get("start_box")),), _AT),
        "press": _pressed(KeyDown, "press"),
        "release": _pressed(KeyUp, "press"),
        "left_single": _mouse(Click),
        "select": _DRAG,
        "move_to": _mouse(Move),
        "keydown": _pressed(KeyDown, "press"),
        "keyup": _pressed(KeyUp, "press"),
    }
)
"""The actions; the last five are second names."""

_NUMBER: Final = r"(-?\d{1,9}(?:\.\d{1,9})?)"
_MAX_PLACE: Final = 100
"""The most characters of a place: the pattern takes long where much may be left out."""
_PLACE: Final = re.compile(
    rf"\s*(?:<\|box_start\|>|<point>|<bbox>)?\s*[(\[]?\s*{_NUMBER}[,\s]\s*{_NUMBER}"
    rf"(?:[,\s]\s*{_NUMBER}[,\s]\s*{_NUMBER})?"
    r"\s*[)\]]?\s*(?:<\|box_end\|>|</point>|</bbox>)?\s*"
)
_MARK: Final = re.compile(r"^[ \t]*Action:", re.MULTILINE)
_NAME: Final = re.compile(r"\s*([A-Za-z_]\w*)\s*\(\s*")
_FIELD: Final = re.compile(r"([A-Za-z_]\w*)\s*=\s*(['\"])")
_NEXT: Final = re.compile(r"\s*(?:,\s*(?=[A-Za-z_]\w*\s*=)|(\))\s*(?=\Z|[A-Za-z_]\w*\s*\())")
"""What stands behind a text: the next field, or the end of the call and nothing but calls."""


@dataclass(frozen=True)
class UITARS(Codec):
    """UI-TARS.

    Attributes:
        size: Width and height of the screen in pixels.
        coordinates: "pixels" of the image that the model sees, as UI-TARS-1.5; "grid": from 0 to
            1000 whatever the screen, as UI-TARS-1.0 and Doubao.
        factor: With "pixels", the image's sides are multiples of it (`image` tells them).
        calls: The most actions of one reply.
    """

    name: ClassVar[str] = "uitars"

    coordinates: str = "pixels"
    factor: int = 28
    calls: int = 1

    def __post_init__(self) -> None:
        """Check the arguments."""
        super().__post_init__()
        check_choice("coordinates", self.coordinates, COORDINATES)
        check_calls(self.calls)
        _ = self.image  # a wrong factor is told here

    @property
    def image(self) -> tuple[int, int]:
        """Width and height of the image in which the model must see the screen."""
        return resized(self.size, self.factor, fewest=100 * 28 * 28)

    @cached_property
    def places(self) -> Places:
        """What the numbers mean on the screen."""
        grid = self.coordinates == "grid"
        return Places(self.size, (GRID, GRID) if grid else self.image)

    def schema(self) -> None:
        """Return None: the format is told by its prompt."""
        return None

    def prompt(self) -> str:
        """Return what the model is told."""
        listed = "\n".join(_TOLD)
        width, height = self.places.scale
        return (
            "You operate a desktop. Answer with a thought and the next action:\n"
            "Thought: what you see, and what you do next\nAction: the action\n\n"
            f"The actions; x is from 0 to {width} and y from 0 to {height}:\n{listed}\n"
            r"In texts write \' for a quote, \n for Enter and \\ for a backslash."
        )

    def _read(self, said: Said, pointer: Point | None) -> Reply:
        if not isinstance(said, str):
            raise ActionError(f"a text is wanted, got {shown(said)}")
        thought, action = _halves(said)
        found = _calls(action)
        if len(found) > self.calls:
            raise ActionError(f"{len(found)} actions in one reply, at most {self.calls} allowed")
        turn: list[Action] = []
        for name, given in found:
            form = named("action", name, FORMS)
            turn += read(f"action {name!r}", form, _fields(name, given), self.places)
        return Reply(tuple(turn), thought)

    def _write(self, reply: Reply) -> str:
        if reply.asks:
            raise self._cannot(reply.asks[0])
        if not 1 <= len(reply.turn) <= self.calls:
            raise self._cannot(f"{len(reply.turn)} actions where 1 to {self.calls} are allowed")
        said = "\n\n".join(self._said(action) for action in reply.turn)
        thought = f"Thought: {reply.thought}\n" if reply.thought else ""
        return f"{thought}Action: {said}"

    def _said(self, action: Action) -> str:
        said = _WRITE[action.name](self, action)
        if said is None:
            raise self._cannot(action)
        return said

    def _at(self, point: Point | None, name: str = "start_box") -> str:
        if point is None:
            return ""
        x, y = self.places.numbers(point)
        return f"{name}='({x},{y})'"

    def _click(self, action: Any) -> str | None:
        name = _CLICKS.get((action.button, action.count))
        return f"{name}({self._at(action.point)})" if name and action.point else None

    def _drag(self, action: Any) -> str | None:
        if action.point is None or action.start is None or action.button != "left":
            return None
        return f"drag({self._at(action.start)}, {self._at(action.point, 'end_box')})"

    def _scroll(self, action: Any) -> str | None:
        for name, (dx, dy) in _DIRECTIONS.items():
            if action.scroll == (dx * NOTCHES, dy * NOTCHES):
                place = f"{self._at(action.point)}, " if action.point else ""
                return f"scroll({place}direction='{name}')"
        return None

    def _hand(self, name: str, action: Any) -> str | None:
        return f"{name}({self._at(action.point)})" if action.button == "left" else None

    def _terminate(self, action: Any) -> str | None:
        if action.status == "success":
            return f"finished(content={_quoted(action.answer)})" if action.answer else "finished()"
        return None if action.answer else "call_user()"


_CLICKS: Final = {("left", 1): "click", ("left", 2): "left_double", ("right", 1): "right_single"}


def _keys(name: str, action: Any) -> str | None:
    words = " ".join(_WORDS.get(key, key.lower()) for key in action.keys)
    return f"{name}(key={_quoted(words)})" if action.keys else None


_WORDS: Final = {
    **{"Return": "enter", "Escape": "esc", "Page_Up": "pageup", "Page_Down": "pagedown"},
    "+": "plus",
}

_WRITE: Final[Mapping[str, Callable[[UITARS, Any], str | None]]] = MappingProxyType(
    {
        "move": lambda codec, a: f"hover({codec._at(a.point)})" if a.point else None,
        "click": UITARS._click,
        "mouse_down": lambda codec, a: codec._hand("mouse_down", a),
        "mouse_up": lambda codec, a: codec._hand("mouse_up", a),
        "drag": UITARS._drag,
        "scroll": UITARS._scroll,
        "type": lambda _, a: f"type(content={_quoted(a.text)})",
        "key": lambda _, a: _keys("hotkey", a),
        "key_down": lambda _, a: _keys("press", a),
        "key_up": lambda _, a: _keys("release", a),
        "wait": lambda _, a: "wait()" if a.seconds == WAIT else None,
        "terminate": UITARS._terminate,
    }
)


def _halves(said: str) -> tuple[str, str]:
    """The thought, and what follows the last "Action:" that begins a line, or the last at all."""
    marks = list(_MARK.finditer(said))
    if marks:
        start, end = marks[-1].span()
    else:
        start = said.rfind("Action:")
        end = start + len("Action:")
    if start < 0:
        raise ActionError("there is no action: end the reply with a line such as Action: wait()")
    if len(said) - end > MAX_ACTION:
        raise ActionError(f"the action has {len(said) - end} characters, at most {MAX_ACTION}")
    return said[:start].strip().removeprefix("Thought:").strip(), said[end:].strip()


def _calls(said: str) -> list[tuple[str, dict[str, str]]]:
    """The calls of an action, each with its fields as they stand."""
    found: list[tuple[str, dict[str, str]]] = []
    at = 0
    while at < len(said) or not found:
        head = _NAME.match(said, at)
        if head is None:
            raise ActionError(f"an action such as click(start_box='(x,y)') ought to be here: "
                              f"{shown(said[at:])}")  # fmt: skip
        given, at = _arguments(said, head.end())
        found.append((head[1], given))
    return found


def _arguments(said: str, at: int) -> tuple[dict[str, str], int]:
    """The fields of a call that begins before them, and where it ends."""
    given: dict[str, str] = {}
    closing = re.compile(r"\)\s*").match(said, at)
    while closing is None:
        head = _FIELD.match(said, at)
        if head is None:
            raise ActionError(
                f"a field such as content='text' ought to be here: {shown(said[at:])}"
            )
        name, quote = head.groups()
        end, after = _end(said, head.end(), quote)
        if name in given:
            raise ActionError(f"the field {name!r} is there twice")
        given[name], at = said[head.end() : end], after.end()
        closing = after if after[1] else None
    return given, closing.end()


def _end(said: str, start: int, quote: str) -> tuple[int, re.Match[str]]:
    """Where a text ends: at the first quote behind which the call goes on."""
    at = start
    while (at := said.find(quote, at)) >= 0:
        slashes = at - len(said[start:at].rstrip("\\")) - start
        after = _NEXT.match(said, at + 1) if slashes % 2 == 0 else None
        if after:
            return at, after
        at += 1
    raise ActionError(f"the text never ends, no {quote} and ) after {shown(said[start:])}")


def _fields(name: str, given: Mapping[str, str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for written, value in given.items():
        field = _SAME.get(written, written)
        if field in fields:
            raise ActionError(f"action {name!r} has the field {field!r} twice")
        fields[field] = _pair(name, written, value) if field.endswith("_box") else _plain(value)
    return fields


def _pair(name: str, field: str, value: str) -> tuple[float, float]:
    match = _PLACE.fullmatch(value) if len(value) <= _MAX_PLACE else None
    if match is None:
        raise ActionError(
            f"action {name!r}, field {field!r}: must be a place such as '(x,y)', got {shown(value)}"
        )
    x, y, right, bottom = (float(n) if n else None for n in match.groups())
    assert x is not None and y is not None
    if right is None or bottom is None:
        return x, y
    return (x + right) / 2, (y + bottom) / 2


_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "'": "'", '"': '"', "\\": "\\"}
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda m: _ESCAPES.get(m[1], m[0]), value)


def _quoted(value: str) -> str:
    for letter, character in (("\\", "\\"), ("'", "'"), ("n", "\n"), ("t", "\t"), ("r", "\r")):
        value = value.replace(character, f"\\{letter}")
    return f"'{value}'"


_TOLD: Final = (
    "click(start_box='(x,y)')",
    "left_double(start_box='(x,y)')",
    "right_single(start_box='(x,y)')",
    "hover(start_box='(x,y)')",
    "drag(start_box='(x,y)', end_box='(x,y)')",
    "hotkey(key='ctrl c')   # keys in lower case, with spaces between them",
    "press(key='shift')   # holds a key until release(key='shift')",
    "type(content='text')",
    "scroll(start_box='(x,y)', direction='down')   # or up, left, right",
    f"wait()   # {WAIT:g} seconds",
    "finished(content='the answer, if one is asked for')",
    "call_user()   # the task cannot be done",
)
