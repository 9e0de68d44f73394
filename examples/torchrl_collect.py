"""Frames of a real browser in a replay buffer of TorchRL.

    pip install 'cuagym[torchrl,miniwob]'
    python examples/torchrl_collect.py --frames 64

One desktop is a TorchRL env like any other; its images stay uint8, in the buffer too. --num-envs
takes several, each in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial

import gymnasium as gym
import torch
from torchrl.collectors import Collector
from torchrl.data import LazyTensorStorage, ReplayBuffer
from torchrl.envs import EnvBase, GymWrapper, ParallelEnv, check_env_specs

import cuagym  # noqa: F401 - registers the ids
from cuagym import wrappers

PAGE = (0, 106, 160, 210)
"""Where a page of MiniWoB++ lies: left, top, width, height in pixels."""


def arguments() -> argparse.Namespace:
    """What was asked for."""
    given = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    given.add_argument("--task", default="miniwob/click-test", help="an id of `cuagym list`")
    given.add_argument("--frames", type=int, default=64, help="env steps in all")
    given.add_argument("--batch", type=int, default=16, help="env steps of a batch")
    given.add_argument("--num-envs", type=int, default=1, help="desktops at once")
    given.add_argument("--seed", type=int, default=0, help="of tasks and actions")
    given.add_argument("--json", action="store_true", help="the shapes, for machines")
    return given.parse_args()


def make(task: str) -> EnvBase:
    """One desktop: small images in, a click on one of 80 cells out."""
    env = gym.make("CUA-Browser-v0", task=task, max_steps=5, size=(640, 480), look="plain")
    env = wrappers.ClickGrid(env, columns=8, rows=10, region=PAGE)
    env = wrappers.Screen(env, size=(80, 105), crop=PAGE)
    return GymWrapper(env, categorical_action_encoding=True)


def main() -> int:
    """Collects, and tells what came."""
    args = arguments()
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)  # the desktops want the CPUs
    alone = partial(make, args.task)
    env = alone() if args.num_envs == 1 else ParallelEnv(args.num_envs, alone)
    buffer = ReplayBuffer(storage=LazyTensorStorage(args.frames), batch_size=8)
    try:
        check_env_specs(env)
        env.set_seed(args.seed)
        # Without a policy the actions are random; yours is a TensorDictModule from "pixels".
        frames = {"frames_per_batch": args.batch, "total_frames": args.frames}
        collector = Collector(env, None, **frames)
        for batch in collector:
            buffer.extend(batch.reshape(-1))
            paid, ended = (float(batch["next", key].sum()) for key in ("reward", "done"))
            told = f"{len(buffer)} frames  {ended:.0f} episodes  reward {paid:.0f}"
            print(told, file=sys.stderr)
        collector.shutdown()
    finally:
        if not env.is_closed:
            env.close()
    sample = buffer.sample()
    said = {
        str(key if isinstance(key, str) else "/".join(key)): [str(value.dtype), *value.shape]
        for key, value in sample.items(include_nested=True, leaves_only=True)
    }
    result = {"frames": len(buffer), "sample": said}
    print(json.dumps(result) if args.json else "\n".join(f"{k}: {v}" for k, v in said.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
