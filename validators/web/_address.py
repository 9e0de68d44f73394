"""Addresses of pages, and what is wanted of them.

A wish is an address such as "shop.example/cart", "https://shop.example/find?q=lamp" or
"chrome://settings": host and path must be these, query and fragment where it has them. Or it is a
table of `host`, `path`, `query` (by name), `fragment` and `url` (the whole), each a wish of
`_wish.py`. http and https, a slash at the end and `.html` make no difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from cuagym.errors import TaskError, nearest
from cuagym.validators.web import _wish
from cuagym.validators.web._wish import MISSING

__all__ = ["Address", "fits", "refuse", "said"]

Address: TypeAlias = str | Mapping[str, Any]
PARTS: Final = ("host", "path", "query", "fragment", "url")


def refuse(wish: Any) -> None:
    """Raise a `TaskError` if a wish for an address makes no sense."""
    if isinstance(wish, str) and wish.strip():
        try:
            _split(wish)
        except ValueError as e:
            raise TaskError(f"the address {wish!r} cannot be read: {e}") from None
        return
    if not isinstance(wish, Mapping) or not wish:
        raise TaskError(f"an address is a text or a table of {', '.join(PARTS)}, got {wish!r}")
    for part, value in wish.items():
        if part not in PARTS:
            raise TaskError(
                f"an address has no {part!r}{nearest(part, PARTS)} (it has {', '.join(PARTS)})"
            )
        if part == "query" and not isinstance(value, Mapping):
            raise TaskError(f"the query of an address is a table by name, got {value!r}")
        for inner in value.values() if part == "query" else [value]:
            _wish.refuse(inner)


def said(wish: Address) -> str:
    """Return what is wanted in words."""
    if isinstance(wish, str):
        return wish
    parts = []
    for part, value in wish.items():
        inner = value.items() if part == "query" else [("", value)]
        parts += [f"{part}{f' {name!r}' * bool(name)}: {_wish.said(v)}" for name, v in inner]
    return "an address with " + ", ".join(parts)


def fits(url: str, wish: Address) -> bool:
    """Whether an address is as wanted."""
    try:
        return _fits(url, wish)
    except ValueError:  # it is no address, or has no end
        return False


def _fits(url: str, wish: Address) -> bool:
    found = _split(url)
    if isinstance(wish, str):
        wanted = _split(wish)
        return (
            (_host(found), _path(found), _kind(found))
            == (_host(wanted), _path(wanted), _kind(wanted))
            and (not wanted.query or _query(found) == _query(wanted))
            and (not wanted.fragment or unquote(found.fragment) == unquote(wanted.fragment))
        )
    told: dict[str, Any] = {
        "host": _host(found),
        "path": unquote(found.path) or "/",
        "fragment": unquote(found.fragment),
        "url": url,
    }
    if any(_wish.unlike(told[p], value) for p, value in wish.items() if p != "query"):
        return False
    query = _query(found)
    return not any(
        _wish.unlike(query[name][0] if name in query else MISSING, value)
        for name, value in wish.get("query", {}).items()
    )


def _split(url: str) -> SplitResult:
    url = url.strip()
    plain = ":" in url.partition("/")[0] and not url.partition("/")[0].rpartition(":")[2].isdigit()
    return urlsplit(url if plain or "://" in url else f"https://{url}")


def _kind(url: SplitResult) -> str:
    return "web" if url.scheme in ("http", "https") else url.scheme


def _host(url: SplitResult) -> str:
    return (url.hostname or "").rstrip(".")


def _path(url: SplitResult) -> str:
    path = unquote(url.path).rstrip("/")
    path = path.removesuffix("/index.html")
    return path.removesuffix(".html").rstrip("/")


def _query(url: SplitResult) -> dict[str, list[str]]:
    return parse_qs(url.query, keep_blank_values=True, max_num_fields=1000)
