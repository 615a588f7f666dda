# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The association with the boxes of several detectors, the default model among them."""

from __future__ import annotations

from benchmarks.detector_tables import ASSOCIATIONS, FIXED_THRESHOLDS, recorded, with_images
from benchmarks.figures.markdown import percents, table
from benchmarks.figures.measured import SEQUENCES, Measured
from benchmarks.recorded_detections import MakeConfig, Sequence, measure
from benchmarks.teacher_detections import MIN_SCORE, teacher_detectors

DEFAULT_MODEL = 'default model'
FIXED = 'YOLOX-nano 640x480'  # beside the default model with fixed thresholds


def parts(measured: Measured) -> dict[str, str]:
    """Return the part `detectors`."""
    rows, fixed = [], {}
    for detector, sequences in sequences_by_detector(measured).items():
        rows.append((detector, *(combined(sequences, make) for make in ASSOCIATIONS.values())))
        if detector in (FIXED, DEFAULT_MODEL):
            fixed[detector] = combined(sequences, lambda _: FIXED_THRESHOLDS)
    note = (
        f'With `score_threshold: {FIXED_THRESHOLDS.score_threshold:g}`, `new_track_threshold: '
        f'{FIXED_THRESHOLDS.new_track_threshold:g}` and `min_score_scale: '
        f'{FIXED_THRESHOLDS.min_score_scale:.1f}`, the default association\nreaches '
        f'{fixed[FIXED]} with {FIXED} and {fixed[DEFAULT_MODEL]} with the default model.'
    )
    return {'detectors': f'{table(("detector", *ASSOCIATIONS), rows)}\n\n{note}'}


def sequences_by_detector(measured: Measured) -> dict[str, dict[str, Sequence]]:
    """Return all sequences with the detections of each detector."""
    teachers = {
        name: with_images(name, make, SEQUENCES, measured.cache)
        for name, make in teacher_detectors().items()
    }
    labelled = {name: result.sequence for name, result in measured.results.items()}
    frames = {
        name: [found[found.scores > MIN_SCORE] for found in result.detections]
        for name, result in measured.results.items()
    }
    return {**teachers, DEFAULT_MODEL: recorded(labelled, frames)}


def combined(sequences: dict[str, Sequence], make: MakeConfig) -> str:
    """Return the metrics over all sequences."""
    return percents(measure(sequences, make)['COMBINED'])
