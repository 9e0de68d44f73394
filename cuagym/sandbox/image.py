"""What a sandbox was at one moment: its processes on file, and what else a copy needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cuagym.sandbox.launch import Recipe

__all__ = ["Image"]


@dataclass(frozen=True)
class Image:
    """A frozen sandbox.

    Attributes:
        folder: What CRIU has written.
        recipe: How the sandbox was started.
        external: Where it saw what is not its own.
        ended: Programs that had ended, and how.
        last_pid: The last pid that it had given out.
    """

    folder: Path
    recipe: Recipe
    external: tuple[str, ...]
    ended: Mapping[int, int]
    last_pid: int

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return sum(path.stat().st_size for path in self.folder.iterdir())
