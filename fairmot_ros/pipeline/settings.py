"""The settings of one camera's frames, and their flat names in parameter files."""

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

FROM_MODEL = -1.0  # value of a setting of MODEL_SETTINGS that is left to the model


@dataclass(frozen=True)
class GallerySwitch(Settings):
    """Whether there is a gallery."""

    gallery: bool = setting(
        False,
        'remember people who left: a person who returns gets the old id; off by default, as '
        'embeddings of people are biometric data',
        structural=True,
    )


DETECTOR = Group('Detector', DetectorSettings, {'score_threshold': 'detection_threshold'})
ASSOCIATION = Group('Association', AssociationSettings)
TRACKER = Group('Tracker', TrackerConfig)
SWITCH = Group('Gallery of people who left', GallerySwitch)
GALLERY = Group(
    'Gallery of people who left',
    GalleryConfig,
    {'max_distance': 'gallery_distance'},
    prefix='gallery_',
)
STAMPS = Group('Time', StampSettings)
FILTER = Group('Output filter', FilterSettings)


def _left_to_model(declared: Setting) -> Setting:
    """Return a setting whose default is the model's own value."""
    return replace(
        declared,
        default=FROM_MODEL,
        low=FROM_MODEL,
        description=f"{declared.description}; -1 for the model's own, or {declared.default:g} if "
        'it has none',
    )


#: The tracker behind a model, which may bring thresholds.
TRACKER_OF_MODEL = replace(
    TRACKER,
    overrides={
        name: _left_to_model(declared)
        for name, declared in settings_of(TrackerConfig).items()
        if name in MODEL_SETTINGS
    },
)
#: Groups that decide how detections become tracks.
FRAME_GROUPS = (ASSOCIATION, TRACKER, SWITCH, GALLERY, STAMPS, FILTER)
#: The same behind a model.
FRAME_GROUPS_OF_MODEL = tuple(
    TRACKER_OF_MODEL if group is TRACKER else group for group in FRAME_GROUPS
)


@dataclass(frozen=True)
class FrameSettings:
    """What a `FrameTracker` needs.

    Attributes:
        tracker: settings of the tracker.
        gallery: settings of the gallery, None without one.
        stamps: treatment of irregular stamps.
        filter: which tracks are left out of the results.
    """

    tracker: TrackerConfig
    gallery: GalleryConfig | None = None
    stamps: StampSettings = field(default_factory=StampSettings)
    filter: FilterSettings = field(default_factory=FilterSettings)

    def __post_init__(self) -> None:
        if self.gallery is not None and not self.tracker.uses_embeddings:
            raise ValueError('gallery needs embeddings, which this association does not use')

    @classmethod
    def from_values(
        cls, values: Mapping[str, Any], thresholds: Mapping[str, float] | None = None
    ) -> FrameSettings:
        """Return the settings that flat values give; other names in them are ignored.

        Args:
            values: by the names of FRAME_GROUPS; a negative value of MODEL_SETTINGS leaves it to
                the model.
            thresholds: of the model.

        Raises:
            ValueError: if a value is out of range, or two do not go together.
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
