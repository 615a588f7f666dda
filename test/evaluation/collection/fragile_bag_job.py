# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A job on a bag whose first worker is killed while it tracks the bag."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from fairmot_ros.evaluation.collection.bag_job import BagJob
from fairmot_ros.pipeline import FrameTracker

KILLED_AT = 3  # frame


@dataclass(frozen=True)
class FragileBagJob(BagJob):
    """Kills its worker in frame `KILLED_AT` unless the marker exists."""

    marker: Path = field(default=Path('killed'))

    def run(self, folder: Path, threads: int) -> list[str]:
        with _killing(self.marker):
            return super().run(folder, threads)


@contextmanager
def _killing(marker: Path) -> Iterator[None]:
    if marker.exists():
        yield
        return
    track, count = FrameTracker.track, 0

    def counted(*arguments: object) -> object:
        nonlocal count
        count += 1
        if count == KILLED_AT:
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return track(*arguments)

    with mock.patch.object(FrameTracker, 'track', counted):
        yield
