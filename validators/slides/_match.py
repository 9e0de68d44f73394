"""Which slide of one presentation is which of another, and which shape: by what they hold.

So a slide that was put between others does not make all after it look changed.
"""

from __future__ import annotations

import difflib
import functools
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from cuagym.validators.slides._deck import Deck, Shape, Slide, folded

__all__ = ["LEAST", "likeness", "shapes", "slides"]

_T = TypeVar("_T")
LEAST = 0.5
"""How much of two slides must be the same for them to be taken for one that was changed."""


def content(slide: Slide) -> Hashable:
    """Return what tells a slide from others: its texts, and what else it shows."""
    rest = Counter(s.kind for s in slide.all_shapes if not s.role)
    rest.pop("text box", None)
    pictures = tuple(len(s.picture) for s in slide.all_shapes if s.picture)
    return slide.texts, tuple(sorted(rest.items())), pictures


def likeness(one: Slide, other: Slide) -> float:
    """Return how much of what two slides hold is the same, from 0 to 1."""
    if content(one) == content(other):
        return 1.0
    a, b = _pieces(one), _pieces(other)
    total = sum(a.values()) + sum(b.values())
    same = 2 * sum((a & b).values()) / total if total else 0.0
    titled = 0.3 if one.title and one.title == other.title else 0.0
    return min(0.99, 0.7 * same + titled)


def _pieces(slide: Slide) -> Counter[str]:
    words = Counter(word.lower() for line in slide.texts for word in line.split())
    words.update(f"\0{s.kind}" for s in slide.all_shapes if not s.role)
    return words


@functools.lru_cache(maxsize=8)
def slides(was: Deck, now: Deck) -> tuple[tuple[Slide | None, Slide | None], ...]:
    """Pair slides of two presentations; None where one has no counterpart.

    In the order of the first, each new slide after the one that it follows.
    """
    old, new = list(was.slides), list(now.slides)
    pairs: dict[int, int] = {}
    keys = [content(s) for s in old], [content(s) for s in new]
    for block in difflib.SequenceMatcher(None, *keys, autojunk=False).get_matching_blocks():
        pairs.update({block.a + n: block.b + n for n in range(block.size)})
    _extend(pairs, old, new, lambda a, b: content(a) == content(b))
    _extend(pairs, old, new, lambda a, b: bool(a.title) and a.title == b.title)
    _most_alike(pairs, old, new)
    _between(pairs, len(old), len(new))
    return tuple(_ordered(pairs, old, new))


def _extend(
    pairs: dict[int, int], old: Sequence[_T], new: Sequence[_T], same: Callable[[_T, _T], bool]
) -> None:
    """Pair what is still without a counterpart, first with first."""
    free = [n for n in range(len(new)) if n not in set(pairs.values())]
    for index in range(len(old)):
        if index in pairs:
            continue
        found = next((n for n in free if same(old[index], new[n])), None)
        if found is not None:
            pairs[index] = found
            free.remove(found)


def _most_alike(pairs: dict[int, int], old: Sequence[Slide], new: Sequence[Slide]) -> None:
    taken = set(pairs.values())
    left = [i for i in range(len(old)) if i not in pairs]
    free = [n for n in range(len(new)) if n not in taken]
    scores = [(likeness(old[i], new[n]), -i, -n) for i in left for n in free]
    for score, i, n in sorted(scores, reverse=True):
        if score >= LEAST and -i not in pairs and -n not in taken:
            pairs[-i] = -n
            taken.add(-n)


def _between(pairs: dict[int, int], old: int, new: int) -> None:
    """Pair what is left by its neighbours: as many on either side between the same two slides."""
    taken = set(pairs.values())
    index = 0
    while index < old:
        if index in pairs:
            index += 1
            continue
        end = index
        while end < old and end not in pairs:
            end += 1
        first = pairs[index - 1] + 1 if index else 0
        last = first
        while last < new and last not in taken:
            last += 1
        follows = pairs.get(end, new) == last
        if follows and last - first == end - index:
            pairs.update(zip(range(index, end), range(first, last), strict=True))
        index = end


def _ordered(
    pairs: dict[int, int], old: Sequence[Slide], new: Sequence[Slide]
) -> list[tuple[Slide | None, Slide | None]]:
    back = {n: i for i, n in pairs.items()}
    out: list[tuple[Slide | None, Slide | None]] = []
    added: dict[int | None, list[Slide]] = {}
    last: int | None = None
    for n, slide in enumerate(new):
        if n in back:
            last = back[n]
        else:
            added.setdefault(last, []).append(slide)
    out += [(None, s) for s in added.get(None, ())]
    for i, slide in enumerate(old):
        out.append((slide, new[pairs[i]] if i in pairs else None))
        out += [(None, s) for s in added.get(i, ())]
    return out


def shapes(was: Slide, now: Slide) -> list[tuple[Shape | None, Shape | None]]:
    """Pair the shapes of two slides, groups' children too; None where one has no counterpart.

    By what they are and say first, then by their names, then by what they are alone.
    """
    old, new = list(was.all_shapes), list(now.all_shapes)
    pairs: dict[int, int] = {}
    for key in (_exact, _said, _named, _kind):
        _extend(pairs, old, new, lambda a, b, key=key: key(a) == key(b))  # type: ignore[misc]
    taken = set(pairs.values())
    out: list[tuple[Shape | None, Shape | None]] = [
        (shape, new[pairs[i]] if i in pairs else None) for i, shape in enumerate(old)
    ]
    return out + [(None, shape) for n, shape in enumerate(new) if n not in taken]


def _exact(shape: Shape) -> Any:
    at = shape.box
    near = tuple(round(x) for x in (at.left, at.top, at.width, at.height))
    return (*_said(shape), near)


def _said(shape: Shape) -> Any:
    return shape.role, shape.kind, folded(shape.text), len(shape.picture)


def _named(shape: Shape) -> Any:
    # LibreOffice numbers placeholders anew whenever it stores them.
    return shape.role, shape.kind, "" if shape.role else shape.name


def _kind(shape: Shape) -> Any:
    return shape.role, shape.kind
