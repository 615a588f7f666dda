"""The filter of the reference's demo: of tracks by the shape of their boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fairmot_ros.settings import Settings, setting
from fairmot_ros.types import Track, Tracks


@dataclass(frozen=True)
class FilterSettings(Settings):
    """Limits on the boxes of tracks; 0 keeps all."""

    min_box_area: float = setting(
        0.0,
        'tracks with a box of this area or less are not published; 0 is off, the demo of the '
        'reference has 100',
        unit='square pixels',
        low=0.0,
        high=1e9,
    )
    max_box_aspect: float = setting(
        0.0,
        'tracks with a box wider than this many times its height are not published; 0 is off, the '
        'demo of the reference has 1.6',
        low=0.0,
        high=100.0,
    )


def filter_tracks(
    tracks: Sequence[Track], min_area: float = 0.0, max_aspect: float = 0.0
) -> Tracks:
    """Drop tracks whose box is too small or too wide, as the reference's demo does.

    Args:
        tracks: in any order, which is kept.
        min_area: largest width x height in square pixels that is dropped; 0 keeps all.
        max_aspect: largest width / height that is kept; 0 keeps all.
    """
    found = tracks if isinstance(tracks, Tracks) else Tracks.of(tracks)
    width, height = found.boxes_xywh[:, 2:].T
    kept = np.ones(len(found), np.bool_)
    if min_area > 0:
        kept &= width * height > min_area
    if max_aspect > 0:
        kept &= width <= max_aspect * height
    return found if kept.all() else found[kept]
