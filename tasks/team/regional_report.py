"""A quarter's report: the analyst works the figures out, the author writes and publishes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np

from cuagym.actions import Terminate, Type
from cuagym.app import WORKSPACE
from cuagym.documents import workbook_bytes
from cuagym.multi import Role, Say, Seat, TeamFamily, TeamMiss, TeamTurn
from cuagym.task import Change, Params, ValidatorSpec
from cuagym.tasks.excel import _book, _calc, _rows
from cuagym.tasks.word import _doc, _words, _writer

BOOK: Final = "sales.xlsx"
REPORT: Final = "report.docx"
TABLE: Final = "branches.csv"
PDF: Final = "report.pdf"
SHARED: Final = f"{WORKSPACE}/Shared"
SHEET: Final = "Sales"
END: Final = (Terminate(),)
QUARTERS: Final = (
    ("January", "February", "March"),
    ("April", "May", "June"),
    ("July", "August", "September"),
    ("October", "November", "December"),
)
TOTAL, BEST = "[TOTAL]", "[BEST]"
LINES: Final = (
    "All branches together took {total} euros in the quarter.",
    "The best branch of the quarter is {best}.",
)
ANALYST: Final = (
    "You are the analyst; the author of the quarter's report works on another desktop and needs"
    " your figures. In '{sheet}', fill in E2:E{last} (each branch's total of the three months) and"
    " E{sum} (the grand total), all by formulas, and save the workbook. Save a copy of the sheet"
    " as '{table}' (fields separated by commas) in the folder Shared. Then tell the author in a"
    " message the grand total, as digits alone, and which branch has the highest total.",
    "Work out the quarter for the author, who sees your messages but not your desktop: totals of"
    " the three months per branch in E2:E{last} of '{sheet}' and their sum in E{sum}, by formulas;"
    " save. Put the finished sheet as '{table}' (CSV with commas) into the folder Shared, and send"
    " the author the sum (plain digits) and the name of the branch with the highest total.",
)
AUTHOR: Final = (
    "You are the author of the quarter's report; the analyst on another desktop will send you a"
    " message with the grand total and the best branch. Put the total (digits alone) in the place"
    " of {TOTAL} and the branch's name in the place of {BEST}, leave the rest as it is, and save."
    " Then export the report as '{pdf}' into the folder Shared.",
    "The report lacks two facts, marked {TOTAL} and {BEST}. Wait until the analyst tells you the"
    " total and the best branch, replace the two marks by them (the total as plain digits), save"
    " the document, and publish it as the PDF file '{pdf}' in the folder Shared.",
)


class RegionalReport(TeamFamily):
    """A workbook of branches and months, and a report with two gaps, on two desktops.

    Parameters: `wording` (index), `months` (of the quarter), `branches`, `amounts` (a row of three
    whole numbers for each branch), `report` (title, author, date, sections).
    """

    id = "team/regional-report"
    roles = {"analyst": Role("excel", save=True), "author": Role("word", save=True)}
    capabilities = ("formula-sum", "export-csv", "text-edit", "export-pdf", "save", "messages")
    difficulty = "medium"
    horizon = 80

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw branches and amounts; one of them is the best by far."""
        count = int(rng.integers(4, 8))
        amounts = rng.integers(2_000, 30_000, size=(count, 3))
        amounts[int(rng.integers(count))] += 31_000
        return {
            "wording": int(rng.integers(len(ANALYST))),
            "months": list(QUARTERS[int(rng.integers(len(QUARTERS)))]),
            "branches": _words.pick(rng, _words.CITIES, count),
            "amounts": amounts.tolist(),
            "report": _words.report(rng, 2, sentences=3),
        }

    def setup(self, params: Params, role: str) -> dict[str, bytes]:
        """Return the workbook without its totals, or the report with its gaps."""
        return self._book(params) if role == "analyst" else self._report(params)

    def instruction(self, params: Params, role: str) -> str:
        """Return one of the wordings."""
        if role == "analyst":
            last = len(params["branches"]) + 1
            told = {"sheet": SHEET, "last": last, "sum": last + 1, "table": TABLE}
            return ANALYST[params["wording"]].format(**told)
        return AUTHOR[params["wording"]].format(TOTAL=TOTAL, BEST=BEST, pdf=PDF)

    def validators(self, params: Params, role: str) -> Iterable[ValidatorSpec]:
        """Formulas that follow the months; the two sentences; and nothing else changed."""
        if role == "analyst":
            yield ValidatorSpec("workbook.cells", {"cells": self._cells(params)}, weight=3.0)
            last = len(params["branches"]) + 2
            yield ValidatorSpec("workbook.unchanged", {"outside": f"{SHEET}!E2:E{last}"})
            return
        now = self._lines(params)
        yield ValidatorSpec("document.text", {"contains": now, "absent": [TOTAL, BEST]}, weight=2.0)
        yield ValidatorSpec("document.unchanged", {"outside": [TOTAL, BEST]})

    def joint(self, params: Params) -> Iterable[ValidatorSpec]:
        """The figures were shared and told, and the report was published."""
        yield ValidatorSpec(
            "files.table", {"name": f"Shared/{TABLE}", "rows": self._table(params)}, weight=2.0
        )
        yield ValidatorSpec(
            "pdf.text", {"name": f"Shared/{PDF}", "pages": {"*": self._lines(params)}}, weight=2.0
        )
        facts = [str(fact) for fact in self._facts(params)]
        yield ValidatorSpec("files.text", {"name": "messages.txt", "contains": facts})

    def solve(self, params: Params, seat: Seat) -> Iterator[TeamTurn]:
        """The analyst computes, shares and tells; the author listens, writes and publishes."""
        if seat.role == "analyst":
            return self._analysed(params, seat)
        return self._written(seat)

    def near_misses(self, params: Params) -> dict[str, TeamMiss]:
        """Wrong ends: a wrong figure told, nobody listened, not shared, not saved, typed totals."""
        total, _ = self._facts(params)
        book, sheet = f"analyst/{BOOK}", params["branches"]
        return {
            "another total told": TeamMiss(
                "there is no", {"analyst": lambda s: self._analysed(params, s, total=total - 10)}
            ),
            "the author did not listen": TeamMiss(
                "there is no", {"author": lambda s: self._written(s, said="1000 in Rome")}
            ),
            "not exported": TeamMiss(
                "there is no file", {"author": lambda s: self._written(s, published=False)}
            ),
            "nothing shared": TeamMiss("there is no file", _removed(f"Shared/{TABLE}")),
            "a number for the formula": TeamMiss(
                "a formula was asked for", _book.put(book, {f"E{len(sheet) + 2}": total})
            ),
            "a heading changed": TeamMiss(
                "paragraph 3",
                _doc.reworded(f"author/{REPORT}", params["report"]["sections"][0]["title"], "Misc"),
            ),
            "not told": TeamMiss("there is no", lambda files: {**files, "messages.txt": b"\n"}),
        }

    @staticmethod
    def _book(params: Params) -> dict[str, bytes]:
        book, sheet = _book.new(SHEET)
        pairs = zip(params["branches"], params["amounts"], strict=True)
        rows: list[list[Any]] = [[branch, *amounts, None] for branch, amounts in pairs]
        header = ["Branch", *params["months"], "Total"]
        widths = {"A": 18.0, **dict.fromkeys("BCDE", 13.0)}
        _book.table(sheet, header, [*rows, ["Total"]], None, widths, totals=True)
        return {BOOK: workbook_bytes(book)}

    @staticmethod
    def _report(params: Params) -> dict[str, bytes]:
        document = _doc.report(params["report"])
        document.add_heading("Figures", 1)
        for line in LINES:
            document.add_paragraph(line.format(total=TOTAL, best=BEST))
        return {REPORT: _doc.document_bytes(document)}

    @staticmethod
    def _facts(params: Params) -> tuple[int, str]:
        """Return the grand total, and the best branch."""
        sums = [sum(row) for row in params["amounts"]]
        return sum(sums), params["branches"][sums.index(max(sums))]

    @staticmethod
    def _lines(params: Params) -> list[str]:
        total, best = RegionalReport._facts(params)
        return [line.format(total=total, best=best) for line in LINES]

    @staticmethod
    def _table(params: Params) -> list[list[Any]]:
        """Return what the finished sheet shows."""
        pairs = zip(params["branches"], params["amounts"], strict=True)
        rows = [[branch, *amounts, sum(amounts)] for branch, amounts in pairs]
        total, _ = RegionalReport._facts(params)
        header = ["Branch", *params["months"], "Total"]
        return [header, *rows, ["Total", None, None, None, total]]

    @staticmethod
    def _cells(params: Params) -> Params:
        """Return what the cells must hold: formulas that follow the first branch's months."""
        sums = [sum(row) for row in params["amounts"]]
        names = [f"{SHEET}!E{row}" for row in range(2, len(sums) + 3)]
        wanted: Params = {}
        first = {f"{SHEET}!{letter}2": 10 * place for place, letter in enumerate("BCD", 1)}
        for place, (name, value) in enumerate(zip(names, [*sums, sum(sums)], strict=True)):
            follows = {0: 60, len(sums): sum(sums[1:]) + 60}.get(place, value)
            wanted[name] = {"formula": True, "value": value}
            wanted[name]["what_if"] = {"set": first, "value": follows}
        return wanted

    @staticmethod
    def _analysed(params: Params, seat: Seat, total: int | None = None) -> Iterator[TeamTurn]:
        screen, last = seat.screen, len(params["branches"]) + 1
        yield from _calc.go_to(screen, f"E2:E{last}")
        yield (Type("=SUM(B2:D2)"), *_calc.keys("alt+Return"))
        yield from _calc.enter(screen, f"E{last + 1}", f"=SUM(E2:E{last})")
        yield from _calc.save()
        yield from _rows.save_csv(screen, f"{SHARED}/{TABLE.removesuffix('.csv')}", ",")
        right, best = RegionalReport._facts(params)
        told = right if total is None else total
        yield (Say(f"The grand total is {told} euros. The best branch is {best}."),)
        yield END

    @staticmethod
    def _written(seat: Seat, said: str = "", published: bool = True) -> Iterator[TeamTurn]:
        heard = said or (yield from seat.listen("analyst"))
        numbers, names = re.findall(r"\d+", heard), re.findall(r"\b[A-Z]\w+", heard)
        for mark, fact in ((TOTAL, numbers[0]), (BEST, names[-1])):
            yield from _writer.select(mark)
            yield (Type(fact),)
        yield from _writer.save()
        if published:
            yield from _writer.menu(seat.screen, "File", "Export As", "Export Directly as PDF")
            yield (*_writer.replace_field(f"{SHARED}/{PDF}"), *_writer.keys("Return"))
        yield END


def _removed(name: str) -> Change:
    return lambda files: {n: data for n, data in files.items() if n != name}
