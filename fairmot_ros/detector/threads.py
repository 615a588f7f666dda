# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Number of CPU threads of the detector."""

from __future__ import annotations

import os

import cv2
import torch

from fairmot_ros.detector.settings import MAX_THREADS


def use_threads(threads: int) -> int:
    """Apply a number of threads to torch and OpenCV for the whole process, and return it.

    Args:
        threads: 0 for the automatic number, which leaves one core to the callbacks of a node where
            there are more than two. It never raises what the process or its environment
            (``OMP_NUM_THREADS``) has set for torch.

    Raises:
        ValueError: if the number is out of range.
    """
    if not 0 <= threads <= MAX_THREADS:
        raise ValueError(f'threads must be within 0..{MAX_THREADS}, got {threads}')
    count = threads or min(torch.get_num_threads(), free_cores())
    if count != torch.get_num_threads():
        torch.set_num_threads(count)
    if threads or count < cv2.getNumThreads():
        cv2.setNumThreads(count)
    return count


def free_cores() -> int:
    """Return the cores of this process, less one where there are more than two."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on this platform
        cores = os.cpu_count() or 1
    return cores - 1 if cores > 2 else cores
