# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tracks after a second pass, which uses later frames, as MOTChallenge text."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fairmot_ros.evaluation.mot.text_format import (
    FRAME,
    MAX_COLUMNS,
    MotArray,
    rows_of_tracks,
    write_mot,
)
from fairmot_ros.evaluation.refinement import (
    EmbeddingSampler,
    RefinementSettings,
    increasing_times,
    refine,
)
from fairmot_ros.standalone.outputs.base import Output, TrackedFrame


class RefinedText(Output):
    """MOTChallenge results with merged tracks, filled gaps and smoothed boxes.

    All tracks stay in memory until the end, about 80 bytes per box.
    """

    def __init__(self, path: Path, settings: RefinementSettings) -> None:
        """Start without frames; the file is written by `close` alone."""
        self._path = path
        self._settings = settings
        self._sampler = EmbeddingSampler()
        self._numbers: list[int] = []
        self._stamps: list[float] = []
        self._rows: list[MotArray] = [np.zeros((0, MAX_COLUMNS))]
        self._notes: list[str] = []

    def write(self, frame: TrackedFrame) -> None:
        """See `Output.write`."""
        self._numbers.append(frame.number)
        self._stamps.append(frame.stamp)
        # Consecutive numbers, so that only frames that were used are filled.
        self._rows.append(rows_of_tracks(len(self._numbers), frame.tracks))
        self._sampler.add(frame.tracks, frame.stamp)

    def close(self) -> list[Path]:
        """See `Output.close`."""
        stamps = np.array(self._stamps)
        times = increasing_times(stamps, np.ones(len(stamps), np.bool_))
        refined = refine(
            np.concatenate(self._rows), times, self._sampler.samples(), self._settings
        )
        rows = refined.rows
        rows[:, FRAME] = np.array(self._numbers)[rows[:, FRAME].astype(np.int64) - 1]
        write_mot(self._path, rows)
        self._notes.append(
            f'{self._path.name} uses later frames: {len(refined.merged)} tracks are merged into '
            f'earlier ones, and {int(refined.added.sum())} boxes are added'
        )
        return [self._path]

    def discard(self) -> None:
        """See `Output.discard`; there is no temporary file."""

    def notes(self) -> list[str]:
        """See `Output.notes`."""
        return self._notes
