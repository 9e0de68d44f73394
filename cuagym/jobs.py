"""Work in the background that an env can wait on: a value or an error, and a descriptor."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Job(Generic[T]):
    """One call in a thread of its own, for what blocks: starting a desktop, grading.

    Args:
        call: what to do; whatever it raises is raised by `result`.
        discard: gets the value if nobody wants it any more.
    """

    def __init__(self, call: Callable[[], T], discard: Callable[[T], None] | None = None) -> None:
        self._call, self._discard = call, discard
        self._value: T | None = None
        self._error: BaseException | None = None
        self._event = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cuagym-job", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._value = self._call()
        except BaseException as e:
            self._error = e
        self._over.set()
        os.eventfd_write(self._event, 1)

    def done(self) -> bool:
        """Whether the call is over; never blocks."""
        return self._over.is_set()

    def fileno(self) -> int:
        """A descriptor that is readable when the call is over, until `result` or `cancel`."""
        return self._event

    def result(self) -> T:
        """Waits for the value; once.

        Raises:
            BaseException: whatever the call raised.
        """
        self._end()
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]

    def cancel(self) -> None:
        """Waits for the call to end and discards its value; may be called after `result`."""
        if self._event < 0:
            return
        self._end()
        if self._error is None and self._discard is not None:
            self._discard(self._value)  # type: ignore[arg-type]

    def _end(self) -> None:
        self._thread.join()
        if self._event >= 0:
            os.close(self._event)
            self._event = -1
