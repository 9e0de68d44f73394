"""Work in the background that an env can wait on: a value or an error, and a descriptor."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Job(Generic[T]):
    """One call in a thread of its own, for what blocks: starting a desktop, grading.

    Args:
        call: what to do; whatever it raises is raised by `result`.
        discard: gets the value if nobody wants it any more, in either thread.
        abort: makes the running call end soon, from another thread; None if nothing can.
    """

    def __init__(
        self,
        call: Callable[[], T],
        discard: Callable[[T], None] | None = None,
        abort: Callable[[], None] | None = None,
    ) -> None:
        self._call, self._discard, self._abort = call, discard, abort
        self._value: T | None = None
        self._error: BaseException | None = None
        self._event = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._unwanted = False
        self._claim = threading.Lock()  # of whether the call happens at all
        self._never = False
        self._thread = threading.Thread(target=self._run, name="cuagym-job", daemon=True)
        if abort is not None:
            _abortable.add(self)
        try:
            self._thread.start()  # waits for the thread, which is where an interrupt often comes
        except BaseException:
            self._never = self._claim.acquire(blocking=False)
            if self._never:
                self._over.set()
            self.cancel()
            raise

    def _run(self) -> None:
        if not self._claim.acquire(blocking=False):
            return
        try:
            self._value = self._call()
        except BaseException as e:
            self._error = e
        with self._lock:
            self._over.set()
            if not self._unwanted:
                os.eventfd_write(self._event, 1)
                return
        self._let_go()

    def done(self) -> bool:
        """Whether the call is over; never blocks."""
        return self._over.is_set()

    def failed(self) -> bool:
        """Whether the call is over and has raised; never blocks."""
        return self.done() and self._error is not None

    def value(self) -> T | None:
        """The value if the call is over and has returned one; never blocks, and takes nothing."""
        return self._value if self.done() else None

    def fileno(self) -> int:
        """A descriptor that is readable when the call is over, until `result` or `cancel`."""
        return self._event

    def result(self) -> T:
        """Waits for the value; once.

        Raises:
            BaseException: whatever the call raised.
        """
        self.join()
        self._close()
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]

    def cancel(self) -> None:
        """Makes the call end if it can, and discards its value, now or when it comes.

        It does not wait; `join` does. May be called after `result`, and twice.
        """
        with self._lock:
            if self._event < 0:
                return
            self._unwanted = True
            over = self._over.is_set()
            self._close()
        if self._never:
            return
        if over:
            self._let_go()
        elif self._abort is not None:
            self._abort()

    def join(self) -> None:
        """Waits until the call is over, and what was cancelled is discarded."""
        if not self._never:
            self._thread.join()

    def _let_go(self) -> None:
        value, self._value = self._value, None
        if self._error is None and self._discard is not None:
            self._discard(value)  # type: ignore[arg-type]

    def _close(self) -> None:
        if self._event >= 0:
            os.close(self._event)
            self._event = -1


_abortable: weakref.WeakSet[Job[Any]] = weakref.WeakSet()


def end_all() -> None:
    """Cancels every job that can be made to end, and waits for it: the interpreter is ending."""
    jobs = list(_abortable)
    for job in jobs:
        job.cancel()
    for job in jobs:
        job.join()


def _in_child() -> None:
    """A fork has copies of the jobs, but no threads that do them."""
    _abortable.clear()


os.register_at_fork(after_in_child=_in_child)
