"""Turns of primitives as an application sees them: as events."""

from __future__ import annotations

import pytest

from cuagym.actions import (
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
from cuagym.desktop.input import CLICK_GAP, POINTER_SECONDS, Input
from cuagym.errors import ActionError, Fault

MIDDLE = (0.5, 0.5)
SIZE = (1280, 720)


@pytest.fixture
def hands(screen):
    return Input(screen.x, SIZE)


def short(seen):
    return [(e.kind, e.detail) if e.detail else (e.kind, (e.x, e.y)) for e in seen]


def play(screen, hands, *actions):
    return short(screen.play(hands.turn(actions)))


@pytest.mark.parametrize(
    ("point", "pixel"),
    [
        ((0.0, 0.0), (0, 0)),
        ((1.0, 1.0), (1279, 719)),
        (MIDDLE, (640, 360)),
        ((0.9999, 0.9999), (1279, 719)),
        ((100.9 / 1280, 50.9 / 720), (100, 50)),
    ],
)
def test_points_are_fractions_of_the_screen(screen, hands, point, pixel):
    assert play(screen, hands, Move(point))[-1] == ("motion", pixel)
    assert hands.pointer == pixel == (screen.x.query_pointer().x, screen.x.query_pointer().y)


def test_every_pixel_can_be_named_by_its_fraction_as_float32(hands):
    numpy = pytest.importorskip("numpy")
    for x in range(SIZE[0]):
        assert hands.pixel((float(numpy.float32(x / SIZE[0])), 0.0)) == (x, 0)


def test_click_counts_and_buttons(screen, hands):
    assert play(screen, hands, Click(MIDDLE, "right")) == [
        *[("motion", (640, 360)), ("press", 3), ("release", 3)]
    ]
    writes = hands.turn([Click(count=3)])
    assert [w.seconds for w in writes] == [POINTER_SECONDS] * 6
    assert short(screen.play(writes)) == [("press", 1), ("release", 1)] * 3


def gaps(writes, screen):
    """Return the application time between each press and the one before."""
    presses, now = [], 0.0
    for write in writes:
        if any(e.kind == "press" for e in screen.play([write])):
            presses.append(now)
        now += write.seconds
    return [b - a for a, b in zip(presses, presses[1:], strict=False)]


def test_two_clicks_of_a_turn_are_not_a_double_click(screen, hands):
    gap, inside, after = gaps(
        hands.turn([Click(MIDDLE), Click(MIDDLE, count=2), Click(MIDDLE)]), screen
    )
    assert gap >= CLICK_GAP - 1e-9 and after >= CLICK_GAP - 1e-9 and inside < 0.1


@pytest.mark.parametrize(
    "second",
    [
        *[Click(), MouseDown(), Drag((0.9, 0.9))],
        *[Click((0.502, 0.5)), Drag((0.9, 0.9), start=MIDDLE)],
    ],
)
def test_whatever_presses_after_a_click_begins_anew(screen, hands, second):
    assert min(gaps(hands.turn([Click(MIDDLE), second]), screen)) >= CLICK_GAP - 1e-9


@pytest.mark.parametrize("second", [Click((0.9, 0.9)), Click(MIDDLE, "right")])
def test_clicks_that_cannot_fuse_cost_no_time(screen, hands, second):
    assert max(gaps(hands.turn([Click(MIDDLE), second]), screen)) < 0.1


def test_typing_between_clicks_counts_as_time(hands):
    writes = hands.turn([Click(MIDDLE), Type("x" * 200), Click(MIDDLE)])
    assert max(w.seconds for w in writes) == POINTER_SECONDS


def test_clicks_of_two_turns_are_not_kept_apart(screen, hands):
    screen.play(hands.turn([Click(MIDDLE)]))
    assert {w.seconds for w in hands.turn([Click(MIDDLE)])} == {POINTER_SECONDS}


def test_held_buttons_persist_over_turns(screen, hands):
    assert play(screen, hands, MouseDown(MIDDLE)) == [("motion", (640, 360)), ("press", 1)]
    seen = screen.play(hands.turn([Move((0.6, 0.5))]))
    assert seen[0].kind == "motion" and seen[0].state & 0x100
    assert hands.held_buttons == (1,)
    assert play(screen, hands, MouseDown()) == []
    assert play(screen, hands, MouseUp((0.7, 0.5))) == [("motion", (896, 360)), ("release", 1)]
    assert play(screen, hands, MouseUp()) == []
    assert hands.held_buttons == ()


def test_a_click_with_a_held_button_lets_it_go_first(screen, hands):
    screen.play(hands.turn([MouseDown(MIDDLE)]))
    assert play(screen, hands, Click()) == [("release", 1), ("press", 1), ("release", 1)]


def test_a_drag_passes_thresholds_and_ends_on_the_target(screen, hands):
    seen = short(screen.play(hands.turn([Drag((0.75, 0.5), start=(0.25, 0.25), button="left")])))
    assert seen[:2] == [("motion", (320, 180)), ("press", 1)]
    assert seen[-2:] == [("motion", (960, 360)), ("release", 1)]
    way = [at for kind, at in seen[2:-1] if kind == "motion"]
    assert len(way) == len(seen) - 3 >= 8 and way == sorted(way)


def test_a_short_drag_from_the_pointer(screen, hands):
    screen.play(hands.turn([Move((0.5, 0.5))]))
    writes = hands.turn([Drag((0.5 + 10 / 1280, 0.5))])
    assert len(writes) == 10
    seen = short(screen.play(writes))
    assert seen[0] == ("press", 1) and seen[-2:] == [("motion", (650, 360)), ("release", 1)]


def test_a_drag_without_points_stays_where_it_is(screen, hands):
    screen.play(hands.turn([Move((0.5, 0.5))]))
    assert play(screen, hands, Drag()) == [("press", 1), ("release", 1)]


@pytest.mark.parametrize(
    ("scroll", "buttons"),
    [((0, 3), [5, 5, 5]), ((0, -2), [4, 4]), ((2, 0), [7, 7]), ((-1, 1), [5, 6]), ((0, 0), [])],
)
def test_scroll_turns_the_wheel_at_the_point(screen, hands, scroll, buttons):
    seen = play(screen, hands, Scroll(MIDDLE, scroll))
    assert seen[0] == ("motion", (640, 360))
    assert seen[1:] == [(kind, b) for b in buttons for kind in ("press", "release")]


def test_keys_persist_over_turns_and_modify_clicks(screen, hands):
    screen.play(hands.turn([KeyDown(("ctrl",))]))
    seen = screen.play(hands.turn([Click(MIDDLE)]))
    assert all(e.state & 4 for e in seen)
    assert play(screen, hands, KeyUp(("ctrl", "alt"))) == [("key_release", 37)]
    assert not screen.play(hands.turn([Click(MIDDLE)]))[0].state & 4


def test_a_turn_of_several_primitives_keeps_their_order(screen, hands):
    seen = play(screen, hands, Click(MIDDLE), Type("a"), Key(("Return",)))
    assert [d for _, d in seen] == [(640, 360), 1, 1, 38, 38, 36, 36]


def test_every_event_is_a_write_of_its_own(screen, hands):
    turn = [Click(MIDDLE, count=2), Type("aB"), Scroll(None, (1, 1)), Drag((0.1, 0.1))]
    for write in hands.turn(turn):
        assert len(screen.play([write])) == 1


def test_wait_and_terminate_inject_nothing(hands):
    assert hands.turn([Wait(3.5), Terminate("failure")]) == []
    assert hands.turn([]) == []


def test_a_turn_that_cannot_be_typed_changes_nothing(screen, hands):
    with pytest.raises(ActionError, match="control character"):
        hands.turn([KeyDown(("shift",)), MouseDown(MIDDLE), Type("a\x01")])
    assert hands.held_keys == hands.held_buttons == ()


def test_release_all_and_a_new_input_that_learns_what_is_held(screen, hands):
    screen.play(hands.turn([KeyDown(("ctrl", "shift", "x")), MouseDown(MIDDLE, "right")]))
    other = Input(screen.x, SIZE)
    assert other.pointer == (640, 360) and other.held_buttons == (3,)
    assert set(other.held_keys) == {37, 50, 53}
    seen = short(screen.play(other.release_all()))
    assert seen[0] == ("release", 3) and {d for _, d in seen[1:]} == {37, 50, 53}
    assert other.release_all() == []
    assert screen.x.keys_down() == () and not screen.x.query_pointer().mask & 0x1F00


def test_a_refused_request_becomes_a_fault_at_the_next_turn(screen, hands):
    screen.x.sock.sendall(screen.x.fake_key(3, True))
    Input(screen.connect(), SIZE)  # the server has answered everybody by now
    with pytest.raises(Fault, match="BadValue"):
        hands.turn([Click(MIDDLE)])
