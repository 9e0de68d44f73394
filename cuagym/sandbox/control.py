"""The host's end of the control socket of a sandbox's first process (native/init.c)."""

from __future__ import annotations

import array
import os
import select
import socket
import struct
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from cuagym.errors import Fault, UsageError

_PATH = "/run/cuagym/control"
_MESSAGE = 128 * 1024
_REPLY_SECONDS = 60.0
"""Real time that an answer may take; init never waits for anything, so only a stop delays it."""
_DIED = "the sandbox's first process died"


def _fields(*fields: str) -> bytes:
    for text in fields:
        if "\0" in text:
            raise UsageError(f"a NUL cannot be passed to a program or in a path; got {text!r}")
    return b"".join(os.fsencode(text) + b"\0" for text in fields)


class Control:
    """One connection to the first process of a sandbox; any number of threads may use it.

    Args:
        pid: The first process, as the host counts.
        ended: Programs that are known to have ended, and how.

    Raises:
        Fault: If it does not answer, or is not the one that listens there.
    """

    def __init__(self, pid: int, ended: Mapping[int, int] | None = None) -> None:
        self._lock = threading.Lock()
        self._ended: dict[int, int] = dict(ended or {})
        self._watched: dict[int, tuple[int, int | None]] = {}
        self._closed = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._socket.connect(f"/proc/{pid}/root{_PATH}")
            # Inside, that path could lead anywhere, once the agent has had its hands on it.
            size = struct.calcsize("3i")
            peer = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
            if struct.unpack("3i", peer)[0] != pid:
                raise Fault("the sandbox's control socket is not its first process's")
        except OSError as e:
            self._socket.close()
            raise Fault(f"the sandbox's control socket cannot be reached: {e}") from e
        except BaseException:
            self._socket.close()
            raise
        self._socket.setblocking(False)

    def fileno(self) -> int:
        """A descriptor that is readable when a program may have ended; call `drain` then.

        Raises:
            Fault: If the connection was ended.
        """
        if self._closed:
            raise self._lost()
        return self._socket.fileno()

    def close(self) -> None:
        """Ends the connection; may be called twice. Whoever waits for `fileno` is woken."""
        with self._lock:
            self._end()

    def leave(self) -> None:
        """Ends the connection, and waits until the other end is gone too.

        Raises:
            Fault: If the first process does not hear of it.
        """
        with self._lock:
            with suppress(OSError):  # the other end is gone
                self._socket.shutdown(socket.SHUT_WR)
            while True:
                self._wait(select.POLLIN)
                try:
                    self._receive()
                except Fault:
                    break
            self._end()

    # ---- requests

    def spawn(
        self,
        cwd: str,
        argv: Sequence[str],
        env: Mapping[str, str],
        stdio: Mapping[int, int],
        watch: int | None = None,
    ) -> int:
        """Starts a program.

        Args:
            cwd: Where it starts, a path inside.
            argv: The program, looked up in the sandbox's PATH, and its arguments.
            env: Its whole environment.
            stdio: Which of its descriptors 0, 1, 2 are which of ours; /dev/null for the others.
            watch: An eventfd that is written when it ends; its status is then `status(pid)`, and
                is not in `ended()`.

        Returns:
            Its pid inside; it leads a session and a process group of its own.

        Raises:
            OSError: If it cannot be started, as from exec.
            UsageError: If argv and env are too long, or hold a NUL.
            Fault: If the sandbox died.
        """
        variables = [f"{key}={value}" for key, value in env.items()]
        order = sorted(stdio)
        message = _fields(cwd, "".join(map(str, order)), str(len(argv)), *argv, *variables)
        with self._lock:
            pid, _ = self._request(b"S", message, [stdio[n] for n in order], argv[0])
            self._ended.pop(pid, None)  # of an earlier program with that pid
            if watch is not None:
                self._watched[pid] = (watch, None)
            return pid

    def open(self, path: str, flags: int, mode: int) -> int:
        """Opens a file inside, as the agent's user; returns a descriptor of this process.

        It never blocks, not even on a FIFO without a writer.

        Raises:
            OSError: As from open.
            Fault: If the sandbox died.
        """
        with self._lock:
            message = _fields(path, str(flags), str(mode))
            return self._descriptor(self._request(b"O", message, (), path))

    def connect(self, path: str) -> socket.socket:
        """Connects to a unix stream socket inside.

        Raises:
            OSError: As from connect.
            Fault: If the sandbox died.
        """
        with self._lock:
            fd = self._descriptor(self._request(b"C", _fields(path), (), path))
        return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=fd)

    def kill(self, pid: int, signal: int) -> None:
        """Sends a signal to a process, or to a process group (a negative pid).

        Raises:
            OSError: As from kill; for 0 and -1 too.
            Fault: If the sandbox died.
        """
        with self._lock:
            self._request(b"K", _fields(str(pid), str(int(signal))), (), str(pid))

    def adopt(self, owner: int | None) -> None:
        """Makes the process of a pidfd the sandbox's owner, and this connection hear of its ends.

        Args:
            owner: The pidfd; None leaves the sandbox without an owner (for a checkpoint).

        Raises:
            Fault: If the sandbox died.
        """
        with self._lock:
            self._request(b"P", b"", () if owner is None else (owner,), "owner")

    # ---- ends

    def drain(self) -> None:
        """Takes in what has arrived, without blocking.

        Raises:
            Fault: If the sandbox died.
        """
        with self._lock:
            while self._receive() is not None:
                pass

    def ended(self) -> dict[int, int]:
        """Programs that have ended, and how (os.waitstatus_to_exitcode); call `drain` first."""
        with self._lock:
            return dict(self._ended)

    def status(self, pid: int) -> int | None:
        """How a watched program ended; None: not yet."""
        with self._lock:
            return self._watched[pid][1]

    def forget(self, pid: int) -> None:
        """Stops watching a program."""
        with self._lock:
            self._watched.pop(pid, None)
            if self._closed and not self._watched:
                self._socket.close()

    # ---- the socket; the lock is held

    def _end(self) -> None:
        self._closed = True
        with suppress(OSError):  # the other end is gone, or it was closed before
            self._socket.shutdown(socket.SHUT_RDWR)
        # Another thread may poll the descriptor, whose number must not become another file's.
        if not self._watched:
            self._socket.close()

    def _lost(self) -> Fault:
        return Fault("the sandbox is closed" if self._closed else _DIED)

    def _request(
        self, op: bytes, message: bytes, fds: Iterable[int], about: str
    ) -> tuple[int, list[int]]:
        message = op + b"\0" + message
        if len(message) > _MESSAGE:
            raise UsageError(
                f"arguments and environment of {about!r} take {len(message)} bytes; "
                f"at most {_MESSAGE} can be passed"
            )
        self._send(message, array.array("i", fds))
        while (reply := self._receive()) is None:
            self._wait(select.POLLIN)
        value, received = reply
        if value < 0:
            raise OSError(-value, os.strerror(-value), about)
        return value, received

    @staticmethod
    def _descriptor(reply: tuple[int, list[int]]) -> int:
        if len(reply[1]) != 1:
            raise Fault("no descriptor came out of the sandbox: this process has too many open")
        return reply[1][0]

    def _send(self, message: bytes, fds: array.array[int]) -> None:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)] if fds else []
        while True:
            try:
                self._socket.sendmsg([message], rights, socket.MSG_NOSIGNAL)
                return
            except BlockingIOError:
                self._wait(select.POLLOUT)
            except OSError as e:
                raise self._lost() from e

    def _wait(self, event: int) -> None:
        poll = select.poll()
        poll.register(self._socket, event)
        if not poll.poll(_REPLY_SECONDS * 1000):
            # A late answer would be taken for the next one's: this connection has had it.
            self._end()
            raise Fault(f"the sandbox's first process was silent for {_REPLY_SECONDS:.0f} s")

    def _receive(self) -> tuple[int, list[int]] | None:
        """The reply, if one has come; notes the ends of programs on the way."""
        while True:
            rights = socket.CMSG_SPACE(array.array("i").itemsize)
            try:
                data, ancillary, _, _ = self._socket.recvmsg(64, rights, socket.MSG_CMSG_CLOEXEC)
            except BlockingIOError:
                return None
            except OSError as e:
                raise self._lost() from e
            if not data:
                raise self._lost()
            fds = array.array("i")
            for level, kind, content in ancillary:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                    fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
            letter, *numbers = data.decode("ascii").split()
            if letter == "R":
                return int(numbers[0]), fds.tolist()
            self._note(int(numbers[0]), os.waitstatus_to_exitcode(int(numbers[1])))

    def _note(self, pid: int, status: int) -> None:
        if pid not in self._watched:
            self._ended[pid] = status
            return
        eventfd, _ = self._watched[pid]
        self._watched[pid] = (eventfd, status)
        os.eventfd_write(eventfd, 1)
