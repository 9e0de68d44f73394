"""Wrappers of vector envs, which keep `send` and `recv`: one of a transform, one of a preset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv, VectorWrapper
from gymnasium.vector.utils import batch_space, concatenate, create_empty_array
from numpy.typing import NDArray

from cuagym.actions import Action, to_dict
from cuagym.errors import ActionError, UsageError
from cuagym.vector import DesktopVectorEnv
from cuagym.wrappers.presets import Preset
from cuagym.wrappers.transform import Batch, Flags, Transform

__all__ = ["PoolWrapper", "PresetWrapper", "Stepped", "TransformWrapper"]

Stepped = tuple[Any, NDArray[Any], Flags, Flags, dict[str, Any]]


if TYPE_CHECKING:
    _VectorWrapper = VectorWrapper[Any, Any, Any, Any, Any]
else:
    _VectorWrapper = VectorWrapper  # it takes no type parameters before Gymnasium 1.4


class PoolWrapper(_VectorWrapper):
    """A vector wrapper through which `send`, `recv` and `async_reset` can be called."""

    def __init__(self, env: VectorEnv[Any, Any, Any]) -> None:
        name = type(self).__name__
        if not isinstance(env, VectorEnv):
            raise UsageError(
                f"wrappers.vector.{name} is for a vector env, and this is {env!r}: take"
                f" cuagym.wrappers.{name}"
            )
        super().__init__(env)

    @property
    def autoreset_mode(self) -> AutoresetMode:
        """When an env whose episode is over is reset; some learners ask for it here."""
        return AutoresetMode(self.metadata.get("autoreset_mode", AutoresetMode.NEXT_STEP))

    def async_reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> None:
        """As `DesktopVectorEnv.async_reset`."""
        self._of_pool("async_reset")(seed=seed, options=options)

    def send(self, actions: Any, env_ids: Sequence[int] | NDArray[Any] | None = None) -> None:
        """As `DesktopVectorEnv.send`, with actions of this wrapper's space."""
        self._of_pool("send")(actions, env_ids)

    def recv(self, min_ready: int = 1, timeout: float | None = None) -> Stepped:
        """As `DesktopVectorEnv.recv`, with what this wrapper makes of it."""
        received: Stepped = self._of_pool("recv")(min_ready, timeout)
        return received

    def _of_pool(self, name: str) -> Any:
        found = getattr(self.env, name, None)
        if found is None:
            raise UsageError(f"{name}(): {self.env!r} has none; it is DesktopVectorEnv's own")
        return found


class TransformWrapper(PoolWrapper):
    """A vector env whose observations and rewards pass through a transform.

    Autoreset is accounted for: in "NextStep" mode the step after an episode's last one begins the
    next; in "SameStep" mode `infos["final_obs"]` is what the episode ended with, transformed, and
    the observation begins the next; with "Disabled", `options["reset_mask"]` says who begins.
    """

    def __init__(self, env: VectorEnv[Any, Any, Any], transform: Transform) -> None:
        super().__init__(env)
        self._transform = transform
        self.single_observation_space = transform.bind(env.single_observation_space, self.num_envs)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self._resets_next = np.zeros(self.num_envs, np.bool_)  # the next to come is a reset's
        mode = env.metadata.get("autoreset_mode", AutoresetMode.NEXT_STEP)
        self._next_step = mode is AutoresetMode.NEXT_STEP
        self._tells_step = isinstance(env.unwrapped, DesktopVectorEnv)

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Any, dict[str, Any]]:
        """As the vector env's, with the observations transformed."""
        first = self._asked(options)
        observations, infos = self.env.reset(seed=seed, options=options)  # type: ignore[arg-type]
        self._resets_next[first] = False
        places, nobody = np.arange(self.num_envs), np.zeros(self.num_envs, np.bool_)
        batch = Batch(observations, places, first, ~first, nobody, _Told(infos, places))
        return self._transform.see(batch), infos

    def step(self, actions: Any) -> Stepped:
        """As the vector env's, with observations and rewards transformed."""
        return self._stepped(self.env.step(actions), np.arange(self.num_envs))

    def async_reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> None:
        """As `DesktopVectorEnv.async_reset`."""
        super().async_reset(seed=seed, options=options)
        self._resets_next |= self._asked(options)

    def recv(self, min_ready: int = 1, timeout: float | None = None) -> Stepped:
        """As `DesktopVectorEnv.recv`, with observations and rewards transformed."""
        received = super().recv(min_ready, timeout)
        return self._stepped(received, received[4]["env_id"])

    def _asked(self, options: Mapping[str, Any] | None) -> Flags:
        mask = (options or {}).get("reset_mask")
        return np.ones(self.num_envs, np.bool_) if mask is None else np.array(mask, np.bool_)

    def _stepped(self, came: Stepped, places: NDArray[np.int64]) -> Stepped:
        observations, rewards, terminated, truncated, infos = came
        count, told = len(places), _Told(infos, places)
        reset = self._resets_next[places]
        if self._tells_step:  # of one, too, that was tried again because it had failed
            reset = reset | np.array([step == 0 for step in told("step")], np.bool_)
        ended = np.array(infos.get("_final_obs", np.zeros(count)), np.bool_)
        faults = np.array([bool(fault) for fault in told("fault")], np.bool_)
        if ended.any():
            infos = {**infos, "final_obs": self._final(infos, places, ended)}
            last = _Told(infos.get("final_info", {}), places)("fault")
            faults[ended] = [bool(last[row]) for row in np.flatnonzero(ended)]
        acted = (ended | ~reset) & ~faults
        still = np.zeros(count, np.bool_)
        batch = Batch(observations, places, reset | ended, still, acted, told)
        self._resets_next[places] = (terminated | truncated) & self._next_step
        rewards = self._transform.pay(rewards, batch)
        return self._transform.see(batch), rewards, terminated, truncated, infos

    def _final(
        self, infos: Mapping[str, Any], places: NDArray[np.int64], ended: Flags
    ) -> NDArray[Any]:
        """What the episodes ended with, each seen before the next one begins."""
        final = np.full(len(places), None, dtype=object)
        told = _Told(infos.get("final_info", {}), places)
        for row in np.flatnonzero(ended):
            last = infos["final_obs"][row]
            many = isinstance(last, dict)
            batch = Batch(
                {k: np.asarray(v)[None] for k, v in last.items()} if many else last[None],
                places[row : row + 1],
                first=np.array([False]),
                still=np.array([False]),
                acted=np.array([True]),
                told=told.row(int(row)),
            )
            seen = self._transform.see(batch)
            final[row] = {k: v[0] for k, v in seen.items()} if isinstance(seen, dict) else seen[0]
        return final


class _Told:
    """The infos of some envs, row by row."""

    def __init__(self, infos: Mapping[str, Any], places: NDArray[np.int64]) -> None:
        self._infos, self._count = infos, len(places)

    def __call__(self, key: str) -> list[Any]:
        """The value of each row, None where it has none."""
        if key not in self._infos:
            return [None] * self._count
        has = self._infos.get(f"_{key}", np.ones(self._count, np.bool_))
        return [v if h else None for v, h in zip(self._infos[key], has, strict=True)]

    def row(self, row: int) -> Any:
        """The same of one row alone."""
        return lambda key: [self(key)[row]]


class PresetWrapper(PoolWrapper):
    """A vector env that takes the actions of a preset."""

    def __init__(self, env: VectorEnv[Any, Any, Any], preset: Preset) -> None:
        super().__init__(env)
        self._preset = preset
        self.single_action_space = preset.space
        self.action_space = batch_space(preset.space, self.num_envs)
        self._takes_lists = isinstance(env.unwrapped, DesktopVectorEnv)

    @property
    def meanings(self) -> list[list[str]]:
        """What each index of an env's action space means: a list for each part of the space."""
        return [list(part) for part in self._preset.meanings]

    def encode(self, action: Action) -> Any:
        """As the single wrapper's: the action of one env that comes nearest to a primitive.

        Raises:
            ActionError: no action does what the primitive does.
        """
        return self._preset.encode(action)

    def step(self, actions: Any) -> Stepped:
        """As the vector env's, with actions of this wrapper's space.

        Raises:
            ActionError: one of them is not in it; nothing has happened on any desktop.
        """
        return self.env.step(self._primitives(actions, range(self.num_envs)))

    def send(self, actions: Any, env_ids: Sequence[int] | NDArray[Any] | None = None) -> None:
        """As `DesktopVectorEnv.send`, with actions of this wrapper's space.

        Raises:
            ActionError: one of them is not in it; nothing has happened on any desktop.
        """
        places = range(self.num_envs) if env_ids is None else env_ids
        super().send(self._primitives(actions, places), env_ids)

    def _primitives(self, actions: Any, places: Sequence[int] | NDArray[Any]) -> Any:
        given = list(actions)
        if len(given) != len(places):
            raise ActionError(
                f"{len(given)} actions were given, {len(places)} are wanted: one for each env"
            )
        primitives = []
        for place, action in zip(places, given, strict=True):
            try:
                primitives.append(self._preset.primitive(action))
            except ActionError as e:
                raise ActionError(f"env {place}: {e}") from None
        if self._takes_lists:
            return primitives
        space = self.env.single_action_space
        empty: Any = create_empty_array(space, len(given))
        return concatenate(space, [to_dict(p) for p in primitives], empty)
