"""Time MiniWoB pages in a real browser on application time; beside a peer, if one is given.

    python benchmarks/miniwob_speed.py [--peer SCRIPT] [--count N] [--tasks NAME ...]

Steps are settled: each lives one second of the page's own time. A click is one on the query bar,
which ends no episode; a key is `a`. SCRIPT is called with the same
--tasks and --count and prints a JSON object per task with "reset", "step_none", "step_click" and
"step_key", each with "p50_ms" and "per_s"; it is run after each of our tasks, so that both meet
the same machine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import gymnasium as gym

import cuagym  # noqa: F401
from cuagym.actions import Click, Key, Wait

TASKS = ["click-test", "click-button", "enter-text", "email-inbox"]
WHAT = ("reset", "step_none", "step_click", "step_key")


def summary(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "p50_ms": round(1e3 * ordered[len(ordered) // 2], 2),
        "p95_ms": round(1e3 * ordered[int(len(ordered) * 0.95)], 2),
        "per_s": round(1 / statistics.mean(ordered), 1),
    }


def steps(env: Any, action: Any, count: int) -> list[float]:
    """The seconds of steps that end no episode."""
    seconds: list[float] = []
    env.reset(seed=0)
    while len(seconds) < count:
        began = time.perf_counter()
        _, _, terminated, truncated, info = env.step(action)
        took = time.perf_counter() - began
        assert info["settled"] and not info["fault"], info
        if terminated or truncated:
            env.reset(seed=len(seconds))
        else:
            seconds.append(took)
    return seconds


def task(name: str, count: int) -> dict[str, Any]:
    """What our steps and resets on a page take."""
    how = {"task": f"miniwob/{name}", "prepare": 0, "max_steps": 40}
    env = gym.make("CUA-Browser-v0", disable_env_checker=True, **how).unwrapped
    try:
        env.reset(seed=0)
        (query,) = env.elements("#query")
        bar = Click(((query.x + query.width - 5) / 1280, (query.y + query.height - 5) / 720))
        resets = []
        for seed in range(max(20, count // 5)):
            env.step(bar)
            began = time.perf_counter()
            env.reset(seed=seed)
            resets.append(time.perf_counter() - began)
        return {
            "task": name,
            "reset": summary(resets),
            "reset_modes": env.reset_modes,
            "step_none": summary(steps(env, Wait(1.0), count)),
            "step_click": summary(steps(env, bar, count)),
            "step_key": summary(steps(env, Key(("a",)), count)),
        }
    finally:
        env.close()


def peer(script: str, name: str, count: int) -> dict[str, Any]:
    """What the peer says of the same page."""
    command = [sys.executable, script, "--tasks", name, "--count", str(count)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return dict(json.loads(said.splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", nargs="*", default=TASKS)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--peer", help="a script that times a peer")
    args = parser.parse_args()
    ratios: dict[str, list[float]] = {what: [] for what in WHAT}
    for name in args.tasks:
        ours = task(name, args.count)
        print(json.dumps({"cuagym": ours}), flush=True)
        if args.peer:
            theirs = peer(args.peer, name, args.count)
            print(json.dumps({"peer": theirs}), flush=True)
            for what in WHAT:
                ratios[what].append(ours[what]["per_s"] / theirs[what]["per_s"])
    if args.peer:
        middle: Callable[[list[float]], float] = statistics.median
        print(json.dumps({"times_as_fast": {w: round(middle(r), 2) for w, r in ratios.items()}}))


if __name__ == "__main__":
    main()
