# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Allocator settings for processes that run networks on the CPU with torch.

They hold for the whole process, so commands and nodes apply them; the library does not.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys

# (parameter of mallopt, value): the largest values that glibc accepts for M_TRIM_THRESHOLD and
# M_MMAP_THRESHOLD, and the size of a heap for M_TOP_PAD. With a smaller M_TOP_PAD, glibc unmaps
# empty heaps of threads other than the main one.
MALLOC_OPTIONS = ((-1, 2**31 - 1), (-3, 2**25), (-2, 2**26))


def keep_freed_memory() -> None:
    """Raise glibc's malloc thresholds, for the whole process, so that freed memory is reused.

    By default, glibc returns the memory of torch's maps to the system after every image and maps
    it again for the next one, which took a fifth of the time of a light network. Other platforms
    than Linux keep their settings.
    """
    if sys.platform != 'linux':
        return
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for parameter, value in MALLOC_OPTIONS:
            mallopt(parameter, value)
