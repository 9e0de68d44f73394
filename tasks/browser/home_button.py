"""Show the home button, and have it lead to a page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _chromium, _reading, _web
from ._family import SiteFamily


class HomeButton(SiteFamily):
    """Articles of a site, one of which is to be the home page.

    Parameters: `wording` (index), `brand`, `look`, `articles`, `wanted` (index).
    """

    id = "browser/home-button"
    capabilities = ("settings", "browser-ui")
    difficulty = "easy"
    horizon = 25
    brands = _reading.BRANDS
    wordings = (
        "Let the browser show its home button, and have that lead to {page}.",
        "Make {page} the home page of this browser, with a home button in the toolbar.",
        "I would like a home button that opens {page}. Set it in the browser's settings.",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw articles, and which of them is wanted."""
        site, count = self.site(rng), int(rng.integers(4, 8))
        return {**site, **_reading.sample(rng, count), "wanted": int(rng.integers(count))}

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the site."""
        return _reading.files(params, self.host(params))

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        return self.wordings[params["wording"]].format(page=self._address(params))

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The button, and where it leads; what the browser starts with is as it was."""
        wanted: dict[str, Any] = {
            "home button": True,
            "home page": self._address(params),
            "pref:homepage_is_newtabpage": False,
            "on start-up": "new tab",
        }
        yield ValidatorSpec("web.settings", {"wanted": wanted})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """In the settings' page for appearance."""
        return _web.then(_chromium.home_page(screen, self._address(params)), _web.END)

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """With the whole address."""
        address = f"https://{self._address(params)}"
        return {"whole address": _web.then(_chromium.home_page(screen, address), _web.END)}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the site's first page, start-up instead, the new tab's page, no button."""
        host = self.host(params)

        def put(name: str, value: Any) -> Any:
            def change(files: dict[str, bytes]) -> dict[str, bytes]:
                told = json.loads(files["browser/Preferences"])
                (told["browser"] if name == "show_home_button" else told)[name] = value
                return {**files, "browser/Preferences": json.dumps(told).encode()}

            return change

        return {
            "the site's first page": NearMiss(
                "home page", _web.then(_chromium.home_page(screen, host), _web.END)
            ),
            "start-up instead": NearMiss(
                "home button",
                _web.then(_chromium.start_pages(screen, self._address(params)), _web.END),
            ),
            "no button": NearMiss("home button", put("show_home_button", False)),
            "the new tab's page": NearMiss("newtabpage", put("homepage_is_newtabpage", True)),
        }

    def _address(self, params: Params) -> str:
        return f"{self.host(params)}/{params['articles'][params['wanted']]['slug']}"
