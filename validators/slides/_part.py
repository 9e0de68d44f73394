"""Parts of a presentation: which of its slides are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cuagym.artefacts import Unreadable
from cuagym.errors import TaskError
from cuagym.validators.slides import _match, _places
from cuagym.validators.slides._deck import Deck, Slide

__all__ = ["NEW", "Part", "listed"]

NEW = "new"
"""What stands for slides that were added."""


@dataclass(frozen=True)
class Part:
    """Some slides of a presentation, and whether what was added beside them is looked at.

    Attributes:
        numbers: Of the slides that are looked at, in the presentation that is compared with.
        added: Whether slides count that it does not have.
    """

    numbers: frozenset[int]
    added: bool = True

    @classmethod
    def all(cls, deck: Deck) -> Part:
        """Return the whole of a presentation."""
        return cls(frozenset(s.number for s in deck.slides))

    @classmethod
    def of(cls, names: str | Iterable[str | int], deck: Deck, outside: bool = False) -> Part:
        """Return the part that slides' names make; "" names nothing.

        Args:
            names: Such as "2,Results" or ["2", "Plans, and more"]; "new" for slides that are added.
            deck: The presentation whose slides they name.
            outside: Whether everything else is meant.

        Raises:
            TaskError: The presentation has no such slide.
        """
        wanted = listed(names)
        try:
            inside = {s.number for n in wanted if n != NEW for s in _places.slides_at(deck, n)}
        except Unreadable as e:
            raise TaskError(str(e)) from None
        if outside:
            every = {s.number for s in deck.slides}
            return cls(frozenset(every - inside), NEW not in wanted)
        return cls(frozenset(inside), NEW in wanted)

    def pairs(self, was: Deck, now: Deck) -> Iterator[tuple[Slide, Slide]]:
        """Yield the slides that are looked at, each with what became of it."""
        for old, new in _match.slides(was, now):
            if old is not None and new is not None and old.number in self.numbers:
                yield old, new

    def gone(self, was: Deck, now: Deck) -> list[Slide]:
        """Return the slides that are looked at and are not there any more."""
        pairs = _match.slides(was, now)
        return [old for old, new in pairs if old and not new and old.number in self.numbers]

    def extra(self, was: Deck, now: Deck) -> list[Slide]:
        """Return the slides that were added, if these are looked at."""
        pairs = _match.slides(was, now)
        return [new for old, new in pairs if new and not old] if self.added else []


def listed(names: str | Iterable[str | int]) -> list[str]:
    """Return the names of slides in a text or list, each of which may be one.

    Raises:
        TaskError: One cannot be a slide.
    """
    each = names.split(",") if isinstance(names, str) else list(names)
    found = [n.strip() if isinstance(n, str) else n for n in each]
    for name in found:
        if name != "":
            _places.refuse_slide(name)
    return [str(name) for name in found if name != ""]
