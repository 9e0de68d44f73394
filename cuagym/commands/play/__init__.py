"""Opens a window in which you act by the same actions as an agent, and see the verdict.

Every action is a step: a click (single, double or triple, with any button and with Ctrl, Shift or
Alt held), a drag, the wheel, a text once you stop typing, a key or chord, and the pointer at rest.
F10 ends the episode and says that the task is done; F11 says that it cannot be done. Closing the
window gives up, and nothing is graded. After the verdict, Return begins another episode and Escape
leaves.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cuagym.commands import _environment, add_json, emit, stdout_kept_clean
from cuagym.commands._environment import whole

if TYPE_CHECKING:
    from cuagym.commands._episodes import Episode

HORIZON = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    _environment.add_arguments(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--task",
        metavar="GLOB",
        help="a task's id, a glob or a set, as `cuagym list` shows them (default: the env's own)",
    )
    what.add_argument(
        "--open",
        type=Path,
        metavar="FILE",
        help="a document of your own instead of a task; a copy of it is opened",
    )
    parser.add_argument("--seed", type=whole(0), metavar="S", help="of the first episode")
    parser.add_argument(
        "--max-steps",
        type=whole(1),
        default=HORIZON,
        metavar="N",
        help=f"the horizon; people need more steps than agents (default: {HORIZON})",
    )
    add_json(parser)


def main(args: argparse.Namespace) -> int:
    """Does the work and returns the exit code."""
    with stdout_kept_clean():
        episodes = _episodes(args)
        from cuagym.commands._episodes import summary

        told = summary(episodes)
    if args.json:
        emit({"env": args.env, **told})
    return int(told["faults"] > 0)


def _episodes(args: argparse.Namespace) -> list[Episode]:
    from cuagym.commands.play.game import Game
    from cuagym.commands.play.window import Window

    opened = str(args.open) if args.open else None
    env = _environment.make(args, task=args.task, open=opened, max_steps=args.max_steps)
    try:
        window = Window(args.size)
        try:
            return Game(env, window, _environment.screen_of(args)).play(args.seed)
        finally:
            window.close()
    finally:
        env.close()
