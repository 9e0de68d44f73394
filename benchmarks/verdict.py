"""What a verdict costs without a desktop: cold, from the command line, and warm, in a process.

    python benchmarks/verdict.py [--rows 10000] [--runs 7] [--json]

The workbook has six columns, two of them formulas; the task asks for a total and that nothing else
changed, so the document and the initial one are both recalculated. In turns with the command, a
bare LibreOffice of the same machine converts the document once (`soffice --convert-to xlsx`): what
anybody pays who lets LibreOffice compute it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import openpyxl

from cuagym import pack
from cuagym.bench import machine
from cuagym.grading import shared

TASK = """
id = "bench/orders"
app = "excel"
instruction = "Put the total of column E into {cell}, by a formula."
open = "orders.xlsx"

[[validators]]
name = "workbook.cells"
cells = {{ "{cell}" = {{ formula = true, value = {total} }} }}

[[validators]]
name = "workbook.unchanged"
outside = "{cell}"
"""


def make(folder: Path, rows: int) -> tuple[Path, Path]:
    """Write a task and a document in which it is done; return both."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Order", "Region", "Quantity", "Price", "Amount", "Share"])
    total, cell = 0, f"E{rows + 3}"
    for n in range(2, rows + 2):
        quantity, price = n * 37 % 90 + 1, n * 13 % 50 + 5
        total += quantity * price
        where = ("North", "East", "South", "West")[n % 4]
        shares = [f"=C{n}*D{n}", f"=E{n}/SUM(E$2:E$9)"]
        sheet.append([f"O-{n:06}", where, quantity, price, *shares])
    book.save(folder / "orders.xlsx")
    sheet[cell] = f"=SUM(E2:E{rows + 1})"
    book.save(folder / "done.xlsx")
    (folder / "task.toml").write_text(TASK.format(cell=cell, total=total))
    return folder / "task.toml", folder / "done.xlsx"


def timed(command: list[str], quiet: bool = False) -> tuple[float, str]:
    """Run a command; return its seconds and its output."""
    began = time.monotonic()
    complaints = subprocess.DEVNULL if quiet else None
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=complaints, text=True, check=True)
    return time.monotonic() - began, done.stdout


def converted(document: Path, folder: Path) -> float:
    """Seconds in which a bare LibreOffice, whose profile is there, converts a document."""
    soffice = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    target = ["--convert-to", "xlsx", "--outdir", str(folder / "out"), str(document)]
    return timed([*soffice, *target], quiet=True)[0]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=10_000, help="of the workbook (default: 10000)")
    parser.add_argument("--runs", type=int, default=7, help="of each (default: 7)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        figures = measure(Path(name), args.rows, args.runs)
    if args.json:
        print(json.dumps({**figures, "machine": machine.describe("excel")}, indent=2))
    else:
        for key, value in figures.items():
            print(f"{key:30}  {value}")
    return 0


def measure(folder: Path, rows: int, runs: int) -> dict[str, Any]:
    """Return the figures."""
    task, document = make(folder, rows)
    command = [sys.executable, "-m", "cuagym", "verdict", str(task), "--state", str(document)]
    command.append("--json")
    converted(document, folder)  # makes the profile
    cold, bare = [], []
    for run in range(runs):
        print(f"run {run + 1} of {runs} ...", file=sys.stderr)
        seconds, said = timed(command)
        assert json.loads(said)["success"], said
        cold.append(seconds)
        bare.append(converted(document, folder))
    instance = pack.find(str(task))[0].instance(0)
    left, warm = {"orders.xlsx": document.read_bytes()}, []
    with shared() as grader:
        grader.grade(instance, left)
        for _ in range(runs):
            began = time.monotonic()
            assert grader.grade(instance, left, fresh=True).success
            warm.append(time.monotonic() - began)
    medians = {
        "verdict_cold_p50_s": cold,
        "soffice_convert_p50_s": bare,
        "verdict_warm_p50_s": warm,
        "verdict_cold_over_soffice": [c / b for c, b in zip(cold, bare, strict=True)],
    }
    return {
        **{key: round(statistics.median(values), 2) for key, values in medians.items()},
        "rows": rows,
        "runs": runs,
        "cores": len(os.sched_getaffinity(0)),
    }


if __name__ == "__main__":
    sys.exit(main())
