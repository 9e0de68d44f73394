"""Choosing what builds the walls, and starting a sandbox with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cuagym.errors import SetupError, UsageError, nearest
from cuagym.sandbox import bubblewrap, criu, disposal, runc
from cuagym.sandbox.image import Image
from cuagym.sandbox.launch import Recipe, Running
from cuagym.sandbox.root import Limits, Root
from cuagym.sandbox.sandbox import Sandbox

__all__ = ["pick", "promises", "restore", "start"]


@dataclass(frozen=True)
class _Backend:
    unusable: Callable[[], str]
    start: Callable[[Root, Limits, str], Running]
    promises: str


_BACKENDS: Mapping[str, _Backend] = MappingProxyType(
    {
        "runc": _Backend(runc.unusable, runc.start, runc.PROMISES),
        "bubblewrap": _Backend(bubblewrap.unusable, bubblewrap.start, bubblewrap.PROMISES),
    }
)


def check_backend(name: str) -> None:
    """Refuses what is not the name of a backend, or "auto".

    Raises:
        UsageError: If there is no such backend; names the nearest.
    """
    if name != "auto":
        _known(name)


def _known(name: str) -> str:
    if name not in _BACKENDS:
        names = ("auto", *_BACKENDS)
        raise UsageError(
            f"sandbox backend {name!r} is none of {', '.join(names)}{nearest(name, names)}"
        )
    return name


def pick(backend: str = "auto") -> tuple[str, str]:
    """Which backend a sandbox would be started with.

    Args:
        backend: "auto", "runc" or "bubblewrap". "auto" is runc where it can be used, for it limits
            more; bubblewrap otherwise.

    Returns:
        Its name, and why, for a person to read.

    Raises:
        SetupError: If it cannot be used; the message says what is missing. Whether the kernel lets
            bubblewrap work is only seen by starting it.
        UsageError: If there is no such backend.
    """
    if backend != "auto":
        if reason := _BACKENDS[_known(backend)].unusable():
            raise SetupError(f"sandboxes by {backend} cannot be used here: {reason}")
        return backend, "it was asked for"
    reasons = {name: b.unusable() for name, b in _BACKENDS.items()}
    if not reasons["runc"]:
        return "runc", "this is root, and control groups can be used"
    if not reasons["bubblewrap"]:
        return "bubblewrap", reasons["runc"]
    raise SetupError("no sandbox can be started here: " + "; ".join(reasons.values()))


def promises(backend: str) -> str:
    """What the walls of a backend hold, and what they do not, in words for a user.

    Raises:
        UsageError: If there is no such backend.
    """
    return _BACKENDS[_known(backend)].promises


def start(
    backend: str = "auto",
    root: Root | None = None,
    limits: Limits | None = None,
    hostname: str = "desktop",
) -> Sandbox:
    """Starts a sandbox, empty but for its first process.

    Args:
        backend: "auto", "runc" or "bubblewrap" (see `pick`).
        root: What it sees; None: `Root()`.
        limits: What it may use; None: `Limits()`.
        hostname: Its name.

    Raises:
        SetupError: If the machine lacks something; the message says what to do.
        Fault: If it could not be started for another reason. Nothing is left running.
        UsageError: If an argument is wrong.
    """
    name, _ = pick(backend)
    if not hostname or len(hostname) > 64 or not hostname.replace("-", "").isalnum():
        raise UsageError(f"a hostname is letters, digits and '-', at most 64; got {hostname!r}")
    root = root or Root()
    running = _BACKENDS[name].start(root, limits or Limits(), hostname)
    sandbox = Sandbox(running, root.env)
    if not os.geteuid():
        disposal.later(runc.sweep)
    return sandbox


def unfreezable(backend: str = "auto") -> str:
    """Why sandboxes of a backend cannot be frozen here; "" if they can."""
    try:
        name, why = pick(backend)
    except SetupError as e:
        return str(e)
    if name != "runc":
        return f"{name} sandboxes have no snapshots ({why})"
    return criu.unusable()


def recipe(root: Root, limits: Limits | None = None, hostname: str = "desktop") -> Recipe:
    """How `start` would start a sandbox: what an image of an earlier one must have been made of."""
    return Recipe(root.complete(hostname), limits or Limits(), hostname)


def restore(image: Image, cpu: int) -> Sandbox:
    """Makes a sandbox that goes on from where another one was frozen.

    Args:
        image: Of `Sandbox.freeze`.
        cpu: Where its processes will live.

    Raises:
        SetupError: If the machine lacks something.
        Fault: If it could not be restored. Nothing is left running.
    """
    running = runc.restore(image, cpu)
    return Sandbox(running, image.recipe.root.env, image.ended)
