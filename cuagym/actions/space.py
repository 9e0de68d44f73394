"""The action space: the vocabulary as a flat Gymnasium Dict, valid whenever it is sampled."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from cuagym.actions.convert import COUNTS, MAX_KEYS, NOTCHES, SECONDS
from cuagym.actions.names import BUTTONS, KEYS, NAMES, STATUSES
from cuagym.actions.values import MAX_TEXT, is_text
from cuagym.errors import UsageError, nearest

__all__ = ["UnicodeText", "action_space", "mask"]

_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_SAMPLE_LENGTH = 16


class UnicodeText(spaces.Text):
    """Any Unicode text up to a length, without NUL and lone surrogates.

    Gymnasium's Text lists its characters, which a million of them forbid. Here the list is only
    what samples are made of: at most 16 printable ASCII characters, for long random text says
    nothing. Therefore the space has no flattened form.
    """

    def __init__(
        self, max_length: int = MAX_TEXT, seed: int | np.random.Generator | None = None
    ) -> None:
        """Make the space of texts of 0 to `max_length` characters, at most 4096."""
        if not 0 <= max_length <= MAX_TEXT:
            raise UsageError(f"max_length must be from 0 to {MAX_TEXT}, got {max_length!r}")
        super().__init__(max_length, min_length=0, charset=_PRINTABLE, seed=seed)

    def sample(self, mask: Any = None, probability: Any = None) -> str:
        """Return a short printable text.

        Args:
            mask: None, or (length or None, characters or None) as gymnasium's Text takes it, the
                characters an int8 array over `character_list`.
            probability: None, or the same with float64 probabilities.
        """
        if probability is not None:
            return str(super().sample(mask, self._short(probability)))
        return str(super().sample(self._short(mask or (None, None))))

    def _short(self, given: Any) -> Any:
        """Draw the length where the caller leaves it open: gymnasium would draw up to 4096."""
        if isinstance(given, tuple) and len(given) == 2 and given[0] is None:
            length = self.np_random.integers(min(self.max_length, _SAMPLE_LENGTH) + 1)
            return int(length), given[1]
        return given

    def contains(self, x: Any) -> bool:
        """Whether `x` is a text of this space."""
        return is_text(x) and len(x) <= self.max_length

    @property
    def is_np_flattenable(self) -> bool:
        """False: a text has no index for each of its characters."""
        return False

    def __eq__(self, other: object) -> bool:
        """Whether the other space holds the same texts."""
        return isinstance(other, UnicodeText) and self.max_length == other.max_length

    def __repr__(self) -> str:
        """Return how to make the space again."""
        return f"UnicodeText({self.max_length})"


def action_space(seed: int | None = None) -> spaces.Dict:
    """Return a new action space; all of them are equal, each has its own generator.

    Args:
        seed: A seed for the samples; None leaves it to chance or to `seed()`.
    """
    return spaces.Dict(
        {
            "action": spaces.Discrete(len(NAMES)),
            "point": spaces.Box(0.0, 1.0, (2,), np.float32),
            "use_point": spaces.Discrete(2),
            "start": spaces.Box(0.0, 1.0, (2,), np.float32),
            "use_start": spaces.Discrete(2),
            "button": spaces.Discrete(len(BUTTONS)),
            "count": _between(*COUNTS),
            "scroll": spaces.MultiDiscrete(
                np.full(2, NOTCHES[1] - NOTCHES[0] + 1), start=np.full(2, NOTCHES[0])
            ),
            "text": UnicodeText(),
            "keys": spaces.MultiDiscrete(np.full(MAX_KEYS, len(KEYS))),
            "seconds": _between(*SECONDS),
            "status": spaces.Discrete(len(STATUSES)),
            "answer": UnicodeText(),
        },
        seed=seed,
    )


def _between(low: int, high: int) -> spaces.Discrete:
    return spaces.Discrete(high - low + 1, start=low)


def mask(exclude: Iterable[str] = (), num_envs: int | None = None) -> dict[str, Any]:
    """Return a mask for `action_space.sample` that leaves actions out.

    Args:
        exclude: Names of `NAMES` that are not to be sampled.
        num_envs: None for a single env's space; a number for the batched space of a vector env, in
            which `action` has become one index per env and wants one mask for each.

    Raises:
        UsageError: If a name is not an action, none would be left, or num_envs is not positive.

    Example:
        >>> action = action_space().sample(mask(exclude=("terminate",)))
    """
    if isinstance(exclude, str):
        exclude = (exclude,)
    allowed: NDArray[np.int8] = np.ones(len(NAMES), np.int8)
    for name in exclude:
        if name not in NAMES:
            raise UsageError(
                f"exclude: no action is called {name!r}{nearest(name, NAMES)}"
                f" (known: {', '.join(NAMES)})"
            )
        allowed[NAMES.index(name)] = 0
    if not allowed.any():
        raise UsageError("exclude: every action is excluded, at least one must be left")
    if num_envs is not None and num_envs < 1:
        raise UsageError(f"num_envs must be at least 1 or None, got {num_envs!r}")
    empty = dict.fromkeys(action_space().spaces)
    return {**empty, "action": allowed if num_envs is None else (allowed,) * num_envs}
