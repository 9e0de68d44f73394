"""Aspects: in what two documents may differ. Each one tells the differences in words.

An aspect is a function of two documents and the part of them that is looked at. Each kind of
document has a registry of its own, in which its modules offer theirs; its `unchanged` and
`equals_gold` are made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Generic, TypeVar

from cuagym.errors import TaskError, nearest
from cuagym.verdict import Check

__all__ = ["Aspects", "compared"]

_Document = TypeVar("_Document")
_Part = TypeVar("_Part")
_Offered = TypeVar("_Offered", bound=Callable[..., Iterable[str]])
_SHOWN: Final = 5


class Aspects(
    dict[str, Callable[[_Document, _Document, _Part], Iterable[str]]], Generic[_Document, _Part]
):
    """The aspects of one kind of document, by name.

    Each yields where the second document differs from the first within a part, as "X held a, now
    b".

    Example:
        >>> known = Aspects[str, None]()
        >>> @known.offer("length")
        ... def _length(was, now, part):
        ...     yield from compared({"it": f"{len(was)} long"}, {"it": f"{len(now)} long"})
        >>> known.checks(["length"], "abc", "ab", None)[0].detail
        'it was 3 long, is now 2 long'
    """

    def offer(self, name: str) -> Callable[[_Offered], _Offered]:
        """Offer a function as the aspect of a name."""

        def register(function: _Offered) -> _Offered:
            self[name] = function
            return function

        return register

    def checks(
        self, names: Iterable[str], was: _Document, now: _Document, part: _Part
    ) -> list[Check]:
        """Return a check for each aspect: passed where the documents do not differ in it.

        Raises:
            TaskError: If there is no such aspect; names the nearest.
        """
        out = []
        for name in names:
            self.refuse(name)
            found = list(self[name](was, now, part))
            detail = "; ".join(found[:_SHOWN])
            if len(found) > _SHOWN:
                detail += f"; and {len(found) - _SHOWN} more"
            out.append(Check(name, not found, detail))
        return out

    def refuse(self, name: str) -> None:
        """Raise a `TaskError` if there is no such aspect; it names the nearest."""
        if name not in self:
            known = sorted(self)
            raise TaskError(
                f"there is no aspect {name!r}{nearest(name, known)} (known: {', '.join(known)})"
            )


def compared(was: Mapping[str, Any], now: Mapping[str, Any], verb: str = "was") -> Iterator[str]:
    """Yield how descriptions differ, by the name of what is described; missing ones are None.

    Example:
        >>> list(compared({"Sales!B": "12 wide"}, {"Sales!B": "20 wide"}))
        ['Sales!B was 12 wide, is now 20 wide']
    """
    for key in [*was, *(k for k in now if k not in was)]:
        old, new = was.get(key), now.get(key)
        if old != new:
            yield f"{key} {verb} {_said(old)}, is now {_said(new)}"


def _said(value: Any) -> str:
    return "missing" if value is None else str(value)
