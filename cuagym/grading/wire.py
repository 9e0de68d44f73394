"""What a grader and its walled processes share: settings, and messages.

A message is JSON with byte strings beside it:

    4 bytes   length of the header, big-endian
    header    JSON: {"body": ..., "sizes": [...]}
    blobs     one after the other, of those sizes

What comes from inside is not trusted: its sizes are bounded.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Closed", "Settings", "receive", "send"]

_LENGTH: Final = struct.Struct(">I")
_MAX_HEADER: Final = 16 * 2**20
_MAX_BLOBS: Final = 512 * 2**20


@dataclass(frozen=True)
class Settings:
    """What the zygote is started with.

    Attributes:
        folder: Where its socket and everything that it writes are.
        sources: Where validators are, by the first part of their names: a module, or a file.
        recalculation: The most seconds of one recalculation.
        cpu: The most CPU seconds of one grade, LibreOffice aside.
        memory: The most bytes of address space of one grade.
        offices: The most LibreOffices at once.
    """

    folder: str
    sources: Mapping[str, str]
    recalculation: float
    cpu: int
    memory: int
    offices: int

    @property
    def socket(self) -> str:
        """Where grades connect to."""
        return f"{self.folder}/grades"

    @property
    def office(self) -> str:
        """Where the recalculating LibreOffices listen."""
        return f"{self.folder}/office"

    @property
    def known(self) -> str:
        """Where recalculated workbooks are remembered."""
        return f"{self.folder}/known"


class Closed(ConnectionError):
    """The other side ended, or sent what is no message."""


def send(link: socket.socket, body: Any, blobs: Iterable[bytes] = ()) -> None:
    """Send a message.

    Raises:
        OSError: If the other side is gone.
    """
    blobs = list(blobs)
    header = json.dumps({"body": body, "sizes": [len(b) for b in blobs]}).encode()
    link.sendall(_LENGTH.pack(len(header)) + header)
    for blob in filter(None, blobs):  # who waits for nothing more may have answered, and left
        link.sendall(blob)


def receive(link: socket.socket, deadline: float | None = None) -> tuple[Any, list[bytes]]:
    """Wait for a message.

    Args:
        link: The connection.
        deadline: The `time.monotonic()` at which to give up; None for never.

    Raises:
        Closed: If the other side ended or sent nonsense.
        TimeoutError: If the deadline passed.
    """
    (length,) = _LENGTH.unpack(_exactly(link, _LENGTH.size, deadline))
    if length > _MAX_HEADER:
        raise Closed(f"a header of {length} bytes")
    try:
        header = json.loads(_exactly(link, length, deadline))
        body, sizes = header["body"], [int(n) for n in header["sizes"]]
    except (ValueError, TypeError, KeyError) as e:
        raise Closed(f"not a message: {e!r}") from None
    if any(n < 0 for n in sizes) or sum(sizes) > _MAX_BLOBS:
        raise Closed(f"blobs of {sizes} bytes")
    return body, [_exactly(link, n, deadline) for n in sizes]


def _exactly(link: socket.socket, size: int, deadline: float | None) -> bytes:
    data = bytearray()
    while len(data) < size:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            link.settimeout(left)
        piece = link.recv(min(size - len(data), 2**20))
        if not piece:
            raise Closed("the connection was closed")
        data += piece
    return bytes(data)
