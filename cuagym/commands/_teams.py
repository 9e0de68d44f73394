"""Proofs of teams' tasks, for `cuagym check`: one after the other, since each has many desktops."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from cuagym.commands import say
from cuagym.commands._extras import EXTRAS, require
from cuagym.errors import UsageError

if TYPE_CHECKING:
    from cuagym.multi import TeamFamily
    from cuagym.testing.team import TeamProof

__all__ = ["check", "known", "named"]


def named(packs: Iterable[str]) -> list[str]:
    """Those of some names that are packs or tasks of teams."""
    from cuagym.multi.pack import discover

    return [name for name in packs if name.partition("/")[0] in discover()]


def known(pattern: str) -> list[str]:
    """All tasks of teams whose names match a glob; none, and that is said, without PettingZoo."""
    from cuagym.multi.pack import discover

    if not discover():
        return []
    if not EXTRAS["pettingzoo"].present():
        say(f"the tasks of teams are left out; for them: {EXTRAS['pettingzoo'].line}")
        return []
    from cuagym.multi import find

    found = [family.id for name in discover() for family in find(f"{name}/*")]
    return [id for id in found if fnmatchcase(id.partition("/")[2], pattern)]


def check(args: argparse.Namespace, names: Iterable[str]) -> list[dict[str, Any]]:
    """Proves teams' tasks on every seed, and tells what came of it.

    Args:
        args: Of the command.
        names: Of packs, or of tasks.

    Raises:
        UsageError: If there are none, or something is asked for that teams do not have.
        SetupError: If PettingZoo is missing.
    """
    require("pettingzoo")
    from cuagym.app import LOOKS
    from cuagym.testing.conformance import BOTH
    from cuagym.testing.team import prove_team

    for option in ("only", "baseline"):
        if getattr(args, option):
            raise UsageError(f"--{option} is not there for the tasks of teams")
    told = []
    for family in _families(names, args.task):
        proofs = []
        for seed in range(args.first_seed, args.first_seed + args.seeds):
            look = LOOKS[seed % len(LOOKS)] if args.look == BOTH else args.look
            proofs.append(prove_team(family, seed, look, args.size, args.sandbox))
            _tell(proofs[-1])
        told.append(_summary(proofs))
    return told


def _families(names: Iterable[str], pattern: str) -> list[TeamFamily]:
    from cuagym.multi import find

    found = [f for name in names for f in find(name if "/" in name else f"{name}/*")]
    meant = [f for f in found if fnmatchcase(f.id.partition("/")[2], pattern)]
    if not meant:
        raise UsageError(f"--task {pattern!r} names none of {', '.join(f.id for f in found)}")
    return meant


def _tell(proof: TeamProof) -> None:
    say(
        f"{proof.family} seed {proof.seed}: {'FAILED' if proof.problems else 'proven'};"
        f" {proof.steps} steps, {proof.near_misses} near misses, {proof.seconds:.1f} s"
    )
    for problem in proof.problems:
        say(f"    {problem}")


def _summary(proofs: list[TeamProof]) -> dict[str, Any]:
    """What is told of one family, with the keys that other families have."""
    problems = [f"seed {p.seed}: {text}" for p in proofs for text in p.problems]
    return {
        "id": proofs[0].family,
        "passed": not problems,
        "seeds": [p.seed for p in proofs],
        "looks": sorted({p.look for p in proofs}),
        "oracle_steps": [p.steps for p in proofs],
        "near_misses": min(p.near_misses for p in proofs),
        "near_misses_by_gui": min(p.by_gui for p in proofs),
        "replayed": all(p.replayed for p in proofs),
        "seconds": round(sum(p.seconds for p in proofs), 1),
        "problems": problems,
    }
