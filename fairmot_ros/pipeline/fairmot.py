"""Detector and tracker as one object: image in, tracks out, no ROS needed."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.pipeline.frame_tracker import FrameTracker
from fairmot_ros.pipeline.settings import FrameSettings
from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.tracker.config import with_model_thresholds
from fairmot_ros.types import Tracks

if TYPE_CHECKING:
    from fairmot_ros.detector import Detector

logger = logging.getLogger(__name__)


class FairMOT:
    """Tracks people through the images of one camera.

    Attributes:
        detector: image to detections.
        frames: judges stamps and sizes, and tracks.

    Examples:
        The first second of a clip that ships with the package:

        >>> import cv2, fairmot_ros
        >>> from pathlib import Path
        >>> from fairmot_ros.pipeline import FairMOT
        >>> clip = Path(fairmot_ros.__file__).parent / 'data' / 'indoor.mp4'
        >>> video, fairmot = cv2.VideoCapture(str(clip)), FairMOT()
        >>> for i in range(10):
        ...     _, image = video.read()
        ...     tracks = fairmot(image, stamp=i / 10)
        >>> [(track.track_id, track.hits) for track in tracks]
        [(1, 10)]
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
        from fairmot_ros.detector import (
            Detector,
        )  # brings torch, which tracking alone does not need

        self.detector: Detector = Detector(weights, device=device, **detector_options)
        if tracker is None:
            tracker = TrackerConfig(**with_model_thresholds({}, self.detector.info.thresholds))
        self.frames = FrameTracker(FrameSettings(tracker), self.detector.model_name)

    @property
    def tracker(self) -> Tracker:
        """Detections to tracks."""
        return self.frames.tracker

    def __call__(self, image_bgr: NDArray[np.uint8], stamp: float) -> Tracks:
        """Return the tracks visible in an image.

        A stamp that jumps, or another image size, drops all tracks; a repeated stamp, or one that
        goes back a little once, gives no tracks. The log says so, see `StampPolicy`.

        Args:
            image_bgr: uint8 [H, W, 3].
            stamp: time of the image in seconds.
        """
        height, width = image_bgr.shape[:2]
        decision = self.frames.admit(stamp, (width, height))
        if decision.reason:
            logger.warning('%s', decision.reason)
        if not decision.is_tracked:
            return Tracks.of([])
        return self.frames.track(self.detector(image_bgr), stamp, image_bgr)

    def warm_up(self) -> None:
        """See `Detector.warm_up`."""
        self.detector.warm_up()
