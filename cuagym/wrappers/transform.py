"""What the wrappers have in common: a transform sees batches; a single env is a batch of one."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from gymnasium import Space, spaces
from numpy.typing import NDArray

from cuagym.errors import UsageError

__all__ = ["Batch", "Flags", "Transform", "image_of", "with_image"]

Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True)
class Batch:
    """What some envs came to, a row for each.

    Attributes:
        observations: Of them all: an array, or a dict of arrays.
        places: Which env each row is of, int64 (k,).
        first: Rows that begin an episode.
        still: Rows whose env did nothing: neither a step nor a reset.
        acted: Rows of a step, which no fault cut; the step may have been the last one of an episode
            and the observation, in the same step, the first one of the next.
        told: The values of a key of info, one for each row; None where a row has none.
    """

    observations: Any
    places: NDArray[np.int64]
    first: Flags
    still: Flags
    acted: Flags
    told: Callable[[str], list[Any]]


class Transform(ABC):  # noqa: B024 - each method may stay as it is
    """What a wrapper does to observations and rewards, of one env and of many alike."""

    def bind(self, space: Space[Any], count: int) -> Space[Any]:
        """Prepares for so many envs, each observing `space`; returns what each then observes.

        Raises:
            UsageError: it cannot work on that.
        """
        return space

    def see(self, batch: Batch) -> Any:
        """Returns the observations instead of the batch's."""
        return batch.observations

    def pay(self, rewards: NDArray[Any], batch: Batch) -> NDArray[Any]:
        """Returns the rewards instead of these."""
        return rewards


def image_of(name: str, space: Space[Any]) -> tuple[str | None, spaces.Box]:
    """Where the image of an observation is, and its space.

    Args:
        name: Of the wrapper that asks.
        space: Of the observation.

    Returns:
        The key, "screen" or "screenshot", or None if the observation is the image itself.

    Raises:
        UsageError: There is no uint8 image (H, W, C) there.
    """
    key, found = None, space
    if isinstance(space, spaces.Dict):
        key = next((k for k in ("screen", "screenshot") if k in space.spaces), None)
        found = space[key] if key else space
    if not isinstance(found, spaces.Box) or len(found.shape) != 3 or found.dtype != np.uint8:
        raise UsageError(
            f"{name} wants an image, uint8 (H, W, C), as observation or in it under 'screen' or"
            f" 'screenshot'; this env observes {space}"
        )
    return key, found


def with_image(key: str | None, observations: Any, image: Any) -> Any:
    """An observation, or its space, with another image."""
    if key is None:
        return image
    rest = observations.spaces if isinstance(observations, spaces.Dict) else observations
    changed = {**rest, key: image}
    return spaces.Dict(changed) if isinstance(observations, spaces.Dict) else changed
