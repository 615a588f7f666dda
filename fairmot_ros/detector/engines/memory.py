"""Allocator settings of processes that run networks on the CPU with torch.

They hold for the whole process, so commands and nodes apply them; the library never does.
"""

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

    By default the maps that torch computes are returned to the system after every image and the
    same pages are fetched again for the next one, which was a fifth of the time of a light
    network. Other platforms than Linux are left alone.
    """
    if sys.platform != 'linux':
        return
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for parameter, value in MALLOC_OPTIONS:
            mallopt(parameter, value)
