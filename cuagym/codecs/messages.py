"""What Anthropic's and OpenAI's messages have in common: modifiers around an action, last words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from cuagym.actions import KeyDown, KeyUp, Terminate, Turn
from cuagym.codecs.places import Places
from cuagym.errors import ActionError

__all__ = ["INFEASIBLE", "ending", "grouped", "held", "last_words"]

INFEASIBLE: Final = "[INFEASIBLE]"
"""How a model says, in a message without actions, that a task cannot be done; OSWorld's word."""

Make = Callable[[Mapping[str, Any], Places], Turn]


def held(make: Make, name: str) -> Make:
    """Return what does the same while the keys of a field are held, as a text or a list."""

    def made(values: Mapping[str, Any], places: Places) -> Turn:
        rest = {k: v for k, v in values.items() if k != name}
        keys = values.get(name)
        if not keys:
            return make(rest, places)
        return KeyDown(keys), *make(rest, places), KeyUp(keys)

    return made


def grouped(
    turn: Turn, length: Callable[[Turn], int] = lambda _: 1
) -> Iterator[tuple[tuple[str, ...], Turn]]:
    """Take a turn apart into what one call each says, and the keys that are held meanwhile.

    Args:
        turn: The primitives.
        length: How many of them, at the beginning of a turn, one call says.
    """
    while turn:
        end = _released(turn)
        first = turn[0]
        if end and isinstance(first, KeyDown):
            yield first.keys, turn[1:end]
            turn = turn[end + 1 :]
        else:
            end = length(turn)
            yield (), turn[:end]
            turn = turn[end:]


def _released(turn: Turn) -> int:
    """Where the keys that a turn begins by pressing are released, with one thing in between."""
    first = turn[0]
    if isinstance(first, KeyDown):
        for end, action in enumerate(turn):
            if isinstance(action, KeyUp):
                return end if action.keys == first.keys and end > 1 else 0
    return 0


def last_words(text: str) -> Terminate:
    """Return how a message without actions ends the task: with its text as the answer."""
    if text.startswith(INFEASIBLE):
        return Terminate("failure", text[len(INFEASIBLE) :])
    return Terminate("failure" if INFEASIBLE in text else "success", text)


def ending(action: Terminate) -> str:
    """Return the text of a message that ends the task so.

    Raises:
        ActionError: A success whose answer would be read as a failure.
    """
    said = INFEASIBLE + action.answer if action.status == "failure" else action.answer
    if last_words(said) != action:
        raise ActionError(f"an answer with {INFEASIBLE!r} in it would be read as a failure")
    return said
