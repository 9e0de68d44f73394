"""Zoom the pages of a site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from cuagym.actions import Key, KeyDown, KeyUp, Scroll, Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _data, _reading, _web
from ._family import SiteFamily

_STEPS = (50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200)


class PageZoom(SiteFamily):
    """An article, to be read at another size.

    Parameters: `wording` (index), `brand`, `look`, `articles`, `wanted` (index), `zoom` (percent).
    """

    id = "browser/page-zoom"
    capabilities = ("zoom", "links", "browser-ui")
    difficulty = "easy"
    horizon = 20
    brands = _reading.BRANDS
    wordings = (
        "Open the article '{title}' and zoom the page to {zoom} %.",
        "I want to read '{title}' at a zoom of {zoom} %: go to it, and set that.",
        "Show '{title}' at {zoom} % of its usual size, by the browser's zoom.",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw articles, one of them, and a zoom."""
        site, count = self.site(rng), int(rng.integers(5, 9))
        drawn = _reading.sample(rng, count)
        zoom = _data.one(rng, [step for step in _STEPS if step != 100])
        return {**site, **drawn, "wanted": int(rng.integers(count)), "zoom": zoom}

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the site."""
        return _reading.files(params, self.host(params))

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        title = params["articles"][params["wanted"]]["title"]
        return self.wordings[params["wording"]].format(title=title, zoom=params["zoom"])

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The article is in front, the site is zoomed, and no others are."""
        host, slug = self.host(params), self._slug(params)
        yield ValidatorSpec("web.address", {"wanted": f"{host}/{slug}"})
        sites = {host: {"zoom": params["zoom"]}}
        yield ValidatorSpec("web.settings", {"sites": sites, "wanted": {"zoom": 100}})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """By keys, on the article."""
        return _web.then(
            _web.click(screen, f"#{self._slug(params)}"), self._zoom(params["zoom"]), _web.END
        )

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """With the wheel while Control is held, on the list: it counts for the whole site."""
        middle = screen.point(screen.width / 2, screen.height / 2)
        away = _STEPS.index(params["zoom"]) - _STEPS.index(100)
        wheel = [Scroll(middle, (0, -1 if away > 0 else 1))] * abs(away)
        return {
            "wheel": _web.then(
                _web.do(KeyDown(("ctrl",)), *wheel, KeyUp(("ctrl",))),
                _web.go(f"{self.host(params)}/{self._slug(params)}"),
                _web.END,
            )
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: a step too far, another article, back at the list, not zoomed."""
        zoom, host = params["zoom"], self.host(params)
        near = _STEPS[_STEPS.index(zoom) - 1] if zoom != 50 else 67
        other = params["articles"][params["wanted"] - 1]["slug"]
        link = f"#{self._slug(params)}"
        return {
            "a step off": NearMiss(
                f"found {near}", _web.then(_web.click(screen, link), self._zoom(near), _web.END)
            ),
            "another article": NearMiss(
                f"found https://{host}/{other}",
                _web.then(_web.click(screen, f"#{other}"), self._zoom(zoom), _web.END),
            ),
            "back at the list": NearMiss(
                "address",
                _web.then(
                    _web.click(screen, link),
                    self._zoom(zoom),
                    _web.do(Key(("alt", "Left"))),
                    _web.END,
                ),
            ),
            "elsewhere": NearMiss(
                "address",
                _web.state(lambda told: told["tabs"][0].update(url="https://x.example/")),
            ),
        }

    @staticmethod
    def _slug(params: Params) -> str:
        return str(params["articles"][params["wanted"]]["slug"])

    @staticmethod
    def _zoom(zoom: int) -> Iterator[Turn]:
        away = _STEPS.index(zoom) - _STEPS.index(100)
        for _ in range(abs(away)):
            yield (Key(("ctrl", "=" if away > 0 else "-")),)
        yield from _web.wait()
