"""`DesktopVectorEnv`: many desktops as one Gymnasium vector env."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from cuagym.desktop.clock import ahead
from cuagym.env import DesktopEnv
from cuagym.errors import ActionError, UsageError, nearest
from cuagym.sandbox import room
from cuagym.vector.batch import each, gathered, turns
from cuagym.vector.buffers import Buffer
from cuagym.vector.pool import LocalPool, Outcome
from cuagym.vector.workers import WorkerPool

__all__ = ["DesktopVectorEnv"]

Observations = dict[str, NDArray[np.uint8]]
Flags = NDArray[np.bool_]
Stepped = tuple[Observations, NDArray[np.float64], Flags, Flags, dict[str, Any]]


class DesktopVectorEnv(VectorEnv[Observations, Any, NDArray[Any]]):
    """Many desktops at once, with Gymnasium's vector API and beside it `send` and `recv`.

    A desktop that breaks ends its episode with truncated=True and `infos["fault"]`; the reset that
    follows heals it, and its neighbours notice nothing.

    Args:
        num_envs: how many desktops.
        autoreset_mode: "NextStep" (the step after the last one of an episode resets, whatever its
            action), "SameStep" (the last step resets too, what it ended with is in
            `infos["final_obs"]` and `infos["final_info"]`) or "Disabled" (`reset` with
            `options["reset_mask"]` does).
        copy: whether observations are copies. False: they are the vector env's own arrays, which
            the next `step` or `recv` overwrites.
        workers: processes that drive the desktops, a share each; 0: this one does it, which is
            faster (docs/performance.md). What `call` asks of an env must then be picklable.
        pinned: whether the frames lie in memory from which a GPU copies by itself (PyTorch, CUDA).
        args: as for `DesktopEnv`; a list holds one value for each env, so that
            `task=["excel/pivot-table", "excel/named-range"]` gives two envs a task each, and
            `app=["excel", "word"]` mixes applications. Their screens are of one size.

    Attributes:
        frames: uint8 (num_envs, H, W, 3), the last screens, written in place.

    Raises:
        UsageError: an argument is not what it should be, or the machine is too small.
        SetupError: `pinned` without PyTorch or a GPU.

    Example:
        >>> envs = gym.make_vec("CUA-Excel-v0", num_envs=16)
        >>> observations, infos = envs.reset(seed=0)
        >>> observations["screenshot"].shape
        (16, 720, 1280, 3)
    """

    def __init__(
        self,
        num_envs: int = 1,
        *,
        autoreset_mode: str | AutoresetMode = AutoresetMode.NEXT_STEP,
        copy: bool = True,
        workers: int = 0,
        pinned: bool = False,
        **args: Any,
    ) -> None:
        _at_least(1, "num_envs", num_envs)
        _at_least(0, "workers", workers)
        room.reserve(int(num_envs))
        self.num_envs, self._copy = int(num_envs), copy
        self._mode = _mode(autoreset_mode)
        given = each(args, self.num_envs)
        model = DesktopEnv(**given[0])
        self.metadata = {**model.metadata, "autoreset_mode": self._mode}
        self.render_mode = model.render_mode
        self.single_observation_space = model.observation_space
        self.single_action_space = model.action_space
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        screen = cast("Any", model.observation_space)["screenshot"]
        text = cast("Any", model.observation_space)["instruction"]
        self._buffers = [
            Buffer((self.num_envs, *space.shape), shared=workers > 0) for space in (screen, text)
        ]
        if pinned:
            self._buffers[0].pin()
        self.frames, self._instructions = (buffer.array for buffer in self._buffers)
        self._pool: LocalPool | WorkerPool
        if workers:
            self._pool = WorkerPool(given, self._buffers[0], self._buffers[1], int(workers))
        else:
            self._pool = LocalPool(given, self.frames, self._instructions)
        self._batch: NDArray[np.uint8] | None = None  # what `recv` gives
        self._known = np.zeros(self.num_envs, np.bool_)  # it has been reset once
        self._over = np.zeros(self.num_envs, np.bool_)  # its next step is a reset
        self._outstanding: set[int] = set()
        self._wanted: set[int] = set()  # resets that were asked for by name
        self._ended: dict[int, tuple[Outcome, Observations]] = {}  # episodes, in the same step
        self._ready: dict[int, Outcome] = {}
        self._told: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]

    @property
    def autoreset_mode(self) -> AutoresetMode:
        """When an env whose episode is over is reset, as in `metadata`."""
        return self._mode

    # Gymnasium's calls

    @ahead()
    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Observations, dict[str, Any]]:
        """Begins an episode on every desktop.

        What is under way is waited for and thrown away.

        Args:
            seed: of each env: seed, seed + 1 ...; or a sequence of their seeds; None goes on with
                their generators.
            options: for each env. "reset_mask", a bool array (num_envs,), names the envs that are
                reset; the others' observations stay, and `infos` says nothing of them.

        Raises:
            Fault: a desktop did not start, three times over; the next reset may.
            SetupError: the machine lacks something.
            UsageError: an argument is not what it should be; nothing has happened.
        """
        places = self._masked(options)
        self._throw_away()
        self.async_reset(seed=seed, options=options)
        self._collect(len(places), None)
        outcomes = {place: self._ready.pop(place) for place in places}
        failed = [(p, o.error) for p, o in outcomes.items() if o.error is not None]
        if failed:
            place, error = failed[0]
            error.add_note(f"env {place} of {self.num_envs}; {len(failed)} failed")
            raise error
        infos = gathered(((p, o.info) for p, o in outcomes.items()), self.num_envs)
        return self._observations(), infos

    @ahead()
    def step(self, actions: Any) -> Stepped:
        """Acts on every desktop at once and waits for all.

        Args:
            actions: an element of `action_space`, or a sequence with one action for each env, or
                one turn (a list or tuple of primitives).

        Raises:
            ActionError: one of them is wrong; nothing has happened on any desktop.
            ResetNeeded: an env has not been reset, or (autoreset "Disabled") its episode is over.
            UsageError: `send` was called and `recv` was not.
        """
        if self._outstanding or self._ready:
            raise UsageError("step() between send() and recv(): use one pair or the other")
        self.send(actions)
        self._collect(self.num_envs, None)
        outcomes, self._ready = self._ready, {}
        order = [outcomes[place] for place in range(self.num_envs)]
        return (
            self._observations(),
            np.array([o.reward for o in order], np.float64),
            np.array([o.terminated for o in order], np.bool_),
            np.array([o.truncated for o in order], np.bool_),
            gathered(((p, o.info) for p, o in enumerate(order)), self.num_envs),
        )

    def render(self) -> tuple[NDArray[np.uint8], ...] | None:
        """The last observed screens, uint8 RGB (H, W, 3) each; None without a render mode."""
        if self.render_mode is None:
            return None
        return tuple(frame.copy() for frame in self.frames)

    def close_extras(self, **kwargs: Any) -> None:
        """Ends every desktop; what is under way is given up."""
        self._pool.close()
        for buffer in self._buffers:
            buffer.close()
        self._outstanding.clear()

    # Whoever is ready

    @ahead()
    def async_reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> None:
        """Begins what `reset` waits for; `recv` tells of each env once it is ready.

        Raises:
            UsageError: an argument is not what it should be, or an env is at work.
        """
        places, seeds = self._masked(options), self._seeds(seed)
        rest = {k: v for k, v in (options or {}).items() if k != "reset_mask"}
        self._refuse_working(places)
        for place in places:
            self._ready.pop(place, None)
            self._pool.begin_reset(place, seeds[place], rest)
            self._outstanding.add(place)
            self._wanted.add(place)

    @ahead()
    def send(self, actions: Any, env_ids: Sequence[int] | NDArray[Any] | None = None) -> None:
        """Begins a step of some envs; an env whose episode is over is reset instead.

        Args:
            actions: as for `step`, one for each of `env_ids`.
            env_ids: which; None for all.

        Raises:
            ActionError: one of the actions is wrong; nothing has happened on any desktop.
            ResetNeeded: one of them has not been reset.
            UsageError: one of them is not there, named twice, or not waiting for an action.
        """
        places = self._places(env_ids)
        self._refuse_working(places)
        if unread := [p for p in places if p in self._ready]:
            raise UsageError(f"envs {unread}: recv() what they came to before the next action")
        steps = self._checked(places, turns(self.single_action_space, actions, len(places)))
        for place, turn in zip(places, steps, strict=True):
            if turn is None:
                self._pool.begin_reset(place)
            else:
                self._pool.begin_step(place, turn)
            self._outstanding.add(place)

    @ahead()
    def recv(self, min_ready: int = 1, timeout: float | None = None) -> Stepped:
        """Waits for envs that are ready for an action.

        Args:
            min_ready: how many to wait for; fewer if fewer are at work. All that are ready come.
            timeout: the most seconds to wait; then what is ready comes, perhaps nothing.

        Returns:
            As `step`, of k envs in the order in which they became ready: arrays of length k, and in
            `infos["env_id"]` which they are, int (k,).

        Raises:
            UsageError: nothing is at work.
            Fault: a reset that was asked for failed, three times over; the other envs are ready.
        """
        if not isinstance(min_ready, (int, np.integer)) or min_ready < 1:
            raise UsageError(f"min_ready={min_ready!r}: a whole number of at least 1")
        if not self._outstanding and not self._ready:
            raise UsageError("recv(): nothing is at work; send() or async_reset() first")
        self._collect(min(int(min_ready), len(self._outstanding) + len(self._ready)), timeout)
        for place, outcome in self._ready.items():
            if outcome.error is not None:
                del self._ready[place]
                outcome.error.add_note(f"env {place} of {self.num_envs}")
                raise outcome.error
        outcomes, self._ready = self._ready, {}
        places, order = list(outcomes), list(outcomes.values())
        infos = gathered(((k, o.info) for k, o in enumerate(order)), len(order))
        infos["env_id"] = np.array(places, np.int64)
        return (
            self._some(places),
            np.array([o.reward for o in order], np.float64),
            np.array([o.terminated for o in order], np.bool_),
            np.array([o.truncated for o in order], np.bool_),
            infos,
        )

    # The envs themselves

    @property
    def np_random_seed(self) -> Any:
        """The seeds of the envs' generators."""
        return self.get_attr("np_random_seed")

    @property  # type: ignore[misc]
    def np_random(self) -> Any:
        """The envs' generators."""
        return self.get_attr("np_random")

    def call(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Calls a method of every env, or reads an attribute."""
        return tuple(self._pool.call(p, name, args, kwargs) for p in range(self.num_envs))

    def call_one(self, env_id: int, name: str, *args: Any, **kwargs: Any) -> Any:
        """Calls a method of one env, or reads an attribute."""
        [place] = self._places([env_id])
        return self._pool.call(place, name, args, kwargs)

    def get_attr(self, name: str) -> tuple[Any, ...]:
        """An attribute of every env."""
        return self.call(name)

    def set_attr(self, name: str, values: Any) -> None:
        """Sets an attribute of every env: a list or tuple gives one value to each.

        Raises:
            UsageError: it is of another length.
        """
        given = values if isinstance(values, (list, tuple)) else [values] * self.num_envs
        if len(given) != self.num_envs:
            raise UsageError(f"{len(given)} values were given for {self.num_envs} envs")
        for place, value in enumerate(given):
            self._pool.set(place, name, value)

    # How it goes on

    def _collect(self, count: int, timeout: float | None) -> None:
        """Until so many envs are ready, or the time is over."""
        end = None if timeout is None else time.monotonic() + timeout
        while len(self._ready) < count:
            left = None if end is None else max(0.0, end - time.monotonic())
            for place, outcome in self._pool.wait(left):
                self._take(place, outcome)
            if end is not None and time.monotonic() >= end:
                return

    def _take(self, place: int, outcome: Outcome) -> None:
        if outcome.reset:
            self._reset_is_over(place, outcome)
            return
        outcome.info = self._told[place] = {**self._told[place], **outcome.info}
        self._over[place] = outcome.terminated or outcome.truncated
        if self._over[place] and self._mode is AutoresetMode.SAME_STEP:
            self._ended[place] = outcome, self._observation(place)
            self._pool.begin_reset(place)
            return
        self._outstanding.discard(place)
        self._ready[place] = outcome

    def _reset_is_over(self, place: int, outcome: Outcome) -> None:
        wanted = place in self._wanted
        self._wanted.discard(place)
        self._outstanding.discard(place)
        self._known[place] = self._known[place] or outcome.error is None
        self._over[place] = outcome.error is not None
        if outcome.error is None:
            self._told[place] = outcome.info
        elif not wanted:  # nobody asked for it by name: told as a fault, and tried again
            info = {**self._told[place], "fault": str(outcome.error), "step": 0}
            outcome = Outcome(True, truncated=True, info=info)
        if place in self._ended:
            last, observation = self._ended.pop(place)
            info = {**outcome.info, "final_obs": observation, "final_info": last.info}
            outcome = Outcome(False, last.reward, last.terminated, last.truncated, info)
        self._ready[place] = outcome

    def _throw_away(self) -> None:
        self._collect(len(self._outstanding) + len(self._ready), None)
        self._ready.clear()

    def _checked(
        self, places: Sequence[int], given: Sequence[Sequence[Any]]
    ) -> list[Sequence[Any] | None]:
        """The turns, looked at before anything begins; None where a reset is due."""
        if new := [p for p in places if not self._known[p]]:
            raise ResetNeeded(f"envs {new} have not been reset: call reset() first")
        steps: list[Sequence[Any] | None] = []
        for place, turn in zip(places, given, strict=True):
            if self._over[place]:
                if self._mode is AutoresetMode.DISABLED:
                    raise ResetNeeded(
                        f"the episode of env {place} is over: reset(options={{'reset_mask': ...}})"
                    )
                steps.append(None)
                continue
            try:
                steps.append(DesktopEnv.check(turn))
            except ActionError as e:
                raise ActionError(f"env {place}: {e}") from None
        return steps

    def _observation(self, place: int) -> Observations:
        return {
            "screenshot": self.frames[place].copy(),
            "instruction": self._instructions[place].copy(),
        }

    def _some(self, places: Sequence[int]) -> Observations:
        """Of some envs, in this order; in an array of its own, or always in the same one."""
        if self._copy:
            frames = np.empty((len(places), *self.frames.shape[1:]), np.uint8)
        else:
            if self._batch is None:
                self._batch = np.empty_like(self.frames)
            frames = self._batch[: len(places)]
        np.take(self.frames, places, axis=0, out=frames, mode="clip")  # "raise" would copy twice
        return {"screenshot": frames, "instruction": self._instructions[places]}

    def _observations(self) -> Observations:
        if not self._copy:
            return {"screenshot": self.frames, "instruction": self._instructions}
        return {"screenshot": self.frames.copy(), "instruction": self._instructions.copy()}

    def _places(self, env_ids: Iterable[int] | None) -> list[int]:
        if env_ids is None:
            return list(range(self.num_envs))
        places = [int(i) for i in env_ids]
        if wrong := [i for i in places if not 0 <= i < self.num_envs]:
            raise UsageError(f"env_ids: there are no envs {wrong}, only 0 to {self.num_envs - 1}")
        if len(set(places)) != len(places):
            raise UsageError(f"env_ids={places}: each env once")
        return places

    def _refuse_working(self, places: Iterable[int]) -> None:
        if self.closed:
            raise UsageError("the vector env is closed")
        if working := sorted(self._outstanding.intersection(places)):
            raise UsageError(f"envs {working} are at work: recv() them first")

    def _seeds(self, seed: int | Sequence[int | None] | None) -> list[int | None]:
        if seed is None:
            return [None] * self.num_envs
        if isinstance(seed, (int, np.integer)):
            return [int(seed) + place for place in range(self.num_envs)]
        if len(seed) != self.num_envs:
            raise UsageError(f"{len(seed)} seeds were given for {self.num_envs} envs")
        return list(seed)

    def _masked(self, options: Mapping[str, Any] | None) -> list[int]:
        mask = (options or {}).get("reset_mask")
        if mask is None:
            return list(range(self.num_envs))
        fits = isinstance(mask, np.ndarray) and mask.dtype == np.bool_
        if not fits or mask.shape != (self.num_envs,) or not mask.any():
            raise UsageError(
                f"options['reset_mask'] is a bool array of shape ({self.num_envs},), not all False;"
                f" got {mask!r}"
            )
        return [int(place) for place in np.flatnonzero(mask)]


def _at_least(least: int, name: str, value: Any) -> None:
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < least:
        raise UsageError(f"{name}={value!r}: a whole number of at least {least}")


def _mode(name: str | AutoresetMode) -> AutoresetMode:
    try:
        return AutoresetMode(name)
    except ValueError:
        known = [mode.value for mode in AutoresetMode]
        raise UsageError(
            f"autoreset_mode={name!r}: one of {known}{nearest(str(name), known)}"
        ) from None
