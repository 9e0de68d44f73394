"""Other people's work: every core kept busy by processes that have nothing to do with a desktop."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

__all__ = ["hogs"]

# It looks at its parent all the time, so that nothing is left if we are killed.
_HOG = """
import os
parent = os.getppid()
print(flush=True)
while os.getppid() == parent:
    sum(range(20000))
"""


@contextmanager
def hogs(count: int | None = None) -> Iterator[int]:
    """Keeps cores busy within the context; gives how many.

    Args:
        count: Of processes; None: one for each core that this process may use.
    """
    count = len(os.sched_getaffinity(0)) if count is None else count
    with ExitStack() as stack:
        for _ in range(count):
            hog = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _HOG],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
            )
            stack.callback(_end, hog)
            assert hog.stdout is not None
            hog.stdout.read(1)
        yield count


def _end(hog: subprocess.Popen[bytes]) -> None:
    hog.kill()
    hog.wait()
    if hog.stdout is not None:
        hog.stdout.close()
