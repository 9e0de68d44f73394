"""A real Chromium: what is shown, what is told of it, what is closed, what pages do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import cuagym  # noqa: F401
from cuagym.actions import Click, Key, Move, Terminate, Type, Wait
from cuagym.errors import Fault
from cuagym.task import Element, TaskInstance, ValidatorSpec

HOST = "shop.test"
SHOP = b"""<!doctype html><title>Shop</title><style>button { width: 300px; height: 40px }</style>
<h1>Shop</h1><a id=about href=/about>About</a> <a id=file href=/list.csv download>List</a>
<form action=/order method=post><input name=who><input type=checkbox name=gift>
<select name=size><option>S<option>L</select><button id=send>Send</button></form>
<button id=store onclick="localStorage.seen = 'yes'; document.cookie = 'a=b'">Store</button>
<button id=alert onclick="for (;;) alert('again')">Alert</button>
<button id=busy onclick="for (;;);">Busy</button>
<button id=tabs onclick="for (let i = 0; i < 100; i++) open('/about')">Tabs</button>"""
ABOUT = b"<!doctype html><title>About</title><h1>About us</h1>"
GAME = b"""<!doctype html><title>Game</title><button id=go onclick="
fetch('/.well-known/cuagym/over', {method: 'POST', body: 'won'})">Go</button><p id=p></p>
<input id=field><script>
fetch('/.well-known/cuagym/asks', {method: 'POST', body: 'Play NUMBER.'})</script>"""


LATE = b"""<!doctype html><title>Late</title><p id=count>0</p><script>let n = 0
fetch('/.well-known/cuagym/begin', {method: 'POST'}).then(() => {
  setInterval(() => { count.textContent = ++n }, 1000)
  fetch('/.well-known/cuagym/asks', {method: 'POST', body: 'Count.'})
})</script>"""


def task(page: bytes = SHOP, **more: bytes) -> TaskInstance:
    site = f"sites/{HOST}"
    files = {f"{site}/index.html": page, f"{site}/about.html": ABOUT, f"{site}/list.csv": b"a,b\n"}
    files |= {f"{site}/order.html": b"<title>Thanks</title><h1>Thanks</h1>", **more}
    return TaskInstance(id="", app="browser", files=files, open=f"{site}/index.html")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    page = tmp_path_factory.mktemp("browser") / "page.html"
    page.write_text("<title>Mine</title><p>My own page.")
    env = gym.make("CUA-Browser-v0", open=str(page), prepare=0).unwrapped
    yield env
    env.close()


def state(env: Any, over: bool = False) -> dict[str, Any]:
    session = env._current().session
    told = session.app.left(session, "", saved=False, quit=False, over=over)
    return dict(json.loads(told["browser/state.json"]))


def at(env: Any, selector: str) -> Element:
    return next(e for e in env.elements(selector))


def click(env: Any, selector: str) -> dict[str, Any]:
    x, y = at(env, selector).middle
    return dict(env.step(Click((x / 1280, y / 720)))[4])


def go(env: Any, address: str) -> str:
    """What the page in front is called after an address was typed."""
    env.step(Key(("ctrl", "l")))
    env.step(Type(address + "\n"))
    return str(state(env)["tabs"][0].get("text", ""))


def test_a_page_of_ones_own_is_shown(browser: Any) -> None:
    browser.reset(seed=0)
    (tab,) = state(browser)["tabs"]
    assert tab["title"] == "Mine" and tab["text"] == "My own page."
    assert tab["url"] == "file:///home/agent/Documents/page.html"


def test_what_is_filled_in_stored_sent_and_loaded_is_told(browser: Any) -> None:
    browser.reset(seed=0, options={"task": task()})
    assert state(browser)["tabs"][0]["history"] == [f"https://{HOST}/"]
    click(browser, "input[name=who]")
    browser.step(Type("Zoë"))
    click(browser, "input[name=gift]")
    click(browser, "#store")
    click(browser, "#file")
    told = state(browser)
    assert 'value="Zoë"' in told["tabs"][0]["html"] and "checked" in told["tabs"][0]["html"]
    assert told["tabs"][0]["local_storage"] == {"seen": "yes"}
    assert [c["name"] for c in told["cookies"]] == ["a"]
    assert [d["state"] for d in told["downloads"]] == ["completed"]
    files = browser._current().session.left()
    assert files == {"Downloads/list.csv": b"a,b\n"}
    click(browser, "#send")
    told = state(browser)
    assert told["tabs"][0]["title"] == "Thanks"
    (sent,) = told["sent"]
    assert sent["body"] == "who=Zo%C3%AB&gift=on&size=S"


def test_a_new_bookmark_is_told_at_the_end(browser: Any) -> None:
    browser.reset(seed=0, options={"task": task()})
    browser.step(Key(("ctrl", "d")))
    browser.step(Key(("Return",)))
    session = browser._current().session
    left = session.app.left(session, "", saved=False, quit=False, over=True)
    other = json.loads(left["browser/Bookmarks"])["roots"]["other"]["children"]
    assert [b["url"] for b in other] == [f"https://{HOST}/"]


def test_other_files_tools_and_hosts_are_closed(browser: Any) -> None:
    browser.reset(seed=0, options={"task": task()})
    for address in ("file:///etc/passwd", "view-source:shop.test", "chrome://extensions"):
        assert "blocked" in go(browser, address), address
    assert "ERR_NAME_NOT_RESOLVED" in go(browser, "https://example.org/")
    go(browser, f"https://{HOST}/about")
    browser.step(Key(("F12",)))
    before = browser.peek()
    browser.step(Key(("Return",)))  # a dialog said that they are not allowed
    assert not np.array_equal(before, browser.peek())
    assert [t["url"] for t in state(browser)["tabs"]] == [f"https://{HOST}/about"]


def test_what_never_ends_is_told_as_it_stands_in_time(browser: Any) -> None:
    browser.reset(seed=0, options={"task": task()})
    click(browser, "#tabs")
    assert len(state(browser)["tabs"]) < 10
    browser.reset(seed=0, options={"task": task()})
    info = click(browser, "#alert")
    assert info["settled"] and "problem" in state(browser, over=True)["tabs"][0]
    browser.reset(seed=0, options={"task": task()})
    info = click(browser, "#busy")
    assert not info["settled"] and not info["fault"]
    told = state(browser)
    assert told["open"] and "problem" in told["tabs"][0]


SPIN = "<style>p { animation: k 1s infinite } @keyframes k { to { rotate: 1turn } }</style><p>o"
TICK = "<p id=p><script>setInterval(() => { p.textContent += 'x' }, 0)</script>"
BUTTON = "<button style='width: 900px; height: 500px' onclick='ACTION'>Go</button>"
LOAD = """setInterval(() => {
  const a = document.createElement("a")
  a.href = URL.createObjectURL(new Blob([new Uint8Array(1 << 20)]))
  a.download = "more.bin"
  a.click()
}, 10)"""
HANG = "(function f() { Promise.resolve().then(f) })()"


@pytest.mark.parametrize(
    ("page", "settles"),
    [
        (SPIN, True),
        (TICK, True),
        (BUTTON.replace("ACTION", LOAD), True),
        (BUTTON.replace("ACTION", HANG), False),
    ],
    ids=["an animation", "a timer", "downloads", "a page that never sleeps"],
)
def test_what_never_ends_is_graded(browser: Any, page: str, settles: bool) -> None:
    wanted = ValidatorSpec("web.tabs", {"wanted": [f"https://{HOST}/"]})
    html = f"<!doctype html><title>Endless</title>{page}".encode()
    instance = replace(task(html), instruction="Click.", validators=(wanted,))
    browser.reset(seed=0, options={"task": instance})
    info = browser.step(Click((0.5, 0.5)))[4]
    assert (info["settled"], info["fault"]) == (settles, "")
    _, reward, terminated, truncated, info = browser.step(Terminate())
    assert (reward, terminated, truncated, info["fault"]) == (1.0, True, False, "")


def test_a_page_that_loads_itself_for_ever_is_a_fault(browser: Any) -> None:
    page = b"<script>setTimeout(() => location.reload(), 0)</script>"
    with pytest.raises(Fault, match="https://shop.test/ does not finish loading"):
        browser.reset(seed=0, options={"task": task(page)})


def test_a_page_that_crashes_is_no_fault(browser: Any) -> None:
    browser.reset(seed=0, options={"task": task()})
    browser.step(Key(("ctrl", "l")))
    info = browser.step(Type("chrome://crash\n"))[4]
    assert info["settled"] and not info["fault"]
    assert state(browser, over=True)["open"]


def test_closing_the_browser_ends_the_episode(browser: Any) -> None:
    browser.reset(seed=0, options={"task": task()})
    _, _, terminated, truncated, info = browser.step(Key(("ctrl", "shift", "w")))
    assert (terminated, truncated, info["fault"]) == (False, True, "")  # nothing was to be judged


def game(number: int, page: bytes = GAME) -> TaskInstance:
    page = page.replace(b"NUMBER", str(number).encode())
    return TaskInstance(
        id="",
        app="browser",
        files={"sites/game.test/index.html": page},
        open="sites/game.test/index.html",
        ends=True,
    )


def frames(env: Any, number: int) -> tuple[list[Any], list[Any]]:
    observation, info = env.reset(seed=0, options={"task": game(number)})
    seen, told = [observation["screenshot"].copy()], [info["instruction"]]
    for action in (Move((0.5, 0.9)), Wait(2.0)):
        seen.append(env.step(action)[0]["screenshot"].copy())
    click(env, "#field")
    seen.append(env.step(Type("abc"))[0]["screenshot"].copy())
    x, y = at(env, "#go").middle
    observation, _, terminated, truncated, _ = env.step(Click((x / 1280, y / 720)))
    return [*seen, observation["screenshot"].copy()], [*told, terminated or truncated]


def test_a_game_says_what_it_asks_and_when_it_is_over_and_the_next_is_like_a_fresh_one(
    browser: Any,
) -> None:
    first, told = frames(browser, 1)
    assert told == ["Play 1.", True]
    before = browser.reset_modes["renew"]
    second, told = frames(browser, 2)
    assert told == ["Play 2.", True]
    assert browser.reset_modes["renew"] == before + 1
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_who_has_left_the_page_gets_a_fresh_browser(browser: Any) -> None:
    frames(browser, 1)
    browser.reset(options={"task": game(2)})
    browser.step(Key(("ctrl", "t")))
    before = browser.reset_modes["renew"]
    browser.reset(options={"task": game(3)})
    assert browser.reset_modes["renew"] == before
    assert len(state(browser)["tabs"]) == 1


def test_a_page_that_waits_to_begin_does_so_when_the_episode_does(browser: Any) -> None:
    shown = []
    for _ in range(2):  # in a fresh browser, then in the same one
        _, info = browser.reset(seed=0, options={"task": game(1, LATE)})
        assert info["instruction"] == "Count."
        counts = [at(browser, "#count").text]
        for _ in range(3):
            browser.step(Wait(1.0))
            counts.append(at(browser, "#count").text)
        shown.append(counts)
    assert shown[0] == shown[1] and shown[0][0] == "0" and shown[0][-1] in "34"
    assert browser.reset_modes["renew"]


def test_what_a_page_draws_at_random_is_the_same_in_every_browser(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CUAGYM_SNAPSHOTS", "0")
    page = b"""<h1 id=it></h1><script>
        const told = [Math.random(), performance.now(), crypto.randomUUID()];
        it.textContent = told.join(' ');
    </script>"""
    told = []
    for _ in range(2):
        env: Any = gym.make("CUA-Browser-v0", prepare=0).unwrapped
        env.reset(seed=0, options={"task": task(page)})
        told.append(at(env, "#it").text)
        env.close()
    assert told[0] == told[1] and len(told[0].split()) == 3
