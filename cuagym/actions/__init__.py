"""One vocabulary for everything that an agent can do with a desktop.

The primitives are frozen values (`Click(point=(0.5, 0.5))`); `action_space()` is the same
vocabulary as a Gymnasium space; `parse` takes either, and JSON. Importing this loads neither
Gymnasium nor numpy: the functions that need them do so when they are called.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cuagym.actions.convert import from_dict, from_json, parse, to_dict, to_json
from cuagym.actions.names import BUTTONS, KEYS, MODIFIERS, NAMES, STATUSES, key_name
from cuagym.actions.primitives import (
    PRIMITIVES,
    Action,
    Click,
    Drag,
    Key,
    KeyDown,
    KeyUp,
    MouseDown,
    MouseUp,
    Move,
    Scroll,
    Terminate,
    Turn,
    Type,
    Wait,
)
from cuagym.actions.values import Point

if TYPE_CHECKING:
    from gymnasium import spaces

__all__ = [
    "BUTTONS",
    "KEYS",
    "MODIFIERS",
    "NAMES",
    "PRIMITIVES",
    "STATUSES",
    "Action",
    "Click",
    "Drag",
    "Key",
    "KeyDown",
    "KeyUp",
    "MouseDown",
    "MouseUp",
    "Move",
    "Point",
    "Scroll",
    "Terminate",
    "Turn",
    "Type",
    "Wait",
    "action_space",
    "from_dict",
    "from_json",
    "key_name",
    "mask",
    "parse",
    "to_dict",
    "to_json",
]


def action_space(seed: int | None = None) -> spaces.Dict:
    """Return a new action space (see `cuagym.actions.space.action_space`)."""
    from cuagym.actions import space

    return space.action_space(seed)


def mask(exclude: Iterable[str] = (), num_envs: int | None = None) -> dict[str, Any]:
    """Return a mask for `action_space.sample` (see `cuagym.actions.space.mask`).

    Example:
        >>> action = action_space().sample(mask(exclude=("terminate",)))
    """
    from cuagym.actions import space

    return space.mask(exclude, num_envs)
