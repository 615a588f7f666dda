# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What the file of the default model holds."""

from __future__ import annotations

from benchmarks.figures.markdown import table
from benchmarks.figures.measured import Measured
from fairmot_ros.detector.detector import DEFAULT_WEIGHTS
from fairmot_ros.network import load_checkpoint


def parts(measured: Measured) -> dict[str, str]:
    """Return the parts `facts` and `thresholds`."""
    network = load_checkpoint(DEFAULT_WEIGHTS)
    info = measured.model.detector.info
    config = measured.model.tracker.config
    parameters = sum(p.numel() for p in network.parameters()) / 1e6
    width, height = measured.model.detector.input_size
    size = DEFAULT_WEIGHTS.stat().st_size / 1e6
    rows = [
        ('file', f'`fairmot_ros/weights/default.pth`, {size:.1f} MB'),
        ('SHA-256', f'`{info.sha256}`'),
        ('architecture', f'`{info.architecture}`, {parameters:.2f} million parameters'),
        ('input', f'{width} x {height} by default, any multiple of 32'),
        ('embedding', f'{measured.model.detector.embedding_size} numbers'),
    ]
    thresholds = (
        'The thresholds of the tracker travel with the weights: '
        f'{config.low_score_threshold:g} to continue a track, {config.score_threshold:g} to\n'
        f'match any track, {config.new_track_threshold:g} to start one. Parameters override them.'
    )
    return {'facts': table(('', ''), rows), 'thresholds': thresholds}
