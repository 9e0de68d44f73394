"""Desktops that work at once, in this process: whoever is done is heard of first."""

from __future__ import annotations

import select
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cuagym.env import DesktopEnv
from cuagym.errors import CuagymError, Fault

__all__ = ["LocalPool", "Outcome"]

_ATTEMPTS = 3
"""How often a reset is tried before its desktop counts as broken."""
_AT_ONCE = 16
"""Envs that are closed at the same time: most of it is waiting."""


@dataclass
class Outcome:
    """What a reset or a step came to; the observation lies in the pool's arrays.

    Attributes:
        reset: Whether it was a reset.
        reward: Of a step.
        terminated: Likewise.
        truncated: Likewise.
        info: As the env tells it.
        error: Why a reset failed for good; None if it did not.
    """

    reset: bool
    reward: float = 0.0
    terminated: bool = False
    truncated: bool = False
    info: dict[str, Any] = field(default_factory=dict)
    error: BaseException | None = None


@dataclass
class _Reset:
    """One that is under way, and what it takes to try it again."""

    seed: int | None
    options: Mapping[str, Any] | None
    random: Any
    attempts: int = 1


class LocalPool:
    """Envs of this process, waited for with one epoll; who is done copies its screen at once.

    Args:
        args: What each env is made with.
        frames: For each, what receives its screens, uint8 (H, W, 3); or an array of all.
        instructions: Likewise its instructions, uint8 (1024,).

    Attributes:
        at_once: Envs that were done as soon as they had begun; the next `wait` tells of them.

    Raises:
        UsageError: An argument is not what it should be.
    """

    def __init__(
        self,
        args: Sequence[Mapping[str, Any]],
        frames: Sequence[NDArray[np.uint8]] | NDArray[np.uint8],
        instructions: Sequence[NDArray[np.uint8]] | NDArray[np.uint8],
    ) -> None:
        self.envs = [DesktopEnv(**given) for given in args]
        self._frames, self._instructions = [*frames], [*instructions]
        for env, frame in zip(self.envs, self._frames, strict=True):
            env.keep_frame(frame)
        self._waiter = select.epoll()
        self._places: dict[int, int] = {}
        self._resets: dict[int, _Reset] = {}
        self.at_once: list[int] = []

    def begin_reset(
        self, place: int, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> None:
        """Begin a reset; `wait` tells when it is over.

        Raises:
            UsageError: The options are not what they should be; nothing has begun.
        """
        env = self.envs[place]
        random = None if seed is not None else env.np_random.bit_generator.state
        env.begin_reset(seed=seed, options=options)
        self._resets[place] = _Reset(seed, options, random)
        self._began(place)

    def begin_step(self, place: int, turn: Sequence[Any]) -> None:
        """Begin a step of one or more primitives, which `DesktopEnv.check` has let pass."""
        self.envs[place].begin_step_turn(turn)
        self._began(place)

    def _began(self, place: int) -> None:
        env = self.envs[place]
        if env.poll():
            self.at_once.append(place)
        elif (fd := env.fileno()) not in self._places or self._places[fd] != place:
            self._places[fd] = place
            self._waiter.register(fd, select.EPOLLIN)

    def wait(self, timeout: float | None) -> list[tuple[int, Outcome]]:
        """Return those that are over, once there is one; in the order of their ends.

        Args:
            timeout: The most seconds to wait; None: for ever.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            over, self.at_once = self.at_once, []
            if not over:
                left = -1.0 if end is None else max(0.0, end - time.monotonic())
                places = (self._places[fd] for fd, _ in self._waiter.poll(left))
                over = [place for place in places if self.envs[place].poll()]
            done = [(place, outcome) for place in over if (outcome := self._taken(place))]
            if done or (end is not None and time.monotonic() >= end):
                return done

    def _taken(self, place: int) -> Outcome | None:
        """What is over; None if it is tried again."""
        env, frame = self.envs[place], self._frames[place]
        reset = self._resets.get(place)
        try:
            result: Any = env.finish(out=frame)
        except BaseException as e:
            if reset is None or not isinstance(e, Exception):
                raise
            return self._failed(place, reset, e)
        self._resets.pop(place, None)
        self._instructions[place][:] = result[0]["instruction"]
        if reset is not None:
            return Outcome(True, info=result[1])
        return Outcome(False, *result[1:])

    def _failed(self, place: int, reset: _Reset, error: Exception) -> Outcome | None:
        if isinstance(error, Fault) and reset.attempts < _ATTEMPTS:
            reset.attempts += 1
            env = self.envs[place]
            if reset.seed is None:
                env.np_random.bit_generator.state = reset.random
            try:
                env.begin_reset(seed=reset.seed, options=reset.options)
                self._began(place)
                return None
            except CuagymError as e:
                error = e
        del self._resets[place]
        return Outcome(True, error=error)

    def fileno(self) -> int:
        """A descriptor that is readable when `wait` may have something to tell."""
        return self._waiter.fileno()

    def call(self, place: int, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call a method of an env, or read an attribute."""
        found = getattr(self.envs[place], name)
        return found(*args, **kwargs) if callable(found) else found

    def set(self, place: int, name: str, value: Any) -> None:
        """Set an attribute of an env."""
        setattr(self.envs[place], name, value)

    def close(self) -> None:
        """End everything; may be called twice."""
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            list(threads.map(DesktopEnv.close, self.envs))
        self._waiter.close()
