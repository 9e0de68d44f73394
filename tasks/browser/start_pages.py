"""Have the browser start with certain pages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import numpy as np

from cuagym.actions import Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _chromium, _data, _reading, _web
from ._family import SiteFamily


class StartPages(SiteFamily):
    """Articles of a site, one or two of which shall open when the browser starts.

    Parameters: `wording` (index), `brand`, `look`, `articles`, `wanted` (indices).
    """

    id = "browser/start-pages"
    capabilities = ("settings", "browser-ui")
    difficulty = "medium"
    horizon = 35
    brands = _reading.BRANDS
    wordings = (
        "Set the browser up so that it opens {pages} whenever it starts, and nothing else.",
        "When the browser starts, it shall show {pages}. Change its settings accordingly.",
        "Please make {pages} what this browser opens on start-up (a specific set of pages).",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw articles, and which of them are wanted."""
        site, count = self.site(rng), int(rng.integers(4, 8))
        drawn = _reading.sample(rng, count)
        wanted = _data.pick(rng, range(count), int(rng.integers(1, 3)))
        return {**site, **drawn, "wanted": wanted}

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the site."""
        return _reading.files(params, self.host(params))

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        told = [
            f"'{params['articles'][n]['title']}' ({address})"
            for n, address in zip(params["wanted"], self._addresses(params), strict=True)
        ]
        return self.wordings[params["wording"]].format(pages=" and ".join(told))

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The pages, and that they are what it starts with; the home page is not meant."""
        wanted = {
            "on start-up": "pages",
            "start-up pages": self._addresses(params),
            "home button": False,
        }
        yield ValidatorSpec("web.settings", {"wanted": wanted})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """In the settings' page for it."""
        return _web.then(_chromium.start_pages(screen, *self._addresses(params)), _web.END)

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The other way round, with the whole address."""
        pages = [f"https://{address}" for address in reversed(self._addresses(params))]
        return {"whole addresses": _web.then(_chromium.start_pages(screen, *pages), _web.END)}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the site's first page, another one too, pages that are not used."""
        host = self.host(params)

        def put(mode: int, *urls: str) -> NearMiss:
            def change(files: dict[str, bytes]) -> dict[str, bytes]:
                told = json.loads(files["browser/Preferences"])
                told["session"] = {"restore_on_startup": mode, "startup_urls": list(urls)}
                return {**files, "browser/Preferences": json.dumps(told).encode()}

            says = "on start-up" if mode != 4 else "start-up pages"
            return NearMiss(says, change)

        pages = [f"https://{address}" for address in self._addresses(params)]
        return {
            "the site's first page": NearMiss(
                "start-up pages", _web.then(_chromium.start_pages(screen, host), _web.END)
            ),
            "home page instead": NearMiss(
                "on start-up",
                _web.then(_chromium.home_page(screen, self._addresses(params)[0]), _web.END),
            ),
            "not used": put(5, *pages),
            "one more": put(4, *pages, f"https://{host}/"),
            "none": put(4),
        }

    def _addresses(self, params: Params) -> list[str]:
        slugs = [params["articles"][n]["slug"] for n in params["wanted"]]
        return [f"{self.host(params)}/{slug}" for slug in slugs]
