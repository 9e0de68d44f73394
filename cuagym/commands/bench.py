"""Measures desktops and prints figures with the machine on which they were taken.

  step    a fixed, seeded mix of actions: times, last changes on the screen, late frames, CPU
  reset   started, opened, restored and prepared ones; --replay compares first frames with another
          process
  replay  episodes again, with pauses and on a busy machine: is every frame the same?
  fork    snapshots and forks in the middle of episodes: times, and are the copies true?
  memory  of one desktop and of several at once
  vector  many desktops at once: steps and resets per second, and how near to what the CPUs can do
  soak    many episodes in one process: what do they leave behind?

Progress goes to stderr. The exit code is 0 only if all is well: no late or unsettled frame, no
fault, no difference, nothing left behind. Times are no matter of the exit code: they are the
machine's.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from cuagym.commands import _environment, add_json, emit, say, stdout_kept_clean
from cuagym.commands._environment import whole

if TYPE_CHECKING:
    from cuagym.bench.subject import Subject

Figures = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    what = parser.add_subparsers(
        dest="what", required=True, metavar="WHAT", parser_class=argparse.ArgumentParser
    )
    for name, bench in _BENCHES.items():
        one = what.add_parser(name, help=bench.help, description=bench.help, allow_abbrev=False)
        one.add_argument(
            "--env", required=True, metavar="ID", help="the environment, such as CUA-Excel-v0"
        )
        one.add_argument(
            "--task", metavar="TASK", help="a task's id or a glob (default: the environment's set)"
        )
        one.add_argument("--open", metavar="FILE", help="a document of your own instead of a task")
        one.add_argument(
            "--seed", type=whole(0), default=0, metavar="S", help="of everything (default: 0)"
        )
        bench.arguments(one)
        _environment.add_arguments(one, env=False)
        add_json(one)


def main(args: argparse.Namespace) -> int:
    """Does the work and returns the exit code."""
    bench = _BENCHES[args.what]
    with stdout_kept_clean():
        from cuagym.bench.machine import describe
        from cuagym.bench.subject import Subject

        # Refuses wrong arguments, with the nearest right ones, before anything is started.
        _environment.make(args, task=args.task, open=args.open, prepare=0).close()
        subject = Subject(args.env, args.look, args.size, args.sandbox, args.task, args.open)
        asked = {"bench": args.what, "env": args.env, "look": args.look, "seed": args.seed}
        asked |= {"size": list(args.size), "sandbox": args.sandbox}
        machine = describe(subject.app)
        figures = bench.run(subject, args)
    document = {**asked, **figures, "machine": machine}
    if args.json:
        emit(document)
    else:
        _tell(document)
    return int(any(figures.get(key) for key in bench.wrong))


def _tell(document: Mapping[str, Any], indent: str = "") -> None:
    """Prints figures for people: a line each, tables indented."""
    wide = max(map(len, document), default=0)
    for key, value in document.items():
        if isinstance(value, Mapping) and value:
            print(f"{indent}{key}")
            _tell(value, indent + "  ")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping | str):
            print(f"{indent}{key}")
            for each in value:
                print(f"{indent}  {each}")
        else:
            print(f"{indent}{key:{wide}}  {'-' if value is None or value == [] else value}")


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds") from None
    if not 0 <= value <= 3600:
        raise argparse.ArgumentTypeError(f"{text} is not possible: from 0 to 3600 seconds")
    return value


def _hog(parser: argparse.ArgumentParser, default: bool) -> None:
    parser.add_argument(
        "--hog",
        action=argparse.BooleanOptionalAction,
        default=default,
        help="keep every core busy with something else meanwhile"
        f" (default: {'yes' if default else 'no'})",
    )


def _count(parser: argparse.ArgumentParser, name: str, default: int, help: str) -> None:
    least = 0 if name != "--steps" and default != 50 else 1
    parser.add_argument(
        name, type=whole(least), default=default, metavar="N", help=f"{help} (default: {default})"
    )


def _step_arguments(parser: argparse.ArgumentParser) -> None:
    _count(parser, "--steps", 120, "how many steps")
    _hog(parser, default=False)
    parser.add_argument(
        "--rest",
        type=_seconds,
        default=1.0,
        metavar="S",
        help="real seconds after which a frame is looked at again (default: 1)",
    )
    parser.add_argument(
        "--rest-every",
        type=whole(1),
        default=1,
        metavar="N",
        help="rest after every N-th step only; frames in between are looked at again just before"
        " the next step (default: 1, every frame)",
    )
    _count(
        parser,
        "--more-every",
        15,
        "every N-th frame is given five more seconds of application time",
    )


def _step(subject: Subject, args: argparse.Namespace) -> Figures:
    from cuagym.bench import step

    options = step.Options(
        args.steps, args.seed, args.hog, args.rest, args.rest_every, args.more_every
    )
    return {"hog": args.hog, "rest_s": args.rest, **step.measure(subject, options, say)}


def _reset_arguments(parser: argparse.ArgumentParser) -> None:
    _count(parser, "--starts", 10, "desktops started with nothing restored and nothing prepared")
    _count(parser, "--opens", 10, "new documents opened in a restored application")
    _count(parser, "--restores", 10, "restores of one task instance")
    _count(parser, "--prepared", 5, "resets that follow an episode with the next desktop prepared")
    parser.add_argument(
        "--think",
        type=_seconds,
        default=3.0,
        metavar="S",
        help="real seconds between the last step and a prepared reset (default: 3)",
    )
    parser.add_argument(
        "--desktops",
        type=whole(0, 256),
        default=0,
        metavar="N",
        help="also reset on N desktops at once, for resets per second (default: 0, left out)",
    )
    parser.add_argument(
        "--replay",
        type=whole(1),
        nargs="?",
        const=100,
        metavar="N",
        help="also compare the first frames of N episodes with those of another process"
        " (default for N: 100)",
    )


def _reset(subject: Subject, args: argparse.Namespace) -> Figures:
    from cuagym.bench import reset

    options = reset.Options(
        starts=args.starts,
        opens=args.opens,
        restores=args.restores,
        prepared=args.prepared,
        think=args.think,
        desktops=args.desktops,
        seed=args.seed,
    )
    figures = reset.measure(subject, options, say)
    if args.replay:
        seeds = range(args.seed, args.seed + args.replay)
        figures |= reset.first_frames_alike(subject, seeds, say)
    return figures


def _replay_arguments(parser: argparse.ArgumentParser) -> None:
    _count(parser, "--oracle", 5, "episodes that the oracle plays to their end")
    _count(parser, "--random", 20, "episodes of actions sampled from the action space")
    _count(parser, "--mix", 0, "episodes of the actions that `bench step` takes")
    _count(parser, "--steps", 40, "steps of each random or mixed episode")
    parser.add_argument(
        "--pause",
        type=_seconds,
        default=3.0,
        metavar="S",
        help="the longest pause before a step of a replay; drawn from 0 to it (default: 3)",
    )
    parser.add_argument(
        "--at-once",
        type=whole(1, 64),
        default=1,
        metavar="N",
        help="desktops that replay at once (default: 1)",
    )
    parser.add_argument(
        "--save", type=Path, metavar="DIR", help="write both frames of each first difference there"
    )
    _hog(parser, default=True)


def _replay(subject: Subject, args: argparse.Namespace) -> Figures:
    from cuagym.bench import replay

    options = replay.Options(
        oracle=args.oracle,
        random=args.random,
        mix=args.mix,
        steps=args.steps,
        pause=args.pause,
        hog=args.hog,
        at_once=args.at_once,
        seed=args.seed,
        save=args.save,
    )
    return replay.measure(subject, options, say)


def _fork_arguments(parser: argparse.ArgumentParser) -> None:
    _count(parser, "--trials", 20, "episodes that are forked at a random step")


def _fork(subject: Subject, args: argparse.Namespace) -> Figures:
    from cuagym.bench import fork

    return fork.measure(subject, args.trials, args.seed, say)


def _memory_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--desktops",
        type=whole(1, 256),
        default=4,
        metavar="N",
        help="how many run at once in the end (default: 4)",
    )
    _count(parser, "--steps", 20, "steps on each before it is measured")


def _memory(subject: Subject, args: argparse.Namespace) -> Figures:
    from cuagym.bench import memory

    return memory.measure(subject, args.desktops, args.seed, args.steps, say)


def _vector_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--num-envs", type=whole(1, 256), default=16, metavar="N", help="desktops (default: 16)"
    )
    _count(parser, "--steps", 40, "steps on each desktop, in lockstep and again by send and recv")
    _count(
        parser, "--single", 320, "steps on one desktop alone, in all the episodes, for the ceiling"
    )
    parser.add_argument(
        "--growth",
        type=_numbers,
        default=(),
        metavar="N,N...",
        help="measure these numbers of desktops, one after the other, and nothing else",
    )
    parser.add_argument(
        "--gymnasium", action="store_true", help="also time Gymnasium's AsyncVectorEnv, in lockstep"
    )
    parser.add_argument(
        "--policy",
        type=_seconds,
        default=0.0,
        metavar="S",
        help="also time both ways with a policy that takes S seconds for a batch (default: 0, no)",
    )
    _count(parser, "--batch", 8, "how many desktops such a batch holds")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(whole(1, 256)(part) for part in text.split(","))


def _vector(subject: Subject, args: argparse.Namespace) -> Figures:
    from cuagym.bench import vector

    options = vector.Options(
        num_envs=args.num_envs,
        steps=args.steps,
        single=args.single,
        gymnasium=args.gymnasium,
        growth=args.growth,
        policy=args.policy,
        batch=args.batch,
        seed=args.seed,
    )
    return vector.measure(subject, options, say)


def _soak_arguments(parser: argparse.ArgumentParser) -> None:
    _count(parser, "--episodes", 50, "how many; every other one is played to its end and graded")
    parser.add_argument(
        "--restore",
        action="store_true",
        help="let the same few tasks come again, so that most episodes begin by restore",
    )
    parser.add_argument(
        "--desktops",
        type=whole(0, 256),
        default=0,
        metavar="N",
        help="instead of episodes one by one: N desktops at once, some of which are broken from"
        " outside now and then",
    )
    parser.add_argument(
        "--minutes",
        type=whole(1, 10_000),
        default=20,
        metavar="M",
        help="how long these run (default: 20)",
    )


def _soak(subject: Subject, args: argparse.Namespace) -> Figures:
    from cuagym.bench import crowd, soak

    if args.desktops:
        return crowd.measure(subject, args.desktops, 60.0 * args.minutes, args.seed, say)

    return soak.measure(subject, args.episodes, args.seed, say, restore=args.restore)


class _Bench(NamedTuple):
    """One thing that can be measured.

    Attributes:
        help: What it does, in a line.
        arguments: Declares its arguments.
        run: Does it.
        wrong: Figures that must be 0, or the exit code is 1.
    """

    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[Subject, argparse.Namespace], Figures]
    wrong: tuple[str, ...] = ()


_BENCHES: Mapping[str, _Bench] = MappingProxyType(
    {
        "step": _Bench(
            "time the steps of a fixed mix of actions; look for late frames",
            _step_arguments,
            _step,
            ("late_frames", "unsettled", "faults"),
        ),
        "reset": _Bench(
            "time started, opened, restored and prepared desktops",
            _reset_arguments,
            _reset,
            ("first_frames_different",),
        ),
        "replay": _Bench(
            "replay episodes in new envs, with pauses and on a busy machine; compare every frame",
            _replay_arguments,
            _replay,
            ("frames_different", "unsettled", "faults"),
        ),
        "fork": _Bench(
            "fork episodes at random steps; time it, and compare every frame with the origin's",
            _fork_arguments,
            _fork,
            ("frames_different", "leaked", "faults"),
        ),
        "memory": _Bench("weigh one desktop and several at once", _memory_arguments, _memory),
        "vector": _Bench(
            "drive many desktops at once: steps and resets per second, and of what is possible",
            _vector_arguments,
            _vector,
            ("late_frames", "faults"),
        ),
        "soak": _Bench(
            "run many episodes in one process and look what is left behind",
            _soak_arguments,
            _soak,
            ("left_behind", "faults", "wrong_rewards", "stalls"),
        ),
    }
)
