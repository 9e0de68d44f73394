"""What one look at the machine gives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: What.
        ok: Whether it is as it should be.
        detail: What was found, for a person to read.
        fix: The command that mends it, or what else does; "" where nothing is to be mended.
        needed: Whether desktops cannot do without it.
    """

    name: str
    ok: bool
    detail: str
    fix: str = ""
    needed: bool = True
