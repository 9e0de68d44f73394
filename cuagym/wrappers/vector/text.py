"""A model's text as the action, of many envs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from gymnasium.vector import VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from cuagym.codecs import Codec, Reply
from cuagym.errors import ActionError, UsageError
from cuagym.vector import DesktopVectorEnv
from cuagym.wrappers.replies import Reader, ReplySpace, codec_of
from cuagym.wrappers.vector.base import PoolWrapper, Stepped

__all__ = ["TextActions"]


class TextActions(PoolWrapper):
    """Texts, as `cuagym.wrappers.TextActions`; `infos["action_error"]` says who was not read.

    Raises:
        UsageError: an argument is not what it should be; the vector env is none of cuagym's.
    """

    def __init__(
        self,
        env: VectorEnv[Any, Any, Any],
        codec: str | Codec = "qwen",
        options: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(env)
        if not isinstance(env.unwrapped, DesktopVectorEnv):
            raise UsageError(
                f"wrappers.vector.TextActions wants cuagym's own vector env, got {env.unwrapped!r};"
                " around the single envs of any other, cuagym.wrappers.TextActions"
            )
        self.codec = codec_of(env, codec, options)
        self.single_action_space = ReplySpace(self.codec)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self._readers = [Reader(self.codec) for _ in range(self.num_envs)]
        self._errors = [""] * self.num_envs

    @property
    def replies(self) -> list[Reply | None]:
        """What was last said to each env; None if it could not be read."""
        return [reader.reply for reader in self._readers]

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Any, dict[str, Any]]:
        """As the vector env's."""
        self._forget(options)
        return self.env.reset(seed=seed, options=options)  # type: ignore[arg-type]

    def async_reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> None:
        """As `DesktopVectorEnv.async_reset`."""
        self._forget(options)
        super().async_reset(seed=seed, options=options)

    def step(self, actions: Any) -> Stepped:
        """As the vector env's, with a text for each env."""
        places = range(self.num_envs)
        return self._told(self.env.step(self._turns(actions, places)), places)

    def send(self, actions: Any, env_ids: Sequence[int] | NDArray[Any] | None = None) -> None:
        """As `DesktopVectorEnv.send`, with a text for each env that is named."""
        places = range(self.num_envs) if env_ids is None else env_ids
        super().send(self._turns(actions, places), env_ids)

    def recv(self, min_ready: int = 1, timeout: float | None = None) -> Stepped:
        """As `DesktopVectorEnv.recv`, with what could not be read in `infos["action_error"]`."""
        came = super().recv(min_ready, timeout)
        return self._told(came, came[4]["env_id"])

    def _forget(self, options: Mapping[str, Any] | None) -> None:
        asked = (options or {}).get("reset_mask")
        for place, reader in enumerate(self._readers):
            if asked is None or asked[place]:
                reader.forget()
                self._errors[place] = ""

    def _turns(self, actions: Any, places: Sequence[int] | NDArray[Any]) -> list[Any]:
        given = [actions] if isinstance(actions, (str, Mapping)) else list(actions)
        if len(given) != len(places):
            raise ActionError(
                f"{len(given)} texts were given, {len(places)} are wanted: one for each env"
            )
        turns = []
        for place, said in zip(places, given, strict=True):
            turn, self._errors[place] = self._readers[place].turn(said)
            turns.append(turn)
        return turns

    def _told(self, came: Stepped, places: Sequence[int] | NDArray[Any]) -> Stepped:
        """The same with the errors of those who took a step, and not a reset."""
        infos = came[4]
        ended = np.array(infos.get("_final_info", np.zeros(len(places))), np.bool_)
        for row, place in enumerate(places):
            error, self._errors[place] = self._errors[place], ""
            began = infos["step"][row] == 0
            if ended[row]:
                infos["final_info"]["action_error"][row] = error
            elif not began:
                infos["action_error"][row] = error
            if began:
                self._readers[place].forget()
        return came
