"""Web sites of tasks: pages that share a stylesheet and a script, in the looks that a seed draws.

A site is an app (a script in `assets/`) with its pages, `data.json` that the pages show, and
`start.json`: what has been done. Once something is done that is stored in the browser, under
"state", so that it outlasts the page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, Final

import numpy as np

__all__ = ["Json", "START", "app", "document", "look", "page"]

Json = dict[str, Any]
START: Final = "start.json"
"""The file of a site that says what it begins with."""
_ACCENTS: Final = ("#1f5fbf", "#a3352c", "#2a7d4f", "#6a3fa0", "#a8560f", "#0f6f7f", "#374151")
_GROUNDS: Final = ("#f6f7f9", "#ffffff", "#faf7f2", "#f2f6f4")


@cache
def _asset(name: str) -> bytes:
    return files("cuagym.tasks.browser").joinpath("assets", name).read_bytes()


def look(rng: np.random.Generator) -> Json:
    """Draw what a site looks like: colours, corners, where its menu is."""
    return {
        "accent": str(rng.choice(_ACCENTS)),
        "ground": str(rng.choice(_GROUNDS)),
        "round": int(rng.choice([0, 4, 10])),
        "dark": bool(rng.integers(2)),
        "side": bool(rng.integers(3) == 0),
        "width": int(rng.choice([980, 1040, 1140])),
    }


def _style(look: Json) -> str:
    bar, text = (look["accent"], "#fff") if look["dark"] else ("#ffffff", "#23272e")
    return (
        f":root{{--accent:{look['accent']};--ground:{look['ground']};--round:{look['round']}px;"
        f"--width:{look['width']}px;--bar:{bar};--bar-text:{text}}}"
        + ("" if look["dark"] else "header{border-bottom:1px solid #dde1e6}")
    )


def document(
    brand: str,
    title: str,
    look: Json,
    body: str,
    nav: Mapping[str, str] | None = None,
    here: str = "",
    script: str = "",
) -> bytes:
    """Return a page.

    Args:
        brand: What the site is called.
        title: What the page is called.
        look: What `look` has drawn.
        body: What its main part holds, as HTML.
        nav: The menu's texts, by address.
        here: The page's name, for its script.
        script: The name of the app; "" for a page without one.
    """
    links = "".join(
        f'<a href="{escape(to)}"{" class=here" * (to.strip("/") == here)}>{escape(text)}</a>'
        for to, text in (nav or {}).items()
    )
    loads = f'<script type="module" src="/{script}"></script>' if script else ""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        f'</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/site.css">'
        f"<style>{_style(look)}</style></head>"
        f'<body data-page="{escape(here)}"{" class=side" * look["side"]}>'
        f'<header><a class="brand" href="/">{escape(brand)}</a><nav>{links}</nav>'
        f'<div class="aside"></div></header><main>{body}</main>'
        f"<footer>{escape(brand)}</footer>{loads}</body></html>\n"
    ).encode()


def page(
    host: str, name: str, brand: str, title: str, look: Json, body: str, **more: Any
) -> dict[str, bytes]:
    """Return a page without a script, and the stylesheet, as files of a task.

    Args:
        host: The site's.
        name: The page's, such as "index".
        brand: What the site is called.
        title: What the page is called.
        look: What `look` has drawn.
        body: What its main part holds, as HTML.
        **more: As `document` takes it.
    """
    return {
        f"sites/{host}/{name}.html": document(brand, title, look, body, **more),
        f"sites/{host}/site.css": _asset("site.css"),
    }


def app(
    host: str,
    name: str,
    brand: str,
    pages: Mapping[str, str],
    look: Json,
    data: Json,
    start: Json,
    nav: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """Return the files of a site with an app, its first page first.

    Args:
        host: The site's.
        name: The app's: `assets/NAME.js`.
        brand: What the site is called.
        pages: The pages' titles by name, "index" first.
        look: What `look` has drawn.
        data: What the pages show and nobody changes.
        start: What has been done.
        nav: The menu's texts, by address.
    """
    script = f"{name}.js"
    out = {
        f"sites/{host}/{each}.html": document(
            brand, f"{title} - {brand}", look, "", nav, each, script
        )
        for each, title in pages.items()
    }
    for asset in ("site.css", "site.js", script):
        out[f"sites/{host}/{asset}"] = _asset(asset)
    for file, value in (("data.json", data), (START, start)):
        out[f"sites/{host}/{file}"] = json.dumps(value, indent=1, ensure_ascii=False).encode()
    return out
