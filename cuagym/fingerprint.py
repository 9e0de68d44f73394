"""Fingerprints: what is so at one moment, hashed, so that two moments can be called the same.

`env.unwrapped.fingerprint()` takes one; docs/fingerprints.md says what counts and what does not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from cuagym import app as apps
from cuagym import formats
from cuagym.artefacts import Unreadable
from cuagym.documents import read
from cuagym.errors import UsageError
from cuagym.session import Session

__all__ = ["Fingerprint", "compare", "take"]

_LINES: Final = 20


@dataclass(frozen=True)
class Fingerprint:
    """One moment of a desktop.

    Attributes:
        screen: A hash of the screen's RGB pixels, pointer included.
        state: A hash of `told`: of what the application is, wherever the pointer is.
        told: Plain data by topic, such as "selection" or "windows"; "document" is a hash of what
            the document holds.
        app: The application's name.
        content: The document as it stands, in the application's format for comparing; b"" if none
            is open.
    """

    screen: str
    state: str
    told: Mapping[str, Any] = field(repr=False, compare=False)
    app: str = field(compare=False)
    content: bytes = field(repr=False, compare=False)

    def equivalent(self, other: Fingerprint) -> bool:
        """Whether the application is in the same state; the screens may differ."""
        return self.state == other.state

    def differences(self, other: Fingerprint) -> list[str]:
        """In what the other's state differs from this one's, a line each, the document's last.

        Empty if and only if they are equivalent.
        """
        lines = []
        for topic in dict.fromkeys([*self.told, *other.told]):
            was, now = self.told.get(topic), other.told.get(topic)
            if was != now and topic != "document":
                lines += _told(topic, was, now)
        if self.told.get("document") != other.told.get("document"):
            if self.content and other.content:
                lines += compare(self.app, self.content, other.content)
            else:
                lines.append(f"the document {'is gone' if self.content else 'is open now'}")
        return lines

    def to_json(self) -> dict[str, Any]:
        """Plain data for json: all but the document."""
        told = dict(self.told)
        return {"app": self.app, "screen": self.screen, "state": self.state, "told": told}


def take(session: Session) -> Fingerprint:
    """Take the fingerprint of a session, which is settled and stays as it is.

    Raises:
        Fault: The application does not answer, or something of the desktop has died.
    """
    screen = blake2b(session.screen.frame().tobytes(), digest_size=16).hexdigest()
    told, content = session.screen.told(), b""
    if session.has_quit():
        told["quit"] = True
    else:
        told |= session.app.state(session)
        if told["open"]:
            content = session.app.content(session)
            told["document"] = formats.of(session.app.compared).digest(content)
    told = json.loads(json.dumps(told))  # tuples are lists, as after a round trip through JSON
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":"))
    state = blake2b(canonical.encode(), digest_size=16).hexdigest()
    return Fingerprint(screen, state, told, session.app.name, content)


def compare(app: str, before: bytes | Path, after: bytes | Path) -> list[str]:
    """Tell in what two documents of an application differ, at most 20 lines and how many more.

    Both must have been stored by the application, as `env.unwrapped.export` and `content` are.

    Args:
        app: The application's name, such as "excel".
        before: One document: a file, or its bytes in the adapter's format `compared`.
        after: The other one.

    Raises:
        UsageError: There is no such application, or it cannot compare such documents.
        TaskError: A file cannot be read.

    Example:
        >>> compare("excel", Path("before.xlsx"), Path("after.xlsx"))
        ['Sales!B7 held 120, now 125']
    """
    format = formats.of(apps.load(app).compared)
    suffixes = {d.suffix.lower() for d in (before, after) if isinstance(d, Path)}
    one, other = (read(d, "document") if isinstance(d, Path) else d for d in (before, after))
    if odd := sorted(suffixes - {format.suffix}):
        raise UsageError(f"documents in {odd[0]!r} cannot be compared, only in {format.suffix!r}")
    try:
        lines = format.differences(one, other)
    except Unreadable as e:
        lines = [f"the documents differ, and cannot be compared: {e}"]
    if not lines and format.digest(one) != format.digest(other):
        lines = ["the documents differ in something that is not told in words"]
    more = len(lines) - _LINES
    return lines if more <= 0 else [*lines[:_LINES], f"and {more} more"]


def _told(topic: str, was: Any, now: Any) -> list[str]:
    """Tell how a topic differs: of tables, entry by entry."""
    if topic == "floating":
        return _floating(was or {}, now or {})
    if isinstance(was, dict) and isinstance(now, dict):
        keys = [k for k in dict.fromkeys([*was, *now]) if was.get(k) != now.get(k)]
        return [line for k in keys for line in _told(f"{topic} {k}", was.get(k), now.get(k))]
    return [f"{topic}: {_said(was)} -> {_said(now)}"]


def _floating(was: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Tell how dialogs and menus differ, of which no more is known than a hash of their pixels."""
    lines = [f"{name} is gone" for name in was if name not in now]
    lines += [f"{name} has appeared" for name in now if name not in was]
    return lines + [f"{k} shows something else" for k in was if now.get(k, was[k]) != was[k]]


def _said(value: Any) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False)
