# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Memory of this machine, and whether workers fit."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

#: Memory, in bytes, of a worker that has imported torch and OpenCV.
BASE = 450 * 2**20
#: Memory of a network and its maps as a multiple of the size of its file.
PER_WEIGHT_BYTE = 4
#: Memory of the maps of a network for each pixel of its input, in bytes.
PER_PIXEL = 400

CGROUP = Path('/sys/fs/cgroup')


def network_memory(file_bytes: int, pixels: int) -> int:
    """Return a rough estimate of the memory of a network and its maps, in bytes.

    Args:
        file_bytes: size of the file with the weights.
        pixels: number of pixels of the input.
    """
    return PER_WEIGHT_BYTE * file_bytes + PER_PIXEL * pixels


def free_memory() -> int | None:
    """Return the memory that is free for new processes, in bytes; None if it is unknown.

    This is the smaller one of the memory of the machine and of the container (cgroup v2).
    """
    found = []
    with suppress(OSError, ValueError, IndexError):
        lines = Path('/proc/meminfo').read_text().splitlines()
        fields = dict(line.split(':', 1) for line in lines)
        found.append(1024 * int(fields['MemAvailable'].split()[0]))
    with suppress(OSError, ValueError):
        limit = int((CGROUP / 'memory.max').read_text())  # ValueError: 'max', no limit
        found.append(limit - int((CGROUP / 'memory.current').read_text()))
    return min(found, default=None)


def memory_note(workers: int, bytes_each: int, free: int | None) -> str:
    """Return what workers need beside what is free, and advice if it does not suffice."""
    shown = _shown(bytes_each)
    need = (
        f'{workers} workers need about {shown} each'
        if workers > 1
        else f'1 worker needs about {shown}'
    )
    if free is None:
        return f'memory: {need}'
    text = f'memory: {need}, {_shown(free)} are free'
    if workers * bytes_each <= free:
        return text
    fitting = max(1, free // max(1, bytes_each))
    return f'{text}: they will not fit, use {fitting} instead'


def _shown(number: int) -> str:
    return f'{number / 1e9:.1f} GB'
