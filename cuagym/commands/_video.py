"""Frames into a film, written as they come: an episode's frames would fill the memory."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cuagym.commands._extras import require
from cuagym.errors import UsageError

__all__ = ["Video", "check_target"]

FPS = 4
"""Frames per second of a film, one of them for each step: four times as fast as it happened."""


def check_target(path: Path) -> Path:
    """The path, if a film can be written there.

    Raises:
        UsageError: If it does not end in .mp4, or its folder is missing.
        SetupError: If moviepy is missing.
    """
    if path.suffix.lower() != ".mp4":
        raise UsageError(f"a video is an .mp4 file, not {str(path)!r}")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {str(path.parent)!r} for the video")
    if path.is_dir():
        raise UsageError(f"the video {str(path)!r} is a folder")
    require("video")
    return path


class Video:
    """A film in the making.

    Args:
        path: Where it goes; an older one is replaced.
        size: Width and height of its frames.

    Raises:
        SetupError: If moviepy is missing.
    """

    def __init__(self, path: Path, size: tuple[int, int]) -> None:
        writer = require("video", "moviepy.video.io.ffmpeg_writer")
        self.path = path
        self._last: NDArray[np.uint8] | None = None
        # Text must stay legible: less loss than the default. yuv420p is what every player shows.
        even = all(side % 2 == 0 for side in size)
        params = ["-crf", "18", *(["-pix_fmt", "yuv420p"] if even else [])]
        self._writer: Any = writer.FFMPEG_VideoWriter(
            str(path), size, FPS, codec="libx264", preset="fast", ffmpeg_params=params
        )

    def add(self, frame: NDArray[np.uint8]) -> None:
        """Adds a frame, uint8 RGB (H, W, 3).

        Raises:
            UsageError: If it cannot be written.
        """
        try:
            self._writer.write_frame(frame)
        except OSError as e:
            raise UsageError(f"the video {str(self.path)!r} cannot be written: {e}") from None
        self._last = frame

    def hold(self, seconds: float) -> None:
        """Shows the last frame for longer."""
        if self._last is not None:
            for _ in range(round(seconds * FPS)):
                self.add(self._last)

    def close(self) -> None:
        """Ends the film; may be called twice."""
        self._writer.close()

    def __enter__(self) -> Video:
        """Returns itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends the film."""
        self.close()
