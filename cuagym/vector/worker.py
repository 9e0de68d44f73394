"""A worker of a pool: a process of its own that drives some of the desktops.

It is told over an inherited socket, whose descriptor is the first argument, what its envs are made
with and where observations go (shared memory), and then what to begin; it tells what is over. It
ends when the socket does.
"""

from __future__ import annotations

import array
import pickle
import select
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from cuagym.desktop.clock import ahead
from cuagym.vector.buffers import Buffer
from cuagym.vector.pool import LocalPool

__all__ = ["Begin", "main"]

_FDS = 2


@dataclass(frozen=True)
class Begin:
    """What a worker is told first; the descriptors of both buffers come with it.

    Attributes:
        places: Where its envs stand in the pool.
        args: What each is made with.
        frames: The shape of the pool's frames.
        instructions: The shape of its instructions.
    """

    places: tuple[int, ...]
    args: tuple[dict[str, Any], ...]
    frames: tuple[int, ...]
    instructions: tuple[int, ...]


def _told_fds(channel: socket.socket) -> list[int]:
    """The descriptors that came over a socket."""
    fds = array.array("i")
    _, told, _, _ = channel.recvmsg(1, socket.CMSG_LEN(_FDS * fds.itemsize))
    for level, kind, data in told:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    return list(fds)


class _Worker:
    def __init__(self, channel: socket.socket) -> None:
        fds = _told_fds(channel)
        self._pipe: Connection[Any, Any] = Connection(channel.detach())
        begin: Begin = self._pipe.recv()
        self._places = begin.places
        self._own = {place: i for i, place in enumerate(begin.places)}
        frames = Buffer(begin.frames, fd=fds[0])
        instructions = Buffer(begin.instructions, fd=fds[1])
        # An index makes copies; the pool writes in place.
        self._pool = LocalPool(
            begin.args,
            [frames.array[place] for place in begin.places],
            [instructions.array[place] for place in begin.places],
        )

    @ahead()
    def run(self) -> None:
        """Until the pool closes the socket, or says so."""
        poll = select.poll()
        poll.register(self._pipe.fileno(), select.POLLIN)
        poll.register(self._pool.fileno(), select.POLLIN)
        try:
            while True:
                for own, outcome in self._pool.wait(0.0):
                    self._pipe.send(("over", self._places[own], outcome))
                if not self._pool.at_once:
                    poll.poll()
                while self._pipe.poll():
                    self._obey(*self._pipe.recv())
        except (EOFError, BrokenPipeError, ConnectionResetError):
            pass
        finally:
            self._pool.close()

    def _obey(self, what: str, place: int, *rest: Any) -> None:
        own, pool = self._own.get(place, -1), self._pool
        if what == "step":
            pool.begin_step(own, rest[0])
            return
        try:
            value = None
            if what == "reset":
                pool.begin_reset(own, *rest)
                return
            if what == "close":
                pool.close()
            elif what == "set":
                pool.set(own, *rest)
            else:
                value = pool.call(own, *rest)
            self._answer("returned", value)
        except Exception as e:
            self._answer("refused" if what == "reset" else "raised", e, place)

    def _answer(self, what: str, value: Any, place: int = -1) -> None:
        try:
            pickle.dumps(value)
        except Exception as e:
            value, what = (
                TypeError(f"{type(value).__name__} does not leave a worker: {e}"),
                "raised",
            )
        self._pipe.send((what, place, value))


def main() -> None:
    """Serves the socket that the first argument names."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    with suppress(KeyboardInterrupt):  # the pool is interrupted too, and closes the socket
        _Worker(channel).run()
