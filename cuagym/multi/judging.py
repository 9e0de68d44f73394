"""What is said of a team: each role's own verdict, and that of all that was left together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cuagym.actions import Terminate
from cuagym.grading import Grader
from cuagym.multi.folder import NAME
from cuagym.multi.messages import Message, as_file
from cuagym.multi.task import MESSAGES, TeamInstance
from cuagym.task import TaskInstance
from cuagym.verdict import Verdict

__all__ = ["combined", "everything", "judge", "judge_jointly"]

_PREFIX = f"{NAME}/"


def everything(
    left: Mapping[str, Mapping[str, bytes]],
    shared: Mapping[str, bytes],
    messages: list[Message],
) -> dict[str, bytes]:
    """Return all that a team left, by the names that joint validators know.

    Args:
        left: What lies in each role's workspace.
        shared: What the shared folder holds.
        messages: What was said.
    """
    own = {
        f"{role}/{name}": data
        for role, files in left.items()
        for name, data in files.items()
        if not name.startswith(_PREFIX)
    }
    there = {f"{_PREFIX}{name}": data for name, data in shared.items()}
    return {**own, **there, MESSAGES: as_file(messages)}


def judge_jointly(grader: Grader, instance: TeamInstance, files: Mapping[str, bytes]) -> Verdict:
    """Return what the joint validators say of `everything`; no checks where there are none."""
    told = TaskInstance(id=instance.id, app="", seed=instance.seed, validators=instance.joint)
    return grader.grade(told, files)


def judge(
    grader: Grader,
    instance: TeamInstance,
    files: Mapping[str, bytes],
    ends: Mapping[str, Terminate],
    fresh: bool = False,
) -> Verdict:
    """Return the verdict of `everything` that a team left, without any desktop.

    Args:
        grader: Who judges.
        instance: The task.
        files: As `everything` gives it.
        ends: How each role has terminated; those that have not are left out.
        fresh: As for `Grader.grade`.
    """
    verdicts = {}
    for role, part in instance.parts.items():
        prefix = f"{role}/"
        own = {n.removeprefix(prefix): d for n, d in files.items() if n.startswith(prefix)}
        own |= {n: d for n, d in files.items() if n.startswith(_PREFIX)}
        end = ends.get(role)
        answer, status = (end.answer, end.status) if end else ("", "")
        verdicts[role] = grader.grade(part, own, answer, status, fresh=fresh)
    return combined(verdicts, judge_jointly(grader, instance, files))


def combined(verdicts: Mapping[str, Verdict], joint: Verdict) -> Verdict:
    """Return one verdict of all: the checks of each role bear its name, the joint ones `team`.

    Each role weighs the same, and the joint checks as much as a role.
    """
    checks = []
    for name, verdict in {**verdicts, "team": joint}.items():
        if verdict.fault:
            return Verdict.failed(f"{name}: {verdict.fault}")
        total = sum(check.weight for check in verdict.checks)
        checks += [
            replace(check, name=f"{name}: {check.name}", weight=check.weight / total)
            for check in verdict.checks
        ]
    return Verdict(tuple(checks))
