"""PPO of RLlib on a real Calc: which cell is it that earns a reward?

    pip install cuagym 'ray[rllib]>=2.54' torch     # docs/ecosystem.md tells what goes with it
    python examples/rllib_ppo.py --iterations 2

RLlib makes the env from a function; its workers (--env-runners) each have a desktop of their own.
The task is always the same instance, so that the image alone suffices.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

import gymnasium as gym
import numpy as np
import ray
from ray.rllib.algorithms.ppo import PPOConfig
from ray.rllib.core.rl_module.default_model_config import DefaultModelConfig
from ray.tune.registry import register_env

import cuagym  # noqa: F401 - registers the ids
from cuagym import wrappers

SHEET = (36, 144, 402, 220)
"""Columns A to F and rows 1 to 11 of a sheet in the plain look: left, top, width, height."""


def arguments() -> argparse.Namespace:
    """What was asked for."""
    given = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    given.add_argument("--iterations", type=int, default=2, help="more, to learn something")
    given.add_argument("--steps", type=int, default=16, help="env steps of an iteration")
    given.add_argument("--env-runners", type=int, default=0, help="processes; 0: this one")
    given.add_argument("--seed", type=int, default=0, help="of network and actions")
    given.add_argument("--json", action="store_true", help="the result, for machines")
    return given.parse_args()


def make(config: dict[str, Any]) -> gym.Env[Any, Any]:
    """One desktop; an episode is one click on one of 66 cells. Images are float32, 0 to 1."""
    env = gym.make("CUA-Excel-v0", look="plain", max_steps=1, **config)
    env = wrappers.ClickGrid(env, columns=6, rows=11, region=SHEET)
    env = wrappers.Screen(env, size=(60, 44), crop=SHEET)
    seen = gym.spaces.Box(0.0, 1.0, env.observation_space.shape, np.float32)
    return gym.wrappers.TransformObservation(env, lambda x: x.astype(np.float32) / 255, seen)


def main() -> int:
    """Learns for a while; what came of it."""
    args = arguments()
    ray.init(num_cpus=1 + args.env_runners, include_dashboard=False, log_to_driver=False)
    register_env("cuagym", make)
    layers = DefaultModelConfig(conv_filters=[[16, 5, 2], [32, 5, 2]], head_fcnet_hiddens=[128])
    batch = {"train_batch_size_per_learner": args.steps, "minibatch_size": args.steps}
    config = (
        PPOConfig()
        .environment("cuagym", env_config={"task": "practice/select-cell", "task_seeds": [0]})
        .env_runners(num_env_runners=args.env_runners, rollout_fragment_length="auto")
        .training(lr=1e-3, num_epochs=4, gamma=0.9, **batch)
        .rl_module(model_config=layers)
        .debugging(seed=args.seed)
    )
    result: dict[str, Any] = {"iterations": 0, "steps": 0, "episodes": 0}
    try:
        algorithm = config.build_algo()
        try:
            for iteration in range(1, args.iterations + 1):
                told = algorithm.train()["env_runners"]
                result["iterations"] = iteration
                result["steps"] = int(told["num_env_steps_sampled_lifetime"])
                result["episodes"] = int(told["num_episodes_lifetime"])
                result["return_mean"] = float(told["episode_return_mean"])
                print("  ".join(f"{k} {v}" for k, v in result.items()), file=sys.stderr)
        finally:
            algorithm.stop()  # closes the envs
    finally:
        ray.shutdown()
    if args.json:
        print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
