"""Peaks of the machine: operations per second of a matrix product, bytes per second of a copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from benchmarks.calibration import Work

SIDE = 1536  # of the matrices: large enough for the peak, small enough for a turn
COPIED = 64 * 2**20  # bytes, more than the caches hold


@dataclass(frozen=True)
class Peaks:
    """Largest rates of this machine with the threads that networks get.

    Attributes:
        products: operations per second of a matrix product by precision; a multiplication and an
            addition are two.
        copy: bytes per second that a copy reads and writes.
    """

    products: dict[str, float]
    copy: float

    def floor(self, operations: float, size: float, precision: str = 'fp32') -> float:
        """Return the least milliseconds for some operations that touch `size` bytes."""
        return 1e3 * max(operations / self.products[precision], size / self.copy)


def works() -> dict[str, Work]:
    """Return the works whose times `read` takes."""
    source = torch.ones(COPIED // 4)
    target = torch.empty_like(source)

    def product(dtype: torch.dtype) -> Callable[[], object]:
        a = torch.rand(SIDE, SIDE).to(dtype)
        b = torch.rand(SIDE, SIDE).to(dtype)
        return lambda: a @ b

    return {
        'peak: fp32': product(torch.float32),
        'peak: bf16': product(torch.bfloat16),
        'peak: copy': lambda: target.copy_(source),
    }


def read(milliseconds: dict[str, float]) -> Peaks:
    """Return the peaks from the times of `works`."""
    operations = 2 * SIDE**3
    return Peaks(
        {name: 1e3 * operations / milliseconds[f'peak: {name}'] for name in ('fp32', 'bf16')},
        1e3 * 2 * COPIED / milliseconds['peak: copy'],
    )
