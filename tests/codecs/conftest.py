"""Every codec as it is used, and the primitives that each can say, for hypothesis."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any, Final

from hypothesis import strategies as st

from cuagym import codecs
from cuagym.actions import (
    BUTTONS,
    KEYS,
    STATUSES,
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
from cuagym.actions.values import pixel_of
from cuagym.codecs import Codec

USES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "qwen": ("qwen", {"calls": 9}),
    "qwen, pixels": ("qwen", {"calls": 9, "coordinates": "pixels", "factor": 28}),
    "evocua": ("evocua", {"calls": 9}),
    "evocua, escapes": ("evocua", {"calls": 9, "unescape": True}),
    "computer_13": ("computer_13", {}),
    "pyautogui": ("pyautogui", {}),
    "pyautogui, resized": ("pyautogui", {"factor": 28}),
    "pyautogui, fractions": ("pyautogui", {"coordinates": "fractions"}),
    "anthropic": ("anthropic", {"calls": 9}),
    "anthropic, small": ("anthropic", {"calls": 9, "shown": (1024, 576)}),
    "openai": ("openai", {"calls": 9}),
    "openai, small": ("openai", {"calls": 9, "shown": (1024, 768), "notch": 40}),
    "uitars": ("uitars", {"calls": 9}),
    "uitars, grid": ("uitars", {"calls": 9, "coordinates": "grid"}),
}
"""A codec's name and options by what the tests call it."""

SIZES: Final = [(1280, 720), (640, 480), (1920, 1080), (1366, 768)]


def loaded(use: str, size: tuple[int, int] = (1280, 720)) -> Codec:
    name, options = USES[use]
    return codecs.load(name, size, **options)


def points(size: tuple[int, int]) -> st.SearchStrategy[tuple[float, float]]:
    """The middles of pixels."""
    x, y = (st.integers(0, n - 1).map(lambda p, n=n: (p + 0.5) / n) for n in size)
    return st.tuples(x, y)


def texts(most: int = 40) -> st.SearchStrategy[str]:
    characters = st.characters(exclude_categories=("Cs",), exclude_characters="\x00")
    tricky = st.sampled_from(list("'\"\\\n\t`{}()<>,; ntx+#") + ["</tool_call>", "Action:", "')\n"])
    return st.lists(st.one_of(characters, tricky), max_size=most).map("".join)


KEY: Final = st.sampled_from(KEYS[1:])
CHORD: Final = st.lists(KEY, min_size=1, max_size=4, unique=True).map(tuple)
SECONDS: Final = st.one_of(st.sampled_from([1.0, 2.0, 5.0, 20.0]), st.floats(0, 3600))
NOTCHES: Final = st.tuples(st.integers(-50, 50), st.integers(-50, 50)) | st.sampled_from(
    [(0, 5), (0, -5), (5, 0), (-5, 0), (0, 0)]
)


def anything(size: tuple[int, int]) -> st.SearchStrategy[Action]:
    """Any primitive, its points the middles of pixels."""
    place, button = points(size), st.sampled_from(BUTTONS)
    maybe = st.none() | place
    return st.one_of(
        st.builds(Move, place),
        st.builds(Click, maybe, button, st.integers(1, 3)),
        st.builds(MouseDown, maybe, button),
        st.builds(MouseUp, maybe, button),
        st.builds(Drag, maybe, maybe, button),
        st.builds(Scroll, maybe, NOTCHES),
        st.builds(Type, texts()),
        st.builds(Key, CHORD),
        st.builds(KeyDown, CHORD),
        st.builds(KeyUp, CHORD),
        st.builds(Wait, SECONDS),
        st.builds(Terminate, st.sampled_from(STATUSES), texts(10)),
    )


def plain(turn: Any, size: tuple[int, int]) -> list[Action]:
    """The same turn in the smallest parts: what one primitive says and two say alike."""
    return [part for action in turn for part in _parts(action, size)]


def _parts(action: Any, size: tuple[int, int]) -> Iterator[Action]:
    point = getattr(action, "point", None)
    point = None if point is None else middle(point, size)
    match action:
        case KeyDown(keys=keys):
            yield from (KeyDown((key,)) for key in keys)
        case KeyUp(keys=keys):
            yield from (KeyUp((key,)) for key in keys[::-1])
        case Drag(start=start, button=button):
            if start:
                yield Move(middle(start, size))
            yield Drag(point, None, button)
        case Scroll(scroll=(dx, dy)):
            if point:
                yield Move(point)
            if dy:
                yield Scroll(None, (0, dy))
            if dx:
                yield Scroll(None, (dx, 0))
        case MouseDown(button=button) | MouseUp(button=button):
            if point:
                yield Move(point)
            yield type(action)(None, button)
        case Click(button=button, count=count):
            yield Click(point, button, count)
        case Move():
            yield Move(point)
        case _:
            yield action


def middle(point: tuple[float, float], size: tuple[int, int]) -> tuple[float, float]:
    x, y = pixel_of(point, size)
    return (x + 0.5) / size[0], (y + 0.5) / size[1]


def typable(text: str) -> bool:
    return all(unicodedata.category(c) != "Cc" or c in "\n\r\t" for c in text)
