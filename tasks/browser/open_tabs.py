"""Open some articles in tabs of their own, and leave no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from cuagym.actions import Click, Key, KeyDown, KeyUp, Turn, Type
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _data, _reading, _web
from ._family import SiteFamily


class OpenTabs(SiteFamily):
    """A list of articles, of which some are to be open at the end.

    Parameters: `wording` (index), `brand`, `look`, `articles`, `wanted` (indices).
    """

    id = "browser/open-tabs"
    capabilities = ("tabs", "links")
    difficulty = "easy"
    horizon = 25
    brands = _reading.BRANDS
    wordings = (
        "Open {titles} in tabs of their own, and close the tab with the list of articles.",
        "At the end exactly these articles shall be open, each in its own tab: {titles}.",
        "I want to read {titles} later: open each one in a tab, then close the overview.",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw articles, and which of them are wanted."""
        site, count = self.site(rng), int(rng.integers(6, 10))
        drawn = _reading.sample(rng, count)
        wanted = _data.pick(rng, range(count), int(rng.integers(2, 5)))
        return {**site, **drawn, "wanted": wanted}

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the site."""
        return _reading.files(params, self.host(params))

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        titles = [f"'{params['articles'][n]['title']}'" for n in params["wanted"]]
        said = f"{', '.join(titles[:-1])} and {titles[-1]}"
        return self.wordings[params["wording"]].format(titles=said)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """A tab for each, and no other."""
        wanted = [f"{self.host(params)}/{slug}" for slug in self._slugs(params)]
        yield ValidatorSpec("web.tabs", {"wanted": wanted, "others": False})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Click each link with the middle button, and close the first tab."""
        return _web.then(
            *(self._middle(screen, slug) for slug in self._slugs(params)),
            _web.do(Key(("ctrl", "w"))),
            _web.wait(),
            _web.END,
        )

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Addresses in new tabs; clicks with Control."""
        first, *others = self._slugs(params)
        host = self.host(params)
        typed = _web.then(
            _web.click(screen, f"#{first}"),
            *(
                _web.do(Key(("ctrl", "t")), Type(f"{host}/{slug}\n"))
                for slug in others
            ),
            _web.wait(),
            _web.END,
        )  # fmt: skip
        held = _web.then(
            *(self._control(screen, slug) for slug in self._slugs(params)),
            _web.do(Key(("ctrl", "1")), Key(("ctrl", "w"))),
            _web.wait(),
            _web.END,
        )
        return {"typed": typed, "control": held}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the list is still open, one is missing, another article."""
        slugs = self._slugs(params)
        every = [each["slug"] for each in params["articles"]]
        other = next(slug for slug in every if slug not in slugs)

        def opened(*slugs: str, close: bool = True) -> Iterator[Turn]:
            keys = [Key(("ctrl", "w"))] if close else []
            links = (self._middle(screen, slug) for slug in slugs)
            return _web.then(*links, _web.do(*keys), _web.wait(), _web.END)

        return {
            "the list is open": NearMiss("no other tabs", opened(*slugs, close=False)),
            "one missing": NearMiss("no tab shows it", opened(*slugs[:-1])),
            "one too many": NearMiss(f"/{other}", opened(*slugs, other)),
            "another address": NearMiss(
                "no tab shows it",
                _web.state(lambda told: told["tabs"][0].update(url="https://x.example/")),
            ),
        }

    @staticmethod
    def _slugs(params: Params) -> list[str]:
        return [params["articles"][n]["slug"] for n in params["wanted"]]

    @staticmethod
    def _middle(screen: Screen, slug: str) -> Iterator[Turn]:
        yield from _web.into_view(screen, f"#{slug}")
        yield (Click(screen.middle(screen.element(f"#{slug}")), button="middle"),)

    @staticmethod
    def _control(screen: Screen, slug: str) -> Iterator[Turn]:
        yield from _web.into_view(screen, f"#{slug}")  # with Control the wheel would zoom
        place = screen.middle(screen.element(f"#{slug}"))
        yield (KeyDown(("ctrl",)), Click(place), KeyUp(("ctrl",)))
