"""Lists: what stands before a paragraph, and the number that it shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cuagym.validators.document import _layout
from cuagym.validators.document._xml import attr, child, every, integer, value

__all__ = ["Counters", "Item", "Numbering"]

_PLACE: Final = re.compile(r"%([1-9])")
_LARGEST: Final = 1_000_000
# The bullets of symbol fonts, as characters that every font has.
_SYMBOLS: Final = {
    "\uf0b7": "•",
    "\uf0a7": "▪",
    "\uf0d8": "➢",
    "\uf0fc": "✓",
    "\uf076": "❖",
    "\uf0a8": "□",
}


@dataclass(frozen=True)
class Item:
    """What stands before a paragraph of a list.

    Attributes:
        kind: "bullet" or "number".
        level: From 1, the outer one.
        format: Of numbers, such as "decimal", "lowerLetter" or "upperRoman".
        label: What is shown, such as "2." or "•".
        of: The list; two paragraphs of one list have the same.
    """

    kind: str
    level: int
    format: str
    label: str
    of: str

    def __str__(self) -> str:
        """Return it as words."""
        kind = "bulleted" if self.kind == "bullet" else "numbered"
        return f"{kind} {self.label!r} on level {self.level}"


@dataclass(frozen=True)
class _Level:
    format: str
    text: str
    start: int
    indents: Mapping[str, float]


class Numbering:
    """The lists of a document.

    Args:
        root: The root of its part of lists; None where it has none.
    """

    def __init__(self, root: Any) -> None:
        abstract = {attr(a, "abstractNumId"): a for a in every(root, "abstractNum")}
        self._nums: dict[str, tuple[str, dict[int, _Level], dict[int, int]]] = {}
        for num in every(root, "num"):
            of = value(num, "abstractNumId")
            levels = _levels(abstract.get(of))
            starts: dict[int, int] = {}
            for change in every(num, "lvlOverride"):
                number = _layout.level(attr(change, "ilvl"))
                if child(change, "lvl") is not None:
                    levels[number] = _level(child(change, "lvl"))
                if start := value(change, "startOverride"):
                    starts[number] = integer(start, 1)
            self._nums[attr(num, "numId")] = (of, levels, starts)

    def known(self, number: str, level: int) -> bool:
        """Whether a list that paragraphs refer to is there, and shows something on a level."""
        found = self._nums.get(number, ("", {}, {}))[1].get(level)
        return found is not None and not (found.format == "none" and not found.text.strip())

    def indents(self, number: str, level: int) -> Mapping[str, float]:
        """Return how far a level is indented."""
        found = self._nums.get(number, ("", {}, {}))[1].get(level)
        return found.indents if found else {}


class Counters:
    """Counts through a document's lists, paragraph by paragraph."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def item(self, number: str, level: int) -> Item | None:
        """Count the next paragraph on a level, from 0, of a list; None if it shows nothing."""
        if not self._numbering.known(number, level):
            return None
        of, levels, starts = self._numbering._nums[number]
        counts = self._counts.setdefault(of, {})
        fresh = level in starts and (number, level) not in self._begun
        self._begun.add((number, level))
        if fresh:
            counts[level] = starts[level]
        else:
            counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [n for n in counts if n > level]:
            del counts[deeper]
        return _item(of, level, levels, counts)


def _item(of: str, level: int, levels: Mapping[int, _Level], counts: Mapping[int, int]) -> Item:
    here = levels[level]
    if here.format == "bullet":
        label = "".join(_SYMBOLS.get(c, c) for c in here.text) or "•"
        return Item("bullet", level + 1, "bullet", label, of)

    def shown(place: re.Match[str]) -> str:
        number = int(place[1]) - 1
        other = levels.get(number, here)
        return _shown(counts.get(number, other.start), other.format)

    return Item("number", level + 1, here.format, _PLACE.sub(shown, here.text), of)


def _levels(abstract: Any) -> dict[int, _Level]:
    return {_layout.level(attr(lvl, "ilvl")): _level(lvl) for lvl in every(abstract, "lvl")}


def _level(lvl: Any) -> _Level:
    return _Level(
        value(lvl, "numFmt", "decimal"),
        value(lvl, "lvlText"),
        integer(value(lvl, "start", "1"), 1),
        _layout.indents(child(child(lvl, "pPr"), "ind")),
    )


def _shown(number: int, format: str) -> str:
    number = min(max(number, 0), _LARGEST)
    return _FORMATS.get(format, str)(number)


def _letters(number: int) -> str:
    """A to z, then aa, bb ..."""
    times, place = divmod(number - 1, 26)
    return chr(97 + place) * (min(times, 20) + 1) if number > 0 else ""


def _roman(number: int) -> str:
    if number > 9999:
        return str(number)
    out = ""
    signs = {1000: "m", 900: "cm", 500: "d", 400: "cd", 100: "c", 90: "xc", 50: "l", 40: "xl"}
    for size, sign in {**signs, 10: "x", 9: "ix", 5: "v", 4: "iv", 1: "i"}.items():
        out += sign * (number // size)
        number %= size
    return out


_FORMATS: Final[Mapping[str, Callable[[int], str]]] = {
    "lowerLetter": _letters,
    "upperLetter": lambda n: _letters(n).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda n: _roman(n).upper(),
    "decimalZero": lambda n: f"{n:02}",
    "none": lambda n: "",
}
