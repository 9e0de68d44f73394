"""Removing what sandboxes leave on the host, beside the work that goes on."""

from __future__ import annotations

import atexit
import os
import threading
import warnings
import weakref
from collections.abc import Callable
from typing import Protocol


class _Closeable(Protocol):
    def close(self, wait: bool = False) -> None: ...


_open: weakref.WeakSet[_Closeable] = weakref.WeakSet()
_threads: set[threading.Thread] = set()
_lock = threading.RLock()  # a collected sandbox closes itself, maybe in the middle of this module


def remember(sandbox: _Closeable) -> None:
    """Closes `sandbox` when the interpreter exits, should nobody have done so."""
    with _lock:
        _open.add(sandbox)


def later(job: Callable[[], None]) -> Callable[[], None]:
    """Runs `job` in a thread; returns a function that waits for its end.

    A failure becomes a warning: nobody is there to catch it, and the next start sweeps again.
    """

    def run() -> None:
        try:
            job()
        except Exception as e:
            warnings.warn(f"a sandbox was not removed entirely: {e}", stacklevel=1)
        finally:
            with _lock:
                _threads.discard(threading.current_thread())

    # Not a daemon: the interpreter joins it at its end, and so do multiprocessing's workers, which
    # run no exit hooks.
    thread = threading.Thread(target=run, name="cuagym-disposal")
    with _lock:
        _threads.add(thread)
    try:
        thread.start()
    except RuntimeError:  # the interpreter is ending, or threads have run out
        with _lock:
            _threads.discard(thread)
        run()
        return lambda: None
    return thread.join


def settle() -> None:
    """Waits for every disposal under way."""
    with _lock:
        threads = list(_threads)
    for thread in threads:
        thread.join()


@atexit.register
def _at_exit() -> None:
    with _lock:
        sandboxes = list(_open)
    for sandbox in sandboxes:
        sandbox.close()
    settle()


def _in_child() -> None:
    """A fork of the owner has copies of its objects, but nothing in here is its own."""
    global _open, _lock
    _lock = threading.RLock()
    _open = weakref.WeakSet()
    _threads.clear()


os.register_at_fork(after_in_child=_in_child)
