"""Starting a program with numbered descriptors, and learning that our first process runs in it."""

from __future__ import annotations

import fcntl
import os
import select
import shutil
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from cuagym.errors import CuagymError, Fault, SetupError
from cuagym.sandbox.root import Limits, Root

READY_SECONDS = 60.0
"""Real time that a sandbox may take to start, on however busy a machine."""
_END_SECONDS = 30.0

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
    "No permissions to create",
)
_CONTAINER = (
    "for a container: docker run --security-opt seccomp=unconfined --security-opt "
    "apparmor=unconfined --security-opt systempaths=unconfined"
)


@dataclass(frozen=True)
class Recipe:
    """What was asked for when a sandbox was started.

    Attributes:
        root: What it sees.
        limits: What it may use.
        hostname: Its name.
    """

    root: Root
    limits: Limits
    hostname: str


@dataclass
class Running:
    """A sandbox whose first process is ready.

    Attributes:
        backend: "runc" or "bubblewrap".
        pid: The first process, as the host counts.
        pidfd: Of that process; tells its end.
        helper: Our child, its parent, which reaps it and ends with it.
        discard: Removes what else the sandbox has on the host, once it has ended.
        out_of_memory: Whether the kernel killed something inside for its memory limit.
        memory: How many bytes all inside takes.
        recipe: What a copy of it needs besides its processes; None: it cannot be copied.
        watched: Whether the helper sees to it that nothing inside keeps a CPU to itself.
    """

    backend: str
    pid: int
    pidfd: int
    helper: int
    discard: Callable[[], None] = lambda: None
    out_of_memory: Callable[[], bool] = lambda: False
    memory: Callable[[], int] = lambda: 0
    recipe: Recipe | None = None
    watched: bool = False

    def dispose(self) -> None:
        """Kills everything inside and removes what the sandbox has on the host."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        wait_readable(self.pidfd, _END_SECONDS)
        os.close(self.pidfd)
        reap(self.helper)
        self.discard()


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


def reap(child: int) -> None:
    """Waits for a child of ours to end."""
    with suppress(ChildProcessError):  # a program that ignores SIGCHLD has none to wait for
        os.waitpid(child, 0)


class Launch:
    """One attempt to start a sandbox with a helper program; a context manager.

    The helper is bwrap, or our own reaper with runc below it. It gets descriptor 3, a pidfd of this
    process, 4, a pipe on which our first process (and the reaper) say that they are ready, and from
    5 on those of `fds`. It is tied to no thread of ours: there is no parent death signal, and what
    it starts lives by descriptor 3 alone.

    Leaving the context closes what the start needed. If the start failed, the first process finds
    the pipe closed and ends by itself, should it still come to life.

    Args:
        argv: The helper and its arguments.
        fds: Descriptors that it gets.
        name: What it is called in errors.
        awaited: What is said on the pipe, in any order, when all is ready.
    """

    def __init__(
        self, argv: Sequence[str], fds: Sequence[int] = (), *, name: str, awaited: bytes
    ) -> None:
        self._argv = list(argv)
        self._fds = fds
        self._name = name
        self._awaited = awaited
        self._stack = ExitStack()
        self._child = -1

    def take_helper(self) -> int:
        """The helper's pid, which is the caller's to reap from now on."""
        child, self._child = self._child, -1
        return child

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
                self._child = self._spawn(high)
            self._pidfd = self._keep(stack, os.pidfd_open(self._child))
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
            self._argv[0],
            self._argv,
            env,
            file_actions=actions,
            setsid=True,  # Ctrl-C in a terminal is for us, and we close sandboxes in order
            setsigmask=(),
            setsigdef=defaults,
        )

    def wait_ready(self) -> None:
        """Waits until the sandbox's first process listens, and the helper has done its work.

        Raises:
            CuagymError: If it ended instead, or took too long; the helper's words are in it.
        """
        # Not by the pipe's end: a fork of ours made in these moments would hold it open for ever.
        said = b""
        poll = select.poll()
        poll.register(self._ready, select.POLLIN)
        poll.register(self._pidfd, select.POLLIN)
        deadline = time.monotonic() + READY_SECONDS
        while not set(self._awaited) <= set(said):
            ready = {fd for fd, _ in poll.poll(max(0.0, deadline - time.monotonic()) * 1000)}
            if not ready:
                raise self.failure(f"was not ready after {READY_SECONDS:g} s", patience=0)
            more = os.read(self._ready, 16) if self._ready in ready else b""
            said += more
            if not more or b"x" in more:
                raise self.failure("ended before it was ready")

    def failure(self, what: str, patience: float = 5.0) -> CuagymError:
        """Ends the helper; the error for its failure, with what it said and what would mend it.

        Args:
            what: What went wrong, as we see it.
            patience: Seconds in which it may end by itself, having said why.
        """
        self._end(patience)
        os.lseek(self._errors, 0, os.SEEK_SET)
        said = os.read(self._errors, 8192).decode(errors="replace").strip() or "it said nothing"
        message = f"a sandbox started with {self._name} {what}: {said}"
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
                self._end(patience=0)
        finally:
            self._stack.close()

    def _end(self, patience: float) -> None:
        if self._child < 0:
            return
        if not wait_readable(self._pidfd, patience):
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        reap(self._child)
        self._child = -1


def _bad_sysctls() -> list[str]:
    found = []
    for key, bad, good in _SYSCTLS:
        with suppress(OSError):
            if (Path("/proc/sys") / key).read_text().strip() == bad:
                found.append(f"sysctl -w {key.replace('/', '.')}={good}")
    return found
