"""Primitives to and from the action space's Dict and plain JSON.

The Dict holds every field at once, as indices and arrays; JSON holds the name of the action and its
own fields, as `{"action": "click", "point": [0.5, 0.5], "count": 2}`. Both directions are exact,
but the Dict is coarser: its points are float32, its seconds whole, its scroll at most 20 notches.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from cuagym.actions.names import BUTTONS, KEYS, NAMES, STATUSES
from cuagym.actions.primitives import PRIMITIVES, Action
from cuagym.actions.values import Check, check_field, fractions, shown, text, whole, wholes
from cuagym.errors import ActionError, nearest

__all__ = [
    "COUNTS",
    "DICT_FIELDS",
    "MAX_KEYS",
    "NOTCHES",
    "SECONDS",
    "from_dict",
    "from_json",
    "parse",
    "to_dict",
    "to_json",
]

COUNTS: Final = (1, 3)
"""The fewest and most clicks that the space's `count` can say."""
SECONDS: Final = (1, 60)
"""The fewest and most seconds that the space's `seconds` can say."""
NOTCHES: Final = (-20, 20)
"""The bounds of what the space's `scroll` can say, for each direction."""
MAX_KEYS: Final = 4
"""The most keys that the space's `keys` can say."""

DICT_FIELDS: Final[dict[str, Check]] = {
    "action": whole(0, len(NAMES) - 1),
    "point": fractions,
    "use_point": whole(0, 1, flags=True),
    "start": fractions,
    "use_start": whole(0, 1, flags=True),
    "button": whole(0, len(BUTTONS) - 1),
    "count": whole(*COUNTS),
    "scroll": wholes(2, *NOTCHES),
    "text": text,
    "keys": wholes(MAX_KEYS, 0, len(KEYS) - 1),
    "seconds": whole(*SECONDS),
    "status": whole(0, len(STATUSES) - 1),
    "answer": text,
}
"""The fields of the Dict action, each with what checks and simplifies its value."""

# From a checked Dict to the field of the primitive; what is not named here is taken as it stands.
_READ: Final[dict[str, Callable[[dict[str, Any]], Any]]] = {
    "point": lambda d: d["point"] if d["use_point"] else None,
    "start": lambda d: d["start"] if d["use_start"] else None,
    "button": lambda d: BUTTONS[d["button"]],
    "keys": lambda d: tuple(KEYS[i] for i in d["keys"] if i),
    "status": lambda d: STATUSES[d["status"]],
}


def _fields(name: str) -> tuple[str, ...]:
    return tuple(f for f in PRIMITIVES[name].__dataclass_fields__ if f != "name")


def from_dict(action: Mapping[str, Any]) -> Action:
    """Return the primitive that an element of the action space means.

    Args:
        action: A value for every field of the space, as `action_space().sample()` gives. Numbers
            may be Python's, numpy scalars or arrays, sequences lists or arrays. Every field must
            lie inside the space, also one that this action does not use.

    Raises:
        ActionError: If a field is missing, unknown or outside the space.
    """
    missing = [f for f in DICT_FIELDS if f not in action]
    unknown = [f for f in action if f not in DICT_FIELDS]
    if unknown:
        raise ActionError(
            f"the space has no field {unknown[0]!r}{nearest(unknown[0], DICT_FIELDS)}"
        )
    if missing:
        raise ActionError(
            f"the Dict action lacks {', '.join(map(repr, missing))}: give every field of the space,"
            ' or the JSON form {"action": "click", "point": [0.5, 0.5]} with a name as "action"'
        )
    checked = {f: check_field(f"field {f!r}", c, action[f]) for f, c in DICT_FIELDS.items()}
    name = NAMES[checked["action"]]
    return PRIMITIVES[name](
        **{f: _READ[f](checked) if f in _READ else checked[f] for f in _fields(name)}
    )


def to_dict(action: Action) -> dict[str, Any]:
    """Return the element of the action space that means a primitive; unused fields are neutral.

    Points become float32, the only rounding.

    Raises:
        ActionError: If the space cannot say it: more than 20 notches, more than 4 keys, or seconds
            that are not whole or not from 1 to 60. `env.step` takes the primitive itself.
    """
    import numpy as np

    given = {f: getattr(action, f) for f in _fields(action.name)}
    point, start = given.get("point"), given.get("start")
    keys = [KEYS.index(k) for k in given.get("keys", ())]
    seconds, scroll = given.get("seconds", 1), given.get("scroll", (0, 0))
    whole_seconds = seconds == int(seconds) and SECONDS[0] <= seconds <= SECONDS[1]
    limits = {
        "scroll": (max(map(abs, scroll)) <= NOTCHES[1], f"at most {NOTCHES[1]} notches each way"),
        "keys": (len(keys) <= MAX_KEYS, f"at most {MAX_KEYS} keys"),
        "seconds": (whole_seconds, f"whole seconds from {SECONDS[0]} to {SECONDS[1]}"),
    }
    for field, (fits, limit) in limits.items():
        if not fits:
            raise ActionError(
                f"action {action.name!r}, field {field!r}: the Dict can say {limit},"
                f" got {given[field]!r}; pass the primitive itself"
            )
    return {
        "action": np.int64(NAMES.index(action.name)),
        "point": np.array(point or (0, 0), np.float32),
        "use_point": np.int64(point is not None),
        "start": np.array(start or (0, 0), np.float32),
        "use_start": np.int64(start is not None),
        "button": np.int64(BUTTONS.index(given.get("button", BUTTONS[0]))),
        "count": np.int64(given.get("count", 1)),
        "scroll": np.array(scroll, np.int64),
        "text": given.get("text", ""),
        "keys": np.array(keys + [0] * (MAX_KEYS - len(keys)), np.int64),
        "seconds": np.int64(seconds),
        "status": np.int64(STATUSES.index(given.get("status", STATUSES[0]))),
        "answer": given.get("answer", ""),
    }


def to_json(action: Action) -> dict[str, Any]:
    """Return plain data for json: the action's name and every field of it.

    Example:
        >>> to_json(Key(("ctrl", "c")))
        {'action': 'key', 'keys': ['ctrl', 'c']}
    """
    values = {f: getattr(action, f) for f in _fields(action.name)}
    return {
        "action": action.name,
        **{f: list(v) if isinstance(v, tuple) else v for f, v in values.items()},
    }


def from_json(action: Mapping[str, Any] | str | bytes) -> Action:
    """Return the primitive that JSON means; a field that is left out has its default.

    Args:
        action: A mapping with the action's name under "action", or its JSON text.

    Raises:
        ActionError: If the text is not JSON, the name or a field is unknown, or a value is wrong.
    """
    if isinstance(action, (str, bytes)):
        try:
            action = json.loads(action)
        except (ValueError, RecursionError) as e:
            raise ActionError(f"not JSON ({e}): {shown(action)}") from None
    if not isinstance(action, Mapping) or "action" not in action:
        raise ActionError(
            'an action in JSON is an object with its name under "action", such as'
            f' {{"action": "click", "point": [0.5, 0.5]}}; got {shown(action)}'
        )
    name = action["action"]
    if not isinstance(name, str) or name.lower() not in PRIMITIVES:
        raise ActionError(
            f"no action is called {name!r}{nearest(name, NAMES)} (known: {', '.join(NAMES)})"
        )
    name, fields = name.lower(), _fields(name.lower())
    for field in action:
        if field != "action" and field not in fields:
            known = ", ".join(fields)
            raise ActionError(
                f"action {name!r} has no field {field!r}{nearest(field, fields)} (it has: {known})"
            )
    return PRIMITIVES[name](**{f: action[f] for f in fields if f in action})


def parse(action: object) -> Action:
    """Return the primitive that anything `env.step` takes means.

    Args:
        action: A primitive; an element of the action space; JSON as text or as a mapping, whose
            "action" is a name where the space's is an index.

    Raises:
        ActionError: If it is none of these or not valid; the message says what would be right.

    Example:
        >>> parse('{"action": "key", "keys": ["Ctrl", "enter"]}')
        Key(keys=('ctrl', 'Return'))
    """
    if isinstance(action, Action):
        return action
    if isinstance(action, (str, bytes)):
        return from_json(action)
    if isinstance(action, Mapping):
        if isinstance(action.get("action"), str) or "action" not in action:
            return from_json(action)
        return from_dict(action)
    raise ActionError(
        "an action is a primitive of cuagym.actions, a Dict of the action space or its JSON,"
        f" got {shown(action)}"
    )
