"""What a browser opens, html, and what a browser is like, json."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

from cuagym.envs.formats._containers import Text
from cuagym.formats import Format, Mutant

__all__ = ["Html", "Json", "Pdf"]


class Html(Text):
    """A web page."""

    suffix = ".html"


def _mutant(spoil: Callable[[Any, np.random.Generator], object]) -> Mutant:
    """Return what spoils a state that has been read; one that has nothing to spoil stays."""

    def mutant(data: bytes, rng: np.random.Generator) -> bytes:
        told = json.loads(data)
        spoil(told, rng)
        return json.dumps(told, indent=1, ensure_ascii=False).encode()

    return mutant


def _one(items: Any, rng: np.random.Generator) -> int:
    """Return the index of an item, -1 if there is none."""
    return int(rng.integers(len(items))) if isinstance(items, list) and items else -1


def _close_tab(told: Any, rng: np.random.Generator) -> None:
    if (index := _one(told.get("tabs"), rng)) >= 0:
        del told["tabs"][index]


def _go_elsewhere(told: Any, rng: np.random.Generator) -> None:
    if (index := _one(told.get("tabs"), rng)) >= 0:
        told["tabs"][index]["url"] = "https://elsewhere.example/"


def _drop_sent(told: Any, rng: np.random.Generator) -> None:
    if (index := _one(told.get("sent"), rng)) >= 0:
        del told["sent"][index]


def _send_other(told: Any, rng: np.random.Generator) -> None:
    if (index := _one(told.get("sent"), rng)) >= 0:
        row = told["sent"][index]
        row["body"] = re.sub(r"=[^&\s]*$", "=other", str(row.get("body", "")))


def _drop_download(told: Any, rng: np.random.Generator) -> None:
    if (index := _one(told.get("downloads"), rng)) >= 0:
        del told["downloads"][index]


def _change_field(told: Any, rng: np.random.Generator) -> None:
    """Another value in one of the fields that the pages show."""
    tabs = [t for t in told.get("tabs", []) if ' value="' in str(t.get("html"))]
    if (index := _one(tabs, rng)) >= 0:
        html = tabs[index]["html"]
        fields = list(re.finditer(r' value="[^"]*"', html))
        field = fields[int(rng.integers(len(fields)))]
        tabs[index]["html"] = f'{html[: field.start()]} value="other"{html[field.end() :]}'


def _change_stored(told: Any, rng: np.random.Generator) -> None:
    """Another value somewhere in what one of the sites has stored."""
    stores = told.get("stores") or {}
    places = [(site, key) for site, area in stores.items() for key in area]
    if (index := _one(places, rng)) < 0:
        return
    site, key = places[index]
    try:
        value = json.loads(stores[site][key])
    except ValueError:
        value = stores[site][key]
    stores[site][key] = json.dumps(_changed(value, rng))


def _changed(value: Any, rng: np.random.Generator) -> Any:
    """Return a value with another one at a random place."""
    if isinstance(value, dict) and value:
        key = list(value)[int(rng.integers(len(value)))]
        return {**value, key: _changed(value[key], rng)}
    if isinstance(value, list) and value:
        index = int(rng.integers(len(value)))
        return [*value[:index], _changed(value[index], rng), *value[index + 1 :]]
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    return f"{value} other" if isinstance(value, str) else "other"


class Json(Format):
    """The state of a browser, as its adapter tells it."""

    suffix = ".json"
    mutants: ClassVar[Mapping[str, Mutant]] = {
        "a tab closed": _mutant(_close_tab),
        "another address": _mutant(_go_elsewhere),
        "a form not sent": _mutant(_drop_sent),
        "another field sent": _mutant(_send_other),
        "a field changed": _mutant(_change_field),
        "a stored value changed": _mutant(_change_stored),
        "a download lost": _mutant(_drop_download),
    }

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
