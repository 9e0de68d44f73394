"""Frames that are kept to be compared: with a run of one's own, or with one of another process.

    python -m cuagym.bench.frames SUBJECT SEEDS

prints the first frame of each seed's episode, a line of JSON each; `elsewhere` runs it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from cuagym.bench.subject import Subject
from cuagym.errors import Fault

__all__ = ["Shot", "elsewhere", "first_frames"]


@dataclass(frozen=True)
class Shot:
    """A frame that is kept, packed.

    Attributes:
        digest: Its blake2b hash; two frames with the same one are the same.
        shape: Height, width, 3.
        packed: Its bytes, deflated.
    """

    digest: str
    shape: tuple[int, ...]
    packed: bytes

    @classmethod
    def of(cls, frame: NDArray[np.uint8]) -> Shot:
        """Packs a frame, uint8 (H, W, 3)."""
        data = frame.tobytes()
        digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        return cls(digest, frame.shape, zlib.compress(data, 1))

    @property
    def frame(self) -> NDArray[np.uint8]:
        """The frame again."""
        data = zlib.decompress(self.packed)
        return np.frombuffer(data, np.uint8).reshape(self.shape)

    def to_json(self) -> dict[str, object]:
        """Plain data for json."""
        packed = base64.b64encode(self.packed).decode()
        return {"digest": self.digest, "shape": list(self.shape), "packed": packed}

    @classmethod
    def from_json(cls, data: dict[str, object]) -> Shot:
        """What `to_json` made."""
        shape, packed = data["shape"], data["packed"]
        assert isinstance(shape, list) and isinstance(packed, str)
        return cls(str(data["digest"]), tuple(shape), base64.b64decode(packed))


def first_frames(subject: Subject, seeds: Sequence[int]) -> Iterator[Shot]:
    """The first frame of each seed's episode, one env for all of them."""
    env = subject.make()
    try:
        for seed in seeds:
            observation, _ = env.reset(seed=seed)
            yield Shot.of(observation["screenshot"])
    finally:
        env.close()


def elsewhere(subject: Subject, seeds: Sequence[int]) -> Iterator[Shot]:
    """The same from a process of its own, which shares nothing with this one but the cache.

    Raises:
        Fault: It failed; what it said went to stderr.
    """
    words = [json.dumps(asdict(subject)), json.dumps(list(seeds))]
    with subprocess.Popen(
        [sys.executable, "-m", __name__, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                yield Shot.from_json(json.loads(line))
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise Fault(f"the separate run of first frames ended with status {process.returncode}")


def _main(subject: str, seeds: str) -> None:
    given = json.loads(subject)
    given["size"] = tuple(given["size"])
    for shot in first_frames(Subject(**given), json.loads(seeds)):
        print(json.dumps(shot.to_json()), flush=True)


if __name__ == "__main__":
    _main(*sys.argv[1:])
