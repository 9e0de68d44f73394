"""The wrappers of `cuagym.wrappers`, of a vector env: the same names, the same arguments."""

from cuagym.wrappers.vector.actions import ClickGrid, ContinuousPointer, PointAndType
from cuagym.wrappers.vector.observations import (
    FrameStack,
    Screen,
    TaskIndex,
    TaskOneHot,
    TimeCost,
)
from cuagym.wrappers.vector.text import TextActions

__all__ = [
    "ClickGrid",
    "ContinuousPointer",
    "FrameStack",
    "PointAndType",
    "Screen",
    "TaskIndex",
    "TaskOneHot",
    "TextActions",
    "TimeCost",
]
