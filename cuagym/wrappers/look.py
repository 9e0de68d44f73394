"""Transforms of what is seen: the screen made smaller, and some of them in a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium import Space, spaces
from numpy.typing import NDArray

from cuagym.errors import UsageError, nearest
from cuagym.wrappers.images import Method, check_size, resize
from cuagym.wrappers.regions import Box, Region, wholes
from cuagym.wrappers.transform import Batch, Transform, image_of, with_image

__all__ = ["Downscale", "Stack"]


class Downscale(Transform):
    """The screen alone, as a smaller image; see `cuagym.wrappers.Screen`."""

    def __init__(
        self,
        size: Sequence[int] | None,
        crop: Box | None,
        gray: bool,
        method: Method,
        keep: Sequence[str],
    ) -> None:
        self._wanted = None if size is None else wholes("size", size, ("width", "height"))
        self._box, self._gray, self._method = crop, bool(gray), method
        self._keep = (keep,) if isinstance(keep, str) else tuple(keep)
        self._size, self._rows, self._columns = (0, 0), slice(None), slice(None)

    def bind(self, space: Space[Any], count: int) -> Space[Any]:
        """See `Transform.bind`."""
        if not isinstance(space, spaces.Dict) or "screenshot" not in space.spaces:
            raise UsageError(f"Screen wants a 'screenshot' to be observed, not {space}")
        _, image = image_of("Screen", spaces.Dict({"screenshot": space["screenshot"]}))
        height, width, _ = image.shape
        region = Region.checked("crop", self._box, (width, height))
        self._rows = slice(region.top, region.top + region.height)
        self._columns = slice(region.left, region.left + region.width)
        w, h = self._wanted or (region.width, region.height)
        self._size = w, h
        check_size(self._size, (region.width, region.height), self._method)
        seen = spaces.Box(0, 255, (h, w, 1 if self._gray else 3), np.uint8)
        others = [k for k in space.spaces if k != "screenshot"]
        for key in self._keep:
            if key not in others:
                raise UsageError(f"keep={key!r}: one of {others}{nearest(key, others)}")
        if not self._keep:
            return seen
        return spaces.Dict({"screen": seen, **{k: space[k] for k in self._keep}})

    def see(self, batch: Batch) -> Any:
        """See `Transform.see`."""
        images = batch.observations["screenshot"][:, self._rows, self._columns]
        screen = resize(images, self._size, gray=self._gray, method=self._method)
        if not self._keep:
            return screen
        return {"screen": screen, **{k: batch.observations[k] for k in self._keep}}


class Stack(Transform):
    """The last images of an episode, oldest first; see `cuagym.wrappers.FrameStack`."""

    def __init__(self, count: int) -> None:
        if not isinstance(count, (int, np.integer)) or isinstance(count, bool) or count < 1:
            raise UsageError(f"count={count!r}: a whole number of images, at least 1")
        self._count, self._key, self._channels = int(count), "", 0
        self._images: NDArray[np.uint8] = np.zeros((0, 0, 0, 0), np.uint8)

    def bind(self, space: Space[Any], count: int) -> Space[Any]:
        """See `Transform.bind`."""
        key, image = image_of("FrameStack", space)
        self._key, self._channels = key or "", image.shape[2]
        shape = (*image.shape[:2], self._channels * self._count)
        self._images = np.zeros((count, *shape), np.uint8)
        return with_image(key, space, spaces.Box(0, 255, shape, np.uint8))  # type: ignore[no-any-return]

    def see(self, batch: Batch) -> Any:
        """See `Transform.see`."""
        seen = batch.observations[self._key] if self._key else batch.observations
        for row, place in enumerate(batch.places):
            images = self._images[place]
            if batch.first[row]:
                images[:] = np.tile(seen[row], (1, 1, self._count))
            elif not batch.still[row]:
                images[..., : -self._channels] = images[..., self._channels :].copy()
                images[..., -self._channels :] = seen[row]
        # A copy: what is handed out stays as it is.
        return with_image(self._key or None, batch.observations, self._images[batch.places])
