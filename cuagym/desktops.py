"""How a session comes to be: restored with its document, restored without, or started.

What an application shows once it has been launched is the same for every document, so it is frozen
once and kept in the user's cache folder. A task instance that comes again is frozen too, with its
document open, in memory for as long as an env is in use. A restore goes on exactly where a start
would, so that nobody can tell the ways apart but by the time that they take.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import threading
import warnings
import weakref
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cuagym import cache as user_cache
from cuagym.errors import CuagymError, Fault, UsageError
from cuagym.sandbox import memory, unfreezable
from cuagym.sandbox.folders import Folder
from cuagym.session import Frozen, Session, warm_home

__all__ = ["MODES", "SETTING", "budget", "leave", "set_up", "use", "why_not"]

MODES: Final = ("restore", "open", "start")
"""Restored with its document; restored, and the document opened; started."""
SETTING: Final = "CUAGYM_SNAPSHOTS"
"""Environment variable: the most memory for documents kept open, such as 2G; 0: no snapshots."""
_SHARE: Final = 8
"""Without the setting: this part of the machine's memory."""
_KNOWN: Final = 10_000
"""Task instances of which is remembered that they were seen."""
_UNITS: Final = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_WAIT: Final = 120.0
"""Real seconds that somebody waits for another thread's snapshot, on however busy a machine."""


class _Kept:
    """A frozen session in memory, and who is being restored from it."""

    def __init__(self, frozen: Frozen, folder: Folder) -> None:
        self.frozen, self._folder = frozen, folder
        self.size = frozen.image.size
        self._users, self._dropped = 0, False

    def drop(self) -> None:
        """Gives its memory back, when nobody needs it any more. With the lock held."""
        self._dropped = True
        if not self._users:
            self._folder.remove()

    @contextlib.contextmanager
    def used(self) -> Iterator[Frozen]:
        """Keeps it meanwhile. Entered with the lock held, left without."""
        self._users += 1
        try:
            yield self.frozen
        finally:
            with _lock:
                self._users -= 1
                if self._dropped and not self._users:
                    self._folder.remove()


@dataclass
class _Instance:
    """What is known of a document in an application.

    Attributes:
        wanted: When it was last wanted, counted in resets of this process; 0: never.
        before: When it was wanted before that.
        kept: Frozen, with the document open.
        making: Somebody is about to freeze it.
    """

    wanted: int = 0
    before: int = 0
    kept: _Kept | None = None
    making: threading.Event | None = None


def _new_room() -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(len(os.sched_getaffinity(0)) + 1)


_room = _new_room()
_lock = threading.RLock()
_instances: OrderedDict[str, _Instance] = OrderedDict()
_launching: dict[str, threading.Lock] = {}
_users: dict[int, weakref.finalize[Any, Any]] = {}
_count = itertools.count(1)
_failed = ""


def budget() -> int:
    """The most bytes of memory for documents kept open.

    Raises:
        UsageError: The setting is no size.
    """
    text = os.environ.get(SETTING)
    if text is None:
        return memory.total() // _SHARE
    number, unit = text.strip().upper().removesuffix("B"), ""
    if number[-1:] in _UNITS:
        number, unit = number[:-1], number[-1:]
    try:
        return int(float(number) * _UNITS[unit])
    except (ValueError, OverflowError):
        raise UsageError(f"{SETTING}={text!r}: a size such as 500M, 2G, or 0 for none") from None


def why_not(backend: str = "auto") -> str:
    """Why sessions are started afresh here; "" if they are restored."""
    if not budget():
        return f"{SETTING}=0 switches snapshots off"
    return _failed or unfreezable(backend)


def use(user: object) -> None:
    """Notes that an env is in use: what is kept in memory is kept until the last one is not.

    One that is forgotten without `leave`, or that the interpreter's end finds, has left too.
    """
    with _lock:
        if id(user) not in _users:
            _users[id(user)] = weakref.finalize(user, _left, id(user))


def leave(user: object) -> None:
    """The end of `use`; may be called twice."""
    with _lock:
        if leaving := _users.get(id(user)):
            leaving()


def _left(user: int) -> None:
    with _lock:
        _users.pop(user, None)
        if not _users:
            for instance in _instances.values():
                if instance.kept:
                    instance.kept.drop()
            _instances.clear()


def set_up(session: Session, files: Mapping[str, bytes], document: str) -> str:
    """Bring a session that has not begun to where a document is open and all has settled.

    So many at once as there are CPUs: more would only keep each other waiting, and what waits for
    long counts as stuck.

    Args:
        session: It; its `abort` makes this end soon.
        files: The workspace's files by name.
        document: The one of them to open; "" for an empty document.

    Returns:
        The way, one of `MODES`.

    Raises:
        Fault: It did not start, or was given up; nothing is left.
        SetupError: The machine lacks something.
    """
    with _room:
        return _set_up(session, files, document)


def _set_up(session: Session, files: Mapping[str, bytes], document: str) -> str:
    if why_not(session.backend):
        session.start(files, document)
        return "start"
    home = warm_home(session.app, session.look, session.backend)
    launched = _key(session, home)
    key = hashlib.sha256(json.dumps([launched, document, _digests(files)]).encode()).hexdigest()
    freezing = _wanted(key)
    try:
        if not freezing and _restored(session, key):
            return "restore"
        mode = _launch(session, launched, home)
        session.open(files, document)
        if freezing and not _failed:
            _keep(session, key)
        return mode
    except BaseException:
        session.close()
        raise
    finally:
        if freezing:
            _made(key)


def _key(session: Session, home: bytes) -> str:
    """What a launched application depends on, within one stamp of the machine."""
    width, height = session.size
    words = [session.app.name, session.app.version(), session.look, width, height]
    how = [session.app.launch(), dict(session.app.environment(session.look))]
    tools = _digests(session.app.tools())
    told = json.dumps([words, how, tools, Session.stamp(session.app)], sort_keys=True).encode()
    digest = hashlib.sha256(told + hashlib.sha256(home).digest()).hexdigest()[:16]
    return f"{session.app.name}-{session.look}-{width}x{height}-{digest}"


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}


# ---- what was launched


def _launch(session: Session, name: str, home: bytes) -> str:
    """Launches the application, or restores a launched one; the way."""
    with _lock:
        turn = _launching.setdefault(name, threading.Lock())
    with turn:  # who comes second restores what the first has frozen

        def make(folder: Path) -> None:
            session.launch(home)
            frozen = session.freeze(folder)
            (folder / "frozen.json").write_text(json.dumps(frozen.to_json()))

        try:
            place = user_cache.entry("snapshot", name, make)
        except CuagymError as e:
            if session.aborted or session.desktop is None:
                raise
            _give_up(str(e))  # launched, but not frozen
    if session.desktop is not None:
        return "start"
    try:
        data = json.loads((place / "frozen.json").read_text())
        session.restore(Frozen.from_json(data, place, session.app))
        return "open"
    except (Fault, OSError, ValueError, KeyError, TypeError) as e:
        if session.aborted:
            raise
        _give_up(f"{place}: {e}; `cuagym cache clear` removes it")
        session.launch(home)
        return "start"


def _give_up(reason: str) -> None:
    global _failed
    if not _failed:
        warnings.warn(f"desktops are started afresh from here on: {reason}", stacklevel=3)
    _failed = reason


# ---- what was opened


def _wanted(key: str) -> bool:
    """Notes that an instance is wanted; whether the caller is to freeze it.

    It comes again: so it may a third time. Who wants it meanwhile waits, since a restore costs a
    fraction of what opening the document again would.
    """
    with _lock:
        instance = _instances.setdefault(key, _Instance())
        _instances.move_to_end(key)
        instance.before, instance.wanted = instance.wanted, next(_count)
        while len(_instances) > _KNOWN:
            _, old = _instances.popitem(last=False)
            if old.kept:
                old.kept.drop()
        making = instance.making
        if not making:
            if instance.kept or not instance.before or _victims(instance, 0) is None:
                return False
            instance.making = threading.Event()
            return True
    making.wait(_WAIT)
    return False


def _made(key: str) -> None:
    with _lock:
        instance = _instances.get(key)
        if instance and instance.making:
            instance.making.set()
            instance.making = None


def _restored(session: Session, key: str) -> bool:
    with contextlib.ExitStack() as stack:
        with _lock:
            instance = _instances.get(key)
            if not instance or not instance.kept:
                return False
            kept = instance.kept
            frozen = stack.enter_context(kept.used())
        try:
            session.restore(frozen)
            return True
        except Fault:
            if session.aborted:
                raise
            with _lock:
                if instance.kept is kept:
                    instance.kept = None
                    kept.drop()
            return False


def _keep(session: Session, key: str) -> None:
    """Freezes a session, if there is room; it goes on."""
    try:
        folder = memory.claim(session.sandbox.memory())
    except OSError:  # too little memory: the next one may find more
        return
    try:
        kept = _Kept(session.freeze(folder.path), folder)
    except BaseException as e:
        folder.remove()
        if not isinstance(e, Fault) or session.aborted or not session.sandbox.alive():
            raise
        return
    with _lock:
        instance = _instances.get(key)
        victims = _victims(instance, kept.size) if instance else None
        if instance is None or victims is None:
            kept.drop()
            return
        instance.kept = kept
        for other in victims:
            if other.kept:
                other.kept.drop()
                other.kept = None


def _victims(instance: _Instance, size: int) -> list[_Instance] | None:
    """Who must go so that an instance can be kept; None: there is no room. With the lock held.

    Only who was not wanted since the instance was wanted before: where more of them come in turns
    than there is room for, some stay instead of each pushing out the next.

    Args:
        instance: It.
        size: What it takes; 0 where that is not known yet: then as much as the largest.
    """
    kept = [(i, i.kept.size) for i in _instances.values() if i.kept and i is not instance]
    size = size or max((taken for _, taken in kept), default=0)
    over = sum(taken for _, taken in kept) + size - budget()
    victims = []
    for other, taken in sorted(kept, key=lambda pair: pair[0].wanted):
        if over <= 0 or other.wanted >= instance.before:
            break
        victims.append(other)
        over -= taken
    return None if over > 0 else victims


def _in_child() -> None:
    """A fork of this process has copies of what is kept, and it is not its own."""
    global _lock, _room
    _lock, _room = threading.RLock(), _new_room()
    _instances.clear()
    _launching.clear()
    for leaving in _users.values():
        leaving.detach()
    _users.clear()


os.register_at_fork(after_in_child=_in_child)
