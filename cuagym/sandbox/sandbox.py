"""A running sandbox, as the rest of the package sees it."""

from __future__ import annotations

import errno
import os
import signal
import socket
import stat
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cuagym.errors import Fault, SetupError, UsageError
from cuagym.sandbox import criu, disposal
from cuagym.sandbox.control import Control
from cuagym.sandbox.image import Image
from cuagym.sandbox.launch import Running, wait_readable
from cuagym.sandbox.root import HOME
from cuagym.sandbox.run import Completed, run

__all__ = ["Sandbox"]

_UNPACK = 'mkdir -p -- "$1" && exec tar -x -f - --no-same-owner --warning=no-timestamp -C "$1"'
_PACK = ("tar", "-c", "-f", "-", "--sort=name", "--numeric-owner", "--ignore-failed-read")


class Sandbox:
    """Walls around some processes, and the way in: made by `cuagym.sandbox.start`.

    Everything inside runs as the agent's user and dies with the sandbox, and that with the process
    that started it, however it ends. Any thread may use it. Paths are paths inside, and absolute.

    Args:
        running: What a backend has started.
        env: What every program's environment holds.
        ended: Of a copy: the programs that had ended, and how.

    Attributes:
        backend: "runc" or "bubblewrap".
        pid: The sandbox's first process, as the host counts.
        watched: Whether somebody sees to it that nothing inside keeps a CPU to itself, if it is
            allowed to.

    Raises:
        Fault: If its first process does not answer; the sandbox is then closed.

    Example:
        >>> from cuagym.sandbox import start
        >>> with start() as sandbox:
        ...     sandbox.write("/tmp/note", b"hello")
        ...     sandbox.run(["cat", "/tmp/note"]).stdout
        b'hello'
    """

    def __init__(
        self, running: Running, env: Mapping[str, str], ended: Mapping[int, int] | None = None
    ) -> None:
        self.backend = running.backend
        self.pid = running.pid
        self.watched = running.watched
        self._running = running
        self._env = env
        self._pidfd = -1
        self._gone: Callable[[], None] | None = None
        self._control: Control | None = None
        self._was_out_of_memory = False
        self._owner = os.getpid()
        self._closing = threading.Lock()
        try:
            disposal.remember(self)
            self._pidfd = os.dup(running.pidfd)
            self._control = Control(self.pid, ended)
            if ended is not None:
                self._adopt()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Sandbox:
        """Returns itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()

    def __del__(self) -> None:
        """Closes what nobody can use any more."""
        self.close()

    def __repr__(self) -> str:
        """Backend, pid and whether it is closed."""
        state = "closed" if self._gone else "open"
        return f"<Sandbox {self.backend}, pid {self.pid}, {state}>"

    # ---- programs

    def spawn(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str = HOME,
        stdin: int | None = None,
        stdout: int | None = None,
        stderr: int | None = None,
    ) -> int:
        """Starts a program and does not wait for it; `exits` tells its end.

        Args:
            argv: The program, looked up in the sandbox's PATH, and its arguments.
            env: Variables beside those that every program has, or instead of them.
            cwd: Where it starts.
            stdin: A descriptor of this process, as for the next two; None: /dev/null.
            stdout: Where it writes.
            stderr: Where it writes its errors.

        Returns:
            Its pid inside. It leads a session and a process group.

        Raises:
            OSError: If it cannot be started: there is no such program, or (EAGAIN) the desktop has
                used up its processes.
            UsageError: If `argv` is not a non-empty sequence of texts, or too long.
            Fault: If the sandbox died or is closed.
        """
        given = {0: stdin, 1: stdout, 2: stderr}
        stdio = {number: fd for number, fd in given.items() if fd is not None}
        return self._live().spawn(cwd, _checked(argv), {**self._env, **(env or {})}, stdio)

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float = 30.0,
        env: Mapping[str, str] | None = None,
        cwd: str = HOME,
        input: bytes = b"",
    ) -> Completed:
        """Runs a program to its end.

        What it leaves running in the background stays, and is not waited for. In a sandbox with the
        application clock, a program that sleeps is waiting for application time to be granted.

        Args:
            argv: The program, looked up in the sandbox's PATH, and its arguments.
            timeout: Real seconds that it may take.
            env: Variables beside those that every program has, or instead of them.
            cwd: Where it starts.
            input: What it reads from stdin.

        Raises:
            subprocess.TimeoutExpired: If it took longer; its process group was killed.
            OSError: If it could not be started, or wrote more than 64 MiB.
            UsageError: If `argv` is not a non-empty sequence of texts, or too long.
            Fault: If the sandbox died or is closed.
        """
        environment = {**self._env, **(env or {})}
        return run(self._live(), cwd, _checked(argv), environment, input, timeout)

    def exits(self) -> dict[int, int]:
        """Programs started with `spawn` that have ended so far; never blocks.

        Returns:
            By pid inside, the exit code; negative: the signal that ended it. A pid that has been
            given to a new program is not among them any more.

        Raises:
            Fault: If the sandbox died or is closed.
        """
        control = self._live()
        control.drain()
        return control.ended()

    def fileno(self) -> int:
        """A descriptor that is readable when `exits` may have news.

        Raises:
            Fault: If the sandbox is closed.
        """
        return self._live().fileno()

    def kill(self, pid: int, signal: int = signal.SIGTERM) -> None:
        """Sends a signal to a process inside, or (a negative `pid`) to a process group.

        Raises:
            OSError: If there is none (ProcessLookupError), or `pid` is 0 or -1.
            Fault: If the sandbox died or is closed.
        """
        self._live().kill(pid, signal)

    # ---- files and sockets

    def open(self, path: str, flags: int = os.O_RDONLY, mode: int = 0o644) -> int:
        """Opens a file inside, as the agent's user, so that no link can lead out.

        It never waits, even for a FIFO that the agent has put there.

        Returns:
            A descriptor of this process, not inheritable.

        Raises:
            OSError: As os.open does.
            UsageError: If `path` is not absolute.
            Fault: If the sandbox died or is closed.
        """
        return self._live().open(_absolute(path), flags, mode)

    def connect(self, path: str) -> socket.socket:
        """Connects, as the agent's user, to a unix stream socket inside.

        Raises:
            OSError: If nobody listens there (BlockingIOError: too many wait already).
            UsageError: If `path` is not absolute.
            Fault: If the sandbox died or is closed.
        """
        return self._live().connect(_absolute(path))

    def read(self, path: str, limit: int = 64 << 20) -> bytes:
        """The content of a regular file inside.

        Raises:
            OSError: As os.open does; EINVAL if it is no regular file, EFBIG if it has more than
                `limit` bytes.
            UsageError: If `path` is not absolute.
            Fault: If the sandbox died or is closed.
        """
        with os.fdopen(self.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb", closefd=True) as f:
            _check_regular(f.fileno(), path)
            content = f.read(limit + 1)
        if len(content) > limit:
            raise OSError(errno.EFBIG, f"the file has more than {limit} bytes", path)
        return content

    def write(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Writes a regular file inside, with exactly this mode; its folder must exist.

        Raises:
            OSError: As os.open and os.write do; ENOSPC if the desktop's disk is full.
            UsageError: If `path` is not absolute.
            Fault: If the sandbox died or is closed.
        """
        fd = self.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NONBLOCK, mode)
        with os.fdopen(fd, "wb", closefd=True) as f:
            _check_regular(fd, path)
            os.fchmod(fd, mode)
            f.write(data)

    def unpack(self, tar: bytes, folder: str) -> None:
        """Unpacks an archive inside, by the sandbox's own tar, into a folder made if need be.

        Raises:
            OSError: If tar fails.
            UsageError: If `folder` is not absolute.
            Fault: If the sandbox died or is closed.
        """
        argv = ["sh", "-c", _UNPACK, "sh", _absolute(folder)]
        _check_tar(self.run(argv, input=tar, cwd="/", timeout=120.0), folder)

    def pack(self, folder: str, names: bytes = b"") -> bytes:
        """An archive of a folder inside, by the sandbox's own tar; unreadable files are left out.

        Args:
            folder: Its path inside.
            names: The files wanted, below it, each ended by a NUL; none: everything in it.

        Raises:
            OSError: If tar fails, or the archive has more than 64 MiB.
            UsageError: If `folder` is not absolute.
            Fault: If the sandbox died or is closed.
        """
        which = ["--null", "--verbatim-files-from", "-T", "-"] if names else ["."]
        argv = [*_PACK, "-C", _absolute(folder), *which]
        return _check_tar(self.run(argv, cwd="/", timeout=120.0, input=names), folder, most=1)

    # ---- copies

    def freeze(self, folder: Path) -> Image:
        """Writes all that lives inside to a folder; it goes on living.

        Connections into it are ended: whoever has one makes it anew.

        Args:
            folder: An empty one; best in memory.

        Returns:
            What `cuagym.sandbox.restore` makes copies of.

        Raises:
            SetupError: If processes cannot be written here.
            Fault: If that failed; the sandbox goes on.
        """
        recipe = self._running.recipe
        if recipe is None or criu.unusable():
            raise SetupError(criu.unusable() or f"{self.backend} sandboxes have no snapshots")
        control = self._live()
        control.drain()
        ended = control.ended()
        control.adopt(None)  # a process outside, which no image can hold
        try:
            control.leave()  # its other end belongs to the host's network: CRIU does not find it
            external = criu.mounts(self.pid)
            last_pid = criu.last_pid(self.pid)
            criu.dump(self.pid, folder, external)
        finally:
            self._control = Control(self.pid, ended)
            self._adopt()
        return Image(folder, recipe, tuple(external), ended, last_pid)

    def _adopt(self) -> None:
        owner = os.pidfd_open(os.getpid())
        try:
            self._live().adopt(owner)
        finally:
            os.close(owner)

    # ---- life

    def alive(self) -> bool:
        """Whether its first process lives."""
        return self._gone is None and not wait_readable(self._pidfd, 0)

    def memory(self) -> int:
        """How many bytes all inside takes, files included; 0 where that is not known."""
        return self._running.memory()

    def out_of_memory(self) -> bool:
        """Whether the kernel has killed something inside for the memory limit, ever.

        False where that is not known: bubblewrap sets no limit.
        """
        if self._gone is None:
            self._was_out_of_memory = self._running.out_of_memory()
        return self._was_out_of_memory

    def close(self, wait: bool = False) -> None:
        """Kills everything inside and removes what the sandbox has on the host.

        May be called twice. The removal goes on in the background and is waited for when the
        interpreter exits.

        Args:
            wait: Whether to wait for it here.
        """
        if os.getpid() != self._owner:  # a fork has copies of the descriptors, not the sandbox
            return
        with self._closing:
            if self._gone is None:
                # An interrupt in the middle must not make a second call begin it again.
                self._gone = disposal.settle
                # First of all it kills: calls that wait for an answer then return.
                self._gone = disposal.later(self._running.dispose)
                if self._control:
                    self._control.close()
                if self._pidfd >= 0:
                    os.close(self._pidfd)
        if wait:
            self._gone()

    def _live(self) -> Control:
        if self._gone is not None or self._control is None:
            raise Fault("the sandbox is closed")
        return self._control


def _checked(argv: Sequence[str]) -> Sequence[str]:
    if isinstance(argv, str | bytes) or not argv or not all(isinstance(a, str) for a in argv):
        raise UsageError(f"argv must be a non-empty sequence of texts; got {argv!r}")
    return argv


def _absolute(path: str) -> str:
    if not path.startswith("/"):
        raise UsageError(f"a path inside a sandbox must be absolute; got {path!r}")
    return path


def _check_regular(fd: int, path: str) -> None:
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        raise OSError(errno.EINVAL, "not a regular file", path)


def _check_tar(done: Completed, folder: str, most: int = 0) -> bytes:
    if not 0 <= done.returncode <= most:
        said = done.stderr.decode(errors="replace").strip()
        raise OSError(errno.EIO, f"tar failed ({done.returncode}): {said}", folder)
    return done.stdout
