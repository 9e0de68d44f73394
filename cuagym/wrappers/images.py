"""Screens made smaller, natively and without Python's lock (native/image.c)."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cuagym.errors import Fault, UsageError, nearest
from cuagym.native.build import artifact

__all__ = ["METHODS", "Image", "Method", "resize"]

Image = NDArray[np.uint8]
Method = Literal["area", "nearest"]
METHODS = ("area", "nearest")


@cache
def _library() -> ctypes.CDLL:
    lib = ctypes.CDLL(str(artifact("image.so")))
    c_int, pointer, long = ctypes.c_int, ctypes.c_void_p, ctypes.c_int64
    lib.ci_resize.argtypes = [pointer, long, long, *[c_int] * 3, pointer, *[c_int] * 4]
    return lib


def resize(
    images: Image, size: tuple[int, int], *, gray: bool = False, method: Method = "area"
) -> Image:
    """Makes images smaller.

    Args:
        images: uint8 RGB (H, W, 3), or many of them, (n, H, W, 3). Parts of larger images (slices
            of rows and columns) are read where they are.
        size: width and height of the result. "area" does not enlarge.
        gray: one channel instead of three: ITU-R BT.601 luma, as Pillow's mode L, of the mean.
        method: "area", the mean of the area that each pixel stands for, exact and rounded; or
            "nearest", the pixel in the middle of it, which is cheaper and loses thin lines.

    Returns:
        A new array, uint8 (h, w, 3) or (h, w, 1), or (n, h, w, 3) or (n, h, w, 1).

    Raises:
        UsageError: the images, the size or the method are not what they should be.
    """
    if images.dtype != np.uint8 or images.ndim not in (3, 4) or images.shape[-1] != 3:
        raise UsageError(
            "images must be uint8 of shape (H, W, 3) or (n, H, W, 3);"
            f" got {images.dtype} of shape {images.shape}"
        )
    batch = images[None] if images.ndim == 3 else images
    if batch.strides[3] != 1 or batch.strides[2] != 3 or batch.strides[1] < 0:
        batch = np.ascontiguousarray(batch)
    count, height, width, _ = batch.shape
    check_size(size, (width, height), method)
    w, h = size
    out = np.empty((count, h, w, 1 if gray else 3), np.uint8)
    failed = _library().ci_resize(
        *(batch.ctypes.data, batch.strides[0], batch.strides[1], count, width, height),
        *(out.ctypes.data, w, h, gray, method == "area"),
    )
    if failed:
        raise Fault(f"there is no memory to resize images of width {width}")
    return out[0] if images.ndim == 3 else out


def check_size(size: tuple[int, int], given: tuple[int, int], method: Method) -> None:
    """Refuses what `resize` cannot do.

    Args:
        size: width and height of the result.
        given: width and height of what there is.
        method: as for `resize`.

    Raises:
        UsageError: they are not what they should be.
    """
    if method not in METHODS:
        raise UsageError(f"method={method!r}: one of {METHODS}{nearest(method, METHODS)}")
    if min(size) < 1:
        raise UsageError(f"size={size!r}: width and height of at least 1")
    if method == "area" and (size[0] > given[0] or size[1] > given[1]):
        raise UsageError(
            f"size={size!r} is larger than the {given[0]}x{given[1]} pixels that there are;"
            " method='nearest' enlarges, 'area' does not"
        )
