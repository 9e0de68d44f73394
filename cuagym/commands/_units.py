"""Numbers for people."""

from __future__ import annotations

__all__ = ["size"]


def size(count: int) -> str:
    """A number of bytes, in the unit that suits it.

    Example:
        >>> size(17), size(1_500_000)
        ('17 B', '1.4 MiB')
    """
    value = float(count)
    for unit in ("B", "KiB", "MiB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} GiB"
