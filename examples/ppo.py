"""PPO in one file, after CleanRL's manner: real desktops, a small network, nothing hidden.

    pip install 'cuagym[sb3,miniwob]'      # for torch and TensorBoard
    python examples/ppo.py --problem click-test
    python examples/ppo.py --problem select-cell

Progress goes to stderr and to TensorBoard; a checkpoint is written every --save-every updates, and
the same command goes on from it. `--json` prints the result for machines.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from torch import nn
from torch.distributions import Categorical

import cuagym  # noqa: F401 - registers the ids
from cuagym.wrappers import vector

PAGE = (0, 106, 160, 210)
"""Where a page of MiniWoB++ lies: left, top, width, height in pixels."""
SHEET = (36, 144, 402, 220)
"""Columns A to F and rows 1 to 11 of a sheet in the plain look."""
CELLS = ("B2", "F2", "D3", "B5", "E5", "C6", "F7", "D8", "B9", "E10")


@dataclass(frozen=True)
class Problem:
    """What is learned.

    Attributes:
        env: The env's id.
        task: The task.
        max_steps: Steps of an episode.
        region: The part of the screen that is seen and clicked.
        grid: Columns and rows of clicks.
        image: Width and height of what the network sees.
        instructions: Which one it is, is told by a one-hot; none: there is but one.
    """

    env: str
    task: str
    max_steps: int
    region: tuple[int, int, int, int]
    grid: tuple[int, int]
    image: tuple[int, int]
    instructions: tuple[str, ...] = ("",)


PROBLEMS = {
    "click-test": Problem("CUA-Browser-v0", "miniwob/click-test", 3, PAGE, (8, 10), (40, 52)),
    "click-test-2": Problem("CUA-Browser-v0", "miniwob/click-test-2", 3, PAGE, (8, 10), (80, 105)),
    "select-cell": Problem(
        "CUA-Excel-v0",
        "practice/select-cell",
        1,
        SHEET,
        (6, 11),
        (60, 44),
        tuple(f"Click the cell {cell}, so that it is selected." for cell in CELLS),
    ),
}


class Network(nn.Module):
    """An image and a one-hot to logits and a value."""

    def __init__(self, image: tuple[int, int, int], told: int, actions: int) -> None:
        super().__init__()
        self.see = nn.Sequential(
            nn.Conv2d(image[2], 16, 5, 3),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, 2),
            nn.ReLU(),
            nn.Flatten(),
        )
        with torch.no_grad():
            size = self.see(torch.zeros(1, image[2], *image[:2])).shape[1]
        self.think = nn.Sequential(nn.Linear(size + told, 128), nn.Tanh())
        self.act, self.value = nn.Linear(128, actions), nn.Linear(128, 1)

    def forward(self, seen: torch.Tensor, told: torch.Tensor) -> tuple[Categorical, torch.Tensor]:
        image = self.see(seen.permute(0, 3, 1, 2).float() / 255)
        thought = self.think(torch.cat([image, told], 1))
        return Categorical(logits=self.act(thought)), self.value(thought).squeeze(-1)


def arguments() -> argparse.Namespace:
    """What was asked for."""
    given = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    given.add_argument("--problem", choices=sorted(PROBLEMS), default="click-test")
    given.add_argument("--steps", type=int, default=20_000, help="env steps in all")
    given.add_argument("--num-envs", type=int, default=8, help="desktops at once")
    given.add_argument("--num-steps", type=int, default=32, help="steps of each between updates")
    given.add_argument("--epochs", type=int, default=4, help="passes over what was collected")
    given.add_argument("--minibatches", type=int, default=4)
    given.add_argument("--learning-rate", type=float, default=1e-3)
    given.add_argument("--gamma", type=float, default=0.9)
    given.add_argument("--gae-lambda", type=float, default=0.95)
    given.add_argument("--clip", type=float, default=0.2)
    given.add_argument("--entropy", type=float, default=0.01)
    given.add_argument("--seed", type=int, default=0)
    given.add_argument("--stop-at", type=float, default=0.0, help="this success of 100 episodes")
    given.add_argument("--save-every", type=int, default=10, help="updates between checkpoints")
    given.add_argument("--out", type=Path, default=Path("runs"))
    given.add_argument("--json", action="store_true")
    return given.parse_args()


def make(problem: Problem, num_envs: int) -> Any:
    """The pool: one image and a one-hot in, one number out."""
    envs = gym.make_vec(
        problem.env,
        num_envs=num_envs,
        task=problem.task,
        max_steps=problem.max_steps,
        look="plain",
        copy=False,
    )
    envs = vector.ClickGrid(envs, *problem.grid, problem.region)
    envs = vector.Screen(envs, problem.image, problem.region)
    if len(problem.instructions) > 1:
        return vector.TaskOneHot(envs, problem.instructions, by="instruction")
    return envs


def tensors(observation: Any, told: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Images (n, H, W, C) and one-hots (n, told)."""
    if isinstance(observation, dict):
        return torch.from_numpy(observation["screen"]), torch.from_numpy(observation["task"])
    return torch.from_numpy(observation), torch.zeros(len(observation), told)


def main() -> int:
    """Learns; 0 if it came to `--stop-at`, or nothing of the kind was asked for."""
    args = arguments()
    problem, n, length = PROBLEMS[args.problem], args.num_envs, args.num_steps
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)  # the desktops want the CPUs
    folder = args.out / f"{args.problem}-{args.seed}"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        from torch.utils.tensorboard import SummaryWriter

        writer: Any = SummaryWriter(str(folder))
    except ImportError:
        writer = None
    envs = make(problem, n)
    space, told = envs.single_observation_space, len(problem.instructions)
    shape = space["screen"].shape if isinstance(space, gym.spaces.Dict) else space.shape
    network = Network(shape, told, int(envs.single_action_space.n))
    optimizer = torch.optim.Adam(network.parameters(), lr=args.learning_rate, eps=1e-5)
    step, update, episodes, curve = 0, 0, 0, []
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        kept = torch.load(checkpoint, weights_only=False)
        network.load_state_dict(kept["network"])
        optimizer.load_state_dict(kept["optimizer"])
        step, update, episodes, curve = (kept[k] for k in ("step", "update", "episodes", "curve"))
        print(f"goes on at step {step}", file=sys.stderr)
    recent: deque[float] = deque(maxlen=100)
    observation, _ = envs.reset(seed=args.seed + step)
    seen, hot = tensors(observation, told)
    over = np.zeros(n, np.bool_)
    began, first_step = time.monotonic(), step
    reached = False
    while step < args.steps and not reached:
        store: dict[str, list[torch.Tensor]] = {
            k: [] for k in ("seen", "hot", "action", "logp", "value", "reward", "done", "counts")
        }
        for _ in range(length):
            with torch.no_grad():
                choice, value = network(seen, hot)
                action = choice.sample()
            # The step after an episode's last one is a reset, and no experience.
            store["counts"].append(torch.from_numpy(~over))
            store["seen"].append(seen)
            store["hot"].append(hot)
            store["action"].append(action)
            store["logp"].append(choice.log_prob(action))
            store["value"].append(value)
            observation, reward, terminated, truncated, infos = envs.step(action.numpy())
            ended = terminated | truncated
            store["reward"].append(torch.from_numpy(reward.astype(np.float32)))
            store["done"].append(torch.from_numpy(ended | over))
            for place in np.flatnonzero(ended & ~over):
                if not infos["fault"][place]:
                    recent.append(float(infos["is_success"][place]))
                    episodes += 1
            over = ended
            seen, hot = tensors(observation, told)
            step += n
        learn(args, network, optimizer, {k: torch.stack(v) for k, v in store.items()}, seen, hot)
        update += 1
        success = float(np.mean(recent)) if recent else 0.0
        rate = (step - first_step) / (time.monotonic() - began)
        curve.append((step, episodes, round(success, 4)))
        told_line = f"step {step}  episodes {episodes}  success {success:.2f}  {rate:.0f} steps/s"
        print(told_line, file=sys.stderr)
        if writer is not None:
            writer.add_scalar("charts/success_rate", success, step)
            writer.add_scalar("charts/SPS", rate, step)
        reached = bool(args.stop_at and len(recent) == recent.maxlen and success >= args.stop_at)
        if update % args.save_every == 0 or step >= args.steps or reached:
            state = {"network": network.state_dict(), "optimizer": optimizer.state_dict()}
            state |= {"step": step, "update": update, "episodes": episodes, "curve": curve}
            torch.save(state, checkpoint.with_suffix(".new"))
            checkpoint.with_suffix(".new").replace(checkpoint)
    envs.close()
    result = {"problem": args.problem, "seed": args.seed, "steps": step, "episodes": episodes}
    result |= {"success": curve[-1][2] if curve else 0.0, "curve": curve}
    (folder / "curve.json").write_text(json.dumps(result))
    if args.json:
        print(json.dumps(result))
    return 0 if reached or not args.stop_at else 1


def learn(
    args: argparse.Namespace,
    network: Network,
    optimizer: torch.optim.Optimizer,
    data: dict[str, torch.Tensor],
    seen: torch.Tensor,
    hot: torch.Tensor,
) -> None:
    """One update of PPO on what was collected, (steps, envs, ...) each."""
    with torch.no_grad():
        next_value = network(seen, hot)[1]
    advantage, last = torch.zeros_like(data["reward"]), torch.zeros_like(next_value)
    for t in reversed(range(len(data["reward"]))):
        goes_on = 1.0 - data["done"][t].float()
        delta = data["reward"][t] + args.gamma * next_value * goes_on - data["value"][t]
        advantage[t] = last = delta + args.gamma * args.gae_lambda * goes_on * last
        next_value = data["value"][t]
    goal = advantage + data["value"]
    counts = data["counts"].flatten()
    flat = {k: v.flatten(0, 1)[counts] for k, v in data.items()}
    advantage, goal = advantage.flatten()[counts], goal.flatten()[counts]
    for _ in range(args.epochs):
        for rows in torch.randperm(len(goal)).chunk(args.minibatches):
            choice, value = network(flat["seen"][rows], flat["hot"][rows])
            ratio = (choice.log_prob(flat["action"][rows]) - flat["logp"][rows]).exp()
            a = advantage[rows]
            a = (a - a.mean()) / (a.std() + 1e-8)
            gain = torch.min(ratio * a, ratio.clamp(1 - args.clip, 1 + args.clip) * a).mean()
            loss = -gain + 0.5 * (value - goal[rows]).pow(2).mean()
            loss = loss - args.entropy * choice.entropy().mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 0.5)
            optimizer.step()


if __name__ == "__main__":
    sys.exit(main())
