"""What an input program is made of: bytes for the X server, and the time to digest them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Write"]


@dataclass(frozen=True, slots=True)
class Write:
    """X requests that are sent at once, and the application time that is granted after them.

    Attributes:
        data: Whole X11 requests that have no replies.
        seconds: Seconds of application time in which the desktop drains what they set off.
    """

    data: bytes
    seconds: float
