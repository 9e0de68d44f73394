"""What an oracle does on a real Calc, as a dataset of Minari.

    pip install 'cuagym[minari]'
    python examples/minari_dataset.py --episodes 4 --out runs/minari

The oracle plays with a learner's own actions: a click on one of 66 cells, or "I am done". The
dataset holds the wrappers too, so that `recover_environment` gives the same env again. Without
--out it goes when the example ends.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import gymnasium as gym
import minari

import cuagym  # noqa: F401 - registers the ids
from cuagym import wrappers

NAME = "cuagym/select-cell/oracle-v0"
SHEET = (36, 144, 402, 220)
"""Columns A to F and rows 1 to 11 of a sheet in the plain look: left, top, width, height."""


def arguments() -> argparse.Namespace:
    """What was asked for."""
    given = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    given.add_argument("--episodes", type=int, default=4, help="one for each seed from 0")
    given.add_argument("--out", type=Path, help="folder of datasets; none: a temporary one")
    given.add_argument("--json", action="store_true", help="what is in it, for machines")
    return given.parse_args()


def record(episodes: int) -> int:
    """Plays the oracle and writes the dataset; how many steps it took."""
    env: Any = gym.make("CUA-Excel-v0", task="practice/select-cell", look="plain")
    env = wrappers.ClickGrid(env, columns=6, rows=11, region=SHEET, terminate=True)
    env = wrappers.Screen(env, size=(60, 44), crop=SHEET, keep=["instruction"])
    encode = env.get_wrapper_attr("encode")
    collector, steps = minari.DataCollector(env), 0
    try:
        for seed in range(episodes):
            _, info = collector.reset(seed=seed)
            for action in (a for turn in env.unwrapped.oracle() for a in turn):
                _, _, _, _, info = collector.step(encode(action))
                steps += 1
            print(f"{info['instruction']}  success {info['is_success']}", file=sys.stderr)
        told = {"algorithm_name": "oracle", "description": "Clicks the cell that is named."}
        collector.create_dataset(NAME, eval_env=env, requirements=["cuagym"], **told)
    finally:
        collector.close()
    return steps


def shown() -> list[dict[str, Any]]:
    """What the dataset holds, read from its files: an entry for each episode."""
    dataset = minari.load_dataset(NAME)
    env = dataset.recover_environment()  # starts no desktop until it is reset
    [meanings] = env.get_wrapper_attr("meanings")
    env.close()
    return [
        {
            "instruction": bytes(episode.observations["instruction"][0]).rstrip(b"\0").decode(),
            "actions": [meanings[action] for action in episode.actions],
            "rewards": episode.rewards.tolist(),
            "screens": [str(episode.observations["screen"].dtype)]
            + list(episode.observations["screen"].shape),
        }
        for episode in dataset
    ]


def main() -> int:
    """Records, loads again, tells."""
    args = arguments()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MINARI_DATASETS_PATH"] = str(args.out.resolve() if args.out else folder)
        recorded = record(args.episodes)
        episodes = shown()
    result = {"dataset": NAME, "recorded": recorded, "episodes": episodes}
    print(json.dumps(result) if args.json else "\n".join(map(str, episodes)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
