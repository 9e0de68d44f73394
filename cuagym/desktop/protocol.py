"""What an env needs of a screen, whatever stands behind it.

`xvfb.XvfbDesktop` is the one for sandboxes. The user's own screen can be another: nothing here
speaks of processes or of X.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cuagym.actions import Action
from cuagym.desktop.clock import Report

Pixels = NDArray[np.uint8]


class Desktop(Protocol):
    """One screen with a pointer and a keyboard."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""

    def begin(self, actions: Sequence[Action], seconds: float, cap: float) -> None:
        """Starts to inject the actions and then to let `seconds` of application time pass.

        Args:
            actions: primitives in order; Wait grants its seconds, Terminate is not among them.
            seconds: application time granted after the last one.
            cap: real seconds allowed to whatever never sleeps.

        Raises:
            ActionError: an action cannot be injected; nothing was.
        """

    def done(self) -> bool:
        """Whether what was begun is over; never blocks."""

    def fileno(self) -> int:
        """A descriptor that becomes readable when what was begun is over."""

    def finish(self) -> Report:
        """Waits for what was begun. Raises Fault if the screen died."""

    def frame(self, out: Pixels | None = None) -> Pixels:
        """The screen now, pointer included, uint8 RGB (H, W, 3), into `out` where given."""

    def close(self) -> None:
        """Lets go of the screen; may be called twice."""
