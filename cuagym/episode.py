"""One episode of an env: its task and desktop, how far it is, how it ended and what was said."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from cuagym.actions import Terminate
from cuagym.errors import Fault
from cuagym.jobs import Job
from cuagym.judge import Judge
from cuagym.session import Session
from cuagym.task import TaskInstance
from cuagym.verdict import Verdict

__all__ = ["Episode"]


@dataclass
class Episode:
    """What changes while an episode runs.

    Attributes:
        instance: The task.
        session: The desktop.
        reward: What is paid: "success", "score" or "progress".
        limit: The most steps; None for the task's own.
        judge: Who judges it; None where nothing is to be judged.
        steps: How many were taken.
        over: Whether there will be no more.
        verdict: What was said last; None if nothing was.
        score: The score when a reward was last paid.
        fault: Why it cannot go on; "" if it can.
        settled: Whether the screen had settled when the last step ended.
        horizon: Whether the number of steps ended it, and nothing else.
        end: How the agent terminated; None if it has not.
        quit: Whether the agent has ended the application.
        done: Whether the document itself says that it is over.
    """

    instance: TaskInstance
    session: Session
    reward: str = "success"
    limit: int | None = None
    judge: Judge | None = None
    steps: int = 0
    over: bool = False
    verdict: Verdict | None = None
    score: float = 0.0
    fault: str = ""
    settled: bool = True
    horizon: bool = False
    end: Terminate | None = None
    quit: bool = False
    done: bool = False

    def state(self) -> dict[str, Any]:
        """Return what a copy of it begins with, on another desktop."""
        told = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: told[name] for name in told if name not in ("session", "judge")}

    @property
    def truncated(self) -> bool:
        """Whether it was cut off rather than judged."""
        return self.over and (bool(self.fault) or self.judge is None)

    def count(self) -> bool:
        """Count a step whose desktop has settled, or has failed; whether it is to be judged."""
        try:
            if not self.fault:
                self.quit = self.session.has_quit()
                self.done = self.instance.ends and not self.quit and self._done()
        except Fault as e:
            self.fault = str(e)
        if self.fault:
            self.fault = self.session.cause(self.fault)
        self.steps += 1
        limit = self.limit or self.instance.max_steps
        at_end = limit is not None and self.steps >= limit
        ended = bool(self.end or self.fault or self.quit or self.done)
        self.horizon = at_end and not ended
        self.over = ended or at_end
        wanted = self.over or self.reward == "progress"
        return wanted and not self.fault and self.judge is not None

    def _done(self) -> bool:
        return self.session.app.over(self.session)

    def grade(self) -> Verdict:
        """Have it judged as it stands; takes long."""
        assert self.judge is not None
        if self.reward == "progress" and self.verdict is None:
            begun = self.judge.start()
            if begun.fault:
                return begun
            self.score = begun.score
        return self.judge.verdict(self.end, self.quit, self.over)

    def take(self, job: Job[Verdict]) -> float:
        """Note what the judging came to, and return the reward of the step."""
        try:
            self.verdict = job.result()
        except Fault as e:
            self.verdict = Verdict.failed(str(e))
        self.fault = self.verdict.fault
        if self.fault:
            self.over = True
            return 0.0
        if self.reward == "success":
            return float(self.verdict.success)
        before = self.score if self.reward == "progress" else 0.0
        self.score = self.verdict.score
        return self.score - before

    def info(self) -> dict[str, Any]:
        """Return what `reset` and `step` tell beside the observation."""
        verdict = self.verdict or Verdict()
        return {
            "task": self.instance.id,
            "task_seed": int(self.instance.seed),
            "instruction": self.instance.instruction,
            "step": self.steps,
            "score": float(verdict.score),
            "is_success": bool(verdict.success),
            "settled": bool(self.settled),
            "horizon": bool(self.horizon),
            "fault": self.fault,
            "action_error": "",
        }
