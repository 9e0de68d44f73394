"""What a snapshot is."""

from __future__ import annotations

import copy
import os
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import gymnasium as gym
import numpy as np

from cuagym.errors import Fault, UsageError
from cuagym.sandbox import memory
from cuagym.sandbox.folders import Folder
from cuagym.session import Frozen, Session
from cuagym.snapshot import file
from cuagym.supply import Settings

__all__ = ["Snapshot", "fork"]

_Env = TypeVar("_Env", bound="gym.Env[Any, Any]")


@dataclass
class Snapshot:
    """A frozen desktop, and where its episode and its env were.

    It lies in memory until it is closed, or collected. It serves any number of copies, at once too.

    Attributes:
        settings: Of the env.
        session: The desktop.
        episode: What the episode was, but for its desktop and its judge.
        judged: What was judged of it.
        random: The env's generator.
        options: What the last reset was told.
        frame: The last screenshot, uint8 RGB (H, W, 3).
        folder: Where it lies.
    """

    settings: Settings
    session: Frozen
    episode: Mapping[str, Any]
    judged: Mapping[str, Any]
    random: np.random.Generator
    options: Mapping[str, Any]
    frame: np.ndarray[Any, np.dtype[np.uint8]]
    folder: Folder
    _closing: weakref.finalize[Any, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Ties its memory to its life."""
        self._closing = weakref.finalize(self, self.folder.remove)

    @property
    def size(self) -> int:
        """How many bytes of memory it takes; 0 once it is closed."""
        return self.session.image.size if self._closing.alive else 0

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file, for another process on the same kind of machine.

        The same kind is: the same cuagym, kernel, CPU features, CRIU and system packages.

        Raises:
            Fault: It is closed.
            OSError: The file cannot be written; what was there before is untouched.
        """
        if not self._closing.alive:
            raise Fault("the snapshot is closed")
        file.write(self, Path(path))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Snapshot:
        """Read what `save` wrote. `DesktopEnv.restore` goes on from it.

        Only load files of people whom you would let run programs on this machine: CRIU reads them
        as root.

        Raises:
            UsageError: It is no snapshot, is cut short, was altered, or was taken on another kind
                of machine; says what differs.
            Fault: There is too little memory for it.
            OSError: The file cannot be read.
        """
        return file.read(Path(path), cls)

    def check(self, settings: Settings) -> None:
        """Refuse to serve an env of other settings.

        Raises:
            UsageError: They differ.
            Fault: It is closed.
        """
        if not self._closing.alive:
            raise Fault("the snapshot is closed")
        if settings != self.settings:
            raise UsageError(f"the snapshot is of an env with {self.settings}, not {settings}")

    def check_memory(self, copies: int) -> None:
        """Refuse to make copies for which there is too little memory.

        Raises:
            Fault: There is; tells how much is needed.
        """
        need, free = copies * self.size, memory.available()
        if need > free:
            told = f"{copies} copies of the desktop need about {need >> 20} MiB of memory"
            raise Fault(f"{told}, {free >> 20} MiB are free")

    def close(self) -> None:
        """Give its memory back; copies that were made of it live on. May be called twice."""
        self._closing()

    def __enter__(self) -> Snapshot:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


def claim(session: Session) -> Folder:
    """Make the folder of a session's snapshot.

    Raises:
        Fault: If it cannot be made, or there is too little memory.
    """
    try:
        return memory.claim(session.sandbox.memory())
    except OSError as e:
        raise Fault(f"no snapshot could be taken: {e}") from e


def fork(env: _Env, n: int) -> list[_Env]:
    """Return live copies of an env that go on from the same pixel, each with its own wrappers.

    Args:
        env: A `DesktopEnv`, with any wrappers around it, in the middle of an episode.
        n: How many.

    Raises:
        UsageError: `n` is no whole number of at least 1, or `env` holds no `DesktopEnv`.
        Fault: It failed; the env goes on, and no copy is left.
        SetupError: This machine cannot; `cuagym doctor` says why.
    """
    inner = env.unwrapped
    if not hasattr(inner, "fork"):
        raise UsageError(f"{inner!r} cannot be forked: it is no cuagym env")
    # Wrappers are copied deeply around the new env: their counters and statistics go on, too.
    return [copy.deepcopy(env, {id(inner): forked}) for forked in inner.fork(n)]
