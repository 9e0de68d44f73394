"""Draws docs/images/training.png from what examples/ppo.py and examples/clone.py leave.

    pip install matplotlib
    python docs/training.py runs docs/images/training.png

One picture for each problem: the success of the last hundred episodes over env steps; where there
are several seeds, their mean and the band from the worst to the best. The rows of docs/training.md
go to stdout.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

WIDTH, HEIGHT = 3.2, 2.6
COLOUR = "#2458a6"


def read(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """What the runs below a folder came to, by problem.

    Raises:
        SystemExit: there are none.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(folder.glob("*/curve.json")):
        run = json.loads(path.read_text())
        cloned = path.with_name("cloned.json")
        run["cloned"] = json.loads(cloned.read_text()).get("known") if cloned.exists() else None
        found.setdefault(run["problem"], []).append(run)
    if not found:
        raise SystemExit(f"no */curve.json below {folder}: has examples/ppo.py come to its end?")
    return found


def draw(axes: Any, problem: str, runs: list[dict[str, Any]]) -> None:
    """One problem."""
    curves = [np.array([(step, success) for step, _, success, _ in r["curve"]]) for r in runs]
    steps = min(curves, key=len)[:, 0]
    lines = np.stack([np.interp(steps, c[:, 0], c[:, 1]) for c in curves])
    if len(runs) > 1:
        axes.fill_between(steps, lines.min(0), lines.max(0), color=COLOUR, alpha=0.25, linewidth=0)
    axes.plot(steps, lines.mean(0), color=COLOUR, linewidth=1.4)
    axes.axhline(0.9, color="0.6", linewidth=0.7, linestyle=":")
    cloned = [r["cloned"] for r in runs if r["cloned"] is not None]
    if cloned:
        axes.axhline(np.mean(cloned), color="#b04a2f", linewidth=1.0, linestyle="--")
        axes.annotate("cloning alone", (steps[-1], np.mean(cloned)), (0, -9), ha="right",
                      textcoords="offset points", color="#b04a2f", fontsize=7)  # fmt: skip
    axes.set_title(f"{problem} ({len(runs)} seed{'s' * (len(runs) > 1)})", fontsize=9)
    axes.set_ylim(0, 1.02)
    axes.set_xlim(0, steps[-1])
    axes.tick_params(labelsize=7)
    axes.set_xlabel("env steps", fontsize=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def row(problem: str, runs: list[dict[str, Any]]) -> str:
    """What a problem's runs came to, seed by seed: a row of a table in Markdown."""

    def first(run: dict[str, Any]) -> str:
        enough = (step for step, over, success, _ in run["curve"] if success >= 0.9 and over >= 100)
        return str(next(enough, "never"))

    def of(key: str, digits: int = 2) -> str:
        told = (f"{run[key]:.{digits}f}" if key in run else "-" for run in runs)
        return ", ".join(told)

    steps = sorted({run["steps"] for run in runs})
    cells = (
        f"`{problem}`",
        ", ".join(str(run["seed"]) for run in runs),
        " or ".join(map(str, steps)),
        of("success"),
        ", ".join(map(first, runs)),
        of("known"),
        of("evaluated"),
        ", ".join(f"{run['seconds'] / 60:.0f}" for run in runs),
    )
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Reads, draws, writes, prints."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("runs", type=Path)
    given.add_argument("picture", type=Path)
    args = given.parse_args()
    found = read(args.runs)
    figure, all_axes = plt.subplots(
        1, len(found), figsize=(WIDTH * len(found), HEIGHT), squeeze=False, layout="constrained"
    )
    for axes, (problem, runs) in zip(all_axes[0], found.items(), strict=True):
        draw(axes, problem, runs)
        print(row(problem, runs))
    all_axes[0][0].set_ylabel("success of 100 episodes", fontsize=8)
    figure.savefig(args.picture, dpi=130)


if __name__ == "__main__":
    main()
