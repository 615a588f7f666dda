# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tracking of one frame: check its stamp and size, reset or update the tracker, filter tracks."""

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
    """Decision on a frame.

    Attributes:
        action: TRACK or SKIP the frame; RESET if all tracks were dropped before tracking it.
        reason: why the frame is skipped or the tracks were dropped, as a sentence; '' otherwise.
    """

    action: StampDecision
    reason: str = ''

    @property
    def is_tracked(self) -> bool:
        """Whether to call `FrameTracker.track`."""
        return self.action is not StampDecision.SKIP


class FrameTracker:
    """Tracks the frames of one camera; used by nodes, evaluation and `FairMOT` alike.

    Call `admit` with the stamp and size of every frame, then `track` with its detections unless
    the frame is skipped.

    Attributes:
        tracker: turns detections into tracks.
        gallery: gallery of the tracker, None without one.
        stamps: decides on stamps.
        settings: current settings.
    """

    def __init__(self, settings: FrameSettings, model: str = '', last_id: int = 0) -> None:
        """Start without tracks.

        Args:
            settings: settings of tracker, gallery, stamps and filter.
            model: name of the model that computes the embeddings.
            last_id: highest track id already in use; the first track gets the next one.
        """
        self.settings = settings
        self.gallery = None if settings.gallery is None else Gallery(settings.gallery, model)
        self.tracker = Tracker(settings.tracker, last_id=last_id, gallery=self.gallery)
        self.stamps = StampPolicy(settings.stamps)
        self._size: tuple[int, int] | None = None

    def configure(self, settings: FrameSettings) -> None:
        """Use other settings from the next frame on; the tracks are kept.

        Raises:
            ValueError: if a setting differs that cannot change while tracking.
        """
        if (settings.gallery is None) != (self.gallery is None):
            raise ValueError('gallery cannot change while tracking; make a new FrameTracker')
        self.tracker.reconfigure(settings.tracker)
        if self.gallery is not None and settings.gallery is not None:
            self.gallery.config = settings.gallery
        self.stamps.settings = settings.stamps
        self.settings = settings

    def reset(self) -> None:
        """Drop all tracks and accept any next stamp; ids continue from the last one."""
        self.tracker.reset()
        self.stamps.reset()

    def admit(self, stamp: float, size: tuple[int, int] | None = None) -> FrameDecision:
        """Decide on the next frame, and drop all tracks after a jump in time or a new image size.

        Args:
            stamp: time of the frame in seconds.
            size: (width, height) of the image; None if unknown.
        """
        action = self.stamps.decide(stamp)
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
                    f'image size changed from {_size_text(last)} to {_size_text(size)}: '
                    'dropping all tracks'
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
        """Update the tracker with an admitted frame.

        Args:
            detections: detections of the frame.
            stamp: stamp that was passed to `admit`.
            image: uint8 [H, W, 3] BGR, for the estimation of camera motion.
            camera_motion: float [2, 3], maps pixels of the previous frame to this one.

        Returns:
            The tracks matched in this frame that pass the output filter.
        """
        tracks = self.tracker.update(
            detections, self.time_of(stamp), image=image, camera_motion=camera_motion
        )
        limits = self.settings.filter
        return filter_tracks(tracks, limits.min_box_area, limits.max_box_aspect)

    def time_of(self, stamp: float) -> float:
        """Return the time of the tracker, which always increases, for an admitted stamp."""
        return self.stamps.tracker_time(stamp)

    @property
    def lost(self) -> Tracks:
        """Tracks that were not matched in the last frame but can be matched again."""
        return self.tracker.lost

    @property
    def tentative(self) -> Tracks:
        """Tracks that are not confirmed yet."""
        return self.tracker.tentative


def _size_text(size: tuple[int, int] | None) -> str:
    return '{}x{}'.format(*size) if size else ''
