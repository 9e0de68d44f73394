"""Time the making of small images of 16 screens, beside Pillow and beside a plain copy.

    python benchmarks/resize.py

All of them on one core; the middle of 30 times each.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from cuagym.wrappers import resize


def p50(work: Callable[[], Any], count: int = 30) -> float:
    """The middle of so many times, in ms."""
    seconds = []
    for _ in range(count):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return round(1e3 * sorted(seconds)[count // 2], 2)


def main() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (16, 720, 1280, 3), np.uint8)
    pictures = [Image.fromarray(frame) for frame in frames]
    for name, work in {
        "area, gray 160x90": lambda: resize(frames, (160, 90), gray=True),
        "area, RGB 160x90": lambda: resize(frames, (160, 90)),
        "area, gray 84x84": lambda: resize(frames, (84, 84), gray=True),
        "nearest, gray 160x90": lambda: resize(frames, (160, 90), gray=True, method="nearest"),
        "copy": frames.copy,
        "Pillow reduce(8), gray": lambda: [p.reduce(8).convert("L") for p in pictures],
        "Pillow BOX, gray 160x90": lambda: [
            p.resize((160, 90), Image.Resampling.BOX).convert("L") for p in pictures
        ],
    }.items():
        print(f"{name:28} {p50(work):8.2f} ms")
    print("load average", *map("{:.2f}".format, os.getloadavg()))


if __name__ == "__main__":
    main()
