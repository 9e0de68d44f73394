"""The control groups of runc's sandboxes: their common parent, their ends, their events.

Every sandbox has the group /cuagym/NAME in each hierarchy that the machine has: one on cgroup v2,
one per controller (and an empty v2 one) on v1 and on hybrids.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
import warnings
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
PARENT = "cuagym"

# A group weighs as much as one process of the host, however many desktops are in it: with every
# core busy, starts took 15 to 40 s. These are 64 host processes (v1), and v2's largest weight.
_SHARES = "65536"
_WEIGHT = "10000"

# v1 alone hands real-time scheduling down by groups, never more in sum than the machine has: the
# desktops share what the parent gets. The rest of each second is left to everybody else.
_RT_RUNTIME = "cpu.rt_runtime_us"
_RT_SHARE = "900000"


def _unified() -> bool:
    return (ROOT / "cgroup.controllers").exists()


def _hierarchies() -> list[Path]:
    if _unified():
        return [ROOT]
    if not ROOT.is_dir():
        return []
    found = (p for p in ROOT.iterdir() if not p.is_symlink())
    return [p for p in found if (p / "cgroup.procs").exists()]


def _controller(name: str) -> Path:
    """Where the groups of a controller lie; on v1 `cpu` may be a link to `cpu,cpuacct`."""
    return ROOT if _unified() else ROOT / name


def unusable() -> str:
    """Why sandboxes cannot have control groups here; "" if they can."""
    for controller in ("cpu", "memory", "pids"):
        place = _controller(controller)
        if _unified():
            there = controller in (ROOT / "cgroup.controllers").read_text().split()
        else:
            there = (place / "cgroup.procs").exists()
        if not there:
            return f"there is no {controller} controller in {ROOT}"
        if not os.access(place, os.W_OK):
            return f"{place} is not writable"
    # Controllers are handed down by groups without processes, or by the machine's root group.
    crowded = _unified() and (ROOT / "cgroup.type").exists() and _text(ROOT / "cgroup.procs")
    if crowded and "memory" not in _text(ROOT / "cgroup.subtree_control"):
        return f"processes of this container sit in {ROOT} itself"
    return ""


def _text(path: Path) -> str:
    return path.read_text().strip()


def prepare() -> None:
    """Makes the parent of all sandboxes' groups and raises its weight.

    Raises:
        OSError: If the kernel refuses; on v2 that is so (EBUSY) where processes of a container sit
            in its root group.
    """
    if _unified():
        (ROOT / "cgroup.subtree_control").write_text("+cpu +memory +pids")
    weight = "cpu.weight" if _unified() else "cpu.shares"
    parent = _controller("cpu") / PARENT
    parent.mkdir(exist_ok=True)
    (parent / weight).write_text(_WEIGHT if _unified() else _SHARES)
    if (parent / _RT_RUNTIME).exists():
        try:
            (parent / _RT_RUNTIME).write_text(_RT_SHARE)
        except OSError as e:
            warnings.warn(
                f"threads of desktops do not run in strict turns: {parent / _RT_RUNTIME} cannot be"
                f" {_RT_SHARE} ({e.strerror}: other groups have that share), so that frames may"
                " differ on a crowded machine",
                stacklevel=2,
            )


def scheduled(pid: int) -> None:
    """Puts a desktop's first process where it may be scheduled in real time, if need be.

    Raises:
        OSError: If the kernel refuses.
    """
    parent = _controller("cpu") / PARENT
    if (parent / _RT_RUNTIME).exists():
        (parent / "cgroup.procs").write_text(str(pid))


def memory(limit: int) -> dict[str, int]:
    """The memory section of a runc configuration: `limit` bytes, swap included where counted."""
    counted = _unified() or (ROOT / "memory" / "memory.memsw.limit_in_bytes").exists()
    return {"limit": limit, "swap": limit} if counted else {"limit": limit}


def make(name: str, memory_limit: int, processes: int) -> list[str]:
    """Make a sandbox's groups as runc does; return the files by which a process joins them."""
    joins = []
    for place in dict.fromkeys(os.path.realpath(_controller(c)) for c in ("cpu", "memory", "pids")):
        parent = Path(place) / PARENT
        group = parent / name
        group.mkdir(parents=True, exist_ok=True)
        shared = (parent / _RT_RUNTIME).exists()  # see `scheduled`
        joins.append(str((parent if shared else group) / "cgroup.procs"))
    group = _controller("memory") / PARENT / name
    limits = memory(memory_limit)
    if _unified():
        (group / "memory.max").write_text(str(memory_limit))
        with contextlib.suppress(OSError):  # a kernel without swap accounting
            (group / "memory.swap.max").write_text("0")
    else:
        (group / "memory.limit_in_bytes").write_text(str(memory_limit))
        if "swap" in limits:
            (group / "memory.memsw.limit_in_bytes").write_text(str(memory_limit))
    (_controller("pids") / PARENT / name / "pids.max").write_text(str(processes))
    return joins


def memory_used(name: str) -> int:
    """How many bytes a sandbox takes, its files in memory included."""
    used = "memory.current" if _unified() else "memory.usage_in_bytes"
    try:
        return int(_text(_controller("memory") / PARENT / name / used))
    except (OSError, ValueError):
        return 0


def memory_events(name: str) -> str:
    """The file in which the kernel counts what happens at a sandbox's memory limit."""
    events = "memory.events" if _unified() else "memory.oom_control"
    return str(_controller("memory") / PARENT / name / events)


def out_of_memory(events: str) -> bool:
    """Whether the kernel has killed a process for its memory limit; asked in every step."""
    try:
        with open(events, "rb", buffering=0) as file:
            counts = dict(line.split() for line in file.read(4096).splitlines())
    except OSError:
        return False
    return int(counts.get(b"oom_kill", 0)) > 0


def _processes(name: str) -> list[int]:
    found: set[int] = set()
    for hierarchy in _hierarchies():
        with contextlib.suppress(OSError):
            found.update(map(int, (hierarchy / PARENT / name / "cgroup.procs").read_text().split()))
    return sorted(found - {0})


def kill(name: str, seconds: float = 10.0) -> None:
    """Kills whatever is left in a sandbox's groups and waits until it has ended."""
    deadline = time.monotonic() + seconds
    while (pids := _processes(name)) and time.monotonic() < deadline:
        for pid in pids:
            try:
                fd = os.pidfd_open(pid)
            except ProcessLookupError:
                continue
            try:
                signal.pidfd_send_signal(fd, signal.SIGKILL)
                _wait(fd, deadline - time.monotonic())
            except ProcessLookupError:
                pass
            finally:
                os.close(fd)


def _wait(fd: int, seconds: float) -> None:
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    poll.poll(max(0.0, seconds) * 1000)


def remove(name: str, seconds: float = 10.0) -> list[Path]:
    """Removes a sandbox's groups, once its processes have ended; returns those that stay."""
    deadline = time.monotonic() + seconds
    left = [path for h in _hierarchies() if (path := h / PARENT / name).is_dir()]
    while left:
        left = [path for path in left if not _removed(path)]
        if not left or time.monotonic() > deadline:
            break
        # A process leaves its group a moment after its end is announced; there is no event for it.
        time.sleep(0.002)
    return left


def remove_parents(seconds: float = 2.0) -> None:
    """Removes the parent groups, where nothing is below them."""
    if _gave_back_share(seconds):
        for hierarchy in _hierarchies():
            _removed(hierarchy / PARENT)


def _gave_back_share(seconds: float) -> bool:
    """Whether nothing is scheduled in real time below the parent any more, so that it may go.

    The kernel forgets a group some time after its end: until then nobody else could have its share,
    not even a parent that is made anew.
    """
    share = _controller("cpu") / PARENT / _RT_RUNTIME
    deadline = time.monotonic() + seconds
    while share.exists():
        try:
            share.write_text("0")
            return True
        except OSError:  # the last processes are about to leave; there is no event for it
            if time.monotonic() > deadline:
                return False
            time.sleep(0.002)
    return True


def _removed(path: Path) -> bool:
    try:
        path.rmdir()
    except FileNotFoundError:
        pass
    except OSError:
        return False
    return True
