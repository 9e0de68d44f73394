"""PPO in one file, after CleanRL's manner: real desktops, a small network, nothing hidden.

    pip install 'cuagym[sb3,miniwob]'      # for torch and TensorBoard
    python examples/ppo.py --problem click-test
    python examples/ppo.py --problem select-cell

Progress goes to stderr and to TensorBoard; a checkpoint is written every --save-every updates, and
the same command goes on from it. `--json` prints the result for machines. docs/training.md shows
what comes of it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import zlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import gymnasium as gym
import numpy as np
import torch
from gymnasium import spaces
from torch import nn
from torch.distributions import Categorical

import cuagym  # noqa: F401 - registers the ids
from cuagym.wrappers import vector

PAGE = (0, 106, 160, 210)
"""Where a page of MiniWoB++ lies: left, top, width, height in pixels."""
SHEET = (36, 144, 402, 220)
"""Columns A to F and rows 1 to 11 of a sheet in the plain look."""
CELLS = ("B2", "F2", "D3", "B5", "E5", "C6", "F7", "D8", "B9", "E10")
KINDS = ("click", "terminate")
CLICK, TYPE = KINDS.index("click"), len(KINDS)
"""Kinds of actions, of those problems that press keys: the last is to press one."""
WORDS = 256
"""Words of an instruction are counted in so many bins."""


@dataclass(frozen=True)
class Problem:
    """What is learned.

    Attributes:
        env: The env's id.
        task: The task.
        max_steps: Steps of an episode.
        region: The part of the screen that is clicked.
        grid: Columns and rows of clicks.
        crop: The part of the screen that is seen.
        image: Width and height of what the network sees.
        instructions: Which one it is, is told by a one-hot; none: see `reads`.
        reads: Whether the words of the instruction are told.
        keys: What can be pressed; none: all that can be done is to click.
        stack: How many of the last images the network sees.
        task_seeds: Instances that are learned from; None: ever new ones.
        split: "train": what a task holds out for tests is in no instance; None: all that it has.
    """

    env: str
    task: str
    max_steps: int
    region: tuple[int, int, int, int]
    grid: tuple[int, int]
    crop: tuple[int, int, int, int]
    image: tuple[int, int]
    instructions: tuple[str, ...] = ()
    reads: bool = False
    keys: tuple[str, ...] = ()
    stack: int = 1
    task_seeds: Sequence[int] | None = None
    split: Literal["train", "test"] | None = None

    @property
    def told(self) -> int:
        """How many numbers the network is given beside the image."""
        return WORDS if self.reads else max(1, len(self.instructions))


PROBLEMS = {
    "click-test": Problem("CUA-Browser-v0", "miniwob/click-test", 3, PAGE, (8, 10), PAGE, (40, 52)),
    "click-test-2": Problem(
        "CUA-Browser-v0", "miniwob/click-test-2", 3, PAGE, (8, 10), PAGE, (80, 105)
    ),
    "select-cell": Problem(
        *("CUA-Excel-v0", "practice/select-cell", 1, SHEET, (6, 11), SHEET, (60, 44)),
        instructions=tuple(f"Click the cell {cell}, so that it is selected." for cell in CELLS),
    ),
    "freeze-header": Problem(
        *("CUA-Excel-v0", "excel/freeze-header", 8, SHEET, (6, 11), (0, 0, 640, 368), (80, 46)),
        reads=True,
        keys=("alt+v", "r", "ctrl+s", "ctrl+z", "Escape", "Return", "Down"),
        stack=4,
        task_seeds=range(24),
        split="train",
    ),
}


class Network(nn.Module):
    """An image, and what is told beside it, to the logits of each part of an action, and a value.

    Args:
        problem: What is seen and told.
        space: The actions: Discrete or MultiDiscrete.
    """

    def __init__(self, problem: Problem, space: spaces.Space[Any]) -> None:
        super().__init__()
        whole = isinstance(space, spaces.MultiDiscrete)
        self.parts = [int(n) for n in space.nvec] if whole else [int(space.n)]
        self.single, self.cloned = not whole, False
        columns, rows = problem.grid
        self.see = nn.Sequential(
            nn.Conv2d(3 * problem.stack, 16, 5, 2, 2), nn.ReLU(), nn.Conv2d(16, 32, 5, 1, 2)
        )
        self.cells = nn.AdaptiveAvgPool2d((rows, columns))
        self.think = nn.Sequential(nn.Linear(32 * rows * columns + problem.told, 128), nn.Tanh())
        self.act, self.value = nn.Linear(128, sum(self.parts)), nn.Linear(128, 1)
        self.where = nn.Conv2d(32, 1, 1)  # the same look at every cell: is it worth a click?

    def forward(
        self, seen: torch.Tensor, told: torch.Tensor
    ) -> tuple[list[Categorical], torch.Tensor]:
        """Images uint8 (n, H, W, C) and float32 (n, told): a choice for each part, and values."""
        image = seen.permute(0, 3, 1, 2).float()
        image = image - image.mean((2, 3), keepdim=True)  # pages are nearly white
        image = image / (image.std((1, 2, 3), keepdim=True) + 1.0)
        cells = torch.relu(self.cells(self.see(image)))
        thought = self.think(torch.cat([cells.flatten(1), told], 1))
        logits = self.act(thought)
        if self.single:
            logits = logits + self.where(cells).flatten(1)
        choices = [Categorical(logits=part) for part in logits.split(self.parts, 1)]
        valued = thought.detach() if self.cloned else thought
        return choices, self.value(valued).squeeze(-1)

    def actions(self, chosen: torch.Tensor) -> Any:
        """What the pool takes of what was chosen, int64 (n, parts)."""
        return chosen[:, 0].numpy() if self.single else chosen.numpy()


def log_prob(choices: list[Categorical], chosen: torch.Tensor) -> torch.Tensor:
    """Of whole actions, int64 (n, parts): (n,); what an action makes no use of does not count."""
    parts = torch.stack([c.log_prob(chosen[:, i]) for i, c in enumerate(choices)], 1)
    if len(choices) == 1:
        return parts[:, 0]
    kind = chosen[:, 0]
    used = torch.stack([kind >= 0, kind == CLICK, kind == CLICK, kind == TYPE], 1)
    return (parts * used).sum(1)


def make(problem: Problem, num_envs: int, task_seeds: Sequence[int] | None) -> Any:
    """The pool: small images in, few actions out; what an episode ended with is in final_info."""
    envs = gym.make_vec(
        problem.env,
        num_envs=num_envs,
        task=problem.task,
        max_steps=problem.max_steps,
        task_seeds=task_seeds,
        split=problem.split,
        look="plain",
        autoreset_mode="SameStep",
        copy=False,
    )
    if problem.keys:
        given = {"keys": problem.keys, "kinds": KINDS, "region": problem.region}
        envs = vector.PointAndType(envs, *problem.grid, **given)
    else:
        envs = vector.ClickGrid(envs, *problem.grid, problem.region)
    keep = ["instruction"] if problem.reads else []
    envs = vector.Screen(envs, problem.image, problem.crop, keep=keep)
    if problem.stack > 1:
        envs = vector.FrameStack(envs, problem.stack)
    if problem.instructions:
        return vector.TaskOneHot(envs, problem.instructions, by="instruction")
    return envs


def tensors(observation: Any, problem: Problem) -> tuple[torch.Tensor, torch.Tensor]:
    """Images uint8 (n, H, W, C), and what is told, float32 (n, told)."""
    if problem.reads:
        told = np.stack([words(text) for text in observation["instruction"]])
        return torch.from_numpy(observation["screen"]), torch.from_numpy(told)
    if problem.instructions:
        return torch.from_numpy(observation["screen"]), torch.from_numpy(observation["task"])
    return torch.from_numpy(observation), torch.zeros(len(observation), 1)


def words(text: np.ndarray) -> np.ndarray:
    """Counts of an instruction's words, float32 (WORDS,), of its bytes."""
    counts = np.zeros(WORDS, np.float32)
    for word in text.tobytes().rstrip(b"\0").lower().split():
        counts[zlib.crc32(word.strip(b".,:;'\"")) % WORDS] += 1
    return counts


def by_env(ended: np.ndarray, infos: dict[str, Any]) -> dict[int, float]:
    """As `ends`, by the env's number."""
    final = infos.get("final_info", {})
    rows = [int(row) for row in np.flatnonzero(ended) if not final["fault"][row]]
    return {row: float(final["is_success"][row]) for row in rows}


def ends(ended: np.ndarray, infos: dict[str, Any]) -> list[float]:
    """The success of each episode that has ended; of those that a fault cut, nothing."""
    return list(by_env(ended, infos).values())


def evaluate(
    network: Network, problem: Problem, episodes: int, num_envs: int, seeds: Sequence[int]
) -> float:
    """The share of episodes, of instances of these seeds, in which the likeliest actions succeed.

    Every env plays as many: to take whichever ends first would favour short episodes.
    """
    envs = make(problem, num_envs, seeds)
    each = -(-episodes // num_envs)
    try:
        observation, _ = envs.reset(seed=0)
        done: list[list[float]] = [[] for _ in range(num_envs)]
        while (count := sum(map(len, done))) < each * num_envs:
            print(f"\r{count} of {each * num_envs} episodes", end="", file=sys.stderr)
            with torch.no_grad():
                choices, _ = network(*tensors(observation, problem))
            chosen = torch.stack([c.probs.argmax(1) for c in choices], 1)
            observation, _, terminated, truncated, infos = envs.step(network.actions(chosen))
            for row, success in by_env(terminated | truncated, infos).items():
                done[row] += [success] * (len(done[row]) < each)
    finally:
        envs.close()
    print(file=sys.stderr)
    return float(np.mean(done))  # all of one length


def judge(network: Network, problem: Problem, episodes: int) -> dict[str, float]:
    """The success on the instances that are learned from, if those are some, and on others."""
    told = {}
    if problem.task_seeds is not None:
        told["known"] = evaluate(network, problem, episodes, 8, problem.task_seeds)
    others = range(10_000, 10_000 + episodes)
    told["evaluated"] = evaluate(network, problem, episodes, 8, others)
    said = {"known": "on the instances learned from", "evaluated": "on other instances"}
    for key, success in told.items():
        print(f"{said[key]}: {success:.2f}", file=sys.stderr)
    return told


def arguments() -> argparse.Namespace:
    """What was asked for."""
    given = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    given.add_argument("--problem", choices=sorted(PROBLEMS), default="click-test")
    given.add_argument("--steps", type=int, default=20_000, help="env steps in all")
    given.add_argument("--num-envs", type=int, default=16, help="desktops at once")
    given.add_argument("--num-steps", type=int, default=8, help="steps of each between updates")
    given.add_argument("--epochs", type=int, default=8, help="passes over what was collected")
    given.add_argument("--minibatches", type=int, default=4)
    given.add_argument("--learning-rate", type=float, default=3e-3, help="at first")
    given.add_argument("--gamma", type=float, default=0.9)
    given.add_argument("--gae-lambda", type=float, default=0.95)
    given.add_argument("--clip", type=float, default=0.2)
    given.add_argument("--target-kl", type=float, default=0.0, help="an update ends there; 0: no")
    given.add_argument("--entropy", type=float, default=0.005)
    given.add_argument("--seed", type=int, default=0)
    given.add_argument("--start-from", type=Path, help="a network that clone.py wrote")
    given.add_argument("--warm-up", type=int, default=0, help="updates of the value alone, first")
    given.add_argument("--stop-at", type=float, default=0.0, help="this success of 100 episodes")
    given.add_argument("--evaluate", type=int, default=0, help="episodes, after")
    given.add_argument("--save-every", type=int, default=10, help="updates between checkpoints")
    given.add_argument("--out", type=Path, default=Path("runs"))
    given.add_argument("--json", action="store_true")
    return given.parse_args()


def main() -> int:
    """Learns; 0 if it came to `--stop-at`, or nothing of the kind was asked for."""
    args = arguments()
    problem, n = PROBLEMS[args.problem], args.num_envs
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)  # the desktops want the CPUs
    folder = args.out / f"{args.problem}-{args.seed}"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        from torch.utils.tensorboard import SummaryWriter

        writer: Any = SummaryWriter(str(folder))
    except ImportError:
        writer = None
    envs = make(problem, n, problem.task_seeds)
    network = Network(problem, envs.single_action_space)
    if args.start_from:
        network.load_state_dict(torch.load(args.start_from, weights_only=True))
        network.cloned = True  # what it has learned to see is not spoilt by learning values
    optimizer = torch.optim.Adam(network.parameters(), lr=args.learning_rate, eps=1e-5)
    step, update, episodes, curve, spent = 0, 0, 0, [], 0.0
    recent: deque[float] = deque(maxlen=100)
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        kept = torch.load(checkpoint, weights_only=False)
        network.load_state_dict(kept["network"])
        optimizer.load_state_dict(kept["optimizer"])
        step, update, episodes, curve, spent = (kept[k] for k in KEPT)
        recent.extend(kept["recent"])
        print(f"goes on at step {step}", file=sys.stderr)
    drawn = np.random.SeedSequence([args.seed, step]).generate_state(1)  # runs share no instance
    observation, _ = envs.reset(seed=int(drawn[0]))
    seen, told = tensors(observation, problem)
    began, first_step, before = time.monotonic(), step, spent
    reached = False
    while step < args.steps and not reached:
        optimizer.param_groups[0]["lr"] = args.learning_rate * max(0.05, 1.0 - step / args.steps)
        store: dict[str, list[torch.Tensor]] = {k: [] for k in STORED}
        for _ in range(args.num_steps):
            with torch.no_grad():
                choices, value = network(seen, told)
                chosen = torch.stack([c.sample() for c in choices], 1)
            logp = log_prob(choices, chosen)
            observation, reward, terminated, truncated, infos = envs.step(network.actions(chosen))
            ended = terminated | truncated
            paid, done = torch.from_numpy(reward.astype(np.float32)), torch.from_numpy(ended)
            row = (seen, told, chosen, logp, value, paid, done)
            for key, each in zip(STORED, row, strict=True):
                store[key].append(each)
            came = ends(ended, infos)
            recent.extend(came)
            episodes += len(came)
            seen, told = tensors(observation, problem)
            step += n
        only_value = update < args.warm_up
        learn(args, network, optimizer, {k: torch.stack(v) for k, v in store.items()}, seen, told,
              only_value)  # fmt: skip
        update += 1
        success = float(np.mean(recent)) if recent else 0.0
        spent = before + time.monotonic() - began
        rate = (step - first_step) / (spent - before)
        curve.append((step, episodes, round(success, 4), round(spent, 1)))
        told_line = f"step {step}  episodes {episodes}  success {success:.2f}  {rate:.0f} steps/s"
        print(told_line, file=sys.stderr)
        if writer is not None:
            writer.add_scalar("charts/success_rate", success, step)
            writer.add_scalar("charts/SPS", rate, step)
        reached = bool(args.stop_at and len(recent) == recent.maxlen and success >= args.stop_at)
        if update % args.save_every == 0 or step >= args.steps or reached:
            state = {"network": network.state_dict(), "optimizer": optimizer.state_dict()}
            state |= dict(zip(KEPT, (step, update, episodes, curve, spent), strict=True))
            state["recent"] = list(recent)
            torch.save(state, checkpoint.with_suffix(".new"))
            checkpoint.with_suffix(".new").replace(checkpoint)
    envs.close()
    result = {"problem": args.problem, "seed": args.seed, "steps": step, "episodes": episodes}
    result |= {"success": curve[-1][2] if curve else 0.0, "seconds": round(spent), "curve": curve}
    if args.evaluate:
        result |= judge(network, problem, args.evaluate)
    (folder / "curve.json").write_text(json.dumps(result))
    if args.json:
        print(json.dumps(result))
    return 0 if reached or not args.stop_at else 1


KEPT = ("step", "update", "episodes", "curve", "spent")
STORED = ("seen", "told", "chosen", "logp", "value", "reward", "done")


def learn(
    args: argparse.Namespace,
    network: Network,
    optimizer: torch.optim.Optimizer,
    data: dict[str, torch.Tensor],
    seen: torch.Tensor,
    told: torch.Tensor,
    only_value: bool,
) -> None:
    """One update of PPO on what was collected, (steps, envs, ...) each."""
    with torch.no_grad():
        next_value = network(seen, told)[1]
    advantage, last = torch.zeros_like(data["reward"]), torch.zeros_like(next_value)
    for t in reversed(range(len(data["reward"]))):
        goes_on = 1.0 - data["done"][t].float()
        delta = data["reward"][t] + args.gamma * next_value * goes_on - data["value"][t]
        advantage[t] = last = delta + args.gamma * args.gae_lambda * goes_on * last
        next_value = data["value"][t]
    goal = (advantage + data["value"]).flatten()
    advantage = advantage.flatten()
    flat = {k: v.flatten(0, 1) for k, v in data.items()}
    for _ in range(args.epochs):
        for rows in torch.randperm(len(goal)).chunk(args.minibatches):
            choices, value = network(flat["seen"][rows], flat["told"][rows])
            loss = 0.5 * (value - goal[rows]).pow(2).mean()
            if not only_value:
                change = log_prob(choices, flat["chosen"][rows]) - flat["logp"][rows]
                ratio = change.exp()
                if args.target_kl and float((ratio - 1 - change).mean()) > args.target_kl:
                    return  # what was collected tells no more about a policy that has gone so far
                a = advantage[rows]
                a = (a - a.mean()) / a.std().clamp(min=0.1)  # where all succeed, little is learned
                bound = ratio.clamp(1 - args.clip, 1 + args.clip)
                loss = loss - torch.min(ratio * a, bound * a).mean()
                loss = loss - args.entropy * sum(c.entropy().mean() for c in choices)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 0.5)
            optimizer.step()


if __name__ == "__main__":
    sys.exit(main())
