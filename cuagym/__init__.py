"""cuagym: real desktop applications as Gymnasium environments for computer-use agents.

Importing it registers the ids and starts nothing.

Example:
    >>> import gymnasium as gym
    >>> import cuagym
    >>> env = gym.make("CUA-Excel-v0")
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import gymnasium as _gym

__version__ = "0.1.0"

_IDS = {
    "CUA-Browser-v0": "browser",
    "CUA-Excel-v0": "excel",
    "CUA-PowerPoint-v0": "powerpoint",
    "CUA-Word-v0": "word",
}


def _register() -> None:
    for env_id, app in _IDS.items():
        if env_id not in _gym.registry:
            _gym.register(
                env_id,
                entry_point="cuagym.env:DesktopEnv",
                vector_entry_point="cuagym.vector:DesktopVectorEnv",
                kwargs={"app": app},
            )


_register()


_LATER = {"fork": "cuagym.snapshot", "multi": ""}
"""What few need and takes its time to import, and where it is; "" for a part of its own."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    where = _LATER[name]
    return getattr(import_module(where), name) if where else import_module(f"{__name__}.{name}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_LATER])
