"""Order several products from a shop, with a coupon, to an address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Key, Turn, Type
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _data, _shop, _web
from ._family import SiteFamily, coin


class ShopOrder(SiteFamily):
    """A shop in whose cart something lies that somebody has forgotten.

    Parameters: `wording` (index), `brand`, `look`, `words` (index), `products`, `wanted` (counts by
    id), `forgotten` (id), `coupon`, `name`, `street`, `city`, `delivery`, `gift`.
    """

    id = "browser/shop-order"
    capabilities = ("form", "multi-page", "look-up", "quantity")
    difficulty = "hard"
    horizon = 90
    brands = _shop.BRANDS
    wordings = (
        "Order from {brand}: {items}. Nothing else may be in the order, so take out what is in the"
        " {cart} already. Use the code {coupon}. Deliver to {name}, {street}, {city} by {delivery},"
        " {gift}.",
        "Please buy {items} in this shop. Somebody left another article in the {cart}: remove it"
        " before you order. Redeem {coupon}, have it delivered to {name} ({street}, {city}),"
        " delivery: {delivery}, {gift}. Send the order.",
        "Place one order at {brand} with exactly these articles: {items}. The address is {name},"
        " {street}, {city}; delivery {delivery}; {gift}. Do not forget the code {coupon}, nor to"
        " remove what lies in the {cart} now.",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a shop, and what is to be ordered."""
        site, shop = self.site(rng), _shop.sample(rng)
        ids = _data.pick(rng, [p["id"] for p in shop["products"]], int(rng.integers(3, 5)))
        counts = [int(n) for n in rng.choice([2, 3, 4, 5, 6], size=len(ids) - 1)]
        return {
            **site,
            **shop,
            "wanted": dict(zip(ids[1:], [*counts[:-1], 1], strict=True)),
            "forgotten": ids[0],
            "coupon": _data.one(rng, list(_shop.COUPONS)),
            "name": _data.names(rng, 1)[0],
            "street": _data.street(rng),
            "city": _data.one(rng, _data.CITIES),
            "delivery": _data.one(rng, _shop.DELIVERY[1:]),
            "gift": coin(rng),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the shop."""
        return _shop.files(params, self.host(params), [{"id": params["forgotten"], "count": 1}])

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        named = {p["id"]: p["name"] for p in params["products"]}
        items = [f"{count} x {named[id]}" for id, count in params["wanted"].items()]
        gift = "wrapped as a gift" if params["gift"] else "without gift wrap"
        cart = _shop.WORDS[params["words"]]["cart"].lower()
        told = {**params, "items": ", ".join(items), "gift": gift, "cart": cart}
        return self.wordings[params["wording"]].format(**told)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """One order, as it was wanted; the cart is empty, and nothing else has changed."""
        host, order = self.host(params), "orders[0]"
        lines = {f"{order}.lines[id={id}].count": n for id, n in params["wanted"].items()}
        wanted: dict[str, Any] = {
            "orders.length": 1,
            f"{order}.lines.length": len(lines),
            **lines,
            "cart": [],
            **{f"{order}.{key}": params[key] for key in ("coupon", "delivery", "gift")},
            **{f"{order}.address.{key}": params[key] for key in ("name", "street", "city")},
        }
        told = {"site": host, "wanted": wanted, "start": "start.json"}
        yield ValidatorSpec("web.storage", told, weight=3.0)
        outside = ["orders", "cart", "coupon"]
        yield ValidatorSpec(
            "web.unchanged", {"site": host, "start": "start.json", "outside": outside}
        )

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Add each once, correct the counts in the cart, check out."""
        added = (_web.click(screen, f"[data-id={id}] .add") for id in params["wanted"])
        return _web.then(*added, self._check_out(params, screen), _web.END)

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The products' own pages; the form from field to field by keyboard."""
        pages = (
            _web.clicks(screen, f"[data-id={id}] h3 a", "button.add", "header .brand")
            for id in params["wanted"]
        )
        return {
            "by product": _web.then(*pages, self._check_out(params, screen, True), _web.END),
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the forgotten article ordered, other counts, twice, no coupon, not sent."""
        host, first = self.host(params), next(iter(params["wanted"]))
        added = [_web.click(screen, f"[data-id={id}] .add") for id in params["wanted"]]

        def order(change: Any) -> Any:
            return _web.stored(host, lambda state: change(state["orders"]))

        def one_more(orders: list[Any]) -> None:
            line = next(each for each in orders[0]["lines"] if each["id"] == first)
            line["count"] += 1

        return {
            "the forgotten article too": NearMiss(
                "lines.length",
                _web.then(*added, self._check_out(params, screen, remove=False), _web.END),
            ),
            "not sent": NearMiss(
                "orders.length",
                _web.then(*added, self._check_out(params, screen, send=False), _web.END),
            ),
            "another count": NearMiss(f"lines[id={first}].count", order(one_more)),
            "ordered twice": NearMiss(
                "orders.length", order(lambda orders: orders.append(orders[0]))
            ),
            "no coupon": NearMiss(
                "orders[0].coupon", order(lambda orders: orders[0].update(coupon=""))
            ),
        }

    def _check_out(
        self,
        params: Params,
        screen: Screen,
        keyboard: bool = False,
        remove: bool = True,
        send: bool = True,
    ) -> Iterator[Turn]:
        yield from _web.click(screen, "#cart")
        if remove:
            yield from _web.click(screen, f"[data-id={params['forgotten']}] .remove")
        for id, count in params["wanted"].items():
            if count > 1:
                yield from _web.fill(screen, f"[data-id={id}] [name=count]", f"{count}\t")
        yield from _web.fill(screen, "[name=coupon]", params["coupon"])
        yield from _web.clicks(screen, "#apply", "#checkout")
        texts = [params[key] for key in ("name", "street", "city")]
        if keyboard:
            yield from _web.click(screen, "[name=name]")
            yield (Type("\t".join(texts) + "\t"),)
            yield (Key(("Down",)),) * _shop.DELIVERY.index(params["delivery"])
            yield (Key(("Tab",)),)
            yield (Key(("space",)),) * params["gift"]
        else:
            for key, text in zip(("name", "street", "city"), texts, strict=True):
                yield from _web.fill(screen, f"[name={key}]", text)
            yield from _web.click(screen, f"[value='{params['delivery']}']")
            if params["gift"]:
                yield from _web.click(screen, "[name=gift]")
        if send:
            yield from _web.click(screen, "#order")
