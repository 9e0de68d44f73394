"""The names of the action vocabulary: actions, keys, buttons, and what else people call the keys.

The order of `NAMES`, `KEYS`, `BUTTONS` and `STATUSES` is part of the action space: a Dict action
holds indices into them, so entries may be appended by a new version of an id but never moved.
"""

from __future__ import annotations

import string
from typing import Final

from cuagym.actions.values import shown
from cuagym.errors import ActionError, nearest

__all__ = ["BUTTONS", "KEYS", "MODIFIERS", "NAMES", "STATUSES", "key_name"]

NAMES: Final[tuple[str, ...]] = (
    "move",
    "click",
    "mouse_down",
    "mouse_up",
    "drag",
    "scroll",
    "type",
    "key",
    "key_down",
    "key_up",
    "wait",
    "terminate",
)
"""The actions, in the order of the space's `action` field."""

BUTTONS: Final[tuple[str, ...]] = ("left", "middle", "right")
"""The mouse buttons, in the order of the space's `button` field."""

STATUSES: Final[tuple[str, ...]] = ("success", "failure")
"""What an agent may say when it terminates, in the order of the space's `status` field."""

MODIFIERS: Final[tuple[str, ...]] = ("ctrl", "shift", "alt", "super")
"""The keys that change what other keys do."""

KEYS: Final[tuple[str, ...]] = (
    "",
    *MODIFIERS,
    *("Return", "Tab", "Escape", "Backspace", "Delete"),
    *("Home", "End", "Page_Up", "Page_Down", "Left", "Right", "Up", "Down"),
    *(f"F{i}" for i in range(1, 13)),
    "space",
    *string.ascii_lowercase,
    *string.digits,
    *string.punctuation,
)
"""The keys, in the order of the space's `keys` field. Index 0, "", means no key; the others are
unique ignoring case, and the punctuation is every printable ASCII character that is neither a
letter, a digit nor the space."""

# What models and libraries write: pyautogui, xdotool and X keysyms, JavaScript's KeyboardEvent.key,
# macOS and Windows keycaps. All lower case; `_canonical` ignores case.
_ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "ctrl": ("control", "ctl", "ctrlleft", "ctrlright", "control_l", "control_r", "lctrl", "rctrl"),
    "shift": ("shiftleft", "shiftright", "shift_l", "shift_r", "lshift", "rshift"),
    "alt": (
        *("altleft", "altright", "alt_l", "alt_r", "lalt", "ralt"),
        *("option", "opt", "optionleft", "optionright"),
    ),
    "super": (
        *("win", "cmd", "meta", "windows", "command", "super_l", "super_r", "meta_l", "meta_r"),
        *("winleft", "winright", "lwin", "rwin", "os"),
    ),
    "Return": ("enter", "kp_enter", "\n", "\r"),
    "Tab": ("\t",),
    "Escape": ("esc",),
    "Backspace": ("back", "bksp", "back_space", "\b"),
    "Delete": ("del",),
    "Page_Up": ("pgup", "pageup", "page up", "prior"),
    "Page_Down": ("pgdn", "pgdown", "pagedown", "page down", "next"),
    "Left": ("arrowleft", "leftarrow", "left_arrow", "arrow_left"),
    "Right": ("arrowright", "rightarrow", "right_arrow", "arrow_right"),
    "Up": ("arrowup", "uparrow", "up_arrow", "arrow_up"),
    "Down": ("arrowdown", "downarrow", "down_arrow", "arrow_down"),
    "space": (" ", "spacebar", "space_bar"),
    "!": ("exclam", "exclamation"),
    '"': ("quotedbl", "doublequote"),
    "#": ("numbersign", "hash"),
    "$": ("dollar",),
    "%": ("percent",),
    "&": ("ampersand",),
    "'": ("apostrophe", "quote", "quoteright", "singlequote"),
    "(": ("parenleft",),
    ")": ("parenright",),
    "*": ("asterisk", "multiply", "kp_multiply"),
    "+": ("plus", "add", "kp_add"),
    ",": ("comma",),
    "-": ("minus", "subtract", "hyphen", "kp_subtract"),
    ".": ("period", "dot", "decimal", "kp_decimal"),
    "/": ("slash", "divide", "kp_divide"),
    ":": ("colon",),
    ";": ("semicolon",),
    "<": ("less",),
    "=": ("equal", "equals"),
    ">": ("greater",),
    "?": ("question",),
    "@": ("at",),
    "[": ("bracketleft", "leftbracket"),
    "\\": ("backslash",),
    "]": ("bracketright", "rightbracket"),
    "^": ("asciicircum", "caret"),
    "_": ("underscore",),
    "`": ("grave", "backtick", "quoteleft"),
    "{": ("braceleft", "leftbrace"),
    "|": ("bar", "pipe"),
    "}": ("braceright", "rightbrace"),
    "~": ("asciitilde", "tilde"),
}

_CANONICAL: Final[dict[str, str]] = {
    **{alias: key for key, aliases in _ALIASES.items() for alias in aliases},
    **{f"{pad}{d}": d for d in string.digits for pad in ("kp_", "num")},
    **{key.lower(): key for key in KEYS[1:]},
}


def key_name(name: object) -> str:
    """Return the entry of `KEYS` that a name stands for; case does not matter.

    Args:
        name: A name of `KEYS[1:]` or one of the usual other names ("enter", "esc", "pgdn", "cmd").

    Raises:
        ActionError: If no key has that name.

    Example:
        >>> key_name("Enter"), key_name("CTRL"), key_name("plus")
        ('Return', 'ctrl', '+')
    """
    if isinstance(name, str):
        found = _CANONICAL.get(name.lower())
        if found is not None:
            return found
        parts = name.split("+")
        if len(parts) > 1 and all(part.lower() in _CANONICAL for part in parts):
            apart = [key_name(part) for part in parts]
            raise ActionError(f"one key at a time: {shown(apart)} instead of {shown(name)}")
    raise ActionError(
        f"no key is called {shown(name)}{nearest(name, _CANONICAL)} (see actions.KEYS)"
    )
