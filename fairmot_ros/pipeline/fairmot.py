# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Detector and tracker in one object: image in, tracks out; no ROS."""

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
    """Tracks people in the images of one camera.

    Attributes:
        detector: turns images into detections.
        frames: checks stamps and image sizes, and turns detections into tracks.

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
            weights: checkpoint, see `Detector`.
            device: device of the network, see `Detector`.
            tracker: settings of the tracker; by default, those of `TrackerConfig` with the
                thresholds of the model.
            **detector_options: further arguments of `Detector`.
        """
        # Imported here because it needs torch, unlike the rest of the pipeline.
        from fairmot_ros.detector import Detector

        self.detector: Detector = Detector(weights, device=device, **detector_options)
        if tracker is None:
            tracker = TrackerConfig(**with_model_thresholds({}, self.detector.info.thresholds))
        self.frames = FrameTracker(FrameSettings(tracker), self.detector.model_name)

    @classmethod
    def from_detector(cls, detector: Detector, settings: FrameSettings) -> FairMOT:
        """Return an object with a detector that is already loaded, which others may use as well.

        Args:
            detector: turns images into detections.
            settings: settings of tracker, gallery, stamps and filter.
        """
        created = cls.__new__(cls)
        created.detector = detector
        created.frames = FrameTracker(settings, detector.model_name)
        return created

    @property
    def tracker(self) -> Tracker:
        """The tracker, which turns detections into tracks."""
        return self.frames.tracker

    def __call__(self, image_bgr: NDArray[np.uint8], stamp: float) -> Tracks:
        """Return the tracks visible in an image.

        A jump in time or a change of the image size drops all tracks. A frame that is skipped,
        because its stamp is repeated or out of order, has no tracks. Both are logged; see
        `StampPolicy`.

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
