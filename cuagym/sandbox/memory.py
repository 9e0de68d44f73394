"""Folders in memory: where snapshots are written, and what CRIU remembers of the kernel."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["base", "run_folder"]

_SHM = Path("/dev/shm")


def base() -> Path:
    """Return a folder of this user's in memory, or on disk where there is none; made if need be."""
    place = _SHM if os.access(_SHM, os.W_OK) else Path(tempfile.gettempdir())
    folder = place / f"cuagym-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def run_folder() -> Path:
    """Return the folder that CRIU has at /run."""
    folder = base() / "run"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
