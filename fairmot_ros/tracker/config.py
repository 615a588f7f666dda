"""Settings of the tracker, checked when they are made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from fairmot_ros.tracker.published import VARIANTS, PublishedSettings

#: Settings that depend on the scale of a detector's scores; a model may bring its own.
MODEL_SETTINGS = (
    'score_threshold',
    'low_score_threshold',
    'new_track_threshold',
    'min_score_scale',
)
IN_0_1 = (
    'score_threshold',
    'low_score_threshold',
    'new_track_threshold',
    'min_score_scale',
    'max_appearance_distance',
    'max_box_distance',
    'max_low_score_distance',
    'max_tentative_distance',
    'max_reid_distance',
    'max_duplicate_distance',
    'appearance_momentum',
)
SECONDS = ('tentative_timeout', 'lost_timeout', 'reid_timeout')


@dataclass(frozen=True)
class TrackerConfig:
    """How detections become tracks.

    Limits are on distances in 0..1: of boxes, 0 for the same place and size and 1 for out of
    reach; of looks, 1 - cosine.

    Thresholds are on relative scores in 0..1: the detector's score, divided by the score scale of
    the stream. The scale is 1 where the detections of confirmed tracks score 0.95 on average, and
    in proportion less where they score less (see `score_scale`).

    Attributes:
        score_threshold: detections above it can be matched with any track.
        low_score_threshold: detections between it and `score_threshold` can still continue
            a tentative track, or a confirmed one that was matched in the last frame.
        new_track_threshold: unmatched detections spawn a track from this score on. Lower scores
            count against a tentative track.
        min_score_scale: lower bound of the score scale. Persistent false detections need at least
            `min_score_scale * new_track_threshold` to become tracks. 1 turns the adaptation off:
            thresholds are then on the detector's scores.
        class_thresholds: by class index, a `score_threshold` of that class's own, with which
            its other two thresholds move; 0 for the common one.
        confirmation_evidence: a track is confirmed once the sum of
            ln((1 - new_track_threshold) / (1 - score)) over its detections reaches this. In the
            first frame it is confirmed at once, if its score without the scale reaches
            `new_track_threshold`.
        max_appearance_distance: largest distance in look, where motion allows a pair.
        max_box_distance: largest box distance for confirmed tracks.
        max_low_score_distance: largest box distance to a detection of low score.
        max_tentative_distance: largest box distance for tentative tracks.
        max_reid_distance: largest distance in look, wherever a track was seen last.
        max_duplicate_distance: a detection this near (1 - IoU) to a matched one spawns no track.
        appearance_momentum: share of the old in the smoothed embedding.
        tentative_timeout: seconds that a tentative track is kept unseen.
        lost_timeout: seconds that a track can be continued where it is expected.
        reid_timeout: seconds in which a track can be found again anywhere by its look; 0: never,
            the default, as it takes a model that tells strangers apart for sure.
        recover_low_scores: use detections of low score.
        use_appearance: use embeddings, where detections have them.
        skip_occluded_appearance: do not remember looks that are faint or hidden by others.
        use_camera_motion: carry the tracks along where the camera's motion is given.
        estimate_camera_motion: find the camera's motion from the image where it is not given; on
            by default, as robots move, at about 3 ms for an image of 1920 x 1080.
        separate_classes: match only within a class.
        published: the published association instead of all the above, see `reference`.
    """

    score_threshold: float = 0.4
    low_score_threshold: float = 0.2
    new_track_threshold: float = 0.5
    min_score_scale: float = 0.5
    class_thresholds: tuple[float, ...] = (0.0,)
    confirmation_evidence: float = 1.5
    max_appearance_distance: float = 0.4
    max_box_distance: float = 0.72
    max_low_score_distance: float = 0.65
    max_tentative_distance: float = 0.65
    max_reid_distance: float = 0.05
    max_duplicate_distance: float = 0.3
    appearance_momentum: float = 0.9
    tentative_timeout: float = 0.15
    lost_timeout: float = 1.5
    reid_timeout: float = 0.0
    recover_low_scores: bool = True
    use_appearance: bool = True
    skip_occluded_appearance: bool = True
    use_camera_motion: bool = True
    estimate_camera_motion: bool = True
    separate_classes: bool = True
    published: PublishedSettings | None = None

    def __post_init__(self) -> None:
        for name in IN_0_1:
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise ValueError(f'{name} must be within 0..1, got {value}')
        for name in SECONDS:
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f'{name} must be a number of seconds >= 0, got {value}')
        object.__setattr__(self, 'class_thresholds', tuple(self.class_thresholds))
        if not all(0.0 <= value <= 1.0 for value in self.class_thresholds):
            raise ValueError(
                f'class_thresholds must be within 0..1, got {list(self.class_thresholds)}'
            )
        if not self.confirmation_evidence >= 0:
            raise ValueError(
                f'confirmation_evidence must be >= 0, got {self.confirmation_evidence}'
            )
        if self.low_score_threshold > self.score_threshold and self.recover_low_scores:
            raise ValueError(
                f'low_score_threshold must not be above score_threshold, '
                f'got {self.low_score_threshold} > {self.score_threshold}'
            )

    @property
    def uses_embeddings(self) -> bool:
        """Whether embeddings of detections are used, where there are any."""
        if self.published is not None:
            return self.published.uses_embeddings
        return self.use_appearance

    @classmethod
    def from_parameters(
        cls,
        association: str = 'default',
        reference_frame_rate: float = 30.0,
        reference_track_buffer: float = 30.0,
        **settings: Any,
    ) -> TrackerConfig:
        """Return what parameters of the node describe, see `parameter_names`.

        Raises:
            ValueError: if one is out of range.
            TypeError: if one is unknown.
        """
        own = cls(**settings)
        if association == 'default':
            return own
        if association not in VARIANTS:
            expected = ', '.join(map(repr, ('default', *VARIANTS)))
            raise ValueError(f'association must be one of {expected}, got {association!r}')
        return cls.reference(
            reference_frame_rate, reference_track_buffer, own.score_threshold, association
        )

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
        return cls(published=PublishedSettings(frame_rate, track_buffer, score_threshold, variant))


def with_model_thresholds(
    settings: Mapping[str, Any], thresholds: Mapping[str, float]
) -> dict[str, Any]:
    """Complete settings by the thresholds that a model brings; given settings win.

    Args:
        settings: given ones, by name.
        thresholds: of the model; only MODEL_SETTINGS count.
    """
    own = {name: thresholds[name] for name in MODEL_SETTINGS if name in thresholds}
    completed = {**own, **settings}
    if 'low_score_threshold' not in settings and 'low_score_threshold' in own:
        highest = completed.get('score_threshold', TrackerConfig.score_threshold)
        completed['low_score_threshold'] = min(own['low_score_threshold'], highest)
    return completed


def setting_names() -> tuple[str, ...]:
    """Return the settings of this project's association."""
    return tuple(spec.name for spec in fields(TrackerConfig) if spec.name != 'published')


def parameter_names() -> tuple[str, ...]:
    """Return the parameters that say how to track, under the names that the nodes have."""
    return ('association', 'reference_frame_rate', 'reference_track_buffer', *setting_names())
