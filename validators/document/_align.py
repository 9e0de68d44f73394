"""Which paragraphs of two documents are the same ones, and which of their characters."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, TypeAlias

from cuagym.validators.document._blocks import Paragraph
from cuagym.validators.document._read import Document
from cuagym.validators.document._select import Part

__all__ = ["Pair", "characters", "pairs", "places"]

Pair: TypeAlias = tuple[Paragraph | None, Paragraph | None]
"""A paragraph as it was and as it is; None where it is new, or gone."""
_FEW: Final = 400
_MANY: Final = 4_000_000
_ALIKE: Final = 0.4


def pairs(was: Document, now: Document, part: Part) -> Iterator[Pair]:
    """Yield the paragraphs of two documents' texts and tables, side by side, within a part."""
    freed, new = part.free(was, now)
    for before, after in _pairs(was, now):
        if before is not None and id(before) in freed:
            continue
        if before is None and after is not None and id(after) in new:
            continue
        yield before, after


@functools.lru_cache(maxsize=4)
def _pairs(was: Document, now: Document) -> tuple[Pair, ...]:
    old, new = was.paragraphs, now.paragraphs
    keys = [[(bool(p.where), p.shown) for p in side] for side in (old, new)]
    out: list[Pair] = []
    for kind, a, aa, b, bb in _opcodes(*keys):
        if kind == "equal":
            out += zip(old[a:aa], new[b:bb], strict=True)
        else:
            out += _matched(old[a:aa], new[b:bb])
    return tuple(out)


def _opcodes(
    old: Sequence[Hashable], new: Sequence[Hashable]
) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield what `SequenceMatcher.get_opcodes` gives, in bounded time."""
    start, end = 0, 0
    least = min(len(old), len(new))
    while start < least and old[start] == new[start]:
        start += 1
    while end < least - start and old[-1 - end] == new[-1 - end]:
        end += 1
    if start:
        yield "equal", 0, start, 0, start
    inner = old[start : len(old) - end], new[start : len(new) - end]
    # Beyond that, what occurs often is left out of the search: it takes quadratic time.
    junk = len(inner[0]) * len(inner[1]) > _MANY
    for kind, a, aa, b, bb in SequenceMatcher(None, *inner, autojunk=junk).get_opcodes():
        yield kind, a + start, aa + start, b + start, bb + start
    if end:
        yield "equal", len(old) - end, len(old), len(new) - end, len(new)


def _matched(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> list[Pair]:
    """Return the paragraphs of two stretches side by side: in order, the most alike ones."""
    if len(old) * len(new) > _FEW:
        return _unlike(old, new)
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_alike(a, b) for b in new] for a in old]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            both_too = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= _ALIKE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], both_too)
    out: list[Pair] = []
    i = j = gone = come = 0
    while i < len(old) and j < len(new):
        if alike[i][j] >= _ALIKE and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            out += [*_unlike(old[gone:i], new[come:j]), (old[i], new[j])]
            gone, come = i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return [*out, *_unlike(old[gone:], new[come:])]


def _unlike(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> list[Pair]:
    """Return paragraphs that have nothing in common side by side: some were rewritten."""
    both: list[Pair] = list(zip(old, new, strict=False))
    rest: list[Pair] = [(p, None) for p in old[len(new) :]]
    return [*both, *rest, *((None, p) for p in new[len(old) :])]


def _alike(one: Paragraph, other: Paragraph) -> float:
    """Return how much two paragraphs have in common, from 0 to 1."""
    if bool(one.where) != bool(other.where):
        return 0.0
    texts = one.text.split()[:200], other.text.split()[:200]
    if len(texts[0]) <= 3 or len(texts[1]) <= 3:
        return SequenceMatcher(None, one.text[:200], other.text[:200]).ratio()
    return SequenceMatcher(None, *texts).ratio()


def places(was: str, now: str) -> list[int]:
    """Return for each character of the second text its place in the first; -1 for new ones."""
    out = [-1] * len(now)
    for kind, a, aa, b, _ in _opcodes(was, now):
        if kind == "equal":
            out[b : b + aa - a] = range(a, aa)
    return out


def characters(paragraph: Paragraph) -> list[int]:
    """Return for each character of a paragraph which of its pieces it is in."""
    return [n for n, piece in enumerate(paragraph.pieces) for _ in piece.text]
