"""Print a page to a PDF file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

import numpy as np

from cuagym.actions import Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _chromium, _data, _site, _web
from ._family import SiteFamily


class SavePdf(SiteFamily):
    """Receipts of several orders, one of which is to be kept as a PDF.

    Parameters: `wording` (index), `brand`, `look`, `receipts` (`number`, `name`, `goods`), `wanted`
    (index), `file`.
    """

    id = "browser/save-pdf"
    capabilities = ("print", "pdf", "file-dialog", "look-up")
    difficulty = "medium"
    horizon = 30
    brands = ("Paper & Co", "Kiosk Nine", "Lamp Post", "The Tin Shop", "Brush House", "Teahouse")
    wordings = (
        "Print the receipt of {name} to a PDF file called '{file}' in the folder Documents.",
        "Save the page with {name}'s receipt as a PDF: '{file}', in Documents.",
        "I need the receipt for {name} as the file '{file}' (in the Documents folder; use the"
        " browser's print dialog).",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw receipts, and a name for the file."""
        site, count = self.site(rng), int(rng.integers(4, 8))
        number = int(rng.integers(1000, 9000))
        receipts = [
            {
                "number": number + 7 * index,
                "name": name,
                "goods": _data.goods(rng, int(rng.integers(2, 6))),
            }
            for index, name in enumerate(_data.names(rng, count))
        ]
        file = f"{_data.one(rng, ('receipt', 'proof', 'purchase', 'bill'))}.pdf"
        return {**site, "receipts": receipts, "wanted": int(rng.integers(count)), "file": file}

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return a page that lists the receipts, and a page for each."""
        host, brand, look = self.host(params), params["brand"], params["look"]
        rows = "".join(
            f'<tr><td>{each["number"]}</td><td>{escape(each["name"])}</td><td class="number">'
            f'<a id="r{each["number"]}" href="/{each["number"]}">Receipt</a></td></tr>'
            for each in params["receipts"]
        )
        body = f"<h1>Orders</h1><table><tr><th>Order<th>Customer<th></tr>{rows}</table>"
        out = _site.page(host, "index", brand, f"Orders - {brand}", look, body)
        for each in params["receipts"]:
            lines = "".join(
                f'<tr><td>{escape(p["name"])}<td class="number">{p["price"] / 100:.2f} EUR</tr>'
                for p in each["goods"]
            )
            body = (
                f'<div class="card"><h1>Receipt {each["number"]}</h1><p>{escape(each["name"])}'
                f'</p><table>{lines}</table><p class="price">Total: {self._total(each)} EUR</p>'
                "</div>"
            )
            title = f"Receipt {each['number']}"
            out |= _site.page(host, str(each["number"]), brand, title, look, body)
        return out

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        name = params["receipts"][params["wanted"]]["name"]
        return self.wordings[params["wording"]].format(name=name, file=params["file"])

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The file, and what it says."""
        receipt = params["receipts"][params["wanted"]]
        said = [f"Receipt {receipt['number']}", receipt["name"], f"{self._total(receipt)} EUR"]
        yield ValidatorSpec("files.exists", {"names": params["file"]})
        yield ValidatorSpec("pdf.text", {"name": params["file"], "pages": {"*": said}})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """The receipt's page, then the print dialog."""
        return _web.then(self._print(params, screen, params["wanted"], params["file"]), _web.END)

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """By the page's address."""
        number = params["receipts"][params["wanted"]]["number"]
        return {
            "address": _web.then(
                _web.go(f"{self.host(params)}/{number}"),
                _web.wait(),
                _chromium.print_to(screen, params["file"]),
                _web.END,
            )
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: another receipt, another name, the page itself, nothing of it."""
        file, wanted = params["file"], params["wanted"]

        def renamed(files: dict[str, bytes]) -> dict[str, bytes]:
            return {f"my-{file}" if name == file else name: data for name, data in files.items()}

        return {
            "another receipt": NearMiss(
                f"there is no 'Receipt {params['receipts'][wanted]['number']}'",
                _web.then(self._print(params, screen, wanted - 1, file), _web.END),
            ),
            "another name": NearMiss(f"there is no file '{file}'", renamed),
            "no pdf": NearMiss(file, lambda files: {**files, file: b"<h1>Receipt</h1>"}),
            "cut short": NearMiss(file, lambda files: {**files, file: files[file][:200]}),
        }

    @staticmethod
    def _total(receipt: dict[str, Any]) -> str:
        return f"{sum(int(p['price']) for p in receipt['goods']) / 100:.2f}"

    @staticmethod
    def _print(params: Params, screen: Screen, index: int, file: str) -> Iterator[Turn]:
        yield from _web.click(screen, f"#r{params['receipts'][index]['number']}")
        yield from _web.wait()
        yield from _chromium.print_to(screen, file)
