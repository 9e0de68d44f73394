"""The browser's own: bookmarks, settings, history."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import quote

from cuagym.artefacts import Artefacts, Unreadable
from cuagym.errors import TaskError, nearest
from cuagym.validators._checks import by_key, checked, one_by_one
from cuagym.validators.web import _address, _preferences, _read, _wish
from cuagym.validators.web._address import Address
from cuagym.verdict import Check

__all__ = ["bookmarks", "history", "settings"]

_KEYS: Final = ("title", "url", "folder")
_DEPTH: Final = 50
_ROWS: Final = 100_000


@dataclass(frozen=True)
class _Bookmark:
    title: str
    url: str
    folder: str


def _refuse_bookmark(wanted: Any) -> None:
    if not isinstance(wanted, Mapping) or not wanted:
        raise TaskError(f"a bookmark is a table of {', '.join(_KEYS)}, got {wanted!r}")
    for key, value in wanted.items():
        if key not in _KEYS:
            raise TaskError(f"a bookmark has no {key!r}{nearest(key, _KEYS)}")
        _address.refuse(value) if key == "url" else _wish.refuse(value)


def bookmarks(
    artefacts: Artefacts,
    wanted: Annotated[Iterable[Mapping[str, Any]], one_by_one(_refuse_bookmark)] = (),
    absent: Annotated[Iterable[Mapping[str, Any]], one_by_one(_refuse_bookmark)] = (),
    folders: Iterable[str] = (),
    others: bool = True,
) -> list[Check]:
    """Check bookmarks and their folders, one check for each.

    Args:
        artefacts: What the agent left.
        wanted: Tables of `title`, `url` (an address, as `web.address` has it) and `folder` (such as
            "Bookmarks bar" or "Other bookmarks/Work"), each a value or what is wanted of it; what a
            table lacks is free. A bookmark counts for one of them.
        absent: The same, of bookmarks that must not be there.
        folders: Folders that must be there, with bookmarks or without.
        others: Whether there may be bookmarks beside those that are wanted.

    Raises:
        Unreadable: If the bookmarks cannot be read.
        TaskError: If nothing is wanted.
    """
    wanted, absent, folders = list(wanted), list(absent), list(folders)
    if not wanted and not absent and not folders and others:
        raise TaskError("nothing is wanted of the bookmarks")
    left, there = _bookmarks(artefacts)
    every, checks = _listed(left), []
    for each in wanted:
        found = next((b for b in left if _fits(b, each)), None)
        if found:
            left.remove(found)
        detail = "" if found else f"there is none (there are: {every})"
        checks.append(Check(f"bookmark {_said(each)}", found is not None, detail))
    for each in absent:
        wrong = [b for b in left if _fits(b, each)]
        detail = f"there is {_listed(wrong)}" if wrong else ""
        checks.append(Check(f"no bookmark {_said(each)}", not wrong, detail))
    for folder in folders:
        detail = "" if folder in there else f"there is none (there are: {', '.join(there)})"
        checks.append(Check(f"folder {folder}", not detail, detail))
    if not others:
        detail = f"there should be no {_listed(left)}" if left else ""
        checks.append(Check("no other bookmarks", not left, detail))
    return checks


def _bookmarks(artefacts: Artefacts) -> tuple[list[_Bookmark], list[str]]:
    """Return all bookmarks, and the paths of all folders."""
    path = _read.profile(artefacts, "Bookmarks")
    if not path.is_file():  # a browser writes them with the first bookmark
        return [], []
    told = _read.json_of(path, "the bookmarks")
    roots = told.get("roots") if isinstance(told, dict) else None
    if not isinstance(roots, dict):
        raise Unreadable("the bookmarks cannot be read: they have no roots")
    found: list[_Bookmark] = []
    folders: list[str] = []
    for root in roots.values():
        for folder, node in _nodes(root, "", 0):
            if node.get("type") == "url":
                name, url = str(node.get("name", "")), str(node.get("url", ""))
                found.append(_Bookmark(name, url, folder))
            else:
                folders.append(f"{folder}/{node.get('name', '')}".lstrip("/"))
    return found, folders


def _nodes(node: Any, folder: str, depth: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a node and all below it, each with the folder that it is in."""
    if not isinstance(node, dict) or depth > _DEPTH:
        return
    yield folder, node
    children = node.get("children")
    inner = f"{folder}/{node.get('name', '')}".lstrip("/")
    for child in children if isinstance(children, list) else []:
        yield from _nodes(child, inner, depth + 1)


def _fits(bookmark: _Bookmark, wanted: Mapping[str, Any]) -> bool:
    if "url" in wanted and not _address.fits(bookmark.url, wanted["url"]):
        return False
    told = {"title": bookmark.title, "folder": bookmark.folder}
    return not any(_wish.unlike(told[k], v) for k, v in wanted.items() if k != "url")


def _said(wanted: Mapping[str, Any]) -> str:
    told = []
    for key in _KEYS:
        if key in wanted:
            says = _address.said if key == "url" else _wish.said
            told.append("in " * (key == "folder") + says(wanted[key]))
    return " ".join(told)


def _listed(found: Iterable[_Bookmark]) -> str:
    told = [f"{b.title!r} ({b.url[:100]}) in {b.folder!r}" for b in found]
    return "; ".join(told[:6]) + "; ..." * (len(told) > 6) or "none"


def _refuse_site(site: str, wanted: Any) -> None:
    if not isinstance(wanted, Mapping):
        raise TaskError(f"what {site!r} may do is a table, got {wanted!r}")
    for name, value in wanted.items():
        _preferences.refuse_permission(name, value)


def settings(
    artefacts: Artefacts,
    wanted: Annotated[Mapping[str, Any], by_key(_preferences.refuse)] = {},  # noqa: B006
    sites: Annotated[Mapping[str, Any], by_key(_refuse_site)] = {},  # noqa: B006
) -> list[Check]:
    """Check the browser's settings, one check for each.

    Args:
        artefacts: What the agent left.
        wanted: By name, what is wanted: "home page" and "start-up pages" (addresses), "home
            button", "bookmarks bar", "do not track", "ask where to save" (true or false), "on
            start-up" ("new tab", "continue" or "pages"), "zoom" (percent), "font size" and "minimum
            font size", "mode" ("light", "dark" or "device"), "download folder", "search engine"
            (its name), "languages", "third-party cookies" ("allow" or "block"); what sites may do
            unless told otherwise: "cookies", "javascript", "images", "pop-ups", "notifications",
            "location", "camera", "microphone", "sound" ("allow", "block" or "ask"); or "pref:" and
            the name of a preference, such as "pref:session.restore_on_startup".
        sites: By host, what that site may do: a table of "cookies", "javascript" and so on, and
            "zoom" in percent; "default" where it has no setting of its own.

    Raises:
        Unreadable: If the settings cannot be read.
        TaskError: If nothing is wanted.
    """
    if not wanted and not sites:
        raise TaskError("nothing is wanted of the settings")
    told = _read.json_of(_read.profile(artefacts, "Preferences"), "the settings")
    checks = [checked(n, _preferences.unlike, told, n, each) for n, each in wanted.items()]
    for site, permissions in sites.items():
        for name, each in permissions.items():
            checks.append(
                checked(f"{name} of {site}", _preferences.unlike_site, told, site, name, each)
            )
    return checks


def history(
    artefacts: Artefacts,
    visited: Annotated[Iterable[Address], one_by_one(_address.refuse)] = (),
    absent: Annotated[Iterable[Address], one_by_one(_address.refuse)] = (),
) -> list[Check]:
    """Check which pages the browser's history has, one check for each.

    Args:
        artefacts: What the agent left.
        visited: Addresses, as `web.address` has them, that must be in it.
        absent: Addresses that must not.

    Raises:
        Unreadable: If the history cannot be read.
        TaskError: If nothing is wanted.
    """
    visited, absent = list(visited), list(absent)
    if not visited and not absent:
        raise TaskError("nothing is wanted of the history")
    urls, checks = _visited(artefacts), []
    for each in visited:
        there = any(_address.fits(url, each) for url in urls)
        detail = "" if there else f"it was not visited, or is forgotten ({len(urls)} others are)"
        checks.append(Check(f"visited {_address.said(each)}", there, detail))
    for each in absent:
        found = [url for url in urls if _address.fits(url, each)]
        detail = f"the history has {found[0][:200]}" if found else ""
        checks.append(Check(f"not visited {_address.said(each)}", not found, detail))
    return checks


def _visited(artefacts: Artefacts) -> list[str]:
    path = _read.profile(artefacts, "History")
    if not path.is_file():
        raise Unreadable("there is no history to be read")
    place = f"file:{quote(str(path))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(place, uri=True)) as base:
            rows = base.execute("SELECT url FROM urls LIMIT ?", (_ROWS,)).fetchall()
    except sqlite3.Error as e:
        raise Unreadable(f"the history cannot be read: {e}") from None
    return [url for (url,) in rows if isinstance(url, str)]
