"""A site with articles, for tasks that are about the browser and not about what it shows."""

from __future__ import annotations

from html import escape
from typing import Any, Final

import numpy as np

from cuagym.task import Params

from . import _data, _site

__all__ = ["BRANDS", "files", "sample"]

BRANDS: Final = ("Evening Reader", "The Slow Weekly", "Field & Kettle", "Plain Words", "Long Reads",
                 "Lantern Review")  # fmt: skip
_TITLES: Final = (
    *(
        "How rivers sleep",
        "A winter in the archive",
        "Bread without hurry",
        "Maps of small islands",
    ),
    *("The last lamplighter", "Letters from a lighthouse", "Seeds that wait", "On mending things"),
    *("Stairs of the old town", "A field guide to clouds", "Bells and clocks", "Salt and smoke"),
)
_LINES: Final = (
    "It begins early, long before the first boats leave the harbour.",
    "Nobody remembers who planted the trees along the lane.",
    "There is a word for it in the dialect of the valley, but it is seldom used.",
    "The instruments are old, and they are kept with great care.",
    "In the afternoon the light comes in from the side, and everything looks different.",
    "People stop and ask, and the answer is always the same.",
    "What is left of it can be seen from the bridge on clear days.",
    "The work is slow, and it is meant to be.",
)


def sample(rng: np.random.Generator, count: int) -> dict[str, Any]:
    """Draw articles, tables of `slug`, `title` and `lines`."""
    titles = _data.pick(rng, _TITLES, count)
    return {
        "articles": [
            {
                "slug": title.lower().replace(" ", "-"),
                "title": title,
                "lines": _data.pick(rng, range(len(_LINES)), int(rng.integers(5, len(_LINES)))),
            }
            for title in titles
        ]
    }


def files(params: Params, host: str) -> dict[str, bytes]:
    """Return the site: a page that lists the articles, and a page for each."""
    brand, look = params["brand"], params["look"]
    cards = "".join(
        f'<div class="card"><h3><a id="{each["slug"]}" href="/{each["slug"]}">'
        f'{escape(each["title"])}</a></h3><p class="muted">{_LINES[each["lines"][0]]}</p></div>'
        for each in params["articles"]
    )
    out = _site.page(host, "index", brand, brand, look, f"<h1>{escape(brand)}</h1>{cards}")
    for each in params["articles"]:
        text = "".join(f"<p>{_LINES[n]}</p>" for n in each["lines"])
        body = f'<article class="card"><h1>{escape(each["title"])}</h1>{text}</article>'
        out |= _site.page(host, each["slug"], brand, each["title"], look, body)
    return out
