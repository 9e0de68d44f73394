"""What is wanted of a value: the value itself, or a table that says it.

White space at the ends of texts, and how much of it stands between words, makes no difference. A
table of these keys, and no others, says what is wanted; any other table is a value.

    equals     the value; for values that look like such tables
    one_of     a list of values, any of which
    contains   a text that occurs in the text, or a value of the list; a list: all of them
    lacks      the same, and none of them may
    matches    a regular expression that is found in the text
    absent     true where there must be no value
    length     how many items, or characters
    case       false where upper and lower case are the same
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Final

from cuagym.errors import TaskError, nearest

__all__ = ["MISSING", "is_table", "refuse", "said", "shown", "unlike"]

MISSING: Final = object()
"""Found where there is nothing."""
KEYS: Final = ("equals", "one_of", "contains", "lacks", "matches", "absent", "length", "case")
_TOLERANCE: Final = 1e-9
_SHOWN: Final = 120


def is_table(wish: Any) -> bool:
    """Whether a wish is a table that says what is wanted."""
    return isinstance(wish, Mapping) and bool(wish) and all(key in KEYS for key in wish)


def refuse(wish: Any) -> None:
    """Raise a `TaskError` if a wish makes no sense."""
    if not is_table(wish):
        if isinstance(wish, Mapping) and any(key in KEYS for key in wish):
            (wrong, *_) = (key for key in wish if key not in KEYS)
            raise TaskError(
                f"{dict(wish)!r}: {wrong!r} is none of {', '.join(KEYS)}{nearest(wrong, KEYS)};"
                " a value that looks like this goes under 'equals'"
            )
        return
    if not set(wish) - {"case"}:
        raise TaskError(f"{dict(wish)!r} says nothing of what is wanted")
    if "matches" in wish:
        try:
            re.compile(wish["matches"])
        except (re.error, TypeError) as e:
            raise TaskError(f"{wish['matches']!r} is no regular expression: {e}") from None
    kinds = {"one_of": (list, tuple), "absent": bool, "length": int, "case": bool}
    for key, kind in kinds.items():
        if key in wish and not isinstance(wish[key], kind):  # type: ignore[arg-type]
            raise TaskError(f"{key!r} takes {_named(kind)}, got {wish[key]!r}")


def _named(kind: Any) -> str:
    return {bool: "true or false", int: "a whole number"}.get(kind, "a list")


def unlike(found: Any, wish: Any) -> str:
    """Say how a value differs from what is wanted; "" if it does not."""
    if _fits(found, wish):
        return ""
    return f"expected {said(wish)}, found {shown(found)}"


def _fits(found: Any, wish: Any) -> bool:
    if not is_table(wish):
        return found is not MISSING and _equal(found, wish)
    if wish.get("absent"):
        return found is MISSING
    if found is MISSING:
        return "absent" in wish and len(wish) == 1 and not wish["absent"]
    fold = wish.get("case") is False
    return all(_test(key, _cased(found, fold), _cased(value, fold)) for key, value in wish.items())


def _cased(value: Any, fold: bool) -> Any:
    if fold and isinstance(value, str):
        return value.lower()
    if fold and isinstance(value, (list, tuple)):
        return [_cased(item, fold) for item in value]
    return value


def _test(key: str, found: Any, value: Any) -> bool:
    match key:
        case "equals":
            return _equal(found, value)
        case "one_of":
            return any(_equal(found, each) for each in value)
        case "contains" | "lacks":
            parts = value if isinstance(value, (list, tuple)) else [value]
            there = [_holds(found, part) for part in parts]
            return all(there) if key == "contains" else not any(there)
        case "matches":
            return isinstance(found, str) and re.search(value, found) is not None
        case "length":
            return isinstance(found, (str, list, dict)) and len(found) == value
    return True  # "case", and "absent" of what is there


def _holds(found: Any, part: Any) -> bool:
    if isinstance(found, str):
        return isinstance(part, str) and _folded(part) in _folded(found)
    if isinstance(found, (list, tuple)):
        return any(_equal(item, part) for item in found)
    return isinstance(found, Mapping) and part in found


def _equal(found: Any, wanted: Any) -> bool:
    if isinstance(found, str) and isinstance(wanted, str):
        return _folded(found) == _folded(wanted)
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if isinstance(found, (int, float)) and isinstance(wanted, (int, float)):
        return math.isclose(found, wanted, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)
    if isinstance(found, list) and isinstance(wanted, (list, tuple)):
        return len(found) == len(wanted) and all(map(_equal, found, wanted))
    if isinstance(found, dict) and isinstance(wanted, Mapping):
        return found.keys() == wanted.keys() and all(_equal(found[k], wanted[k]) for k in found)
    return bool(found == wanted)


def _folded(text: str) -> str:
    return " ".join(text.split())


def shown(value: Any) -> str:
    """Return a value that was found, as a message shows it."""
    if value is MISSING:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def said(wish: Any) -> str:
    """Return what is wanted in words."""
    if not is_table(wish):
        return shown(wish)
    if wish.get("absent"):
        return "nothing"
    words = {
        "equals": "{}",
        "one_of": "one of {}",
        "contains": "something with {}",
        "lacks": "nothing with {}",
        "matches": "something that matches {}",
        "absent": "something",
        "length": "a length of {}",
    }
    parts = [words[key].format(shown(value)) for key, value in wish.items() if key in words]
    return " and ".join(parts)
