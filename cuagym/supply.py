"""Where an env's episodes come from: which task is next, and its desktop, ready ahead of time."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from cuagym import app as apps
from cuagym import desktops, pack, renewal
from cuagym.app import Application, Look
from cuagym.errors import Fault, TaskError, UsageError, nearest
from cuagym.jobs import Job
from cuagym.sandbox import check_backend, memory
from cuagym.session import Session
from cuagym.task import TaskFamily, TaskInstance, no_task

_SEEDS = 2**31 - 1
_RESERVE = 1 << 30
"""Bytes of memory that must be left for others where a desktop is readied ahead of time."""

_SURPRISES = 2
"""So many resets in a row may want something else than what was readied. The first always does."""


@dataclass(frozen=True)
class Start:
    """A task, the desktop on which it is about to be done, and how that came to be."""

    instance: TaskInstance
    session: Session
    mode: str = "start"


@dataclass(frozen=True)
class Settings:
    """What `gym.make` was told and what every episode of an env shares.

    Raises:
        UsageError: a value is not what it should be.
    """

    app: str
    task: str | None
    open: str | None
    size: tuple[int, int]
    look: Look
    sandbox: str
    split: str = ""
    task_seeds: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        """Refuses what can be refused before anything starts."""
        if self.look not in apps.LOOKS:
            raise UsageError(
                f"look={self.look!r}: one of {apps.LOOKS}{nearest(self.look, apps.LOOKS)}"
            )
        check_backend(self.sandbox)
        if self.task is not None and self.open is not None:
            raise UsageError(f"task={self.task!r} and open={self.open!r}: give one of the two")


def checked_seeds(seeds: Sequence[int]) -> tuple[int, ...]:
    """Seeds of task instances, as a user gave them.

    Raises:
        UsageError: they are none.
    """
    known = tuple(seeds) if isinstance(seeds, (Sequence, np.ndarray)) else ()
    whole = all(isinstance(s, (int, np.integer)) and not isinstance(s, bool) for s in known)
    if not known or not whole or not all(0 <= s < _SEEDS for s in known):
        raise UsageError(f"task_seeds={seeds!r}: whole numbers from 0 on, such as range(16)")
    return tuple(int(s) for s in known)


class Supply:
    """Draws task instances from a generator, and starts their desktops, one ahead.

    Args:
        settings: what all episodes share.
        prepare: how many desktops are readied ahead; 0 or 1.

    Raises:
        UsageError: no such application, task or document.
    """

    def __init__(self, settings: Settings, prepare: int) -> None:
        if prepare not in (0, 1):
            raise UsageError(f"prepare={prepare!r}: 0 (off) or 1 is possible")
        self._settings, self._prepare = settings, prepare
        self._app: Application = apps.load(settings.app)
        if settings.open and (wrong := apps.unsuited(settings.app, settings.open)):
            raise TaskError(f"document {settings.open!r} cannot be opened: {wrong}")
        self._document = no_task(settings.app, settings.open) if settings.open else None
        if not self._document:
            self._families(None)
        self._foreseen: Any = None  # what the next reset would want, as far as we know
        self._surprises = 0  # resets in a row that wanted something else
        self._ahead: Job[Start] | None = None
        self._unwanted: list[Job[Start]] = []
        self._hit = self._renews = False
        self.modes = dict.fromkeys(("prepared", "renew", *desktops.MODES), 0)

    def _families(self, task: str | None) -> list[TaskFamily]:
        name = task or self._settings.task or f"{self._settings.app}/core@1"
        found = pack.find(name, app=self._settings.app)
        offered = [f for f in found if f.offers(self._settings.split)]
        if not offered:
            raise UsageError(f"task={name!r} has nothing in the split {self._settings.split!r}")
        return offered

    def draw(
        self, rng: np.random.Generator, options: Mapping[str, Any]
    ) -> Callable[[], TaskInstance]:
        """What makes the next task; moves the generator by the same two draws each time."""
        make = self._maker(options.get("task"))
        which, seed = rng.random(), int(rng.integers(_SEEDS))
        return lambda: make(which, seed)

    def _maker(self, task: Any) -> Callable[[float, int], TaskInstance]:
        """What makes a task of two draws, of what the options name."""
        if isinstance(task, TaskInstance):
            given = task
            if given.app != self._settings.app:
                raise UsageError(
                    f"options['task'] is for {given.app!r}, not for {self._settings.app!r}"
                )
            return lambda which, seed: given
        if task is not None and not isinstance(task, (str, Path)):
            raise UsageError(
                f"options['task']={task!r}: a task's id, a glob, a set's name, a task file's path"
                " or a TaskInstance"
            )
        document = self._document if task is None else None
        if document is not None:
            return lambda which, seed: document
        families = self._families(None if task is None else str(task))
        split, seeds = self._settings.split, self._settings.task_seeds

        def instance(which: float, seed: int) -> TaskInstance:
            family = families[int(which * len(families))]
            return family.instance(seeds[seed % len(seeds)] if seeds else seed, split)

        return instance

    def begin(
        self, rng: np.random.Generator, options: Mapping[str, Any], old: Session | None = None
    ) -> Job[Start]:
        """The next episode: the one that was readied, if it is wanted and still whole.

        Args:
            rng: What it is drawn with.
            options: Of the reset.
            old: The session of the episode that is over: it is renewed, or closed.
        """
        wanted = _state(rng, options)
        make = self.draw(rng, options)
        desktops.use(self)
        foreseen = self._foreseen == wanted
        self._surprises = 0 if foreseen else self._surprises + 1
        ahead, self._ahead = self._ahead, None
        self._hit = ahead is not None and foreseen and _whole(ahead)
        if ahead is not None and self._hit:
            if old is not None:
                old.close()
            return ahead
        if ahead is not None:
            self._cancel(ahead)
        return self._start(make, old)

    def took(self, start: Start) -> None:
        """Counts what `begin` came to."""
        self.modes["prepared" if self._hit else start.mode] += 1
        self._renews = start.instance.ends

    def foresee(self, rng: np.random.Generator, options: Mapping[str, Any]) -> None:
        """Readies what the next unseeded reset with these options will want.

        Who seeds each reset wants something else each time: then nothing is readied, until a reset
        comes that could have been foreseen.
        """
        if self._ahead is not None or self._renews:
            return  # the session under way will do for the next one too
        self._foreseen = _state(rng, options)
        if self._prepare and self._surprises <= _SURPRISES and memory.available() > _RESERVE:
            self._ahead = self._start(self.draw(copy.deepcopy(rng), options))

    def _start(self, make: Callable[[], TaskInstance], old: Session | None = None) -> Job[Start]:
        s = self._settings
        session = Session(self._app, s.size, s.look, s.sandbox)

        def start() -> Start:
            instance = make()  # here, since writing a workbook takes its time
            if old is not None and renewal.renewed(old, instance):
                return _asked(instance, old, "renew")
            if old is not None:
                old.close()
            mode = desktops.set_up(session, instance.files, instance.open)
            renewal.note(session, instance)
            return _asked(instance, session, mode)

        def abort() -> None:
            for each in (old, session):
                if each is not None:
                    each.abort()

        return Job(start, lambda made: made.session.close(), abort)

    def _cancel(self, job: Job[Start]) -> None:
        self._unwanted = [j for j in self._unwanted if not j.done()]
        self._unwanted.append(job)
        job.cancel()

    def close(self) -> None:
        """Discards what was readied, and waits for its end; may be called twice."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            self._cancel(ahead)
        for job in self._unwanted:
            job.join()
        self._unwanted.clear()
        desktops.leave(self)


def _asked(instance: TaskInstance, session: Session, mode: str) -> Start:
    """An episode's beginning; what it asks may be said by its document."""
    if session.asks:
        instance = replace(instance, instruction=session.asks)
    return Start(instance, session, mode)


def _whole(ahead: Job[Start]) -> bool:
    """Whether a readied desktop has neither failed to start nor died since."""
    start = ahead.value()
    try:
        return not ahead.failed() and (start is None or not start.session.has_quit())
    except Fault:
        return False


def _state(rng: np.random.Generator, options: Mapping[str, Any]) -> Any:
    return repr(rng.bit_generator.state), options.get("task")
