# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Settings of the reference association."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fairmot_ros.tracker.config import TrackerConfig


@dataclass(frozen=True)
class ReferenceSettings:
    """Parameters of the original code, under its names except `score_threshold` (`conf_thres`).

    Attributes:
        frame_rate: frame rate of the sequence in Hz; scales the lifetime of lost tracks.
        track_buffer: lifetime of a lost track in frames, at 30 Hz.
        score_threshold: detections with a higher score can be matched to any track.
        variant: 'fairmot' associates by appearance and motion; 'byte_reid' also continues tracks
            with low-score detections; 'byte' does both with boxes only.
    """

    frame_rate: float = 30.0
    track_buffer: float = 30.0
    score_threshold: float = 0.4
    variant: str = 'fairmot'

    def __post_init__(self) -> None:
        if not (math.isfinite(self.track_buffer) and self.track_buffer >= 0):
            raise ValueError(f'track_buffer must be a number >= 0, got {self.track_buffer}')
        if not (math.isfinite(self.frame_rate) and self.frame_rate > 0):
            raise ValueError(f'frame_rate must be positive, got {self.frame_rate}')

    @staticmethod
    def of(config: TrackerConfig) -> ReferenceSettings:
        """Return the settings of a configuration that the reference association uses."""
        return ReferenceSettings(
            config.reference_frame_rate,
            config.reference_track_buffer,
            config.score_threshold,
            config.association,
        )

    @property
    def uses_embeddings(self) -> bool:
        """Whether detections must have embeddings."""
        return self.variant != 'byte'

    @property
    def uses_low_scores(self) -> bool:
        """Whether detections below `score_threshold` can continue a track."""
        return self.variant != 'fairmot'

    @property
    def first_threshold(self) -> float:
        """Largest cost in the first stage."""
        return 0.4 if self.uses_embeddings else 0.8

    @property
    def new_track_threshold(self) -> float:
        """Lowest score of a detection that spawns a track."""
        return self.score_threshold + (0.1 if self.uses_low_scores else 0.0)

    @property
    def lost_timeout(self) -> int:
        """Number of frames after which a lost track expires."""
        return int(self.frame_rate / 30.0 * self.track_buffer)
