"""A pool of desktops as a `VecEnv` of Stable-Baselines3.

Example:
    >>> from stable_baselines3 import PPO
    >>> from cuagym.wrappers import sb3, vector
    >>> envs = gym.make_vec("CUA-Browser-v0", num_envs=8, autoreset_mode="SameStep", copy=False)
    >>> envs = vector.Screen(vector.ClickGrid(envs, 16, 10), size=(160, 90), gray=True)
    >>> model = PPO("CnnPolicy", sb3.DesktopVecEnv(envs)).learn(10_000)
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from numpy.typing import NDArray

from cuagym.errors import SetupError, UsageError
from cuagym.vector import DesktopVectorEnv

try:
    from stable_baselines3.common.monitor import Monitor
    from stable_baselines3.common.vec_env import VecEnv
except ImportError as e:
    raise SetupError(
        f"Stable-Baselines3 cannot be imported ({e}), and cuagym.wrappers.sb3 is made for it;"
        " install it with: pip install 'cuagym[sb3]'"
    ) from None

__all__ = ["DesktopVecEnv"]

Indices = None | int | Iterable[int]


class DesktopVecEnv(VecEnv):  # type: ignore[misc] # its types are not looked at
    """A vector env of desktops, with any wrappers of `cuagym.wrappers.vector`, for SB3.

    As SB3's own do, it tells of an episode's end in the infos: "terminal_observation",
    "TimeLimit.truncated", and as `Monitor` does, "episode" with return, length and seconds.
    An episode that a fault cut is no failure of the policy: its info has "fault" but neither
    "episode" nor "is_success", so that means and success rates leave it out.

    Args:
        envs: made with `autoreset_mode="SameStep"`. Its observations are copied here, so that it
            can be made with `copy=False`.

    Raises:
        UsageError: it is no vector env of desktops, or of another autoreset mode.
    """

    def __init__(self, envs: VectorEnv[Any, Any, Any]) -> None:
        if not isinstance(envs, VectorEnv) or not isinstance(envs.unwrapped, DesktopVectorEnv):
            raise UsageError(
                f"DesktopVecEnv wants a vector env of desktops, as gym.make_vec gives; got {envs!r}"
            )
        mode = envs.metadata["autoreset_mode"]
        if mode is not AutoresetMode.SAME_STEP:
            raise UsageError(
                f"autoreset_mode={mode.value!r}: Stable-Baselines3 wants"
                " gym.make_vec(..., autoreset_mode='SameStep')"
            )
        self.envs, self._pool = envs, envs.unwrapped
        self._actions: Any = None
        self._began = [0.0] * envs.num_envs
        self._returns = np.zeros(envs.num_envs)
        self._lengths = np.zeros(envs.num_envs, np.int64)
        super().__init__(envs.num_envs, envs.single_observation_space, envs.single_action_space)

    def reset(self) -> Any:
        """Begins an episode on every desktop, with what `seed` and `set_options` asked for."""
        options = self._options[0] if self._options else {}
        if any(other != options for other in self._options):
            raise UsageError("set_options(): the same options for every env")
        seeds = list(self._seeds)
        observations, infos = self.envs.reset(
            seed=None if all(seed is None for seed in seeds) else seeds,  # type: ignore[arg-type]
            options=dict(options or {}),
        )
        self.reset_infos = [_row(infos, place) for place in range(self.num_envs)]
        self._reset_seeds()
        self._reset_options()
        for place in range(self.num_envs):
            self._begin(place)
        return _copied(observations)

    def step_async(self, actions: NDArray[Any]) -> None:
        """Begins a step; `step_wait` goes on."""
        self._actions = actions

    def step_wait(self) -> tuple[Any, NDArray[np.float32], NDArray[np.bool_], list[dict[str, Any]]]:
        """Waits for all desktops.

        Returns:
            Observations, rewards float32 (n,), dones bool (n,) and an info for each.
        """
        observations, rewards, terminated, truncated, infos = self.envs.step(self._actions)
        dones = terminated | truncated
        self._returns += rewards
        self._lengths += 1
        told = []
        for place in range(self.num_envs):
            info = _row(infos, place)
            if dones[place]:
                info.setdefault("final_obs", _at(observations, place))
                info = self._ended(place, info, cut=bool(truncated[place] & ~terminated[place]))
            elif info["step"] == 0:  # a reset that had failed in the step before came to be
                self.reset_infos[place] = info
                self._begin(place)
            told.append(info)
        return _copied(observations), rewards.astype(np.float32), dones, told

    def _ended(self, place: int, info: dict[str, Any], *, cut: bool) -> dict[str, Any]:
        """What is told of an episode's last step; the info is that of the next one's reset."""
        final, last = info.pop("final_obs"), dict(info.pop("final_info", info))
        self.reset_infos[place] = info
        last |= {"terminal_observation": _copied(final), "TimeLimit.truncated": cut}
        if last["fault"]:
            last.pop("is_success")
        else:
            last["episode"] = {
                "r": float(self._returns[place]),
                "l": int(self._lengths[place]),
                "t": round(time.monotonic() - self._began[place], 6),
            }
        self._begin(place)
        return last

    def _begin(self, place: int) -> None:
        self._returns[place], self._lengths[place] = 0.0, 0
        self._began[place] = time.monotonic()

    def close(self) -> None:
        """Ends every desktop."""
        self.envs.close()

    def get_images(self) -> Sequence[NDArray[np.uint8] | None]:
        """The screens, uint8 RGB (H, W, 3) each, as last observed."""
        return [frame.copy() for frame in self._pool.frames]

    def get_attr(self, attr_name: str, indices: Indices = None) -> list[Any]:
        """An attribute of some desktops' envs."""
        values = self._pool.get_attr(attr_name)
        return [values[place] for place in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: Indices = None) -> None:
        """Sets an attribute of some desktops' envs."""
        chosen = set(self._get_indices(indices))
        if len(chosen) == self.num_envs:
            values = [value] * self.num_envs
        else:
            before = self._pool.get_attr(attr_name)
            values = [value if p in chosen else before[p] for p in range(self.num_envs)]
        self._pool.set_attr(attr_name, values)

    def env_method(
        self, method_name: str, *method_args: Any, indices: Indices = None, **method_kwargs: Any
    ) -> list[Any]:
        """Calls a method of some desktops' envs."""
        return [
            self._pool.call_one(place, method_name, *method_args, **method_kwargs)
            for place in self._get_indices(indices)
        ]

    def env_is_wrapped(self, wrapper_class: type[Any], indices: Indices = None) -> list[bool]:
        """Whether a wrapper of this class is around the pool; `Monitor`'s work is done here."""
        layers, layer = [], self.envs
        while layer is not self._pool:
            layers.append(layer)
            layer = layer.env  # type: ignore[attr-defined]
        found = wrapper_class is Monitor or any(isinstance(x, wrapper_class) for x in layers)
        return [found for _ in self._get_indices(indices)]


def _at(observations: Any, place: int) -> Any:
    if isinstance(observations, Mapping):
        return {key: values[place] for key, values in observations.items()}
    return observations[place]


def _copied(observations: Any) -> Any:
    if isinstance(observations, Mapping):
        return {key: np.array(value) for key, value in observations.items()}
    return np.array(observations)


def _row(infos: Mapping[str, Any], place: int) -> dict[str, Any]:
    """One env's info, of those that Gymnasium's vector envs put together."""
    found: dict[str, Any] = {}
    for key, values in infos.items():
        if key.startswith("_") or not infos.get(f"_{key}", np.ones(place + 1))[place]:
            continue
        if isinstance(values, Mapping):
            found[key] = _row(values, place)
        else:
            value = values[place]
            found[key] = value.item() if isinstance(value, np.generic) else value
    return found
