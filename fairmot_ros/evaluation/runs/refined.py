# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Refined runs: a second pass over the tracks of an offline run, which uses later frames."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fairmot_ros.evaluation.bags.frames import seconds_of
from fairmot_ros.evaluation.refinement import RefinementSettings, increasing_times, refine
from fairmot_ros.evaluation.runs.run_scores import Mode, Run


def refined_run(run: Run, settings: RefinementSettings) -> Run:
    """Return an offline run with merged and completed tracks; a note says what changed."""
    stamps = np.array([seconds_of(stamp) for stamp in run.recording.frames.stamps.tolist()])
    times = increasing_times(stamps, run.processed)
    refined = refine(run.rows, times, run.embeddings, settings)
    note = (
        f'refined with later frames: {len(refined.merged)} of {run.tracks} tracks are merged into '
        f'earlier ones, and {int(refined.added.sum())} boxes are added'
    )
    return replace(
        run, mode=Mode(refined=True), rows=refined.rows, notes=(*run.notes, note), embeddings=None
    )
