"""The keyboard: which key, with or without Shift, gives a character, and which keys are held.

Everything works from (keycode, level) pairs and never from a keycode alone: on a us keymap '<' is
found on the extra key 94 first, which gives '>' to those who forget the level. Characters that no
key gives are bound to a bank of scratch keycodes that the keymap leaves empty, before the text that
needs them: a change between two keystrokes would race with clients that re-read the keymap.
"""

from __future__ import annotations

import unicodedata
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from cuagym.actions import KEYS, MODIFIERS
from cuagym.desktop.program import Write
from cuagym.desktop.x11 import XConnection
from cuagym.errors import ActionError, Fault

__all__ = ["KEY_SECONDS", "MAPPING_SECONDS", "Keyboard", "keysym"]

KEY_SECONDS: Final = 0.002
"""Application time in which the desktop drains one key event."""
MAPPING_SECONDS: Final = 0.010
"""Application time in which every client re-reads the keymap."""

_LSGT: Final = 94
"""The extra key of 105-key keyboards; '<' and '>' are on other keys too."""
_FIRST_SCRATCH: Final = 9
"""Keycode 8 is the kernel's reserved key 0, which some toolkits take for no key at all."""

_Stroke = tuple[int, int]
"""A keycode and its level: 0 plain, 1 with Shift."""

# X keysyms (keysymdef.h) of the names of KEYS that are not characters.
_NAMED: Final[dict[str, int]] = {
    **{"ctrl": 0xFFE3, "shift": 0xFFE1, "alt": 0xFFE9, "super": 0xFFEB},
    **{"Return": 0xFF0D, "Tab": 0xFF09, "Escape": 0xFF1B, "Backspace": 0xFF08, "Delete": 0xFFFF},
    **{"Home": 0xFF50, "End": 0xFF57, "Page_Up": 0xFF55, "Page_Down": 0xFF56},
    **{"Left": 0xFF51, "Up": 0xFF52, "Right": 0xFF53, "Down": 0xFF54, "space": 0x20},
    **{f"F{i}": 0xFFBD + i for i in range(1, 13)},
}


def keysym(character: str) -> int:
    """Return the X keysym of a character: Latin-1 as itself, any other as 0x01000000 + code point.

    Source: X Window System Protocol, appendix A (KEYSYM Encoding).
    """
    point = ord(character)
    return point if point <= 0xFF else 0x01000000 + point


def check_text(text: str) -> None:
    """Make sure that a text can be typed.

    Raises:
        ActionError: If it holds a control character other than newline, return and tab.
    """
    for i, character in enumerate(text):
        if unicodedata.category(character) == "Cc" and character not in "\n\r\t":
            raise ActionError(
                f"action 'type', field 'text': character {i} is the control character"
                f" {character!r}; only newline and tab can be typed, use 'key' for other keys"
            )


class Keyboard:
    """The keys of one desktop: what they give, and which are held.

    The methods return what is to be written; they assume that it is written before the next call.
    A new keyboard learns from the X server what is held and bound, so that one can be made for a
    desktop that was restored from a snapshot.
    """

    def __init__(self, x: XConnection) -> None:
        """Read the keymap and the keys that are down.

        Raises:
            Fault: If the keymap lacks a key of `KEYS`, or has no unused keycode.
        """
        self._x = x
        mapping = x.keyboard_mapping()
        self._bound: OrderedDict[str, int] = OrderedDict()  # least recently used first
        self._free: list[int] = []
        modifiers = {code for codes in x.modifier_mapping() for code in codes}
        for code, row in mapping.items():
            if code < _FIRST_SCRATCH or code in modifiers:
                continue
            if not any(row):
                self._free.append(code)
            elif (character := _scratch_character(row)) is not None:
                self._bound[character] = code
        scratch = {*self._free, *self._bound.values()}
        self._strokes = _strokes({c: r for c, r in mapping.items() if c not in scratch})
        self._bank = len(scratch)
        if not self._bank:
            raise Fault("the X server's keymap has no unused keycode to type other characters with")
        for name in KEYS[1:]:
            self._stroke(name)
        self._shift = self._stroke("shift")[0]
        self._modifiers = [self._stroke(name)[0] for name in MODIFIERS]
        self._held: list[int] = sorted(x.keys_down(), key=lambda c: c not in self._modifiers)

    def memory(self) -> tuple[list[int], OrderedDict[str, int], list[int]]:
        """Return what the X server cannot tell: orders, of what is held, bound and free."""
        return list(self._held), OrderedDict(self._bound), list(self._free)

    def remember(self, held: Sequence[int], bound: Mapping[str, int], free: Sequence[int]) -> None:
        """Go on as the keyboard of which this is the `memory`, on a copy of its desktop."""
        self._held, self._bound, self._free = list(held), OrderedDict(bound), list(free)

    @property
    def held(self) -> tuple[int, ...]:
        """The keycodes that are held, in the order in which they were pressed."""
        return tuple(self._held)

    def down(self, names: Iterable[str]) -> list[Write]:
        """Press keys in order and hold them; those that are held already stay so."""
        return [w for name in names for w in self._press(*self._stroke(name))]

    def up(self, names: Sequence[str]) -> list[Write]:
        """Release keys in reverse order; those that are not held are left alone."""
        return [w for name in reversed(names) for w in self._release(self._stroke(name)[0])]

    def chord(self, names: Iterable[str]) -> list[Write]:
        """Press keys in order and release them in reverse.

        A modifier that is held already stays held. Any other held key is let go first, since
        nobody can press a key that is down.
        """
        writes: list[Write] = []
        pressed: list[int] = []
        for name in names:
            code, level = self._stroke(name)
            if code in pressed or (code in self._held and code in self._modifiers):
                continue
            writes += self._release(code)
            # '+' is Shift and '=', and Shift stays down as long as the key does, as with a person.
            if level and self._shift not in self._held:
                writes += self._press(self._shift, 0)
                pressed.append(self._shift)
            writes += self._press(code, 0)
            pressed.append(code)
        return writes + [w for code in reversed(pressed) for w in self._release(code)]

    def type(self, text: str) -> list[Write]:
        """Type a text: exactly these characters arrive, whatever is held.

        Modifiers that are held are let go before the text and pressed again after it. Any other
        held key that the text needs is let go for good.

        Raises:
            ActionError: If it holds a control character other than newline, return and tab.
        """
        check_text(text)
        text = text.replace("\r\n", "\n")
        if not text:
            return []
        modifiers = [code for code in self._held if code in self._modifiers]
        writes = [w for code in reversed(modifiers) for w in self._release(code)]
        for batch in self._batches(text):
            writes += self._bind(batch)
            writes += self._enter(batch)
        return writes + [w for code in modifiers for w in self._press(code, 0)]

    def release_all(self) -> list[Write]:
        """Release every held key, the last pressed first."""
        return [w for code in self._held[::-1] for w in self._release(code)]

    def _stroke(self, name: str) -> _Stroke:
        wanted = _NAMED.get(name) or keysym(name)
        if wanted not in self._strokes:
            raise Fault(f"the X server's keymap has no key for {name!r}: it must be a us keymap")
        return self._strokes[wanted]

    def _press(self, code: int, level: int) -> list[Write]:
        if code in self._held:
            return []
        if level and self._shift not in self._held:
            shift = self._press(self._shift, 0)
            return [*shift, *self._press(code, 0), *self._release(self._shift)]
        self._held.append(code)
        return [Write(self._x.fake_key(code, True), KEY_SECONDS)]

    def _release(self, code: int) -> list[Write]:
        if code not in self._held:
            return []
        self._held.remove(code)
        return [Write(self._x.fake_key(code, False), KEY_SECONDS)]

    def _enter(self, text: str) -> list[Write]:
        """Return the keystrokes of a text whose characters are all bound."""
        writes: list[Write] = []
        for character in text:
            code, level = self._find(character) or (self._bound[character], 0)
            # Shift is held over a run of capitals and let go before anything else: Shift and the
            # space bar are a chord in many applications.
            writes += self._press(self._shift, 0) if level else self._release(self._shift)
            writes += self._release(code)
            writes += self._press(code, 0)
            writes += self._release(code)
        return writes + self._release(self._shift)

    def _find(self, character: str) -> _Stroke | None:
        """Return the stroke of a character that the keymap has; None for one of the bank."""
        if character in "\n\r":
            return self._stroke("Return")
        if character == "\t":
            return self._stroke("Tab")
        return self._strokes.get(keysym(character))

    def _batches(self, text: str) -> Iterator[str]:
        """Cut a text where it needs more scratch keycodes than there are."""
        start = 0
        needed: set[str] = set()
        for i, character in enumerate(text):
            if character not in needed and self._find(character) is None:
                if len(needed) == self._bank:
                    yield text[start:i]
                    start, needed = i, set()
                needed.add(character)
        yield text[start:]

    def _bind(self, batch: str) -> list[Write]:
        """Bind what a batch needs and is not bound yet, all of it in one write."""
        needed = dict.fromkeys(c for c in batch if self._find(c) is None)
        for character in needed:
            if character in self._bound:
                self._bound.move_to_end(character)
        data = b""
        for character in needed:
            if character in self._bound:
                continue
            # What the batch needs is at the recent end, and there is room for all of it.
            code = self._free.pop() if self._free else self._bound.popitem(last=False)[1]
            self._bound[character] = code
            # The same keysym on both levels: what a toolkit derives for Shift does not matter then.
            data += self._x.change_keyboard_mapping(code, 2, [[keysym(character)] * 2])
        return [Write(data, MAPPING_SECONDS)] if data else []


def _strokes(mapping: Mapping[int, Sequence[int]]) -> dict[int, _Stroke]:
    """Return how to get each keysym: without Shift rather than with it, by the lowest keycode.

    Keysyms on other levels need modifiers that not every keymap has, and are left to the bank.
    """
    found: dict[int, _Stroke] = {}
    for level in (0, 1):
        for code, row in sorted(mapping.items()):
            if code != _LSGT and level < len(row) and row[level]:
                found.setdefault(row[level], (code, level))
    return found


def _scratch_character(row: Sequence[int]) -> str | None:
    """Return the character of a keycode that `Keyboard` bound, as it does: twice, and no more."""
    if len(row) < 2 or row[0] != row[1]:
        return None
    point = row[0] - 0x01000000 if row[0] >= 0x01000000 else row[0]
    printable = 0x20 < point <= 0xFF or (row[0] > 0x01000000 and point <= 0x10FFFF)
    return chr(point) if printable else None
