"""The machine on which something was measured: a figure without it says little."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

import cuagym
from cuagym import app as apps

__all__ = ["describe"]


def describe(app: str) -> dict[str, Any]:
    """Plain data for json.

    Args:
        app: The application's name, for its version.

    Returns:
        Cores that this process may use, the CPU's model, memory in MB, kernel, versions, and the
        load averages of the last 1, 5 and 15 minutes: other people's work shows in every figure.
    """
    return {
        "cores": len(os.sched_getaffinity(0)),
        "cpu": _field("/proc/cpuinfo", "model name"),
        "memory_mb": int(_field("/proc/meminfo", "MemTotal").split()[0] or 0) // 1024,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "cuagym": cuagym.__version__,
        "application": apps.load(app).version(),
        "load_before": [round(load, 2) for load in os.getloadavg()],
    }


def _field(path: str, name: str) -> str:
    """What follows a name in one of the kernel's lists; "0" where there is none."""
    for line in Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip() or "0"
    return "0"
