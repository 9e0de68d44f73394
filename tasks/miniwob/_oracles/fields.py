"""Texts to type, to copy and to mark."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from cuagym.actions import Click, Key, Scroll, Turn, Type
from cuagym.task import Element, Screen
from cuagym.tasks.miniwob._oracles.hands import (
    SUBMIT,
    Oracle,
    bold,
    click,
    drag,
    fill,
    inside,
    place,
    press,
    query,
    quoted,
    reach,
    then_submit,
)

__all__ = ["ORACLES"]

_ANSWER: Final = "#answer-input"


def _enter(screen: Screen, field: str, read: Callable[[Screen], str]) -> Iterator[Turn]:
    """Type what the page asks for into the only field."""
    yield from then_submit(screen, fill(screen, field, read(screen)))


def _first_quoted(screen: Screen) -> str:
    return quoted(screen)[0]


def _in_case(screen: Screen) -> str:
    name = quoted(screen)[0]
    return name.upper() if "upper case" in query(screen) else name.lower()


def _password(screen: Screen) -> Iterator[Turn]:
    word = quoted(screen)[0]
    fields = [fill(screen, field, word) for field in ("#password", "#verify")]
    yield from then_submit(screen, *fields)


def _login(screen: Screen) -> Iterator[Turn]:
    """Write both fields; a popup that gets between is refused."""
    for field, text in zip(("#username", "#password"), quoted(screen), strict=True):
        while screen.element(field).value != text:
            yield fill(screen, field, text)
            if screen.elements("#popup-cancel"):
                yield click(screen, "#popup-cancel")
    yield click(screen, SUBMIT)


def _focus(screen: Screen) -> Iterator[Turn]:
    yield click(screen, "#tt")


def _focus_one(screen: Screen) -> Iterator[Turn]:
    yield press(screen, screen.elements("#area input")[place(screen)])


def _date(screen: Screen) -> Iterator[Turn]:
    month, day, year = bold(screen)[0].split("/")
    yield _parts(screen, month + day + year)
    yield click(screen, SUBMIT)


def _time(screen: Screen) -> Iterator[Turn]:
    found = re.search(r"(\d+):(\d+)\s*([AP])M", query(screen))
    assert found is not None
    yield _parts(screen, found[1].zfill(2) + found[2] + found[3])
    yield click(screen, SUBMIT)


def _parts(screen: Screen, keys: str) -> Turn:
    """Type into a field of several parts, from its first one on."""
    field = screen.element("#tt")
    return (Click(screen.point(field.x + 8, field.middle[1])), Type(keys))


def _copied(screen: Screen, source: str) -> Iterator[Turn]:
    yield (Click(screen.middle(screen.element(source))), Key(("ctrl", "a")), Key(("ctrl", "c")))
    yield (Click(screen.middle(screen.element(_ANSWER))), Key(("ctrl", "v")))
    yield click(screen, SUBMIT)


def _copy(screen: Screen) -> Iterator[Turn]:
    yield from _copied(screen, "#to-copy")


def _copy_one(screen: Screen) -> Iterator[Turn]:
    yield from _copied(screen, f"#text-{place(screen) + 1}")


def _mark(screen: Screen) -> Iterator[Turn]:
    text = screen.element("#randomText")
    yield (Click(screen.middle(text), count=3),)
    yield click(screen, SUBMIT)


def _mark_one(screen: Screen) -> Iterator[Turn]:
    text = screen.elements("#randomText p")[place(screen)]
    yield (Click(screen.middle(text), count=3),)
    yield click(screen, SUBMIT)


def _word(screen: Screen) -> str:
    words = screen.element("#area p").text.split()
    return re.sub("[^a-zA-Z]", "", words[place(screen)])


def _last_word(screen: Screen) -> Iterator[Turn]:
    text = screen.element("#text-area")
    yield (Scroll(screen.middle(text), (0, 20)),)
    yield fill(screen, _ANSWER, text.value.split()[-1].rstrip("."))
    yield click(screen, SUBMIT)


def _scroll(screen: Screen) -> Iterator[Turn]:
    notches = 20 if "bottom" in query(screen) else -20
    yield (Scroll(screen.middle(screen.element("#text-area")), (0, notches)),)
    yield click(screen, SUBMIT)


def _agree(screen: Screen) -> Iterator[Turn]:
    asked = query(screen)
    if asked.startswith("Scroll"):
        yield (Scroll(screen.middle(screen.element("#text-area")), (0, 30)),)
        yield fill(screen, "#name", quoted(screen)[0])
    yield click(screen, "#agree" if '"Agree"' in asked else "#cancel")


def _captcha(screen: Screen) -> str:
    return "".join(each.text for each in screen.elements("#captcha span"))


def _blocks(screen: Screen) -> str:
    return str(len(screen.elements(".addition-block")))


def _sum(screen: Screen) -> str:
    first, sign, second = screen.element("#math-problem").text.split()[:3]
    a, b = int(first), int(second)
    return str({"+": a + b, "-": a - b, "x": a * b}[sign])


def _unknown(screen: Screen) -> str:
    first, sign, second, _, total = screen.element("#math-problem").text.split()
    if first == "x":
        return str(int(total) - int(second) if sign == "+" else int(total) + int(second))
    return str(int(total) - int(first) if sign == "+" else int(first) - int(total))


def _table(screen: Screen) -> dict[str, str]:
    cells = [each.text for each in screen.elements("#tab td")]
    return dict(zip(cells[::2], cells[1::2], strict=True))


def _cell(screen: Screen) -> str:
    return _table(screen)[bold(screen)[0]]


def _cells(screen: Screen) -> Iterator[Turn]:
    table = _table(screen)
    for i in ("1", "2"):
        label = screen.element(f"#ll{i}").text.rstrip(":")
        yield fill(screen, f"#tt{i}", table[label])
    yield click(screen, SUBMIT)


def _guess(screen: Screen) -> Iterator[Turn]:
    low, high = 0, 9
    while True:
        guess = (low + high) // 2
        yield fill(screen, "#tt", str(guess))
        yield click(screen, SUBMIT)
        if screen.elements("#higher"):
            low = guess + 1
        else:
            high = guess - 1


def _film(screen: Screen) -> Iterator[Turn]:
    """Search for films by a form whose fields are in any order."""
    genre, name, year = (each.text for each in screen.elements("#query b"))
    wanted = {"Genre": genre, "Director": name, "Year": year, "Released": year}
    rows = screen.elements("#area p, #area .row, #area tr, #area .field, #area .ui-entry")
    for field in screen.elements("#area input"):
        row = next(row for row in rows if inside(row, *field.middle))
        text = next(text for label, text in wanted.items() if label in row.text)
        yield fill(screen, field, text)
    yield click(screen, "#area button, #area .final, #area .ui-submit")


def _form(screen: Screen) -> Iterator[Turn]:
    """Choose one of three radio buttons, and fill in one of three fields."""
    radio, field = (int(n) - 1 for n in re.findall(r"(\d)(?:st|nd|rd)", query(screen)))
    yield press(screen, screen.elements("#area input[type=radio]")[radio])
    yield fill(screen, screen.elements("#area input[type=text]")[field], quoted(screen)[0])
    yield click(screen, SUBMIT)


def _resize(screen: Screen) -> Iterator[Turn]:
    by = 25 if "larger" in bold(screen) else -25
    wide = "width" in bold(screen)
    x, y = screen.element(".ui-resizable-se").middle
    yield drag(screen, (x, y), (x + by * wide, y + by * (not wide)))
    yield click(screen, "#submit")


def _complete(screen: Screen) -> Iterator[Turn]:
    start, *ends = bold(screen)
    yield fill(screen, "#tags", start)

    def wanted() -> Element:
        offered = screen.elements(".ui-autocomplete .ui-menu-item")
        fits = (o for o in offered if o.text.startswith(start) and o.text.endswith(tuple(ends)))
        return next(fits)

    if not ends:  # what is typed already will do
        yield (Key(("Escape",)),)
    else:
        yield from reach(screen, ".ui-autocomplete", wanted)
    yield click(screen, SUBMIT)


_COLORS: Final = {
    "aqua": "00FFFF",
    "black": "000000",
    "blue": "0000FF",
    "gold": "FFD700",
    "gray": "808080",
    "green": "008000",
    "lime": "00FF00",
    "magenta": "FF00FF",
    "maroon": "800000",
    "navy": "000080",
    "olive": "808000",
    "orange": "FFA500",
    "pink": "FFC0CB",
    "purple": "800080",
    "red": "FF0000",
    "silver": "C0C0C0",
    "teal": "008080",
    "white": "FFFFFF",
    "yellow": "FFFF00",
}
"""Those of CSS that a page asks for by name."""


def _color(screen: Screen) -> Iterator[Turn]:
    """Type a colour; a click beside the picker closes it."""
    shown = screen.elements("#query .cc")
    if shown:
        code = shown[0].attributes["style"].partition("#")[2].rstrip(";")
    else:
        code = _COLORS[query(screen).split()[1]]
    yield fill(screen, "#col", code)
    yield click(screen, "#query")
    yield click(screen, SUBMIT)


_TYPED: Final = partial(_enter, field="#tt")

ORACLES: Final[Mapping[str, Oracle]] = {
    "copy-paste": _copy,
    "copy-paste-2": _copy_one,
    "enter-date": _date,
    "enter-password": _password,
    "enter-text": partial(_TYPED, read=_first_quoted),
    "enter-text-2": partial(_TYPED, read=_in_case),
    "enter-text-dynamic": partial(_TYPED, read=_first_quoted),
    "enter-time": _time,
    "find-word": partial(_enter, field=_ANSWER, read=_word),
    "focus-text": _focus,
    "focus-text-2": _focus_one,
    "form-sequence-2": _form,
    "guess-number": _guess,
    "highlight-text": _mark,
    "highlight-text-2": _mark_one,
    "login-user": _login,
    "login-user-popup": _login,
    "multi-layouts": _film,
    "multi-orderings": _film,
    "read-table": partial(_TYPED, read=_cell),
    "read-table-2": _cells,
    "resize-textarea": _resize,
    "scroll-text": _last_word,
    "scroll-text-2": _scroll,
    "sign-agreement": _agree,
    "simple-algebra": partial(_enter, field="#math-answer", read=_unknown),
    "simple-arithmetic": partial(_enter, field="#math-answer", read=_sum),
    "text-transform": partial(_TYPED, read=_captcha),
    "use-autocomplete": _complete,
    "use-autocomplete-nodelay": _complete,
    "use-colorwheel": _color,
    "use-colorwheel-2": _color,
    "visual-addition": partial(_enter, field="#math-answer", read=_blocks),
}
