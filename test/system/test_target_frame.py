# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A camera that drives and turns, with its tf: the node tells where people stand in the world."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip('tf2_msgs', reason='needs ROS 2 and tf2_msgs')

from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import PoseStamped, TransformStamped
from peers import LATCHED, NodeStarter, Peer
from rcl_interfaces.msg import Log
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage
from vision_msgs.msg import (
    Detection2D,
    Detection2DArray,
    Detection3DArray,
    ObjectHypothesisWithPose,
)
from visualization_msgs.msg import MarkerArray

from benchmarks.moving_camera import (
    CAMERA_HEIGHT,
    STATIC_TRANSFORMS,
    TALL,
    MovingCamera,
    back_and_forth,
)
from fairmot_ros.msg import TrackPositionArray, ZoneStateArray
from fairmot_ros.spatial.transforms import quaternion_about_z

RATE = 20
PERSON = (6.0, 0.0)


class World:
    """Publishes what a robot would: detections, depth, calibration and transforms."""

    def __init__(self, peer: Peer, odometry: type | None = None) -> None:
        """Publish poses as messages of the type `odometry` if it is given, otherwise as tf."""
        self.peer = peer
        self.odometry = odometry
        self.simulation = MovingCamera(back_and_forth)
        self.results = peer.subscribe(Detection3DArray, 'detection_tracker/detections_3d')
        self.positions = peer.subscribe(TrackPositionArray, 'detection_tracker/positions')
        self.detections = peer.advertise(Detection2DArray, 'detections')
        self.depths = peer.advertise(Image, 'camera/depth/image_raw')
        if odometry is None:
            self.poses = peer.advertise(TFMessage, '/tf')
            static = peer.create_publisher(TFMessage, '/tf_static', LATCHED)
            static.publish(TFMessage(transforms=[transform(*t) for t in STATIC_TRANSFORMS]))
        else:
            self.poses = peer.advertise(odometry, 'wheels/odom')
        camera = self.simulation.camera
        info = CameraInfo(width=640, height=480, distortion_model='plumb_bob', d=[0.0] * 5)
        info.k = camera.matrix.ravel()
        peer.advertise(CameraInfo, 'camera/color/camera_info').publish(info)
        self.frame = 0

    @property
    def header(self) -> Header:
        header = Header(frame_id='optical')
        time = self.frame / RATE
        header.stamp.sec = 100 + int(time)
        header.stamp.nanosec = round(time % 1 * 1e9)
        return header

    def move(self) -> None:
        """Publish the pose of the robot."""
        x, y, yaw = self.simulation.pose(self.frame / RATE)
        message = transform('odom', 'base_link', (x, y, 0), quaternion_about_z(yaw))
        message.header.stamp = self.header.stamp
        if self.odometry is None:
            self.poses.publish(TFMessage(transforms=[message]))
            return
        odometry = self.odometry(header=message.header, child_frame_id='base_link')
        odometry.pose.pose.position.x, odometry.pose.pose.position.y = float(x), float(y)
        odometry.pose.pose.orientation = message.transform.rotation
        self.poses.publish(odometry)

    def look(self, depth_frame: str = 'optical', **changed: Any) -> None:
        """Publish detections, and the depth image with some fields changed."""
        seen = self.simulation.see(PERSON, self.frame / RATE)
        assert seen is not None
        box, depth = seen
        fields = {'encoding': '32FC1', 'width': 640, 'height': 480, 'step': 2560, **changed}
        image = Image(header=self.header, data=array('B', depth.tobytes()), **fields)
        image.header.frame_id = depth_frame
        self.depths.publish(image)
        person = Detection2D(results=[ObjectHypothesisWithPose()])
        person.results[0].hypothesis.class_id = 'person'
        person.results[0].hypothesis.score = 0.9
        person.bbox.center.position.x, person.bbox.center.position.y = (box[:2] + box[2:]) / 2
        person.bbox.size_x, person.bbox.size_y = box[2:] - box[:2]
        self.detections.publish(Detection2DArray(header=self.header, detections=[person]))

    def step(self, **changed: Any) -> Detection3DArray:
        """Move, look and return the answer."""
        self.move()
        self.look(**changed)
        return self.answer()

    def answer(self) -> Detection3DArray:
        stamp = self.header.stamp
        found = self.peer.wait(
            lambda: next((r for r in self.results if r.header.stamp == stamp), None), 'an answer'
        )
        self.frame += 1
        return found


def transform(parent: str, child: str, moved: tuple, turned: tuple) -> TransformStamped:
    message = TransformStamped(header=Header(frame_id=parent), child_frame_id=child)
    place, rotation = message.transform.translation, message.transform.rotation
    place.x, place.y, place.z = map(float, moved)
    rotation.x, rotation.y, rotation.z, rotation.w = map(float, turned)
    return message


@pytest.fixture
def world(peer: Peer, start: NodeStarter) -> World:
    peer.destroy_image_publisher()
    start(
        'nodes.detection_tracker_node',
        {
            'position_source': 'depth',
            'target_frame': 'odom',
            'camera_motion_frame': 'odom',
            'transform_timeout': 0.3,
            'depth_tolerance': 0.06,  # also the one before, as the newest may come after
            'publish_tf': True,
            'follow': '1',
            'zones': ['around: 5,-1 7,-1 7,1 5,1', 'elsewhere: 5,2 7,2 7,3 5,3'],
            'zone_unit': 'metres',
        },
        {'image': 'camera/color/image_raw', 'depth': 'camera/depth/image_raw'},
    )
    return World(peer)


def test_a_standing_person_stands_still_in_the_world(world: World, peer: Peer) -> None:
    markers = peer.subscribe(MarkerArray, 'detection_tracker/markers')
    poses = peer.subscribe(PoseStamped, 'detection_tracker/follow_pose')
    zones = peer.subscribe(ZoneStateArray, 'detection_tracker/zones')
    frames = peer.subscribe(TFMessage, '/tf')
    errors = []
    for _ in range(6 * RATE):
        answer = world.step()
        assert answer.header.frame_id == 'odom'
        if world.frame > 3 * RATE:
            (person,) = answer.detections
            point = person.bbox.center.position
            errors.append(np.array([point.x, point.y, point.z]) - (*PERSON, TALL / 2))
    assert np.linalg.norm(errors, axis=1).max() < 0.2
    peer.wait(lambda: world.positions[-1].header == answer.header, 'positions')
    speeds = [
        np.linalg.norm([p.velocity.x, p.velocity.y, p.velocity.z])
        for message in world.positions[3 * RATE :]
        for p in message.positions
    ]
    assert len(speeds) > 2 * RATE and max(speeds) < 0.1
    (position,) = world.positions[-1].positions
    covariance = np.reshape(position.covariance, (6, 6))
    assert position.measured and position.id == person.id == '1'
    np.testing.assert_allclose(covariance, covariance.T)
    assert (np.linalg.eigvalsh(covariance) > 0).all() and covariance[0, 0] < 0.1**2
    pose = person.results[0].pose
    assert pose.pose.position == point
    np.testing.assert_allclose(pose.covariance[:2], covariance[0, :2])
    assert person.bbox.size.z == pytest.approx(TALL, rel=0.1)

    peer.wait(lambda: zones and zones[-1].header.stamp == answer.header.stamp, 'zones')
    around, elsewhere = zones[-1].zones
    assert (list(around.inside), around.entered, around.left) == (['1'], 1, 0)
    assert around.longest_dwell.sec >= 4 and not elsewhere.entered
    peer.wait(lambda: poses and poses[-1].header == answer.header, 'the pose to follow')
    assert poses[-1].pose.position == point
    peer.wait(lambda: markers and markers[-1].markers[0].header == answer.header, 'markers')
    label = next(m for m in markers[-1].markers if m.ns == 'ids')
    assert label.pose.position.z > point.z + TALL / 2
    last = peer.wait(
        lambda: next(
            (
                t
                for message in frames
                for t in message.transforms
                if t.header == answer.header and re.fullmatch('body_[a-z]{5}_1', t.child_frame_id)
            ),
            None,
        ),
        'the frame of the person',
    )
    assert last.transform.translation.x == point.x


def test_odometry_replaces_tf(peer: Peer, start: NodeStarter) -> None:
    nav_msgs = pytest.importorskip('nav_msgs.msg', reason='needs nav_msgs')
    peer.destroy_image_publisher()
    start(
        'nodes.detection_tracker_node',
        {
            'position_source': 'depth',
            'target_frame': 'odom',
            'camera_motion_frame': 'odom',
            'odometry': True,
            'camera_pose': f'0 0 {CAMERA_HEIGHT} 0 0 0',
            'transform_timeout': 0.3,
            'depth_tolerance': 0.06,
        },
        {
            'image': 'camera/color/image_raw',
            'depth': 'camera/depth/image_raw',
            'odom': 'wheels/odom',
        },
    )
    world = World(peer, nav_msgs.Odometry)
    diagnostics: list[DiagnosticArray] = peer.subscribe(DiagnosticArray, '/diagnostics')
    world.look()
    assert not world.answer().detections
    peer.wait(
        lambda: any(
            'no odometry received on /wheels/odom' in status.message
            for array in diagnostics[-1:]
            for status in array.status
        ),
        'a word on odometry',
    )
    logs: list[Log] = peer.subscribe(Log, '/rosout')
    ignored = 'ignoring odometry on /wheels/odom: a transform from'

    def without_a_frame() -> bool:
        world.poses.publish(nav_msgs.Odometry(header=Header(frame_id='odom')))
        return any(ignored in log.msg for log in logs)

    peer.wait(without_a_frame, 'a word on odometry without child_frame_id')
    for _ in range(3 * RATE):
        answer = world.step()
    (person,) = answer.detections
    point = person.bbox.center.position
    assert np.linalg.norm(np.array([point.x, point.y, point.z]) - (*PERSON, TALL / 2)) < 0.2
    peer.wait(lambda: world.positions[-1].header == answer.header, 'positions')
    (position,) = world.positions[-1].positions
    assert position.measured and position.id == '1'
    speed = [position.velocity.x, position.velocity.y, position.velocity.z]
    assert np.linalg.norm(speed) < 0.1


def test_transforms_and_depth_images_that_do_not_fit_are_explained(
    peer: Peer, world: World
) -> None:
    diagnostics: list[DiagnosticArray] = peer.subscribe(DiagnosticArray, '/diagnostics')

    def explained(words: str, show: Callable[[], object]) -> bool:
        show()
        return any(words in status.message for a in diagnostics[-1:] for status in a.status)

    world.simulation.pose = lambda _: (0.0, 0.0, 0.0)

    def without_tf() -> Detection3DArray:
        world.look()
        return world.answer()

    for _ in range(RATE):
        before = world.step().detections
    peer.wait(lambda: explained('no transform from optical to odom', without_tf), 'a word on tf')
    later = without_tf()
    if later.detections:  # predicted, until that is too vague
        shift = later.detections[0].bbox.center.position.x - before[0].bbox.center.position.x
        assert abs(shift) < 1.0
    for words, changed in (
        ('expected 640 x 480', {'width': 320, 'step': 1280, 'height': 960}),
        ('is not the encoding of a depth image', {'encoding': 'rgb8'}),
        ('the depth image is in the frame infrared', {'depth_frame': 'infrared'}),
    ):
        peer.wait(lambda w=words, c=changed: explained(w, lambda: world.step(**c)), words)
    peer.wait(lambda: world.step().detections, 'a person located again')
