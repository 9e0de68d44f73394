"""What the codecs have in common: a reply in our vocabulary, and the seam that each one fills."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeAlias

from cuagym.actions import Action, Point, Turn
from cuagym.actions.values import shown
from cuagym.codecs.places import Places
from cuagym.errors import ActionError, UsageError, nearest

__all__ = [
    "MAX_ACTIONS",
    "MAX_LENGTH",
    "Ask",
    "Codec",
    "Reply",
    "Said",
    "check_calls",
    "check_choice",
    "checked_size",
]

MAX_LENGTH: Final = 400_000
"""The most characters of one reply: more than any model's context leaves for one."""
MAX_ACTIONS: Final = 256
"""The most primitives of one turn."""

Said: TypeAlias = str | Mapping[str, Any] | Sequence[Any]
"""What a model gives: text, or the message that its programming interface makes of it."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a model asks for beside acting, for whoever runs it to answer.

    Attributes:
        name: "screenshot" and "cursor_position" (the next observation answers both), "zoom", or
            "safety_check".
        args: Of "zoom" the region: left, top, right, bottom as fractions of the screen. Of
            "safety_check" its code and message.
    """

    name: str
    args: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model says in one turn.

    Attributes:
        turn: Its primitives, for `env.step`; empty where it only looks.
        thought: What it says beside its actions, as it stands.
        asks: What it asks for that is no action.
    """

    turn: Turn = ()
    thought: str = ""
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True)
class Codec(ABC):
    """One format in which models say what they do; immutable, and without memory.

    Attributes:
        size: Width and height of the screen in pixels.

    Raises:
        UsageError: An argument is not what it should be.
    """

    name: ClassVar[str]
    """What `cuagym.codecs.load` knows it by."""

    size: tuple[int, int] = (1280, 720)

    def __post_init__(self) -> None:
        """Check the arguments."""
        object.__setattr__(self, "size", checked_size("size", self.size))

    @property
    @abstractmethod
    def places(self) -> Places:
        """What the numbers of this format mean on the screen."""

    @property
    def image(self) -> tuple[int, int]:
        """Width and height of the image in which a model that says pixels must see the screen."""
        return self.size

    @abstractmethod
    def schema(self) -> Any:
        """Return the tool as a model's programming interface takes it, plain data for json.

        None for a format that is told by its prompt alone.
        """

    @abstractmethod
    def prompt(self) -> str:
        """Return what a model must be told to answer in this format, for its system prompt."""

    def parse(self, said: Said, pointer: Point | None = None) -> Reply:
        """Return what a model's reply means.

        Args:
            said: Its text, or the message of its programming interface as plain data.
            pointer: Where the pointer is, for the formats that move it by an offset; None if it is
                not known.

        Returns:
            The reply. Every point is the middle of the pixel that the format's number means.

        Raises:
            ActionError: It is not of this format; the message can be shown to the model.
        """
        if isinstance(said, str) and len(said) > MAX_LENGTH:
            raise ActionError(
                f"the reply is {len(said)} characters long, at most {MAX_LENGTH} are read"
            )
        try:
            reply = self._read(said, pointer)
        except RecursionError:
            raise ActionError("the reply is nested too deeply to be read") from None
        if len(reply.turn) > MAX_ACTIONS:
            raise ActionError(
                f"the reply makes {len(reply.turn)} actions of one turn, at most {MAX_ACTIONS} fit"
            )
        return reply

    def render(self, reply: Reply | Sequence[Action]) -> str:
        """Return the text in which this format says a reply; `parse` reads it back.

        Args:
            reply: A reply, or the primitives of a turn. A point is said so that it hits the same
                pixel.

        Raises:
            ActionError: This format cannot say it; the message says what it lacks.
        """
        return self._write(reply if isinstance(reply, Reply) else Reply(tuple(reply)))

    @abstractmethod
    def _read(self, said: Said, pointer: Point | None) -> Reply:
        """See `parse`."""

    @abstractmethod
    def _write(self, reply: Reply) -> str:
        """See `render`."""

    def _cannot(self, what: object, why: str = "") -> ActionError:
        return ActionError(f"the format {self.name!r} cannot say {what}{why and f': {why}'}")


def checked_size(label: str, size: Any) -> tuple[int, int]:
    """Return width and height as a tuple.

    Raises:
        UsageError: They are not two whole numbers of at least 1.
    """
    pair = tuple(size) if isinstance(size, (list, tuple)) else ()
    if len(pair) != 2 or not all(type(n) is int and n >= 1 for n in pair):
        raise UsageError(f"{label}={shown(size)}: width and height in pixels, whole numbers")
    return pair


def check_calls(calls: Any) -> None:
    """Refuse what is no number of calls.

    Raises:
        UsageError: It is no whole number of at least 1.
    """
    if type(calls) is not int or calls < 1:
        raise UsageError(f"calls={calls!r}: a whole number of at least 1")


def check_choice(label: str, value: Any, known: Sequence[str]) -> None:
    """Refuse what is none of the known names.

    Raises:
        UsageError: It is not; the message names them, and the nearest.
    """
    if value not in known:
        raise UsageError(f"{label}={value!r}: one of {tuple(known)}{nearest(value, known)}")
