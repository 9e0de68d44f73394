"""What a sandbox was at one moment: its processes on file, and what else a copy needs."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cuagym.errors import Fault
from cuagym.sandbox import criu
from cuagym.sandbox.launch import Recipe

__all__ = ["Image", "stamp"]


@dataclass(frozen=True)
class Image:
    """A frozen sandbox.

    Attributes:
        folder: What CRIU has written.
        recipe: How the sandbox was started.
        external: Where it saw what is not its own.
        ended: Programs that had ended, and how.
        last_pid: The last pid that it had given out.
    """

    folder: Path
    recipe: Recipe
    external: tuple[str, ...]
    ended: Mapping[int, int]
    last_pid: int

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return sum(path.stat().st_size for path in self.folder.iterdir())

    def to_json(self) -> dict[str, Any]:
        """Plain data for json: all but the folder and the recipe, of which it holds the stamp."""
        ended = {str(pid): status for pid, status in self.ended.items()}
        told = {"external": list(self.external), "ended": ended, "last_pid": self.last_pid}
        return {"stamp": stamp(self.recipe), **told}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], folder: Path, recipe: Recipe) -> Image:
        """What `to_json` wrote, in its folder.

        Raises:
            Fault: It was made by something else than runs here; says what differs.
        """
        here = stamp(recipe)
        other = data["stamp"]
        if different := [
            f"{k}: {other.get(k)!r}, here {here[k]!r}" for k in here if other.get(k) != here[k]
        ]:
            raise Fault("it was taken on a machine that differs: " + "; ".join(different))
        ended = {int(pid): int(status) for pid, status in data["ended"].items()}
        return cls(folder, recipe, tuple(data["external"]), ended, int(data["last_pid"]))


def stamp(recipe: Recipe) -> dict[str, str]:
    """What must be the same where a frozen sandbox is made live again, in words."""
    return {**_machine(), "sandbox": _digest(_words(recipe))}


@cache
def _machine() -> Mapping[str, str]:
    kernel = os.uname()
    flags = next((x for x in _lines("/proc/cpuinfo") if x.startswith(("flags", "Features"))), "")
    return {
        "cuagym": version("cuagym"),
        "kernel": f"{kernel.release} {kernel.version} {kernel.machine}",
        "CPU": _digest(flags.encode()),
        "CRIU": ".".join(map(str, criu.program()[1])),
        # Programs are mapped from their files: each package must be the very same.
        "packages": _digest("".join(_lines("/var/lib/dpkg/status")).encode()),
    }


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.readlines()
    except OSError:
        return []


def _words(recipe: Recipe) -> bytes:
    root = recipe.root
    plain = [root.read_only, root.links, sorted(root.env.items()), root.clock, recipe.hostname]
    files = [(path, _digest(data)) for path, data in sorted(root.files.items())]
    programs = [(path, _digest(Path(host).read_bytes())) for path, host in root.executables]
    return json.dumps([plain, files, programs, repr(recipe.limits)]).encode()


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()
