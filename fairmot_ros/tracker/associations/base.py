# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Interface of associations, the algorithms that match detections to tracks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker.matching.candidate_pairs import Indices
from fairmot_ros.tracker.motion.parametrizations import XywhParametrization
from fairmot_ros.tracker.table import TrackTable
from fairmot_ros.types import Detections

if TYPE_CHECKING:
    from fairmot_ros.tracker.config import TrackerConfig


class Association(Protocol):
    """Matches the detections of each frame to tracks, and updates, spawns and prunes the tracks.

    To add an association, write a class in a file of its own and list it in `ASSOCIATIONS`.

    Attributes:
        needs_stamp: whether time comes from stamps; otherwise frames are counted.
        estimates_camera_motion: whether camera motion may be estimated from images, and its
            compensation disabled. Otherwise only a given camera motion is compensated, always.
        requires_embeddings: whether detections without embeddings are an error.
        stores_embeddings: whether tracks store embeddings, if detections have them.
        parametrization: parametrization of the boxes in the state of the table.
        rate: units of time per second.
        now: time of the last frame; 0 before the first.
        table: the tracks. Results are copies of its entries.
    """

    needs_stamp: ClassVar[bool]
    estimates_camera_motion: ClassVar[bool]
    requires_embeddings: bool
    stores_embeddings: bool
    parametrization: XywhParametrization
    rate: float
    now: float

    @property
    def table(self) -> TrackTable: ...

    def __init__(self, config: TrackerConfig) -> None:
        """Start without tracks."""
        ...

    @staticmethod
    def check(config: TrackerConfig) -> None:
        """Raise ValueError if settings are invalid for this association."""
        ...

    @staticmethod
    def uses_embeddings(config: TrackerConfig) -> bool:
        """Return whether matching uses embeddings with these settings."""
        ...

    def configure(self, config: TrackerConfig) -> None:
        """Change the settings and keep the tracks.

        Raises:
            ValueError: if the tracks cannot be continued with these settings.
        """
        ...

    def step(
        self,
        detections: Detections,
        stamp: float | None,
        first_id: int,
        camera_motion: NDArray[np.float64] | None,
    ) -> int:
        """Process the detections of one frame.

        Args:
            detections: detections of any score. Embeddings, if stored, have the same size as those
                of the table.
            stamp: time of the frame in seconds, later than the last one; ignored unless
                `needs_stamp`.
            first_id: id of the first spawned track; the others follow.
            camera_motion: [2, 3], maps pixels of the previous frame to this one; None if unknown.

        Returns:
            Number of spawned tracks.
        """
        ...

    @property
    def visible(self) -> Indices:
        """Indices of the confirmed tracks matched in the last frame, in the order of results."""
        ...

    @property
    def lost(self) -> Indices:
        """Indices of the confirmed tracks not matched in the last frame that can be rematched."""
        ...

    @property
    def tentative(self) -> Indices:
        """Indices of the tracks that are not confirmed yet."""
        return (~self.table.confirmed).nonzero()[0]
