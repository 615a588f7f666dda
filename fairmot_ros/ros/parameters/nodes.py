"""The parameters of each node, put together from the settings of its parts."""

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
from fairmot_ros.ros.parameters.settings import (
    ANNOTATION,
    DETECTIONS,
    IMAGES,
    INPUTS,
    OUTPUTS,
    POSITIONS,
    AnnotationSettings,
    DetectionInputSettings,
    ImageInputSettings,
    InputSettings,
    OutputSettings,
    PositionSettings,
)
from fairmot_ros.settings import Group, Setting

P = TypeVar('P', bound='TrackingParameters')


class TrackingParameters:
    """A consistent set of values for a node that tracks; the worker reads one per frame.

    Attributes:
        values: of all parameters, by name.
        inputs: cameras and start.
        outputs: what is published of the tracks.
        positions: how people are located in space.
        groups: of the settings, in the order of files and documentation.
    """

    groups: ClassVar[tuple[Group, ...]] = (INPUTS, *FRAME_GROUPS, OUTPUTS, POSITIONS)
    inputs: InputSettings
    outputs: OutputSettings
    positions: PositionSettings

    def __init__(self, **values: Any) -> None:
        """Complete the values by the defaults.

        Raises:
            ValueError: if a value is out of range, or two do not go together.
            TypeError: if a name is unknown.
        """
        declared = self.settings()
        if unknown := sorted(values.keys() - declared.keys()):
            raise TypeError(f'no such parameters: {", ".join(unknown)}')
        self.values: Mapping[str, Any] = {
            name: _like(values.get(name, known.default), known.default)
            for name, known in declared.items()
        }
        self.inputs = INPUTS.make(self.values)
        self.outputs = OUTPUTS.make(self.values)
        self.positions = POSITIONS.make(self.values)
        for group in self.groups:
            group.check(self.values)
        self.frames()

    @classmethod
    def settings(cls) -> dict[str, Setting]:
        """Return the settings of all groups by name."""
        return {name: known for group in cls.groups for name, known in group.settings().items()}

    def frames(self, thresholds: Mapping[str, float] | None = None) -> FrameSettings:
        """Return the settings of the frames' way, completed by thresholds of a model."""
        return FrameSettings.from_values(self.values, thresholds)

    def changed(self: P, values: Mapping[str, Any]) -> P:
        """Return a copy with some values changed.

        Raises:
            ValueError: if the result is not consistent; the message says why.
        """
        return type(self)(**{**self.values, **values})

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.values == other.values  # type: ignore[attr-defined]

    __hash__ = None  # type: ignore[assignment]


class NodeParameters(TrackingParameters):
    """Those of the `fairmot` node, which also detects.

    Attributes:
        detector: which network runs, where and how.
        images: how images arrive.
        annotation: how `~/image_annotated` is drawn.
    """

    groups = (
        DETECTOR,
        IMAGES,
        INPUTS,
        *FRAME_GROUPS_OF_MODEL,
        OUTPUTS,
        POSITIONS,
        ANNOTATION,
    )
    detector: DetectorSettings
    images: ImageInputSettings
    annotation: AnnotationSettings

    def __init__(self, **values: Any) -> None:
        """See `TrackingParameters`."""
        super().__init__(**values)
        self.detector = DETECTOR.make(self.values)
        self.images = IMAGES.make(self.values)
        self.annotation = ANNOTATION.make(self.values)


class DetectionTrackerParameters(TrackingParameters):
    """Those of the `detection_tracker` node, which tracks the detections of another node.

    Attributes:
        detections: how detections arrive.
    """

    groups = (DETECTIONS, *TrackingParameters.groups)
    detections: DetectionInputSettings

    def __init__(self, **values: Any) -> None:
        """See `TrackingParameters`.

        Raises:
            ValueError: also if embeddings are needed and do not come.
        """
        super().__init__(**values)
        self.detections = DETECTIONS.make(self.values)
        if self.detections.with_embeddings:
            return
        association = self.values['association']
        if association in ('fairmot', 'byte_reid'):
            raise ValueError(
                f'association {association!r} needs with_embeddings; boxes alone do for '
                "'default' and 'byte'"
            )
        if self.values['gallery']:
            raise ValueError('gallery needs with_embeddings: identities are matched by those')


def _like(value: Any, default: Any) -> Any:
    """Return a tuple where the default is one; ROS gives lists, arrays or None."""
    return tuple(value or ()) if isinstance(default, tuple) else value
