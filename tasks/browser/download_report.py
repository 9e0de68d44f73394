"""Download the right one of many files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

import numpy as np

from cuagym.actions import Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _data, _site, _web
from ._family import SiteFamily

_MONTHS = ("January", "February", "March", "April", "May", "June")
_KINDS = ("sales", "visitors", "energy", "stock")


class DownloadReport(SiteFamily):
    """Reports by year on pages of their own; each is there by month and kind, as CSV.

    Parameters: `wording` (index), `brand`, `look`, `years`, `kinds`, `values`, `year`, `month`,
    `kind`.
    """

    id = "browser/download-report"
    capabilities = ("download", "multi-page", "look-up")
    difficulty = "easy"
    horizon = 20
    brands = ("Figures Office", "Open Ledger", "Report Shelf", "Data Cellar", "Numbers Room",
              "Statistics Point")  # fmt: skip
    wordings = (
        "Download the {kind} report of {month} {year} (the CSV file) to the folder for downloads,"
        " and no other.",
        "Please get me the file with the {kind} figures for {month} {year} from this site: a"
        " single download, into Downloads.",
        "Under the year {year} there is a {kind} report for {month}. Download it to where the"
        " browser puts downloads.",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw which reports there are, and which one is wanted."""
        years = _data.pick(rng, range(2015, 2026), 3)
        kinds = _data.pick(rng, _KINDS, 3)
        return {
            **self.site(rng),
            "years": sorted(years, reverse=True),
            "kinds": kinds,
            "values": [int(n) for n in rng.integers(100, 999, size=12)],
            "year": years[0],
            "month": _data.one(rng, _MONTHS),
            "kind": _data.one(rng, kinds),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return a page for each year, and the files."""
        host, brand, look = self.host(params), params["brand"], params["look"]
        years = [
            f'<div class="card row"><h3 class=grow>Reports of {year}</h3>'
            f'<a class=button id="y{year}" href="/{year}">Show</a></div>'
            for year in params["years"]
        ]
        body = f"<h1>{escape(brand)}</h1><p>Choose a year.</p>{''.join(years)}"
        files = _site.page(host, "index", brand, brand, look, body)
        for year in params["years"]:
            head = "".join(f"<th>{escape(kind.title())}</th>" for kind in params["kinds"])
            rows = "".join(
                f"<tr><td>{month}</td>"
                + "".join(
                    f'<td><a id="{month}-{kind}" href="/files/{self._name(kind, month, year)}"'
                    f" download>{kind} (CSV)</a></td>"
                    for kind in params["kinds"]
                )
                for month in _MONTHS
            )
            body = f"<h1>Reports of {year}</h1><table><tr><th>Month</th>{head}</tr>{rows}</table>"
            files |= _site.page(host, str(year), brand, f"{year} - {brand}", look, body)
            for kind in params["kinds"]:
                for month in _MONTHS:
                    path = f"sites/{host}/files/{self._name(kind, month, year)}"
                    files[path] = self._report(params, kind, month, year)
        return files

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        return self.wordings[params["wording"]].format(**params)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The download, its contents, and no others."""
        wanted = params["kind"], params["month"], params["year"]
        name = self._name(*wanted)
        source = f"{self.host(params)}/files/{name}"
        yield ValidatorSpec("web.downloads", {"wanted": {name: source}, "others": False})
        text = self._report(params, *wanted).decode()
        yield ValidatorSpec("files.text", {"name": f"Downloads/{name}", "equals": text})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """The year's page, then the link."""
        return _web.then(self._get(params, screen, params["year"], params["month"]), _web.END)

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """By typing the file's address."""
        host = self.host(params)
        name = self._name(params["kind"], params["month"], params["year"])
        return {
            "address": _web.then(_web.go(f"{host}/files/{name}"), _web.wait(), _web.END),
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: another year, another month, two of them, a mangled file."""
        other = next(y for y in params["years"] if y != params["year"])
        month = next(m for m in _MONTHS if m != params["month"])
        name = self._name(params["kind"], params["month"], params["year"])
        right = self._get(params, screen, params["year"], params["month"])
        path = f"Downloads/{name}"

        def unfinished(told: Any) -> None:
            told["downloads"][0]["state"] = "inProgress"

        return {
            "another year": NearMiss(
                "was not downloaded",
                _web.then(self._get(params, screen, other, params["month"]), _web.END),
            ),
            "two of them": NearMiss(
                "no other downloads",
                _web.then(
                    right,
                    _web.click(screen, f"[id='{month}-{params['kind']}']"),
                    _web.wait(),
                    _web.END,
                ),
            ),
            "mangled": NearMiss(
                f"{path}", lambda files: {**files, path: files[path].replace(b"1", b"2")}
            ),
            "cut short": NearMiss("its download is inProgress", _web.state(unfinished)),
            "moved away": NearMiss(
                "there is no file", lambda files: {k: v for k, v in files.items() if k != path}
            ),
        }

    @staticmethod
    def _name(kind: str, month: str, year: int) -> str:
        return f"{kind}-{year}-{_MONTHS.index(month) + 1:02}.csv"

    @staticmethod
    def _report(params: Params, kind: str, month: str, year: int) -> bytes:
        offset = _KINDS.index(kind) * 31 + _MONTHS.index(month) * 7 + year % 100
        rows = [f"{n + 1},{value * 3 + offset}" for n, value in enumerate(params["values"])]
        return "\n".join([f"week,{kind}", *rows, ""]).encode()

    @staticmethod
    def _get(params: Params, screen: Screen, year: int, month: str) -> Iterator[Turn]:
        yield from _web.click(screen, f"#y{year}")
        yield from _web.click(screen, f"[id='{month}-{params['kind']}']")
        yield from _web.wait()
