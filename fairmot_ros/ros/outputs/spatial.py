"""`~/detections_3d`, `~/markers`, `~/follow_pose` and tf: where people are, in metres.

All of it is in the frame of the image's header, the camera's optical frame.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point, PoseStamped, Quaternion, TransformStamped, Vector3
from rclpy.node import Node
from std_msgs.msg import ColorRGBA, Header
from vision_msgs.msg import BoundingBox3D, Detection3D, Detection3DArray
from visualization_msgs.msg import Marker, MarkerArray

from fairmot_ros.geometry import Positions, locate_by_depth, locate_on_ground
from fairmot_ros.media.drawing import track_colour
from fairmot_ros.ros.conversions.images import ImageError
from fairmot_ros.ros.inputs.spatial_inputs import SpatialInputs
from fairmot_ros.ros.outputs.base import FrameResult, Output, has_subscribers
from fairmot_ros.ros.parameters import TrackingParameters
from fairmot_ros.types import Track

THICKNESS = 0.4  # metres from chest to back: a camera does not see it
MARKER_LIFETIME = Duration(nanosec=500_000_000)
# A cylinder stands along its z axis; in the optical frame up is -y.
UPRIGHT = Quaternion(x=float(np.sqrt(0.5)), w=float(np.sqrt(0.5)))

Located = tuple[Track, np.ndarray, np.ndarray]  # track, centre [3], size [2] in metres


class SpatialOutput(Output):
    """Locates the visible tracks and publishes them in every form that is listened to."""

    stage = 'locate'

    def __init__(self, node: Node, camera: str, parameters: TrackingParameters) -> None:
        """Offer the topics.

        Raises:
            ValueError: if tf is asked for and the package tf2_msgs is missing.
        """
        super().__init__(node, camera)
        self._inputs = SpatialInputs(
            node, self._prefix, depth=parameters.positions.position_source == 'depth'
        )
        self._detections = self._create_publisher(Detection3DArray, 'detections_3d')
        self._markers = self._create_publisher(MarkerArray, 'markers')
        self._pose = self._create_publisher(PoseStamped, 'follow_pose')
        try:
            from tf2_msgs.msg import TFMessage
        except ImportError:
            if parameters.positions.publish_tf:
                raise ValueError(
                    'publish_tf needs the package tf2_msgs, which is not installed'
                ) from None
            self._tf = None
        else:
            self._tf = node.create_publisher(TFMessage, '/tf', 100)
            self._publishers.append(self._tf)

    def activate(self) -> None:
        """Listen to the calibration and the depth image."""
        self._inputs.activate()

    def refresh(self) -> None:
        """Listen as reliably as is published."""
        self._inputs.follow_publishers()

    def deactivate(self) -> None:
        """Stop listening to them."""
        self._inputs.deactivate()

    def publish(self, result: FrameResult) -> None:
        """Publish the positions of this image's people; those not located are left out."""
        positions, self.warning = None, ''
        try:
            positions = self._locate(result)
        except ImageError as error:
            self.warning = str(error)
            self._node.get_logger().warning(self.warning, throttle_duration_sec=5.0)
        located: list[Located] = []
        if positions is not None:
            located = [
                (track, centre, size)
                for track, centre, size, known in zip(
                    result.visible, positions.centres, positions.sizes, positions.known
                )
                if known
            ]
        self._detections.publish(_detections(located, result))
        if has_subscribers(self._markers):
            self._markers.publish(MarkerArray(markers=_markers(located, result)))
        self._follow(located, result)
        if self._tf is not None and result.parameters.positions.publish_tf and located:
            self._broadcast(located, result)

    def _locate(self, result: FrameResult) -> Positions:
        settings = result.parameters.positions
        camera = self._inputs.camera(None if result.image is None else result.image.shape[:2])
        boxes = result.visible.boxes_xyxy
        if settings.position_source == 'ground':
            return locate_on_ground(
                camera,
                boxes,
                settings.camera_height,
                settings.camera_pitch,
                settings.max_range,
            )
        stamp = result.header.stamp
        depth = self._inputs.depth_at(
            stamp.sec + stamp.nanosec * 1e-9,
            settings.depth_tolerance,
            (camera.height, camera.width),
        )
        return locate_by_depth(camera, depth, boxes)

    def _follow(self, located: Sequence[Located], result: FrameResult) -> None:
        wanted = result.parameters.positions.follow
        for track, centre, _ in located:
            if wanted and result.converter.id_of(track) == wanted:
                pose = PoseStamped(header=result.header)
                pose.pose.position = Point(**_xyz(centre))
                self._pose.publish(pose)

    def _broadcast(self, located: Sequence[Located], result: FrameResult) -> None:
        from tf2_msgs.msg import TFMessage

        assert self._tf is not None
        # With its namespace: tf is one for all robots.
        name = self._node.get_fully_qualified_name().lstrip('/')
        self._tf.publish(
            TFMessage(
                transforms=[
                    _transform(result.header, f'{name}/{result.converter.id_of(track)}', centre)
                    for track, centre, _ in located
                ]
            )
        )


def _xyz(point: np.ndarray) -> dict[str, float]:
    return dict(zip('xyz', map(float, point)))


def _detections(located: Sequence[Located], result: FrameResult) -> Detection3DArray:
    found = []
    for track, centre, size in located:
        box = BoundingBox3D(size=Vector3(x=float(size[0]), y=float(size[1]), z=THICKNESS))
        box.center.position = Point(**_xyz(centre))
        hypothesis = result.converter.hypothesis(track)
        hypothesis.pose.pose.position = box.center.position
        found.append(
            Detection3D(
                header=result.header,
                results=[hypothesis],
                bbox=box,
                id=result.converter.id_of(track),
            )
        )
    return Detection3DArray(header=result.header, detections=found)


def _markers(located: Sequence[Located], result: FrameResult) -> list[Marker]:
    """Return a cylinder and a label for each person; they vanish by themselves."""
    markers = []
    for track, centre, size in located:
        blue, green, red = (value / 255 for value in track_colour(track.track_id))
        body = Marker(
            header=result.header,
            ns='people',
            id=track.track_id % 2**31,
            type=Marker.CYLINDER,
            action=Marker.ADD,
            lifetime=MARKER_LIFETIME,
            scale=Vector3(x=float(size[0]), y=THICKNESS, z=float(size[1])),
            color=ColorRGBA(r=red, g=green, b=blue, a=0.6),
        )
        body.pose.position = Point(**_xyz(centre))
        body.pose.orientation = UPRIGHT
        above = centre - np.array([0.0, size[1] / 2 + 0.15, 0.0])
        label = Marker(
            header=result.header,
            ns='ids',
            id=body.id,
            type=Marker.TEXT_VIEW_FACING,
            action=Marker.ADD,
            lifetime=MARKER_LIFETIME,
            text=result.converter.id_of(track),
            scale=Vector3(z=0.25),
            color=ColorRGBA(r=1.0, g=1.0, b=1.0, a=1.0),
        )
        label.pose.position = Point(**_xyz(above))
        markers += [body, label]
    return markers


def _transform(header: Header, child: str, centre: np.ndarray) -> TransformStamped:
    transform = TransformStamped(header=header, child_frame_id=child)
    transform.transform.translation = Vector3(**_xyz(centre))
    return transform
