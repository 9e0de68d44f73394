"""The optional dependencies: who offers what, and the line that installs it."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType, ModuleType

from cuagym.errors import SetupError

__all__ = ["EXTRAS", "Extra", "require"]


@dataclass(frozen=True)
class Extra:
    """One extra of the distribution.

    Attributes:
        name: Its name in brackets, as in `cuagym[video]`.
        module: What it brings.
        why: What needs it.
    """

    name: str
    module: str
    why: str

    @property
    def line(self) -> str:
        """The command that installs it."""
        return f"pip install 'cuagym[{self.name}]'"

    def present(self) -> bool:
        """Whether it is installed; it is not imported."""
        return importlib.util.find_spec(self.module) is not None


EXTRAS: Mapping[str, Extra] = MappingProxyType(
    {
        extra.name: extra
        for extra in (
            Extra("video", "moviepy", "writes videos: cuagym demo, cuagym run --video"),
            Extra("sb3", "stable_baselines3", "trains policies: cuagym.wrappers.sb3"),
            Extra("pettingzoo", "pettingzoo", "runs teams of agents: cuagym.multi"),
            Extra("human", "pygame", "shows a window: cuagym play, render_mode='human'"),
        )
    }
)


def require(name: str, module: str = "") -> ModuleType:
    """Imports what an extra brings.

    Args:
        name: The extra.
        module: A module within what it brings; "" for the whole.

    Raises:
        SetupError: If it is missing; the message is the line that installs it.
    """
    extra = EXTRAS[name]
    try:
        return importlib.import_module(module or extra.module)
    except ImportError as e:
        raise SetupError(
            f"{extra.module} cannot be imported ({e}), and it {extra.why}; install it with:"
            f" {extra.line}"
        ) from None
