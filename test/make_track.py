# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A track with given values, for tests that need few of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from fairmot_ros.types import Track, TrackState


def make_track(
    track_id: int = 1, box_xywh: Any = (10.0, 20.0, 30.0, 60.0), **values: Any
) -> Track:
    """Return a tracked person that stands still, unless `values` say otherwise."""
    defaults = {
        'score': 0.9,
        'class_id': 0,
        'velocity': np.zeros(2),
        'covariance': np.eye(4),
        'embedding': None,
        'state': TrackState.TRACKED,
        'hits': 3,
        'age': 1.0,
        'time_since_update': 0.0,
    }
    return Track(track_id, np.array(box_xywh, float), **{**defaults, **values})
