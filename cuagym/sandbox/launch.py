"""Starting a program with numbered descriptors, and learning that our first process runs in it."""

from __future__ import annotations

import fcntl
import os
import select
import shutil
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cuagym.errors import CuagymError, Fault, SetupError

READY_SECONDS = 60.0
"""Real time that a sandbox may take to start, on however busy a machine."""

# What runc and bubblewrap say when a machine does not let them, and what to do about it.
_CURES = (
    (
        "Unknown option",
        "this bubblewrap is too old (0.7 is needed): apt-get install --only-upgrade bubblewrap",
    ),
    ("maxkeys", "sysctl -w kernel.keys.maxkeys=20000"),
)
_SYSCTLS = (
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "0"),
    ("kernel/unprivileged_userns_clone", "0", "1"),
    ("user/max_user_namespaces", "0", "15000"),
)
_REFUSALS = (
    "Operation not permitted",
    "Permission denied",
    "No permissions",
    "Creating new namesp",
)
_CONTAINER = (
    "for a container: docker run --security-opt seccomp=unconfined --security-opt "
    "apparmor=unconfined --security-opt systempaths=unconfined"
)


@dataclass
class Running:
    """A sandbox whose first process is ready.

    Attributes:
        backend: "runc" or "bubblewrap".
        pid: The first process, as the host counts.
        pidfd: Of that process; tells its end.
        dispose: Removes everything that the sandbox has on the host, once `pidfd` is readable.
        out_of_memory: Whether the kernel killed something inside for its memory limit.
    """

    backend: str
    pid: int
    pidfd: int
    dispose: Callable[[], None]
    out_of_memory: Callable[[], bool] = field(default=lambda: False)


def find(program: str) -> str | None:
    """The path of a program that may lie in /usr/sbin, which is not on everybody's PATH."""
    return shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")


def memfd(name: str, content: bytes) -> int:
    """A descriptor of an unnamed file in memory, at its beginning."""
    fd = os.memfd_create(name, os.MFD_CLOEXEC)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(fd, view) :]
        os.lseek(fd, 0, os.SEEK_SET)
    except BaseException:
        os.close(fd)
        raise
    return fd


def wait_readable(fd: int, seconds: float) -> bool:
    """Whether `fd` becomes readable (or its other end is closed) within `seconds` of real time."""
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(max(0.0, seconds) * 1000))


class Launch:
    """One attempt to start a sandbox with a helper program (runc or bwrap); a context manager.

    The helper gets descriptor 3, a pidfd of this process, 4, a pipe on which our first process says
    that it is ready, and from 5 on those of `fds`. It is tied to no thread of ours: there is no
    parent death signal, and what it starts lives by descriptor 3 alone.

    Leaving the context closes what the start needed. If the start failed, the first process finds
    the pipe closed and ends by itself, should it still come to life.
    """

    def __init__(self, argv: Sequence[str], fds: Sequence[int] = ()) -> None:
        self.argv = list(argv)
        self._fds = fds
        self._stack = ExitStack()
        self.child = -1

    def __enter__(self) -> Launch:
        """Starts the helper."""
        with ExitStack() as stack:
            self._errors = self._keep(stack, memfd("errors", b""))
            ready, says_ready = os.pipe2(os.O_CLOEXEC)
            self._ready = self._keep(stack, ready)
            with ExitStack() as ours:  # the helper has copies
                owner = self._keep(ours, os.pidfd_open(os.getpid()))
                passed = (owner, self._keep(ours, says_ready), *self._fds)
                # Above every target, so that no target overwrites a source.
                first = 3 + len(passed)
                high = [
                    self._keep(ours, fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, first)) for fd in passed
                ]
                self.child = self._spawn(high)
            self._stack = stack.pop_all()
        return self

    @staticmethod
    def _keep(stack: ExitStack, fd: int) -> int:
        stack.callback(os.close, fd)
        return fd

    def _spawn(self, high: Sequence[int]) -> int:
        actions: list[tuple[object, ...]] = [
            (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDWR, 0),
            (os.POSIX_SPAWN_DUP2, 0, 1),
            (os.POSIX_SPAWN_DUP2, self._errors, 2),
            *((os.POSIX_SPAWN_DUP2, fd, 3 + i) for i, fd in enumerate(high)),
        ]
        env: Mapping[str, str] = {"PATH": os.environ.get("PATH", os.defpath)}
        defaults = set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}
        return os.posix_spawn(
            self.argv[0],
            self.argv,
            env,
            file_actions=actions,
            setsid=True,  # Ctrl-C in a terminal is for us, and we close sandboxes in order
            setsigmask=(),
            setsigdef=defaults,
        )

    def wait_ready(self) -> None:
        """Waits until the sandbox's first process listens.

        Raises:
            CuagymError: If it ended instead, or took too long; the helper's words are in it.
        """
        if not wait_readable(self._ready, READY_SECONDS):
            raise self.failure(f"was not ready after {READY_SECONDS:.0f} s")
        if os.read(self._ready, 1) != b"1":
            raise self.failure("ended before it was ready")

    def reap(self) -> None:
        """Waits for the helper to end."""
        child, self.child = self.child, -1
        if child >= 0:
            with suppress(ChildProcessError):  # a program that ignores SIGCHLD has no children
                os.waitpid(child, 0)

    def failure(self, what: str) -> CuagymError:
        """Ends the helper; the error for its failure, with what it said and what would mend it."""
        self._end()
        os.lseek(self._errors, 0, os.SEEK_SET)
        said = os.read(self._errors, 8192).decode(errors="replace").strip() or "it said nothing"
        message = f"a sandbox started with {Path(self.argv[0]).name} {what}: {said}"
        cures = [cure for sign, cure in _CURES if sign in said]
        if not cures and any(sign in said for sign in _REFUSALS):
            cures = _bad_sysctls() or [_CONTAINER]
        if cures:
            return SetupError("\n".join([message, "This machine refuses; what may help:", *cures]))
        return Fault(message)

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        """Closes what only the start needed; after a failure nothing that it started is left."""
        try:
            if failed:
                self._end(seconds=0)
        finally:
            self._stack.close()

    def _end(self, seconds: float = 5.0) -> None:
        if self.child < 0:
            return
        with suppress(ProcessLookupError):
            pidfd = os.pidfd_open(self.child)
            try:
                if not wait_readable(pidfd, seconds):  # it may be about to say why it failed
                    signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            finally:
                os.close(pidfd)
        self.reap()


def _bad_sysctls() -> list[str]:
    found = []
    for key, bad, good in _SYSCTLS:
        with suppress(OSError):
            if (Path("/proc/sys") / key).read_text().strip() == bad:
                found.append(f"sysctl -w {key.replace('/', '.')}={good}")
    return found
