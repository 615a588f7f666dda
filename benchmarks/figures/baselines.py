# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Other trackers on the sequences, from cached detections: they do not depend on the weights."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from benchmarks.detector_tables import BYTE_THRESHOLD, with_images
from benchmarks.figures.measured import SEQUENCES, Metrics, metrics_by_sequence
from benchmarks.recorded_detections import MakeConfig, Sequence, reference
from benchmarks.teacher_detections import network_file, teacher_detectors, two_stage

YOLOX_BYTE = f'YOLOX-nano, `byte` at {BYTE_THRESHOLD}'
#: Detectors of the two-stage pipeline, by the names that the documents give it.
TWO_STAGE = {
    'two stages, 0201': 'person-detection-0201',
    'two stages, adas-0002': 'pedestrian-detection-adas-0002',
}
SMALL_INPUT = ('TUD-Campus',)  # where YOLOX-nano is better at 416 x 416 than at 640 x 480


def baseline_metrics(cache: Path) -> dict[str, dict[str, Metrics]]:
    """Return the tracking metrics by sequence of each baseline."""
    baselines = {YOLOX_BYTE: _metrics(yolox_boxes(cache), reference('byte', BYTE_THRESHOLD))}
    for title, detector in TWO_STAGE.items():
        sequences = with_images(
            f'{detector} with re-identification',
            partial(two_stage, network_file(detector)),
            SEQUENCES,
            cache,
        )
        baselines[title] = _metrics(sequences, reference('byte_reid'))
    return baselines


def yolox_boxes(cache: Path) -> dict[str, Sequence]:
    """Return the sequences with the boxes of YOLOX-nano, each at its better input size."""
    detectors = teacher_detectors()
    by_size = {
        'YOLOX-nano 640x480': [name for name in SEQUENCES if name not in SMALL_INPUT],
        'YOLOX-nano 416x416': SMALL_INPUT,
    }
    found: dict[str, Sequence] = {}
    for detector, names in by_size.items():
        found |= with_images(detector, detectors[detector], names, cache)
    return {name: found[name] for name in SEQUENCES}


def _metrics(sequences: Mapping[str, Sequence], make: MakeConfig) -> dict[str, Metrics]:
    return metrics_by_sequence(
        {name: (s.truth, s.results(make(s.rate))) for name, s in sequences.items()}
    )
