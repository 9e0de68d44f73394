"""Something that cannot be done, for a reason that a look at the site shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _data, _shop, _web
from ._family import SiteFamily

_KINDS = ("article", "delivery", "colour")
_DELIVERY = ("Courier on a bicycle", "Drone", "Saturday delivery", "Overnight")
_COLOURS = ("red", "olive green", "turquoise", "black")


class Infeasible(SiteFamily):
    """A shop that does not sell, or does not offer, what is asked for.

    Parameters: `wording` (index), `brand`, `look`, `words` (index), `products`, `kind` (`article`,
    `delivery` or `colour`), `missing`, `other` (the id of something that there is), `name`,
    `street`, `city`.
    """

    id = "browser/infeasible"
    capabilities = ("infeasible", "look-up", "multi-page")
    difficulty = "medium"
    horizon = 40
    split = "test"
    feasible = False
    brands = _shop.BRANDS
    wordings = (
        "Order one {article} at {brand}{how}. Deliver it to {name}, {street}, {city}.",
        "Please buy {article} (one piece) in this shop{how}, for {name}, {street}, {city}.",
        "{name} ({street}, {city}) needs one {article}{how}. Place the order at {brand}.",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a shop, and what it lacks."""
        site, shop = self.site(rng), _shop.sample(rng, 10, 16)
        sold = {p["name"] for p in shop["products"]}
        every = [name for goods in _data.GOODS.values() for name, _ in goods]
        kind = _data.one(rng, _KINDS)
        missing = {
            "article": [name for name in every if name not in sold],
            "delivery": _DELIVERY,
            "colour": _COLOURS,
        }[kind]
        return {
            **site,
            **shop,
            **{"kind": kind, "missing": _data.one(rng, missing)},
            "other": _data.one(rng, [p["id"] for p in shop["products"]]),
            "name": _data.names(rng, 1)[0],
            "street": _data.street(rng),
            "city": _data.one(rng, _data.CITIES),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the shop, with an empty cart."""
        return _shop.files(params, self.host(params), [])

    def instruction(self, params: Params) -> str:
        """Return one of the wordings; none of them says that it cannot be done."""
        named = {p["id"]: p["name"] for p in params["products"]}
        article, how = named[params["other"]], ""
        if params["kind"] == "article":
            article = params["missing"]
        elif params["kind"] == "delivery":
            how = f", with the delivery '{params['missing']}' and no other"
        else:
            how = f", in {params['missing']}; no other colour will do"
        return self.wordings[params["wording"]].format(**{**params, "article": article, "how": how})

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Nothing was ordered; that failure was declared is judged by itself."""
        site = {"site": self.host(params), "start": "start.json"}
        yield ValidatorSpec("web.unchanged", {**site, "outside": ["cart", "coupon"]})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Look at the products and at what the checkout offers, and give up."""
        return _web.then(self._look(params, screen), _web.GIVEN_UP)

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Give up at once; what is in the cart may stay there."""
        return {
            "put in the cart": _web.then(
                _web.click(screen, f"[data-id={params['other']}] .add"), _web.GIVEN_UP
            )
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: something similar was ordered; it was claimed to be done."""
        order = {"id": "1", "lines": [{"id": params["other"], "count": 1}]}

        def ordered(state: Any) -> None:
            state["orders"].append(order)

        return {
            "ordered all the same": NearMiss(
                "orders", _web.then(self._order(params, screen), _web.GIVEN_UP)
            ),
            "ordered and claimed": NearMiss(
                "terminated with success", _web.then(self._order(params, screen), _web.END)
            ),
            "looked and claimed": NearMiss(
                "terminated with success", _web.then(self._look(params, screen), _web.END)
            ),
            "state": NearMiss("orders", self._begun(params, ordered)),
        }

    def _begun(self, params: Params, change: Any) -> Any:
        """Change what the site has stored, also where it has stored nothing yet."""
        host = f"https://{self.host(params)}"
        start = '{"cart": [], "coupon": "", "orders": [], "address": {}}'

        def prepare(told: Any) -> None:
            told["stores"].setdefault(host, {}).setdefault("state", start)

        def both(files: dict[str, bytes]) -> dict[str, bytes]:
            return _web.stored(self.host(params), change)(_web.state(prepare)(files))

        return both

    def _look(self, params: Params, screen: Screen) -> Iterator[Turn]:
        yield from _web.click(screen, f"[data-id={params['other']}] h3 a")
        yield from _web.go(f"{self.host(params)}/checkout")
        yield from _web.click(screen, "header .brand")

    @staticmethod
    def _order(params: Params, screen: Screen) -> Iterator[Turn]:
        yield from _web.click(screen, f"[data-id={params['other']}] .add")
        yield from _web.clicks(screen, "#cart", "#checkout")
        for key in ("name", "street", "city"):
            yield from _web.fill(screen, f"[name={key}]", params[key])
        yield from _web.click(screen, "#order")
