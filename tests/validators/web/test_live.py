"""Validators on what a real browser tells: what synthetic states only claim."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cuagym.actions import Action, Click, Key, Scroll, Terminate, Type, Wait
from cuagym.env import DesktopEnv
from cuagym.task import Screen, TaskInstance, ValidatorSpec
from cuagym.verdict import Verdict

SHOP = b"""<!doctype html><title>Shop</title><h1>Shop</h1>
<form method=post action=/order enctype=multipart/form-data>
<label>Name <input name=who id=who></label>
<label><input type=checkbox name=gift value=yes id=gift> Gift</label>
<select name=size id=size><option>Small<option>Large</select>
<button id=send>Send</button></form>
<a id=news href="https://news.example/">News</a> <a id=list href=/list.csv download>List</a>
<script>localStorage.setItem('state', JSON.stringify({cart: [{id: 'p1', n: 2}]}));
sessionStorage.setItem('seen', '1'); document.cookie = 'sid=42';</script>"""
FILES = {
    "sites/shop.example/index.html": SHOP,
    "sites/shop.example/order.html": b"<title>Done</title><p id=done>Thank you</p>",
    "sites/shop.example/list.csv": b"a,b\n1,2\n",
    "sites/shop.example/start.json": b'{"cart": []}',
    "sites/news.example/index.html": b"<title>News</title><p>News of the day",
}
SCREEN = Screen(1280, 720, "plain")


@pytest.fixture(scope="module")
def env() -> Iterator[DesktopEnv]:
    env = DesktopEnv("browser", look="plain", prepare=0, open=None, task="browser/survey")
    yield env
    env.close()


def begin(env: DesktopEnv, **validators: dict[str, Any]) -> None:
    specs = tuple(
        ValidatorSpec(f"web.{name.rstrip('_')}", args) for name, args in validators.items()
    )
    task = TaskInstance(
        id="test/web", app="browser", files=FILES, open=next(iter(FILES)), validators=specs
    )
    env.reset(seed=0, options={"task": task})


def act(env: DesktopEnv, *actions: Action | str) -> None:
    """Take actions; a text is an element's selector, to be clicked."""
    for action in actions:
        if isinstance(action, str):
            action = Click(SCREEN.point(*env.elements(action)[0].middle))
        env.step(action)


def end(env: DesktopEnv) -> Verdict:
    env.step(Terminate())
    assert env.verdict is not None and not env.verdict.fault
    return env.verdict


def test_fields_storage_and_cookies_are_those_of_the_page(env: DesktopEnv) -> None:
    begin(
        env,
        fields={"wanted": {"Name": "Zoë", "gift": True, "size": "Large"}},
        storage={"site": "shop.example", "wanted": {"cart[id=p1].n": 2}},
        cookies={"wanted": {"sid": "42"}, "site": "shop.example"},
        sent={"others": False},
        unchanged={"site": "shop.example", "start": "start.json"},
    )
    act(env, "#who", Type("Zoë"), "#gift", "#size", Type("Large\n"))
    verdict = end(env)
    failed = [c for c in verdict.checks if not c.passed]
    assert [c.name for c in failed] == ["shop.example otherwise unchanged"]
    assert "cart[id=p1].n was nothing, is now 2" in failed[0].detail


def test_a_multipart_form_is_read_and_what_a_closed_tab_stored_is_known(env: DesktopEnv) -> None:
    form = {"to": "shop.example/order", "fields": {"who": "Ann & Bo", "size": "Small"}}
    begin(
        env,
        sent={"wanted": [{**form, "only": True}], "others": False},
        storage={"site": "shop.example", "wanted": {"cart.length": 1}},
        address={"wanted": "news.example"},
        tabs={"wanted": ["news.example"], "others": False},
        history={"visited": ["shop.example", "news.example"], "absent": ["wiki.example"]},
    )
    act(env, "#who", Type("Ann & Bo"), "#send", Key(("ctrl", "l")), Type("http://news.example\n"))
    act(env, Wait(1))
    assert end(env).success


def test_a_download_is_finished_and_lies_in_its_folder(env: DesktopEnv) -> None:
    begin(env, downloads={"wanted": {"list.csv": "shop.example/list.csv"}, "others": False})
    act(env, "#list", Wait(1))
    assert end(env).success
    assert env.left["Downloads/list.csv"] == FILES["sites/shop.example/list.csv"]


def test_bookmarks_and_zoom_are_as_the_profile_has_them(env: DesktopEnv) -> None:
    begin(
        env,
        bookmarks={"wanted": [{"title": "Shop", "folder": "Other bookmarks"}], "others": False},
        settings={"sites": {"shop.example": {"zoom": 110}}, "wanted": {"zoom": 100}},
    )
    act(env, Key(("ctrl", "=")), Key(("ctrl", "d")), Key(("Return",)))
    assert end(env).success


def test_settings_are_found_by_the_names_that_people_use(env: DesktopEnv) -> None:
    begin(
        env,
        settings={
            "wanted": {
                **{"mode": "dark", "bookmarks bar": True, "font size": 20, "zoom": 100},
                **{"third-party cookies": "allow", "home button": False, "javascript": "allow"},
            }
        },
    )

    def pick(x: int, y: int, text: str) -> None:
        act(env, Click(SCREEN.point(x, y)), Type(text), Key(("Return",)), Wait(1))

    act(env, Key(("ctrl", "l")), Type("chrome://settings/cookies\n"), Wait(2))
    act(env, Click(SCREEN.point(381, 309)))
    act(env, Key(("ctrl", "l")), Type("chrome://settings/appearance\n"), Wait(2))
    pick(905, 383, "Dark")
    pick(905, 497, "Always show")
    act(env, Scroll(SCREEN.point(640, 500), (0, 40)))
    pick(910, 548, "Large")
    verdict = end(env)
    assert verdict.success, verdict


def test_what_is_usual_is_no_setting(env: DesktopEnv) -> None:
    usual = {"third-party cookies": "block", "mode": "device", "bookmarks bar": False}
    begin(env, settings={"wanted": {**usual, "on start-up": "new tab", "font size": 16}})
    assert end(env).success


def test_a_browser_that_the_agent_closed_has_nothing_to_tell(env: DesktopEnv) -> None:
    begin(env, text={"contains": "Shop"}, cookies={"wanted": {"sid": "42"}})
    _, _, terminated, _, info = env.step(Key(("ctrl", "w")))
    assert terminated and not info["fault"]
    assert env.verdict is not None
    assert [c.detail for c in env.verdict.checks] == ["the browser was closed"] * 2
