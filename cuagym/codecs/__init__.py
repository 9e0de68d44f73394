"""From what models say to turns of primitives, and back; one codec for each format.

Codecs are found by name through the entry-point group `cuagym.codecs`, in which a contributor's
stand beside ours. Nothing here loads anything heavy, and nothing that a model says is executed.

Example:
    >>> codec = load("qwen", size=(1280, 720))
    >>> reply = codec.parse(
    ...     '<tool_call>{"name": "computer_use", "arguments": {"action": "key",'
    ...     ' "keys": ["ctrl", "s"]}}</tool_call>'
    ... )
    >>> reply.turn
    (Key(keys=('ctrl', 's')),)
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from importlib.metadata import entry_points
from typing import Any, Final

from cuagym.codecs.base import MAX_ACTIONS, MAX_LENGTH, Ask, Codec, Reply, Said
from cuagym.codecs.places import Places, resized
from cuagym.errors import UsageError, nearest

__all__ = [
    "MAX_ACTIONS",
    "MAX_LENGTH",
    "Ask",
    "Codec",
    "Places",
    "Reply",
    "Said",
    "load",
    "names",
    "resized",
]

GROUP: Final = "cuagym.codecs"


def names() -> list[str]:
    """Return the names of all codecs that are installed, sorted."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def load(name: str, size: tuple[int, int] = (1280, 720), **options: Any) -> Codec:
    """Return a codec by name.

    Args:
        name: Such as "qwen", "evocua", "pyautogui", "computer_13", "anthropic", "openai", "uitars".
        size: Width and height of the screen in pixels.
        options: What that codec takes beside; see its class.

    Raises:
        UsageError: No installed distribution offers it (names the nearest), or an option is wrong.
    """
    known = {point.name: point for point in entry_points(group=GROUP)}
    if name not in known:
        raise UsageError(f"unknown codec {name!r}{nearest(name, known)} (known: {sorted(known)})")
    kind = known[name].load()
    taken = [f.name for f in fields(kind) if f.name != "size"] if is_dataclass(kind) else options
    for option in options:
        if option not in taken:
            raise UsageError(
                f"the codec {name!r} has no option {option!r}{nearest(option, taken)}"
                f" (it has: {', '.join(taken) or 'none'})"
            )
    codec = kind(size=size, **options)
    if not isinstance(codec, Codec):
        raise UsageError(f"the codec {name!r} is no cuagym.codecs.Codec: {codec!r}")
    return codec
