"""Browsers as their adapter tells them, and validators that judge them."""

from __future__ import annotations

import copy
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from cuagym import validation
from cuagym.artefacts import Artefacts, Unreadable
from cuagym.pack import validator_sources
from cuagym.task import ValidatorSpec
from cuagym.verdict import Check

OPEN = "sites/shop.example/index.html"
START = {
    "cart": [],
    "user": {"name": "Mara", "news": False},
    "mails": [{"id": "m1", "folder": "inbox"}, {"id": "m2", "folder": "inbox"}],
}
HTML = """<html><head><title>Shop</title></head><body><h1>Lamp shop</h1>
<ul><li class="item">Desk lamp</li><li class="item" data-id="7">Floor lamp</li></ul>
<form><label>Full name: <input name="who" value="Mara Olsen"></label>
<input id="mail" name="mail" placeholder="E-mail" value="">
<textarea name="note">Ring twice</textarea>
<label for="gift">Gift wrap</label><input type="checkbox" id="gift" name="gift" checked="">
<label><input type="radio" name="ship" value="x1"> Express</label>
<label><input type="radio" name="ship" value="s1" checked=""> Standard</label>
<select name="size"><option value="s">Small</option><option value="m" selected="">Medium</option>
</select><select name="days" multiple><option selected="">Mon</option><option>Tue</option>
<option selected="">Wed</option></select></form></body></html>"""
STATE: dict[str, Any] = {
    "open": True,
    "tabs": [
        {
            "url": "https://shop.example/find?q=lamp&page=2#top",
            "title": "Shop",
            "html": HTML,
            "text": "Lamp shop\nDesk lamp\nFloor lamp",
            "local_storage": {"state": json.dumps(START), "plain": "just text"},
            "session_storage": {"seen": "3"},
            "visible": "visible",
        },
        {"url": "https://news.example/", "title": "News", "visible": "hidden", "html": "<p>n</p>"},
    ],
    "cookies": [{"name": "sid", "value": "42", "domain": ".shop.example", "path": "/"}],
    "downloads": [
        {"url": "https://shop.example/list.csv", "file": "list.csv", "state": "completed"}
    ],
    "sent": [
        {
            "method": "POST",
            "url": "https://shop.example/order",
            "body": "name=Mara+Olsen&tag=a&tag=b&note=",
        }
    ],
    "stores": {"https://shop.example": {"state": json.dumps(START), "plain": "just text"}},
}
BOOKMARKS = {
    "roots": {
        "bookmark_bar": {
            "name": "Bookmarks bar",
            "type": "folder",
            "children": [
                {"type": "url", "name": "Lamps", "url": "https://shop.example/"},
                {
                    "type": "folder",
                    "name": "Work",
                    "children": [{"type": "url", "name": "Wiki", "url": "https://wiki.example/a"}],
                },
            ],
        }
    }
}
PREFERENCES = {
    "homepage": "https://news.example/",
    "session": {"restore_on_startup": 4, "startup_urls": ["https://shop.example/"]},
    "partition": {
        "default_zoom_level": {"x": 1.2239010857415449},
        "per_host_zoom_levels": {"x": {"shop.example": {"zoom_level": -0.5778829311823857}}},
    },
    "profile": {
        "content_settings": {"exceptions": {"cookies": {"[*.]ads.example,*": {"setting": 2}}}}
    },
}

Judge = Callable[..., list[Check]]


def history(urls: list[str], place: Path) -> bytes:
    """A history as Chromium stores it, as far as it is read."""
    with sqlite3.connect(place) as base:
        base.execute("CREATE TABLE urls(id INTEGER PRIMARY KEY, url LONGVARCHAR)")
        base.executemany("INSERT INTO urls(url) VALUES (?)", [(u,) for u in urls])
    return place.read_bytes()


@pytest.fixture
def state() -> dict[str, Any]:
    return copy.deepcopy(STATE)


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """Judge a browser with one validator, whose arguments are checked as a task's are."""
    root, number = tmp_path_factory.mktemp("web"), count()
    visited = history(["https://shop.example/", "https://news.example/a"], root / "History")
    sources = validator_sources()

    def judge(
        state: Any,
        validator: str,
        files: Mapping[str, bytes] | None = None,
        answer: str = "",
        **args: Any,
    ) -> list[Check]:
        spec = ValidatorSpec(f"web.{validator}", args)
        validation.check(spec, sources)
        place = root / str(next(number))
        told = state if isinstance(state, bytes) else json.dumps(state).encode()
        left = {
            "browser/state.json": told,
            "browser/Bookmarks": json.dumps(BOOKMARKS).encode(),
            "browser/Preferences": json.dumps(PREFERENCES).encode(),
            "browser/History": visited,
            "Downloads/list.csv": b"a,b\n",
            **(files or {}),
        }
        began = {OPEN: b"<h1>Shop</h1>", "sites/shop.example/start.json": _bytes(START)}
        for folder, names in (("left", left), ("initial", began)):
            for name, data in names.items():
                path = place / folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        artefacts = Artefacts(
            document=place / "left" / OPEN,
            initial=place / "initial" / OPEN,
            folder=place / "left",
            gold=place / "gold",
            answer=answer,
        )
        try:
            return validation.find(spec.name, sources)(artefacts, **args)
        except Unreadable as e:
            return [Check(spec.name, False, str(e))]

    yield judge


def _bytes(value: Any) -> bytes:
    return json.dumps(value).encode()
