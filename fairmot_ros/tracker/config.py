# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Settings of the tracker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fairmot_ros.settings import Settings, setting
from fairmot_ros.tracker.associations import ASSOCIATIONS, REFERENCE_VARIANTS

#: Settings that depend on the score range of a detector; a checkpoint may bring its own values.
MODEL_SETTINGS = (
    'score_threshold',
    'low_score_threshold',
    'new_track_threshold',
    'min_score_scale',
)


@dataclass(frozen=True)
class AssociationSettings(Settings):
    """Choice of the association, the algorithm that matches detections to tracks."""

    association: str = setting(
        'default',
        "algorithm that matches detections to tracks: 'default', or a reference for "
        "comparison, which counts frames instead of seconds: 'fairmot', 'byte_reid' or 'byte' "
        '(boxes only)',
        choices=tuple(ASSOCIATIONS),
        structural=True,
    )
    reference_frame_rate: float = setting(
        30.0,
        'frame rate that a reference association assumes',
        unit='Hz',
        low=1.0,
        high=1000.0,
        structural=True,
    )
    reference_track_buffer: float = setting(
        30.0,
        'lifetime of a lost track in a reference association, in frames at 30 Hz',
        unit='frames',
        low=0.0,
        high=10000.0,
        structural=True,
    )


@dataclass(frozen=True)
class TrackerConfig(Settings):
    """Settings of a `Tracker`.

    Box distances are in 0..1: 0 for identical boxes, 1 for no overlap. Appearance distances are
    1 - cosine.

    Score thresholds apply to relative scores in 0..1: the detector's score, divided by the score
    scale of the stream. The scale is 1 if detections of confirmed tracks have a mean score of 0.95
    or more, and proportionally smaller otherwise (see `scores.scale`).

    The description of each field states its meaning. The last three fields are those of
    `AssociationSettings`; of the others, reference associations use only `score_threshold`.

    Examples:
        >>> from fairmot_ros.tracker import TrackerConfig
        >>> config = TrackerConfig(lost_timeout=3.0)
        >>> config.lost_timeout, config.association
        (3.0, 'default')
        >>> TrackerConfig(lost_timeout=-1.0)
        Traceback (most recent call last):
        ...
        ValueError: lost_timeout must be within 0..3600 seconds, got -1.0
        >>> TrackerConfig.reference(frame_rate=25, variant='byte').association
        'byte'
    """

    score_threshold: float = setting(
        0.4,
        'detections with a higher relative score can be matched to any track',
        low=0.0,
        high=1.0,
        search=(0.2, 0.7),
    )
    low_score_threshold: float = setting(
        0.2,
        'detections with a higher relative score can continue a tentative track, or a confirmed '
        'one that was matched in the previous frame',
        low=0.0,
        high=1.0,
        search=(0.05, 0.4),
    )
    new_track_threshold: float = setting(
        0.5,
        'lowest relative score of a detection that spawns a track; detections below it reduce the '
        'evidence of a tentative track',
        low=0.0,
        high=1.0,
        search=(0.3, 0.9),
    )
    min_score_scale: float = setting(
        0.5,
        'lower bound of the score scale, by which scores are divided to get relative scores; 1 '
        'disables the adaptation, so that thresholds apply to the scores of the detector',
        low=0.0,
        high=1.0,
    )
    class_thresholds: tuple[float, ...] = setting(
        (0.0,),
        '`score_threshold` of each class, by class index; the other two thresholds of the class '
        'shift by the same amount; 0 uses the common thresholds',
        low=0.0,
        high=1.0,
    )
    confirmation_evidence: float = setting(
        1.5,
        'evidence at which a track is confirmed: the sum of ln((1 - new_track_threshold) / '
        '(1 - relative score)) over its detections; in the first frame, an unscaled score of at '
        'least `new_track_threshold` is enough',
        low=0.0,
        high=100.0,
        search=(0.0, 4.0),
    )
    max_appearance_distance: float = setting(
        0.4,
        'largest appearance distance (1 - cosine) of a pair inside the motion gate',
        low=0.0,
        high=1.0,
        search=(0.1, 0.7),
    )
    max_box_distance: float = setting(
        0.72,
        'largest box distance for confirmed tracks (0: identical boxes, 1: no overlap)',
        low=0.0,
        high=1.0,
        search=(0.5, 0.95),
    )
    max_low_score_distance: float = setting(
        0.65,
        'largest box distance to a low-score detection',
        low=0.0,
        high=1.0,
        search=(0.4, 0.9),
    )
    max_tentative_distance: float = setting(
        0.65,
        'largest box distance for tentative tracks',
        low=0.0,
        high=1.0,
        search=(0.4, 0.9),
    )
    max_reid_distance: float = setting(
        0.05,
        'largest appearance distance at which a lost track is re-identified anywhere in the image',
        low=0.0,
        high=1.0,
    )
    max_duplicate_distance: float = setting(
        0.3,
        'a detection within this distance (1 - IoU) of a matched one spawns no track',
        low=0.0,
        high=1.0,
        search=(0.1, 0.6),
    )
    appearance_momentum: float = setting(
        0.9,
        'weight of the previous value in the smoothed embedding',
        low=0.0,
        high=1.0,
        search=(0.7, 0.98),
    )
    tentative_timeout: float = setting(
        0.15,
        'how long an unmatched tentative track is kept',
        unit='seconds',
        low=0.0,
        high=60.0,
        search=(0.05, 1.0),
    )
    lost_timeout: float = setting(
        1.5,
        'how long an unmatched confirmed track can be matched again at its predicted position',
        unit='seconds',
        low=0.0,
        high=3600.0,
        search=(0.5, 10.0),
    )
    reid_timeout: float = setting(
        0.0,
        'how long a lost track can be re-identified anywhere in the image by its appearance; 0 '
        'disables it; needs embeddings that separate different people reliably',
        unit='seconds',
        low=0.0,
        high=3600.0,
    )
    recover_low_scores: bool = setting(True, 'continue tracks with low-score detections')
    use_appearance: bool = setting(True, 'match by embeddings, if detections have them')
    skip_occluded_appearance: bool = setting(
        True, 'exclude embeddings of low-score or occluded detections from the smoothed embedding'
    )
    use_camera_motion: bool = setting(
        True, 'compensate the predicted positions for camera motion, if it is known'
    )
    estimate_camera_motion: bool = setting(
        True,
        'estimate the camera motion from the images if it is not given; takes about 3 ms per '
        '1920x1080 image',
    )
    max_detections: int = setting(
        1000,
        'largest number of detections used per frame, those with the highest scores; bounds the '
        'time per frame; reference associations use all detections',
        low=1,
        high=1_000_000,
    )
    separate_classes: bool = setting(True, 'match only detections and tracks of the same class')
    association: str = AssociationSettings.association
    reference_frame_rate: float = AssociationSettings.reference_frame_rate
    reference_track_buffer: float = AssociationSettings.reference_track_buffer

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.association not in ASSOCIATIONS:
            raise ValueError(
                f'association must be one of {", ".join(ASSOCIATIONS)}, got {self.association!r}'
            )
        ASSOCIATIONS[self.association].check(self)

    @property
    def uses_embeddings(self) -> bool:
        """Whether embeddings are used, if detections have them."""
        return ASSOCIATIONS[self.association].uses_embeddings(self)

    def with_association(self, choice: AssociationSettings) -> TrackerConfig:
        """Return these settings with another association."""
        return replace(self, **vars(choice))

    @classmethod
    def reference(
        cls,
        frame_rate: float = 30,
        track_buffer: float = 30,
        score_threshold: float = 0.4,
        variant: str = 'fairmot',
    ) -> TrackerConfig:
        """Return settings that reproduce a published tracker, with time as a count of frames.

        Args:
            frame_rate: frame rate of the sequence in Hz; scales the lifetime of lost tracks.
            track_buffer: lifetime of a lost track in frames, at 30 Hz.
            score_threshold: `conf_thres` of the original code.
            variant: 'fairmot' (ifzhang/FairMOT), 'byte_reid' or 'byte' (the two trackers of
                ifzhang/ByteTrack's FairMOT tutorial).
        """
        if variant not in REFERENCE_VARIANTS:
            raise ValueError(f'variant must be one of {REFERENCE_VARIANTS}, got {variant!r}')
        return cls(
            score_threshold=score_threshold,
            association=variant,
            reference_frame_rate=frame_rate,
            reference_track_buffer=track_buffer,
        )


def with_model_thresholds(
    settings: Mapping[str, Any], thresholds: Mapping[str, float]
) -> dict[str, Any]:
    """Add the thresholds of a model to settings, except those that are given.

    Args:
        settings: given settings by name.
        thresholds: settings of the model by name; only `MODEL_SETTINGS` are used.
    """
    own = {name: thresholds[name] for name in MODEL_SETTINGS if name in thresholds}
    completed = {**own, **settings}
    if 'low_score_threshold' not in settings and 'low_score_threshold' in own:
        highest = completed.get('score_threshold', TrackerConfig.score_threshold)
        completed['low_score_threshold'] = min(own['low_score_threshold'], highest)
    return completed
