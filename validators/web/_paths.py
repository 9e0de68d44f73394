"""Places inside of JSON: `cart.items[0].count`, `messages[id=m3].folder`, `orders.length`.

A number in brackets counts from 0, or from the end if it is negative; `[KEY=VALUE]` is the first
item of a list whose KEY holds VALUE. "" is the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from cuagym.errors import TaskError
from cuagym.validators.web._wish import MISSING

__all__ = ["get", "leaves", "pattern", "refuse"]

_STEP: Final = re.compile(r"\.?([^.\[\]]+)|\[([^\[\]]*)\]")
_DEPTH: Final = 60


def refuse(path: str) -> None:
    """Raise a `TaskError` if a path cannot be read."""
    _steps(path)


def _steps(path: str) -> list[tuple[str, bool]]:
    """Return the steps of a path, each a key, or what stands in brackets."""
    steps, at = [], 0
    while at < len(path):
        step = _STEP.match(path, at)
        if not step or step.end() == at:
            raise TaskError(
                f"the path {path!r} cannot be read at {path[at:]!r}; paths look like"
                " 'cart.items[0].count' or 'messages[id=m3].folder'"
            )
        steps.append((step[1], False) if step[1] is not None else (step[2], True))
        at = step.end()
    return steps


def get(value: Any, path: str) -> Any:
    """Return what lies at a path; `MISSING` if nothing does."""
    for step, bracketed in _steps(path):
        value = _item(value, step) if bracketed else _member(value, step)
        if value is MISSING:
            break
    return value


def _member(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return value.get(key, MISSING)
    return len(value) if isinstance(value, list) and key == "length" else MISSING


def _item(value: Any, step: str) -> Any:
    key, is_pair, wanted = step.partition("=")
    if isinstance(value, dict):
        return value.get(step, MISSING)
    if not isinstance(value, list):
        return MISSING
    if is_pair:
        having = (v for v in value if isinstance(v, dict) and _text(v.get(key)) == wanted)
        return next(having, MISSING)
    number = int(step) if re.fullmatch(r"-?\d{1,9}", step) else len(value)
    return value[number] if -len(value) <= number < len(value) else MISSING


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value).lower()


def leaves(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield what lies in a value by its path; items of lists by their `id`, where all have one."""
    if depth < _DEPTH and isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}".lstrip("."), depth + 1)
    elif depth < _DEPTH and isinstance(value, list) and value:
        ids = [_text(v.get("id")) for v in value if isinstance(v, dict) and "id" in v]
        named = len(set(ids)) == len(value)
        for number, inner in enumerate(value):
            step = f"id={ids[number]}" if named else str(number)
            yield from leaves(inner, f"{path}[{step}]", depth + 1)
        if named:
            yield f"{path}, its order", ids
    else:
        yield path, value


def pattern(path: str) -> re.Pattern[str]:
    """Return what the paths within a place match; `*` stands for any one step.

    Raises:
        TaskError: If the path cannot be read.
    """
    _steps(path)
    any_step = r"[^.\[\]]+"
    return re.compile(re.escape(path).replace(r"\*", any_step) + r"($|[.\[,])")
