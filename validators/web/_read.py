"""The browser as its adapter tells it: tabs, storage, cookies, downloads, sent forms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from cuagym.artefacts import Artefacts, Unreadable
from cuagym.errors import TaskError
from cuagym.validators.web import _address
from cuagym.validators.web._address import Address

__all__ = ["State", "Tab", "begun", "json_of", "profile", "refuse_tab", "state", "tab"]

PLACE: Final = "browser"
CLOSED: Final = "the browser was closed"
_MOST: Final = 2**26


@dataclass(frozen=True)
class Tab:
    """One tab.

    Attributes:
        url: Its address.
        title: Its title.
        told: What its page told; "problem" in it if that could not be asked.
    """

    url: str
    title: str
    told: Mapping[str, Any]

    @property
    def in_front(self) -> bool:
        """Whether its page shows."""
        return self.told.get("visible") == "visible"

    def get(self, key: str, kind: type) -> Any:
        """Return what its page told.

        Raises:
            Unreadable: If it could not be asked.
        """
        if not isinstance(self.told.get(key), kind):
            why = self.told.get("problem") or f"{key} is not told"
            raise Unreadable(f"the page at {self.url} cannot be read: {why}")
        return self.told[key]


@dataclass(frozen=True)
class State:
    """The browser.

    Attributes:
        tabs: In the order in which the browser lists them, which is not that of the strip.
        told: All else: cookies, downloads, sent forms, what sites have stored.
    """

    tabs: tuple[Tab, ...]
    told: Mapping[str, Any]

    def rows(self, key: str) -> list[dict[str, Any]]:
        """Return a list of tables."""
        found = self.told.get(key)
        return [r for r in found if isinstance(r, dict)] if isinstance(found, list) else []


def json_of(path: Path, what: str) -> Any:
    """Return what a JSON file holds.

    Raises:
        Unreadable: If it is missing, too large or no JSON.
    """
    try:
        if path.stat().st_size > _MOST:
            raise Unreadable(f"{what}: more than the {_MOST:,} bytes that are read")
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise Unreadable(f"{what}: there is none") from None
    except (OSError, ValueError, RecursionError) as e:
        raise Unreadable(f"{what} cannot be read: {type(e).__name__}: {e}") from None


@lru_cache(maxsize=4)
def _state(path: Path, size: int, changed: int) -> State:
    told = json_of(path, "what the browser is like")
    if not isinstance(told, dict):
        raise Unreadable("what the browser is like cannot be read: it is no table")
    if not told.get("open"):
        raise Unreadable(CLOSED)
    rows = told.get("tabs")
    rows = [r for r in rows if isinstance(r, dict)] if isinstance(rows, list) else []
    tabs = tuple(Tab(str(r.get("url", "")), str(r.get("title", "")), r) for r in rows)
    return State(tabs, told)


def state(artefacts: Artefacts) -> State:
    """Return the browser as it was left.

    Raises:
        Unreadable: If it was closed, or nothing can be read of it.
    """
    path = artefacts.folder / PLACE / "state.json"
    if not path.is_file():
        raise Unreadable("there is nothing to read of the browser: was there one?")
    status = path.stat()
    return _state(path, status.st_size, status.st_mtime_ns)


def refuse_tab(which: str) -> None:
    """Raise a `TaskError` if an argument names no tab."""
    if which != "active":
        _address.refuse(which)


def tab(artefacts: Artefacts, which: Address) -> Tab:
    """Return the tab in front, or the first one at an address.

    Args:
        artefacts: What the agent left.
        which: "active", or an address.

    Raises:
        Unreadable: If there is none.
    """
    now = state(artefacts)
    if which == "active":
        found = [t for t in now.tabs if t.in_front] or [t for t in now.tabs if "problem" in t.told]
    else:
        found = [t for t in now.tabs if _address.fits(t.url, which)]
    if not found:
        what = "is in front" if which == "active" else f"shows {_address.said(which)}"
        raise Unreadable(f"no tab {what} (open: {', '.join(t.url for t in now.tabs) or 'none'})")
    return found[0]


def profile(artefacts: Artefacts, name: str) -> Path:
    """Return the place of a file of the browser's profile; it may be missing."""
    return artefacts.folder / PLACE / name


def begun(artefacts: Artefacts, name: str) -> Path:
    """Return a file that the episode began with.

    Raises:
        TaskError: If there is none.
    """
    place = artefacts.initial
    for _ in artefacts.document.relative_to(artefacts.folder).parts:
        place = place.parent
    if not (place / name).is_file():
        raise TaskError(f"the task begins without a file {name!r}")
    return place / name
