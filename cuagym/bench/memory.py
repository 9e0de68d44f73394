"""Memory of desktops: PSS, which counts a page shared by n processes as 1/n of it for each.

Other programs of the machine count among the n: a LibreOffice of somebody else's, or the grader's,
makes each one cheaper.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from typing import Any

from cuagym.bench import processes
from cuagym.bench.mix import mix
from cuagym.bench.subject import Say, Subject
from cuagym.errors import SetupError
from cuagym.sandbox import Sandbox

__all__ = ["measure"]

_MB = 1e6
_WRITABLE = ("/home", "/tmp", "/run", "/dev/shm")


def measure(subject: Subject, desktops: int, seed: int, steps: int, say: Say) -> dict[str, Any]:
    """Starts desktops, works on each a little, and returns what `cuagym bench memory` prints.

    Args:
        subject: What is measured.
        desktops: How many run at the end; the first is measured alone, too.
        seed: Of the episodes and of what is done in them.
        steps: Of the mix on each, before anything is measured: programs grow as they are used.
        say: Where progress goes.

    Raises:
        SetupError: Their memory may not be looked at.
        Fault: A desktop did not start.
    """
    sandboxes: list[Sandbox] = []
    alone = (0.0, 0.0)
    with ExitStack() as stack:
        for number in range(desktops):
            env = subject.make()
            stack.callback(env.close)
            env.reset(seed=seed + number)
            for step in mix(seed + number, steps, subject.screen):
                if any(env.step_turn(step.turn)[2:4]):
                    break
            sandboxes.append(env.sandbox)
            say(f"{number + 1} of {desktops} desktops run")
            if number == 0:
                alone = _of(sandboxes[0])
        crowd = [_of(sandbox) for sandbox in sandboxes]
        count = [len(processes.below(sandbox.pid)) for sandbox in sandboxes]
        own = processes.pss([os.getpid()])
    return {
        "pss_mb_per_desktop": round(sum(pss for pss, _ in crowd) / len(crowd) / _MB, 1),
        "pss_mb_most": round(max(pss for pss, _ in crowd) / _MB, 1),
        "pss_mb_alone": round(alone[0] / _MB, 1),
        "files_mb_per_desktop": round(sum(files for _, files in crowd) / len(crowd) / _MB, 1),
        "own_pss_mb": round(own / _MB, 1),
        "desktops": desktops,
        "processes_per_desktop": round(sum(count) / len(count), 1),
    }


def _of(sandbox: Sandbox) -> tuple[float, float]:
    """Bytes of PSS, and of files in the desktop's tmpfs (which are memory, mapped or not)."""
    try:
        pss = processes.pss(processes.below(sandbox.pid))
    except PermissionError as e:
        raise SetupError(
            f"the memory of a desktop's processes cannot be read ({e}); try as root, or with"
            " sysctl -w kernel.yama.ptrace_scope=0"
        ) from e
    files = 0
    for place in _WRITABLE:
        with suppress(OSError):
            found = os.statvfs(f"/proc/{sandbox.pid}/root{place}")
            files += (found.f_blocks - found.f_bfree) * found.f_frsize
    return pss, files
