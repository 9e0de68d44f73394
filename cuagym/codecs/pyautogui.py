"""Code of pyautogui calls, as OSWorld's agents and EvoCUA's "S1" style write it.

    I click the cell and type.
    ```python
    pyautogui.click(640, 360)
    pyautogui.write('Total', interval=0.05)
    ```

The code is parsed and never executed: a call is looked up in a table, its arguments are literals,
names that were given literals, and sums of numbers. WAIT, DONE and FAIL stand beside the calls, as
in OSWorld; `computer.wait()` and `computer.terminate(status=..., answer=...)` as in EvoCUA.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, Final

from cuagym.actions import Action, Point
from cuagym.actions.values import shown
from cuagym.codecs.base import Codec, Reply, Said, check_choice
from cuagym.codecs.places import Places, resized
from cuagym.codecs.script import Script
from cuagym.errors import ActionError

__all__ = ["PyAutoGUI", "blocks", "key_word"]

COORDINATES: Final = ("pixels", "fractions")
_FENCE: Final = "```"
_HEADING: Final = "## Code"
_KEY_WORDS: Final = {
    **{"Return": "enter", "super": "win", "Page_Up": "pageup", "Page_Down": "pagedown"},
}


@dataclass(frozen=True)
class PyAutoGUI(Codec):
    """Code of pyautogui calls.

    Attributes:
        size: Width and height of the screen in pixels.
        coordinates: "pixels" of the image that the model sees, or "fractions" of the screen from 0
            to 1, as Aguvis has them.
        factor: With "pixels", the image's sides are multiples of it (`image` tells them), as in
            EvoCUA's "S1" style, 28; None for the screen as it is.
    """

    name: ClassVar[str] = "pyautogui"

    coordinates: str = "pixels"
    factor: int | None = None

    def __post_init__(self) -> None:
        """Check the arguments."""
        super().__post_init__()
        check_choice("coordinates", self.coordinates, COORDINATES)
        _ = self.image  # a wrong factor is told here

    @property
    def image(self) -> tuple[int, int]:
        """Width and height of the image in which the model must see the screen."""
        return self.size if self.factor is None else resized(self.size, self.factor)

    @cached_property
    def places(self) -> Places:
        """What the numbers mean on the screen."""
        return Places(self.size, (1, 1) if self.coordinates == "fractions" else self.image)

    def schema(self) -> None:
        """Return None: the format is told by its prompt."""
        return None

    def prompt(self) -> str:
        """Return what the model is told."""
        where = "fractions of the screen, from 0 to 1"
        if self.coordinates == "pixels":
            where = "pixels of the screenshot, which has {} x {}".format(*self.image)
        return (
            "Say what you see and what you will do next; then give the code that does it, in one"
            f" block:\n{_FENCE}python\npyautogui.click(x, y)\n{_FENCE}\n"
            f"x and y are {where}. The code is read and not run: only calls of pyautogui with plain"
            " values, one after the other, and time.sleep(seconds). Use click, doubleClick,"
            " tripleClick, rightClick, middleClick, moveTo, dragTo, mouseDown, mouseUp, scroll"
            " (positive is up), hscroll (positive is right), write, press, hotkey, keyDown, keyUp."
            "\nInstead of code, or in its last line: WAIT to wait, DONE when the task is done, FAIL"
            " when it cannot be done."
        )

    def _read(self, said: Said, pointer: Point | None) -> Reply:
        if not isinstance(said, str):
            raise ActionError(f"a text is wanted, got {shown(said)}")
        thought, codes = blocks(said)
        script = Script(self.places, pointer)
        for code in codes:
            script.read(code)
        if not script.turn:
            raise ActionError("there is no code: call pyautogui, or say WAIT, DONE or FAIL")
        return Reply(tuple(script.turn), thought)

    def _write(self, reply: Reply) -> str:
        if reply.asks:
            raise self._cannot(reply.asks[0])
        if not reply.turn:
            raise self._cannot("a turn without actions", "wait instead")
        if _FENCE in reply.thought or _HEADING in reply.thought:
            raise self._cannot(f"a thought with {_FENCE!r} or {_HEADING!r} in it")
        lines = [line for action in reply.turn for line in self._lines(action)]
        code = "\n".join([f"{_FENCE}python", *lines, _FENCE])
        return f"{reply.thought}\n{code}" if reply.thought else code

    def _lines(self, action: Action) -> Iterator[str]:
        lines = list(_WRITE[action.name](self, action))
        if not lines:
            raise self._cannot(action)
        yield from lines

    def _at(self, point: Point | None) -> list[str]:
        return [] if point is None else [f"{v}" for v in self.places.numbers(point)]

    def _click(self, action: Any) -> Iterator[str]:
        name = {1: "click", 2: "doubleClick", 3: "tripleClick"}[action.count]
        yield _call(name, *self._at(action.point), **_button(action))

    def _move(self, action: Any) -> Iterator[str]:
        if action.point:
            yield _call("moveTo", *self._at(action.point))

    def _drag(self, action: Any) -> Iterator[str]:
        if action.point:
            if action.start:
                yield _call("moveTo", *self._at(action.start))
            yield _call("dragTo", *self._at(action.point), **_button(action))

    def _scroll(self, action: Any) -> Iterator[str]:
        dx, dy = action.scroll
        at = self._at(action.point)
        if dy or not dx:
            yield _call("scroll", str(-dy), *at)
        if dx:
            yield _call("hscroll", str(dx), *([] if dy else at))

    def _terminate(self, action: Any) -> Iterator[str]:
        if action.answer:
            yield (
                f"computer.terminate(status={_literal(action.status)},"
                f" answer={_literal(action.answer)})"
            )
        else:
            yield "DONE" if action.status == "success" else "FAIL"


def _button(action: Any) -> dict[str, str]:
    return {} if action.button == "left" else {"button": _literal(action.button)}


def _call(name: str, *args: str, **named: str) -> str:
    return f"pyautogui.{name}({', '.join([*args, *(f'{k}={v}' for k, v in named.items())])})"


def _literal(text: str) -> str:
    return repr(text).replace("`", "\\x60")


def _key(action: Any) -> Iterator[str]:
    name = "hotkey" if len(action.keys) > 1 else "press"
    if action.keys:
        yield _call(name, *(_literal(key_word(key)) for key in action.keys))


def _each(name: str, keys: tuple[str, ...]) -> Iterator[str]:
    return (_call(name, _literal(key_word(key))) for key in keys)


def key_word(key: str) -> str:
    """Return pyautogui's name of a key of `cuagym.actions.KEYS`."""
    return _KEY_WORDS.get(key, key.lower())


_WRITE: Final[Mapping[str, Callable[[PyAutoGUI, Any], Iterator[str]]]] = MappingProxyType(
    {
        "move": PyAutoGUI._move,
        "click": PyAutoGUI._click,
        "mouse_down": lambda codec, a: iter(
            [_call("mouseDown", *codec._at(a.point), **_button(a))]
        ),
        "mouse_up": lambda codec, a: iter([_call("mouseUp", *codec._at(a.point), **_button(a))]),
        "drag": PyAutoGUI._drag,
        "scroll": PyAutoGUI._scroll,
        "type": lambda _, a: iter([_call("write", _literal(a.text))]),
        "key": lambda _, a: _key(a),
        "key_down": lambda _, a: _each("keyDown", a.keys),
        "key_up": lambda _, a: _each("keyUp", a.keys[::-1]),
        "wait": lambda _, a: iter([f"time.sleep({a.seconds!r})"]),
        "terminate": PyAutoGUI._terminate,
    }
)


def blocks(said: str) -> tuple[str, list[str]]:
    """Return what stands beside the code blocks of a text, and the blocks.

    A text without any is code as a whole. Under a heading "## Code" only what follows it counts.

    Raises:
        ActionError: A block never ends.
    """
    start = said.rfind(f"\n{_HEADING}") + 1
    before, rest = said[:start], said[start:]
    parts = rest.split(_FENCE)
    if len(parts) == 1:
        if before:
            raise ActionError(f"there is no code block under {_HEADING!r}")
        return "", [said]
    if len(parts) % 2 == 0:
        raise ActionError(f"the code block never ends: no {_FENCE} after {shown(parts[-1])}")
    thought = "\n".join(filter(None, (p.strip() for p in [before, *parts[::2]])))
    return thought, [_without_language(part) for part in parts[1::2]]


def _without_language(block: str) -> str:
    first, newline, rest = block.partition("\n")
    word, _, more = first.partition(" ")
    if word.strip().lower() in ("python", "py", "code", "json"):
        return f"{more}{newline}{rest}"
    return block
