"""Shows Calc being driven through real tasks: three Excel episodes, solved and graded.

The oracle works by mouse and keyboard, as a model would. A video of the episodes and a picture of
how each one ended are written into ./cuagym-demo.
"""

from __future__ import annotations

import argparse
import contextlib
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cuagym.commands import _environment, add_json, emit, say, stdout_kept_clean
from cuagym.commands._environment import whole
from cuagym.commands._extras import EXTRAS
from cuagym.commands._video import Video
from cuagym.errors import UsageError

if TYPE_CHECKING:
    from cuagym.commands._episodes import Episode, Frame
    from cuagym.env import DesktopEnv

ENV = "CUA-Excel-v0"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("cuagym-demo"),
        metavar="DIR",
        help="where video and pictures go (default: ./cuagym-demo)",
    )
    parser.add_argument(
        "--episodes", type=whole(1), default=3, metavar="N", help="how many (default: 3)"
    )
    parser.add_argument(
        "--seed", type=whole(0), default=0, metavar="S", help="of the first one (default: 0)"
    )
    _environment.add_arguments(parser, env=False)
    add_json(parser)


def main(args: argparse.Namespace) -> int:
    """Does the work and returns the exit code."""
    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise UsageError(f"the folder {str(args.out)!r} cannot be made: {e.strerror}") from None
    with stdout_kept_clean():
        from cuagym.commands._episodes import summary

        episodes, files = _show(args)
        told = summary(episodes)
    if args.json:
        emit({"env": ENV, "agent": "oracle", "seed": args.seed, **told, "files": files})
    else:
        print(f"{told['successes']} of {len(episodes)} tasks solved and verified. To look at:")
        for file in files:
            print(f"  {file}")
        print(f"Do one yourself: cuagym play {ENV}")
    return int(told["successes"] < len(episodes))


def _show(args: argparse.Namespace) -> tuple[list[Episode], list[str]]:
    """The episodes, and the files that were written."""
    filmed = EXTRAS["video"].present()
    if not filmed:
        say(f"no video: {EXTRAS['video'].line} would bring what writes one")
    files = [args.out / "episode.mp4"] if filmed else []
    episodes = []
    with contextlib.ExitStack() as stack:
        args.env = ENV
        env = _environment.make(args, prepare=0)
        stack.callback(env.close)
        video = stack.enter_context(Video(files[0], args.size)) if filmed else None
        say("starting LibreOffice Calc on a screen of its own (the first time takes longer) ...")
        for number in range(1, args.episodes + 1):
            episode, last = _episode(env, args, number, video)
            episodes.append(episode)
            if last is not None:
                files.append(_picture(args.out / f"episode-{number}.png", last))
    return episodes, [str(file) for file in files]


def _episode(
    env: DesktopEnv, args: argparse.Namespace, number: int, video: Video | None
) -> tuple[Episode, Frame | None]:
    from cuagym.commands._episodes import play, tell

    last: list[Any] = []

    def see(frame: Frame) -> None:
        if not last:  # the reset's: the task is known now
            say()
            say(textwrap.fill(f"{env.instance.id}: {env.instance.instruction}", 100))
        last[:] = [frame]
        if video:
            video.add(frame)

    episode = play(env, "oracle", args.seed + number - 1, see)
    tell(number, args.episodes, episode, every_check=True)
    if video:
        video.hold(1.5)
    return episode, (last[0] if last else None)


def _picture(path: Path, frame: Frame) -> Path:
    from PIL import Image

    try:
        Image.fromarray(frame).save(path)
    except OSError as e:
        raise UsageError(f"the picture {str(path)!r} cannot be written: {e}") from None
    return path
