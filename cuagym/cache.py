"""The user's cache folder: compiled sources, warm profiles, and snapshots of launched programs.

It is the only thing that outlives an env. Every entry can be made again, so all of it may be
deleted at any time with `cuagym cache clear`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

KINDS = {"native": 32, "profile": 32, "snapshot": 8}
"""What it holds, and how many of each are kept; the ones not used for longest go first."""


@dataclass(frozen=True)
class Entry:
    """One thing in the cache: its kind ("native", "profile" ...), name and size in bytes."""

    kind: str
    name: str
    size: int


def root() -> Path:
    """The cache folder: $CUAGYM_CACHE, or cuagym below $XDG_CACHE_HOME or ~/.cache."""
    if chosen := os.environ.get("CUAGYM_CACHE"):
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "cuagym"


def entry(kind: str, name: str, make: Callable[[Path], None]) -> Path:
    """The folder of an entry, made by `make` in a private folder first if it is not there yet.

    Processes that make the same entry at once do not disturb each other: the first to finish wins.

    Args:
        kind: what it is, one of KINDS.
        name: unique for its content, version included: an entry is never changed.
        make: fills the empty folder that it is given; whatever it raises leaves no entry.
    """
    assert kind in KINDS
    place = root() / kind / name
    if _touched(place):
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(prefix=".new-", dir=place.parent))
    try:
        make(work)
        work.chmod(0o755)
        try:
            work.rename(place)
        except OSError:  # somebody else was faster
            if not place.is_dir():
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    _bound(place.parent)
    return place


def _touched(place: Path) -> bool:
    """Notes that an entry is used; False if there is none."""
    try:
        os.utime(place)
    except FileNotFoundError:
        return False
    return True


def _folders(kind: Path) -> list[Path]:
    try:
        return [p for p in kind.iterdir() if p.is_dir() and not p.name.startswith(".")]
    except FileNotFoundError:
        return []


def _bound(kind: Path) -> None:
    used = []
    for place in _folders(kind):
        with suppress(FileNotFoundError):  # another process removes too
            used.append((place.stat().st_mtime, place))
    for _, old in sorted(used)[: -KINDS[kind.name]]:
        shutil.rmtree(old, ignore_errors=True)


def _size(folder: Path) -> int:
    return sum(p.lstat().st_size for p in folder.rglob("*") if p.is_file())


def entries() -> list[Entry]:
    """Everything in the cache."""
    folders = [(kind, place) for kind in KINDS for place in sorted(_folders(root() / kind))]
    return [Entry(kind, place.name, _size(place)) for kind, place in folders]


def clear() -> int:
    """Empties the cache and returns the bytes that it held."""
    size = sum(e.size for e in entries())
    for kind in KINDS:  # nothing else: the folder may be one that the user keeps other things in
        shutil.rmtree(root() / kind, ignore_errors=True)
    with suppress(OSError):
        root().rmdir()  # if it is empty now
    return size
