"""What a format can say comes back as it was, on the same pixel; what it cannot say is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuagym.actions import (
    KEYS,
    Action,
    Click,
    Drag,
    Key,
    KeyDown,
    KeyUp,
    MouseDown,
    MouseUp,
    Move,
    Scroll,
    Terminate,
    Type,
    Wait,
)
from cuagym.codecs import Ask, Reply, load
from cuagym.errors import ActionError

from .conftest import SIZES, USES, anything, loaded, middle, plain, points, texts

P, Q = (0.25 + 0.5 / 1280, 0.5 + 0.5 / 720), (0.75 + 0.5 / 1280, 0.125 + 0.5 / 720)

CLICKS = [Click(P, "left", n) for n in (1, 2)] + [Click(P, "right"), Click(P, "middle")]
HERE = [Click(None, "left", n) for n in (1, 2)] + [Click(None, "right")]
DONE = [Terminate("success"), Terminate("failure")]
TYPED = [Type('It\'s "1 < 2"\n\t\\ é 漢'), Key(("ctrl", "shift", "t")), Key(("Return",))]
WHEEL = [Scroll(P, (0, 5)), Scroll(P, (0, -5)), Scroll(P, (5, 0)), Scroll(None, (0, 5))]

# What each format must be able to say, exactly, as one primitive.
CAN: dict[str, list[Action]] = {
    "qwen": [
        *(*CLICKS, *HERE, Click(P, count=3), Move(P), Drag(P), *WHEEL, *TYPED, *DONE),
        *(KeyDown(("shift",)), KeyUp(("shift", "alt")), Wait(2.5)),
        Terminate("success", "42"),
    ],
    "pyautogui": [
        *(*CLICKS, *HERE, Click(P, "middle", 3), Move(P), Drag(P), Drag(P, button="right")),
        *(*WHEEL, *TYPED, *DONE, KeyDown(("shift",)), KeyUp(("shift",)), Wait(2.5)),
        *(MouseDown(P), MouseDown(None, "middle"), MouseUp(P, "right"), MouseUp()),
        *(Terminate("success", "it's `42`"), Terminate("failure", "no")),
    ],
    "computer_13": [
        *(*CLICKS, *HERE, Click(P, "middle", 3), Move(P), Drag(P), Scroll(None, (3, -4))),
        *(*TYPED, *DONE, KeyDown(("shift",)), KeyUp(("shift",)), Wait(2.0)),
        *(MouseDown(), MouseDown(None, "middle"), MouseUp(None, "right")),
    ],
    "anthropic": [
        *(*CLICKS, *HERE, Click(P, count=3), Move(P), Drag(P), Drag(P, Q), *WHEEL, *TYPED, *DONE),
        *(Wait(2.5), MouseDown(), MouseUp()),
        *(Terminate("success", "42"), Terminate("failure", "no printer")),
    ],
    "openai": [
        *(*CLICKS, Move(P), Drag(P, Q), *WHEEL, Scroll(P, (3, -4)), *TYPED, *DONE, Wait(1.0)),
        *(Terminate("success", "42"), Terminate("failure", "no printer")),
    ],
    "uitars": [
        *(*CLICKS[:3], Move(P), Drag(P, Q), *WHEEL, *TYPED, *DONE, Wait(5.0)),
        *(MouseDown(P), MouseUp(), KeyDown(("shift", "a")), KeyUp(("shift",))),
        Terminate("success", 'it\'s "42"'),
    ],
}


def _of(use: str) -> list[Action]:
    return CAN.get(use.split(",")[0].replace("evocua", "qwen"), [])


@pytest.mark.parametrize("use", USES)
def test_what_a_format_can_say_comes_back_as_it_was(use: str) -> None:
    codec = loaded(use)
    assert _of(use)
    for action in _of(use):
        assert codec.parse(codec.render([action])).turn == (action,)


@pytest.mark.parametrize("use", USES)
def test_every_key_can_be_said(use: str) -> None:
    codec = loaded(use)
    for keys in [(key,) for key in KEYS[1:]] + [("ctrl", key) for key in KEYS[2:]]:
        assert codec.parse(codec.render([Key(keys)])).turn == (Key(keys),)


@pytest.mark.parametrize("use", USES)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_turn_comes_back_or_is_refused(use: str, data: st.DataObject) -> None:
    size = data.draw(st.sampled_from(SIZES))
    turn = data.draw(st.lists(anything(size), min_size=1, max_size=4))
    codec = loaded(use, size)
    try:
        said = codec.render(turn)
    except ActionError:
        return
    assert plain(codec.parse(said).turn, size) == plain(turn, size)


@pytest.mark.parametrize("use", USES)
@settings(deadline=None, max_examples=60)
@given(text=texts())
def test_every_text_can_be_typed(use: str, text: str) -> None:
    codec = loaded(use)
    assert codec.parse(codec.render([Type(text)])).turn == (Type(text),)


@pytest.mark.parametrize("use", USES)
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_a_place_hits_the_same_pixel(use: str, data: st.DataObject) -> None:
    size = data.draw(st.sampled_from(SIZES))
    within = st.tuples(*[st.floats(0, 1)] * 2) | points(size)
    point = data.draw(within | st.sampled_from([(0.0, 0.0), (1.0, 1.0)]))
    codec = loaded(use, size)
    [back] = codec.parse(codec.render([Move(point)])).turn
    assert back == Move(middle(point, size))


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("size", SIZES)
def test_each_column_and_row_of_the_screen_can_be_said(use: str, size: tuple[int, int]) -> None:
    codec = loaded(use, size)
    for n in range(max(size)):
        point = middle((min((n + 0.5) / size[0], 1.0), min((n + 0.5) / size[1], 1.0)), size)
        assert codec.places.point(codec.places.numbers(point)) == point


def test_the_grid_says_whole_numbers_where_one_hits_the_pixel() -> None:
    codec = loaded("qwen", (640, 480))
    for x in range(640):
        assert type(codec.places.numbers(((x + 0.5) / 640, 0.5))[0]) is int
    wide = loaded("qwen", (1280, 720))
    said = [wide.places.numbers(((x + 0.5) / 1280, 0.5))[0] for x in range(1280)]
    assert sum(type(n) is float for n in said) == 1280 - 1000


@pytest.mark.parametrize("use", USES)
@settings(deadline=None, max_examples=40)
@given(thought=texts(60).map(str.strip))
def test_a_thought_comes_back_or_is_refused(use: str, thought: str) -> None:
    codec = loaded(use)
    for turn in ((Click(P),), (Terminate("failure"),)):
        try:
            said = codec.render(Reply(turn, thought))
        except ActionError:
            continue
        assert codec.parse(said) == Reply(turn, thought)


def test_keys_held_around_an_action_are_one_call() -> None:
    for use in ("anthropic", "openai"):
        codec = loaded(use)
        for inner in (Click(P), Click(P, count=2), Scroll(P, (0, 3))):
            turn = (KeyDown(("ctrl", "shift")), inner, KeyUp(("ctrl", "shift")))
            said = codec.render(turn)
            assert codec.parse(said).turn == turn
            assert len(json.loads(said)) == 1
    held = (KeyDown(("shift",)), Wait(1.5), KeyUp(("shift",)))
    anthropic = loaded("anthropic")
    assert (
        "hold_key" in anthropic.render(held)
        and anthropic.parse(anthropic.render(held)).turn == held
    )
    path = (MouseDown(P), Move(Q), Move(P), MouseUp(Q))
    openai = loaded("openai")
    assert len(json.loads(openai.render(path))[0]["action"]["path"]) == 4
    assert openai.parse(openai.render(path)).turn == path


def test_what_is_asked_for_comes_back() -> None:
    region = (0.25, 0.5, 0.75, 1.0)
    for ask in (Ask("screenshot"), Ask("cursor_position"), Ask("zoom", region)):
        codec = loaded("anthropic")
        assert codec.parse(codec.render(Reply((), "look", (ask,)))) == Reply((), "look", (ask,))
    openai = loaded("openai")
    assert openai.parse(openai.render(Reply(asks=(Ask("screenshot"),)))).asks == (
        Ask("screenshot"),
    )
    with pytest.raises(ActionError, match="cannot say"):
        loaded("qwen").render(Reply(asks=(Ask("screenshot"),)))


@pytest.mark.parametrize("use", [use for use, (_, options) in USES.items() if "calls" in options])
def test_more_calls_than_one_reply_may_hold_are_refused_both_ways(use: str) -> None:
    said = loaded(use).render([Click(P), Move(Q)])
    name, options = USES[use]
    single = load(name, **{**options, "calls": 1})
    with pytest.raises(ActionError, match="at most 1 allowed"):
        single.parse(said)
    with pytest.raises(ActionError, match="cannot say 2 actions"):
        single.render([Click(P), Move(Q)])
