"""Sandboxes by bubblewrap, for ordinary users: the same root without being root, nothing on disk.

The first process is the sandbox's own init (--as-pid-1), not bwrap's. There is no
--die-with-parent: it follows the thread that started bwrap, and desktops are started from threads
that end.
"""

from __future__ import annotations

import json
import os
import platform
import re
import signal
from collections.abc import Sequence
from contextlib import ExitStack, suppress

from cuagym.errors import Fault, SetupError
from cuagym.sandbox.launch import Launch, Running, find, memfd, wait_readable
from cuagym.sandbox.root import DEVICE_LINKS, DEVICES, UID, Limits, Root

PROMISES = (
    "bubblewrap: its own user, pid, mount, ipc, uts and network namespaces (loopback only); disk "
    "limited per desktop, and processes from Linux 5.14 on, unless root starts it. Inside, the "
    "agent is the user who starts it. It cannot limit memory per desktop, nor tell running out of "
    "memory from a crash, and there are no snapshots."
)
_FIRST_FD = 5  # Launch has 3 and 4


def unusable() -> str:
    """Why bubblewrap cannot be used here; "" if nothing speaks against it."""
    return "" if find("bwrap") else "bubblewrap is not installed (apt-get install bubblewrap)"


def _processes(limits: Limits) -> int:
    """RLIMIT_NPROC counts per user namespace from Linux 5.14 on, and per user of the host before.

    The earlier count has all of the user's other processes in it, so there it would not do.
    """
    numbers = re.match(r"(\d+)\.(\d+)", platform.release())
    recent = numbers is not None and tuple(map(int, numbers.groups())) >= (5, 14)
    return limits.processes if recent else 0


class _Arguments:
    """A bwrap command line and the descriptors that it names, both in order."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.fds: list[int] = []
        self.options: list[str] = []

    def add(self, *options: str) -> None:
        self.options += options

    def descriptor(self, fd: int) -> str:
        """The number that `fd`, closed with the stack, has in bwrap."""
        self._stack.callback(os.close, fd)
        self.fds.append(fd)
        return str(_FIRST_FD + len(self.fds) - 1)

    def file(self, inside: str, content: bytes, mode: str) -> None:
        fd = self.descriptor(memfd("file", content))
        self.add("--perms", mode, "--file", fd, inside)


def _walls(a: _Arguments, root: Root, limits: Limits, hostname: str) -> None:
    a.add("--unshare-all", "--hostname", hostname, "--uid", str(UID), "--gid", str(UID))
    a.add("--cap-drop", "ALL", "--new-session", "--as-pid-1", "--clearenv", "--chdir", "/")
    a.add("--proc", "/proc")
    for key, value in root.env.items():
        a.add("--setenv", key, value)
    for path in root.folders():  # bwrap would make them for the agent's user only
        a.add("--perms", "0755", "--dir", path)
    a.add("--tmpfs", "/dev")
    for name in DEVICES:
        a.add("--dev-bind", f"/dev/{name}", f"/dev/{name}")
    for path, target in (*DEVICE_LINKS.items(), *root.links):
        a.add("--symlink", target, path)
    for path, size in limits.tmpfs().items():
        a.add("--perms", "1777", "--size", str(size), "--tmpfs", path)
    for path, content in root.files.items():
        a.file(path, content, "0444")
    for path, host in root.executables:
        with open(host, "rb") as f:
            a.file(path, f.read(), "0555")
    for host, inside in root.read_only:
        a.add("--ro-bind", host, inside)
    # bwrap's own tmpfs, on which all of this lies, belong to the agent's user.
    a.add("--remount-ro", "/dev", "--remount-ro", "/")


def start(root: Root, limits: Limits, hostname: str) -> Running:
    """Starts a sandbox.

    Raises:
        SetupError: If the machine does not let it.
        Fault: If something broke; nothing is left running.
    """
    program = find("bwrap")
    if not program:
        raise SetupError(unusable())
    root = root.complete(hostname)
    with ExitStack() as stack:
        a = _Arguments(stack)
        _walls(a, root, limits, hostname)
        info, told = os.pipe2(os.O_CLOEXEC)
        stack.callback(os.close, info)
        a.add("--info-fd", a.descriptor(told))
        options = b"".join(option.encode() + b"\0" for option in a.options)
        command = [program, "--args", a.descriptor(memfd("options", options)), "--"]
        try:
            return _start([*command, *root.init(_processes(limits))], a.fds, info)
        except OSError as e:
            raise Fault(f"a sandbox could not be started with bubblewrap: {e}") from e


def _start(command: Sequence[str], fds: Sequence[int], info: int) -> Running:
    with Launch(command, fds, name="bubblewrap", awaited=b"1") as launch:
        try:
            launch.wait_ready()
            pid = int(json.loads(os.read(info, 4096))["child-pid"])  # told before init was started
            pidfd = os.pidfd_open(pid)
            return Running("bubblewrap", pid, pidfd, launch.take_helper())
        except ProcessLookupError:
            raise launch.failure("ended as soon as it was ready") from None
        except BaseException:
            _kill_first(info)
            raise


def _kill_first(info: int) -> None:
    """Ends the first process of a start that is given up; bwrap's end would leave it alive."""
    if wait_readable(info, 0) and (told := os.read(info, 4096)):
        with suppress(ProcessLookupError, ValueError):
            os.kill(int(json.loads(told)["child-pid"]), signal.SIGKILL)
