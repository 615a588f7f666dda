# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Settings of a `FrameTracker`, and their flat names in parameter files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fairmot_ros.detector.settings import DetectorSettings
from fairmot_ros.pipeline.output_filter import FilterSettings
from fairmot_ros.pipeline.stamp_policy import StampSettings
from fairmot_ros.settings import Group, Setting, Settings, setting, settings_of
from fairmot_ros.tracker.config import (
    MODEL_SETTINGS,
    AssociationSettings,
    TrackerConfig,
    with_model_thresholds,
)
from fairmot_ros.tracker.gallery import GalleryConfig

#: Value of a setting of MODEL_SETTINGS that selects the value of the model.
FROM_MODEL = -1.0


@dataclass(frozen=True)
class GallerySwitch(Settings):
    """Switch of the gallery."""

    gallery: bool = setting(
        False,
        'store ended tracks, so that a returning person gets the former id; disabled by default, '
        'as embeddings of people are biometric data',
        structural=True,
    )


DETECTOR = Group('Detector', DetectorSettings, {'score_threshold': 'detection_threshold'})
ASSOCIATION = Group('Association', AssociationSettings)
TRACKER = Group('Tracker', TrackerConfig)
SWITCH = Group('Gallery', GallerySwitch)
GALLERY = Group(
    'Gallery',
    GalleryConfig,
    {'max_distance': 'gallery_distance'},
    prefix='gallery_',
)
STAMPS = Group('Time', StampSettings)
FILTER = Group('Output filter', FilterSettings)


def _with_model_default(declared: Setting) -> Setting:
    """Return a setting whose default is the value of the model."""
    return replace(
        declared,
        default=FROM_MODEL,
        low=FROM_MODEL,
        description=f'{declared.description}; -1 uses the value of the model, or '
        f'{declared.default:g} if it has none',
    )


#: Settings of a tracker whose thresholds may come from a model.
TRACKER_OF_MODEL = replace(
    TRACKER,
    overrides={
        name: _with_model_default(declared)
        for name, declared in settings_of(TrackerConfig).items()
        if name in MODEL_SETTINGS
    },
)
#: Groups of the settings of a `FrameTracker`.
FRAME_GROUPS = (ASSOCIATION, TRACKER, SWITCH, GALLERY, STAMPS, FILTER)
#: The same, with thresholds that may come from a model.
FRAME_GROUPS_OF_MODEL = tuple(
    TRACKER_OF_MODEL if group is TRACKER else group for group in FRAME_GROUPS
)


@dataclass(frozen=True)
class FrameSettings:
    """Settings of a `FrameTracker`.

    Attributes:
        tracker: settings of the tracker.
        gallery: settings of the gallery; None disables it.
        stamps: handling of irregular stamps.
        filter: thresholds of the output filter.
    """

    tracker: TrackerConfig
    gallery: GalleryConfig | None = None
    stamps: StampSettings = field(default_factory=StampSettings)
    filter: FilterSettings = field(default_factory=FilterSettings)

    def __post_init__(self) -> None:
        if self.gallery is not None and not self.tracker.uses_embeddings:
            raise ValueError(
                'gallery needs embeddings, which these settings do not use: disable it, or use an '
                'association with embeddings and use_appearance'
            )

    @classmethod
    def from_values(
        cls, values: Mapping[str, Any], thresholds: Mapping[str, float] | None = None
    ) -> FrameSettings:
        """Return settings from flat values; unknown names are ignored.

        Args:
            values: values by the flat names of FRAME_GROUPS; FROM_MODEL for a setting of
                MODEL_SETTINGS selects the value of the model.
            thresholds: values of MODEL_SETTINGS that the model brings.

        Raises:
            ValueError: if a value is out of range, or two values contradict each other.
        """
        given = {
            name: value
            for name, value in values.items()
            if not (name in MODEL_SETTINGS and value == FROM_MODEL)
        }
        tracker = TRACKER.make(with_model_thresholds(given, thresholds or {}))
        return cls(
            tracker.with_association(ASSOCIATION.make(given)),
            GALLERY.make(given) if SWITCH.make(given).gallery else None,
            STAMPS.make(given),
            FILTER.make(given),
        )
