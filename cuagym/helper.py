"""A program of ours inside a desktop, which is asked what its application is like.

It listens on a socket in the sandbox, answers one JSON line with one, and lives on application time
like everything there: while it works, the desktop does not sleep, and nothing else moves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from socket import socket as Socket
from typing import Any, Final

from cuagym.app import Live
from cuagym.errors import Fault

__all__ = ["Helper"]

_SOON: Final = 12
"""The turn after which a helper that can be hurried is: 0.1 s of application time."""
_BUSY: Final = 5
"""How often the desktop may fail to fall asleep before the answer."""


@dataclass(frozen=True)
class Helper:
    """How a helper is reached.

    Attributes:
        speaks_for: Who does not answer if it does not, for errors: "LibreOffice".
        socket: Where it listens, a path inside.
        command: What starts it.
        needs: What is missing on the machine if it does not start, for errors.
        patience: Real seconds for each wait until the desktop sleeps.
        hurried: Whether it answers with what it has when it is sent an empty line.
    """

    speaks_for: str
    socket: str
    command: tuple[str, ...]
    needs: str
    patience: float = 60.0
    hurried: bool = False

    def ask(self, session: Live, request: Mapping[str, Any]) -> dict[str, Any]:
        """One request; the helper is started for the first one. Application time hardly moves.

        Raises:
            Fault: The helper or its application does not answer, or refuses.
        """
        with self._reached(session) as link:
            link.setblocking(True)
            link.sendall(json.dumps(request).encode() + b"\n")
            link.setblocking(False)
            answer = self._answer(session, link)
        if "error" in answer:
            raise Fault(f"{self.speaks_for}: {answer['error']}")
        return dict(answer)

    def _answer(self, session: Live, link: Socket) -> dict[str, Any]:
        """What comes back, in time."""
        data, busy = b"", 0
        for turn, seconds in enumerate((0.0, 0.0, *(0.01,) * 20, *(0.5,) * 120)):
            busy += not session.screen.grant(seconds, self.patience).settled
            data += _available(link)
            if data.endswith(b"\n"):
                return dict(json.loads(data))
            if self.hurried and (busy or turn >= _SOON):
                with suppress(BlockingIOError):
                    link.send(b"\n")
            if busy > _BUSY:
                raise Fault(f"{self.speaks_for} does not answer; something on the desktop is busy")
        raise Fault(f"{self.speaks_for} did not answer for a minute of application time")

    def _reached(self, session: Live) -> Socket:
        try:
            return session.sandbox.connect(self.socket)
        except OSError:
            session.sandbox.spawn(list(self.command))
        for seconds in (0.0, 0.0, *(0.01,) * 20, *(0.5,) * 20):
            session.screen.grant(seconds)
            try:
                return session.sandbox.connect(self.socket)
            except OSError:
                continue
        raise Fault(f"the helper inside the sandbox did not start: is {self.needs} installed?")


def _available(link: Socket) -> bytes:
    """What has arrived, all of it."""
    data = b""
    try:
        while chunk := link.recv(1 << 20):
            data += chunk
    except BlockingIOError:
        pass
    return data
