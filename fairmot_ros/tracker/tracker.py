# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tracker of one camera: turns detections into tracks with persistent ids."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.tracker.associations import ASSOCIATIONS, REFERENCE_VARIANTS, Association
from fairmot_ros.tracker.config import TrackerConfig
from fairmot_ros.tracker.gallery import Gallery
from fairmot_ros.tracker.gallery.reidentification import Reidentification
from fairmot_ros.tracker.snapshot import snapshot
from fairmot_ros.types import Detections, Tracks, TrackState

if TYPE_CHECKING:
    from fairmot_ros.tracker.motion.camera_motion import CameraMotion


class Tracker:
    """Tracks the detections of one camera.

    Attributes:
        config: the current settings.
        ignored_detections: number of detections above `max_detections` in the last frame, which
            were not used.

    Examples:
        A person walks to the right by 30 pixels in each tenth of a second.

        >>> from fairmot_ros.tracker import Tracker
        >>> from fairmot_ros.types import Detections
        >>> tracker = Tracker()
        >>> for i in range(5):
        ...     box = [100 + 30 * i, 50, 180 + 30 * i, 250]
        ...     tracks = tracker.update(Detections([box], [0.9]), stamp=0.1 * i)
        >>> (track,) = tracks
        >>> track.track_id, track.hits, track.state.name
        (1, 5, 'TRACKED')
        >>> bool(abs(track.velocity[0] - 300) < 10)  # pixels per second
        True

        A missed detection makes the track lost; it can be matched again for `lost_timeout`.

        >>> len(tracker.update(Detections.empty(), stamp=0.5)), len(tracker.lost)
        (0, 1)
    """

    def __init__(
        self,
        config: TrackerConfig | None = None,
        *,
        last_id: int = 0,
        gallery: Gallery | None = None,
    ) -> None:
        """Start without tracks.

        Args:
            config: the settings; the defaults if None.
            last_id: highest id already in use; the first track gets the next one.
            gallery: stores ended tracks, so that a returning person gets the former id.

        Raises:
            ValueError: if a gallery is given, but the settings do not use embeddings.
        """
        self.config = config or TrackerConfig()
        if gallery is not None and not self.config.uses_embeddings:
            raise ValueError(
                'a gallery needs embeddings: use an association with embeddings and use_appearance'
            )
        self._reidentification = None if gallery is None else Reidentification(gallery)
        self._last_id = last_id
        self.ignored_detections = 0
        self.reset()

    def reset(self) -> None:
        """Drop all tracks; ids continue from the last one."""
        self._association: Association = ASSOCIATIONS[self.config.association](self.config)
        self._last_stamp: float | None = None
        self._camera: CameraMotion | None = None
        if self._reidentification is not None:
            self._reidentification.restart()

    @property
    def last_id(self) -> int:
        """The highest id given so far, 0 before the first."""
        return self._last_id

    def reconfigure(self, config: TrackerConfig) -> None:
        """Change the settings and keep the tracks.

        Raises:
            ValueError: if the new settings change the association, or the frame rate or the use of
                embeddings of a reference association.
        """
        if ASSOCIATIONS[config.association] is not ASSOCIATIONS[self.config.association]:
            raise ValueError(
                f'the association cannot change while tracking, from '
                f'{self.config.association!r} to {config.association!r}; make a new Tracker'
            )
        self._association.configure(config)
        self.config = config

    def update(
        self,
        detections: Detections,
        stamp: float | None = None,
        image: NDArray[np.uint8] | None = None,
        camera_motion: ArrayLike | None = None,
    ) -> Tracks:
        """Process the detections of one frame.

        Args:
            detections: detections of any score; the `max_detections` with the highest scores are
                used. Without embeddings, this frame is matched by boxes only.
            stamp: time of the frame in seconds, later than the last one. Reference associations
                count frames and ignore it.
            image: uint8 [H, W, 3] BGR; used if the settings enable camera motion estimation.
            camera_motion: [2, 3], maps pixels of the previous frame to this one.

        Returns:
            The confirmed tracks matched in this frame, oldest first. Reference associations put
            rematched lost tracks last.

        Raises:
            ValueError: if the stamp is missing or does not increase; if embeddings are required
                but missing, not finite or of another size than before; if the camera motion or
                the image has an invalid shape. The tracks are then unchanged.
        """
        self._check_embeddings(detections)
        association = self._association
        if association.needs_stamp:
            stamp = self._check_stamp(stamp)
        used = detections
        if self.config.association not in REFERENCE_VARIANTS:
            used = detections.best(self.config.max_detections)
        self.ignored_detections = len(detections) - len(used)
        motion = self._motion(used, image, camera_motion)
        self._last_id += association.step(used, stamp, self._last_id + 1, motion)
        self._last_stamp = stamp
        if self._reidentification is not None:
            self._reidentification.update(association)
        return snapshot(association, association.visible, TrackState.TRACKED)

    @property
    def lost(self) -> Tracks:
        """Tracks that were not matched in the last frame but can be matched again."""
        return snapshot(self._association, self._association.lost, TrackState.LOST)

    @property
    def tentative(self) -> Tracks:
        """Tracks that are not confirmed yet."""
        return snapshot(self._association, self._association.tentative, TrackState.TENTATIVE)

    def _motion(
        self,
        detections: Detections,
        image: NDArray[np.uint8] | None,
        camera_motion: ArrayLike | None,
    ) -> NDArray[np.float64] | None:
        """Return the camera motion, given or estimated from the image; None if unknown."""
        given = None if camera_motion is None else _check_motion(camera_motion)
        if not self._association.estimates_camera_motion:
            return given
        config = self.config
        if not config.use_camera_motion:
            return None
        if given is not None or image is None or not config.estimate_camera_motion:
            if self._camera is not None:
                self._camera.reset()  # its image is not that of the previous frame any more
            return given
        if self._camera is None:
            # Imported here because it needs OpenCV, unlike the rest of the tracker.
            from fairmot_ros.tracker.motion.camera_motion import CameraMotion

            self._camera = CameraMotion()
        return self._camera.estimate(image, detections.boxes_xyxy.astype(np.float64))

    def _check_stamp(self, stamp: float | None) -> float:
        if stamp is None or not math.isfinite(stamp):
            raise ValueError(
                f'stamp must be the time of the frame in seconds, got {stamp}; only reference '
                'associations (TrackerConfig.reference) count frames instead'
            )
        if self._last_stamp is not None and stamp <= self._last_stamp:
            raise ValueError(
                f'stamp must increase: got {stamp} after {self._last_stamp}; '
                'call reset() before time starts again'
            )
        return float(stamp)

    def _check_embeddings(self, detections: Detections) -> None:
        """Check embeddings that will be stored, and add them to the table if they are new."""
        association, embeddings = self._association, detections.embeddings
        if not (len(detections) and association.stores_embeddings):
            return
        if embeddings is None:
            if association.requires_embeddings:
                raise ValueError(
                    f'the association {self.config.association!r} needs embeddings, but the '
                    "detections have none; use variant 'byte' to track by boxes only"
                )
            return
        size, known = embeddings.shape[1], association.table.embeddings.shape[1]
        if known not in (0, size):
            raise ValueError(
                f'embeddings have {size} numbers, but those of the tracks have {known}; '
                'call reset() after changing the model'
            )
        if not np.isfinite(embeddings).all():
            raise ValueError('embeddings must be finite numbers')
        if not known:
            association.table.add_embeddings(size)


def _check_motion(camera_motion: ArrayLike) -> NDArray[np.float64]:
    motion = np.asarray(camera_motion, dtype=np.float64)
    if motion.shape != (2, 3) or not np.isfinite(motion).all():
        raise ValueError(
            f'camera_motion must be a finite array of shape [2, 3], got {list(motion.shape)}'
        )
    return motion
