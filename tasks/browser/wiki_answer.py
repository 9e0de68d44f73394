"""Answer a question from a knowledge base, where two articles must be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _data, _site, _web
from ._family import SiteFamily

WORDS = {
    **{"title": "Contents", "search": "Search all articles", "find": "Search"},
    **{"found": "articles found", "see": "See also"},
}
_ISLANDS = ("Averen", "Brisk Holm", "Calda", "Dunmore Skerry", "Esterling", "Farrow", "Gannet Rock",
            "Hollin")  # fmt: skip
_FERRIES = ("Kittiwake", "Petrel", "Tern", "Fulmar", "Skua", "Guillemot", "Puffin", "Eider")


class WikiAnswer(SiteFamily):
    """A wiki about islands and the ferries that serve them: the question needs one of each.

    Parameters: `wording` (index), `brand`, `look`, `islands` (`name`, `ferry`, `people`, `height`),
    `ferries` (`name`, `built`, `cars`), `asked` (index of an island), `fact`.
    """

    id = "browser/wiki-answer"
    capabilities = ("search", "look-up", "multi-page", "answer")
    difficulty = "medium"
    horizon = 30
    brands = ("Island Wiki", "Harbour Almanac", "The Skerry Pages", "Coastal Companion",
              "Seafarer Notes", "North Sea Handbook")  # fmt: skip
    wordings = (
        "Which year was the ferry built that serves {island}? Look it up in this wiki, and give"
        " the year as your answer.",
        "Find out when the ship that sails to {island} was built. Answer with the year; the wiki"
        " has an article on each island and on each ferry.",
        "Search {brand} for the ferry to {island} and answer: in which year was it built?",
    )
    _cars = (
        "How many cars fit on the ferry that serves {island}? Look it up in this wiki, and answer"
        " with the number.",
        "Find out how many cars the ship that sails to {island} can carry. Answer with the number.",
        "Search {brand} for the ferry to {island} and answer: how many cars does it carry?",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw islands, and the ferries that serve them."""
        site = self.site(rng)
        count = int(rng.integers(5, 8))
        ferries = _data.pick(rng, _FERRIES, count)
        years = _data.pick(rng, range(1962, 2019), count)
        cars = _data.pick(rng, range(12, 140), count)
        islands = [
            {
                "name": name,
                "ferry": ferry,
                "people": int(rng.integers(40, 3000)),
                "height": int(rng.integers(15, 400)),
            }
            for name, ferry in zip(_data.pick(rng, _ISLANDS, count), ferries, strict=True)
        ]
        told = zip(ferries, years, cars, strict=True)
        return {
            **site,
            "islands": islands,
            "ferries": [{"name": f, "built": y, "cars": c} for f, y, c in told],
            "asked": int(rng.integers(count)),
            "fact": _data.one(rng, ("built", "cars")),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the wiki."""
        articles: list[dict[str, Any]] = []
        for number, island in enumerate(params["islands"]):
            ferry = f"{island['ferry']} (ship)"
            text = [
                f"{island['name']} is an island off the northern coast. Most people there live"
                " from fishing, sheep and, lately, guests.",
                f"It is reached by the {island['ferry']}, which sails twice a day in summer and"
                " once a day in winter.",
            ]
            facts = [["Inhabitants", str(island["people"])], ["Height", f"{island['height']} m"]]
            about = {"id": f"i{number}", "group": "Islands", "title": island["name"]}
            articles.append({**about, "text": text, "facts": facts, "see": []})
            ship = params["ferries"][number]
            text = [
                f"The {ship['name']} is a ferry of the coastal line. She was built in"
                f" {ship['built']} and has been refitted since.",
                "She has a saloon, a small kitchen and an open deck aft.",
            ]
            facts = [["Cars", str(ship["cars"])], ["Crew", str(4 + ship["cars"] % 7)]]
            about = {"id": f"f{number}", "group": "Ferries", "title": ferry}
            articles.append({**about, "text": text, "facts": facts, "see": []})
        articles.sort(key=lambda each: str(each["title"]))
        data = {"words": WORDS, "articles": articles, "groups": ["Islands", "Ferries"]}
        pages = {"index": "Contents", "search": "Search", "article": "Article"}
        host, brand, look = self.host(params), params["brand"], params["look"]
        return _site.app(host, "wiki", brand, pages, look, data, {}, {"/": "Contents"})

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        wordings = self.wordings if params["fact"] == "built" else self._cars
        island = params["islands"][params["asked"]]["name"]
        return wordings[params["wording"]].format(**{**params, "island": island})

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The answer."""
        yield ValidatorSpec("web.answer", {"number": self._right(params)})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """From the contents to the island, then the ship."""
        asked = params["asked"]
        return _web.then(
            _web.click(screen, f"[data-article=i{asked}]"),
            _web.go(self.host(params)),
            _web.click(screen, f"[data-article=f{asked}]"),
            _web.answer(str(self._right(params))),
        )

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """By search; the answer is a sentence."""
        island = params["islands"][params["asked"]]
        return {
            "search": _web.then(
                _web.fill(screen, "[name=q]", f"{island['name']}\n"),
                _web.click(screen, f"[data-id=i{params['asked']}] a"),
                _web.fill(screen, "[name=q]", f"{island['ferry']} ship\n"),
                _web.click(screen, f"[data-id=f{params['asked']}] a"),
                _web.answer(f"The {island['ferry']}: {self._right(params)}."),
            )
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: of another ship, another fact, all of them, nothing."""
        asked, ships = params["asked"], params["ferries"]
        other = ships[asked - 1]
        fact = params["fact"]
        look = [(f"[data-article=f{asked - 1 if asked else len(ships) - 1}]")]
        every = ", ".join(str(ship[fact]) for ship in ships)
        another = ships[asked]["cars" if fact == "built" else "built"]

        def told(text: str) -> Iterator[Turn]:
            return _web.then(_web.clicks(screen, *look), _web.answer(text))

        return {
            "another ship": NearMiss("expected the number", told(str(other[fact]))),
            "another fact": NearMiss("expected the number", told(str(another))),
            "all of them": NearMiss("expected the number", told(every)),
            "no answer": NearMiss("nothing was answered", told("")),
        }

    @staticmethod
    def _right(params: Params) -> int:
        return int(params["ferries"][params["asked"]][params["fact"]])
