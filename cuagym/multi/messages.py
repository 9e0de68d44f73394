"""What agents say to each other: one message a step, heard by the others after it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cuagym.actions import Action
from cuagym.actions.values import is_text, shown
from cuagym.errors import ActionError

__all__ = [
    "MAX_MESSAGE",
    "SLOT",
    "Message",
    "Say",
    "TeamTurn",
    "as_bytes",
    "as_file",
    "as_messages",
    "split",
]

MAX_MESSAGE: Final = 1000
"""The most characters of a message."""
SLOT: Final = 4096
"""Bytes of an observation for each of the other agents: a name and the longest message fit."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody said.

    Attributes:
        sender: The agent.
        text: One line, not empty.
    """

    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class Say:
    """Tell the other agents something; an element of a turn, beside what is done in it.

    Attributes:
        text: At most 1000 characters; each control character becomes a space, so that it is one
            line. "" says nothing.

    Raises:
        ActionError: If it is no such text.
    """

    text: str

    def __post_init__(self) -> None:
        """Refuse what the others could not read."""
        if not is_text(self.text) or len(self.text) > MAX_MESSAGE:
            raise ActionError(
                f"a message must be a string of at most {MAX_MESSAGE} characters without NUL and"
                f" lone surrogates, got {shown(self.text)}"
            )
        object.__setattr__(self, "text", _CONTROL.sub(" ", self.text).strip())


TeamTurn: TypeAlias = Iterable[Action | Say]
"""What an agent does and says in one step."""


def split(given: Any) -> tuple[list[Any], str]:
    """Return what an agent does in a step, and what it says.

    Args:
        given: An element of the agent's action space; anything that `DesktopEnv.step` takes; a
            `Say`; JSON with a "message" beside the action, or alone; or a list or tuple of these,
            one turn.

    Raises:
        ActionError: If a message is wrong, or there are two.
    """
    items = list(given) if isinstance(given, (list, tuple)) else [given]
    does: list[Any] = []
    says: list[str] = []
    for item in items:
        action, message = _one(item)
        if action is not None:
            does.append(action)
        if message:
            says.append(message)
    if len(says) > 1:
        raise ActionError(f"one message a step: {shown(says[0])} and {shown(says[1])} are two")
    return does, "".join(says)


def _one(item: Any) -> tuple[Any, str]:
    """Return the action of an item, None if it is only said; and the message."""
    if isinstance(item, Say):
        return None, item.text
    told = item
    if isinstance(item, (str, bytes)):
        try:
            told = json.loads(item)
        except (ValueError, RecursionError):
            return item, ""  # refused with a reason where actions are parsed
    if not isinstance(told, Mapping) or "message" not in told:
        return item, ""
    rest = {key: value for key, value in told.items() if key != "message"}
    return rest or None, Say(told["message"]).text


def as_bytes(messages: Iterable[Message], size: int) -> NDArray[np.uint8]:
    """Return messages as agents observe them: a line each, UTF-8, zero-padded.

    Example:
        >>> as_messages(as_bytes([Message("analyst", "The total is 12.")], 32))
        [Message(sender='analyst', text='The total is 12.')]
    """
    data = as_file(messages)
    assert len(data) <= size
    out = np.zeros(size, np.uint8)
    out[: len(data)] = np.frombuffer(data, np.uint8)
    return out


def as_file(messages: Iterable[Message]) -> bytes:
    """Return messages as validators read them: a line each, `sender: text`."""
    return "".join(f"{m.sender}: {m.text}\n" for m in messages).encode()


def as_messages(observed: NDArray[np.uint8]) -> list[Message]:
    """Return the messages of an observation."""
    lines = bytes(observed).rstrip(b"\0").decode().splitlines()
    return [Message(*line.split(": ", 1)) for line in lines]
