"""Forms that were sent to sites."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl

from cuagym.artefacts import Artefacts
from cuagym.errors import TaskError, nearest
from cuagym.validators._checks import one_by_one
from cuagym.validators.web import _address, _paths, _read, _wish
from cuagym.validators.web._wish import MISSING
from cuagym.verdict import Check

__all__ = ["sent"]

_KEYS: Final = ("to", "method", "fields", "json", "times", "only")
_PART: Final = re.compile(r'name="([^"\r\n]*)"(?:; filename="([^"\r\n]*)")?', re.IGNORECASE)
_MOST: Final = 10_000


def _refuse(wanted: Any) -> None:
    if not isinstance(wanted, Mapping) or "to" not in wanted:
        raise TaskError(f"a form is a table with 'to', an address, got {wanted!r}")
    for key in wanted:
        if key not in _KEYS:
            raise TaskError(
                f"a form has no {key!r}{nearest(key, _KEYS)} (known: {', '.join(_KEYS)})"
            )
    _address.refuse(wanted["to"])
    for key in ("fields", "json"):
        if not isinstance(wanted.get(key, {}), Mapping):
            raise TaskError(f"{key!r} is a table, got {wanted[key]!r}")
        for name, wish in wanted.get(key, {}).items():
            _wish.refuse(wish)
            if key == "json":
                _paths.refuse(name)


def sent(
    artefacts: Artefacts,
    wanted: Annotated[Iterable[Mapping[str, Any]], one_by_one(_refuse)] = (),
    others: bool = True,
) -> list[Check]:
    """Check which forms were sent, and what they said; one check for each.

    Args:
        artefacts: What the agent left.
        wanted: Tables of `to` (an address, as `web.address` has it), `fields` (by name, a value or
            what is wanted of it; where a name was sent several times, the list of its values),
            `only` (true: no fields but these), `json` (the same by place, of what a page's script
            sent as JSON), `method` ("POST" if not given) and `times` (how often; 1 if not given,
            -1 for any number above 0).
        others: Whether other forms may have been sent.

    Raises:
        Unreadable: If the browser was closed.
        TaskError: If nothing is wanted.
    """
    wanted = list(wanted)
    if not wanted and others:
        raise TaskError("nothing is wanted of what was sent")
    left = _read.state(artefacts).rows("sent")
    every, checks = _listed(left), []
    for each in wanted:
        tried = [(row, _unlike(row, each)) for row in left]
        right = [row for row, wrong in tried if wrong == ""]
        left = [row for row in left if row not in right]
        times = each.get("times", 1)
        detail = ""
        if not right or times not in (-1, len(right)):
            near = [wrong for _, wrong in tried if wrong]
            how = f"{len(right)} times" if right else near[0] if near else f"not sent ({every})"
            detail = f"expected to be sent {max(times, 1)} times, found: {how}"
        checks.append(Check(f"sent to {_address.said(each['to'])}", not detail, detail))
    if not others:
        detail = f"there should be nothing to {_listed(left)}" if left else ""
        checks.append(Check("nothing else sent", not left, detail))
    return checks


def _unlike(row: Mapping[str, Any], wanted: Mapping[str, Any]) -> str | None:
    """Say how what was sent differs; "" if it does not, None if it went elsewhere."""
    if str(row.get("method")) != wanted.get("method", "POST"):
        return None
    if not _address.fits(str(row.get("url", "")), wanted["to"]):
        return None
    body = str(row.get("body", ""))
    has = _fields(body)
    for name, wish in wanted.get("fields", {}).items():
        values = has.get(name, [])
        found = values[0] if len(values) == 1 else values or MISSING
        if wrong := _wish.unlike(found, wish):
            return f"its field {name!r}: {wrong}"
    if wanted.get("only") and (more := [name for name in has if name not in wanted["fields"]]):
        return f"it has other fields: {', '.join(more)}"
    if "json" in wanted:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return "it is no JSON"
        for path, wish in wanted["json"].items():
            if wrong := _wish.unlike(_paths.get(value, path), wish):
                return f"its {path}: {wrong}"
    return ""


def _fields(body: str) -> dict[str, list[str]]:
    """Return the fields of a form by name."""
    if body.startswith("--"):
        pairs = _multipart(body)
    else:
        try:
            pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST)
        except ValueError:
            pairs = []
    out: dict[str, list[str]] = {}
    for name, value in pairs:
        out.setdefault(name, []).append(value)
    return out


def _multipart(body: str) -> list[tuple[str, str]]:
    boundary = body.partition("\r\n")[0]
    pairs = []
    for part in body.split(boundary, _MOST)[1:]:
        head, _, value = part.partition("\r\n\r\n")
        if named := _PART.search(head):
            pairs.append((named[1], named[2] if named[2] else value.removesuffix("\r\n")))
    return pairs


def _listed(rows: Iterable[Mapping[str, Any]]) -> str:
    told = [f"{r.get('method')} {str(r.get('url'))[:100]}" for r in rows]
    return ", ".join(told[:5]) + ", ..." * (len(told) > 5) or "nothing was sent"
