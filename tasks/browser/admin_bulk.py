"""Change the status of many rows of an admin table at once, and correct one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Key, Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _data, _site, _web
from ._family import SiteFamily

STATUSES = ("open", "in review", "on hold", "approved", "closed")
SIZE = 12
WORDS = {
    **{"find": "Filter", "any": "Any status", "set": "Set status ...", "picked": "selected"},
    **{"found": "rows", "edit": "Edit", "save": "Save", "cancel": "Cancel"},
}
_KINDS = {
    "Claims": ("Claim", "Customer", "City", "Amount"),
    "Orders": ("Order", "Client", "Branch", "Value"),
    "Tickets": ("Ticket", "Reported by", "Site", "Cost"),
}


class AdminBulk(SiteFamily):
    """A table of several pages; rows of one place and status are to be set to another status.

    Parameters: `wording` (index), `brand`, `look`, `kind`, `rows`, `place`, `old`, `new`, `edited`
    (id), `name` (its new one).
    """

    id = "browser/admin-bulk"
    capabilities = ("table", "filter", "bulk-edit", "pagination", "form")
    difficulty = "hard"
    horizon = 70
    brands = ("Backoffice", "Ledger Desk", "Control Room", "Opsboard", "Fieldbook", "Registry")
    wordings = (
        "Set the status of all {kind} of {place} that are '{old}' to '{new}'. Also correct"
        " {edited}: its '{column}' is {name}. Change nothing else.",
        "In {brand}, every row with {place} and the status '{old}' shall become '{new}', on all"
        " pages of the table. In the row {edited}, enter {name} as '{column}'.",
        "Please correct the {kind}: {edited} belongs to {name} ('{column}'). And what is '{old}' in"
        " {place} is '{new}' from now on; other places and other states stay as they are.",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw rows of a few places; some of one place have the status that is to go."""
        site = self.site(rng)
        count = int(rng.integers(28, 45))
        places = _data.pick(rng, _data.CITIES, 5)
        old, new = _data.pick(rng, STATUSES, 2)
        people = _data.names(rng, 20)
        number = int(rng.integers(2000, 8000))
        rows = [
            {
                "id": f"{number + 3 * index}",
                "name": _data.one(rng, people[1:]),
                "place": _data.one(rng, places[1:]),
                "amount": float(rng.integers(2000, 90000)) / 100,
                "status": _data.one(rng, STATUSES),
            }
            for index in range(count)
        ]
        mine = _data.pick(rng, range(count), int(rng.integers(6, 9)))
        for index in mine:
            rows[index]["place"] = places[0]
        for index in mine[:-2]:
            rows[index]["status"] = old
        for index in mine[-2:]:
            rows[index]["status"] = new
        rest = [row["id"] for row in rows if row["place"] != places[0]]
        return {
            **site,
            "kind": _data.one(rng, list(_KINDS)),
            **{"rows": rows, "place": places[0], "old": old, "new": new},
            **{"edited": _data.one(rng, rest), "name": people[0]},
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the admin site."""
        keys = ("id", "name", "place", "amount", "status")
        names = (*_KINDS[params["kind"]], "Status")
        columns = [
            {"key": key, "name": name, "kind": "money" if key == "amount" else "text"}
            for key, name in zip(keys, names, strict=True)
        ]
        words = {**WORDS, "title": params["kind"]}
        data = {"words": words, "columns": columns, "statuses": list(STATUSES), "size": SIZE}
        pages = {"index": params["kind"], "edit": "Edit"}
        look, host = params["look"], self.host(params)
        start, nav = {"rows": params["rows"]}, {"/": params["kind"]}
        return _site.app(host, "admin", params["brand"], pages, look, data, start, nav)

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        label, column = _KINDS[params["kind"]][:2]
        told = {
            **params,
            "kind": params["kind"].lower(),
            "edited": f"{label.lower()} {params['edited']}",
            "column": column,
        }
        return self.wordings[params["wording"]].format(**told)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The rows of that place and status, the one name, and nothing else."""
        wanted = {f"rows[id={id}].status": params["new"] for id in self._meant(params)}
        wanted[f"rows[id={params['edited']}].name"] = params["name"]
        site = {"site": self.host(params), "start": "start.json"}
        yield ValidatorSpec("web.storage", {**site, "wanted": wanted}, weight=3.0)
        yield ValidatorSpec("web.unchanged", {**site, "outside": list(wanted)})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Filter by place and status, tick all, set the status; then the one row."""
        return _web.then(
            self._filter(params, screen, params["place"], params["old"]),
            self._every(params, screen),
            _web.choose(screen, "[name=bulk]", params["new"]),
            self._edit(params, screen),
            _web.END,
        )

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Sorted by place, page by page, each row by hand."""
        return {
            "page by page": _web.then(
                self._edit(params, screen),
                self._by_hand(params, screen),
                _web.choose(screen, "[name=bulk]", params["new"]),
                _web.END,
            )
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: all of the status, one row missing, the name in another row."""
        host, meant = self.host(params), self._meant(params)

        def put(id: str, **values: Any) -> Any:
            def change(state: Any) -> None:
                next(r for r in state["rows"] if r["id"] == id).update(values)

            return _web.stored(host, change)

        return {
            "every place": NearMiss(
                "otherwise unchanged",
                _web.then(
                    self._filter(params, screen, "", params["old"]),
                    _web.click(screen, "#every"),
                    _web.choose(screen, "[name=bulk]", params["new"]),
                    _web.END,
                ),
            ),
            "one row missing": NearMiss(
                f"rows[id={meant[-1]}].status", put(meant[-1], status=params["old"])
            ),
            "the name in another row": NearMiss(
                f"rows[id={meant[0]}].name was", put(meant[0], name=params["name"])
            ),
            "another name": NearMiss(
                f"rows[id={params['edited']}].name", put(params["edited"], name="Nobody")
            ),
        }

    @staticmethod
    def _meant(params: Params) -> list[str]:
        wanted = params["place"], params["old"]
        return [r["id"] for r in params["rows"] if (r["place"], r["status"]) == wanted]

    @staticmethod
    def _filter(params: Params, screen: Screen, text: str, status: str) -> Iterator[Turn]:
        yield from _web.choose(screen, "[name=status]", status)
        if text:
            yield from _web.fill(screen, "[name=find]", f"{text}\t")

    def _every(self, params: Params, screen: Screen) -> Iterator[Turn]:
        yield from _web.click(screen, "#every")

    @staticmethod
    def _edit(params: Params, screen: Screen) -> Iterator[Turn]:
        yield from _web.click(screen, "header .brand")
        yield from _web.fill(screen, "[name=find]", f"{params['edited']}\t")
        yield from _web.click(screen, f"[data-id='{params['edited']}'] .edit")
        yield from _web.fill(screen, "[name=name]", params["name"])
        yield from _web.click(screen, "#save")

    def _by_hand(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Tick the rows where they stand, from page to page."""
        ids = [r["id"] for r in params["rows"]]
        page = 0
        for id in self._meant(params):
            while ids.index(id) // SIZE > page:
                yield from _web.click(screen, "#next")
                page += 1
            yield from _web.click(screen, f"[data-id='{id}'] .pick")
        yield (Key(("Home",)),)
