"""An invoice: the clerk has the orders and the shop's page, the analyst the prices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any, Final

import numpy as np

from cuagym.actions import Key, Terminate, Type, Wait
from cuagym.app import WORKSPACE
from cuagym.documents import workbook_bytes
from cuagym.multi import Role, Say, Seat, TeamFamily, TeamMiss, TeamTurn
from cuagym.task import Params, ValidatorSpec
from cuagym.tasks.browser import _data, _site, _web
from cuagym.tasks.excel import _book, _calc

BOOK: Final = "invoice.xlsx"
SHEET: Final = "Invoice"
TABLE: Final = "invoice.txt"
SHARED: Final = f"{WORKSPACE}/Shared"
HEADER: Final = ("Product", "Price", "Quantity", "Amount")
END: Final = (Terminate(),)
BRANDS: Final = ("Harbour Supplies", "Mill Lane Traders", "Old Market Goods", "North Quay Stores")
CLERK: Final = (
    "You are the clerk; the analyst works on another desktop and has the prices. The page shows the"
    " orders of {customer}. Tell the analyst in one message how many of which product are ordered."
    " The analyst will put the finished invoice into the shared folder, as a text file: look at"
    " file://{folder}/{table} in the browser, then come back to this page, enter the invoice's"
    " total (digits alone) into the field 'Invoice total', and confirm.",
    "Confirm the orders of {customer} together with the analyst, who sees your messages but not"
    " your page: send what is ordered and how many of each; once you are told that the invoice is"
    " ready, read it at file://{folder}/{table}; then enter its total, as plain digits, as 'Invoice"
    " total' on the page, and press Confirm.",
)
ANALYST: Final = (
    "You are the analyst; the clerk on another desktop has the orders and will send you a message"
    " with the quantities. Enter them into column C of '{sheet}' (leave it empty for what nobody"
    " ordered). By formulas, D2:D{last} must hold price times quantity, in every row, and D{sum}"
    " their sum. Save the workbook. Then save a copy of the sheet in the folder Shared as '{table}'"
    " (as Text CSV, of that very name), and tell the clerk that the invoice is ready.",
    "Wait until the clerk tells you what is ordered, and make the invoice in '{sheet}': quantities"
    " in C (nothing where nothing is ordered), price times quantity in D2:D{last} and the sum in"
    " D{sum}, both by formulas in all of these cells; save. The clerk needs it as a text file: save"
    " a copy of the sheet as '{table}' (Text CSV, of that very name) in the folder Shared, and send"
    " the clerk a message once it is there.",
)


class Invoice(TeamFamily):
    """A page of orders that waits for a total, and a workbook of prices, on two desktops.

    Parameters: `wording` (index), `brand`, `look` (of the page), `customer`, `goods` (names and
    prices), `orders` (an order's number, the index of a product, how many).
    """

    id = "team/invoice"
    roles = {"clerk": Role("browser"), "analyst": Role("excel", save=True)}
    capabilities = ("form", "cell-entry", "formula-sum", "export-csv", "save", "messages")
    difficulty = "hard"
    horizon = 100

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw goods, and orders of some of them."""
        goods = [list(each) for part in _data.GOODS.values() for each in part]
        count = int(rng.integers(6, 9))
        ordered = sorted(_data.pick(rng, range(count), int(rng.integers(3, 5))))
        number = int(rng.integers(1000, 8000))
        return {
            "wording": int(rng.integers(len(CLERK))),
            "brand": _data.one(rng, BRANDS),
            "look": _site.look(rng),
            "customer": _data.names(rng, 1)[0],
            "goods": _data.pick(rng, goods, count),
            "orders": [
                [number + 7 * i, p, int(rng.integers(2, 60))] for i, p in enumerate(ordered)
            ],
        }

    def setup(self, params: Params, role: str) -> dict[str, bytes]:
        """Return the site, or the workbook without quantities."""
        return self._site(params) if role == "clerk" else self._book(params)

    def instruction(self, params: Params, role: str) -> str:
        """Return one of the wordings."""
        if role == "clerk":
            told = {"customer": params["customer"], "folder": SHARED, "table": TABLE}
            return CLERK[params["wording"]].format(**told)
        last = len(params["goods"]) + 1
        told = {"sheet": SHEET, "last": last, "sum": last + 1, "table": TABLE}
        return ANALYST[params["wording"]].format(**told)

    def validators(self, params: Params, role: str) -> Iterable[ValidatorSpec]:
        """The form was sent once; the quantities, and formulas that follow them."""
        if role == "clerk":
            fields = {"total": str(self._total(params))}
            form = {"to": f"{_host(params)}/thanks", "fields": fields, "only": True}
            yield ValidatorSpec("web.sent", {"wanted": [form], "others": False})
            return
        yield ValidatorSpec("workbook.cells", {"cells": self._cells(params)}, weight=3.0)
        last = len(params["goods"]) + 1
        yield ValidatorSpec(
            "workbook.unchanged", {"outside": f"{SHEET}!C2:D{last},{SHEET}!D{last + 1}"}
        )

    def joint(self, params: Params) -> Iterable[ValidatorSpec]:
        """The finished invoice lies in the shared folder, and the orders were told."""
        table = {"name": f"Shared/{TABLE}", "rows": self._table(params)}
        yield ValidatorSpec("files.table", table, weight=2.0)
        ordered = [params["goods"][product][0] for _, product, _ in params["orders"]]
        yield ValidatorSpec("files.text", {"name": "messages.txt", "contains": ordered})

    def solve(self, params: Params, seat: Seat) -> Iterator[TeamTurn]:
        """The clerk tells the orders; the analyst answers with a file; the clerk confirms it."""
        return self._confirmed(seat) if seat.role == "clerk" else self._invoiced(params, seat)

    def near_misses(self, params: Params) -> dict[str, TeamMiss]:
        """Wrong ends: a quantity misread, a total guessed, nothing shared, typed amounts."""
        book, total = f"analyst/{BOOK}", self._total(params)
        row, last = params["orders"][0][1] + 2, len(params["goods"]) + 2
        return {
            "one too many told": TeamMiss(
                "expected", {"clerk": lambda seat: self._confirmed(seat, more=1)}
            ),
            "the total guessed": TeamMiss(
                "its field 'total'", {"clerk": lambda seat: self._confirmed(seat, total="100")}
            ),
            "not confirmed": TeamMiss(
                "not sent", {"clerk": lambda seat: self._confirmed(seat, sent=False)}
            ),
            "not shared": TeamMiss(
                "there is no file",
                lambda files: {n: d for n, d in files.items() if n != f"Shared/{TABLE}"},
            ),
            "a number for the sum": TeamMiss(
                "a formula was asked for", _book.put(book, {f"D{last}": total})
            ),
            "a quantity lost": TeamMiss(f"C{row}", _book.put(book, {f"C{row}": None})),
            "a price changed": TeamMiss("B2 held", _book.put(book, {"B2": 1})),
            "not told": TeamMiss("there is no", lambda files: {**files, "messages.txt": b"\n"}),
        }

    @staticmethod
    def _site(params: Params) -> dict[str, bytes]:
        rows = "".join(
            f"<tr><td>{number}</td><td class=product>{escape(params['goods'][product][0])}</td>"
            f"<td class=count>{count}</td></tr>"
            for number, product, count in params["orders"]
        )
        body = (
            f"<h1>Orders of {escape(params['customer'])}</h1><table><thead><tr><th>Order</th>"
            f"<th>Product</th><th>Quantity</th></tr></thead><tbody>{rows}</tbody></table>"
            '<form method="post" action="/thanks"><label class="field"><span>Invoice total</span>'
            '<input name="total" autocomplete="off"></label>'
            '<button class="main" id="confirm">Confirm</button></form>'
        )
        thanks = '<h1>Thank you!</h1><div class="note">The orders are confirmed.</div>'
        host, brand, look = _host(params), params["brand"], params["look"]
        pages = _site.page(host, "index", brand, f"Orders - {brand}", look, body)
        return pages | _site.page(host, "thanks", brand, "Thank you", look, thanks)

    @staticmethod
    def _book(params: Params) -> dict[str, bytes]:
        book, sheet = _book.new(SHEET)
        rows: list[list[Any]] = [[name, price, None, None] for name, price in params["goods"]]
        widths = {"A": 22.0, **dict.fromkeys("BCD", 12.0)}
        _book.table(sheet, HEADER, [*rows, ["Total"]], None, widths, totals=True)
        return {BOOK: workbook_bytes(book)}

    @staticmethod
    def _counts(params: Params) -> list[int | None]:
        """Return how many of each product are ordered."""
        ordered = {product: count for _, product, count in params["orders"]}
        return [ordered.get(index) for index in range(len(params["goods"]))]

    @staticmethod
    def _total(params: Params) -> int:
        return sum(int(row[3]) for row in Invoice._table(params)[1:-1])

    @staticmethod
    def _table(params: Params) -> list[list[Any]]:
        """Return what the finished sheet shows."""
        pairs = zip(params["goods"], Invoice._counts(params), strict=True)
        rows = [[name, price, count, float(price * (count or 0))] for (name, price), count in pairs]
        total = sum(row[3] for row in rows)
        return [list(HEADER), *rows, ["Total", None, None, total]]

    @staticmethod
    def _cells(params: Params) -> Params:
        """Return what the cells must hold: formulas that follow the first product's quantity."""
        rows = Invoice._table(params)[1:]
        price, was = rows[0][1], rows[0][3]
        change = {f"{SHEET}!C2": 1000}
        wanted: Params = {}
        for number, row in enumerate(rows, 2):
            follows = {2: 1000 * price, len(rows) + 1: row[3] - was + 1000 * price}
            if number <= len(rows):
                wanted[f"{SHEET}!C{number}"] = row[2]
            what_if = {"set": change, "value": follows.get(number, row[3])}
            wanted[f"{SHEET}!D{number}"] = {"formula": True, "value": row[3], "what_if": what_if}
        return wanted

    @staticmethod
    def _confirmed(
        seat: Seat, more: int = 0, total: str = "", sent: bool = True
    ) -> Iterator[TeamTurn]:
        screen = seat.screen
        names = [e.text.strip() for e in screen.elements("td.product")]
        counts = [int(e.text) for e in screen.elements("td.count")]
        counts[0] += more
        told = "; ".join(f"{n} x {name}" for n, name in zip(counts, names, strict=True))
        yield (Say(f"Ordered are: {told}."),)
        yield from seat.listen("analyst")
        yield from _web.go(f"file://{SHARED}/{TABLE}")
        yield (Wait(1.0),)
        shown = screen.element("pre").text
        yield (Key(("alt", "Left")),)
        yield (Wait(1.0),)
        yield from _web.fill(screen, "[name=total]", total or re.findall(r"\d+", shown)[-1])
        if sent:
            yield from _web.click(screen, "#confirm")
        yield END

    @staticmethod
    def _invoiced(params: Params, seat: Seat) -> Iterator[TeamTurn]:
        screen, last = seat.screen, len(params["goods"]) + 1
        heard = yield from seat.listen("clerk")
        names = [name for name, _ in params["goods"]]
        for count, name in re.findall(r"(\d+) x ([^;.]+)", heard):
            yield from _calc.enter(screen, f"C{names.index(name) + 2}", count)
        yield from _calc.go_to(screen, f"D2:D{last}")
        yield (Type("=B2*C2"), *_calc.keys("alt+Return"))
        yield from _calc.enter(screen, f"D{last + 1}", f"=SUM(D2:D{last})")
        yield from _calc.save()
        yield from _save_as_text()
        yield (Say(f"The invoice is ready: {TABLE} in the shared folder."),)
        yield END


def _save_as_text() -> Iterator[TeamTurn]:
    """Save the sheet as text into the shared folder, under a name that a browser shows."""
    yield _calc.keys("ctrl+shift+s")
    yield Key(("alt", "t")), Type("Text"), Key(("alt", "a"))  # off: the ending is what is typed
    yield Key(("alt", "n")), *_calc.replace_field(f"{SHARED}/{TABLE}\n")
    yield _calc.keys("Return")  # to keep that format
    yield _calc.keys("Return")  # and how it is written: tabs between the fields


def _host(params: Params) -> str:
    plain = "".join(c for c in params["brand"].lower() if c.isalnum())
    return f"{plain}.example"
