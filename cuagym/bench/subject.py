"""What is measured: an env that can be made again, here or in another process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import gymnasium as gym

from cuagym.task import Screen

if TYPE_CHECKING:
    from cuagym.env import DesktopEnv

__all__ = ["Say", "Subject"]

Say: TypeAlias = Callable[[str], None]
"""Where lines of progress go."""

_NO_HORIZON = 10**6


@dataclass(frozen=True)
class Subject:
    """The arguments of `gym.make`, as plain data.

    Attributes:
        env: The env's id.
        look: "gtk3" or "plain".
        size: Of the screen, width and height in pixels.
        sandbox: "auto", "runc" or "bubblewrap".
        task: As `gym.make` takes it; None for the id's own set.
        open: A document of one's own instead of a task, likewise.
    """

    env: str
    look: str = "gtk3"
    size: tuple[int, int] = (1280, 720)
    sandbox: str = "auto"
    task: str | None = None
    open: str | None = None

    @property
    def app(self) -> str:
        """The application's name."""
        return str(gym.spec(self.env).kwargs["app"])

    @property
    def screen(self) -> Screen:
        """What an oracle knows of the screen."""
        return Screen(*self.size, self.look)

    def make(self, **more: Any) -> DesktopEnv:
        """A new env without wrappers, that no horizon ends in the middle of a measurement.

        Args:
            more: Further arguments of the env, or other values.
        """
        given = {**asdict(self), "prepare": 0, "max_steps": _NO_HORIZON, **more}
        made: Any = gym.make(given.pop("env"), disable_env_checker=True, **given).unwrapped
        return made  # type: ignore[no-any-return]
