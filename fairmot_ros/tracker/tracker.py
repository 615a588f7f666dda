"""The tracker of one camera: from detections to tracks that keep their identity."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.tracker.association import Association
from fairmot_ros.tracker.config import TrackerConfig
from fairmot_ros.tracker.gallery import Gallery
from fairmot_ros.tracker.pairs import Rows
from fairmot_ros.tracker.published import PublishedAssociation
from fairmot_ros.tracker.reunion import Reunion
from fairmot_ros.tracker.snapshot import Snapshot
from fairmot_ros.types import Detections, Track, TrackState

if TYPE_CHECKING:
    from fairmot_ros.tracker.camera_motion import CameraMotion


class Tracker:
    """Gives detections of one camera lasting identities.

    Attributes:
        config: the settings in force.
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
            config: the settings.
            last_id: the first id will be one more.
            gallery: remembers those who leave; who comes back gets the old id.

        Raises:
            ValueError: if there is a gallery, but no embeddings to fill it.
        """
        self.config = config or TrackerConfig()
        if gallery is not None and not self.config.uses_embeddings:
            raise ValueError('a gallery needs embeddings, which these settings do not use')
        self._reunion = None if gallery is None else Reunion(gallery)
        self._last_id = last_id
        self.reset()

    def reset(self) -> None:
        """Drop all tracks; ids go on counting."""
        published = self.config.published
        self._association: Association | PublishedAssociation = (
            Association(self.config) if published is None else PublishedAssociation(published)
        )
        self._last_stamp: float | None = None
        self._camera: CameraMotion | None = None
        if self._reunion is not None:
            self._reunion.restart()

    @property
    def last_id(self) -> int:
        """The highest id given so far, 0 before the first."""
        return self._last_id

    def reconfigure(self, config: TrackerConfig) -> None:
        """Change the settings and keep the tracks.

        Raises:
            ValueError: if the new settings need another association, other data or another
                clock than the old.
        """
        if _kind(config) != _kind(self.config):
            raise ValueError(
                'the association, its frame rate and its use of embeddings cannot change while '
                'tracking; make a new Tracker'
            )
        self.config = config
        self._association.settings = config.published or config

    def update(
        self,
        detections: Detections,
        stamp: float | None = None,
        image: NDArray[np.uint8] | None = None,
        camera_motion: ArrayLike | None = None,
    ) -> list[Track]:
        """Match one image's detections with the tracks.

        Args:
            detections: of any scores; low ones are sorted out here. Without embeddings they are
                matched by their boxes alone, in this image.
            stamp: the image's time in seconds, greater than the last one's. The published
                association does not need it: it counts calls.
            image: uint8 BGR; used when the settings ask to estimate the camera's motion.
            camera_motion: [2, 3], maps pixels of the previous image to this one.

        Returns:
            The confirmed tracks that were seen in this image, oldest first; the published
            association puts those that it found again last.

        Raises:
            ValueError: if the stamp is missing or does not increase, embeddings are missing
                where they are needed, not finite or of another size than before, or the camera
                motion or the image has another shape. Nothing has changed then.
        """
        self._check_embeddings(detections)
        association, first_id = self._association, self._last_id + 1
        if isinstance(association, Association):
            stamp = self._check_stamp(stamp)
            motion = self._motion(detections, image, camera_motion)
            self._last_id += association.step(detections, stamp, first_id, motion)
            self._last_stamp = stamp
        else:
            given = None if camera_motion is None else _check_motion(camera_motion)
            self._last_id += association.step(detections, first_id, given)
        if self._reunion is not None:
            self._reunion.update(association)
        return self._tracks(association.visible, TrackState.TRACKED)

    @property
    def lost(self) -> list[Track]:
        """Tracks that were not seen in the last image but may come back."""
        return self._tracks(self._association.lost, TrackState.LOST)

    @property
    def tentative(self) -> list[Track]:
        """Tracks that are not confirmed yet."""
        return self._tracks(self._association.tentative, TrackState.TENTATIVE)

    def _tracks(self, rows: Rows, state: TrackState) -> list[Track]:
        a = self._association
        return Snapshot(a.table, rows, state, a.form, a.now, a.rate).tracks()

    def _motion(
        self,
        detections: Detections,
        image: NDArray[np.uint8] | None,
        camera_motion: ArrayLike | None,
    ) -> NDArray[np.float64] | None:
        """Return how the camera moved, as given or from the image; None if that is not known."""
        given = None if camera_motion is None else _check_motion(camera_motion)
        config = self.config
        if not config.use_camera_motion:
            return None
        if given is not None or image is None or not config.estimate_camera_motion:
            return given
        if self._camera is None:
            from fairmot_ros.tracker.camera_motion import CameraMotion  # OpenCV, here alone

            self._camera = CameraMotion()
        return self._camera.estimate(image, detections.boxes_xyxy.astype(np.float64))

    def _check_stamp(self, stamp: float | None) -> float:
        if stamp is None or not math.isfinite(stamp):
            raise ValueError(
                f'stamp must be the time of the image in seconds, got {stamp}; only the '
                'published association (TrackerConfig.reference) counts images instead'
            )
        if self._last_stamp is not None and stamp <= self._last_stamp:
            raise ValueError(
                f'stamp must increase: got {stamp} after {self._last_stamp}; '
                'call reset() where time starts anew'
            )
        return float(stamp)

    def _check_embeddings(self, detections: Detections) -> None:
        published = self.config.published
        if not len(detections) or (published and not published.uses_embeddings):
            return
        embeddings = detections.embeddings
        if embeddings is None:
            if published:
                raise ValueError(
                    f'the variant {published.variant!r} needs embeddings, but the detections '
                    "have none; use variant 'byte' to track by boxes alone"
                )
            return
        size, known = embeddings.shape[1], self._association.table.embeddings.shape[1]
        if known not in (0, size):
            raise ValueError(
                f'embeddings have {size} numbers, but those of the tracks have {known}; '
                'call reset() after a change of the model'
            )
        if not np.isfinite(embeddings).all():
            raise ValueError('embeddings must be finite numbers')
        if not known:
            self._association.table.make_room(size)


def _kind(config: TrackerConfig) -> tuple[float, bool] | None:
    """Return what the tracks of a configuration are good for."""
    published = config.published
    return None if published is None else (published.frame_rate, published.uses_embeddings)


def _check_motion(camera_motion: ArrayLike) -> NDArray[np.float64]:
    motion = np.asarray(camera_motion, dtype=np.float64)
    if motion.shape != (2, 3) or not np.isfinite(motion).all():
        raise ValueError(
            f'camera_motion must be a finite array of shape [2, 3], got {list(motion.shape)}'
        )
    return motion
