"""What a person does becomes the actions that an agent would have taken."""

import pytest

from cuagym.actions import (
    KEYS,
    Click,
    Drag,
    Key,
    KeyDown,
    KeyUp,
    Move,
    Scroll,
    Terminate,
    Type,
)
from cuagym.commands.play.events import (
    KeyPress,
    KeyRelease,
    Motion,
    Press,
    Release,
    Text,
    Wheel,
    key_called,
    read,
)
from cuagym.task import Screen

SCREEN = Screen(1000, 500)
A, B = (100, 100), (300, 200)
LATER = 100.0


def point(at):
    return SCREEN.point(*at)


def click(time, at=A, button="left", held=()):
    return [Press(time, at, button, held), Release(time + 0.05, at, button)]


def done(*events, now=LATER):
    """The actions of events after which nothing else has happened for long."""
    turns, rest = read(events, now, SCREEN)
    assert rest == []
    assert all(len(turn) == 1 for turn in turns)
    return [turn[0] for turn in turns]


def test_a_click_waits_for_a_second_one_and_not_longer():
    events = click(0.0)
    assert read(events, 0.2, SCREEN) == ([], events)
    assert read(events, 0.5, SCREEN) == ([(Click(point(A)),)], [])


def test_two_and_three_clicks_in_a_row_are_one_action():
    assert done(*click(0), *click(0.2)) == [Click(point(A), count=2)]
    assert done(*click(0), *click(0.2), *click(0.4)) == [Click(point(A), count=3)]


def test_a_third_click_need_not_wait_and_a_fourth_begins_anew():
    three = [*click(0), *click(0.2), *click(0.4)]
    assert read(three, 0.46, SCREEN) == ([(Click(point(A), count=3),)], [])
    assert done(*three, *click(0.6)) == [Click(point(A), count=3), Click(point(A))]


def test_slow_or_distant_clicks_are_two():
    assert done(*click(0), *click(0.6)) == [Click(point(A))] * 2
    assert done(*click(0), *click(0.2, B)) == [Click(point(A)), Click(point(B))]


def test_a_trembling_hand_still_clicks_where_it_pressed():
    events = [
        Press(0, A),
        Motion(0.01, (101, 101)),
        Release(0.05, (102, 100)),
        Motion(0.1, (101, 99)),
        *click(0.2, (102, 101)),
    ]
    assert done(*events) == [Click(point(A), count=2)]


@pytest.mark.parametrize("button", ["middle", "right"])
def test_other_buttons_click_at_once(button):
    assert read(click(0, button=button), 0.06, SCREEN) == ([(Click(point(A), button),)], [])


def test_buttons_that_overlap_are_two_clicks():
    events = [Press(0, A), Press(0.01, A, "right"), Release(0.02, A), Release(0.03, A, "right")]
    assert done(*events) == [Click(point(A)), Click(point(A), "right")]


def test_a_press_waits_for_its_release_and_a_lost_one_is_forgotten():
    assert read([Press(0, A)], LATER, SCREEN) == ([], [Press(0, A)])
    assert read([Press(0, A), Press(9, B)], LATER, SCREEN) == ([], [Press(9, B)])


def test_a_drag():
    events = [Press(0, A), Motion(0.1, (150, 120)), Motion(0.2, B), Release(0.3, B)]
    assert done(*events) == [Drag(point(B), point(A))]


def test_a_click_and_then_a_drag_from_the_same_place_stay_apart():
    events = [*click(0), Press(0.2, A), Motion(0.25, B), Release(0.3, B)]
    assert done(*events) == [Click(point(A)), Drag(point(B), point(A))]


def test_modifiers_are_held_around_mouse_actions():
    turns, rest = read(click(0, held=("ctrl", "shift")), LATER, SCREEN)
    held = ("ctrl", "shift")
    assert turns == [(KeyDown(held), Click(point(A)), KeyUp(held))] and not rest
    turns, _ = read([Wheel(0, A, (0, -1), ("ctrl",))], LATER, SCREEN)
    assert turns == [(KeyDown(("ctrl",)), Scroll(point(A), (0, -1)), KeyUp(("ctrl",)))]


def test_the_wheel_adds_up_until_it_rests():
    turning = [Wheel(0, A, (0, 1)), Motion(0.05, A), Wheel(0.1, A, (0, 2)), Wheel(0.2, A, (-1, 0))]
    assert read(turning, 0.3, SCREEN)[0] == []
    assert done(*turning) == [Scroll(point(A), (-1, 3))]
    assert done(Wheel(0, A, (0, 1)), Wheel(0.1, A, (0, -1))) == []


def test_letters_become_a_text_once_the_typing_stops():
    typing = [Text(0, "H"), Text(0.1, "é"), Text(0.2, " 中")]
    assert read(typing, 0.3, SCREEN)[0] == []
    assert done(*typing) == [Type("Hé 中")]


def test_keys_that_print_come_once():
    events = [KeyPress(0, "a"), Text(0, "a"), KeyPress(0.1, "b", ("shift",)), Text(0.1, "B")]
    events += [KeyPress(0.2, "space"), Text(0.2, " ")]
    assert done(*events) == [Type("aB ")]


def test_other_keys_end_a_text():
    events = [Text(0, "12"), KeyPress(0.1, "Return"), Text(0.2, "3"), KeyPress(0.3, "Tab")]
    assert done(*events) == [Type("12"), Key(("Return",)), Type("3"), Key(("Tab",))]


@pytest.mark.parametrize(
    "held, key",
    [(("ctrl",), "s"), (("ctrl", "shift"), "End"), (("alt",), "f"), (("shift",), "F10")],
)
def test_chords(held, key):
    events = [KeyPress(0, k, held[: i + 1]) for i, k in enumerate(held)]
    events += [KeyPress(0.1, key, held), KeyRelease(0.2, key)]
    events += [KeyRelease(0.3, k) for k in held]
    assert done(*events) == [Key((*held, key))]


def test_the_letter_of_a_chord_is_not_typed():
    events = [KeyPress(0, "alt", ("alt",)), KeyPress(0.1, "f", ("alt",)), Text(0.1, "f")]
    assert done(*events, KeyRelease(0.2, "alt"), Text(0.5, "x")) == [Key(("alt", "f")), Type("x")]


def test_a_modifier_alone_is_pressed_only_where_it_opens_a_menu():
    for key in ("ctrl", "shift"):
        assert done(KeyPress(0, key, (key,)), KeyRelease(0.1, key)) == []
    for key in ("alt", "super"):
        tap = [KeyPress(0, key, (key,)), KeyPress(0.5, key, (key,)), KeyRelease(0.6, key)]
        assert done(*tap) == [Key((key,))]
        assert read(tap[:1], LATER, SCREEN) == ([], tap[:1])


def test_a_resting_pointer_is_one_move():
    events = [Motion(0, A), Motion(0.1, B)]
    assert read(events, 0.2, SCREEN) == ([], [Motion(0.1, B)])
    assert done(*events) == [Move(point(B))]


def test_a_pointer_that_is_under_way_to_a_click_is_no_step():
    assert done(Motion(0, A), Motion(0.1, B), *click(1, B)) == [Click(point(B))]


def test_a_pointer_that_moves_after_typing_is_not_forgotten():
    assert done(Text(0, "a"), Motion(0.1, B)) == [Type("a"), Move(point(B))]


def test_the_keys_that_terminate():
    assert done(KeyPress(0, "F10")) == [Terminate("success")]
    assert done(Text(0, "9"), KeyPress(0.01, "F11")) == [Type("9"), Terminate("failure")]


@pytest.mark.parametrize(
    "name, key",
    [
        ("a", "a"),
        ("return", "Return"),
        ("enter", "Return"),
        ("left ctrl", "ctrl"),
        ("right shift", "shift"),
        ("left meta", "super"),
        ("page up", "Page_Up"),
        ("left", "Left"),
        ("f12", "F12"),
        ("[7]", "7"),
        ("[", "["),
        ("]", "]"),
        ("backspace", "Backspace"),
        ("right alt", ""),
        ("caps lock", ""),
        ("", ""),
    ],
)
def test_key_names(name, key):
    assert key_called(name) == key
    assert key in KEYS
