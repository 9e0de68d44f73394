"""What the kernel must offer: the clock looks at every thread, and walls are namespaces."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from cuagym import packages
from cuagym.commands.doctor.finding import Finding
from cuagym.sandbox import cgroups

_FUTEX = {"x86_64": 202, "aarch64": 98}
"""The number of the system call (asm/unistd.h)."""
_FUTEX_WAKE = 1
_NAMESPACE_SETTINGS = {
    # key: its value that forbids, its value that allows
    "kernel.apparmor_restrict_unprivileged_userns": ("1", "0"),
    "kernel.unprivileged_userns_clone": ("0", "1"),
    "user.max_user_namespaces": ("0", "15000"),
}
_CONTAINER = (
    "in a container: docker run --security-opt seccomp=unconfined --security-opt"
    " apparmor=unconfined --security-opt systempaths=unconfined ..."
)
_OTHER_KERNEL = "use a machine with a common Linux kernel (a distribution's, not gVisor)"


def every() -> Iterator[Finding]:
    """All of them."""
    yield futex()
    yield children()
    yield wchan()
    yield user_namespaces()
    yield control_groups()
    yield memory_walkers()


def futex() -> Finding:
    """Waiting and waking across processes: what the clock is made of."""
    number = _FUTEX.get(platform.machine())
    word = ctypes.c_uint32(0)
    libc = ctypes.CDLL(None, use_errno=True)
    works = number is not None and libc.syscall(number, ctypes.byref(word), _FUTEX_WAKE, 1) == 0
    return Finding(
        "kernel: futex",
        works,
        "works" if works else f"the system call fails ({os.strerror(ctypes.get_errno())})",
        "" if works else _OTHER_KERNEL,
    )


def children() -> Finding:
    """The list of a thread's child processes: how the clock finds every process of a desktop."""
    place = Path(f"/proc/self/task/{threading.get_native_id()}/children")
    there = place.exists()
    return Finding(
        "kernel: /proc/PID/task/TID/children",
        there,
        "is there" if there else "is missing (CONFIG_PROC_CHILDREN)",
        "" if there else _OTHER_KERNEL,
    )


def wchan() -> Finding:
    """Where a sleeping thread sleeps: "0" is what the clock takes for awake."""
    done = threading.Event()
    sleeper = threading.Thread(target=done.wait, daemon=True)
    sleeper.start()
    place, said = Path(f"/proc/self/task/{sleeper.native_id}/wchan"), ""
    try:
        for _ in range(100):
            said = place.read_text().strip()
            if said not in ("", "0"):
                break
            time.sleep(0.01)  # it is on its way to sleep
    except OSError as e:
        said = f"unreadable: {e.strerror}"
    finally:
        done.set()
        sleeper.join()
    works = said not in ("", "0") and not said.startswith("unreadable")
    return Finding(
        "kernel: /proc/PID/task/TID/wchan",
        works,
        f"a sleeping thread's is {said or 'empty'!r}"
        + ("" if works else ": application time cannot tell sleep from work"),
        "" if works else _OTHER_KERNEL,
    )


def _settings_that_forbid() -> list[str]:
    """The commands that lift what forbids user namespaces."""
    found = []
    for key, (bad, good) in _NAMESPACE_SETTINGS.items():
        place = Path("/proc/sys") / key.replace(".", "/")
        try:
            if place.read_text().strip() == bad:
                found.append(f"sudo sysctl -w {key}={good}")
        except OSError:
            continue
    return found


def user_namespaces() -> Finding:
    """Every sandbox is one, whoever starts it; tried with a program that makes one."""
    name = "kernel: user namespaces"
    tries = {
        "bwrap": ["--unshare-user", "--ro-bind", "/", "/", "true"],
        "unshare": ["--user", "--map-root-user", "true"],
    }
    program = next((p for p in tries if shutil.which(p)), None)
    if program is None:
        line = packages.apt_line(["bubblewrap"])
        return Finding(name, False, "neither bwrap nor unshare is there to try them", line)
    done = subprocess.run(
        [program, *tries[program]], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if done.returncode == 0:
        return Finding(name, True, f"work ({program} made one)")
    said = done.stderr.strip() or f"exit status {done.returncode}"
    cures = _settings_that_forbid() or [_CONTAINER]
    return Finding(name, False, f"{program} cannot make one: {said}", "\n".join(cures))


def control_groups() -> Finding:
    """What limits memory and processes of a desktop, where root starts it."""
    name = "kernel: control groups"
    if os.geteuid():
        told = "not used: only root's sandboxes (runc) have them, and a limit on memory with them"
        return Finding(name, True, told, needed=False)
    why = cgroups.unusable()
    told = f"{why}; desktops have no limit on memory" if why else "cpu, memory and pids can be used"
    return Finding(name, not why, told, _CONTAINER if why else "", needed=False)


def memory_walkers() -> Finding:
    """DAMON looks at all memory again and again, and locks what many processes have mapped."""
    name = "kernel: DAMON"
    running = [
        p.parent.name for p in Path("/proc").glob("[0-9]*/comm") if _text(p).startswith("kdamond")
    ]
    if not running:
        return Finding(name, True, "does not run", needed=False)
    detail = (
        f"runs (process {', '.join(running)}): on a busy machine it now and then keeps waiting a"
        " program that is being started, whose threads are then numbered in another order"
    )
    return Finding(name, True, detail, needed=False)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
