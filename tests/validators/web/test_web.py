"""What is right passes, what differs in one thing fails and says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from cuagym.errors import TaskError
from cuagym.verdict import Check

Judge = Callable[..., list[Check]]

RIGHT: list[tuple[str, dict[str, Any]]] = [
    ("address", {"wanted": "shop.example/find"}),
    ("address", {"wanted": "http://shop.example/find.html?page=2&q=lamp"}),
    ("address", {"wanted": {"host": "shop.example", "query": {"q": "lamp"}}}),
    ("address", {"wanted": {"path": {"matches": "^/f"}, "fragment": "top"}}),
    ("address", {"wanted": "news.example", "anywhere": True}),
    ("tabs", {"wanted": ["shop.example/find", "news.example"], "others": False, "count": 2}),
    ("tabs", {"absent": ["wiki.example"]}),
    ("text", {"contains": ["Desk  lamp", "Floor"], "lacks": "Ceiling"}),
    ("elements", {"wanted": {"li.item": 2, "h1": "Lamp shop"}}),
    ("elements", {"wanted": {"li": {"texts": ["Desk lamp", "Floor lamp"], "count": 2}}}),
    ("elements", {"wanted": {"li[data-id]": {"attributes": {"data-id": "7"}}}}),
    ("fields", {"wanted": {"who": "Mara Olsen", "mail": "", "note": "Ring twice"}}),
    ("fields", {"wanted": {"Full name": {"contains": "Olsen"}, "Gift wrap": True}}),
    ("fields", {"wanted": {"ship": "Standard", "size": "Medium", "css:#gift": True}}),
    ("fields", {"wanted": {"ship": "s1", "size": "m", "days": ["Mon", "Wed"]}}),
    ("storage", {"site": "shop.example", "wanted": {"user.name": "Mara", "mails.length": 2}}),
    ("storage", {"site": "shop.example", "wanted": {"mails[id=m2].folder": "inbox"}}),
    ("storage", {"site": "shop.example", "wanted": {"": "just text"}, "key": "plain"}),
    (
        "storage",
        {"site": "shop.example", "wanted": {"": 3}, "key": "seen", "area": "session"},
    ),
    (
        "storage",
        {"site": "shop.example", "wanted": {"cart": []}, "key": "none", "start": "start.json"},
    ),
    ("unchanged", {"site": "shop.example", "start": "start.json"}),
    ("cookies", {"wanted": {"sid": "42", "ads": {"absent": True}}, "site": "shop.example"}),
    ("sent", {"wanted": [{"to": "shop.example/order", "fields": {"name": "Mara Olsen"}}]}),
    (
        "sent",
        {
            "wanted": [
                {
                    "to": "shop.example/order",
                    "fields": {"name": {"contains": "Mara"}, "tag": ["a", "b"], "note": ""},
                    "only": True,
                }
            ],
            "others": False,
        },
    ),
    ("downloads", {"wanted": {"list.csv": "shop.example/list.csv"}, "others": False}),
    ("bookmarks", {"wanted": [{"title": "Lamps", "url": "shop.example"}]}),
    ("bookmarks", {"wanted": [{"url": "wiki.example/a", "folder": "Bookmarks bar/Work"}]}),
    ("bookmarks", {"absent": [{"title": "News"}], "folders": ["Bookmarks bar/Work"]}),
    ("settings", {"wanted": {"home page": "news.example", "on start-up": "pages"}}),
    ("settings", {"wanted": {"start-up pages": ["shop.example"], "zoom": 125}}),
    ("settings", {"wanted": {"font size": 16, "javascript": "allow", "mode": "device"}}),
    ("settings", {"sites": {"ads.example": {"cookies": "block", "images": "default"}}}),
    ("settings", {"sites": {"shop.example": {"zoom": 90}, "news.example": {"zoom": 100}}}),
    ("settings", {"wanted": {"pref:session.restore_on_startup": 4}}),
    ("history", {"visited": ["shop.example"], "absent": ["news.example"]}),
]
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("address", {"wanted": "shop.example/find?q=lamps"}, "found https://shop.example/find?q=lamp"),
    ("address", {"wanted": "shop.example"}, "expected shop.example"),
    ("address", {"wanted": "shop.example/find#end"}, "found"),
    ("address", {"wanted": "news.example"}, "expected news.example"),
    ("address", {"wanted": {"query": {"q": "lamp", "sort": "asc"}}}, "'sort'"),
    ("tabs", {"wanted": ["news.example", "news.example/"]}, "no tab shows it"),
    ("tabs", {"wanted": ["news.example"], "others": False}, "shop.example/find"),
    ("tabs", {"absent": ["news.example"]}, "still shows"),
    ("tabs", {"count": 3}, "expected 3 tabs, found 2"),
    ("text", {"contains": "Ceiling lamp"}, "does not show 'Ceiling lamp'"),
    ("text", {"lacks": "Floor"}, "shows 'Floor'"),
    ("text", {"contains": "Desk", "tab": "wiki.example"}, "no tab shows wiki.example"),
    ("elements", {"wanted": {"li.item": 3}}, "expected 3, found 2"),
    ("elements", {"wanted": {"h2": "Lamp shop"}}, "found nothing"),
    ("elements", {"wanted": {"li": {"texts": ["Floor lamp", "Desk lamp"]}}}, "Desk lamp"),
    ("fields", {"wanted": {"who": "Mara"}}, 'expected "Mara", found "Mara Olsen"'),
    ("fields", {"wanted": {"gift": False}}, "expected false, found true"),
    ("fields", {"wanted": {"days": ["Mon"]}}, "Wed"),
    ("fields", {"wanted": {"ship": "Express"}}, "s1"),
    ("fields", {"wanted": {"whom": "x"}}, "did you mean 'who'"),
    ("storage", {"site": "shop.example", "wanted": {"user.news": True}}, "found false"),
    ("storage", {"site": "shop.example", "wanted": {"cart[0]": 1}}, "found nothing"),
    ("storage", {"site": "shop.example", "wanted": {"mails[id=m2].folder": "spam"}}, "inbox"),
    ("storage", {"site": "none.example", "wanted": {"": "x"}}, "found nothing"),
    ("cookies", {"wanted": {"sid": "42"}, "site": "news.example"}, "found nothing"),
    ("sent", {"wanted": [{"to": "shop.example/order", "times": 2}]}, "1 times"),
    ("sent", {"wanted": [{"to": "shop.example/pay"}]}, "not sent"),
    (
        "sent",
        {"wanted": [{"to": "shop.example/order", "fields": {"tag": "a"}}]},
        "its field 'tag'",
    ),
    (
        "sent",
        {"wanted": [{"to": "shop.example/order", "fields": {"name": "Mara Olsen"}, "only": True}]},
        "other fields: tag",
    ),
    ("sent", {"others": False}, "there should be nothing to POST"),
    ("downloads", {"wanted": {"lists.csv": ""}}, "it was not downloaded (downloaded: list.csv)"),
    ("downloads", {"wanted": {"list.csv": "news.example/list.csv"}}, "it came from"),
    ("bookmarks", {"wanted": [{"title": "Lamps", "folder": "Other bookmarks"}]}, "Lamps"),
    ("bookmarks", {"wanted": [{"title": "Lamps"}], "others": False}, "there should be no 'Wiki'"),
    ("bookmarks", {"absent": [{"url": "wiki.example/a"}]}, "there is 'Wiki'"),
    ("bookmarks", {"folders": ["Work"]}, "Bookmarks bar/Work"),
    ("settings", {"wanted": {"home page": "news.example/a"}}, "found https://news.example/"),
    ("settings", {"wanted": {"start-up pages": []}}, "found https://shop.example/"),
    ("settings", {"wanted": {"zoom": 110}}, "expected 110, found 125"),
    ("settings", {"sites": {"shop.example": {"cookies": "block"}}}, 'found "default"'),
    ("history", {"visited": ["wiki.example"]}, "was not visited"),
    ("history", {"absent": ["news.example/a"]}, "the history has"),
]


def failed(checks: list[Check]) -> list[str]:
    return [f"{c.name}: {c.detail}" for c in checks if not c.passed]


@pytest.mark.parametrize(("validator", "args"), RIGHT, ids=lambda v: str(v)[:40])
def test_what_is_right_passes(
    judge: Judge, state: dict[str, Any], validator: str, args: dict[str, Any]
) -> None:
    assert failed(judge(state, validator, **args)) == []


@pytest.mark.parametrize(("validator", "args", "says"), WRONG, ids=lambda v: str(v)[:40])
def test_what_is_wrong_fails_and_says_what_was_found(
    judge: Judge, state: dict[str, Any], validator: str, args: dict[str, Any], says: str
) -> None:
    said = failed(judge(state, validator, **args))
    assert said and says in " ".join(said)


STATED = {"address", "tabs", "text", "elements", "fields", "storage", "unchanged", "cookies"}


@pytest.mark.parametrize(("validator", "args"), RIGHT, ids=lambda v: str(v)[:40])
def test_a_browser_that_was_closed_fails_and_says_so(
    judge: Judge, validator: str, args: dict[str, Any]
) -> None:
    if validator in STATED | {"sent", "downloads"}:
        assert "the browser was closed" in failed(judge({"open": False}, validator, **args))[0]


def test_changes_of_storage_are_told_by_place(judge: Judge, state: dict[str, Any]) -> None:
    def stored(change: Callable[[Any], object]) -> dict[str, Any]:
        value = json.loads(state["stores"]["https://shop.example"]["state"])
        change(value)
        return {**state, "stores": {"https://shop.example": {"state": json.dumps(value)}}}

    def check(changed: dict[str, Any], *outside: str) -> str:
        found = judge(
            changed, "unchanged", site="shop.example", start="start.json", outside=list(outside)
        )
        return " ".join(failed(found))

    moved = stored(lambda v: v["mails"][1].update(folder="spam"))
    assert 'mails[id=m2].folder was "inbox", is now "spam"' in check(moved)
    assert check(moved, "mails[id=m2].folder") == check(moved, "mails[*].folder") == ""
    assert check(moved, "mails[id=m1]") and check(moved, "mails[id=m2].fold")
    deleted = stored(lambda v: v["mails"].pop(0))
    assert "mails[id=m1].folder" in check(deleted)
    assert check(deleted, "mails") == ""
    swapped = stored(lambda v: v["mails"].reverse())
    assert "mails, its order" in check(swapped, "mails[id=m1]")
    filled = stored(lambda v: v["cart"].append({"sku": 1}))
    assert "cart[0].sku" in check(filled) and check(filled, "cart") == ""


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("Lisbon", True),
        ("It is lisbon.", True),
        ("Lisbonne", False),
        ("Lisbon or Porto", False),
        ("", False),
    ],
)
def test_answers_are_whole_words(judge: Judge, answer: str, right: bool) -> None:
    found = judge({}, "answer", answer=answer, text="Lisbon", wrong=["Porto"])
    assert (failed(found) == []) is right


@pytest.mark.parametrize(
    ("answer", "right"), [("1,204.50 EUR", True), ("1204.5", True), ("12 or 1204.5", False)]
)
def test_answers_are_numbers(judge: Judge, answer: str, right: bool) -> None:
    assert (failed(judge({}, "answer", answer=answer, number=1204.5)) == []) is right


@pytest.mark.parametrize(
    ("validator", "args", "says"),
    [
        ("address", {"wanted": {"hots": "a"}}, "did you mean 'host'"),
        ("text", {"contains": "x", "tab": 3}, "'tab' must be"),
        ("elements", {"wanted": {"li[": 1}}, "is no CSS selector"),
        ("elements", {"wanted": {"li": {"cuont": 1}}}, "did you mean 'count'"),
        ("fields", {"wanted": {"who": {"contain": "a", "case": False}}}, "did you mean 'contains'"),
        ("fields", {"wanted": {"who": {"matches": "("}}}, "is no regular expression"),
        ("storage", {"site": "a", "wanted": {"a[": 1}}, "cannot be read at '['"),
        ("sent", {"wanted": [{"too": "a"}]}, "'to'"),
        ("sent", {"wanted": [{"to": "a", "feilds": {}}]}, "did you mean 'fields'"),
        ("bookmarks", {"wanted": [{"tilte": "a"}]}, "did you mean 'title'"),
        ("settings", {"wanted": {"home pag": "a"}}, "did you mean 'home page'"),
        ("settings", {"wanted": {"on start-up": "new tabs"}}, "did you mean 'new tab'"),
        ("settings", {"sites": {"a": {"cookie": "block"}}}, "did you mean 'cookies'"),
        ("tabs", {"wnated": []}, "did you mean 'wanted'"),
    ],
)
def test_wrong_arguments_are_told_before_anything_runs(
    judge: Judge, validator: str, args: dict[str, Any], says: str
) -> None:
    with pytest.raises(TaskError, match=r".*") as told:
        judge({}, validator, **args)
    assert says in str(told.value)


@pytest.mark.parametrize("validator", ["tabs", "text", "cookies", "bookmarks", "history", "sent"])
def test_nothing_wanted_is_refused(judge: Judge, state: dict[str, Any], validator: str) -> None:
    with pytest.raises(TaskError, match="nothing is wanted"):
        judge(state, validator, **({"wanted": {}} if validator == "cookies" else {}))
