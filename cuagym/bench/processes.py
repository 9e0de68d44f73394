"""Processes as the kernel lists them: which there are below one, their CPU and their memory."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

__all__ = ["below", "cpu", "ended_cpu", "name", "pss", "wait_until_quiet"]

_TICK = os.sysconf("SC_CLK_TCK")


def below(pid: int, itself: bool = True) -> list[int]:
    """A process and all that descend from it, parents first; empty if it is gone.

    Args:
        pid: As this process counts; a sandbox's first one, say.
        itself: Whether it is among them.
    """
    found, fresh = [pid] if itself else [], [pid]
    while fresh:
        parent = fresh.pop()
        for thread in _threads(parent):
            with suppress(OSError):
                text = Path(f"/proc/{parent}/task/{thread}/children").read_text()
                children = [int(child) for child in text.split()]
                found += children
                fresh += children
    return [process for process in found if os.path.exists(f"/proc/{process}")]


def _threads(pid: int) -> list[str]:
    with suppress(OSError):
        return os.listdir(f"/proc/{pid}/task")
    return []


def name(pid: int) -> str:
    """The process's short name; "" if it is gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def cpu(pids: Iterable[int]) -> dict[int, int]:
    """The CPU time that each process has used so far, all its threads, exact to the nanosecond.

    It is the process's own CPU clock, made from its pid as clock_getcpuclockid(3) does. Processes
    that are gone are left out.
    """
    found = {}
    for pid in pids:
        with suppress(OSError):
            found[pid] = time.clock_gettime_ns((~pid << 3) | 2)
    return found


def ended_cpu(pids: Iterable[int]) -> float:
    """CPU seconds of children that have ended and were waited for by one of these processes.

    The kernel counts them in ticks, mostly of 10 ms.
    """
    ticks = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[13]) + int(fields[14])  # cutime and cstime of proc(5)
    return ticks / _TICK


def pss(pids: Iterable[int]) -> int:
    """The proportional set size of some processes, in bytes: pages that n share count 1/n each.

    Raises:
        PermissionError: A process may not be looked into.
    """
    total = 0
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total * 1024


def wait_until_quiet(pid: int, seconds: float = 20.0, share: float = 0.02) -> bool:
    """Waits until a process and all below it leave the CPU alone; a grader that warms up, say.

    Args:
        pid: The process.
        seconds: The longest wait.
        share: Of one core, that counts as quiet over a quarter of a second, twice in a row.

    Returns:
        Whether it became quiet.
    """
    deadline, quiet, period = time.monotonic() + seconds, 0, 0.25
    before = sum(cpu(below(pid)).values())
    while quiet < 2 and time.monotonic() < deadline:
        time.sleep(period)
        now = sum(cpu(below(pid)).values())
        quiet = quiet + 1 if now - before < share * period * 1e9 else 0
        before = now
    return quiet == 2
