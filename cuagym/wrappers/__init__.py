"""Action and observation spaces that learning libraries take; `vector` has the same for many envs.

`cuagym.wrappers.sb3`, which wants Stable-Baselines3, is imported when it is asked for.

Example:
    >>> import cuagym.wrappers as wrappers
    >>> env = gym.make("CUA-Excel-v0", look="plain")
    >>> env = wrappers.Screen(wrappers.ClickGrid(env, 20, 12), size=(160, 90), gray=True)
"""

from cuagym.wrappers import vector
from cuagym.wrappers.images import resize
from cuagym.wrappers.presets import KEYS, KINDS
from cuagym.wrappers.single import (
    ClickGrid,
    ContinuousPointer,
    FrameStack,
    PointAndType,
    Screen,
    TaskIndex,
    TaskOneHot,
    TimeCost,
)
from cuagym.wrappers.text import TextActions

__all__ = [
    "KEYS",
    "KINDS",
    "ClickGrid",
    "ContinuousPointer",
    "FrameStack",
    "PointAndType",
    "Screen",
    "TaskIndex",
    "TaskOneHot",
    "TextActions",
    "TimeCost",
    "resize",
    "vector",
]
