"""Find an entry of a long page, and answer with what stands beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

import numpy as np

from cuagym.actions import Key, Scroll, Turn, Type
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _data, _site, _web
from ._family import SiteFamily

_KINDS = {
    "Lost property": ("Item", "Found at", "Shelf"),
    "Seed bank": ("Sample", "Collected near", "Drawer"),
    "Map archive": ("Sheet", "Region", "Cabinet"),
}


class FindInPage(SiteFamily):
    """A list of a hundred and more entries on one page, in no order that would help.

    Parameters: `wording` (index), `brand`, `look`, `kind`, `codes`, `places`, `shelves`, `asked`.
    """

    id = "browser/find-in-page"
    capabilities = ("find", "scroll", "answer")
    difficulty = "easy"
    horizon = 40
    brands = ("Town Archive", "Depot Nine", "The Storehouse", "Old Customs House", "Granary",
              "Lower Vault")  # fmt: skip
    wordings = (
        "Find {code} on this page. What does it say under '{column}'? Answer with just that.",
        "Look for the entry {code} in the list and give its '{column}' as your answer.",
        "Which {column} belongs to {code}? The list on this page tells; answer with it.",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a list with codes that are much alike."""
        site = self.site(rng)
        count = int(rng.integers(90, 160))
        numbers = _data.pick(rng, range(1000, 9999), count)
        letters = [_data.one(rng, "ABCDEFGH") for _ in range(count)]
        shelves = _data.pick(rng, range(100, 999), count)
        return {
            **site,
            "kind": _data.one(rng, list(_KINDS)),
            "codes": [f"{letter}-{n}" for letter, n in zip(letters, numbers, strict=True)],
            "places": [_data.one(rng, _data.CITIES) for _ in range(count)],
            "shelves": [f"{_data.one(rng, 'KLMNPRST')}{n}" for n in shelves],
            "asked": int(rng.integers(count // 3, count)),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the page."""
        head = "".join(f"<th>{escape(each)}</th>" for each in _KINDS[params["kind"]])
        lines = zip(params["codes"], params["places"], params["shelves"], strict=True)
        rows = "".join(
            f'<tr id="{code}">' + "".join(f"<td>{escape(cell)}</td>" for cell in (code, *rest))
            for code, *rest in lines
        )
        body = (
            f"<h1>{escape(params['kind'])}</h1><p class=muted>{len(params['codes'])} entries</p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )
        host, brand = self.host(params), params["brand"]
        title = f"{params['kind']} - {brand}"
        return _site.page(host, "index", brand, title, params["look"], body)

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        column = _KINDS[params["kind"]][2]
        code = params["codes"][params["asked"]]
        return self.wordings[params["wording"]].format(code=code, column=column)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The answer, and none of the entries beside it."""
        shelves, asked = params["shelves"], params["asked"]
        near = [shelves[asked - 1], shelves[(asked + 1) % len(shelves)]]
        yield ValidatorSpec("web.answer", {"text": shelves[asked], "wrong": near})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Search the page."""
        return _web.then(
            self._search(params["codes"][params["asked"]]), _web.answer(self._right(params))
        )

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """By scrolling; the answer is a sentence in lower case."""
        middle = screen.point(screen.width / 2, screen.height / 2)
        return {
            "scrolling": _web.then(
                _web.do(*(Scroll(middle, (0, 8)) for _ in range(4))),
                _web.answer(f"It is {self._right(params).lower()}."),
            )
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the line above, the place, several, nothing."""
        asked, shelves = params["asked"], params["shelves"]
        above = self._search(params["codes"][asked - 1])
        return {
            "the line above": NearMiss(
                "expected", _web.then(above, _web.answer(shelves[asked - 1]))
            ),
            "the place": NearMiss("expected", _web.answer(params["places"][asked])),
            "several": NearMiss("too", _web.answer(", ".join(shelves[asked - 1 : asked + 2]))),
            "no answer": NearMiss("nothing was answered", _web.answer("")),
        }

    @staticmethod
    def _search(code: str) -> Iterator[Turn]:
        yield (Key(("ctrl", "f")),)
        yield (Type(f"{code}\n"),)

    @staticmethod
    def _right(params: Params) -> str:
        return str(params["shelves"][params["asked"]])
