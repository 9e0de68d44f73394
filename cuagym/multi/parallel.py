"""`TeamEnv`: several agents, each on its own desktop, as a PettingZoo parallel env."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded
from gymnasium.utils import seeding
from numpy.typing import NDArray
from pettingzoo import ParallelEnv

from cuagym.actions import Action, Terminate
from cuagym.actions.space import UnicodeText, action_space
from cuagym.app import Look
from cuagym.desktop.xvfb import check_size
from cuagym.env import DesktopEnv
from cuagym.errors import ActionError, Fault, UsageError, nearest
from cuagym.grading import Grader, shared
from cuagym.multi import messages as says
from cuagym.multi.folder import SharedFolder
from cuagym.multi.judging import combined, everything, judge_jointly
from cuagym.multi.messages import MAX_MESSAGE, SLOT, Message
from cuagym.multi.pack import find
from cuagym.multi.task import TeamFamily, TeamInstance
from cuagym.task import MAX_INSTRUCTION
from cuagym.vector.pool import LocalPool, Outcome
from cuagym.verdict import Verdict

__all__ = ["TeamEnv"]

Observation = dict[str, NDArray[np.uint8]]
Stepped = tuple[
    dict[str, Observation],
    dict[str, float],
    dict[str, bool],
    dict[str, bool],
    dict[str, dict[str, Any]],
]

REWARDS = ("success", "score")
_SEEDS = 2**31 - 1


class TeamEnv(ParallelEnv[str, Any, Any]):  # type: ignore[misc]
    """Two or more agents, each on its own desktop, with a shared folder and a message channel.

    All desktops live a step at once. Then, while their time stands still, what was shared changes,
    in the order of the agents: files that were saved in the folder `Shared` of a workspace come to
    all of them, and what was said is heard. So an episode replays.

    An agent that terminates waits for the others: its desktop lives on, and what it is given to do
    is not done. The episode is over for all at once: when the last one has terminated (or closed
    its application), or at the horizon. Then what each has left is judged, and all of it together;
    success of the team is the reward of everyone. If a desktop faults, the episode is truncated for
    all, and the next reset heals it.

    Args:
        task: an id, a glob or a set of teams' tasks, all of the same roles; or a family.
        size: of each screen, width and height in pixels.
        look: "gtk3" or "plain".
        sandbox: "auto", "runc" or "bubblewrap".
        reward: "success" (1.0 at the end if every check passes) or "score" (the passed fraction).
        max_steps: the horizon; None for the task's own.
        settle_cap: real seconds allowed to whatever never sleeps, in each step.
        render_mode: "rgb_array", all screens side by side, or None.

    Attributes:
        size: of each screen, width and height in pixels.
        look: of the desktops.
        possible_agents: the roles, in their order.
        agents: the same while an episode is under way, else none.
        instance: the task of the last episode; None before there is one.
        verdict: what was said of it; None while it is under way.
        transcript: what was said by the agents in it.

    Raises:
        UsageError: an argument is not what it should be.
    """

    metadata: ClassVar[dict[str, Any]] = {
        "name": "cuagym_team_v0",
        "render_modes": ["rgb_array"],
        "render_fps": 4,
        "is_parallelizable": True,
    }

    def __init__(
        self,
        task: str | TeamFamily = "team/regional-report",
        *,
        size: Sequence[int] = (1280, 720),
        look: Look = "gtk3",
        sandbox: str = "auto",
        reward: Literal["success", "score"] = "success",
        max_steps: int | None = None,
        settle_cap: float = 5.0,
        render_mode: str | None = None,
    ) -> None:
        if reward not in REWARDS:
            raise UsageError(f"reward={reward!r}: one of {REWARDS}{nearest(reward, REWARDS)}")
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise UsageError(f"render_mode={render_mode!r}: 'rgb_array' or None")
        whole = isinstance(max_steps, (int, np.integer)) and not isinstance(max_steps, bool)
        if max_steps is not None and not (whole and max_steps >= 1):
            raise UsageError(f"max_steps={max_steps!r}: a whole number of at least 1, or None")
        self._families = [task] if isinstance(task, TeamFamily) else find(task)
        self._roles = _roles(self._families)
        self.possible_agents = list(self._roles)
        self.agents: list[str] = []
        self.render_mode = render_mode
        self._reward, self._max_steps, self._sandbox = reward, max_steps, sandbox
        given = {"size": size, "look": look, "sandbox": sandbox, "settle_cap": settle_cap}
        # One more than the team's: the last step is that in which the desktop is judged.
        limit = None if max_steps is None else max_steps + 1
        self._args = [
            {"app": app, **given, "max_steps": limit, "prepare": 0} for app in self._roles.values()
        ]
        self.size, self.look = check_size(size), look
        width, height = self.size
        self._frames = np.zeros((len(self._roles), height, width, 3), np.uint8)
        self._instructions = np.zeros((len(self._roles), MAX_INSTRUCTION), np.uint8)
        self._pool: LocalPool | None = self._made_pool()
        self._begun: set[int] = set()  # desktops at work
        self._grader: Grader | None = None
        self._heard = SLOT * (len(self._roles) - 1)
        self._observed = {agent: self._observation_space() for agent in self._roles}
        self._acted = {agent: _action_space() for agent in self._roles}
        self._random: np.random.Generator | None = None
        self.instance: TeamInstance | None = None
        self.verdict: Verdict | None = None
        self._forget()

    def _forget(self) -> None:
        """Begin to know nothing of an episode."""
        self.transcript: list[Message] = []
        self.verdict = None
        self._said: list[Message] = []  # in the last step
        self._ends: dict[str, Terminate] = {}
        self._quit: set[str] = set()  # these agents' applications have ended
        self._infos: dict[str, dict[str, Any]] = {}
        self._steps, self._fault, self._horizon = 0, "", False
        self._folder = SharedFolder({})

    def _made_pool(self) -> LocalPool:
        return LocalPool(self._args, self._frames, self._instructions)

    def _observation_space(self) -> spaces.Dict:
        return spaces.Dict(
            {
                "screenshot": spaces.Box(0, 255, self._frames.shape[1:], np.uint8),
                "instruction": spaces.Box(0, 255, (MAX_INSTRUCTION,), np.uint8),
                "messages": spaces.Box(0, 255, (self._heard,), np.uint8),
            }
        )

    def observation_space(self, agent: str) -> spaces.Dict:
        """What an agent observes.

        `screenshot` uint8 (H, W, 3), `instruction` uint8 (1024,), and `messages` uint8
        (4096 x the number of other agents,): what the others said in the last step, in their order,
        a line each, `sender: text`, UTF-8, zero-padded.
        """
        return self._observed[agent]

    def action_space(self, agent: str) -> spaces.Dict:
        """What an agent does: that of `DesktopEnv`, and `message`, a text; "" says nothing."""
        return self._acted[agent]

    # PettingZoo's calls

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Observation], dict[str, dict[str, Any]]]:
        """Begins an episode on clean desktops.

        Args:
            seed: of the generator from which tasks are drawn; None goes on with it.
            options: {"task": TeamInstance} runs that one; other keys are ignored.

        Raises:
            Fault: a desktop did not start; the next reset may.
            SetupError: the machine lacks something.
            UsageError: the task has other roles.
        """
        if seed is not None or self._random is None:
            self._random, _ = seeding.np_random(seed)
        which, drawn = self._random.random(), int(self._random.integers(_SEEDS))
        given = (options or {}).get("task")
        family = self._families[int(which * len(self._families))]
        instance = family.instance(drawn) if given is None else self._checked_task(given)
        self.agents = []
        self._forget()
        self._collected()  # a step that was interrupted
        pool = self._pool = self._pool or self._made_pool()
        for place, part in enumerate(instance.parts.values()):
            pool.begin_reset(place, instance.seed, {"task": part})
            self._begun.add(place)
        outcomes = self._collected()
        for place, outcome in sorted(outcomes.items()):
            if outcome.error is not None:
                outcome.error.add_note(f"the desktop of {self.possible_agents[place]!r}")
                raise outcome.error
        self.instance, self._folder = instance, SharedFolder(instance.shared)
        self._folder.begin(self._sandboxes())
        self.agents = list(self.possible_agents)
        return self._observations(), self._told(outcomes)

    def step(self, actions: Mapping[str, Any]) -> Stepped:
        """Acts on all desktops at once, lets one second pass, shares what is shared, and observes.

        Args:
            actions: by agent, an element of its action space; or anything that `DesktopEnv.step`
                takes, a `Say`, JSON with a "message" beside its action, or a list or tuple of
                these, one turn.

        Raises:
            ActionError: one of them is wrong; nothing has happened on any desktop.
            ResetNeeded: no episode is under way.
            UsageError: an agent has no action, or there is no such agent.
        """
        turns = self._turns(actions)
        outcomes = self._stepped(turns)
        self._steps += 1
        if not self._fault:
            self._share()
        limit = self._max_steps or self._task.horizon
        done = all(a in self._ends or a in self._quit for a in self.agents)
        self._horizon = self._steps >= limit and not done
        over = done or self._horizon
        if over and not self._fault:
            outcomes |= self._judged()
        return self._result(outcomes, over)

    def render(self) -> NDArray[np.uint8] | None:
        """The last observed screens side by side, uint8 RGB (H, sum of W, 3); None without a mode.

        Raises:
            ResetNeeded: nothing was observed yet.
        """
        if self.render_mode is None:
            return None
        if self.instance is None:
            raise ResetNeeded("call reset() before render()")
        return np.concatenate(list(self._frames), axis=1)

    def close(self) -> None:
        """Ends everything that the env started; may be called twice."""
        pool, self._pool, self._begun = self._pool, None, set()
        grader, self._grader = self._grader, None
        self.agents = []
        if pool is not None:
            pool.close()
        if grader is not None:
            grader.close()

    # For oracles, tests and tools

    @property
    def desktops(self) -> dict[str, DesktopEnv]:
        """Each agent's desktop."""
        if self._pool is None:
            raise UsageError("the env is closed")
        return dict(zip(self.possible_agents, self._pool.envs, strict=True))

    @property
    def shared(self) -> dict[str, bytes]:
        """What the shared folder holds, by name."""
        return dict(self._folder.files)

    @property
    def ends(self) -> dict[str, Terminate]:
        """How agents have terminated; those that have not are left out."""
        return dict(self._ends)

    @property
    def left(self) -> dict[str, bytes]:
        """All that was judged at the end, by the names that joint validators know."""
        files = {agent: desktop.left for agent, desktop in self.desktops.items()}
        return everything(files, self._folder.files, self.transcript)

    # What happens in a step

    @property
    def _task(self) -> TeamInstance:
        assert self.instance is not None
        return self.instance

    def _checked_task(self, given: Any) -> TeamInstance:
        wanted = {role: part.app for role, part in getattr(given, "parts", {}).items()}
        if not isinstance(given, TeamInstance) or list(wanted.items()) != list(self._roles.items()):
            raise UsageError(
                f"options['task']: a TeamInstance of the roles {self._roles}, got {wanted or given}"
            )
        return given

    def _turns(self, actions: Mapping[str, Any]) -> dict[str, list[Action]]:
        """Check what all agents do, and note what they say and how they terminate."""
        if not self.agents:
            raise ResetNeeded("no episode is under way: call reset() before step()")
        missing = [agent for agent in self.agents if agent not in actions]
        unknown = [agent for agent in actions if agent not in self.agents]
        if unknown:
            raise UsageError(f"there is no agent {unknown[0]!r}{nearest(unknown[0], self.agents)}")
        if missing:
            raise UsageError(f"agents {missing} have no action; each of {self.agents} needs one")
        turns: dict[str, list[Action]] = {}
        said = []
        for agent in self.agents:
            try:
                does, text = says.split(actions[agent])
                turns[agent] = DesktopEnv.check(does)
            except ActionError as e:
                raise ActionError(f"agent {agent!r}: {e}") from None
            if text and agent not in self._ends and agent not in self._quit:
                said.append(Message(agent, text))
        for agent, turn in turns.items():
            if agent in self._ends:
                turn.clear()
            elif turn and isinstance(turn[-1], Terminate):
                self._ends[agent] = turn.pop()  # type: ignore[assignment]
        self._said = said
        return turns

    def _stepped(self, turns: Mapping[str, Sequence[Action]]) -> dict[int, Outcome]:
        """Live a step on every desktop whose application is there; note what broke."""
        assert self._pool is not None
        for place, agent in enumerate(self.possible_agents):
            if agent not in self._quit:
                self._pool.begin_step(place, turns[agent])
                self._begun.add(place)
        outcomes = self._collected()
        for place, outcome in sorted(outcomes.items()):
            agent = self.possible_agents[place]
            if outcome.truncated:
                self._fault = self._fault or f"{agent}: {outcome.info['fault']}"
            elif outcome.terminated:
                self._quit.add(agent)
        return outcomes

    def _collected(self) -> dict[int, Outcome]:
        """Wait for what was begun on the desktops."""
        outcomes: dict[int, Outcome] = {}
        while self._begun and self._pool is not None:
            outcomes |= dict(self._pool.wait(None))
            self._begun -= outcomes.keys()
        return outcomes

    def _share(self) -> None:
        """The step is over on all desktops: files and messages come to those they are for."""
        try:
            for agent in self._folder.synchronise(self._sandboxes()):
                # A program that watches the folder wakes up: the next step finds it asleep again.
                self.desktops[agent].advance(0.0)
        except (Fault, OSError, subprocess.TimeoutExpired) as e:
            self._fault = f"the shared folder: {e}"
        self.transcript += self._said

    def _sandboxes(self) -> dict[str, Any]:
        return {agent: desktop.sandbox for agent, desktop in self.desktops.items()}

    def _judged(self) -> dict[int, Outcome]:
        """Have every desktop judge its own, in a step in which nothing is done, and then all."""
        ends = {agent: [self._ends[agent]] if agent in self._ends else [] for agent in self.agents}
        quit = set(self._quit)  # they were judged when they ended
        outcomes = self._stepped(ends)
        self._quit = quit
        if self._fault:
            return outcomes
        verdicts = {agent: desktop.verdict for agent, desktop in self.desktops.items()}
        if self._grader is None:
            self._grader = shared(self._sandbox)
        joint = judge_jointly(self._grader, self._task, self.left)
        self.verdict = combined({a: v for a, v in verdicts.items() if v is not None}, joint)
        self._fault = self.verdict.fault
        return outcomes

    def _result(self, outcomes: Mapping[int, Outcome], over: bool) -> Stepped:
        agents, fault = self.agents, bool(self._fault)
        verdict = self.verdict or Verdict()
        reward = float(verdict.success) if self._reward == "success" else verdict.score
        if over or fault:
            self.agents = []
        result = (
            self._observations(),
            dict.fromkeys(agents, 0.0 if fault else float(reward)),
            dict.fromkeys(agents, over and not fault),
            dict.fromkeys(agents, fault),
            self._told(outcomes),
        )
        return result

    def _observations(self) -> dict[str, Observation]:
        return {
            agent: {
                "screenshot": self._frames[place].copy(),
                "instruction": self._instructions[place].copy(),
                "messages": says.as_bytes(
                    (m for m in self._said if m.sender != agent), self._heard
                ),
            }
            for place, agent in enumerate(self.possible_agents)
        }

    def _told(self, outcomes: Mapping[int, Outcome]) -> dict[str, dict[str, Any]]:
        """What is told beside the observations: as a `DesktopEnv` does, of the team and of each."""
        verdict = self.verdict or Verdict()
        for place, outcome in outcomes.items():
            self._infos[self.possible_agents[place]] = outcome.info
        team = {
            "task": self._task.id,
            "task_seed": self._task.seed,
            "step": self._steps,
            "score": float(verdict.score),
            "is_success": bool(verdict.success),
            "horizon": self._horizon,
            "fault": self._fault,
        }
        return {
            agent: {
                **(own := self._infos[agent]),
                **team,
                "own_score": own["score"],
                "own_success": own["is_success"],
                "done": agent in self._ends or agent in self._quit,
            }
            for agent in self.possible_agents
        }


def _roles(families: Sequence[TeamFamily]) -> dict[str, str]:
    """Return the applications by role, which all families must share."""
    known = [{name: role.app for name, role in family.roles.items()} for family in families]
    for family, roles in zip(families, known, strict=True):
        if list(roles.items()) != list(known[0].items()):
            raise UsageError(
                f"tasks of different roles: {families[0].id} has {known[0]}, {family.id} has"
                f" {roles}; one env takes those of one kind"
            )
    return known[0]


def _action_space() -> spaces.Dict:
    return spaces.Dict({**action_space().spaces, "message": UnicodeText(MAX_MESSAGE)})
