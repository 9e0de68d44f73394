"""Behaviour cloning: a network learns what oracles do, and PPO goes on from it.

    pip install 'cuagym[sb3]'
    python examples/clone.py --problem freeze-header --demonstrations 8
    python examples/ppo.py --problem freeze-header --start-from runs/freeze-header-0/cloned.pt

The oracle of each task plays with the learner's own actions: its clicks are moved to the nearest
that the learner can do. What succeeds all the same is learned from. What cloning alone comes to is
printed: the success on the instances that PPO will learn from, and on others.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import gymnasium as gym
import torch
from ppo import KINDS, PROBLEMS, Network, Problem, judge, log_prob, tensors

import cuagym  # noqa: F401 - registers the ids
from cuagym import pack, wrappers


def arguments() -> argparse.Namespace:
    """What was asked for."""
    given = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reading = sorted(name for name, problem in PROBLEMS.items() if problem.keys)
    given.add_argument("--problem", choices=reading, default="freeze-header")
    given.add_argument("--demonstrations", type=int, default=8, help="episodes of the oracle")
    given.add_argument("--epochs", type=int, default=300, help="passes over them")
    given.add_argument("--learning-rate", type=float, default=2e-3)
    given.add_argument("--evaluate", type=int, default=100, help="episodes, after")
    given.add_argument("--seed", type=int, default=0)
    given.add_argument("--out", type=Path, default=Path("runs"))
    given.add_argument("--json", action="store_true")
    return given.parse_args()


def make(problem: Problem) -> gym.Env[Any, Any]:
    """One desktop, with the wrappers of `ppo.make`."""
    told = {"max_steps": problem.max_steps, "split": problem.split, "look": "plain"}
    env = gym.make(problem.env, task=problem.task, **told)
    given = {"keys": problem.keys, "kinds": KINDS, "region": problem.region}
    env = wrappers.PointAndType(env, *problem.grid, **given)
    env = wrappers.Screen(env, problem.image, problem.crop, keep=["instruction"])
    return wrappers.FrameStack(env, problem.stack) if problem.stack > 1 else env


def demonstrate(problem: Problem, count: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """What an oracle saw and was told, and what it did: one row for each step.

    Raises:
        SystemExit: its way cannot be gone with these actions.
    """
    env = make(problem)
    [family] = pack.find(problem.task)
    seen, told, done = [], [], []
    try:
        encode = env.get_wrapper_attr("encode")
        for seed in list(problem.task_seeds or range(count))[:count]:
            observation, info = env.reset(
                seed=seed, options={"task": family.instance(seed, problem.split or "")}
            )
            rows = []
            for action in (a for turn in env.unwrapped.oracle() for a in turn):
                image, words = tensors({k: v[None] for k, v in observation.items()}, problem)
                rows.append((image, words, torch.as_tensor(encode(action))[None]))
                observation, _, terminated, truncated, info = env.step(encode(action))
                if terminated or truncated:
                    break
            print(f"{info['instruction']} {len(rows)} steps, {info['is_success']}", file=sys.stderr)
            if info["is_success"]:
                for kept, column in zip((seen, told, done), zip(*rows, strict=True), strict=True):
                    kept += column
    finally:
        env.close()
    if not seen:
        raise SystemExit("the oracle never succeeded with these actions: is the grid too coarse?")
    return torch.cat(seen), torch.cat(told), torch.cat(done)


def main() -> int:
    """Collects, learns, looks how good it is."""
    args = arguments()
    problem = PROBLEMS[args.problem]
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    folder = args.out / f"{args.problem}-{args.seed}"
    folder.mkdir(parents=True, exist_ok=True)
    seen, told, done = demonstrate(problem, args.demonstrations)
    env = make(problem)
    network = Network(problem, env.action_space)
    env.close()
    optimizer = torch.optim.Adam(network.parameters(), lr=args.learning_rate)
    for epoch in range(args.epochs):
        for rows in torch.randperm(len(done)).split(64):
            choices, _ = network(seen[rows], told[rows])
            loss = -log_prob(choices, done[rows]).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if epoch % 50 == 0 or epoch == args.epochs - 1:
            print(f"epoch {epoch}  loss {loss.item():.4f}", file=sys.stderr)
    torch.save(network.state_dict(), folder / "cloned.pt")
    result: dict[str, Any] = {"problem": args.problem, "seed": args.seed, "rows": len(done)}
    if args.evaluate:
        result |= judge(network, problem, args.evaluate)
    (folder / "cloned.json").write_text(json.dumps(result))
    if args.json:
        print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
