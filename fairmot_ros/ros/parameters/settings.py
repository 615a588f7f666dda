# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Settings of the ROS side of a node: inputs, outputs, positions in space."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from fairmot_ros.following.settings import FollowSettings
from fairmot_ros.pixels import MAX_IMAGE_PIXELS
from fairmot_ros.settings import Group, Settings, setting
from fairmot_ros.zones.shapes import Line, Zone, check_names, parse_lines, parse_zones

TRANSPORTS = ('auto', 'raw', 'compressed')
CAMERA_NAME = re.compile('[A-Za-z][A-Za-z0-9_]*')


@dataclass(frozen=True)
class InputSettings(Settings):
    """Cameras, input quality of service and start of a node."""

    cameras: tuple[str, ...] = setting(
        ('',),
        'camera names; each camera has topics `<name>/...` and ids `<name>/<n>`. '
        "[''] is a single unnamed camera",
        structural=True,
    )
    reliability: str = setting(
        'auto',
        "reliability of the input subscriptions; 'auto' matches the publisher",
        choices=('auto', 'reliable', 'best_effort'),
        structural=True,
    )
    autostart: bool = setting(
        True,
        'configure and activate the node at start; disable it if a lifecycle manager does that',
        structural=True,
    )
    bond: bool = setting(
        False,
        "form a bond with Nav2's lifecycle manager while the node is active: heartbeats on the "
        'topic `bond`, as the manager expects unless its `bond_timeout` is 0; needs the package '
        'bond',
        structural=True,
    )
    max_input_age: float = setting(
        0.0,
        'maximum age of a message (by its stamp) when its processing starts; older ones are '
        'skipped, 0 disables the limit',
        unit='seconds',
        low=0.0,
        high=3600.0,
    )
    input_timeout: float = setting(
        3.0,
        'time without input after which the log and the diagnostics explain why',
        unit='seconds',
        low=0.5,
        high=3600.0,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_camera_names(self.cameras)


@dataclass(frozen=True)
class ImageInputSettings(Settings):
    """Transport and size limit of input images."""

    image_transport: str = setting(
        'auto',
        "'raw' subscribes to `image`, 'compressed' to `image/compressed`; 'auto' to `image`, or "
        'to `image/compressed` while only that has a publisher',
        choices=TRANSPORTS,
        structural=True,
    )
    image_transports: tuple[str, ...] = setting(
        ('',),
        "transports of single cameras, `CAMERA: TRANSPORT`, instead of image_transport. [''] is "
        'none',
        structural=True,
    )
    max_image_pixels: int = setting(
        MAX_IMAGE_PIXELS,
        'limit of width x height of an image; larger images are rejected before decoding',
        unit='pixels',
        low=1,
        high=2**30,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self._by_camera()

    def transport_of(self, camera: str) -> str:
        """Return the transport of a camera; `camera` is '' for a single unnamed camera."""
        return self._by_camera().get(camera, self.image_transport)

    def check_cameras(self, cameras: Sequence[str]) -> None:
        """Raise ValueError if a transport is that of a camera that does not exist."""
        for camera in self._by_camera():
            if camera not in cameras:
                raise ValueError(
                    f'image_transports names {camera!r}, which is none of the cameras '
                    f'{list(cameras)!r}'
                )

    def _by_camera(self) -> dict[str, str]:
        """Return the transports of single cameras; raise ValueError if one is invalid."""
        found: dict[str, str] = {}
        for text in filter(None, self.image_transports):
            camera, _, transport = (part.strip() for part in text.partition(':'))
            if not camera or transport not in TRANSPORTS:
                raise ValueError(
                    'image_transports must have the form CAMERA: TRANSPORT, with a transport of '
                    f'{", ".join(TRANSPORTS)}, got {text!r}'
                )
            if camera in found:
                raise ValueError(f'image_transports names {camera!r} twice')
            found[camera] = transport
        return found


@dataclass(frozen=True)
class DetectionInputSettings(Settings):
    """Type of input detections."""

    with_embeddings: bool = setting(
        False,
        'type of `detections`: `fairmot_ros/TrackArray` with embeddings if true, otherwise '
        '`vision_msgs/Detection2DArray`. Ids in the input are ignored',
        structural=True,
    )


@dataclass(frozen=True)
class OutputSettings(Settings):
    """Content of the published track messages."""

    class_id_format: str = setting(
        'name',
        'content of `class_id`: name of the class, or its index in `~/label_info`',
        choices=('name', 'index'),
    )
    publish_embeddings: bool = setting(
        True, 'add embeddings to `~/tracks`; embeddings of people are biometric data'
    )
    publish_lost: bool = setting(
        False,
        'add lost tracks with predicted boxes to `~/tracks`, and as dashed boxes to '
        '`~/image_annotated`',
    )
    publish_tentative: bool = setting(False, 'add tentative tracks to `~/tracks`')
    publish_humans: bool = setting(
        False,
        'publish ROS4HRI bodies (REP 155) under `/humans`; needs hri_msgs. Only one node of a '
        'robot should do so',
        structural=True,
    )


@dataclass(frozen=True)
class AnnotationSettings(Settings):
    """Appearance of `~/image_annotated`."""

    trail_seconds: float = setting(
        3.0, 'duration of the trails in annotated images', unit='seconds', low=0.0, high=60.0
    )
    jpeg_quality: int = setting(
        80, 'JPEG quality of `~/image_annotated/compressed`', low=1, high=100
    )


@dataclass(frozen=True)
class PositionSettings(Settings):
    """Computation of positions in space."""

    position_source: str = setting(
        'none',
        "source of positions in space: 'none' publishes none, 'depth' uses the topic `depth` with "
        "depth images registered to the input, 'ground' assumes that people stand on a horizontal "
        "plane; 'depth' and 'ground' need `camera_info`",
        choices=('none', 'depth', 'ground'),
        structural=True,
    )
    depth_tolerance: float = setting(
        0.05,
        'maximum difference between the stamps of an image and its depth image',
        unit='seconds',
        low=0.0,
        high=10.0,
    )
    depth_noise: float = setting(
        0.03,
        "standard deviation of a depth, as a share of it, for the position source 'depth'",
        low=0.001,
        high=1.0,
    )
    camera_height: float = setting(
        1.0,
        "height of the camera above the ground, for the position source 'ground'",
        unit='metres',
        low=0.01,
        high=1000.0,
    )
    camera_pitch: float = setting(
        0.0,
        "angle of the optical axis below the horizon, for the position source 'ground'",
        unit='radians',
        low=-1.57,
        high=1.57,
    )
    max_range: float = setting(
        20.0,
        "maximum distance of a position, for the position source 'ground'; tracks beyond it get "
        'none',
        unit='metres',
        low=0.1,
        high=1e4,
    )
    camera_info_topic: str = setting(
        '',
        'topic of the calibration, relative to the name of the camera; empty: `camera_info` '
        'in the namespace of the image topic',
        structural=True,
    )
    target_frame: str = setting(
        '',
        'fixed tf frame in which positions and velocities are filtered, such as `map` or `odom`; '
        'empty for positions in the frame of the camera, without filter and velocity; needs '
        'position_source',
        structural=True,
    )
    transform_timeout: float = setting(
        0.1,
        'maximum wait for the transform at the stamp of an image',
        unit='seconds',
        low=0.0,
        high=10.0,
    )
    camera_motion_frame: str = setting(
        '',
        'fixed tf frame, such as `odom`, from which the camera motion is taken that predicted '
        'boxes are compensated for, instead of `estimate_camera_motion`; needs position_source; '
        'empty to disable',
        structural=True,
    )
    odometry: bool = setting(
        False,
        'take the motion of the robot from `nav_msgs/Odometry` on the topic `odom`, for robots '
        'without it in tf: the transform from its child_frame_id to its frame_id; needs '
        'target_frame or camera_motion_frame',
        structural=True,
    )
    camera_pose: str = setting(
        '',
        'pose `x y z roll pitch yaw` of the camera in the child_frame_id of the odometry, in '
        'metres and radians; roll, pitch and yaw are 0 if it looks ahead, a positive pitch looks '
        'down. Empty: tf has it, such as /tf_static from robot_state_publisher',
        structural=True,
    )
    publish_tf: bool = setting(
        False,
        'publish a tf frame `body_<letters>_<id>` for each track with a position; the letters '
        'stand for the node',
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ('target_frame', 'camera_motion_frame'):
            _check_frame(name, getattr(self, name))
            if getattr(self, name) and self.position_source == 'none':
                raise ValueError(f'{name} needs a position_source: depth or ground')
        if self.odometry and not (self.target_frame or self.camera_motion_frame):
            raise ValueError(
                'odometry needs a target_frame or a camera_motion_frame, such as odom'
            )
        if self.camera_pose and not self.odometry:
            raise ValueError('camera_pose needs odometry; with tf alone, publish it on /tf_static')
        parse_camera_pose(self.camera_pose)

    def check_cameras(self, cameras: Sequence[str]) -> None:
        """Raise ValueError if several cameras have one pose."""
        if self.camera_pose and len(cameras) > 1:
            raise ValueError(
                'camera_pose is the pose of a single camera; with several, publish their poses on '
                '/tf_static'
            )


@dataclass(frozen=True)
class ZoneSettings(Settings):
    """Zones and lines for counting tracks."""

    zones: tuple[str, ...] = setting(
        ('',),
        'polygons `NAME: x,y x,y x,y ...` with at least three corners, in the unit `zone_unit`. '
        "With several cameras, `CAMERA/NAME` belongs to one of them. [''] is none",
        structural=True,
    )
    lines: tuple[str, ...] = setting(
        ('',),
        'counting lines `NAME: x,y x,y`, in the same form; a track crosses forward from left to '
        'right, looking from the first point to the second',
        structural=True,
    )
    zone_unit: str = setting(
        'pixels',
        "unit of zones and lines: 'pixels' of the image, where the position of a track is the "
        "bottom centre of its box, or 'metres', x and y of `target_frame`, whose floor is at "
        'z = 0',
        choices=('pixels', 'metres'),
        structural=True,
    )
    zone_margin: float = setting(
        0.05,
        'hysteresis: distance from a border, as a share of the height of the box, or of the '
        "person with the unit 'metres', within which a track stays on its side",
        low=0.0,
        high=1.0,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        zones, lines = self.shapes()
        check_names([*zones, *lines])

    def shapes(self) -> tuple[tuple[Zone, ...], tuple[Line, ...]]:
        """Return the zones and the lines."""
        y_down = self.zone_unit == 'pixels'
        return parse_zones(self.zones), parse_lines(self.lines, y_down=y_down)

    def check_frame(self, target_frame: str) -> None:
        """Raise ValueError if zones in metres have no frame."""
        if self.zone_unit == 'metres' and not target_frame:
            raise ValueError("zone_unit 'metres' needs a target_frame, in which zones are given")

    def check_cameras(self, cameras: Sequence[str]) -> None:
        """Raise ValueError if a zone or line belongs to a camera that does not exist."""
        zones, lines = self.shapes()
        shapes: list[Zone | Line] = [*zones, *lines]
        for shape in shapes:
            camera = shape.name.rpartition('/')[0]
            if camera and camera not in cameras:
                raise ValueError(
                    f'{shape.name!r} belongs to none of the cameras {list(cameras)!r}: use one of '
                    'them, or omit the camera'
                )


INPUTS = Group('Input', InputSettings)
IMAGES = Group('Input', ImageInputSettings)
DETECTIONS = Group('Input', DetectionInputSettings)
OUTPUTS = Group('Output', OutputSettings)
ANNOTATION = Group('Annotated image', AnnotationSettings)
POSITIONS = Group('Positions in space', PositionSettings)
FOLLOWING = Group('Following a person', FollowSettings)
ZONES = Group('Zones and lines', ZoneSettings)


def parse_camera_pose(text: str) -> tuple[float, ...]:
    """Return the numbers of the setting `camera_pose`, () if it is empty.

    Raises:
        ValueError: if there are not six, or one is not finite.
    """
    try:
        values = tuple(map(float, text.split()))
    except ValueError:
        values = (math.nan,)
    if len(values) not in (0, 6) or not all(map(math.isfinite, values)):
        raise ValueError(f'camera_pose must be six numbers, x y z roll pitch yaw, got {text!r}')
    return values


def _check_frame(setting_name: str, frame: str) -> None:
    """Raise ValueError if tf does not allow the name of a frame."""
    if frame.startswith('/') or frame.split() not in ([], [frame]):
        raise ValueError(
            f'{setting_name} must be the name of a frame, without spaces and a leading slash, '
            f'got {frame!r}'
        )


def _check_camera_names(names: tuple[str, ...]) -> None:
    """Raise ValueError unless the names are distinct and valid in topic names."""
    if names == ('',):
        return
    wrong = [name for name in names if not CAMERA_NAME.fullmatch(name)]
    if wrong or not names:
        raise ValueError(
            'cameras must be names that start with a letter and consist of letters, digits and _, '
            f'got {list(names)!r}'
        )
    if len(set(names)) != len(names):
        raise ValueError(f'cameras must be distinct, got {list(names)!r}')
