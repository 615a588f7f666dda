# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Detection of cameras whose messages arrive but are never processed."""

from __future__ import annotations

from fairmot_ros.ros.health.statistics import Counters

#: Skipped messages since the last processed one that count as a stall.
STALL_LENGTH = 3


class StallDetector:
    """Compares counters over time; failed frames are reported by `Statistics.last_error`."""

    def __init__(self) -> None:
        """Start with all counters at zero."""
        self._last_progress = Counters()

    def warning(self, counters: Counters) -> str:
        """Return why messages since the last processed frame were skipped, '' without a stall."""
        stale = counters.stale - self._last_progress.stale
        skipped = counters.skipped - self._last_progress.skipped
        if counters.processed > self._last_progress.processed:
            self._last_progress = counters
        elif max(stale, skipped) >= STALL_LENGTH:
            if stale >= skipped:
                return (
                    f'the last {stale} messages were all older than max_input_age: raise it, or '
                    'synchronise the clock of the camera; bags need use_sim_time and --clock'
                )
            return (
                f'the last {skipped} messages were skipped because their stamps do not increase: '
                'set the stamp of each image to its time of exposure'
            )
        return ''
