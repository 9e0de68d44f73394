"""Dict, dataclass and JSON say the same."""

from __future__ import annotations

import dataclasses
import json
import string

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuagym.actions import (
    BUTTONS,
    KEYS,
    NAMES,
    PRIMITIVES,
    STATUSES,
    Click,
    Drag,
    Key,
    KeyDown,
    Move,
    Scroll,
    Terminate,
    Type,
    Wait,
    action_space,
    from_dict,
    from_json,
    parse,
    to_dict,
    to_json,
)
from cuagym.errors import ActionError

# A crowded machine is no reason to fail.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

SPACE = action_space(seed=0)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


def primitives(fraction, seconds, notches, max_keys):
    """Return a strategy for every primitive over the given fields."""
    point = st.none() | st.tuples(fraction, fraction)
    fields = {
        "point": point,
        "start": point,
        "button": st.sampled_from(BUTTONS),
        "count": st.integers(1, 3),
        "scroll": st.tuples(notches, notches),
        "text": texts,
        "keys": st.lists(st.sampled_from(KEYS[1:]), max_size=max_keys).map(tuple),
        "seconds": seconds,
        "status": st.sampled_from(STATUSES),
        "answer": texts,
    }
    return st.one_of(
        st.builds(cls, **{f.name: fields[f.name] for f in dataclasses.fields(cls)})
        for cls in PRIMITIVES.values()
    )


any_primitive = primitives(
    st.floats(0, 1), st.floats(0, 86400), st.integers(-10_000, 10_000), max_keys=9
)
dict_primitive = primitives(
    st.floats(0, 1, width=32), st.integers(1, 60).map(float), st.integers(-20, 20), max_keys=4
)


@unhurried
@given(any_primitive)
def test_json_round_trip_is_exact(action):
    text = json.dumps(to_json(action))
    assert from_json(text) == from_json(text.encode()) == from_json(to_json(action)) == action
    assert parse(text) == parse(to_json(action)) == parse(action) == action


@unhurried
@given(dict_primitive)
def test_dict_round_trip_is_exact(action):
    element = to_dict(action)
    assert element in SPACE
    assert from_dict(element) == parse(element) == action


@unhurried
@given(st.integers(0, 2**31 - 1))
def test_every_sample_is_an_action(seed):
    space = action_space(seed)
    sample = space.sample()
    action = parse(sample)
    assert action.name == NAMES[sample["action"]]
    assert from_dict(to_dict(action)) == action


def element(**fields):
    """Return a neutral element of the space with some fields set."""
    return {**to_dict(Move()), **fields}


def test_the_dict_is_read_by_the_switches():
    at = np.array([0.25, 0.5], np.float32)
    click = NAMES.index("click")
    assert parse(element(action=click, point=at)) == Click(None)
    assert parse(element(action=click, point=at, use_point=1)) == Click((0.25, 0.5))
    drag = element(action=NAMES.index("drag"), start=at, use_start=np.int64(1), button=2)
    assert parse(drag) == Drag(None, (0.25, 0.5), "right")
    keys = np.array([0, KEYS.index("ctrl"), 0, KEYS.index("c")])
    assert parse(element(action=NAMES.index("key"), keys=keys)) == Key(("ctrl", "c"))
    assert parse(element(action=NAMES.index("key_down"))) == KeyDown(())


@pytest.mark.parametrize(
    "fields",
    [
        {"action": 1, "count": 2},
        {"action": np.int64(1), "count": np.array(2)},
        {"action": np.array([1]), "count": np.array([2], np.int8)},
        {"action": 1, "use_point": False, "use_start": np.bool_(True), "count": 2},
        {"action": 1, "count": 2, "point": [0, 1], "scroll": (0, 0), "keys": [0, 0, 0, 0]},
    ],
)
def test_numbers_may_be_of_any_kind(fields):
    assert parse(element(**fields)) == Click(count=2)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"action": 12}, "field 'action' must be an integer from 0 to 11, got 12"),
        ({"action": -1}, "from 0 to 11"),
        ({"count": 0}, "field 'count' must be an integer from 1 to 3, got 0"),
        ({"count": 2.0}, "field 'count'"),
        ({"point": np.array([1.0000001, 0], np.float32)}, r"field 'point' must be .* in \[0, 1\]"),
        ({"start": np.array([-1e-9, 0], np.float32)}, "field 'start'"),
        ({"button": True}, "field 'button'"),
        ({"scroll": [0, 21]}, "field 'scroll' must be 2 integers from -20 to 20"),
        ({"keys": [99, 0, 0, 0]}, "field 'keys' must be 4 integers from 0 to 98"),
        ({"keys": [1, 2]}, "field 'keys' must be 4 integers"),
        ({"seconds": 61}, "field 'seconds' must be an integer from 1 to 60"),
        ({"text": None}, "field 'text' must be a string"),
        ({"answer": "\udcff"}, "field 'answer' must be a string"),
        ({"use_point": 2}, "field 'use_point'"),
        ({"buton": 1}, "has no field 'buton'; did you mean 'button'"),
    ],
)
def test_outside_the_space(fields, message):
    bad = element(**fields)
    assert bad not in SPACE or fields == {"button": True}  # Gymnasium takes True for 1
    with pytest.raises(ActionError, match=message):
        parse(bad)


def test_a_missing_field_is_named():
    partial = element()
    del partial["keys"]
    with pytest.raises(ActionError, match="lacks 'keys'"):
        parse(partial)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (Scroll(None, (0, 21)), "'scroll': the Dict can say at most 20 notches"),
        (Key(["a"] * 5), "at most 4 keys"),
        (Wait(0.5), "whole seconds from 1 to 60, got 0.5"),
        (Wait(61), "whole seconds"),
    ],
)
def test_what_does_not_fit_the_dict_is_refused(action, message):
    with pytest.raises(ActionError, match=message):
        to_dict(action)


def test_plain_json_has_defaults_and_aliases():
    assert parse({"action": "click", "point": [0.5, 0.5], "count": 2}) == Click((0.5, 0.5), count=2)
    assert parse('{"action": "KEY", "keys": ["Control", "enter"]}') == Key(("ctrl", "Return"))
    assert parse(b'{"action": "key", "keys": "esc"}') == Key(("Escape",))
    assert parse({"action": "scroll", "scroll": [0, 3], "point": None}) == Scroll(None, (0, 3))
    assert parse({"action": "terminate"}) == Terminate("success", "")
    assert parse({"action": "wait", "seconds": 2}) == Wait(2.0)


def test_json_is_plain_data():
    assert to_json(Click((0.5, 0.25))) == {
        "action": "click",
        "point": [0.5, 0.25],
        "button": "left",
        "count": 1,
    }
    assert json.loads(json.dumps(to_json(Type("é😀")))) == {"action": "type", "text": "é😀"}


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ('{"action": "clikc"}', "no action is called 'clikc'; did you mean 'click'"),
        ({"action": "click", "cuont": 2}, "'click' has no field 'cuont'; did you mean 'count'"),
        ({"action": "click", "text": "x"}, r"'click' has no field 'text' \(it has: point, button"),
        ({"action": "click", "count": 9}, "'click', field 'count': must be .* 1 to 3, got 9"),
        ({"action": "type", "text": 5}, "'type', field 'text': must be a string"),
        ("{", "not JSON"),
        (b"\xff", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", 'with its name under "action"'),
        ({"point": [0, 0]}, 'with its name under "action"'),
        ({}, 'with its name under "action"'),
        (7, "an action is a primitive"),
        (None, "an action is a primitive"),
        ((Click(),), "an action is a primitive"),
        (Click, "an action is a primitive"),
    ],
)
def test_what_is_no_action(action, message):
    with pytest.raises(ActionError, match=message):
        parse(action)


def test_ascii_fits_the_samples():
    assert set(SPACE["text"].characters) == {*string.printable[:95]}
