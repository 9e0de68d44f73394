"""Calls with named fields, as tables: what each takes, and what primitives it makes.

Most formats are lists of such calls, in JSON or in something like Python; a codec is a table of
`Form`s for reading, and a function for each primitive for writing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cuagym.actions import Action, Point, Turn, key_name
from cuagym.actions.primitives import MAX_SCROLL, MAX_SECONDS
from cuagym.actions.values import Check, check_field, number, plain, shown
from cuagym.codecs.places import Places
from cuagym.errors import ActionError, nearest

__all__ = [
    "AXIS",
    "BOX",
    "PLACE",
    "SECONDS",
    "Form",
    "anything",
    "at",
    "chord",
    "chords",
    "check_pair",
    "first",
    "keys",
    "loads",
    "named",
    "notches",
    "one",
    "read",
    "short",
]

MAX_KEYS: Final = 16
"""The most keys that are pressed together."""

PLACE: Final = "place"
"""In the table of a form: a pair of the format's numbers."""
BOX: Final = "box"
"""In the table of a form: four of them."""
SECONDS: Final = number(0.0, MAX_SECONDS)
"""A number of seconds."""
AXIS: Final = number(-1e6, 1e6)
"""One number of a place, where a format gives the two apart; `at` looks at them together."""


@dataclass(frozen=True)
class Form:
    """One call of a format.

    Attributes:
        make: From the fields that are given, checked, to primitives.
        fields: What checks each field; `PLACE` or `BOX` where that needs to know the screen.
        needs: The fields that must be there.
    """

    make: Callable[[Mapping[str, Any], Places], Turn]
    fields: Mapping[str, Check | str] = field(default_factory=dict)
    needs: Sequence[str] = ()


def read(label: str, form: Form, given: Mapping[str, Any], places: Places) -> Turn:
    """Return the primitives that a call means; a field that is null counts as left out.

    Raises:
        ActionError: A field is unknown, missing or wrong; the message begins with the label.
    """
    checks: dict[str, Check] = {PLACE: places.point, BOX: places.box}
    there = {name: value for name, value in given.items() if value is not None}
    for name in there:
        if name not in form.fields:
            takes = ", ".join(form.fields) or "none"
            raise ActionError(
                f"{label} has no field {shown(name)}{nearest(name, form.fields)}"
                f" (it takes: {takes})"
            )
    for name in form.needs:
        if name not in there:
            raise ActionError(f"{label} needs the field {name!r}")
    values = {}
    for name, value in there.items():
        check = form.fields[name]
        checked = checks[check] if isinstance(check, str) else check
        values[name] = check_field(f"{label}, field {name!r}:", checked, value)
    try:
        return form.make(values, places)
    except ActionError as e:
        raise ActionError(f"{label}: {e}") from None


def named(label: str, name: object, forms: Mapping[str, Form]) -> Form:
    """Return the form of a name.

    Raises:
        ActionError: There is none; names the nearest.
    """
    if isinstance(name, str) and name in forms:
        return forms[name]
    raise ActionError(
        f"no {label} is called {shown(name)}{nearest(name, forms)} (known: {', '.join(forms)})"
    )


def one(action: Callable[..., Action], **fixed: Any) -> Callable[[Mapping[str, Any], Places], Turn]:
    """Return what makes one primitive of a form's fields, which are named as its own."""
    return lambda values, _: (action(**{**fixed, **values}),)


def at(values: Mapping[str, Any], places: Places) -> Point | None:
    """Return the point that the fields "x" and "y" mean; None if neither is there.

    Raises:
        ActionError: Only one is, or they are not on the screen.
    """
    pair = values.get("x"), values.get("y")
    if pair == (None, None):
        return None
    if None in pair:
        raise ActionError("'x' and 'y' go together: give both, or neither for where the pointer is")
    return check_pair(pair, places)


def check_pair(pair: Any, places: Places) -> Point:
    """Return the point of a pair of numbers, and say which they were if they mean none."""
    point: Point = check_field("the place", places.point, pair)
    return point


def short(value: float) -> float:
    """Return a number as an integer where it is one, so that it is written without a point."""
    return int(value) if value == int(value) else value


# Checks, to be used with `check_field`


def anything(value: Any) -> Any:
    """Let everything through: what has no meaning in application time, such as a duration."""
    return value


def notches(value: Any) -> int:
    """Check a whole number of wheel notches, either way."""
    value = plain(value)
    if type(value) in (int, float) and abs(value) <= MAX_SCROLL and value == int(value):
        return int(value)
    raise ActionError(f"must be a whole number from {-MAX_SCROLL} to {MAX_SCROLL}")


def keys(value: Any) -> tuple[str, ...]:
    """Check a list of keys, or the name of one."""
    value = [value] if isinstance(value, str) else plain(value)
    if not isinstance(value, (list, tuple)) or not 1 <= len(value) <= MAX_KEYS:
        raise ActionError(f"must be a list of 1 to {MAX_KEYS} names of keys")
    return tuple(key_name(v) for v in value)


def chord(value: Any) -> tuple[str, ...]:
    """Check keys that are pressed together, with "+" between them: "ctrl+shift+t", "ctrl++"."""
    if not isinstance(value, str):
        raise ActionError("must be a text such as 'ctrl+s'")
    if value.endswith("++"):
        return keys([*filter(None, value[:-2].split("+")), "+"])
    if value.strip() in ("", "+"):
        return keys([value])
    return keys([part.strip() for part in value.split("+")])


def chords(value: Any) -> tuple[tuple[str, ...], ...]:
    """Check chords one after the other, with spaces between them, as xdotool takes them."""
    if isinstance(value, str) and value.split():
        return tuple(chord(part) for part in value.split())
    return (chord(value),)


# JSON


def loads(text: str, what: str) -> Any:
    """Return what a JSON text says, strictly: no NaN, and no name twice in an object.

    Args:
        text: The text.
        what: What it ought to be, for the error message.

    Raises:
        ActionError: It is not JSON.
    """
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ActionError(f"{what} is nested too deeply") from None
    except ValueError as e:
        raise ActionError(f"{what} is not JSON ({e}): {shown(text)}") from None


def first(text: str, start: int, what: str) -> tuple[Any, int]:
    """Return the JSON value that begins somewhere in a text, and where it ends.

    Raises:
        ActionError: None does.
    """
    while start < len(text) and text[start] in " \t\r\n":
        start += 1
    try:
        value: tuple[Any, int] = _DECODER.raw_decode(text, start)
        return value
    except RecursionError:
        raise ActionError(f"{what} is nested too deeply") from None
    except ValueError as e:
        raise ActionError(f"{what} is not JSON ({e}): {shown(text[start:])}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"the name {shown(twice)} is there twice")
    return found


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
