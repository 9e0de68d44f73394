"""Mouse and keyboard in a browser, for oracles; and what near misses change of what was left.

An element is named by a CSS selector. Everything is a generator, since a page can only be looked
at when its turn has come.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, Final

from cuagym.actions import Action, Click, Key, Scroll, Terminate, Turn, Type, Wait
from cuagym.task import Change, Screen

__all__ = [
    "END",
    "GIVEN_UP",
    "answer",
    "choose",
    "click",
    "clicks",
    "do",
    "fill",
    "go",
    "into_view",
    "state",
    "stored",
    "then",
    "wait",
]

END: Final[tuple[Turn, ...]] = ((Terminate(),),)
GIVEN_UP: Final[tuple[Turn, ...]] = ((Terminate(status="failure"),),)
_TOP: Final = 112
_NOTCH: Final = 61
"""How many pixels a notch of the wheel scrolls, about."""
STATE: Final = "browser/state.json"


def then(*parts: Iterable[Turn]) -> Iterator[Turn]:
    """Yield the turns of one part after the other."""
    return chain.from_iterable(parts)


def do(*actions: Action) -> Iterator[Turn]:
    """Yield each action as a turn of its own."""
    for action in actions:
        yield (action,)


def wait(seconds: float = 1.0) -> Iterator[Turn]:
    """Yield a wait."""
    yield (Wait(seconds),)


def answer(text: str) -> Iterator[Turn]:
    """Yield the end of an episode, with an answer."""
    yield (Terminate(answer=text),)


def go(address: str) -> Iterator[Turn]:
    """Type an address."""
    yield (Key(("ctrl", "l")),)
    yield (Type(f"{address}\n"),)


def into_view(screen: Screen, selector: str) -> Iterator[Turn]:
    """Turn the wheel until an element shows."""
    middle = screen.point(screen.width * 0.6, screen.height / 2)
    for _ in range(12):
        y = screen.element(selector).middle[1]
        if _TOP < y < screen.height - 12:
            return
        off = y - screen.height / 2
        notches = max(1, round(abs(off) / _NOTCH))
        yield (Scroll(middle, (0, notches if off > 0 else -notches)),)


def click(
    screen: Screen, selector: str, count: int = 1, keys: tuple[str, ...] = ()
) -> Iterator[Turn]:
    """Click an element, scrolled into view where it is not."""
    yield from into_view(screen, selector)
    yield (Click(screen.middle(screen.element(selector)), count=count),)
    if keys:
        yield (Key(keys),)


def clicks(screen: Screen, *selectors: str) -> Iterator[Turn]:
    """Click one element after the other."""
    for selector in selectors:
        yield from click(screen, selector)


def fill(screen: Screen, selector: str, text: str) -> Iterator[Turn]:
    """Write a text into a field, in place of what it holds."""
    yield from click(screen, selector)
    yield (Key(("ctrl", "a")), Type(text))


def choose(screen: Screen, selector: str, text: str) -> Iterator[Turn]:
    """Choose an item of a list by its first letters."""
    yield from click(screen, selector)
    yield (Type(text), Key(("Return",)))


def state(change: Callable[[dict[str, Any]], object]) -> Change:
    """Return what changes the state of the browser that was left."""

    def changed(files: dict[str, bytes]) -> dict[str, bytes]:
        told = json.loads(files[STATE])
        change(told)
        return {**files, STATE: json.dumps(told).encode()}

    return changed


def stored(site: str, change: Callable[[Any], object]) -> Change:
    """Return what changes what a site has stored."""

    def changed(told: dict[str, Any]) -> None:
        area = told["stores"][f"https://{site}"]
        value = json.loads(area["state"])
        change(value)
        area["state"] = json.dumps(value)

    return state(changed)
