"""The way of one frame: judge its stamp and size, reset or update the tracker, filter tracks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.pipeline.output_filter import filter_tracks
from fairmot_ros.pipeline.settings import FrameSettings
from fairmot_ros.pipeline.stamp_policy import StampDecision, StampPolicy
from fairmot_ros.tracker import Tracker
from fairmot_ros.tracker.gallery import Gallery
from fairmot_ros.types import Detections, Tracks


@dataclass(frozen=True)
class FrameDecision:
    """What is done with a frame.

    Attributes:
        action: TRACK, SKIP, or RESET: all tracks were dropped and the frame is to be tracked.
        reason: of a skip or reset, a sentence; '' otherwise.
    """

    action: StampDecision
    reason: str = ''

    @property
    def is_tracked(self) -> bool:
        """Whether `FrameTracker.track` is to be called."""
        return self.action is not StampDecision.SKIP


class FrameTracker:
    """Tracks the frames of one camera, whoever delivers them: node, evaluation or Python user.

    Call `admit` with the stamp and size of every frame, then, unless it is skipped, `track` with
    its detections.

    Attributes:
        tracker: from detections to tracks.
        gallery: of the tracker, None without one.
        stamps: judges the stamps.
        settings: in use.
    """

    def __init__(self, settings: FrameSettings, model: str = '', last_id: int = 0) -> None:
        """Start without tracks.

        Args:
            settings: of tracker, gallery, stamps and filter.
            model: what makes the embeddings.
            last_id: the first track id is one more.
        """
        self.settings = settings
        self.gallery = None if settings.gallery is None else Gallery(settings.gallery, model)
        self.tracker = Tracker(settings.tracker, last_id=last_id, gallery=self.gallery)
        self.stamps = StampPolicy(settings.stamps)
        self._size: tuple[int, int] | None = None

    def configure(self, settings: FrameSettings) -> None:
        """Use other settings from the next frame on; the tracks are kept.

        Raises:
            ValueError: if a setting changed that is fixed when the tracker is made.
        """
        if (settings.gallery is None) != (self.gallery is None):
            raise ValueError('gallery cannot change while tracking')
        self.tracker.reconfigure(settings.tracker)
        if self.gallery is not None and settings.gallery is not None:
            self.gallery.config = settings.gallery
        self.stamps.settings = settings.stamps
        self.settings = settings

    def reset(self) -> None:
        """Drop all tracks and accept any stamp next; ids continue."""
        self.tracker.reset()
        self.stamps.forget()

    def admit(self, stamp: float, size: tuple[int, int] | None = None) -> FrameDecision:
        """Decide on the next frame, and drop the tracks where it starts anew.

        Args:
            stamp: of the frame, seconds.
            size: (width, height) of the image, None if it is not known.
        """
        action = self.stamps.judge(stamp)
        if action is StampDecision.SKIP:
            return FrameDecision(
                action, f'the stamp {stamp:.3f} s repeats or goes back: the frame is skipped'
            )
        reason = ''
        if action is StampDecision.RESET:
            reason = f'time jumped to {stamp:.3f} s: dropping all tracks'
        if size is not None:
            last, self._size = self._size, size
            if last not in (None, size):
                action = StampDecision.RESET
                reason = (
                    f'image size changed from {_show(last)} to {_show(size)}: dropping all tracks'
                )
        if action is StampDecision.RESET:
            self.tracker.reset()
        return FrameDecision(action, reason)

    def track(
        self,
        detections: Detections,
        stamp: float,
        image: NDArray[np.uint8] | None = None,
        camera_motion: ArrayLike | None = None,
    ) -> Tracks:
        """Update the tracker with an admitted frame; return the visible tracks that are kept.

        Args:
            detections: in the frame.
            stamp: as given to `admit`.
            image: uint8 BGR [H, W, 3], for the estimation of camera motion.
            camera_motion: float [2, 3], from pixels of the previous image to this one's.
        """
        tracks = self.tracker.update(
            detections, self.time_of(stamp), image=image, camera_motion=camera_motion
        )
        limits = self.settings.filter
        return filter_tracks(tracks, limits.min_box_area, limits.max_box_aspect)

    def time_of(self, stamp: float) -> float:
        """Return the time of the tracker, which always increases, at an admitted stamp."""
        return self.stamps.tracker_time(stamp)

    @property
    def lost(self) -> Tracks:
        """Lost tracks after the last frame."""
        return self.tracker.lost

    @property
    def tentative(self) -> Tracks:
        """Tentative tracks after the last frame."""
        return self.tracker.tentative


def _show(size: tuple[int, int] | None) -> str:
    return '{}x{}'.format(*size) if size else ''
