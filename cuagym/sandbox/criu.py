"""CRIU: the program that writes a tree of processes to files, and makes it live again from them."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from cuagym.errors import Fault, SetupError
from cuagym.native.build import artifact
from cuagym.sandbox import memory
from cuagym.sandbox.launch import find

__all__ = [
    "RESTORED",
    "command",
    "dump",
    "last_pid",
    "program",
    "restore_options",
    "unusable",
    "version",
]

PREFIX: Final = Path("/usr/local/lib/cuagym/criu/criu")
"""Where images/criu.sh puts one, if the distribution's own is too old."""
LEAST: Final = (4, 1)
RESTORED: Final = "/run/cuagym-root"
"""Where native/init.c mounts the root of a sandbox that is about to be restored."""

# Sockets to the outside are closed before; those inside stay. The network holds a loopback only.
_OPTIONS: Final = (
    "--ext-unix-sk",
    "--file-locks",
    "--tcp-established",
    "--manage-cgroups=ignore",
    "--empty-ns",
    "net",
    "--ghost-limit",
    str(1 << 30),
)


@cache
def program() -> tuple[str, tuple[int, ...]]:
    """Return the CRIU that is used and its version; "" if there is none that will do."""
    for path in (str(PREFIX), find("criu")):
        if path and os.access(path, os.X_OK) and (found := version(path)) >= LEAST:
            return path, found
    return "", ()


def version(path: str) -> tuple[int, ...]:
    """Return the version of a CRIU; () if it does not run."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    told = re.search(r"^Version: ([0-9.]+)", done.stdout, re.MULTILINE)
    return tuple(map(int, told[1].strip(".").split("."))) if told else ()


def unusable() -> str:
    """Why desktops cannot be snapshotted here; "" if they can."""
    if os.geteuid():
        return "only root can checkpoint processes (CRIU needs it)"
    if not program()[0]:
        least = ".".join(map(str, LEAST))
        return f"there is no CRIU {least} or later: sh images/criu.sh installs one"
    return ""


def command(*with_: str) -> list[str]:
    """Return how CRIU is started, up to its own arguments.

    Args:
        *with_: Options of native/init.c's `--with`.
    """
    path, _ = program()
    if not path:
        raise SetupError(unusable())
    return [str(artifact("init")), "--with", *with_, "--run", str(memory.run_folder()), path]


def mounts(pid: int) -> list[str]:
    """Return where a sandbox sees what is not its own: paths that CRIU leaves to the restore."""
    found = []
    for line in Path(f"/proc/{pid}/mountinfo").read_text().splitlines():
        fields = line.split()
        place, kind = fields[4], fields[fields.index("-") + 1]
        if place != "/" and kind not in ("proc", "tmpfs"):
            found.append(place)
    return found


def dump(pid: int, images: Path, external: Iterable[str]) -> None:
    """Write a tree of processes to a folder; it goes on living.

    Args:
        pid: Its first process.
        images: The folder.
        external: The mounts that are not the tree's own.

    Raises:
        Fault: If CRIU fails; tells what it said.
    """
    argv = [*command(), "dump", "--tree", str(pid), "--images-dir", str(images)]
    argv += ["--log-file", "dump.log", "-v1", "--leave-running", "--network-lock", "skip"]
    for place in external:
        argv += ["--external", f"mnt[{place}]:{place}"]
    _run([*argv, *_OPTIONS], images / "dump.log", "a snapshot could not be taken")


def last_pid(pid: int, wanted: int | None = None) -> int:
    """Tell the last pid that was given out in the pid namespace of a process, or set it.

    Programs show their pids in names of files, and of waits that end at one moment the lowest comes
    first: a copy must go on counting where its origin does.

    Raises:
        Fault: If it cannot be told.
    """
    argv = [str(artifact("init")), "--last-pid", str(pid)]
    argv += [] if wanted is None else [str(wanted)]
    done = subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise Fault(f"a sandbox's pids cannot be told: {done.stderr.strip()}")
    return int(done.stdout)


def restore_options(images: Path, work: Path, external: Mapping[str, str]) -> list[str]:
    """Return CRIU's arguments for a restore.

    Args:
        images: What `dump` wrote.
        work: A folder for its log, `restore.log`, and the first process's pid, `pid`.
        external: By path inside, what of the host is seen there.
    """
    argv = ["restore", "--restore-detached", "--images-dir", str(images), "--work-dir", str(work)]
    argv += ["--log-file", "restore.log", "-v1", "--pidfile", str(work / "pid")]
    argv += ["--root", RESTORED]
    for place, host in external.items():
        argv += ["--external", f"mnt[{place}]:{host}"]
    return [*argv, *_OPTIONS]


def said(log: Path) -> str:
    """Return the errors in one of CRIU's logs, for a person to read."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        return "it wrote no log"
    errors = [line.partition("Error ")[2] for line in lines if "Error " in line]
    # What it says on every machine whose root may not raise limits.
    errors = [e for e in errors if "RLIMIT_NOFILE" not in e]
    return "; ".join(errors[-4:]) or "it did not say why"


def _run(argv: Sequence[str], log: Path, what: str) -> None:
    null = subprocess.DEVNULL
    try:
        done = subprocess.run(argv, stdin=null, stdout=null, stderr=null, timeout=120)
    except (OSError, subprocess.TimeoutExpired) as e:
        raise Fault(f"{what}: {e}") from e
    if done.returncode:
        raise Fault(f"{what}: CRIU failed ({done.returncode}): {said(log)}")
