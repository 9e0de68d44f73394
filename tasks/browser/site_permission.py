"""Forbid a site something in the browser's settings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _chromium, _data, _reading, _web
from ._family import SiteFamily

_SAID = {
    "javascript": "use JavaScript",
    "images": "show images",
    "sound": "play sound",
    "popups": "open pop-ups",
}
_NAMES = {"popups": "pop-ups"}


class SitePermission(SiteFamily):
    """A site of articles, and a second one that may not do something any longer.

    Parameters: `wording` (index), `brand`, `look`, `articles`, `permission`, `site`.
    """

    id = "browser/site-permission"
    capabilities = ("settings", "permissions", "browser-ui")
    difficulty = "medium"
    horizon = 30
    brands = _reading.BRANDS
    wordings = (
        "Do not allow the site {site} to {what}. Other sites keep what they may do.",
        "In the browser's site settings, block {site}: it must not {what}. Leave the default and"
        " all other sites alone.",
        "The site {site} shall not be able to {what} in this browser; add it to the sites that are"
        " not allowed to. Nothing else changes.",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a site, and what it may not do."""
        others = ("flashy.example", "noisy-news.example", "adverts.example", "quick-quiz.example")
        return {
            **self.site(rng),
            **_reading.sample(rng, 5),
            "permission": _data.one(rng, list(_SAID)),
            "site": _data.one(rng, others),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the site of articles."""
        return _reading.files(params, self.host(params))

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        told = {"site": params["site"], "what": _SAID[params["permission"]]}
        return self.wordings[params["wording"]].format(**told)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """What that site may do, and what all others may."""
        name = self._name(params)
        usual = "block" if name == "pop-ups" else "allow"
        others = {each: "default" for each in ("javascript", "images", "sound") if each != name}
        sites = {
            params["site"]: {name: "block", **others},
            self.host(params): {name: "default"},
        }
        yield ValidatorSpec("web.settings", {"wanted": {name: usual}, "sites": sites})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """In the settings' page for it."""
        site = f"[*.]{params['site']}"
        return _web.then(_chromium.block(screen, params["permission"], site), _web.END)

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """With the whole address."""
        site = f"https://{params['site']}"
        block = _chromium.block(screen, params["permission"], site)
        return {"whole address": _web.then(block, _web.END)}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: this site, something else, every site, allowed."""
        other = next(p for p in _SAID if p != params["permission"])
        name, permission = self._name(params), params["permission"]

        def put(change: Any) -> Any:
            def edit(files: dict[str, bytes]) -> dict[str, bytes]:
                told = json.loads(files["browser/Preferences"])
                change(told["profile"])
                return {**files, "browser/Preferences": json.dumps(told).encode()}

            return edit

        def everywhere(profile: Any) -> None:
            turned = 1 if permission == "popups" else 2
            profile["default_content_setting_values"] = {permission: turned}

        def allowed(profile: Any) -> None:
            for rule in profile["content_settings"]["exceptions"][permission].values():
                rule["setting"] = 1

        return {
            "another site": NearMiss(
                f"{name} of {params['site']}",
                _web.then(_chromium.block(screen, permission, self.host(params)), _web.END),
            ),
            "something else": NearMiss(
                f"{name} of {params['site']}",
                _web.then(_chromium.block(screen, other, params["site"]), _web.END),
            ),
            "every site": NearMiss(name, put(everywhere)),
            "allowed": NearMiss('found "allow"', put(allowed)),
        }

    @staticmethod
    def _name(params: Params) -> str:
        return _NAMES.get(params["permission"], str(params["permission"]))
