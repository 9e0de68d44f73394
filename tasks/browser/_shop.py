"""A shop: products, a cart, a checkout."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from cuagym.task import Params

from . import _data, _site

__all__ = ["BRANDS", "COUPONS", "DELIVERY", "WORDS", "files", "sample"]

BRANDS: Final = (
    *("Oak & Ivy", "Northwind Goods", "Corner Depot", "Pebble Store", "Lark Supply"),
    "Juniper Market",
)
COUPONS: Final = {"SPRING10": 10, "WELCOME5": 5, "FRIENDS15": 15, "LOYAL20": 20}
DELIVERY: Final = ("Standard", "Express", "Pick-up point")
_COMMON: Final = {
    **{"remove": "Remove", "total": "Total", "sum": "Sum", "price": "Price", "gift": "Gift wrap"},
    **{"street": "Street and number", "city": "City", "delivery": "Delivery"},
    **{"missing": "Please fill in all fields.", "back": "Continue shopping", "currency": "EUR"},
}
WORDS: Final = (
    {
        **_COMMON,
        **{"title": "All products", "all": "All", "cart": "Cart", "add": "Add to cart"},
        **{"empty": "Your cart is empty.", "item": "Item", "count": "Quantity", "apply": "Apply"},
        **{"code": "Coupon code", "checkout": "Checkout", "name": "Full name"},
        **{"order": "Place order", "thanks": "Thank you for your order!"},
    },
    {
        **_COMMON,
        **{"title": "Our range", "all": "Everything", "cart": "Basket", "add": "Add"},
        **{"empty": "There is nothing in your basket.", "item": "Product", "count": "Pieces"},
        **{"apply": "Redeem", "code": "Promotion code", "checkout": "Go to checkout"},
        **{"name": "Name of recipient", "order": "Buy now", "thanks": "Your order is on its way"},
    },
    {
        **_COMMON,
        **{"title": "Shop", "all": "All goods", "cart": "Bag", "add": "Put in bag"},
        **{"empty": "Your bag is empty.", "item": "Article", "count": "Qty", "apply": "Use code"},
        **{"code": "Voucher", "checkout": "Continue to payment", "name": "Name"},
        **{"order": "Confirm order", "thanks": "Order received"},
    },
)


def sample(rng: np.random.Generator, low: int = 9, high: int = 15) -> dict[str, Any]:
    """Draw what a shop sells, and its words."""
    return {
        "products": _data.goods(rng, int(rng.integers(low, high))),
        "words": int(rng.integers(len(WORDS))),
    }


def files(params: Params, host: str, cart: list[dict[str, Any]]) -> dict[str, bytes]:
    """Return the shop's files.

    Args:
        params: With what `sample` drew, the brand and the look.
        host: The site's.
        cart: What lies in the cart, tables of `id` and `count`.
    """
    words = WORDS[params["words"]]
    products = [
        {**each, "about": f"{each['name']} from our {each['category'].lower()} range."}
        for each in params["products"]
    ]
    data = {
        "words": words,
        "products": products,
        "coupons": COUPONS,
        "delivery": list(DELIVERY),
    }
    start = {"cart": cart, "coupon": "", "orders": [], "address": {}}
    pages = {
        "index": words["title"],
        "product": words["item"],
        "cart": words["cart"],
        "checkout": words["checkout"],
        "done": words["thanks"],
    }
    look, nav = params["look"], {"/": words["title"]}
    return _site.app(host, "shop", params["brand"], pages, look, data, start, nav)
