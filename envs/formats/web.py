"""What a browser opens, html, and what a browser is like, json."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from cuagym.envs.formats._containers import Text
from cuagym.formats import Format

__all__ = ["Html", "Json", "Pdf"]


class Html(Text):
    """A web page."""

    suffix = ".html"


class Json(Format):
    """The state of a browser, as its adapter tells it."""

    suffix = ".json"

    def problem(self, data: bytes) -> str:
        """Whether it is JSON."""
        try:
            json.loads(data)
        except ValueError as e:
            return f"it is no JSON ({e})"
        return ""

    def digest(self, data: bytes) -> str:
        """A hash of the values."""
        told = json.dumps(json.loads(data), sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()

    def differences(self, before: bytes, after: bytes) -> list[str]:
        """Value by value."""
        return list(_differences("", json.loads(before), json.loads(after)))


def _differences(where: str, was: Any, now: Any) -> list[str]:
    if isinstance(was, dict) and isinstance(now, dict):
        pairs = [(f"{where}.{k}".strip("."), k) for k in dict.fromkeys([*was, *now])]
        return [d for name, k in pairs for d in _differences(name, was.get(k), now.get(k))]
    if isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        return [
            d
            for i, (a, b) in enumerate(zip(was, now, strict=True))
            for d in _differences(f"{where}[{i}]", a, b)
        ]
    if was == now:
        return []
    return [f"{where} was {json.dumps(was)[:200]}, is now {json.dumps(now)[:200]}"]


class Pdf(Format):
    """A PDF, which a browser shows."""

    suffix = ".pdf"

    def problem(self, data: bytes) -> str:
        """Whether it begins as one."""
        return "" if data.startswith(b"%PDF-") else "it does not begin as a PDF does"
