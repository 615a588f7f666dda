"""Settings of the parts of a node that are not of the pipeline: inputs, outputs, positions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fairmot_ros.pixels import MAX_IMAGE_PIXELS
from fairmot_ros.settings import Group, Settings, setting

CAMERA_NAME = re.compile('[A-Za-z][A-Za-z0-9_]*')


@dataclass(frozen=True)
class InputSettings(Settings):
    """Cameras, and when a node starts."""

    cameras: tuple[str, ...] = setting(
        ('',),
        'names of the cameras: each has its own topics `<name>/...` and ids `<name>/<n>`; '
        "[''] is one camera without a name",
        structural=True,
    )
    reliability: str = setting(
        'auto',
        "of the input subscription; 'auto' follows the publisher",
        choices=('auto', 'reliable', 'best_effort'),
        structural=True,
    )
    autostart: bool = setting(
        True,
        'configure and activate at start; off where a lifecycle manager does it',
        structural=True,
    )
    max_input_age: float = setting(
        0.0,
        'input older than this when its turn comes is left out; 0 is off',
        unit='seconds',
        low=0.0,
        high=3600.0,
    )
    input_timeout: float = setting(
        3.0,
        'time without input after which log and diagnostics say why there may be none',
        unit='seconds',
        low=0.5,
        high=3600.0,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_camera_names(self.cameras)


@dataclass(frozen=True)
class ImageInputSettings(Settings):
    """How images arrive."""

    image_transport: str = setting(
        'raw',
        "'compressed' subscribes to `image/compressed` instead of `image`",
        choices=('raw', 'compressed'),
        structural=True,
    )
    max_image_pixels: int = setting(
        MAX_IMAGE_PIXELS,
        'largest width x height of an image; larger ones are refused before they are decoded',
        unit='pixels',
        low=1,
        high=2**30,
    )


@dataclass(frozen=True)
class DetectionInputSettings(Settings):
    """How detections arrive."""

    with_embeddings: bool = setting(
        False,
        'subscribe to `fairmot_ros/TrackArray` with embeddings on `detections` instead of '
        '`vision_msgs/Detection2DArray`; its ids are ignored',
        structural=True,
    )


@dataclass(frozen=True)
class OutputSettings(Settings):
    """What is published of the tracks."""

    class_id_format: str = setting(
        'name',
        "what `class_id` holds: the label's name, or its index in `~/label_info`",
        choices=('name', 'index'),
    )
    publish_embeddings: bool = setting(
        True, 'add embeddings to `~/tracks`; of people, they are biometric data'
    )
    publish_lost: bool = setting(
        False, 'add lost tracks with their predicted boxes to `~/tracks`, and draw them dashed'
    )
    publish_tentative: bool = setting(False, 'add tentative tracks to `~/tracks`')
    publish_humans: bool = setting(
        True,
        'list people as bodies of ROS4HRI under `/humans`, where hri_msgs is installed; '
        'off where another node does that',
        structural=True,
    )


@dataclass(frozen=True)
class AnnotationSettings(Settings):
    """How `~/image_annotated` is drawn."""

    trail_seconds: float = setting(
        3.0, 'length of the trails in the annotated image', unit='seconds', low=0.0, high=60.0
    )
    jpeg_quality: int = setting(80, 'of the compressed annotated image', low=1, high=100)


@dataclass(frozen=True)
class PositionSettings(Settings):
    """How people are located in space."""

    position_source: str = setting(
        'none',
        'how people are located in space: not at all, by the registered depth image '
        "`depth`, or standing on a flat 'ground'; both need `camera_info`",
        choices=('none', 'depth', 'ground'),
        structural=True,
    )
    depth_tolerance: float = setting(
        0.05,
        'largest difference between the stamps of an image and its depth image',
        unit='seconds',
        low=0.0,
        high=10.0,
    )
    depth_noise: float = setting(
        0.03,
        'standard deviation of a depth, as a share of it, for the position source depth',
        low=0.001,
        high=1.0,
    )
    camera_height: float = setting(
        1.0,
        'height of the camera above the floor, for the position source ground',
        unit='metres',
        low=0.01,
        high=1000.0,
    )
    camera_pitch: float = setting(
        0.0,
        'angle of the optical axis below the horizon, for the position source ground',
        unit='radians',
        low=-1.57,
        high=1.57,
    )
    max_range: float = setting(
        20.0,
        'people further away are not located on the ground',
        unit='metres',
        low=0.1,
        high=1e4,
    )
    camera_info_topic: str = setting(
        '',
        'topic of the calibration; empty for `camera_info` beside the topic of the images. '
        'A relative name gets the name of the camera as a prefix',
        structural=True,
    )
    target_frame: str = setting(
        '',
        'frame of positions and velocities, such as `map` or `odom`, reached by tf; it should '
        'stand still. Empty for the frame of the camera, without velocities',
        structural=True,
    )
    transform_timeout: float = setting(
        0.1,
        'longest wait for the transform at the stamp of an image',
        unit='seconds',
        low=0.0,
        high=10.0,
    )
    camera_motion_frame: str = setting(
        '',
        'frame that stands still, such as `odom`: the motion of the camera in it, by tf, moves '
        'the tracks in the image. Empty to use no tf for that',
        structural=True,
    )
    publish_tf: bool = setting(False, 'broadcast a tf frame `<node>/<id>` for each located person')
    follow: str = setting(
        '',
        'id of the one person whose position is also published as `~/follow_pose`, in the '
        "form of Detection2D's `id`; empty for nobody",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ('target_frame', 'camera_motion_frame'):
            _check_frame(name, getattr(self, name))
            if getattr(self, name) and self.position_source == 'none':
                raise ValueError(f'{name} needs a position_source: depth or ground')


INPUTS = Group('Input', InputSettings)
IMAGES = Group('Input', ImageInputSettings)
DETECTIONS = Group('Input', DetectionInputSettings)
OUTPUTS = Group('Output', OutputSettings)
ANNOTATION = Group('Annotated image', AnnotationSettings)
POSITIONS = Group('Positions in space', PositionSettings)


def _check_frame(setting_name: str, frame: str) -> None:
    """Raise ValueError if tf does not allow the name of a frame."""
    if frame.startswith('/') or frame.split() not in ([], [frame]):
        raise ValueError(
            f'{setting_name} must be the name of a frame, without spaces and a leading slash, '
            f'got {frame!r}'
        )


def _check_camera_names(names: tuple[str, ...]) -> None:
    """Raise ValueError unless the names can be parts of topics and tell cameras apart."""
    if names == ('',):
        return
    wrong = [name for name in names if not CAMERA_NAME.fullmatch(name)]
    if wrong or not names:
        raise ValueError(f'cameras must be names of letters, digits and _, got {list(names)!r}')
    if len(set(names)) != len(names):
        raise ValueError(f'cameras must differ from each other, got {list(names)!r}')
