"""Grades a document, without a desktop.

The document is judged as if an agent had left it, by the task's own validators. The exit code is 0
when it could be graded, whatever the grade, and 1 where grading broke.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cuagym.commands import add_json, emit, stdout_kept_clean
from cuagym.commands._environment import whole
from cuagym.errors import UsageError

if TYPE_CHECKING:
    from cuagym.task import TaskInstance
    from cuagym.verdict import Verdict


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("task", metavar="TASK", help="a task file, or a task's id")
    parser.add_argument(
        "--state", type=Path, required=True, metavar="FILE", help="the document that was left"
    )
    parser.add_argument(
        "--seed", type=whole(0), default=0, metavar="S", help="of the task (default: 0)"
    )
    parser.add_argument("--answer", default="", metavar="TEXT", help="what the agent answered")
    parser.add_argument(
        "--status",
        choices=("success", "failure"),
        default="success",
        help="how it terminated (default: success)",
    )
    parser.add_argument("--sandbox", default="auto", help="in which validators run (default: auto)")
    add_json(parser)


def main(args: argparse.Namespace) -> int:
    """Does the work and returns the exit code."""
    from cuagym import documents
    from cuagym.grading import shared

    with stdout_kept_clean(), shared(args.sandbox) as early:
        early.warm()  # the start of a LibreOffice takes longer than all that comes before its use
        task = _task(args.task, args.seed)
        left = {**task.files, task.open: documents.read(args.state, "document")}
        # The same one, unless the task's pack has brought validators of its own.
        with shared(args.sandbox) as grader:
            verdict = grader.grade(task, left, args.answer, args.status)
    if args.json:
        emit(verdict.to_json())
    else:
        _tell(task, verdict)
    return int(bool(verdict.fault))


def _task(spec: str, seed: int) -> TaskInstance:
    from cuagym import pack

    families = pack.find(spec)
    if len(families) != 1:
        some = ", ".join(f.id for f in families[:8])
        raise UsageError(f"{spec!r} names {len(families)} tasks, one is wanted: {some}")
    task = families[0].instance(seed)
    if not task.open:
        raise UsageError(f"task {task.id!r} opens no document that could be graded")
    return task


def _tell(task: TaskInstance, verdict: Verdict) -> None:
    from cuagym.commands._episodes import describe

    for line in describe(verdict.checks, indent=""):
        print(line)
    if verdict.fault:
        print(f"{task.id}: FAULT: {verdict.fault}")
    else:
        outcome = "success" if verdict.success else "FAILURE"
        print(f"{task.id}: {outcome}, score {verdict.score:.2f}")
