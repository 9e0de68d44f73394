"""Tool calls in the text of a model: JSON between `<tool_call>` and `</tool_call>`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cuagym.actions.values import shown
from cuagym.codecs.base import MAX_LENGTH, Said
from cuagym.codecs.forms import first
from cuagym.errors import ActionError

__all__ = ["CLOSE", "OPEN", "THOUGHT", "of_message", "split"]

OPEN: Final = "<tool_call>"
CLOSE: Final = "</tool_call>"
THOUGHT: Final = "</think>"
"""What ends the thinking of a model that thinks before it answers."""


def split(said: Said) -> tuple[str, list[Any]]:
    """Return the text beside the calls, and the calls; what is said while thinking is no call.

    Raises:
        ActionError: A call is not JSON, or something never ends.
    """
    if not isinstance(said, str):
        raise ActionError(f"a text or a chat message is wanted, got {shown(said)}")
    thinking, mark, rest = said.partition(THOUGHT)
    if not mark:
        if said.lstrip().startswith("<think>"):
            raise ActionError(f"the thinking never ends: no {THOUGHT}")
        thinking, rest = "", said
    pieces, calls, at = [thinking + mark], [], 0
    while (start := rest.find(OPEN, at)) >= 0:
        pieces.append(rest[at:start])
        call, at = first(rest, start + len(OPEN), "the tool call")
        calls.append(call)
        end = rest.find(CLOSE, at)
        if end >= 0 and rest[at:end].strip():
            raise ActionError(f"one object in each tool call, got more: {shown(rest[at:end])}")
        if end < 0 and rest[at:].strip():
            raise ActionError(f"the tool call has no {CLOSE}: {shown(rest[at:])}")
        at = len(rest) if end < 0 else end + len(CLOSE)
    tail = rest[at:]
    if not calls and (start := tail.find('{"name"')) >= 0:
        call, at = first(tail, start, "the tool call")
        pieces, tail, calls = [*pieces, tail[:start]], tail[at:], [call]
    return "\n".join(filter(None, (piece.strip() for piece in [*pieces, tail]))), calls


def of_message(said: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Return the same of a chat message, whose calls may be data already.

    Raises:
        ActionError: It is no such message.
    """
    content, thoughts = said.get("content") or "", said.get("reasoning_content") or ""
    if not isinstance(content, str) or not isinstance(thoughts, str):
        raise ActionError(f"a chat message has a text as 'content', got {shown(said)}")
    if len(content) > MAX_LENGTH:
        raise ActionError(f"the message is {len(content)} characters long, at most {MAX_LENGTH}")
    given = said.get("tool_calls")
    if not given:
        thought, calls = split(content)
    elif isinstance(given, (list, tuple)):
        thought = content.strip()
        calls = [c.get("function") if isinstance(c, Mapping) else c for c in given]
    else:
        raise ActionError(f"'tool_calls' is a list, got {shown(given)}")
    return "\n".join(filter(None, [thoughts.strip(), thought])), calls
