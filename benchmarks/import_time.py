"""How much `import cuagym` costs over `import gymnasium`: medians of fresh processes.

python benchmarks/import_time.py [--runs 15] [--json]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys

CODE = """
import time
start = time.perf_counter()
import gymnasium
between = time.perf_counter()
import cuagym
print(between - start, time.perf_counter() - between)
"""


def once() -> tuple[float, float]:
    """Seconds of `import gymnasium` and, after it, of `import cuagym`, in a new interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True, cwd="/"
    )
    gymnasium, cuagym = map(float, done.stdout.split())
    return gymnasium, cuagym


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=15, help="fresh processes (default: 15)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    args = parser.parse_args()
    once()  # compiles what is not compiled yet
    gymnasium, cuagym = zip(*(once() for _ in range(args.runs)), strict=True)
    figures = {
        "import_gymnasium_p50_ms": round(statistics.median(gymnasium) * 1e3, 1),
        "import_cuagym_over_it_p50_ms": round(statistics.median(cuagym) * 1e3, 1),
        "import_cuagym_over_it_most_ms": round(max(cuagym) * 1e3, 1),
        "runs": args.runs,
    }
    if args.json:
        print(json.dumps(figures, indent=2))
    else:
        for key, value in figures.items():
            print(f"{key:30}  {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
