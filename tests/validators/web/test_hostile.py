"""Whatever a page or an agent leaves, a validator fails its check and says why; it never breaks."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuagym.verdict import Check

Judge = Callable[..., list[Check]]

fast = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(
    lambda t: t == " ".join(t.split())
)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


def passed(checks: list[Check]) -> bool:
    return all(c.passed for c in checks)


@fast
@given(value=plain, other=plain)
def test_stored_values_equal_themselves_and_no_others(judge: Judge, value: Any, other: Any) -> None:
    state = {"open": True, "tabs": [], "stores": {"https://a.example": {"k": json.dumps(value)}}}
    ask = {"site": "a.example", "key": "k"}
    assert passed(judge(state, "storage", wanted={"": {"equals": value}}, **ask))
    alike = json.dumps(value, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert passed(judge(state, "storage", wanted={"": {"equals": other}}, **ask)) == alike


@fast
@given(pairs=st.dictionaries(words, words, min_size=1, max_size=5), other=words)
def test_sent_fields_are_read_in_both_encodings(
    judge: Judge, pairs: dict[str, str], other: str
) -> None:
    bound = "----WebKitFormBoundaryQQ"
    parts = [
        f'--{bound}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'
        for k, v in pairs.items()
        if '"' not in k
    ]
    bodies = [urlencode(pairs, quote_via=quote_plus)]
    if len(parts) == len(pairs):
        bodies.append("".join(parts) + f"--{bound}--\r\n")
    for body in bodies:
        row = {"method": "POST", "url": "https://a.example/x", "body": body}
        state = {"open": True, "tabs": [], "sent": [row]}
        form = {"to": "a.example/x", "fields": pairs, "only": True}
        assert passed(judge(state, "sent", wanted=[form], others=False))
        first = next(iter(pairs))
        changed = {**pairs, first: pairs[first] + other}
        assert not passed(judge(state, "sent", wanted=[{**form, "fields": changed}]))


@fast
@given(host=st.from_regex(r"[a-z]{1,9}\.example", fullmatch=True), path=st.lists(words, max_size=3))
def test_addresses_fit_themselves_and_not_their_parents(
    judge: Judge, host: str, path: list[str]
) -> None:
    url = f"https://{host}/{'/'.join(quote_plus(p) for p in path)}"
    state = {"open": True, "tabs": [{"url": url, "visible": "visible"}]}
    assert passed(judge(state, "address", wanted=url))
    assert not passed(judge(state, "address", wanted=f"{url.rstrip('/')}/deeper"))
    assert not passed(judge(state, "address", wanted=f"https://x{host}/"))


@fast
@given(
    held=st.lists(words, min_size=1, max_size=4, unique=True),
    ticked=st.booleans(),
    chosen=st.integers(0, 3),
    other=words,
)
def test_fields_hold_what_the_page_shows(
    judge: Judge, held: list[str], ticked: bool, chosen: int, other: str
) -> None:
    right = held[chosen % len(held)]
    text = html.escape(right)
    options = "".join(
        f"<option{' selected' * (each == right)}>{html.escape(each)}</option>" for each in held
    )
    page = (
        f'<body><label>A field: <input name="f" value="{text}"></label>'
        f'<textarea name="t">{text}</textarea><select name="s">{options}</select>'
        f'<input type="checkbox" name="c"{" checked" * ticked}></body>'
    )
    state = {"open": True, "tabs": [{"url": "https://a.example/", "html": page}]}
    state["tabs"][0]["visible"] = "visible"  # type: ignore[index]
    wanted = {"f": right, "A field": right, "t": right, "s": right, "c": ticked}
    assert passed(judge(state, "fields", wanted=wanted))
    for name, value in (("f", right + other), ("t", other + right), ("c", not ticked)):
        assert not passed(judge(state, "fields", wanted={name: value}))


def test_an_address_without_end_fits_nothing(judge: Judge) -> None:
    url = "https://a.example/?" + "&".join(f"q{n}=1" for n in range(5000))
    state = {"open": True, "tabs": [{"url": url, "visible": "visible"}]}
    assert not passed(judge(state, "address", wanted="a.example/?q1=1"))


HOSTILE = [
    b"",
    b"{",
    b"[]",
    b'"open"',
    b'{"open": true}',
    b'{"open": true, "tabs": 3, "sent": {}, "downloads": [1], "cookies": null, "stores": []}',
    b'{"open": true, "tabs": [null, {"url": 3, "visible": "visible", "html": 4, "text": {}}]}',
    b'{"open": true, "tabs": [{"url": "https://[", "visible": "visible", "html": ""}]}',
    b'{"open":' * 100_000,
    b'{"open": true, "tabs": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    json.dumps(
        {
            "open": True,
            "tabs": [
                {
                    "url": "https://shop.example/",
                    "visible": "visible",
                    "html": "<div>" * 200_000 + "<input name=who value=1>",
                    "text": "x" * 2_000_000,
                }
            ],
            "stores": {"https://shop.example": {"state": "[" * 100_000}},
        }
    ).encode(),
]
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("address", {"wanted": "wiki.example"}),
    ("tabs", {"wanted": ["wiki.example"], "count": 4}),
    ("text", {"contains": "Floor lamp"}),
    ("elements", {"wanted": {"li.item": 2}}),
    ("fields", {"wanted": {"who": "Mara"}}),
    ("storage", {"site": "shop.example", "wanted": {"user.name": "Mara"}}),
    ("cookies", {"wanted": {"sid": "42"}}),
    ("sent", {"wanted": [{"to": "shop.example/order"}]}),
    ("downloads", {"wanted": {"list.csv": ""}}),
]


@pytest.mark.parametrize(("validator", "args"), ASKED)
@pytest.mark.parametrize("told", HOSTILE, ids=[str(i) for i in range(len(HOSTILE))])
def test_hostile_states_fail_with_a_reason(
    judge: Judge, told: bytes, validator: str, args: dict[str, Any]
) -> None:
    checks = judge(told, validator, **args)
    assert checks and not passed(checks)
    assert all(c.detail for c in checks if not c.passed)


def test_a_mangled_start_value_is_a_change(judge: Judge, state: dict[str, Any]) -> None:
    for text in ("", "[" * 100_000, "null", "NaN"):
        state["stores"]["https://shop.example"]["state"] = text
        assert not passed(judge(state, "unchanged", site="shop.example", start="start.json"))


@pytest.mark.parametrize("data", [b"", b"no base", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_broken_history_fails(judge: Judge, state: dict[str, Any], data: bytes) -> None:
    checks = judge(state, "history", {"browser/History": data}, visited=["shop.example"])
    assert not passed(checks) and checks[0].detail


@pytest.mark.parametrize("data", [b"", b"[]", b'{"roots": 3}', b'{"roots": {"a": [1]}}'])
def test_broken_bookmarks_and_settings_fail(
    judge: Judge, state: dict[str, Any], data: bytes
) -> None:
    left = {"browser/Bookmarks": data, "browser/Preferences": data}
    assert not passed(judge(state, "bookmarks", left, wanted=[{"title": "Lamps"}]))
    assert not passed(judge(state, "settings", left, wanted={"home page": "news.example"}))


def test_bookmarks_nested_without_end_are_read_to_a_depth(
    judge: Judge, state: dict[str, Any]
) -> None:
    node: dict[str, Any] = {"type": "url", "name": "Deep", "url": "https://a.example/"}
    for _ in range(300):
        node = {"type": "folder", "name": "f", "children": [node]}
    left = {"browser/Bookmarks": json.dumps({"roots": {"other": node}}).encode()}
    assert not passed(judge(state, "bookmarks", left, wanted=[{"title": "Deep"}]))
