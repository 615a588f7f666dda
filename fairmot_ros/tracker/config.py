"""Settings of the tracker, checked when they are made."""

from __future__ import annotations

import math
from dataclasses import dataclass

VARIANTS = ('fairmot', 'byte_reid', 'byte')
NOMINAL_RATE = 30.0  # frames per second that the published constants were chosen for


@dataclass(frozen=True)
class TrackerConfig:
    """How detections become tracks; the defaults count time in seconds from the stamps.

    All limits are on distances in 0..1: 1 - IoU for boxes, 1 - cosine for appearance.

    Attributes:
        variant: 'fairmot' associates by appearance and motion, 'byte_reid' also recovers
            tracks with detections of low score, 'byte' uses boxes alone.
        score_threshold: detections above it can be matched with any track.
        low_score_threshold: detections between it and `score_threshold` can still continue
            a track in the byte variants.
        new_track_threshold: detections that nothing matches start a track from here on.
        first_limit: largest distance in the first association.
        second_limit: largest box distance of what the first one left over.
        low_limit: largest box distance to a detection of low score.
        tentative_limit: largest box distance that confirms a tentative track.
        duplicate_limit: a tracked and a lost track closer than this are the same person.
        appearance_momentum: share of the old in the smoothed embedding.
        max_lost: seconds that an unseen track is kept.
        frame_rate: None to take time from the stamps; a number to count calls of `update`
            instead, as the published code does.
    """

    variant: str = 'byte_reid'
    score_threshold: float = 0.4
    low_score_threshold: float = 0.2
    new_track_threshold: float = 0.5
    first_limit: float = 0.4
    second_limit: float = 0.5
    low_limit: float = 0.4
    tentative_limit: float = 0.7
    duplicate_limit: float = 0.15
    appearance_momentum: float = 0.9
    max_lost: float = 2.0
    frame_rate: float | None = None

    def __post_init__(self) -> None:
        if self.variant not in VARIANTS:
            raise ValueError(f'variant must be one of {VARIANTS}, got {self.variant!r}')
        for name in (
            'score_threshold', 'low_score_threshold', 'first_limit', 'second_limit', 'low_limit',
            'tentative_limit', 'duplicate_limit', 'appearance_momentum',
        ):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise ValueError(f'{name} must be within 0..1, got {value}')
        if not self.new_track_threshold >= 0.0:
            raise ValueError(f'new_track_threshold must be >= 0, got {self.new_track_threshold}')
        if self.low_score_threshold > self.score_threshold and self.uses_low_scores:
            raise ValueError(
                f'low_score_threshold must not be above score_threshold, '
                f'got {self.low_score_threshold} > {self.score_threshold}'
            )
        if not (math.isfinite(self.max_lost) and self.max_lost >= 0):
            raise ValueError(f'max_lost must be a number of seconds >= 0, got {self.max_lost}')
        if self.frame_rate is not None and not (
            math.isfinite(self.frame_rate) and self.frame_rate > 0
        ):
            raise ValueError(f'frame_rate must be positive, got {self.frame_rate}')

    @property
    def uses_embeddings(self) -> bool:
        """Whether detections need embeddings."""
        return self.variant != 'byte'

    @property
    def uses_low_scores(self) -> bool:
        """Whether detections below `score_threshold` can continue a track."""
        return self.variant != 'fairmot'

    @property
    def rate(self) -> float:
        """Frames per second: the unit of time inside the tracker is one such frame."""
        return NOMINAL_RATE if self.frame_rate is None else float(self.frame_rate)

    @property
    def max_lost_frames(self) -> float:
        """`max_lost` in the tracker's unit of time, with room for rounding."""
        return self.max_lost * self.rate + 1e-6

    @classmethod
    def reference(
        cls,
        frame_rate: float = 30,
        track_buffer: float = 30,
        score_threshold: float = 0.4,
        variant: str = 'fairmot',
    ) -> TrackerConfig:
        """Return the published algorithm, result for result; it counts calls, not seconds.

        Args:
            frame_rate: of the sequence; scales the life of lost tracks.
            track_buffer: life of a lost track in frames at 30 per second.
            score_threshold: `conf_thres` of the published code.
            variant: 'fairmot' (ifzhang/FairMOT), 'byte_reid' or 'byte' (the two trackers of
                ifzhang/ByteTrack's FairMOT tutorial).
        """
        if not (math.isfinite(track_buffer) and track_buffer >= 0):
            raise ValueError(f'track_buffer must be a number >= 0, got {track_buffer}')
        if not (math.isfinite(frame_rate) and frame_rate > 0):
            raise ValueError(f'frame_rate must be positive, got {frame_rate}')
        frames = int(frame_rate / NOMINAL_RATE * track_buffer)
        return cls(
            variant=variant,
            score_threshold=score_threshold,
            low_score_threshold=min(0.2, score_threshold),
            new_track_threshold=score_threshold + (0.0 if variant == 'fairmot' else 0.1),
            first_limit=0.8 if variant == 'byte' else 0.4,
            max_lost=frames / float(frame_rate),
            frame_rate=frame_rate,
        )
