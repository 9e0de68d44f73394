"""The folder that agents share: each desktop has its own copy, made alike between two steps."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from contextlib import suppress
from stat import S_ISREG
from typing import Final, Protocol

from cuagym.app import WORKSPACE

__all__ = ["NAME", "PATH", "Place", "SharedFolder"]

NAME: Final = "Shared"
"""Its name in every workspace."""
PATH: Final = f"{WORKSPACE}/{NAME}"
"""Its path inside of every sandbox."""
_MOST: Final = 16 << 20
"""Bytes of a file; a larger one stays where it is."""
_Signature = tuple[int, int, int]


class Place(Protocol):
    """What is asked of a sandbox."""

    def open(self, path: str, flags: int, mode: int = 0o644) -> int:
        """Opens a file inside; a descriptor of this process."""

    def read(self, path: str, limit: int) -> bytes:
        """The content of a regular file inside."""

    def write(self, path: str, data: bytes) -> None:
        """Writes a regular file inside."""

    def run(self, argv: list[str]) -> object:
        """Runs a program inside to its end."""


class SharedFolder:
    """What lies in the folder, and what each desktop was last seen to have of it.

    Files that lie directly in it are shared, by their names, but for hidden ones and those of more
    than 16 MiB. Folders in it are not shared.

    Args:
        files: What every desktop's copy holds at the start.

    Attributes:
        files: What it holds, by name.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(sorted(files.items()))
        self._seen: dict[str, dict[str, _Signature]] = {}
        self._held: dict[str, dict[str, bytes]] = {}

    def begin(self, places: Mapping[str, Place]) -> None:
        """Make the folder on desktops that begin; the files lie there already.

        Raises:
            Fault: If a sandbox died.
        """
        for agent, place in places.items():
            place.run(["mkdir", "-p", PATH])
            self._seen[agent] = _listed(place)
            self._held[agent] = dict(self.files)

    def synchronise(self, places: Mapping[str, Place]) -> list[str]:
        """Take over what changed on the desktops since the last time, and make all copies alike.

        Desktops are looked at in the order of the agents: where two changed the same file, the
        later one's stays. Application time stands still meanwhile; on the desktop that receives a
        file, it is as old as the step that was taken last.

        Args:
            places: The sandboxes by agent, in their order.

        Returns:
            The agents whose copies were brought up to date: their programs may have noticed.

        Raises:
            Fault: If a sandbox died.
        """
        for agent, place in places.items():
            self._take(agent, place)
        given = [agent for agent, place in places.items() if self._give(agent, place)]
        for agent in given:
            self._seen[agent] = _listed(places[agent])
        return given

    def _take(self, agent: str, place: Place) -> None:
        """Take over what one desktop has changed."""
        now, seen, held = _listed(place), self._seen[agent], self._held[agent]
        for name in sorted(now):
            if now[name] == seen.get(name):
                continue
            with suppress(OSError):  # it cannot be read, which is the agent's doing
                data = place.read(f"{PATH}/{name}", _MOST)
                if held.get(name) != data:
                    self.files[name] = held[name] = data
        for name in seen.keys() - now.keys():
            held.pop(name, None)
            self.files.pop(name, None)
        self._seen[agent] = now

    def _give(self, agent: str, place: Place) -> bool:
        """Bring one desktop's copy up to date; whether anything was done."""
        held = self._held[agent]
        stale = sorted(n for n in {*held, *self.files} if held.get(n) != self.files.get(n))
        if not stale:
            return False
        # A new file in place of the old one: a program that has that open keeps what it read.
        place.run(["mkdir", "-p", PATH])
        place.run(["rm", "-f", "--", *(f"{PATH}/{name}" for name in stale)])
        for name in stale:
            held.pop(name, None)
            if name in self.files:
                with suppress(OSError):  # the desktop's disk is full: tried again after each step
                    place.write(f"{PATH}/{name}", self.files[name])
                    held[name] = self.files[name]
        return True


def _listed(place: Place) -> dict[str, _Signature]:
    """Return the files of a desktop's copy, and what changes when their contents do."""
    try:
        folder = place.open(PATH, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as e:
        if e.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EACCES):
            return {}  # the agent has removed it, and all that was in it
        raise
    try:
        found = {}
        for name in sorted(os.listdir(folder)):
            with suppress(OSError, UnicodeEncodeError):
                name.encode()
                told = os.stat(name, dir_fd=folder, follow_symlinks=False)
                if not name.startswith(".") and S_ISREG(told.st_mode) and told.st_size <= _MOST:
                    found[name] = (told.st_ino, told.st_size, told.st_mtime_ns)
        return found
    finally:
        os.close(folder)
