"""The primitives: what an agent can do with a screen, a mouse and a keyboard.

Each primitive is a frozen value that is valid once it exists: its fields are checked and put into
their one canonical form when it is made. A point is a pair of fractions of the screen, (0, 0) top
left; `None` means where the pointer is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeAlias

from cuagym.actions.names import BUTTONS, STATUSES, key_name
from cuagym.actions.values import (
    Check,
    Point,
    check_field,
    fractions,
    number,
    one_of,
    optional,
    plain,
    text,
    whole,
    wholes,
)
from cuagym.errors import ActionError

__all__ = [
    "MAX_SCROLL",
    "MAX_SECONDS",
    "PRIMITIVES",
    "Action",
    "Click",
    "Drag",
    "Key",
    "KeyDown",
    "KeyUp",
    "MouseDown",
    "MouseUp",
    "Move",
    "Scroll",
    "Terminate",
    "Turn",
    "Type",
    "Wait",
]

MAX_SCROLL: Final = 10_000
"""The most notches of one scroll, either way: each is two events, and a slip would take hours."""
MAX_SECONDS: Final = 86_400.0
"""The longest wait, in seconds of application time: a day."""


def _keys(value: Any) -> tuple[str, ...]:
    value = plain(value)
    if isinstance(value, str):
        return (key_name(value),)
    if isinstance(value, (list, tuple)):
        return tuple(key_name(v) for v in value)
    raise ActionError("must be a key's name or a list of them")


_CHECKS: Final[dict[str, Check]] = {
    "point": optional(fractions),
    "start": optional(fractions),
    "button": one_of(BUTTONS),
    "count": whole(1, 3),
    "scroll": wholes(2, -MAX_SCROLL, MAX_SCROLL),
    "text": text,
    "keys": _keys,
    "seconds": number(0.0, MAX_SECONDS),
    "status": one_of(STATUSES),
    "answer": text,
}


class _Primitive:
    """What the primitives share: a name, and fields that are checked when one is made."""

    __slots__ = ()
    name: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __post_init__(self) -> None:
        for field in self.__dataclass_fields__:
            if field == "name":
                continue
            label = f"action {self.name!r}, field {field!r}:"
            value = check_field(label, _CHECKS[field], getattr(self, field))
            object.__setattr__(self, field, value)


@dataclass(frozen=True, slots=True)
class Move(_Primitive):
    """Move the pointer to `point`."""

    name: ClassVar[str] = "move"
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Click(_Primitive):
    """Click `button` at `point`: once, twice or three times."""

    name: ClassVar[str] = "click"
    point: Point | None = None
    button: str = "left"
    count: int = 1


@dataclass(frozen=True, slots=True)
class MouseDown(_Primitive):
    """Press `button` at `point` and hold it, in later steps too."""

    name: ClassVar[str] = "mouse_down"
    point: Point | None = None
    button: str = "left"


@dataclass(frozen=True, slots=True)
class MouseUp(_Primitive):
    """Release `button` at `point`; nothing is released where it is not held."""

    name: ClassVar[str] = "mouse_up"
    point: Point | None = None
    button: str = "left"


@dataclass(frozen=True, slots=True)
class Drag(_Primitive):
    """Press `button` at `start`, move to `point` on a straight line, release there."""

    name: ClassVar[str] = "drag"
    point: Point | None = None
    start: Point | None = None
    button: str = "left"


@dataclass(frozen=True, slots=True)
class Scroll(_Primitive):
    """Turn the wheel at `point` by `scroll` = (dx, dy) notches; dx > 0 is right, dy > 0 is down."""

    name: ClassVar[str] = "scroll"
    point: Point | None = None
    scroll: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Type(_Primitive):
    r"""Type `text`, any Unicode; a newline is Return, a tab is Tab. Modifiers held do not count."""

    name: ClassVar[str] = "type"
    text: str = ""


@dataclass(frozen=True, slots=True)
class Key(_Primitive):
    """Press `keys` together: down in order, up in reverse, such as `Key(("ctrl", "c"))`."""

    name: ClassVar[str] = "key"
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyDown(_Primitive):
    """Press `keys` in order and hold them, in later steps too."""

    name: ClassVar[str] = "key_down"
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyUp(_Primitive):
    """Release `keys` in reverse order; a key that is not held is left alone."""

    name: ClassVar[str] = "key_up"
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait(_Primitive):
    """Do nothing for `seconds` of application time, instead of the usual second."""

    name: ClassVar[str] = "wait"
    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Terminate(_Primitive):
    """End the episode, saying whether the task is done, and `answer` where it asks for one."""

    name: ClassVar[str] = "terminate"
    status: str = "success"
    answer: str = ""


Action: TypeAlias = (
    Move
    | Click
    | MouseDown
    | MouseUp
    | Drag
    | Scroll
    | Type
    | Key
    | KeyDown
    | KeyUp
    | Wait
    | Terminate
)
"""One primitive."""

Turn: TypeAlias = tuple[Action, ...]
"""Several primitives that are injected one after the other and settled once."""

PRIMITIVES: Final[dict[str, type[Action]]] = {
    cls.name: cls
    for cls in (
        *(Move, Click, MouseDown, MouseUp, Drag, Scroll),
        *(Type, Key, KeyDown, KeyUp, Wait, Terminate),
    )
}
"""The class of each name of `NAMES`, in the same order."""
