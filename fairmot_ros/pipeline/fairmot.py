"""Detector and tracker as one object: image in, tracks out, no ROS needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.detector import Detector
from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.tracker.config import with_model_thresholds
from fairmot_ros.types import Track


class FairMOT:
    """Tracks people through the images of one camera.

    Attributes:
        detector: image to detections.
        tracker: detections to tracks.
    """

    def __init__(
        self,
        weights: str | Path = 'default',
        device: str = 'auto',
        tracker: TrackerConfig | None = None,
        **detector_options: Any,
    ) -> None:
        """Load the network and create a tracker.

        Args:
            weights: see `Detector`.
            device: see `Detector`.
            tracker: settings of the tracker; the defaults with the model's thresholds if None.
            **detector_options: further arguments of `Detector`.
        """
        self.detector = Detector(weights, device=device, **detector_options)
        if tracker is None:
            tracker = TrackerConfig(**with_model_thresholds({}, self.detector.info.thresholds))
        self.tracker = Tracker(tracker)

    def __call__(self, image_bgr: NDArray[np.uint8], stamp: float) -> list[Track]:
        """Return the tracks visible in an image.

        Args:
            image_bgr: uint8 [H, W, 3].
            stamp: seconds, greater than the last image's.
        """
        return self.tracker.update(self.detector(image_bgr), stamp, image=image_bgr)

    def warm_up(self) -> None:
        """See `Detector.warm_up`."""
        self.detector.warm_up()


def filter_tracks(
    tracks: Sequence[Track], min_area: float = 0.0, max_aspect: float = 0.0
) -> list[Track]:
    """Drop tracks whose box is too small or too wide, as the published demo does.

    Args:
        tracks: in any order, which is kept.
        min_area: smallest width x height in square pixels that is dropped; 0 keeps all
            (the published value is 100).
        max_aspect: largest width / height that is kept; 0 keeps all (published: 1.6).
    """
    kept = []
    for track in tracks:
        width, height = track.box_xywh[2:]
        if min_area > 0 and not width * height > min_area:
            continue
        if max_aspect > 0 and width > max_aspect * height:
            continue
        kept.append(track)
    return kept
