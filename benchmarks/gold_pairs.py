"""Whether `workbook.equals_gold` is right about pairs of an initial and a gold workbook.

The pairs are those of real tasks, a folder for each, with an `initial.xlsx` and a `gold.xlsx`. The
initial one must fail, the gold one must pass, also as LibreOffice and as openpyxl store it, and
each of five seeded mutants of it must fail. Where a pair does not differ in the aspects that were
asked for, the first other aspect in which it does is added. The smallest are graded first.

    python benchmarks/gold_pairs.py PAIRS [--limit 20] [--json]
"""

from __future__ import annotations

import argparse
import datetime
import io
import json
import random
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from cuagym.errors import Fault
from cuagym.grading import Grader
from cuagym.task import TaskInstance, ValidatorSpec
from cuagym.validators.workbook._aspects import ASPECTS
from cuagym.verdict import Verdict

ASKED: Final = ("sheets", "values")
_TYPED: Final = 987654.25
Mutate = Callable[[openpyxl.Workbook, random.Random], bool]


@dataclass
class Report:
    """What was found about one pair.

    Attributes:
        name: The name of its folder.
        aspects: In what it was compared.
        skipped: Why it was not looked at; "" if it was.
        wrong: What ought to be otherwise, by what was graded.
        tried: How many verdicts there are.
    """

    name: str
    aspects: list[str] = field(default_factory=lambda: list(ASKED))
    skipped: str = ""
    wrong: dict[str, str] = field(default_factory=dict)
    tried: int = 0


def _load(data: bytes) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(data))


def _saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _filled(book: openpyxl.Workbook) -> list[Cell]:
    """The cells that hold a constant that is seen, and that is not computed anew all the same."""
    found = []
    for sheet in book.worksheets:
        computed = list(_computed(sheet))
        for cell in (c for row in sheet.iter_rows() for c in row):
            if not (isinstance(cell, Cell) and _seen(cell)):
                continue
            x, y = cell.column, cell.row
            if not any(
                left <= x <= right and top <= y <= end for left, top, right, end in computed
            ):
                found.append(cell)
    return found


def _computed(sheet: Worksheet) -> Iterator[tuple[Any, ...]]:
    """Where array formulas and pivot tables put what they compute."""
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, ArrayFormula):
                yield range_boundaries(cell.value.ref)
    for pivot in sheet._pivots:
        yield range_boundaries(pivot.location.ref)


def _seen(cell: Cell) -> bool:
    return cell.data_type != "f" and cell.value is not None and str(cell.value).strip() != ""


def _formulas(book: openpyxl.Workbook) -> list[Cell]:
    every = (c for sheet in book.worksheets for row in sheet.iter_rows() for c in row)
    return [c for c in every if isinstance(c, Cell) and c.data_type == "f"]


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1 if abs(value) < 1e5 else value * 1.5
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value + datetime.timedelta(days=1)
    return f"{value} x"


def _changed(book: openpyxl.Workbook, rng: random.Random) -> bool:
    cells = _filled(book)
    if cells:
        cell = rng.choice(cells)
        cell.value = _other(cell.value)
    return bool(cells)


def _cleared(book: openpyxl.Workbook, rng: random.Random) -> bool:
    cells = _filled(book)
    if cells:
        rng.choice(cells).value = None
    return bool(cells)


def _swapped(book: openpyxl.Workbook, rng: random.Random) -> bool:
    cells = _filled(book)
    if not cells:
        return False
    one = rng.choice(cells)
    kind = type(one.value)
    others = [c for c in cells if type(c.value) is kind and c.value != one.value]
    if not others:
        return False
    other = rng.choice(others)
    one.value, other.value = other.value, one.value
    return True


def _typed(book: openpyxl.Workbook, rng: random.Random) -> bool:
    cells = _formulas(book) or _filled(book)
    if cells:
        rng.choice(cells).value = _TYPED
    return bool(cells)


def _renamed(book: openpyxl.Workbook, rng: random.Random) -> bool:
    sheet = rng.choice(book.worksheets)
    sheet.title = f"{sheet.title[:25]} new"
    return True


MUTANTS: Final[dict[str, Mutate]] = {
    "another value": _changed,
    "a cleared cell": _cleared,
    "two cells swapped": _swapped,
    "a number typed over": _typed,
    "a sheet renamed": _renamed,
}


class _Judge:
    """Judges one pair."""

    def __init__(self, grader: Grader, folder: Path, seed: int) -> None:
        self.grader, self.seed = grader, seed
        self.initial = (folder / "initial.xlsx").read_bytes()
        self.gold = (folder / "gold.xlsx").read_bytes()
        self.report = Report(folder.name)

    def verdict(self, left: bytes, aspects: list[str]) -> Verdict:
        spec = ValidatorSpec("workbook.equals_gold", {"gold": "gold.xlsx", "aspects": aspects})
        task = TaskInstance(
            id="pairs/x",
            app="excel",
            files={"book.xlsx": self.initial},
            open="book.xlsx",
            gold={"gold.xlsx": self.gold},
            validators=(spec,),
        )
        self.report.tried += 1
        return self.grader.grade(task, {"book.xlsx": left}, status="success")

    def expect(self, what: str, left: bytes, success: bool) -> None:
        verdict = self.verdict(left, self.report.aspects)
        if verdict.fault:
            self.report.wrong[what] = f"fault: {verdict.fault}"
        elif verdict.success != success:
            said = "; ".join(c.detail for c in verdict.checks if not c.passed)
            self.report.wrong[what] = said or "it passed"

    def judge(self) -> Report:
        aspects = self.report.aspects
        if self.verdict(self.initial, aspects).success:
            others = [a for a in ASPECTS if a not in aspects]
            differ = (a for a in others if not self.verdict(self.initial, [a]).success)
            if (found := next(differ, None)) is None:
                self.report.wrong["initial"] = "it passed in every aspect"
                return self.report
            aspects.append(found)
        self.expect("initial", self.initial, False)
        self.expect("gold", self.gold, True)
        try:
            stored = self.grader.stored_again("gold.xlsx", self.gold)
            self.expect("gold, stored by LibreOffice", stored, True)
        except Fault as e:
            self.report.wrong["gold, stored by LibreOffice"] = str(e)
        self.expect("gold, stored by openpyxl", _saved(_load(self.gold)), True)
        for name, mutate in MUTANTS.items():
            book = _load(self.gold)
            if mutate(book, random.Random(f"{self.seed} {self.report.name} {name}")):
                self.expect(name, _saved(book), False)
        return self.report


def _judged(grader: Grader, folder: Path, seed: int) -> Report:
    try:
        return _Judge(grader, folder, seed).judge()
    except Exception as e:  # openpyxl's, about files that it cannot read
        return Report(folder.name, skipped=f"{type(e).__name__}: {e}")


def _summary(reports: list[Report]) -> dict[str, Any]:
    wrong = Counter(what for r in reports for what in r.wrong)
    return {
        "pairs": len(reports),
        "right": sum(not r.wrong and not r.skipped for r in reports),
        "skipped": sum(bool(r.skipped) for r in reports),
        "verdicts": sum(r.tried for r in reports),
        "wrong": dict(wrong),
        "other_aspects": dict(Counter(a for r in reports for a in r.aspects[len(ASKED) :])),
        "reports": [asdict(r) for r in reports if r.wrong or r.skipped],
    }


def main() -> int:
    """Grade every pair, say how far it is, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("pairs", type=Path, help="the folder of the pairs' folders")
    parser.add_argument("--limit", type=int, default=0, help="the most pairs (all)")
    parser.add_argument("--only", nargs="*", default=[], help="the names of some pairs")
    parser.add_argument("--seed", type=int, default=0, help="of the mutants (0)")
    parser.add_argument("--jobs", type=int, default=2, help="pairs at once (2)")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    args = parser.parse_args()
    golds = sorted(args.pairs.glob("*/gold.xlsx"), key=lambda p: (p.stat().st_size, p))
    folders = [p.parent for p in golds]
    folders = [f for f in folders if not args.only or f.name in args.only]
    folders = folders[: args.limit or None]
    reports: list[Report] = []
    with Grader() as grader, ThreadPoolExecutor(args.jobs) as threads:
        for report in threads.map(lambda f: _judged(grader, f, args.seed), folders):
            reports.append(report)
            print(f"{len(reports)}/{len(folders)} {report.name}", file=sys.stderr)
            for what, why in report.wrong.items():
                print(f"    {what}: {why[:300]}", file=sys.stderr, flush=True)
    summary = _summary(reports)
    if args.json:
        print(json.dumps(summary, indent=1))
    else:
        for report in summary.pop("reports"):
            for what, why in report["wrong"].items() or [("skipped", report["skipped"])]:
                print(f"{report['name']}: {what}: {why[:300]}")
        print(", ".join(f"{k} {v}" for k, v in summary.items()))
    return 1 if summary["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
