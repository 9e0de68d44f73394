"""A person's episodes: from the window's events to steps of the env, and back to the window."""

from __future__ import annotations

import select
import time
from collections.abc import Mapping
from typing import Any

from cuagym.actions import Turn
from cuagym.commands import say
from cuagym.commands._episodes import Episode, describe, tell
from cuagym.commands.play.events import Event, KeyPress, read
from cuagym.commands.play.window import Window
from cuagym.env import DesktopEnv
from cuagym.errors import ActionError, Fault
from cuagym.task import Screen

__all__ = ["Game"]

_TICK_MS = 15
_PATIENCE = 60.0
"""Seconds after which a window may freeze: a step that broke at its beginning gives no sign."""


class _Closed(Exception):
    """The person has closed the window."""


class Game:
    """Episodes in a window.

    Args:
        env: Where; the caller closes it.
        window: What shows it; the caller closes it too.
        screen: The desktop's size.
    """

    def __init__(self, env: DesktopEnv, window: Window, screen: Screen) -> None:
        self._env, self._window, self._screen = env, window, screen
        self._waiting: list[Event] = []
        self._info: Mapping[str, Any] = {}

    def play(self, seed: int | None) -> list[Episode]:
        """Plays until the person leaves.

        Args:
            seed: Of the first episode; None: whatever comes.

        Returns:
            The episodes that came to their end.
        """
        episodes: list[Episode] = []
        try:
            while True:
                episode = self._episode(seed)
                seed = None
                episodes.append(episode)
                tell(len(episodes), len(episodes), episode, every_check=True)
                self._show_end(episode)
        except _Closed:
            return episodes

    def _episode(self, seed: int | None) -> Episode:
        began = time.monotonic()
        self._info, self._waiting = {}, []
        self._window.title("cuagym: starting ...")
        self._window.show(lines=["starting ..."])
        fault = ""
        try:
            self._env.begin_reset(seed=seed)
            observation, self._info = self._finish()
            self._show(observation)
            instruction = self._info["instruction"]
            say(f"{instruction or 'no task: nothing will be graded'}  (F10: done, F11: impossible)")
            while not self._step():
                pass
            fault = self._info["fault"]
        except Fault as e:
            fault = str(e)
        seconds = time.monotonic() - began
        return Episode.of(self._env, self._info, seed, fault=fault, error="", seconds=seconds)

    def _step(self) -> bool:
        """Waits for something to do, does it, and says whether the episode is over."""
        turns: list[Turn] = []
        while not turns:
            self._window.pause()
            self._collect()
            turns, self._waiting = read(self._waiting, time.monotonic(), self._screen)
        for turn in turns:
            try:
                self._env.begin_step_turn(turn)
            except ActionError as e:
                say(f"not possible: {e}")
                continue
            observation, _, terminated, truncated, self._info = self._finish()
            self._show(observation)
            if terminated or truncated:
                return True
        return False

    def _finish(self) -> Any:
        """Waits for what was begun while the window lives on."""
        waiter = select.poll()
        waiter.register(self._env.fileno(), select.POLLIN)
        patient = time.monotonic() + _PATIENCE
        while not waiter.poll(_TICK_MS) and time.monotonic() < patient:
            self._collect()
        return self._env.finish()

    def _collect(self) -> None:
        self._waiting += self._window.events()
        if self._window.closed:
            raise _Closed

    def _show(self, observation: Mapping[str, Any]) -> None:
        instruction = self._info["instruction"] or "your own document"
        step = f"step {self._info['step']}"
        self._window.title(f"{step} | F10 done, F11 impossible | {instruction}")
        self._window.show(observation["screenshot"])

    def _show_end(self, episode: Episode) -> None:
        """Shows the verdict until the person goes on, by Return, or leaves, by Escape."""
        if episode.fault:
            head = f"FAULT, not graded: {episode.fault}"
        elif episode.verdict is None:
            head = "The end. There was no task, so nothing is graded."
        else:
            head = "SUCCESS" if episode.success else f"FAILURE, score {episode.verdict.score:.2f}"
        lines = [head, *describe(episode.checks), "", "Return: another episode    Escape: leave"]
        self._window.title(f"cuagym: {head}")
        self._window.show(lines=lines)
        while True:
            self._window.pause()
            self._waiting = []
            self._collect()
            keys = {e.key for e in self._waiting if isinstance(e, KeyPress)}
            if "Escape" in keys:
                raise _Closed
            if "Return" in keys:
                return
