# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Parameter sets of the nodes, composed of the settings of their parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from fairmot_ros.detector.settings import DetectorSettings
from fairmot_ros.following.settings import FollowSettings
from fairmot_ros.pipeline.settings import (
    DETECTOR,
    FRAME_GROUPS,
    FRAME_GROUPS_OF_MODEL,
    FrameSettings,
)
from fairmot_ros.ros.parameters.base import Parameters
from fairmot_ros.ros.parameters.diagnostics_settings import DIAGNOSTICS, DiagnosticsSettings
from fairmot_ros.ros.parameters.settings import (
    ANNOTATION,
    DETECTIONS,
    FOLLOWING,
    IMAGES,
    INPUTS,
    OUTPUTS,
    POSITIONS,
    ZONES,
    AnnotationSettings,
    DetectionInputSettings,
    ImageInputSettings,
    InputSettings,
    OutputSettings,
    PositionSettings,
    ZoneSettings,
)
from fairmot_ros.settings import Group


class TrackingParameters(Parameters):
    """Parameters of a tracking node.

    Attributes:
        inputs: settings of cameras, input and start.
        outputs: settings of the published track messages.
        positions: settings of positions in space.
        following: settings of following a person.
        zones: settings of zones and lines.
        diagnostics: limits of the diagnostics.
    """

    groups: ClassVar[tuple[Group, ...]] = (
        INPUTS,
        *FRAME_GROUPS,
        OUTPUTS,
        POSITIONS,
        FOLLOWING,
        ZONES,
        DIAGNOSTICS,
    )
    inputs: InputSettings
    outputs: OutputSettings
    positions: PositionSettings
    following: FollowSettings
    zones: ZoneSettings
    diagnostics: DiagnosticsSettings

    def __init__(self, **values: Any) -> None:
        """See `Parameters`."""
        super().__init__(**values)
        self.inputs = INPUTS.make(self.values)
        self.outputs = OUTPUTS.make(self.values)
        self.positions = POSITIONS.make(self.values)
        self.following = FOLLOWING.make(self.values)
        self.following.target.check_camera(self.inputs.cameras)
        self.zones = ZONES.make(self.values)
        self.diagnostics = DIAGNOSTICS.make(self.values)
        self.positions.check_cameras(self.inputs.cameras)
        self.zones.check_cameras(self.inputs.cameras)
        self.zones.check_frame(self.positions.target_frame)
        self.frames()

    def frames(self, thresholds: Mapping[str, float] | None = None) -> FrameSettings:
        """Return the settings of the pipeline.

        Args:
            thresholds: settings of the model, used where the value is the model's own.
        """
        return FrameSettings.from_values(self.values, thresholds)


class FairmotParameters(TrackingParameters):
    """Parameters of the `fairmot` node, which detects and tracks.

    Attributes:
        detector: settings of the detector.
        images: settings of the input images.
        annotation: settings of `~/image_annotated`.
    """

    groups = (
        DETECTOR,
        IMAGES,
        INPUTS,
        *FRAME_GROUPS_OF_MODEL,
        OUTPUTS,
        POSITIONS,
        FOLLOWING,
        ZONES,
        ANNOTATION,
        DIAGNOSTICS,
    )
    detector: DetectorSettings
    images: ImageInputSettings
    annotation: AnnotationSettings

    def __init__(self, **values: Any) -> None:
        """See `TrackingParameters`."""
        super().__init__(**values)
        self.detector = DETECTOR.make(self.values)
        self.images = IMAGES.make(self.values)
        self.images.check_cameras(self.inputs.cameras)
        self.annotation = ANNOTATION.make(self.values)


class DetectionTrackerParameters(TrackingParameters):
    """Parameters of the `detection_tracker` node, which tracks received detections.

    Attributes:
        detections: settings of the input detections.
    """

    groups = (DETECTIONS, *TrackingParameters.groups)
    detections: DetectionInputSettings

    def __init__(self, **values: Any) -> None:
        """See `TrackingParameters`.

        Raises:
            ValueError: also if a setting needs embeddings and `with_embeddings` is false.
        """
        super().__init__(**values)
        self.detections = DETECTIONS.make(self.values)
        if self.detections.with_embeddings:
            return
        association = self.values['association']
        if association in ('fairmot', 'byte_reid'):
            raise ValueError(
                f'association {association!r} needs embeddings: set with_embeddings, or use '
                "'default' or 'byte'"
            )
        if self.values['gallery']:
            raise ValueError('gallery needs embeddings: set with_embeddings, or disable gallery')
