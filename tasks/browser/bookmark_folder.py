"""Make a folder of bookmarks, and put pages into it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Key, Turn
from cuagym.task import Change, NearMiss, Params, Screen, ValidatorSpec

from . import _chromium, _data, _reading, _web
from ._family import SiteFamily

_NAMES = ("Reading list", "For the train", "Sunday", "To translate", "Favourites", "Club")


class BookmarkFolder(SiteFamily):
    """Articles of a site, two or three of which belong into a new folder, one beside it.

    Parameters: `wording` (index), `brand`, `look`, `articles`, `folder`, `inside`, `titles` (their
    names), `beside` (indices).
    """

    id = "browser/bookmark-folder"
    capabilities = ("bookmarks", "multi-page", "browser-ui")
    difficulty = "hard"
    horizon = 60
    brands = _reading.BRANDS
    wordings = (
        "Make a folder '{folder}' in the bookmarks bar, and put bookmarks of these articles into"
        " it: {inside}. Bookmark '{beside}', too, but under 'Other bookmarks'.",
        "Bookmark the article '{beside}' in 'Other bookmarks'. In the bookmarks bar there shall be"
        " a new folder '{folder}' with bookmarks of {inside}.",
        "I need a bookmark folder called '{folder}' (in the bookmarks bar) that holds {inside}; and"
        " a bookmark of '{beside}' in 'Other bookmarks'.",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw articles, and which of them are to be bookmarked."""
        site, count = self.site(rng), int(rng.integers(5, 9))
        drawn = _reading.sample(rng, count)
        beside, *inside = _data.pick(rng, range(count), int(rng.integers(3, 5)))
        name = _data.one(rng, _NAMES)
        return {**site, **drawn, "folder": name, "inside": inside, "beside": beside}

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the site."""
        return _reading.files(params, self.host(params))

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        titles = [each["title"] for each in params["articles"]]
        inside = " and ".join(f"'{titles[n]}'" for n in params["inside"])
        told = {"folder": params["folder"], "inside": inside, "beside": titles[params["beside"]]}
        return self.wordings[params["wording"]].format(**told)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The bookmarks by address and folder; their titles are free."""
        folder = f"Bookmarks bar/{params['folder']}"
        wanted = [
            {"url": self._address(params, number), "folder": folder} for number in params["inside"]
        ]
        beside = self._address(params, params["beside"])
        wanted.append({"url": beside, "folder": "Other bookmarks"})
        yield ValidatorSpec("web.bookmarks", {"wanted": wanted, "others": False})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """The other one on its page; in the list of bookmarks, all that is inside."""
        return _web.then(
            self._beside(params, screen, "Other bookmarks"),
            self._folder(params, screen, params["folder"], params["inside"]),
            _web.END,
        )

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """All of it in the list of bookmarks, shown by its shortcut."""
        beside = params["beside"]
        title = params["articles"][beside]["title"]
        address = self._address(params, beside)
        return {
            "shortcut": _web.then(
                _web.do(Key(("ctrl", "shift", "o"))),
                _web.wait(2),
                _chromium.add_bookmark(screen, title, address, "Other bookmarks"),
                self._folder(params, screen, params["folder"], params["inside"], show=False),
                _web.END,
            )
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: another folder, one missing, all in the bar."""

        def changed(change: Callable[[Any], object]) -> Change:
            def edit(files: dict[str, bytes]) -> dict[str, bytes]:
                told = json.loads(files["browser/Bookmarks"])
                change(told["roots"]["bookmark_bar"])
                return {**files, "browser/Bookmarks": json.dumps(told).encode()}

            return edit

        def lose(bar: Any) -> None:
            bar["children"][0]["children"].pop()

        def rename(bar: Any) -> None:
            bar["children"][0]["name"] += " 2"

        def flatten(bar: Any) -> None:
            bar["children"] = bar["children"][0]["children"]

        return {
            "beside in the bar": NearMiss(
                "Other bookmarks",
                _web.then(self._beside(params, screen, "Bookmarks bar"), _web.END),
            ),
            "one missing": NearMiss("there is none", changed(lose)),
            "another folder": NearMiss(params["folder"], changed(rename)),
            "no folder": NearMiss("in 'Bookmarks bar'", changed(flatten)),
        }

    def _address(self, params: Params, number: int) -> str:
        return f"{self.host(params)}/{params['articles'][number]['slug']}"

    def _folder(
        self, params: Params, screen: Screen, name: str, inside: list[int], show: bool = True
    ) -> Iterator[Turn]:
        if show:
            yield from _chromium.manager(screen)
        yield from _chromium.add_folder(screen, name)
        for number in inside:
            title = params["articles"][number]["title"]
            yield from _chromium.add_bookmark(screen, title, self._address(params, number))

    def _beside(self, params: Params, screen: Screen, folder: str) -> Iterator[Turn]:
        yield from _web.go(self._address(params, params["beside"]))
        yield from _chromium.bookmark_page(screen, folder)
