"""Put a shopping cart right: another count, one article out, one in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Key, Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _data, _shop, _web
from ._family import SiteFamily


class ShopCart(SiteFamily):
    """A cart of several articles: two lines are wrong, and the cheapest of a kind is missing.

    Parameters: `wording` (index), `brand`, `look`, `words` (index), `products`, `cart` (counts by
    id), `changed` (id), `count`, `removed` (id), `category` (of what is to be added).
    """

    id = "browser/shop-cart"
    capabilities = ("quantity", "compare", "look-up")
    difficulty = "easy"
    horizon = 30
    brands = _shop.BRANDS
    wordings = (
        "Correct the {cart}: there shall be {count} x {changed}, and no {removed} at all. Then add"
        " one piece of the cheapest article of the category {category}. Do not order anything.",
        "In the {cart} of {brand}, change the quantity of {changed} to {count}, remove {removed},"
        " and put in the least expensive {category} article, once. Leave it at that: no checkout.",
        "We need {count} of '{changed}', we do not need '{removed}', and we lack the cheapest thing"
        " under {category} (one of it). Bring the {cart} in line with that; do not check out.",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a shop whose cart holds some of what it sells."""
        site, shop = self.site(rng), _shop.sample(rng, 12, 18)
        products = shop["products"]
        category = _data.one(rng, sorted({p["category"] for p in products}))
        rest = [p["id"] for p in products if p["category"] != category]
        ids = _data.pick(rng, rest, min(len(rest), int(rng.integers(3, 6))))
        counts = [int(n) for n in rng.integers(1, 5, size=len(ids))]
        return {
            **site,
            **shop,
            "cart": dict(zip(ids, counts, strict=True)),
            "changed": ids[0],
            "count": counts[0] + int(rng.integers(1, 6)),
            "removed": ids[1],
            "category": category,
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the shop."""
        cart = [{"id": id, "count": count} for id, count in params["cart"].items()]
        return _shop.files(params, self.host(params), cart)

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        named = {p["id"]: p["name"] for p in params["products"]}
        told = {key: named[params[key]] for key in ("changed", "removed")}
        cart = _shop.WORDS[params["words"]]["cart"].lower()
        return self.wordings[params["wording"]].format(**{**params, **told, "cart": cart})

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The lines of the cart; nothing was ordered."""
        counts = {**params["cart"], params["changed"]: params["count"], self._cheapest(params): 1}
        del counts[params["removed"]]
        wanted = {
            "cart.length": len(counts),
            **{f"cart[id={id}].count": count for id, count in counts.items()},
        }
        site = {"site": self.host(params), "start": "start.json"}
        yield ValidatorSpec("web.storage", {**site, "wanted": wanted}, weight=3.0)
        yield ValidatorSpec("web.unchanged", {**site, "outside": ["cart"]})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Add from all products, then correct the cart."""
        return _web.then(self._add(params, screen), self._correct(params, screen), _web.END)

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The cart first, its count by the arrow keys; then the category's page."""
        up = params["count"] - params["cart"][params["changed"]]
        by_keys = _web.then(
            _web.click(screen, "#cart"),
            _web.click(screen, f"[data-id={params['changed']}] input", keys=()),
            [(Key(("Up",)),) * up],
            [(Key(("Tab",)),)],
            _web.click(screen, f"[data-id={params['removed']}] .remove"),
            _web.clicks(screen, "header nav a", f"a.tag[href$={params['category']}]"),
            _web.click(screen, f"[data-id={self._cheapest(params)}] .add"),
            _web.END,
        )
        return {"by keys and category": by_keys}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: a dearer article, ordered all the same, nothing removed."""
        host = self.host(params)
        dearest = max(self._of(params), key=lambda p: int(p["price"]))["id"]
        if dearest == self._cheapest(params):
            dearest = params["removed"]
        another = _web.then(
            self._correct(params, screen),
            _web.clicks(screen, "header .brand", f"[data-id={dearest}] .add"),
            _web.END,
        )
        line = {"id": params["removed"], "count": 1}
        return {
            "another article": NearMiss(f"cart[id={self._cheapest(params)}]", another),
            "not removed": NearMiss(
                "cart.length", _web.stored(host, lambda state: state["cart"].append(line))
            ),
            "another count": NearMiss(
                f"cart[id={params['changed']}].count",
                _web.stored(host, lambda state: state["cart"][0].update(count=77)),
            ),
            "ordered": NearMiss(
                "otherwise unchanged",
                _web.stored(host, lambda state: state["orders"].append({"id": "1"})),
            ),
        }

    @staticmethod
    def _of(params: Params) -> list[dict[str, Any]]:
        return [p for p in params["products"] if p["category"] == params["category"]]

    def _cheapest(self, params: Params) -> str:
        return str(min(self._of(params), key=lambda p: int(p["price"]))["id"])

    def _add(self, params: Params, screen: Screen) -> Iterator[Turn]:
        yield from _web.click(screen, f"[data-id={self._cheapest(params)}] .add")

    @staticmethod
    def _correct(params: Params, screen: Screen) -> Iterator[Turn]:
        yield from _web.click(screen, "#cart")
        line = f"[data-id={params['changed']}] [name=count]"
        yield from _web.fill(screen, line, f"{params['count']}\t")
        yield from _web.click(screen, f"[data-id={params['removed']}] .remove")
