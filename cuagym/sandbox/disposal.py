"""Removing what sandboxes leave on the host, beside the work that goes on."""

from __future__ import annotations

import atexit
import os
import threading
import warnings
import weakref
from collections.abc import Callable
from typing import Protocol

from cuagym import jobs
from cuagym.errors import Fault


class _Closeable(Protocol):
    def close(self, wait: bool = False) -> None: ...


_open: weakref.WeakSet[_Closeable] = weakref.WeakSet()
_threads: set[threading.Thread] = set()
_ending = False
_lock = threading.RLock()  # a collected sandbox closes itself, maybe in the middle of this module


def remember(sandbox: _Closeable) -> None:
    """Closes `sandbox` when the interpreter exits, should nobody have done so.

    Raises:
        Fault: It is exiting; a daemon thread had begun this start.
    """
    with _lock:
        _open.add(sandbox)
        if _ending:
            raise Fault("the interpreter is ending")


def later(job: Callable[[], None]) -> Callable[[], None]:
    """Runs `job` in a thread; returns a function that waits for its end.

    A failure becomes a warning: nobody is there to catch it, and the next start sweeps again.
    """

    def run() -> None:
        try:
            job()
        except Exception as e:
            warnings.warn(f"a sandbox was not removed entirely: {e}", stacklevel=1)

    # Not a daemon: the interpreter joins it at its end, and so do multiprocessing's workers, which
    # run no exit hooks.
    thread = threading.Thread(target=run, name="cuagym-disposal")
    try:
        thread.start()
    except RuntimeError:  # the interpreter is ending, or threads have run out
        run()
        return lambda: None
    with _lock:
        _threads.difference_update([t for t in _threads if not t.is_alive()])
        _threads.add(thread)
    return thread.join


def settle() -> None:
    """Waits for every disposal under way."""
    with _lock:
        threads = list(_threads)
    for thread in threads:
        thread.join()
    with _lock:
        _threads.difference_update(threads)


@atexit.register
def _at_exit() -> None:
    global _ending
    with _lock:
        _ending = True
        sandboxes = list(_open)
    for sandbox in sandboxes:
        sandbox.close()
    jobs.end_all()  # starts under way: they fail now, and remove what they had
    settle()


def _in_child() -> None:
    """A fork of the owner has copies of its objects, but nothing in here is its own."""
    global _open, _lock
    _lock = threading.RLock()
    _open = weakref.WeakSet()
    _threads.clear()


os.register_at_fork(after_in_child=_in_child)
