"""Parameter sets of the nodes, composed of the settings of their parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from fairmot_ros.detector.settings import DetectorSettings
from fairmot_ros.pipeline.settings import (
    DETECTOR,
    FRAME_GROUPS,
    FRAME_GROUPS_OF_MODEL,
    FrameSettings,
)
from fairmot_ros.ros.parameters.diagnostics_settings import DIAGNOSTICS, DiagnosticsSettings
from fairmot_ros.ros.parameters.settings import (
    ANNOTATION,
    DETECTIONS,
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
from fairmot_ros.settings import Group, Setting

P = TypeVar('P', bound='TrackingParameters')


class TrackingParameters:
    """Validated, immutable parameter values of a tracking node.

    Attributes:
        values: values of all parameters by name.
        inputs: settings of cameras, input and start.
        outputs: settings of the published track messages.
        positions: settings of positions in space.
        zones: settings of zones and lines.
        diagnostics: limits of the diagnostics.
        groups: groups of settings, in the order of parameter files and documentation.
    """

    groups: ClassVar[tuple[Group, ...]] = (
        INPUTS,
        *FRAME_GROUPS,
        OUTPUTS,
        POSITIONS,
        ZONES,
        DIAGNOSTICS,
    )
    inputs: InputSettings
    outputs: OutputSettings
    positions: PositionSettings
    zones: ZoneSettings
    diagnostics: DiagnosticsSettings

    def __init__(self, **values: Any) -> None:
        """Validate the values; parameters that are not given have their default.

        Raises:
            ValueError: if a value is out of range or conflicts with another.
            TypeError: if a name is unknown.
        """
        declared = self.settings()
        if unknown := sorted(values.keys() - declared.keys()):
            raise TypeError(f'no such parameters: {", ".join(unknown)}')
        self.values: Mapping[str, Any] = {
            name: _as_tuple_like(values.get(name, setting.default), setting.default)
            for name, setting in declared.items()
        }
        self.inputs = INPUTS.make(self.values)
        self.outputs = OUTPUTS.make(self.values)
        self.positions = POSITIONS.make(self.values)
        self.zones = ZONES.make(self.values)
        self.diagnostics = DIAGNOSTICS.make(self.values)
        self.positions.check_cameras(self.inputs.cameras)
        self.zones.check_cameras(self.inputs.cameras)
        self.zones.check_frame(self.positions.target_frame)
        for group in self.groups:
            group.check(self.values)
        self.frames()

    @classmethod
    def settings(cls) -> dict[str, Setting]:
        """Return the settings of all groups by name."""
        return {
            name: setting for group in cls.groups for name, setting in group.settings().items()
        }

    def frames(self, thresholds: Mapping[str, float] | None = None) -> FrameSettings:
        """Return the settings of the pipeline.

        Args:
            thresholds: settings of the model, used where the value is the model's own.
        """
        return FrameSettings.from_values(self.values, thresholds)

    def changed(self: P, values: Mapping[str, Any]) -> P:
        """Return a copy with some values changed.

        Raises:
            ValueError: if the result is not consistent; the text says why.
        """
        return type(self)(**{**self.values, **values})

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.values == other.values  # type: ignore[attr-defined]

    __hash__ = None  # type: ignore[assignment]


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


def _as_tuple_like(value: Any, default: Any) -> Any:
    """Convert a list, array or None from ROS to a tuple if the default is a tuple."""
    return tuple(value or ()) if isinstance(default, tuple) else value
