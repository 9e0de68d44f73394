"""Lists the tasks that are installed.

Tasks come from packs: cuagym's own, those of other distributions, and folders that the environment
variable CUAGYM_PACKS names. A broken pack or task is left out with a warning on stderr.
"""

from __future__ import annotations

import argparse
import inspect
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cuagym.commands import add_json, emit, say, stdout_kept_clean
from cuagym.errors import TaskError, UsageError, nearest
from cuagym.task import DIFFICULTIES, UNPROVEN


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("--app", help="only tasks of this application, such as excel")
    parser.add_argument(
        "--all", action="store_true", help="also tasks that nobody has proven to be possible"
    )
    parser.add_argument(
        "--sets", action="store_true", help="list the frozen sets of tasks instead of the tasks"
    )
    add_json(parser)


def main(args: argparse.Namespace) -> int:
    """Does the work and returns the exit code."""
    with stdout_kept_clean():
        tasks = _tasks(args.app, args.all)
        sets = _sets({task["id"] for task in tasks})
        teams = _teams(args.app)
    if args.json:
        emit({"tasks": tasks, "sets": sets, "teams": teams})
    elif args.sets:
        _print([(s["id"], ", ".join(s["tasks"])) for s in sets], ("SET", "TASKS"))
    else:
        columns = ("ID", "APP", "DIFFICULTY", "SPLIT", "STEPS", "CAPABILITIES")
        _print(
            [
                (t["id"], t["app"], t["difficulty"], t["split"], t["horizon"], _tags(t))
                for t in tasks
            ],
            columns,
        )
        print(_counts(tasks))
        if teams:
            print("\nFor teams (cuagym.multi):\n")
            rows = [(t["id"], _roles(t), t["difficulty"], t["horizon"], _tags(t)) for t in teams]
            _print(rows, ("ID", "AGENTS", "DIFFICULTY", "STEPS", "CAPABILITIES"))
    return 0


def _counts(tasks: Sequence[Mapping[str, Any]]) -> str:
    """How many tasks there are, by pack and difficulty."""
    lines = [f"{len(tasks)} tasks:"]
    for pack in sorted({task["pack"] for task in tasks}):
        own = [task for task in tasks if task["pack"] == pack]
        levels = Counter(task["difficulty"] for task in own)
        words = ", ".join(f"{levels[d]} {d}" for d in DIFFICULTIES if levels[d])
        lines.append(f"  {pack} {own[0]['version']}: {len(own)} ({words})")
    return "\n".join(lines)


def _tags(task: dict[str, Any]) -> str:
    return ", ".join(task["capabilities"])


def _tasks(app: str | None, unproven: bool) -> list[dict[str, Any]]:
    from cuagym import app as apps
    from cuagym.pack import discover

    found: list[dict[str, Any]] = []
    for pack in discover().values():
        for name in pack.names:
            try:
                family = pack.family(name)
            except TaskError as e:
                say(f"cuagym: warning: task '{pack.name}/{name}' is left out: {e}")
                continue
            found.append(
                {
                    "id": family.id,
                    "app": family.app,
                    "capabilities": list(family.capabilities),
                    "difficulty": family.difficulty,
                    "split": family.split,
                    "horizon": family.horizon,
                    "save": family.save,
                    "feasible": family.feasible,
                    "summary": (inspect.getdoc(type(family)) or "").partition("\n")[0],
                    "pack": pack.name,
                    "version": pack.version,
                }
            )
    known = sorted({*apps.names(), *(task["app"] for task in found)})
    if app is not None and app not in known:
        raise UsageError(
            f"there is no application {app!r}{nearest(app, known)} (known: {', '.join(known)})"
        )
    found = [task for task in found if unproven or UNPROVEN not in task["capabilities"]]
    return [task for task in found if app in (None, task["app"])]


def _teams(app: str | None) -> list[dict[str, Any]]:
    """The tasks of teams in which an application has a part."""
    from cuagym.multi.pack import discover, find

    found: list[dict[str, Any]] = []
    for pack in discover().values():
        for name in pack.names:
            try:
                [family] = find(f"{pack.name}/{name}")
            except TaskError as e:
                say(f"cuagym: warning: task '{pack.name}/{name}' is left out: {e}")
                continue
            found.append(
                {
                    "id": family.id,
                    "roles": {role: part.app for role, part in family.roles.items()},
                    "capabilities": list(family.capabilities),
                    "difficulty": family.difficulty,
                    "horizon": family.horizon,
                    "summary": (inspect.getdoc(type(family)) or "").partition("\n")[0],
                    "pack": pack.name,
                    "version": pack.version,
                }
            )
    return [team for team in found if app is None or app in team["roles"].values()]


def _roles(team: dict[str, Any]) -> str:
    return ", ".join(f"{role} ({app})" for role, app in team["roles"].items())


def _sets(ids: set[str]) -> list[dict[str, Any]]:
    """The sets that hold any of these tasks."""
    from cuagym.pack import discover

    every = [
        {"id": f"{pack.name}/{name}", "tasks": [f"{pack.name}/{task}" for task in of]}
        for pack in discover().values()
        for name, of in pack.sets.items()
    ]
    return [one for one in every if ids.intersection(one["tasks"])]


def _print(rows: Sequence[Sequence[Any]], header: Iterable[str]) -> None:
    table = [tuple(header), *(tuple(map(str, row)) for row in rows)]
    wide = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        print("  ".join(f"{cell:{n}}" for cell, n in zip(row, wide, strict=True)).rstrip())
