"""The vocabulary itself: names, keys, and what a primitive takes."""

from __future__ import annotations

import dataclasses
import pickle
import string
import subprocess
import sys

import numpy as np
import pytest

from cuagym import actions
from cuagym.actions import KEYS, NAMES, PRIMITIVES, Click, Drag, Key, Move, Scroll, Type, Wait
from cuagym.actions.names import _ALIASES
from cuagym.errors import ActionError


def test_names_and_keys_are_the_published_ones():
    assert NAMES == tuple(PRIMITIVES) == (
        *("move", "click", "mouse_down", "mouse_up", "drag", "scroll"),
        *("type", "key", "key_down", "key_up", "wait", "terminate"),
    )  # fmt: skip
    assert KEYS[:10] == (
        *("", "ctrl", "shift", "alt", "super"),
        *("Return", "Tab", "Escape", "Backspace", "Delete"),
    )
    assert KEYS[10:18] == ("Home", "End", "Page_Up", "Page_Down", "Left", "Right", "Up", "Down")
    assert KEYS[18:31] == (*(f"F{i}" for i in range(1, 13)), "space")
    assert KEYS[31:67] == (*string.ascii_lowercase, *string.digits)
    assert set(KEYS[67:]) == {
        c for c in map(chr, range(0x21, 0x7F)) if not c.isalnum() and len(KEYS) == 99
    }
    assert len({k.lower() for k in KEYS[1:]}) == len(KEYS) - 1


def test_aliases_are_unambiguous():
    aliases = [a for names in _ALIASES.values() for a in names]
    assert len(set(aliases)) == len(aliases) and all(a == a.lower() for a in aliases)
    assert not {*aliases} & {k.lower() for k in KEYS} and set(_ALIASES) <= set(KEYS)


@pytest.mark.parametrize(
    ("given", "key"),
    [
        *[("enter", "Return"), ("RETURN", "Return"), ("esc", "Escape"), ("PgDn", "Page_Down")],
        *[("del", "Delete"), ("Control", "ctrl"), ("win", "super"), ("cmd", "super")],
        *[("Meta", "super"), ("option", "alt"), ("ArrowLeft", "Left"), (" ", "space"), ("A", "a")],
        *[("less", "<"), ("f5", "F5"), ("plus", "+"), ("+", "+"), ("KP_7", "7")],
    ],
)
def test_keys_go_by_many_names(given, key):
    assert Key((given,)) == Key(given) == Key([key]) and Key(given).keys == (key,)


def test_primitives_are_values():
    click = Click((0.5, 0.25), "LEFT", 2)
    assert click == Click([0.5, 0.25], count=np.int64(2))
    assert hash(click) == hash(dataclasses.replace(click))
    assert pickle.loads(pickle.dumps(click)) == click
    with pytest.raises(dataclasses.FrozenInstanceError):
        click.count = 3
    with pytest.raises((AttributeError, TypeError)):
        object.__setattr__(click, "new", 1)


def test_what_the_dict_cannot_say():
    assert Wait(0.25).seconds == 0.25 and Wait(0).seconds == 0.0
    assert Scroll(None, (0, -500)).scroll == (0, -500)
    assert Key(["ctrl", "shift", "alt", "super", "x"]).keys[-1] == "x"


def test_values_become_plain_python():
    action = Drag(np.array([0.5, 0.25], np.float32), (np.float64(1), 0))
    assert action == Drag((0.5, 0.25), (1.0, 0.0))
    assert {type(v) for v in (*action.point, *action.start)} == {float}
    assert type(Click(count=np.int8(2)).count) is int
    assert Scroll(scroll=np.array([1, 2])).scroll == (1, 2)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Click(count=4), r"'click', field 'count': must be an integer from 1 to 3, got 4"),
        (lambda: Click(count=True), "must be an integer"),
        (lambda: Click(count=1.0), "must be an integer"),
        (lambda: Click(button="lfet"), "'left', 'middle', 'right'; did you mean 'left'"),
        (lambda: Move((0.5, 1.0000001)), r"'move', field 'point': must be two numbers in \[0, 1\]"),
        (lambda: Move((np.float32(-1e-8), 0)), "must be two numbers"),
        (lambda: Move((float("nan"), 0)), "must be two numbers"),
        (lambda: Move((0.5,)), "must be two numbers"),
        (lambda: Move((True, 0)), "must be two numbers"),
        (lambda: Move("ab"), "must be two numbers"),
        (lambda: Scroll(scroll=(0, 10**9)), "must be 2 integers from -10000 to 10000"),
        (lambda: Scroll(scroll=3), "must be 2 integers"),
        (lambda: Type("a\0b"), "without NUL"),
        (lambda: Type("\ud800"), "lone surrogates"),
        (lambda: Type("x" * 4097), "at most 4096"),
        (lambda: Type(b"x"), "must be a string"),
        (lambda: Key("contrl"), "no key is called 'contrl'; did you mean 'control'"),
        (lambda: Key("ctrl+c"), r"one key at a time: \['ctrl', 'c'\]"),
        (lambda: Key((3,)), "no key is called 3"),
        (lambda: Key(""), "no key is called ''"),
        (lambda: Key(None), "a key's name or a list"),
        (lambda: Wait(-1), "must be a number from 0 to 86400, got -1"),
        (lambda: Wait(float("inf")), "must be a number"),
        (lambda: Wait(10**400), "must be a number"),
        (lambda: Wait("1"), "must be a number"),
        (lambda: actions.Terminate("succes"), "did you mean 'success'"),
    ],
)
def test_errors_say_what_would_be_right(make, message):
    with pytest.raises(ActionError, match=message):
        make()


def test_errors_stay_short():
    with pytest.raises(ActionError) as e:
        Type("x" * 5000)
    assert len(str(e.value)) < 300


def test_importing_the_vocabulary_is_light():
    code = (
        "import sys, cuagym.actions, cuagym.verdict; print('cuagym.actions.space' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"
