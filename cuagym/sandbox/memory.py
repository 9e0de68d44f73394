"""Folders in memory: where snapshots are written, and what CRIU remembers of the kernel."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from cuagym.sandbox import folders
from cuagym.sandbox.folders import Folder

__all__ = ["base", "claim", "run_folder", "sweep"]

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


def _images() -> Path:
    return base() / "images"


def claim() -> Folder:
    """Make a folder for what shall be written to memory; it is ours until it is removed.

    Raises:
        OSError: If it cannot be made.
    """
    return folders.claim(_images())


def sweep() -> None:
    """Remove what processes that were killed have left in memory."""
    for folder in folders.abandoned(_images()):
        folder.remove()
