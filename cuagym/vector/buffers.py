"""The memory in which observations lie: this process's own, shared with workers, or pinned."""

from __future__ import annotations

import math
import mmap
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cuagym.errors import SetupError

__all__ = ["Buffer"]


class Buffer:
    """An array of bytes, all zero at first.

    Args:
        shape: Its shape; the dtype is uint8.
        shared: Whether other processes can map it, by `fd`.
        fd: One that another process has made, to be mapped here; its content stays.

    Attributes:
        array: The bytes, uint8 of that shape.
        fd: A descriptor of the memory; -1 where it is not shared.
    """

    def __init__(self, shape: Sequence[int], *, shared: bool = False, fd: int = -1) -> None:
        size = math.prod(shape)
        self._pinned = False
        self.fd = fd
        if fd < 0 and shared:
            self.fd = os.memfd_create("cuagym-vector", os.MFD_CLOEXEC)
            os.ftruncate(self.fd, size)
        if self.fd >= 0:
            memory = mmap.mmap(self.fd, size)
            self.array: NDArray[np.uint8] = np.frombuffer(memory, np.uint8).reshape(shape)
        else:
            self.array = np.zeros(shape, np.uint8)

    def pin(self) -> None:
        """Lock it for a GPU, which then copies it by itself.

        Raises:
            SetupError: There is no PyTorch, or no GPU that it can use, or the driver refuses.
        """
        try:
            import torch
        except ImportError:
            raise SetupError("pinned=True needs PyTorch: pip install torch") from None
        if not torch.cuda.is_available():
            raise SetupError("pinned=True: PyTorch finds no CUDA device on this machine")
        cuda: Any = torch.cuda
        told = cuda.cudart().cudaHostRegister(self.array.ctypes.data, self.array.nbytes, 0)
        if int(told):
            raise SetupError(
                f"pinned=True: the driver refuses to pin {self.array.nbytes} bytes ({told})"
            )
        self._pinned = True

    def close(self) -> None:
        """Let go of it; the array stays for whoever has it."""
        if self._pinned:
            import torch

            cuda: Any = torch.cuda
            cuda.cudart().cudaHostUnregister(self.array.ctypes.data)
            self._pinned = False
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
