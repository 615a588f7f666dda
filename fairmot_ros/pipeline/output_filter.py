# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Output filter: drop tracks with small or wide boxes, as the demo of the reference does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fairmot_ros.settings import Settings, setting
from fairmot_ros.types import Track, Tracks


@dataclass(frozen=True)
class FilterSettings(Settings):
    """Thresholds of the output filter; 0 disables each."""

    min_box_area: float = setting(
        0.0,
        'tracks with a box of at most this area are not published; 0 disables it; the demo of the '
        'reference uses 100',
        unit='square pixels',
        low=0.0,
        high=1e9,
    )
    max_box_aspect: float = setting(
        0.0,
        'tracks with a box of a larger width / height are not published; 0 disables it; the demo '
        'of the reference uses 1.6',
        low=0.0,
        high=100.0,
    )


def filter_tracks(
    tracks: Sequence[Track], min_area: float = 0.0, max_aspect: float = 0.0
) -> Tracks:
    """Drop tracks whose box is too small or too wide; the order is kept.

    Args:
        tracks: the tracks.
        min_area: area, in square pixels, up to which boxes are dropped; 0 keeps all.
        max_aspect: largest width / height to keep; 0 keeps all.
    """
    given = tracks if isinstance(tracks, Tracks) else Tracks.of(tracks)
    width, height = given.boxes_xywh[:, 2:].T
    kept = np.ones(len(given), np.bool_)
    if min_area > 0:
        kept &= width * height > min_area
    if max_aspect > 0:
        kept &= width <= max_aspect * height
    return given if kept.all() else given[kept]
