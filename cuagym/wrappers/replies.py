"""What the wrappers that take a model's text share: a space of texts, and how they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from gymnasium import spaces

from cuagym import codecs
from cuagym.actions import Action, Point, Terminate, action_space, from_dict
from cuagym.actions.space import UnicodeText
from cuagym.codecs import MAX_LENGTH, Codec, Reply
from cuagym.env import DesktopEnv
from cuagym.errors import ActionError, UsageError

__all__ = ["Reader", "ReplySpace", "codec_of"]

_TRIES: Final = 100


class ReplySpace(UnicodeText):
    """Texts that a model may say: any; samples say one primitive in a codec's format."""

    def __init__(self, codec: Codec, seed: int | np.random.Generator | None = None) -> None:
        """Make the space of texts up to `cuagym.codecs.MAX_LENGTH` characters."""
        super().__init__(seed=seed)
        self.max_length = MAX_LENGTH
        self._codec, self._actions = codec, action_space()

    def sample(self, mask: Any = None, probability: Any = None) -> str:
        """Return a primitive of `cuagym.actions.action_space()` as the codec says it.

        Args:
            mask: None, or what `cuagym.actions.mask` returns.
            probability: As Gymnasium's Dict takes it.
        """
        self._actions.seed(int(self.np_random.integers(2**31)))
        for _ in range(_TRIES):
            try:
                drawn = from_dict(self._actions.sample(mask, probability))
                return self._codec.render([drawn])
            except ActionError:  # not every format can say everything
                continue
        return self._codec.render([Terminate("failure")])

    def contains(self, x: Any) -> bool:
        """Whether `x` is a text that is not too long; whether it can be read is another matter."""
        return isinstance(x, str) and len(x) <= self.max_length

    def __eq__(self, other: object) -> bool:
        """Whether the other space samples from the same codec."""
        return isinstance(other, ReplySpace) and self._codec == other._codec

    def __repr__(self) -> str:
        """Return how to make the space again."""
        return f"ReplySpace({self._codec})"


class Reader:
    """Reads the replies of one env's agent.

    Attributes:
        codec: The format.
        reply: The last reply, with its thought and what it asks for; None if it could not be read.
    """

    def __init__(self, codec: Codec) -> None:
        self.codec = codec
        self.reply: Reply | None = None
        self._pointer: Point | None = None

    def turn(self, said: Any) -> tuple[list[Action], str]:
        """Return the primitives of a reply and "", or none and what is wrong with it."""
        self.reply = None
        try:
            reply = self.codec.parse(said, self._pointer)
            turn = DesktopEnv.check(reply.turn)
        except ActionError as e:
            return [], str(e)
        self.reply = reply
        for action in turn:
            self._pointer = getattr(action, "point", None) or self._pointer
        return turn, ""

    def forget(self) -> None:
        """Begin an episode: where the pointer is, is not known."""
        self.reply, self._pointer = None, None


def codec_of(env: Any, codec: str | Codec, options: Mapping[str, Any] | None) -> Codec:
    """Return the codec for the screen of an env, or of each env of a vector env.

    Raises:
        UsageError: There is no such codec, it is for another size, or the env does not take
            cuagym's own actions.
    """
    inner = env.unwrapped
    seen = getattr(inner, "single_observation_space", None) or inner.observation_space
    acts = getattr(env, "single_action_space", None) or env.action_space
    shot = seen.spaces.get("screenshot") if isinstance(seen, spaces.Dict) else None
    if shot is None or shot.shape is None or acts != action_space():
        raise UsageError(
            f"TextActions wants a cuagym env with its own actions around it, got {env!r} with the"
            f" action space {acts}"
        )
    size = (int(shot.shape[1]), int(shot.shape[0]))
    if isinstance(codec, str):
        return codecs.load(codec, size, **(options or {}))
    if not isinstance(codec, Codec):
        raise UsageError(f"codec={codec!r}: a codec or the name of one of {codecs.names()}")
    if options:
        raise UsageError(f"options={options!r}: they go with a codec's name, this one is made")
    if codec.size != size:
        raise UsageError(f"the codec is for a screen of {codec.size} pixels, the env's has {size}")
    return codec
