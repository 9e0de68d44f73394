"""The watcher's process: looks at a framebuffer again and again and writes down when it changed.

It is run by its path, not imported, and needs the standard library alone, so that it starts at once
and shares nothing with what it watches:

    python _watch.py FRAMEBUFFER SHARED PERIOD

The first two are numbers of descriptors, the third is in seconds. It ends when its stdin closes.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import select
import sys
import time

RING = 4096
"""Changes that are remembered."""
LOOK, COUNT, FIRST = 0, 1, 2
"""Places in the shared array of int64: when the last finished look began, how many changes there
were, and where the ring of changes begins: pairs (not before, not after), CLOCK_MONOTONIC in ns."""
LENGTH = FIRST + 2 * RING


def watch(framebuffer: int, shared: int, period: float) -> None:
    """Watches until stdin closes."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    libc.memcmp.argtypes = libc.memmove.argtypes = [
        *[ctypes.c_void_p] * 2,
        ctypes.c_size_t,
    ]
    size = os.fstat(framebuffer).st_size
    screen = libc.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, framebuffer, 0)
    if screen in (None, ctypes.c_void_p(-1).value):
        raise OSError(ctypes.get_errno(), "the framebuffer cannot be mapped")
    copy = ctypes.create_string_buffer(size)
    libc.memmove(copy, screen, size)
    with contextlib.suppress(OSError):  # where we may, so that a busy machine does not blind us
        os.nice(-10)
    said = (ctypes.c_int64 * LENGTH).from_buffer(mmap.mmap(shared, LENGTH * 8))
    before = time.monotonic_ns()
    while True:
        began = time.monotonic_ns()
        if libc.memcmp(screen, copy, size):
            # What changes while it is copied is in the copy, or is seen by the next look.
            libc.memmove(copy, screen, size)
            count = said[COUNT]
            at = FIRST + 2 * (count % RING)
            said[at], said[at + 1] = before, time.monotonic_ns()
            said[COUNT] = count + 1
        said[LOOK] = before = began
        if select.select([0], [], [], period)[0]:
            return


if __name__ == "__main__":
    watch(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
