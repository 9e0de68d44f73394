"""A model's text as the action, of one env."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, SupportsFloat

import gymnasium as gym
from gymnasium.utils import RecordConstructorArgs
from gymnasium.vector import VectorEnv

from cuagym.codecs import Codec, Reply
from cuagym.errors import UsageError
from cuagym.wrappers.replies import Reader, ReplySpace, codec_of

__all__ = ["TextActions"]


class TextActions(gym.Wrapper[Any, Any, Any, Any], RecordConstructorArgs):
    """Text: what a model says, in the format of a codec, is one step.

    What cannot be read does nothing and costs a step all the same; `info["action_error"]` then says
    what is wrong with it, for the model to see.

    Args:
        env: an env with cuagym's own actions; around it, wrappers of observations and rewards.
        codec: the name of a codec, such as "evocua" (`cuagym.codecs.names()`), or one made for the
            size of the env's screen.
        options: what the codec of that name takes beside.

    Attributes:
        codec: The codec; its `prompt()`, `schema()` and `image` are for the model.

    Raises:
        UsageError: an argument is not what it should be.

    Example:
        >>> env = TextActions(gym.make("CUA-Excel-v0"), "pyautogui")
        >>> observation, info = env.reset(seed=0)
        >>> *_, info = env.step("pyautogui.click(640, 360)")
        >>> *_, info = env.step("pyautogui.clik(640, 360)")
        >>> print(info["action_error"])
        line 1: no call is known as pyautogui.clik; did you mean 'pyautogui.click'? (known: ...)
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        codec: str | Codec = "qwen",
        options: Mapping[str, Any] | None = None,
    ) -> None:
        RecordConstructorArgs.__init__(self, codec=codec, options=options)
        if isinstance(env, VectorEnv):
            raise UsageError(
                "wrappers.TextActions is for one env, and this is a vector env: take"
                " cuagym.wrappers.vector.TextActions"
            )
        super().__init__(env)
        self.codec = codec_of(env, codec, options)
        self.action_space = ReplySpace(self.codec)
        self._reader = Reader(self.codec)

    @property
    def reply(self) -> Reply | None:
        """What was said in the last step, with its thought and what it asks for.

        None if it could not be read, or nothing was said yet.
        """
        return self._reader.reply

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """As the env's."""
        self._reader.forget()
        return self.env.reset(seed=seed, options=options)

    def step(self, action: Any) -> tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]:
        """As the env's, with what a model says: its text, or its message as plain data."""
        turn, error = self._reader.turn(action)
        *came, info = self.env.step(turn)
        return (*came, {**info, "action_error": error})
