"""Every parameter of the tracker node: one dataclass is the source of names, defaults, docs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from typing import Any, TypeVar

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.exceptions import InvalidParameterTypeException, ParameterException
from rclpy.node import Node
from rclpy.parameter import Parameter

from fairmot_ros.ros.unknown_parameters import rename_former
from fairmot_ros.tracker import VARIANTS, TrackerConfig
from fairmot_ros.tracker.config import (
    MODEL_SETTINGS,
    parameter_names,
    with_model_thresholds,
)
from fairmot_ros.tracker.gallery import GalleryConfig

P = TypeVar('P', bound='TrackingParameters')

CAMERA_NAME = re.compile('[A-Za-z][A-Za-z0-9_]*')

# Of fairmot_ros.detector.engines, which is not imported: the tracker alone needs no torch.
ENGINE_NAMES = ('auto', 'openvino', 'torch', 'onnxruntime')

_TRACKER_DEFAULTS = TrackerConfig()
_GALLERY_DEFAULTS = GalleryConfig()


def _parameter(
    default: Any,
    description: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    read_only: bool = False,
) -> Any:
    return field(
        default=default,
        metadata={
            'description': description,
            'low': low,
            'high': high,
            'choices': choices,
            'read_only': read_only,
        },
    )


def _tracker(name: str, description: str, **limits: Any) -> Any:
    return _parameter(getattr(_TRACKER_DEFAULTS, name), description, **limits)


@dataclass(frozen=True)
class TrackingParameters:
    """A consistent set of values for a node that tracks; the worker reads one per image."""

    cameras: tuple[str, ...] = _parameter(
        ('',),
        'names of the cameras: each has its own topics `<name>/...` and ids `<name>/<n>`; '
        "[''] is one camera without a name",
        read_only=True,
    )
    reliability: str = _parameter(
        'auto',
        "of the input subscription; 'auto' follows the publisher",
        choices=('auto', 'reliable', 'best_effort'),
        read_only=True,
    )
    autostart: bool = _parameter(
        True,
        'configure and activate at start; off where a lifecycle manager does it',
        read_only=True,
    )
    association: str = _parameter(
        'default',
        "'default', or a published one for comparison, which counts images: 'fairmot', "
        "'byte_reid' or 'byte' (boxes alone)",
        choices=('default', *VARIANTS),
        read_only=True,
    )
    reference_frame_rate: float = _parameter(
        30.0,
        'images per second that a published association assumes',
        low=1.0,
        high=1000.0,
        read_only=True,
    )
    reference_track_buffer: float = _parameter(
        30.0,
        'life of an unseen track in a published association, in images at 30 per second',
        low=0.0,
        high=10000.0,
        read_only=True,
    )
    score_threshold: float = _tracker(
        'score_threshold',
        'detections with a relative score above it can be matched with any track',
        low=0.0,
        high=1.0,
    )
    low_score_threshold: float = _tracker(
        'low_score_threshold',
        'detections with a relative score above it can continue a track matched in the last frame',
        low=0.0,
        high=1.0,
    )
    new_track_threshold: float = _tracker(
        'new_track_threshold',
        'lowest relative score of a detection that spawns a track',
        low=0.0,
        high=1.0,
    )
    min_score_scale: float = _tracker(
        'min_score_scale',
        'lower bound of the score scale by which scores are divided to get relative scores; '
        '1: no adaptation, thresholds are on the scores of the detector',
        low=0.0,
        high=1.0,
    )
    class_thresholds: tuple[float, ...] = _tracker(
        'class_thresholds',
        "by class index, a class's own `score_threshold`, with which its "
        'other two thresholds move; 0 for the common one',
    )
    confirmation_evidence: float = _tracker(
        'confirmation_evidence',
        'evidence at which a track is confirmed: the sum of ln((1 - new_track_threshold) / '
        '(1 - relative score)) over its detections',
        low=0.0,
        high=100.0,
    )
    max_appearance_distance: float = _tracker(
        'max_appearance_distance',
        'largest distance in look (1 - cosine), where motion allows a pair',
        low=0.0,
        high=1.0,
    )
    max_box_distance: float = _tracker(
        'max_box_distance',
        'largest box distance for confirmed tracks (0: the same place, 1: out of reach)',
        low=0.0,
        high=1.0,
    )
    max_low_score_distance: float = _tracker(
        'max_low_score_distance',
        'largest box distance to a detection of low score',
        low=0.0,
        high=1.0,
    )
    max_tentative_distance: float = _tracker(
        'max_tentative_distance', 'largest box distance for tentative tracks', low=0.0, high=1.0
    )
    max_reid_distance: float = _tracker(
        'max_reid_distance',
        'largest distance in look, wherever a track was seen last',
        low=0.0,
        high=1.0,
    )
    max_duplicate_distance: float = _tracker(
        'max_duplicate_distance',
        'a detection this near (1 - IoU) to one that was matched starts no track',
        low=0.0,
        high=1.0,
    )
    appearance_momentum: float = _tracker(
        'appearance_momentum', 'share of the old in the smoothed embedding', low=0.0, high=1.0
    )
    tentative_timeout: float = _tracker(
        'tentative_timeout', 'seconds that an unconfirmed track is kept unseen', low=0.0, high=60.0
    )
    lost_timeout: float = _tracker(
        'lost_timeout',
        'seconds that an unseen track can be continued where it is expected',
        low=0.0,
        high=3600.0,
    )
    reid_timeout: float = _tracker(
        'reid_timeout',
        'seconds in which a track can be found again anywhere by its look; 0 is off',
        low=0.0,
        high=3600.0,
    )
    recover_low_scores: bool = _tracker(
        'recover_low_scores', 'continue tracks with detections of low score'
    )
    use_appearance: bool = _tracker('use_appearance', 'use embeddings, where there are any')
    skip_occluded_appearance: bool = _tracker(
        'skip_occluded_appearance', 'do not remember looks that are faint or hidden by others'
    )
    use_camera_motion: bool = _tracker(
        'use_camera_motion', 'carry the tracks along with the camera, where its motion is known'
    )
    estimate_camera_motion: bool = _tracker(
        'estimate_camera_motion', "find the camera's motion from the image"
    )
    separate_classes: bool = _tracker('separate_classes', 'match only within a class')
    gallery: bool = _parameter(
        False,
        'remember people who left: who comes back gets the old id; off by default, as '
        'embeddings of people are biometric data',
        read_only=True,
    )
    gallery_size: int = _parameter(
        _GALLERY_DEFAULTS.size,
        'embeddings that the gallery keeps at most; who left first is forgotten first',
        low=1,
        high=100_000,
        read_only=True,
    )
    gallery_ttl: float = _parameter(
        _GALLERY_DEFAULTS.max_seconds,
        'how long the gallery remembers people without a name',
        low=1.0,
        high=1e6,
    )
    gallery_distance: float = _parameter(
        _GALLERY_DEFAULTS.max_distance,
        'largest appearance distance (1 - cosine) to somebody '
        'in the gallery at which they are the same person',
        low=0.0,
        high=1.0,
    )
    max_input_age: float = _parameter(
        0.0,
        'seconds; input that is older when its turn comes is left out; 0 is off',
        low=0.0,
        high=3600.0,
    )
    input_timeout: float = _parameter(
        3.0,
        'seconds without input after which log and diagnostics say why there may be none',
        low=0.5,
        high=3600.0,
    )
    on_time_jump: str = _parameter(
        'reset',
        'when a stamp or the clock goes back or a gap exceeds `max_gap`: drop all '
        'tracks, or keep them and go on from there',
        choices=('reset', 'continue'),
    )
    max_gap: float = _parameter(
        5.0, 'seconds between two images that count as a jump in time', low=0.0, high=3600.0
    )
    min_box_area: float = _parameter(
        0.0,
        'tracks with a box of this area (square pixels) or less are not published; 0 is off',
        low=0.0,
        high=1e9,
    )
    max_box_aspect: float = _parameter(
        0.0,
        'tracks with a box wider than this many times its height are not published; 0 is off',
        low=0.0,
        high=100.0,
    )
    class_id_format: str = _parameter(
        'name',
        "what `class_id` holds: the label's name, or its index in `~/label_info`",
        choices=('name', 'index'),
    )
    publish_embeddings: bool = _parameter(
        True, 'put embeddings into `~/tracks`; of people, they are biometric data'
    )
    publish_lost: bool = _parameter(
        False, 'add lost tracks with their predicted boxes to `~/tracks`, and draw them dashed'
    )
    publish_tentative: bool = _parameter(False, 'add unconfirmed tracks to `~/tracks`')
    position_source: str = _parameter(
        'none',
        'how people are located in space: not at all, by the registered depth image '
        "`depth`, or standing on a flat 'ground'; both need `camera_info`",
        choices=('none', 'depth', 'ground'),
        read_only=True,
    )
    depth_tolerance: float = _parameter(
        0.05,
        'seconds by which the stamps of an image and its depth image may differ',
        low=0.0,
        high=10.0,
    )
    camera_height: float = _parameter(
        1.0,
        'metres of the camera above the floor, for the ground as position source',
        low=0.01,
        high=1000.0,
    )
    camera_pitch: float = _parameter(
        0.0,
        'radians that the optical axis points below the horizon, for the same',
        low=-1.57,
        high=1.57,
    )
    max_range: float = _parameter(
        20.0, 'metres; people further away are not located on the ground', low=0.1, high=1e4
    )
    publish_tf: bool = _parameter(
        False, 'broadcast a tf frame `<node>/<id>` for each located person'
    )
    publish_humans: bool = _parameter(
        True,
        'list people as bodies of ROS4HRI under `/humans`, where hri_msgs is installed; '
        'off where another node does that',
        read_only=True,
    )
    follow: str = _parameter(
        '',
        'id of the one person whose position is also published as `~/follow_pose`, in the '
        "form of Detection2D's `id`; empty for nobody",
    )

    def __post_init__(self) -> None:
        for name in ('cameras', 'class_thresholds'):  # rclpy gives lists, arrays or None
            object.__setattr__(self, name, tuple(getattr(self, name) or ()))
        for spec in fields(self):
            _check(spec, getattr(self, spec.name))
        check_camera_names(self.cameras)
        config = self.tracker_config()  # checks what belongs together there
        if self.gallery and not config.uses_embeddings:
            raise ValueError('gallery needs embeddings, which this association does not use')

    def tracker_config(self, thresholds: Mapping[str, float] | None = None) -> TrackerConfig:
        """Return the tracker's part.

        Args:
            thresholds: of the model, for parameters that are left to it.
        """
        values = {name: getattr(self, name) for name in parameter_names()}
        given = {
            name: value
            for name, value in values.items()
            if not (name in MODEL_SETTINGS and value < 0)
        }
        return TrackerConfig.from_parameters(**with_model_thresholds(given, thresholds or {}))

    def gallery_config(self) -> GalleryConfig:
        """Return the gallery's part."""
        return GalleryConfig(
            size=self.gallery_size,
            max_seconds=self.gallery_ttl,
            max_distance=self.gallery_distance,
        )

    def changed(self: P, values: Mapping[str, Any]) -> P:
        """Return a copy with some values changed.

        Raises:
            ValueError: if the result is not consistent; the message says why.
        """
        return replace(self, **values)


def _model_threshold(name: str) -> Any:
    """Return a parameter of `TrackingParameters` whose default is the model's own value."""
    meta = TrackingParameters.__dataclass_fields__[name].metadata
    default = getattr(_TRACKER_DEFAULTS, name)
    text = f"{meta['description']}; -1 for the model's own, or {default:g} if it has none"
    return _parameter(-1.0, text, low=-1.0, high=1.0)


@dataclass(frozen=True)
class NodeParameters(TrackingParameters):
    """Those of the `fairmot` node, which also detects."""

    score_threshold: float = _model_threshold('score_threshold')
    low_score_threshold: float = _model_threshold('low_score_threshold')
    new_track_threshold: float = _model_threshold('new_track_threshold')
    min_score_scale: float = _model_threshold('min_score_scale')
    weights: str = _parameter(
        'default',
        "checkpoint, or .onnx file of fairmot-export, or 'default' for the model that ships",
        read_only=True,
    )
    device: str = _parameter(
        'auto', "'auto' (a GPU where there is one), 'cpu', 'cuda' or 'cuda:N'", read_only=True
    )
    engine: str = _parameter(
        'auto',
        "library that runs the network: 'openvino' (CPU) or 'torch' for checkpoints, "
        "'onnxruntime' for .onnx files; 'auto' takes the fastest that is installed for the device",
        choices=ENGINE_NAMES,
        read_only=True,
    )
    deterministic: bool = _parameter(
        False,
        "compute the same bits in every run on the same machine; engine 'auto' then takes torch",
        read_only=True,
    )
    precision: str = _parameter(
        'auto',
        "of the backbone; 'auto' is fp16 on a GPU and fp32 on the CPU",
        choices=('auto', 'fp32', 'fp16', 'bf16'),
        read_only=True,
    )
    input_width: int = _parameter(
        0,
        "width of the network's input, a multiple of 32; 0 for the model's own",
        low=0,
        high=8192,
        read_only=True,
    )
    input_height: int = _parameter(
        0,
        "height of the network's input, a multiple of 32; 0 for the model's own",
        low=0,
        high=8192,
        read_only=True,
    )
    image_transport: str = _parameter(
        'raw',
        "'compressed' subscribes to `image/compressed` instead of `image`",
        choices=('raw', 'compressed'),
        read_only=True,
    )
    detection_threshold: float = _parameter(
        0.1, 'lowest score of a detection that the tracker gets to see', low=0.0, high=1.0
    )
    trail_seconds: float = _parameter(
        3.0, 'length of the trails in the annotated image', low=0.0, high=60.0
    )
    jpeg_quality: int = _parameter(80, 'of the compressed annotated image', low=1, high=100)

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.input_width == 0) != (self.input_height == 0):
            raise ValueError('input_width and input_height must both be given, or both be 0')

    @property
    def input_size(self) -> tuple[int, int] | None:
        """(width, height), or None for the model's own."""
        return (self.input_width, self.input_height) if self.input_width else None


@dataclass(frozen=True)
class DetectionTrackerParameters(TrackingParameters):
    """Those of the `detection_tracker` node, which tracks what another detector found."""

    with_embeddings: bool = _parameter(
        False,
        'take `fairmot_ros/TrackArray` with embeddings from `detections` instead of '
        '`vision_msgs/Detection2DArray`; the ids in it are ignored',
        read_only=True,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.association in ('fairmot', 'byte_reid') and not self.with_embeddings:
            raise ValueError(
                f'association {self.association!r} needs with_embeddings; boxes alone do for '
                "'default' and 'byte'"
            )
        if self.gallery and not self.with_embeddings:
            raise ValueError('gallery needs with_embeddings: people are known by those')


def check_camera_names(names: tuple[str, ...]) -> None:
    """Raise ValueError unless the names can be parts of topics and tell cameras apart."""
    if names == ('',):
        return
    wrong = [name for name in names if not CAMERA_NAME.fullmatch(name)]
    if wrong or not names:
        raise ValueError(f'cameras must be names of letters, digits and _, got {list(names)!r}')
    if len(set(names)) != len(names):
        raise ValueError(f'cameras must differ from each other, got {list(names)!r}')


def _check(spec: Field, value: Any) -> None:
    """Raise ValueError if one value is out of its range."""
    low, high = spec.metadata['low'], spec.metadata['high']
    choices = spec.metadata['choices']
    if choices and value not in choices:
        raise ValueError(f'{spec.name} must be one of {", ".join(choices)}, got {value!r}')
    if low is not None and not low <= value <= high:
        raise ValueError(f'{spec.name} must be within {low}..{high}, got {value}')


def declare(node: Node, kind: type[P]) -> P:
    """Declare all parameters of a kind with their descriptors; returns the values in force.

    Raises:
        ValueError: if the given values are not consistent.
    """
    rename_former(node)
    values = {}
    for spec in fields(kind):
        try:
            parameter = node.declare_parameter(spec.name, spec.default, _descriptor(spec))
        except InvalidParameterTypeException as error:
            raise ValueError(f'{error}{_advice(spec)}') from error
        except ParameterException as error:
            raise ValueError(str(error)) from error
        values[spec.name] = parameter.value
    return kind(**values)


def _advice(spec: Field) -> str:
    """Return how a value of the wrong type should have been written."""
    examples = {float: '3.0', str: '"\'1\'"', tuple: "['front']"}
    example = examples.get(type(spec.default))
    return f' (it is written like {example})' if example else ''


def _descriptor(spec: Field) -> ParameterDescriptor:
    meta = spec.metadata
    descriptor = ParameterDescriptor(
        description=meta['description'],
        read_only=meta['read_only'],
        additional_constraints=(
            f'one of: {", ".join(meta["choices"])}' if meta['choices'] else ''
        ),
    )
    if meta['low'] is not None:
        if isinstance(spec.default, int):
            descriptor.integer_range = [
                IntegerRange(from_value=int(meta['low']), to_value=int(meta['high']), step=0)
            ]
        else:
            descriptor.floating_point_range = [
                FloatingPointRange(
                    from_value=float(meta['low']), to_value=float(meta['high']), step=0.0
                )
            ]
    return descriptor


def own_values(parameters: Iterable[Parameter], kind: type[TrackingParameters]) -> dict[str, Any]:
    """Pick a kind's own out of a list that may hold others, `use_sim_time` for one."""
    names = {spec.name for spec in fields(kind)}
    return {p.name: p.value for p in parameters if p.name in names}


def as_markdown() -> str:
    """Return the tables of all parameters for the documentation."""
    lines = [
        '# Parameters',
        '',
        'Generated by `python -m fairmot_ros.ros.parameters`. "Fixed" ones are read when the '
        'node starts; the others may change while it runs, several at once as a whole.',
        '',
        'Beside these, every input topic has the usual read-only overrides of its quality of '
        'service, for one `qos_overrides./image.subscription.reliability` (auto, reliable or '
        'best_effort), `.depth` and `.durability`.',
    ]
    common = {spec.name: spec for spec in fields(TrackingParameters)}
    nodes = (
        ('Of both nodes', list(common.values())),
        ('Of `fairmot` alone', _beyond(common, NodeParameters)),
        (
            'Of `detection_tracker` alone, or with another default',
            _beyond(common, DetectionTrackerParameters),
        ),
    )
    for title, specs in nodes:
        lines += [
            '',
            f'## {title}',
            '',
            '| name | default | values | fixed | meaning |',
            '|---|---|---|---|---|',
            *map(_markdown_row, specs),
        ]
    return '\n'.join(lines) + '\n'


def _beyond(common: Mapping[str, Field], kind: type[TrackingParameters]) -> list[Field]:
    return [s for s in fields(kind) if s is not common.get(s.name)]


def _markdown_row(spec: Field) -> str:
    meta = spec.metadata
    values = type(spec.default).__name__
    if isinstance(spec.default, tuple):
        values = f'list of {type(spec.default[0]).__name__}'
    if meta['choices']:
        values = ', '.join(meta['choices'])
    elif meta['low'] is not None:
        values = f'{meta["low"]:g} to {meta["high"]:g}'
    default = list(spec.default) if isinstance(spec.default, tuple) else spec.default
    if isinstance(default, bool):
        default = str(default).lower()
    fixed = 'fixed' if meta['read_only'] else ''
    return f'| `{spec.name}` | {default} | {values} | {fixed} | {meta["description"]} |'


if __name__ == '__main__':
    print(as_markdown(), end='')
