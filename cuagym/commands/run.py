"""Runs episodes with an agent that needs no model.

The oracle knows how each task is solved and does it by mouse and keyboard; random samples the
action space, but for the action that terminates, until the horizon. The exit code is 0 when no
episode was a fault and, for the oracle, every one succeeded.
"""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from cuagym.commands import _environment, add_json, emit, say, stdout_kept_clean
from cuagym.commands._environment import whole
from cuagym.commands._video import Video, check_target

if TYPE_CHECKING:
    from cuagym.commands._episodes import Episode


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    _environment.add_arguments(parser)
    parser.add_argument(
        "--agent", choices=("oracle", "random"), default="oracle", help="(default: oracle)"
    )
    parser.add_argument(
        "--task",
        metavar="GLOB",
        help="a task's id, a glob or a set, as `cuagym list` shows them (default: the env's own)",
    )
    parser.add_argument(
        "--episodes", type=whole(1), default=1, metavar="N", help="how many (default: 1)"
    )
    parser.add_argument(
        "--seed",
        type=whole(0),
        default=0,
        metavar="S",
        help="of the first episode; each further one has the next seed (default: 0)",
    )
    parser.add_argument(
        "--max-steps", type=whole(1), metavar="N", help="the horizon (default: each task's own)"
    )
    parser.add_argument(
        "--video",
        type=Path,
        metavar="FILE",
        help="write all episodes into an .mp4, a frame for each step (needs moviepy)",
    )
    add_json(parser)


def main(args: argparse.Namespace) -> int:
    """Does the work and returns the exit code."""
    with stdout_kept_clean():
        episodes = _episodes(args)
        from cuagym.commands._episodes import summary

        told = summary(episodes)
    if args.json:
        asked = {"env": args.env, "agent": args.agent, "seed": args.seed}
        emit({**asked, **told, "video": str(args.video) if args.video else None})
    else:
        graded = len(episodes) - told["faults"]
        print(f"{told['successes']} of {graded} episodes succeeded, {told['faults']} faults")
        if args.video:
            print(f"video: {args.video}")
    wanted = len(episodes) if args.agent == "oracle" else 0
    return int(told["faults"] > 0 or told["successes"] < wanted)


def _episodes(args: argparse.Namespace) -> list[Episode]:
    if args.video:
        check_target(args.video)
    from cuagym.commands._episodes import play, tell

    episodes = []
    with contextlib.ExitStack() as stack:
        # prepare=0: each episode has a seed of its own, and no reset could be foreseen.
        env = _environment.make(args, task=args.task, max_steps=args.max_steps, prepare=0)
        stack.callback(env.close)
        video = stack.enter_context(Video(args.video, args.size)) if args.video else None
        say(f"starting {args.env} ...")
        for index in range(args.episodes):
            see = video.add if video else lambda frame: None
            episodes.append(play(env, args.agent, args.seed + index, see))
            tell(index + 1, args.episodes, episodes[-1])
            if video:
                video.hold(1.0)
    return episodes
