"""`DesktopEnv`: one application on one desktop as a Gymnasium environment.

`reset` and `step` are each three calls: `begin_reset` or `begin_step` starts the work, `poll` tells
without blocking whether it is done, `finish` returns the values. A vector env is many of them at
once. The env knows neither applications nor file formats.
"""

from __future__ import annotations

import copy
import select
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, cast

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded
from numpy.typing import NDArray

from cuagym import app as apps
from cuagym import pack
from cuagym.actions import Action, Terminate, Turn, Type, Wait, action_space, parse
from cuagym.app import Look
from cuagym.desktop.keyboard import check_text
from cuagym.desktop.xvfb import check_size
from cuagym.episode import Episode
from cuagym.errors import Fault, TaskError, UsageError, nearest
from cuagym.fingerprint import Fingerprint, take
from cuagym.grading import Grader, shared
from cuagym.jobs import Job
from cuagym.judge import Judge
from cuagym.sandbox import Sandbox, wait_for_disposal
from cuagym.session import Session
from cuagym.snapshot import Snapshot, claim
from cuagym.supply import Settings, Start, Supply, checked_seeds
from cuagym.task import MAX_INSTRUCTION, Element, TaskInstance
from cuagym.task import Screen as OracleScreen
from cuagym.verdict import Verdict

Frame = NDArray[np.uint8]
Observation = dict[str, Frame]
StepResult = tuple[Observation, float, bool, bool, dict[str, Any]]

REWARDS = ("success", "score", "progress")
SPLITS = ("train", "test")
STEP_SECONDS = 1.0
"""Application time that a step lives, unless its last primitive waits."""


class DesktopEnv(gym.Env[Observation, Any]):
    """A real application, driven by mouse and keyboard, seen as screenshots.

    Args:
        app: the application: "excel".
        task: a task's id, a glob, a set's name, or a task file's path; None for the frozen core
            set of the app.
        open: instead of a task, a document of one's own; the reward is 0 then.
        size: of the screen, width and height in pixels, (640, 480) to (1920, 1080).
        look: "gtk3", or "plain": several times cheaper per step and per start.
        sandbox: "auto", "runc" or "bubblewrap".
        reward: "success" (1.0 at the end if every check passes), "score" (the passed fraction, at
            the end) or "progress" (the change of the score at every step; slow, since each step
            exports the document, and grades it if it changed).
        max_steps: the horizon; None for the task's own.
        split: "train" or "test": tasks of that split alone; None for both.
        task_seeds: draw only instances of these seeds, such as range(16), so that resets restore
            what was seen before, and other seeds tell what was learned; None: ever new ones.
        prepare: 1 readies the next desktop while the episode runs, 0 does not. It is ready for an
            unseeded reset with the same `options["task"]`; where each reset is seeded anew, none is
            readied after the second.
        settle_cap: real seconds allowed to whatever never sleeps.
        render_mode: "rgb_array" or None ("human" comes with Gymnasium).

    Nothing starts before the first reset.

    Raises:
        UsageError: an argument is not what it should be; names the nearest valid one.

    Example:
        >>> env = gym.make("CUA-Excel-v0")
        >>> observation, info = env.reset(seed=0)
        >>> observation["screenshot"].shape
        (720, 1280, 3)
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 4}

    def __init__(
        self,
        app: str,
        task: str | Path | None = None,
        open: str | None = None,
        size: Sequence[int] = (1280, 720),
        look: Look = "gtk3",
        sandbox: str = "auto",
        reward: Literal["success", "score", "progress"] = "success",
        max_steps: int | None = None,
        split: Literal["train", "test"] | None = None,
        task_seeds: Sequence[int] | None = None,
        prepare: int = 1,
        settle_cap: float = 5.0,
        render_mode: str | None = None,
    ) -> None:
        if reward not in REWARDS:
            raise UsageError(f"reward={reward!r}: one of {REWARDS}{nearest(reward, REWARDS)}")
        whole = isinstance(max_steps, (int, np.integer))
        if max_steps is not None and not (whole and max_steps >= 1):
            raise UsageError(
                f"max_steps={max_steps!r}: a whole number of at least 1, or None for the task's own"
            )
        if not (isinstance(settle_cap, (int, float)) and settle_cap > 0):
            raise UsageError(f"settle_cap={settle_cap!r}: a number of seconds above 0")
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise UsageError(f"render_mode={render_mode!r}: 'rgb_array', 'human' or None")
        if split not in (None, *SPLITS):
            raise UsageError(f"split={split!r}: one of {SPLITS}{nearest(split, SPLITS)}, or None")
        settings = Settings(
            app,
            None if task is None else str(task),
            open,
            check_size(size),
            look,
            sandbox,
            split or "",
            None if task_seeds is None else checked_seeds(task_seeds),
        )
        self._settings, self._prepare = settings, prepare
        self._supply = Supply(settings, prepare)
        self._size, self._reward, self._cap = settings.size, reward, settle_cap
        self._max_steps = max_steps
        self.render_mode = render_mode
        width, height = settings.size
        observed: dict[str, spaces.Space[Any]] = {
            "screenshot": spaces.Box(0, 255, (height, width, 3), np.uint8),
            "instruction": spaces.Box(0, 255, (MAX_INSTRUCTION,), np.uint8),
        }
        self.observation_space = cast("spaces.Space[Observation]", spaces.Dict(observed))
        self.action_space = action_space()
        self._episode: Episode | None = None
        self._options: Mapping[str, Any] = {}
        self._starting: Job[Start] | None = None
        self._grading: Job[Verdict] | None = None
        self._grader: Grader | None = None
        self._sandbox = sandbox
        self._stepping = self._digested = self._seen = False
        self._began = 0.0
        self._frame: Frame | None = None
        self._waiter = select.epoll()
        self.timings: dict[str, float] = {}
        """Real seconds of the last reset or step: total, and settle and cpu (the clock's own)."""

    # Gymnasium's calls

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begins an episode on a clean desktop.

        Args:
            seed: of the generator from which tasks are drawn; None goes on with it.
            options: {"task": ...} draws this episode from another task, or runs a TaskInstance;
                other keys are ignored.

        Returns:
            The observation, {"screenshot": uint8 (H, W, 3), "instruction": uint8 (1024,)}, and
            info.

        Raises:
            Fault: the desktop did not start; the next reset may.
            SetupError: the machine lacks something.
        """
        self.begin_reset(seed=seed, options=options)
        return cast("tuple[Observation, dict[str, Any]]", self.finish())

    def step(self, action: Any) -> StepResult:
        """Acts, lets one second of application time pass, and observes.

        Args:
            action: an element of the action space, a value of `cuagym.actions`, or its JSON; or a
                turn of them, a list or tuple, as for `step_turn`.

        Raises:
            ActionError: it is outside the action space; nothing has happened.
            ResetNeeded: no episode is under way.
        """
        return self.step_turn(action if isinstance(action, (list, tuple)) else [action])

    def step_turn(self, actions: Sequence[Any]) -> StepResult:
        """Several primitives as one step, with one settle at the end."""
        self.begin_step_turn(actions)
        return cast("StepResult", self.finish())

    def render(self) -> Frame | None:
        """The last observed screen, uint8 RGB (H, W, 3); None without a render mode."""
        if self.render_mode is None:
            return None
        if self._frame is None or self._episode is None:
            raise ResetNeeded("call reset() before render()")
        return self._frame.copy()

    def close(self) -> None:
        """Ends everything that the env started; may be called twice."""
        starting, self._starting = self._starting, None
        grading, self._grading = self._grading, None
        episode, self._episode = self._episode, None
        if episode is not None:
            episode.session.abort()  # first: what waits for it then ends
        for job in (starting, grading):
            if job is not None:
                job.cancel()
        self._supply.close()
        for job in (starting, grading):
            if job is not None:
                job.join()
        if episode is not None:
            episode.session.close()
        self._stepping = self._digested = False
        wait_for_disposal()  # of the desktops of earlier episodes too
        if not self._waiter.closed:
            self._waiter.close()
        if self._grader is not None:
            self._grader.close()
            self._grader = None

    # The same in three parts

    def begin_reset(
        self, *, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> None:
        """Starts a reset; `poll` and `finish` go on."""
        self._refuse_while_busy()
        if self._waiter.closed:
            self._waiter = select.epoll()
        super().reset(seed=seed)
        self._began = time.perf_counter()
        self._options = dict(options or {})
        old, self._episode = self._episode, None
        session = old.session if old else None
        self._starting = self._supply.begin(self.np_random, self._options, session)
        self._wait_on(self._starting)

    def begin_step(self, action: Any) -> None:
        """Starts a step; `poll` and `finish` go on."""
        self.begin_step_turn(action if isinstance(action, (list, tuple)) else [action])

    @staticmethod
    def check(actions: Sequence[Any]) -> list[Action]:
        """The primitives of a turn, up to the first that terminates the episode; nothing happens.

        Raises:
            ActionError: one of them is outside the action space, or cannot be typed.
        """
        turn: list[Action] = []
        for action in actions:
            turn.append(parse(action))
            if isinstance(turn[-1], Type):
                check_text(turn[-1].text)
            if isinstance(turn[-1], Terminate):
                break
        return turn

    def begin_step_turn(self, actions: Sequence[Any]) -> None:
        """Starts a step of several primitives; `poll` and `finish` go on."""
        self._refuse_while_busy()
        episode = self._current()
        if episode.over:
            raise ResetNeeded("the episode is over: call reset() before step()")
        turn = self.check(actions)
        if turn and isinstance(turn[-1], Terminate):
            episode.end = turn.pop()  # type: ignore[assignment]
        seconds = 0.0 if turn and isinstance(turn[-1], Wait) else STEP_SECONDS
        self._began = time.perf_counter()
        episode.session.note(turn)
        try:
            episode.session.screen.begin(turn, seconds, self._cap)
        except Fault as e:
            episode.fault = str(e)
        self._stepping, self._digested = True, False
        if not episode.fault:
            self._wait_on(episode.session.screen)

    def poll(self) -> bool:
        """Whether what was begun is done; never blocks."""
        if self._starting is not None:
            return self._starting.done()
        if self._grading is not None:
            return self._grading.done()
        if not self._stepping or self._digested:
            return True
        episode = self._current()
        if not episode.fault and not episode.session.screen.done():
            return False
        self._digested = True
        self._after_input(episode)
        return self._grading is None

    def keep_frame(self, frame: Frame) -> None:
        """Writes screens to an array of the caller's from now on, uint8 (H, W, 3).

        `finish(out=frame)` with the same array then copies the screen once and not twice. Its
        content must be left as it is: after a fault it is the last good frame.

        Raises:
            UsageError: it is of another kind.
        """
        self._check_out(frame)
        self._frame = frame

    def fileno(self) -> int:
        """A descriptor to wait on: when it is readable, `poll` has something to do."""
        return self._waiter.fileno()

    def finish(self, out: Frame | None = None) -> tuple[Observation, dict[str, Any]] | StepResult:
        """Waits for what was begun and returns what `reset` or `step` return.

        Args:
            out: uint8 (H, W, 3), receives the screenshot, which is then not allocated.

        Raises:
            Fault: a reset failed. (In a step a fault is info["fault"].)
            UsageError: nothing was begun, or `out` is of another kind; what was begun goes on.
        """
        if out is not None:
            self._check_out(out)
        while not self.poll():
            self._waiter.poll()
        if self._starting is not None:
            return self._finish_reset(out)
        if self._stepping:
            return self._finish_step(out)
        raise UsageError("finish() without begin_reset() or begin_step()")

    def _check_out(self, out: Frame) -> None:
        shape = (self._size[1], self._size[0], 3)
        if out.shape != shape or out.dtype != np.uint8 or not out.flags.c_contiguous:
            raise UsageError(
                f"out must be a C-contiguous uint8 array of shape {shape};"
                f" got {out.dtype} of shape {out.shape}"
            )

    def _finish_reset(self, out: Frame | None) -> tuple[Observation, dict[str, Any]]:
        assert self._starting is not None
        job, self._starting = self._starting, None
        self._wait_off(job)
        start = job.result()
        self._supply.took(start)
        episode = self._episode = Episode(
            start.instance, start.session, self._reward, self._max_steps
        )
        if start.instance.validators or not start.instance.feasible:
            episode.judge = Judge(self._current_grader(), start.instance, start.session)
            if self._reward == "progress":
                episode.judge.begin()
        self._seen = False
        observation = self._observe(out)
        self._supply.foresee(self.np_random, self._options)
        self.timings = {"total": time.perf_counter() - self._began}
        return observation, episode.info()

    def _current_grader(self) -> Grader:
        before = self._grader
        # A task that is named for one episode may be the first of a pack with validators.
        if before is None or isinstance(self._options.get("task"), (str, Path)):
            self._grader = shared(self._sandbox)
            self._grader.warm()
            if before is not None:
                before.close()
        assert self._grader is not None
        return self._grader

    def _finish_step(self, out: Frame | None) -> StepResult:
        episode = self._current()
        reward = 0.0
        if self._grading is not None:
            job, self._grading = self._grading, None
            self._wait_off(job)
            reward = episode.take(job)
        self._stepping = False
        observation = self._observe(out)
        self.timings["total"] = time.perf_counter() - self._began
        truncated = episode.truncated
        return observation, reward, episode.over and not truncated, truncated, episode.info()

    # What happens in a step

    def _after_input(self, episode: Episode) -> None:
        """The input was injected and the desktop has settled: is the episode over, and why?"""
        try:
            if not episode.fault:
                self._wait_off(episode.session.screen)
                report = episode.session.screen.finish()
                episode.settled = report.settled
                self.timings = {"settle": report.real, "cpu": report.cpu}
                if report.stopped:
                    raise Fault("a process of the desktop was stopped from outside")
        except Fault as e:
            episode.fault = str(e)
        self._seen = False
        if episode.count():
            self._see(episode)  # what the application is asked for may be seen on the screen
            self._grading = Job(episode.grade)
            self._wait_on(self._grading)

    def _see(self, episode: Episode) -> None:
        """Copy the screen to `_frame`; after a fault the last good one stays."""
        self._seen = True
        if self._frame is None:
            self._frame = np.zeros((self._size[1], self._size[0], 3), np.uint8)
        elif episode.fault:
            return
        try:
            episode.session.screen.frame(self._frame)
        except Fault as e:
            episode.fault = episode.fault or str(e)

    def _observe(self, out: Frame | None) -> Observation:
        episode = self._current()
        if out is None:
            out = np.empty((self._size[1], self._size[0], 3), np.uint8)
        if not self._seen:
            self._see(episode)
        assert self._frame is not None
        if out is not self._frame:
            out[:] = self._frame
        text = np.zeros(MAX_INSTRUCTION, np.uint8)
        data = episode.instance.instruction.encode()
        text[: len(data)] = np.frombuffer(data, np.uint8)
        return {"screenshot": out, "instruction": text}

    # For tests and tools

    @property
    def verdict(self) -> Verdict | None:
        """The last verdict of this episode, with its checks; None before there is one."""
        return self._episode.verdict if self._episode else None

    @property
    def left(self) -> dict[str, bytes]:
        """What the last verdict judged: files by name in the workspace."""
        judge = self._current().judge
        return dict(judge.files) if judge else {}

    @property
    def instance(self) -> TaskInstance:
        """The task of the episode under way."""
        return self._current().instance

    def oracle(self) -> Iterator[Turn]:
        """A way to the goal of the episode under way, by mouse and keyboard: turns for `step_turn`.

        It begins where the episode does; nothing happens until the turns are played.

        Raises:
            TaskError: the task tells no way; or the desktop is not as the way expects it.
            ResetNeeded: no episode is under way.
        """
        instance = self.instance
        found = pack.find(instance.id) if instance.id else []
        if not found or not found[0].has_oracle:
            raise TaskError(f"task {instance.id!r} tells no way to its goal")
        screen = OracleScreen(*self._size, self._settings.look, self.elements)
        return iter(found[0].solve(dict(instance.params), screen))

    def elements(self, selector: str) -> list[Element]:
        """What shows on the screen, for oracles, by a CSS selector; in a browser alone.

        Raises:
            UsageError: the application has no such elements, or the selector is wrong.
            Fault: it does not answer.
        """
        session = self._current().session
        return session.app.elements(session, selector)

    @property
    def sandbox(self) -> Sandbox:
        """Where the desktop runs; `sandbox.run(argv, timeout=...)` runs a program in it."""
        return self._current().session.sandbox

    @property
    def reset_modes(self) -> dict[str, int]:
        """How many resets found their desktop prepared, and how the others' came to be.

        "renew": in the desktop of the episode before, see `cuagym.renewal`; "restore": from a
        snapshot with the document open; "open": from one of the application, in which it was then
        opened; "start": by starting everything.
        """
        return dict(self._supply.modes)

    # Snapshots

    def snapshot(self) -> Snapshot:
        """Freezes the whole live desktop; it goes on living, and no application time passes.

        Held keys, the clipboard, open dialogs, the undo history, unsaved edits, the clock, the
        episode's counters and the generator are all in it. It takes about 100 MB of memory until
        it is closed.

        Raises:
            SetupError: this machine or backend cannot; `cuagym doctor` says why.
            Fault: it failed; the episode goes on.
            ResetNeeded: no episode is under way.
            UsageError: a reset or a step is under way.
        """
        self._refuse_while_busy()
        episode = self._current()
        folder = claim(episode.session)
        try:
            session = episode.session.freeze(folder.path)
            assert self._frame is not None
            return Snapshot(
                self._settings,
                session,
                episode.state(),
                episode.judge.known() if episode.judge else {},
                copy.deepcopy(self.np_random),
                self._options,
                self._frame.copy(),
                folder,
            )
        except BaseException:
            folder.remove()
            raise

    def restore(self, snapshot: Snapshot) -> None:
        """Goes back to a snapshot, of this env or of another one with the same settings.

        Raises:
            Fault: it failed; what was before goes on.
            UsageError: a reset or a step is under way, or the snapshot is of another kind of env.
        """
        self._refuse_while_busy()
        snapshot.check(self._settings)
        s = self._settings
        session = Session(apps.load(s.app), s.size, s.look, s.sandbox)
        session.restore(snapshot.session)
        old, self._options = self._episode, snapshot.options
        episode = self._episode = Episode(session=session, **snapshot.episode)
        if snapshot.judged:
            episode.judge = Judge(self._current_grader(), episode.instance, session)
            episode.judge.knows(snapshot.judged)
        self._np_random = copy.deepcopy(snapshot.random)
        if self._frame is None:
            self._frame = snapshot.frame.copy()
        else:
            self._frame[:] = snapshot.frame
        if self._waiter.closed:
            self._waiter = select.epoll()
        if old is not None:
            old.session.close()

    def fork(self, n: int) -> list[DesktopEnv]:
        """Returns live copies that go on from the same pixel, independent of this env.

        Raises:
            UsageError: `n` is no whole number of at least 1; a reset or a step is under way.
            Fault: it failed; this env goes on, and no copy is left.
            SetupError: this machine or backend cannot.
        """
        if not isinstance(n, int) or isinstance(n, bool) or n < 1:
            raise UsageError(f"fork({n!r}): a whole number of copies, at least 1, is wanted")
        with self.snapshot() as snapshot:
            snapshot.check_memory(n)
            copies = [self._alike() for _ in range(n)]
            try:
                with ThreadPoolExecutor(n) as threads:
                    list(threads.map(lambda env: env.restore(snapshot), copies))
            except BaseException:
                for env in copies:
                    env.close()
                raise
        return copies

    def _alike(self) -> DesktopEnv:
        """An env that was made as this one was, before its first reset."""
        s = self._settings
        env = DesktopEnv(
            s.app,
            s.task,
            s.open,
            s.size,
            s.look,
            s.sandbox,
            self._reward,
            self._max_steps,
            cast("Literal['train', 'test'] | None", s.split or None),
            s.task_seeds,
            self._prepare,
            self._cap,
            self.render_mode,
        )
        env.spec = self.spec
        return env

    def peek(self) -> Frame:
        """The framebuffer now, uint8 RGB (H, W, 3), without a step."""
        return self._current().session.screen.frame()

    def advance(self, seconds: float) -> bool:
        """Lets application time pass without an action; whether the desktop settled.

        Raises:
            Fault: something of the desktop has died.
        """
        self._refuse_while_busy()
        session = self._current().session
        settled = session.screen.grant(seconds, self._cap).settled
        session.has_quit()
        return settled

    def export(self, path: str) -> None:
        """Writes the document as it stands, unsaved edits included; the suffix says the format."""
        self._refuse_while_busy()
        session = self._current().session
        target = Path(path)
        target.write_bytes(session.app.export(session, target.suffix.lower()))

    def fingerprint(self) -> Fingerprint:
        """Hashes of the screen and of the application's state, and what the state is.

        Nothing changes, and no application time passes.

        Raises:
            Fault: the application does not answer, or something of the desktop has died.
            ResetNeeded: no episode is under way.
            UsageError: a reset or a step is under way.
        """
        self._refuse_while_busy()
        return take(self._current().session)

    # Bookkeeping

    def _current(self) -> Episode:
        if self._episode is None:
            raise ResetNeeded("no episode is under way: call reset() first")
        return self._episode

    def _refuse_while_busy(self) -> None:
        if self._starting is not None or self._stepping:
            raise UsageError("a reset or step is under way: finish() it first")

    def _wait_on(self, work: Any) -> None:
        self._waiter.register(work.fileno(), select.EPOLLIN)

    def _wait_off(self, work: Any) -> None:
        self._waiter.unregister(work.fileno())
