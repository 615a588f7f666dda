"""Allocator settings for networks on the CPU."""

from __future__ import annotations

import contextlib
import ctypes
import sys

# M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h: the largest values that glibc takes. And
# M_TOP_PAD: the size of a heap; with less, glibc unmaps the heaps of threads other than the main
# one as soon as they are empty.
MALLOC_OPTIONS = ((-1, 2**31 - 1), (-3, 2**25), (-2, 2**26))


def keep_freed_memory() -> None:
    """Raise glibc's malloc thresholds, for the whole process, so that freed memory is reused.

    By default a network's maps are returned to the system after every image and the same pages
    are fetched again for the next one, which was a fifth of the time of a light network.
    """
    if sys.platform != 'linux':
        return
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for parameter, value in MALLOC_OPTIONS:
            mallopt(parameter, value)
