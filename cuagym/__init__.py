"""cuagym: real desktop applications as Gymnasium environments for computer-use agents.

Importing it registers the ids and starts nothing.

Example:
    >>> import gymnasium as gym
    >>> import cuagym
    >>> env = gym.make("CUA-Excel-v0")
"""

from __future__ import annotations

import gymnasium as _gym

__version__ = "0.1.0"

_IDS = {"CUA-Excel-v0": "excel"}


def _register() -> None:
    for env_id, app in _IDS.items():
        if env_id not in _gym.registry:
            _gym.register(env_id, entry_point="cuagym.env:DesktopEnv", kwargs={"app": app})


_register()


def __getattr__(name: str) -> object:
    """Import what few need, and what takes its time, when it is asked for."""
    if name == "fork":
        from cuagym.snapshot import fork

        return fork
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
