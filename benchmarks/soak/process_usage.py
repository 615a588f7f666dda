# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What a process holds at the moment (Linux)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf('SC_PAGE_SIZE')


@dataclass(frozen=True)
class Usage:
    """Resources of a process.

    Attributes:
        memory: resident memory in MB.
        descriptors: open file descriptors.
        threads: threads.
    """

    memory: float
    descriptors: int
    threads: int


def usage_of(pid: int) -> Usage:
    """Return what a process holds.

    Raises:
        OSError: if the process has ended.
    """
    folder = Path('/proc', str(pid))
    resident = int((folder / 'statm').read_text().split()[1])
    return Usage(
        memory=resident * PAGE / 1e6,
        descriptors=len(list((folder / 'fd').iterdir())),
        threads=len(list((folder / 'task').iterdir())),
    )
