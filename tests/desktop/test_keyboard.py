"""What is typed is what arrives, whatever is held and however many characters there are."""

from __future__ import annotations

import string

import pytest

from cuagym.actions import KEYS
from cuagym.desktop.keyboard import KEY_SECONDS, MAPPING_SECONDS, Keyboard, keysym
from cuagym.errors import ActionError, Fault

SHIFT, CTRL, ALT = 50, 37, 64
_NAMED = {0xFF0D: "\n", 0xFF09: "\t"}


def arrived(seen):
    """Return the text that a client makes of key events; modifiers aside."""
    text = ""
    for e in seen:
        if e.kind == "key_press" and not 0xFFE1 <= e.keysym <= 0xFFEE:
            point = e.keysym - 0x01000000 if e.keysym >= 0x01000000 else e.keysym
            text += _NAMED.get(e.keysym) or chr(point)
    return text


def presses(seen):
    return [(e.kind.removeprefix("key_"), e.detail) for e in seen if e.kind.startswith("key_")]


@pytest.fixture
def keyboard(screen):
    return Keyboard(screen.x)


PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


def test_every_printable_ascii_character(screen, keyboard):
    writes = keyboard.type(PRINTABLE)
    seen = screen.play(writes)
    assert arrived(seen) == PRINTABLE
    assert "".join(e.text for e in seen if e.kind == "key_press") == PRINTABLE
    assert 94 not in {e.detail for e in seen}
    assert screen.x.keys_down() == ()
    assert {w.seconds for w in writes} == {KEY_SECONDS}


@pytest.mark.parametrize(
    "text", ["é", "€", "中", "😀", "Zürich", "a<b>c|d~\"'\\`", "ÉéÉ", "\u00a0Ω"]
)
def test_hard_texts(screen, keyboard, text):
    assert arrived(screen.play(keyboard.type(text))) == text


def test_newlines_and_tabs_are_keys(screen, keyboard):
    seen = screen.play(keyboard.type("a\tB\r\nc\rd\n"))
    assert arrived(seen) == "a\tB\nc\nd\n"


@pytest.mark.parametrize("text", ["a\x07", "\x1b", "\x7f", "\x85"])
def test_control_characters_are_refused(keyboard, text):
    with pytest.raises(ActionError, match="control character"):
        keyboard.type(text)
    assert keyboard.held == ()


def test_capitals_share_one_shift_and_the_space_has_none(screen, keyboard):
    events = presses(screen.play(keyboard.type("AB C")))
    assert [e for e in events if e[1] == SHIFT] == [("press", SHIFT), ("release", SHIFT)] * 2
    assert events.index(("press", 65)) > events.index(("release", SHIFT))


def test_more_characters_than_the_bank_holds(screen, keyboard):
    text = "".join(chr(0x4E00 + i) for i in range(70)) + "ab" + chr(0x4E00) * 3
    assert arrived(screen.play(keyboard.type(text))) == text


def test_a_bank_is_bound_in_one_write_before_the_text_and_kept(screen, keyboard):
    first = keyboard.type("aéb中")
    assert [w.seconds == MAPPING_SECONDS for w in first].count(True) == 1
    assert first[0].seconds == MAPPING_SECONDS
    screen.play(first)
    again = keyboard.type("中éa")
    assert {w.seconds for w in again} == {KEY_SECONDS}
    assert arrived(screen.play(again)) == "中éa"


def test_the_least_recently_typed_character_gives_way(screen, keyboard):
    bank = keyboard._bank
    characters = [chr(0x4E00 + i) for i in range(bank + 1)]
    screen.play(keyboard.type("".join(characters[:bank])))
    screen.play(keyboard.type(characters[0]))
    screen.play(keyboard.type(characters[bank]))
    assert {w.seconds for w in keyboard.type(characters[0])} == {KEY_SECONDS}
    writes = keyboard.type(characters[1])
    assert writes[0].seconds == MAPPING_SECONDS
    assert arrived(screen.play(writes)) == characters[1]


def test_the_bank_leaves_the_us_keymap_alone(screen, keyboard):
    before = screen.x.keyboard_mapping()
    screen.play(keyboard.type("".join(chr(0x3B1 + i) for i in range(40))))
    after = screen.x.keyboard_mapping()
    changed = {code for code in before if before[code] != after[code]}
    assert all(not any(before[code]) or before[code][0] > 0xFF for code in changed)
    assert arrived(screen.play(keyboard.type(PRINTABLE))) == PRINTABLE


@pytest.mark.parametrize("held", [["shift"], ["ctrl", "shift"], ["alt"], ["super"]])
def test_held_modifiers_do_not_touch_the_text_and_stay_held(screen, keyboard, held):
    screen.play(keyboard.down(held))
    before = keyboard.held
    seen = screen.play(keyboard.type("aB é1!\n"))
    assert arrived(seen) == "aB é1!\n"
    typed = [e for e in seen if e.kind == "key_press" and not 0xFFE1 <= e.keysym <= 0xFFEE]
    assert [e.state & ~1 for e in typed] == [0] * 7  # Shift alone, and only for capitals
    assert keyboard.held == before and set(screen.x.keys_down()) == set(before)
    screen.play(keyboard.up(held))
    assert screen.x.keys_down() == ()


def test_a_held_letter_can_be_typed(screen, keyboard):
    screen.play(keyboard.down(["a"]))
    assert arrived(screen.play(keyboard.type("banana"))) == "banana"
    assert arrived(screen.play(keyboard.chord(["a"]))) == "a"
    assert keyboard.held == screen.x.keys_down() == ()


@pytest.mark.parametrize("name", KEYS[1:])
def test_every_key_gives_its_keysym(screen, keyboard, name):
    last = [e for e in screen.play(keyboard.chord([name])) if e.kind == "key_press"][-1]
    expected = keysym(name) if len(name) == 1 else 0x20 if name == "space" else None
    if expected is not None:
        assert last.keysym == expected
    else:
        assert last.keysym >= 0xFF00
    assert last.detail != 94 and keyboard.held == screen.x.keys_down() == ()


def test_a_chord_is_pressed_in_order_and_released_in_reverse(screen, keyboard):
    assert presses(screen.play(keyboard.chord(["ctrl", "shift", "t"]))) == [
        *[("press", CTRL), ("press", SHIFT), ("press", 28)],
        *[("release", 28), ("release", SHIFT), ("release", CTRL)],
    ]


def test_a_chord_with_a_shifted_character_holds_shift(screen, keyboard):
    seen = screen.play(keyboard.chord(["ctrl", "+"]))
    plus = next(e for e in seen if e.keysym == ord("+"))
    assert plus.state & 5 == 5  # Control and Shift
    assert keyboard.held == screen.x.keys_down() == ()


def test_a_chord_leaves_a_held_modifier_held(screen, keyboard):
    screen.play(keyboard.down(["shift"]))
    seen = screen.play(keyboard.chord(["shift", "Right"]))
    assert presses(seen) == [("press", 114), ("release", 114)]
    assert seen[0].state & 1 and screen.x.keys_down() == (SHIFT,)


def test_doubled_keys_and_keys_that_are_not_held_do_no_harm(screen, keyboard):
    assert presses(screen.play(keyboard.chord(["a", "a"]))) == [("press", 38), ("release", 38)]
    assert keyboard.up(["ctrl", "a"]) == []
    screen.play(keyboard.down(["ctrl"]))
    assert keyboard.down(["ctrl"]) == []
    assert presses(screen.play(keyboard.release_all())) == [("release", CTRL)]


def test_down_of_a_shifted_character_leaves_only_its_key_down(screen, keyboard):
    seen = screen.play(keyboard.down(["!"]))
    assert [e.keysym for e in seen if e.detail == 10] == [ord("!")]
    assert screen.x.keys_down() == (10,)
    screen.play(keyboard.up(["!"]))
    assert screen.x.keys_down() == ()


def test_a_new_keyboard_learns_what_is_held_and_bound(screen, keyboard):
    screen.play(keyboard.type("é中"))
    screen.play(keyboard.down(["ctrl", "shift", "b"]))
    other = Keyboard(screen.x)
    assert set(other.held) == set(keyboard.held) == set(screen.x.keys_down())
    assert other._bank == keyboard._bank
    writes = other.type("中é")
    assert {w.seconds for w in writes} == {KEY_SECONDS}
    assert arrived(screen.play(writes)) == "中é"
    screen.play(other.release_all())
    assert screen.x.keys_down() == ()


def test_a_keymap_that_lacks_a_key_is_a_fault(screen, monkeypatch):
    mapping = {c: (0,) * 7 if c == 24 else r for c, r in screen.x.keyboard_mapping().items()}
    monkeypatch.setattr(screen.x, "keyboard_mapping", lambda: mapping)
    with pytest.raises(Fault, match="no key for 'q'"):
        Keyboard(screen.x)


def test_long_texts_are_planned_whole(keyboard):
    text = (string.printable[:95] * 44)[:4096]
    assert len(keyboard.type(text)) >= 2 * len(text)  # each is pressed and released
