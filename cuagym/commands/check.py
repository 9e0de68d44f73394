"""Proves tasks: the initial state fails, every oracle passes, near misses fail.

Every task is played through the real GUI on every seed, several at once; what is proven of each is
told in docs/task-packs.md. The end states are kept in the folder `corpus` beside the pack;
--baseline grades these again, without any GUI, and tells which verdicts have changed since.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cuagym.commands import _environment, _teams, add_json, emit, say, stdout_kept_clean
from cuagym.commands._environment import whole
from cuagym.errors import UsageError, nearest

if TYPE_CHECKING:
    from cuagym.task import TaskFamily
    from cuagym.testing.conformance import Proof
    from cuagym.testing.report import Family


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "packs",
        metavar="PACK",
        nargs="*",
        help="a pack's name, a task's, a pack's folder, or a task file (default: all packs)",
    )
    parser.add_argument(
        "--task", metavar="GLOB", default="*", help="only tasks of these names (default: *)"
    )
    parser.add_argument(
        "--seeds", type=whole(1), default=1, metavar="N", help="how many seeds (default: 1)"
    )
    parser.add_argument(
        "--first-seed", type=whole(0), default=0, metavar="S", help="the first one (default: 0)"
    )
    parser.add_argument(
        "--only", default="", metavar="NAME", help="play only this route or near miss"
    )
    parser.add_argument(
        "--baseline",
        action="store_true",
        help="grade the stored end states again instead, and report changed verdicts",
    )
    parser.add_argument(
        "--jobs",
        type=whole(1),
        default=os.cpu_count() or 1,
        metavar="N",
        help="desktops at once (default: one for each CPU)",
    )
    parser.add_argument("--report", type=Path, metavar="FILE", help="write a page in Markdown")
    parser.add_argument(
        "--no-corpus", action="store_true", help="do not keep the end states beside the pack"
    )
    both = "; both: gtk3 on even seeds, plain on odd ones"
    _environment.add_arguments(parser, env=False, look="both", looks=both)
    add_json(parser)


def main(args: argparse.Namespace) -> int:
    """Does the work and returns the exit code."""
    with stdout_kept_clean():
        began = time.monotonic()
        teams = _teams.named(args.packs)
        alone = [name for name in args.packs if name not in teams]
        if not (args.packs or args.only or args.baseline):
            teams = _teams.known(args.task)
        meant = _families(args, alone, bool(teams)) if alone or not args.packs else []
        of_teams = _teams.check(args, teams) if teams else []
        if args.baseline:
            told = _baseline(args, [family for _, family in meant])
        else:
            found = _check(args, meant) if meant else []
            told = [*(family.to_json() for family in found), *of_teams]
            if args.report:
                _write(args, found, of_teams, time.monotonic() - began)
    if args.json:
        emit({"families": told})
    return int(not all(family["passed"] for family in told))


def _families(
    args: argparse.Namespace, names: list[str], may_be_none: bool
) -> list[tuple[str, TaskFamily]]:
    """The families that are meant, each with what finds it; unproven ones only by their names.

    Raises:
        UsageError: If there are none, unless there may.
    """
    from cuagym import pack
    from cuagym.task import UNPROVEN

    known = pack.discover()
    meant, there = [], []
    for name in names or known:
        told = pack.is_path(name) or "/" in name  # a path, or a task's own name
        spec = name if name not in known and told else f"{name}/*"
        for family in pack.find(spec):
            there.append(family.id)
            if family.id.partition("/")[2] == args.task or (
                fnmatchcase(family.id.partition("/")[2], args.task)
                and UNPROVEN not in family.capabilities
            ):
                meant.append((spec, family))
    if not meant and not may_be_none:
        raise UsageError(f"--task {args.task!r} names none of {', '.join(there)}")
    return meant


def _check(args: argparse.Namespace, meant: list[tuple[str, TaskFamily]]) -> list[Family]:
    from cuagym.app import LOOKS
    from cuagym.testing import report, workers
    from cuagym.testing.conformance import BOTH

    if args.look not in (known := (*LOOKS, BOTH)):
        raise UsageError(f"--look {args.look!r}: one of {known}{nearest(args.look, known)}")
    families = [family for _, family in meant]
    by_id = {family.id: family for family in families}
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    keep = not args.only and not args.no_corpus
    units = [
        workers.Unit(spec, f.id, seed, keep and seed == seeds[0])
        for spec, f in meant
        for seed in seeds
    ]
    how = {"look": args.look, "size": args.size, "sandbox": args.sandbox, "only": args.only}
    began = time.monotonic()
    proofs: list[Proof] = []
    say(f"{len(families)} tasks, {len(units)} proofs, {args.jobs} at once ...")
    for proof in workers.run(units, args.jobs, **how):
        proofs.append(proof)
        _tell(len(proofs), len(units), proof)
        own = [each for each in proofs if each.family == proof.family]
        if keep and len(own) == len(seeds):  # at once: a long run may be cut off
            _store(by_id[proof.family], report.by_family(own)[0])
    seconds = time.monotonic() - began
    found = report.by_family(proofs)
    wrong = [f for f in found if f.problems]
    say(f"{len(found) - len(wrong)} of {len(found)} tasks are proven, in {seconds:.0f} s")
    return found


def _tell(number: int, count: int, proof: Proof) -> None:
    say(
        f"[{number}/{count}] {proof.family} seed {proof.seed}:"
        f" {'FAILED' if proof.problems else 'proven'}; {proof.steps} steps, {proof.routes} routes,"
        f" {proof.near_misses} near misses, {proof.seconds:.1f} s"
    )
    for problem in proof.problems:
        say(f"    {problem}")


def _store(family: TaskFamily, found: Family) -> None:
    """Keep the end states of a family's first seed, where all of it is proven."""
    from cuagym.pack import pack_of
    from cuagym.testing import corpus

    pack = pack_of(family.id)
    if pack is not None and not found.problems:
        first = found.proofs[0]
        corpus.store(pack, family.instance(first.seed), first.states)


def _write(
    args: argparse.Namespace, found: list[Family], teams: list[dict[str, Any]], seconds: float
) -> None:
    from cuagym.testing import report

    words = [w for w in sys.argv[1:] if w != "--json"]
    facts = [f"{seconds:.0f} s on {os.cpu_count()} cores, {args.jobs} desktops at once,"]
    facts.append(f"look {args.look}, {args.size[0]}x{args.size[1]}.")
    page = report.page(found, "Conformance", "cuagym " + " ".join(words), facts, teams)
    try:
        args.report.write_text(page, encoding="utf-8")
    except OSError as e:
        raise UsageError(f"--report {args.report}: {e.strerror}") from None


def _baseline(args: argparse.Namespace, families: list[TaskFamily]) -> list[dict[str, Any]]:
    from cuagym.grading import shared
    from cuagym.pack import pack_of
    from cuagym.testing import corpus

    told = []
    states = recalculated = 0
    began = time.monotonic()
    with shared(args.sandbox) as grader:
        for number, family in enumerate(families, 1):
            pack = pack_of(family.id)
            assert pack is not None
            again = corpus.regrade(pack, family.id.partition("/")[2], grader)
            states += again.states
            recalculated += again.recalculated
            changed = f", {len(again.changes)} changed" if again.changes else ""
            say(f"[{number}/{len(families)}] {family.id}: {again.states} states{changed}")
            for change in again.changes:
                say(f"    {change}")
            told.append(
                {
                    "id": family.id,
                    "passed": not again.changes,
                    "states": again.states,
                    "changes": list(again.changes),
                }
            )
    anew = f", {recalculated} workbooks recalculated" if recalculated else ""
    say(f"{states} states in {time.monotonic() - began:.1f} s{anew}")
    return told
