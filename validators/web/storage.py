"""What sites store in the browser: local and session storage, cookies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from cuagym.artefacts import Artefacts, Unreadable
from cuagym.errors import TaskError
from cuagym.validators._checks import by_key, checked, one_by_one
from cuagym.validators.web import _paths, _read, _wish
from cuagym.validators.web._wish import MISSING
from cuagym.verdict import Check

__all__ = ["cookies", "storage", "unchanged"]

_SHOWN: Final = 5


def _refuse_place(path: str, wanted: Any) -> None:
    _paths.refuse(path)
    _wish.refuse(wanted)


def storage(
    artefacts: Artefacts,
    site: str,
    wanted: Annotated[Mapping[str, Any], by_key(_refuse_place)],
    key: str = "state",
    area: Literal["local", "session"] = "local",
    start: str = "",
) -> list[Check]:
    """Check what a site has stored in the browser, one check for each value.

    Args:
        artefacts: What the agent left.
        site: The site's host, such as "shop.example".
        wanted: By place in what is stored, its value or what is wanted of it:
            "cart.items[0].count", "messages[id=m3].folder", "orders.length"; "" for the whole. What
            is wanted is the value, or a table: `equals`, `one_of` (a list), `contains` and `lacks`
            (a text, a value or a list of them), `matches` (a regular expression), `length`,
            `absent` (true where there must be nothing), `case` (false where upper and lower case
            are the same).
        key: Under which it is stored, as JSON or as a text.
        area: Local storage, which lasts, or the session's, of the tabs that are open.
        start: A JSON file of the site, such as "start.json", that says what holds as long as
            nothing is stored.

    Raises:
        Unreadable: If the browser was closed, or what is stored cannot be read.
        TaskError: If nothing is wanted.
    """
    if not wanted:
        raise TaskError(f"nothing is wanted of what {site} stores")
    value = _value(artefacts, site, key, area, start)
    return [
        checked(f"{site} {path or key}", _wish.unlike, _paths.get(value, path), each)
        for path, each in wanted.items()
    ]


def unchanged(
    artefacts: Artefacts,
    site: str,
    start: str,
    outside: Annotated[Iterable[str], one_by_one(_paths.pattern)] = (),
    key: str = "state",
) -> list[Check]:
    """Check that what a site stores is as it began, but for some places.

    Args:
        artefacts: What the agent left.
        site: The site's host, such as "shop.example".
        start: The JSON file of the site that says what it began with, such as "start.json".
        outside: Places that may change: "cart", "messages[id=m3].folder", "messages[*].read".
            Items of lists are named by their `id`; where a list may grow, name the list or the new
            item, and "messages, its order".
        key: Under which it is stored.

    Raises:
        Unreadable: If the browser was closed, or what is stored cannot be read.
        TaskError: If the task begins without that file.
    """
    was = dict(_paths.leaves(_started(artefacts, site, start)))
    now = dict(_paths.leaves(_value(artefacts, site, key, "local", start)))
    may = [_paths.pattern(path) for path in outside]
    found = [
        f"{path} was {_wish.shown(was.get(path, MISSING))},"
        f" is now {_wish.shown(now.get(path, MISSING))}"
        for path in dict.fromkeys([*was, *now])
        if was.get(path, MISSING) != now.get(path, MISSING)
        and not any(each.match(path) for each in may)
    ]
    detail = "; ".join(found[:_SHOWN])
    if len(found) > _SHOWN:
        detail += f"; and {len(found) - _SHOWN} more"
    return [Check(f"{site} otherwise unchanged", not found, detail)]


def _started(artefacts: Artefacts, site: str, start: str) -> Any:
    path = _read.begun(artefacts, f"sites/{site}/{start}")
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as e:
        raise TaskError(f"sites/{site}/{start} is no JSON: {e}") from None


def _value(artefacts: Artefacts, site: str, key: str, area: str, start: str) -> Any:
    """Return what a site has stored under a key: JSON where it is, else the text.

    Raises:
        Unreadable: If it cannot be told.
    """
    areas = _areas(artefacts, site, area)
    text = next((area[key] for area in areas if key in area), None)
    if text is None:
        return _started(artefacts, site, start) if start else MISSING
    if not isinstance(text, str):
        raise Unreadable(f"{site} has stored no text under {key!r}")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _areas(artefacts: Artefacts, site: str, area: str) -> list[Mapping[str, Any]]:
    now = _read.state(artefacts)
    stores = now.told.get("stores")
    known = stores.get(f"https://{site}") if isinstance(stores, dict) else None
    if area == "local" and isinstance(known, dict):
        return [known]
    tabs = [t for t in now.tabs if _host(t.url) == site]
    return [t.get(f"{area}_storage", dict) for t in tabs]


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def cookies(
    artefacts: Artefacts,
    wanted: Annotated[Mapping[str, Any], by_key(lambda _, wish: _wish.refuse(wish))],
    site: str = "",
) -> list[Check]:
    """Check cookies, one check for each.

    Args:
        artefacts: What the agent left.
        wanted: By name, the cookie's value or what is wanted of it; `{ absent = true }` where there
            must be none.
        site: Of which host; "" for any.

    Raises:
        Unreadable: If the browser was closed.
        TaskError: If nothing is wanted.
    """
    if not wanted:
        raise TaskError("nothing is wanted of the cookies")
    rows = _read.state(artefacts).rows("cookies")
    have = {r.get("name"): r.get("value") for r in rows if _is_of(str(r.get("domain")), site)}
    return [
        checked(f"cookie {name}", _wish.unlike, have.get(name, MISSING), each)
        for name, each in wanted.items()
    ]


def _is_of(domain: str, site: str) -> bool:
    domain = domain.lstrip(".")
    return not site or site == domain or site.endswith(f".{domain}")
