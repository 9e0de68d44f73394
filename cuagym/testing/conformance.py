"""What is proven of a task family at one seed.

The initial state fails; the oracle passes through the real GUI, on every route; near misses fail,
and for their reason; the verdict is the same twice, and after the document has been stored again by
other programs; sampling is deterministic; and the agent is told what it is judged by.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, cast

import numpy as np

from cuagym import app as apps
from cuagym import validation
from cuagym.actions import Terminate, Turn
from cuagym.app import LOOKS, Look
from cuagym.env import DesktopEnv
from cuagym.errors import CuagymError, TaskError, nearest
from cuagym.formats import problem
from cuagym.grading import Grader, shared
from cuagym.pack import validator_sources
from cuagym.task import Element, NearMiss, Screen, TaskFamily, TaskInstance
from cuagym.taskfile import FileTask
from cuagym.testing import mutants, resave
from cuagym.testing.episodes import End, play
from cuagym.testing.told import hidden
from cuagym.verdict import Verdict

__all__ = ["BOTH", "Proof", "State", "prove"]

BOTH: Final = "both"
"""A desktop's look is one or the other by the seed's parity."""
NEAR_MISSES: Final = 3
"""The fewest near misses of a family."""
OTHERS: Final = 6
"""From how many other tasks values are taken to find out what the agent is not told."""


@dataclass(frozen=True)
class State:
    """An end state and what was said of it.

    Attributes:
        name: Such as `oracle` or `near miss: not saved`.
        files: What was left, by name.
        answer: What was answered.
        status: How it was terminated.
        verdict: What the validators said.
        copies: Of a state that is kept: the workbooks recalculated for it, as `Grader.grade` tells
            them.
    """

    name: str
    files: Mapping[str, bytes]
    answer: str
    status: str
    verdict: Verdict
    copies: dict[str, bytes] = field(default_factory=dict)


@dataclass
class Proof:
    """What came of it.

    Attributes:
        family: The family's id.
        seed: The seed.
        look: In which look it was proven.
        problems: What is wrong; empty where all is proven.
        steps: Steps of the oracle.
        routes: How many ways to the goal passed, the oracle's among them.
        near_misses: How many near misses failed, as they must.
        by_gui: How many of these were made through the GUI.
        mutants: How many right documents were spoilt at random places.
        mutants_failed: How many of these fail; one that passes was spoilt where it may be.
        seconds: Real time.
        states: The end states that were judged.
    """

    family: str
    seed: int
    look: str = ""
    problems: list[str] = field(default_factory=list)
    steps: int = 0
    routes: int = 0
    near_misses: int = 0
    by_gui: int = 0
    mutants: int = 0
    mutants_failed: int = 0
    seconds: float = 0.0
    states: list[State] = field(default_factory=list)


def prove(
    family: TaskFamily,
    seed: int,
    look: str = BOTH,
    size: tuple[int, int] = (1280, 720),
    sandbox: str = "auto",
    only: str = "",
    keep: bool = False,
) -> Proof:
    """Prove a family at a seed.

    Args:
        family: The family.
        seed: What its parameters are drawn with.
        look: Of the desktop; "both": gtk3 on even seeds, plain on odd ones and, since it is
            cheaper and proves the same, for near misses.
        size: Of its screen.
        sandbox: Its backend.
        only: Play only the oracle, route or near miss of this name, and prove nothing else.
        keep: Whether the end states shall be kept: then `State.copies` are told too.
    """
    missing = "plain" if look == BOTH else look
    look = LOOKS[seed % len(LOOKS)] if look == BOTH else look
    proof = Proof(family.id, seed, look)
    began = time.monotonic()
    try:
        instance = family.instance(seed)
        with shared(sandbox) as grader:
            grader.warm()
            seen = _Seen()
            screens = Screen(*size, look, seen), Screen(*size, missing, seen)
            prover = _Prover(family, instance, grader, proof, screens, sandbox, seen)
            prover.run(only)
            if keep:
                proof.states = [prover.kept(s) for s in proof.states]
    except CuagymError as e:
        proof.problems.append(str(e))
    except Exception as e:  # a contributor's code may raise anything
        proof.problems.append(f"{type(e).__name__}: {e}")
    proof.seconds = time.monotonic() - began
    return proof


class _Seen:
    """What oracles ask of the env in which they are played."""

    env: DesktopEnv | None = None

    def __call__(self, selector: str) -> list[Element]:
        assert self.env is not None
        return self.env.elements(selector)


class _Prover:
    """One family at one seed, under proof."""

    def __init__(
        self,
        family: TaskFamily,
        instance: TaskInstance,
        grader: Grader,
        proof: Proof,
        screens: tuple[Screen, Screen],
        sandbox: str,
        seen: _Seen,
    ) -> None:
        self.family, self.instance, self.grader, self.proof = family, instance, grader, proof
        self.params = dict(instance.params)
        self.right_screen, self.miss_screen = screens
        self.sandbox, self.seen = sandbox, seen
        self.app = apps.load(family.app)

    def run(self, only: str) -> None:
        if not only:
            for step in (self.sampling, self.arguments, self.documents, self.told, self.initial):
                step()
        right = self.oracles(only) if self.family.has_oracle else None
        if not only:
            right = self.golds() or right
        misses = dict(self.family.near_misses(self.params, self.miss_screen))
        known = ["oracle", *self.family.routes(self.params, self.right_screen), *misses]
        if only and only not in known:
            self.wrong(f"it has no route or near miss {only!r}{nearest(only, known)}")
        self.misses({only: misses[only]} if only in misses else self.chosen(misses, only), right)
        if not only:
            self.enough(misses)
            if right is not None:
                self.repeated(right)
                self.mutated(right)

    def wrong(self, text: str) -> None:
        self.proof.problems.append(text)

    def sampling(self) -> None:
        if self.family.instance(self.instance.seed) != self.instance:
            self.wrong("sampling is not deterministic: one seed gives two tasks")

    def arguments(self) -> None:
        sources = validator_sources()
        for spec in self.instance.validators:
            try:
                validation.check(spec, sources)
            except TaskError as e:
                self.wrong(str(e))
        if not self.instance.validators and self.instance.feasible:
            self.wrong("it has no validators: nothing would be judged")

    def documents(self) -> None:
        for name, data in self.instance.files.items():
            if name == self.instance.open and (what := problem(name, data)):
                self.wrong(f"its document {name!r} cannot be opened: {what}")

    def told(self) -> None:
        rng = np.random.default_rng(self.instance.seed + 1)
        others = [json.loads(json.dumps(self.family.sample(rng))) for _ in range(OTHERS)]
        for key in hidden(self.family, self.params, others):
            self.wrong(
                f"the validators depend on the parameter {key!r}, which shows neither in the"
                " instruction nor in the documents"
            )

    def initial(self) -> None:
        files = self.beginning()
        for status in ("", "success"):
            verdict = self.grader.grade(self.instance, files, "", status)
            name = f"initial, terminated with {status}" if status else "initial"
            self.note(name, End(verdict, files, "", status))
            if verdict.fault:
                self.wrong(f"the initial state cannot be graded: {verdict.fault}")
            elif verdict.success:
                self.wrong(f"the initial state passes (terminated: {status or 'not'})")

    def beginning(self) -> dict[str, bytes]:
        """What there is where nothing was done."""
        if self.app.files_tell:
            return dict(self.instance.files)
        end = self.play([(Terminate("failure"),)], self.right_screen)
        if end.wrong:
            self.wrong(f"the initial state: {end.wrong}")
        return end.files

    def golds(self) -> End | None:
        """Judge the ends that are right as they stand; return the first one that passes."""
        golds = self.family.gold_states()
        if not golds and not self.family.has_oracle:
            self.wrong(
                "nothing shows that it can be done: give it 'solve', the actions that lead to the"
                " goal, or a validator that compares with a gold file"
            )
        right = None
        for name, files in golds.items():
            verdict = self.grader.grade(self.instance, files, "", "success")
            end = End(verdict, files, "", "success")
            self.note(name, end)
            if why := _failed(end):
                self.wrong(f"{name}: {why}")
            else:
                right = right or end
        return right

    def kept(self, state: State) -> State:
        """Add to a state what was recalculated for it, which the grader remembers."""
        copies: dict[str, bytes] = {}
        self.grader.grade(self.instance, state.files, state.answer, state.status, copies=copies)
        return replace(state, copies=copies)

    def note(self, name: str, end: End) -> None:
        self.proof.states.append(State(name, end.files, end.answer, end.status, end.verdict))

    def oracles(self, only: str) -> End | None:
        """Play every way to the goal; return the oracle's end where it passed."""
        routes = {"oracle": self.family.solve(self.params, self.right_screen)}
        others = self.family.routes(self.params, self.right_screen)
        routes |= {f"route {name}": turns for name, turns in others.items()}
        right = None
        for name, turns in routes.items():
            if only and name not in (only, f"route {only}", "oracle"):
                continue
            end = self.play(turns, self.right_screen)
            self.note(name, end)
            if why := _failed(end):
                self.wrong(f"{name}: {why}")
                continue
            self.proof.routes += 1
            if name == "oracle":
                right, self.proof.steps = end, end.steps
        return right

    def play(self, turns: Iterable[Turn], screen: Screen) -> End:
        size, look = (screen.width, screen.height), cast(Look, screen.look)
        family = self.family
        env = DesktopEnv(
            family.app, family.id, size=size, look=look, sandbox=self.sandbox, prepare=0
        )
        self.seen.env = env
        try:
            return play(env, self.instance, turns)
        finally:
            env.close()

    def chosen(self, misses: Mapping[str, NearMiss], only: str) -> dict[str, NearMiss]:
        """Return those of this seed: all that are files, and one through the GUI, in turn."""
        if only:
            return {}
        by_gui = [name for name, miss in misses.items() if not callable(miss.how)]
        turn = by_gui[self.instance.seed // len(LOOKS) % len(by_gui)] if by_gui else ""
        return {n: m for n, m in misses.items() if callable(m.how) or n == turn}

    def misses(self, misses: Mapping[str, NearMiss], right: End | None) -> None:
        for name, miss in misses.items():
            by_gui = not callable(miss.how)
            if callable(miss.how):
                if right is None and self.family.has_oracle:
                    continue  # nothing to spoil: the oracle's failure is told already
                end = self.spoilt(miss.how, right or self.begun())
            else:
                end = self.play(miss.how, self.miss_screen)
            self.note(f"near miss: {name}", end)
            if end.wrong or end.verdict.fault:
                self.wrong(f"near miss {name!r}: {end.wrong or end.verdict.fault}")
            elif end.verdict.success:
                self.wrong(f"near miss {name!r} passes")
            elif not _says(end.verdict, miss.says):
                self.wrong(
                    f"near miss {name!r} fails, but nothing says {miss.says!r}: {_failed(end)}"
                )
            else:
                self.proof.near_misses += 1
                self.proof.by_gui += by_gui

    def begun(self) -> End:
        return End(files=dict(self.instance.files), status="success")

    def spoilt(self, change: Callable[[dict[str, bytes]], dict[str, bytes]], right: End) -> End:
        try:
            files = change(dict(right.files))
        except Exception as e:  # a contributor's code may raise anything
            return End(wrong=f"its change raised {type(e).__name__}: {e}")
        if files == right.files:
            return End(wrong="it changes nothing of what the oracle left")
        verdict = self.grader.grade(self.instance, files, right.answer, right.status)
        return End(verdict, files, right.answer, right.status)

    def enough(self, misses: Mapping[str, NearMiss]) -> None:
        if isinstance(self.family, FileTask):
            return  # who has no code shall have no duties beyond the gold file
        if len(misses) < NEAR_MISSES:
            self.wrong(f"it has {len(misses)} near misses, at least {NEAR_MISSES} are asked for")
        if all(callable(m.how) for m in misses.values()):
            self.wrong("none of its near misses is made through the GUI")

    def repeated(self, right: End) -> None:
        again = self.grader.grade(
            self.instance, right.files, right.answer, right.status, fresh=True
        )
        if again != right.verdict:
            self.wrong(f"graded again the verdict differs: {again}")
        if not self.family.keeps:
            return
        document = self.app.judged(self.instance.open)
        stored = resave.by_every_program(self.grader, document, right.files)
        for program, files in stored.items():
            verdict = self.grader.grade(self.instance, files, right.answer, right.status)
            end = End(verdict, files, right.answer, right.status)
            self.note(f"oracle, stored again by {program}", end)
            if why := _failed(end):
                self.wrong(f"stored again by {program} the right state fails: {why}")

    def mutated(self, right: End) -> None:
        """Judge what nobody has thought of; whether it must fail is not known, but remembered."""
        rng = np.random.default_rng(self.instance.seed)
        document = self.app.judged(self.instance.open)
        for name, files in mutants.of(document, right.files, rng).items():
            verdict = self.grader.grade(self.instance, files, right.answer, right.status)
            if verdict.fault:
                self.wrong(f"mutant {name!r} cannot be graded: {verdict.fault}")
            end = End(verdict, files, right.answer, right.status)
            self.note(f"mutant: {name}", end)
            self.proof.mutants += 1
            self.proof.mutants_failed += not verdict.success


def _failed(end: End) -> str:
    """Why an end does not pass; "" if it does."""
    if end.wrong or end.verdict.fault:
        return end.wrong or end.verdict.fault
    if end.verdict.success:
        return ""
    failed = [f"{c.name}: {c.detail}" for c in end.verdict.checks if not c.passed]
    return "; ".join(itertools.islice(failed, 4)) or "there are no checks"


def _says(verdict: Verdict, text: str) -> bool:
    return any(text in f"{c.name}: {c.detail}" for c in verdict.checks if not c.passed)
