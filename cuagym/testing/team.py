"""What is proven of a team's task family at one seed.

Nothing done fails, and so does each role's part left undone; the oracles of all roles, played
together, pass; near misses fail, and for their reason; the verdict is the same twice, and after
documents have been stored again by other programs; sampling is deterministic; the agents are told
what they are judged by; and the whole episode replays, frame for frame.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from cuagym import app as apps
from cuagym import validation
from cuagym.actions import Terminate
from cuagym.app import Look
from cuagym.errors import CuagymError, TaskError
from cuagym.formats import problem
from cuagym.grading import Grader, shared
from cuagym.multi.judging import judge
from cuagym.multi.messages import TeamTurn
from cuagym.multi.parallel import TeamEnv
from cuagym.multi.play import TeamEnd, play
from cuagym.multi.task import Oracle, Seat, TeamFamily, TeamMiss
from cuagym.pack import validator_sources
from cuagym.task import Params, ValidatorSpec
from cuagym.testing import resave
from cuagym.testing.told import hidden
from cuagym.verdict import Verdict

__all__ = ["TeamProof", "prove_team"]

NEAR_MISSES: Final = 3
"""The fewest near misses of a family."""
OTHERS: Final = 6
"""From how many other tasks values are taken to find out what agents are not told."""


@dataclass
class TeamProof:
    """What came of it.

    Attributes:
        family: The family's id.
        seed: The seed.
        look: In which look it was proven.
        problems: What is wrong; empty where all is proven.
        steps: Steps that the oracles took.
        near_misses: How many near misses failed, as they must.
        by_gui: How many of these were made through the GUI.
        needed: The roles without whose part the task is not done.
        replayed: Whether the episode was the same twice, frame for frame.
        seconds: Real time.
    """

    family: str
    seed: int
    look: str = ""
    problems: list[str] = field(default_factory=list)
    steps: int = 0
    near_misses: int = 0
    by_gui: int = 0
    needed: list[str] = field(default_factory=list)
    replayed: bool = False
    seconds: float = 0.0


def prove_team(
    family: TeamFamily,
    seed: int,
    look: Look = "plain",
    size: tuple[int, int] = (1280, 720),
    sandbox: str = "auto",
) -> TeamProof:
    """Prove a team's family at a seed.

    Args:
        family: The family.
        seed: What its parameters are drawn with.
        look: Of the desktops.
        size: Of their screens.
        sandbox: Their backend.

    Example:
        >>> from cuagym.multi import find
        >>> prove_team(find("team/regional-report")[0], seed=0).problems
        []
    """
    proof = TeamProof(family.id, seed, look)
    began = time.monotonic()
    try:
        env = TeamEnv(family, look=look, size=size, sandbox=sandbox)
        try:
            with shared(sandbox) as grader:
                _Prover(family, proof, env, grader).run()
        finally:
            env.close()
    except CuagymError as e:
        proof.problems.append(str(e))
    except Exception as e:  # a contributor's code may raise anything
        proof.problems.append(f"{type(e).__name__}: {e}")
    proof.seconds = time.monotonic() - began
    return proof


class _Prover:
    """One family at one seed, under proof."""

    def __init__(self, family: TeamFamily, proof: TeamProof, env: TeamEnv, grader: Grader) -> None:
        self.family, self.proof, self.env, self.grader = family, proof, env, grader
        self.instance = family.instance(proof.seed)
        self.params = dict(self.instance.params)

    def run(self) -> None:
        self.declared()
        nothing = self.play(dict.fromkeys(self.family.roles, _nothing))
        self.fails("nothing done", nothing)
        right = self.play(self.right())
        if why := _failed(right):
            self.wrong(f"the oracles: {why}")
        else:
            self.proof.steps = right.steps
            self.repeated(right)
            self.roles(nothing, right)
        self.misses(right)

    def wrong(self, text: str) -> None:
        self.proof.problems.append(text)

    def right(self) -> dict[str, Oracle]:
        def oracle(seat: Seat) -> Iterable[TeamTurn]:
            return self.family.solve(self.params, seat)

        return dict.fromkeys(self.family.roles, oracle)

    def play(self, oracles: Mapping[str, Oracle]) -> TeamEnd:
        return play(self.env, self.instance, oracles)

    def declared(self) -> None:
        """Sampling, the documents, and the arguments of validators."""
        if self.family.instance(self.instance.seed) != self.instance:
            self.wrong("sampling is not deterministic: one seed gives two tasks")
        sources = validator_sources()
        parts = self.instance.parts
        for spec in (*self.instance.joint, *(v for p in parts.values() for v in p.validators)):
            try:
                validation.check(spec, sources)
            except TaskError as e:
                self.wrong(str(e))
        for role, part in parts.items():
            if part.open and (what := problem(part.open, part.files[part.open])):
                self.wrong(f"{role}: its document {part.open!r} cannot be opened: {what}")
        rng = np.random.default_rng(self.instance.seed + 1)
        others = [json.loads(json.dumps(self.family.sample(rng))) for _ in range(OTHERS)]
        for key in hidden(_Whole(self.family), self.params, others):
            self.wrong(
                f"the validators depend on the parameter {key!r}, which no instruction and no"
                " document shows"
            )

    def fails(self, name: str, end: TeamEnd) -> bool:
        """Whether an end fails, as it must."""
        if end.wrong or end.verdict.fault:
            self.wrong(f"{name}: {end.wrong or end.verdict.fault}")
        elif end.verdict.success:
            self.wrong(f"{name}: it passes")
        else:
            return True
        return False

    def repeated(self, right: TeamEnd) -> None:
        """The same verdict on what was left, whoever stored it; and the same episode once more."""
        again = judge(self.grader, self.instance, right.files, right.ends, fresh=True)
        if again != right.verdict:
            self.wrong(f"graded again the verdict differs: {again}")
        for role, part in self.instance.parts.items():
            document = f"{role}/{apps.load(part.app).judged(part.open)}"
            stored = resave.by_every_program(self.grader, document, right.files)
            for program, files in stored.items():
                end = TeamEnd(judge(self.grader, self.instance, files, right.ends))
                if why := _failed(end):
                    self.wrong(f"{document} stored again by {program}: {why}")
        self.replayed(right)

    def replayed(self, right: TeamEnd) -> None:
        """Play the same once more."""
        replay = self.play(self.right())
        pairs = enumerate(zip(right.frames, replay.frames, strict=False))
        differ = [step for step, (a, b) in pairs if a != b]
        if replay.wrong or differ or len(right.frames) != len(replay.frames):
            at = f"first at step {differ[0]}" if differ else "in length"
            self.wrong(f"played again the episode differs, {replay.wrong or at}")
        elif replay.verdict != right.verdict:
            self.wrong(f"played again the verdict differs: {replay.verdict}")
        else:
            self.proof.replayed = True

    def roles(self, nothing: TeamEnd, right: TeamEnd) -> None:
        """Every role has something to do: what the others left does not pass without it."""
        for role in self.family.roles:
            prefix = f"{role}/"
            others = {n: d for n, d in right.files.items() if not n.startswith(prefix)}
            own = {n: d for n, d in nothing.files.items() if n.startswith(prefix)}
            verdict = judge(self.grader, self.instance, others | own, right.ends)
            if self.fails(f"without {role}", TeamEnd(verdict)):
                self.proof.needed.append(role)

    def misses(self, right: TeamEnd) -> None:
        misses = dict(self.family.near_misses(self.params))
        for name, miss in misses.items():
            by_gui = not callable(miss.how)
            if not by_gui and _failed(right):
                continue  # nothing to spoil: the oracles' failure is told already
            end = self.missed(miss, right)
            if not self.fails(f"near miss {name!r}", end):
                continue
            if not _says(end.verdict, miss.says):
                why = _failed(end)
                self.wrong(f"near miss {name!r} fails, but nothing says {miss.says!r}: {why}")
                continue
            self.proof.near_misses += 1
            self.proof.by_gui += by_gui
        if len(misses) < NEAR_MISSES:
            self.wrong(f"it has {len(misses)} near misses, at least {NEAR_MISSES} are asked for")
        if all(callable(miss.how) for miss in misses.values()):
            self.wrong("none of its near misses is made through the GUI")

    def missed(self, miss: TeamMiss, right: TeamEnd) -> TeamEnd:
        if not callable(miss.how):
            return self.play({**self.right(), **miss.how})
        files = miss.how(dict(right.files))
        if files == right.files:
            return TeamEnd(wrong="it changes nothing of what the oracles left")
        return TeamEnd(judge(self.grader, self.instance, files, right.ends))


class _Whole:
    """A team's family as if one agent saw and did everything."""

    def __init__(self, family: TeamFamily) -> None:
        self.family = family

    def validators(self, params: Params) -> list[ValidatorSpec]:
        own = [v for role in self.family.roles for v in self.family.validators(params, role)]
        return [*own, *self.family.joint(params)]

    def gold(self, params: Params) -> dict[str, bytes]:
        return self._all(lambda role: self.family.gold(params, role))

    def instruction(self, params: Params) -> str:
        return "\n".join(self.family.instruction(params, role) for role in self.family.roles)

    def setup(self, params: Params) -> dict[str, bytes]:
        shared = self.family.shared(params)
        return {**self._all(lambda role: self.family.setup(params, role)), **shared}

    def _all(self, files: Callable[[str], Mapping[str, bytes]]) -> dict[str, bytes]:
        return {f"{role}/{n}": d for role in self.family.roles for n, d in files(role).items()}


def _nothing(seat: Seat) -> Iterable[TeamTurn]:
    yield (Terminate(),)


def _failed(end: TeamEnd) -> str:
    """Why an end does not pass; "" if it does."""
    if end.wrong or end.verdict.fault or end.verdict.success:
        return end.wrong or end.verdict.fault
    failed = [f"{c.name}: {c.detail}" for c in end.verdict.checks if not c.passed]
    return "; ".join(failed[:4]) or "there are no checks"


def _says(verdict: Verdict, text: str) -> bool:
    return any(text in f"{c.name}: {c.detail}" for c in verdict.checks if not c.passed)
