# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Outputs with optional message packages, tested if the package is installed."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from peers import Camera, NodeStarter, Peer, make_image
from rcl_interfaces.srv import SetParameters
from rclpy.parameter import Parameter
from sensor_msgs.msg import CameraInfo, Image
from vision_msgs.msg import Detection2DArray

from fairmot_ros.ros.conversions.bodies import body_frame, body_id

DEACTIVATE = Transition(id=Transition.TRANSITION_DEACTIVATE)


def test_foxglove_annotations_match_the_detections(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    foxglove_msgs = pytest.importorskip('foxglove_msgs.msg', reason='needs foxglove_msgs')
    start('nodes.fairmot_node')
    annotations = peer.subscribe(foxglove_msgs.ImageAnnotations, 'fairmot/annotations')
    result = Camera(peer, peer.subscribe(Detection2DArray, 'fairmot/detections')).send(images[0])
    (message,) = peer.wait(lambda: annotations, 'the annotations')
    assert [text.text for text in message.texts] == [d.id for d in result.detections]
    for lines, text, detection in zip(message.points, message.texts, result.detections):
        assert lines.type == lines.LINE_LOOP
        assert lines.timestamp == text.timestamp == result.header.stamp
        box, corners = detection.bbox, np.array([(p.x, p.y) for p in lines.points])
        assert corners.mean(axis=0) == pytest.approx(
            [box.center.position.x, box.center.position.y]
        )
        assert np.ptp(corners, axis=0) == pytest.approx([box.size_x, box.size_y])


def test_bodies_of_all_cameras_are_published_in_one_list(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    hri_msgs = pytest.importorskip('hri_msgs.msg', reason='needs hri_msgs')
    peer.destroy_image_publisher()
    cameras = ('left', 'right')
    node = start('nodes.fairmot_node', {'cameras': list(cameras), 'publish_humans': True})
    bodies = peer.subscribe(hri_msgs.IdsList, '/humans/bodies/tracked')
    diagnostics = peer.subscribe(DiagnosticArray, '/diagnostics')
    expected: set[str] = set()

    def complete() -> bool:
        return bool(bodies) and set(bodies[-1].ids) == expected

    for name in cameras:
        results = peer.subscribe(Detection2DArray, f'fairmot/{name}/detections')
        sender = peer.advertise(Image, f'{name}/image')
        sender.publish(make_image(images[0], 5.0, name))
        peer.wait(lambda r=results: r, f'the result of {name}')
        expected |= {body_id('/fairmot', d.id) for d in results[0].detections}
        peer.wait(complete, 'the list of all bodies')
    region_topic = f'/humans/bodies/{min(expected)}/roi'
    regions = peer.subscribe(hri_msgs.NormalizedRegionOfInterest2D, region_topic)
    crops = peer.subscribe(Image, region_topic.replace('roi', 'cropped'))
    left = peer.create_publisher(Image, 'left/image', 10)
    peer.wait(left.get_subscription_count, 'a subscriber of the left camera')
    for i in range(1, 20):  # the node has to discover the subscription before it cuts out
        left.publish(make_image(images[0], 5 + i / 10, 'left'))
        peer.wait(lambda n=i: len(regions) >= n, 'the region of a body')
        if crops:
            break
    region, cropped = regions[0], peer.wait(lambda: crops, 'the image of a body')[0]
    height, width = images[0].shape[:2]
    assert cropped.width == pytest.approx((region.xmax - region.xmin) * width, abs=2)
    assert cropped.height == pytest.approx((region.ymax - region.ymin) * height, abs=2)
    assert 0 <= region.xmin < region.xmax <= 1
    assert 0 <= region.ymin < region.ymax <= 1
    assert region.header.frame_id == cropped.header.frame_id == 'left'
    assert 'also publishes' not in diagnostics[-1].status[0].message
    peer.create_publisher(hri_msgs.IdsList, '/humans/bodies/tracked', 1)
    peer.wait(lambda: '/peer also publishes' in diagnostics[-1].status[0].message, 'a warning')
    assert node.last_lines(100).count('left: /peer also publishes') == 1
    peer.call(ChangeState, 'fairmot/change_state', transition=DEACTIVATE)
    peer.wait(lambda: bodies[-1].ids == [], 'an empty list: nobody is tracked any more')


def test_outputs_that_lack_a_package_are_named(start: NodeStarter) -> None:
    if find_spec('hri_msgs') is not None:
        pytest.skip('hri_msgs is installed')
    node = start('nodes.detection_tracker_node', {'publish_humans': True})
    assert node.process.wait(60) == 2
    words = 'cannot configure: publish_humans needs the package hri_msgs: install it, or disable'
    assert words in node.last_lines(20)


def test_without_publish_tf_nothing_is_advertised_on_tf(peer: Peer, start: NodeStarter) -> None:
    tf2_msgs = pytest.importorskip('tf2_msgs.msg', reason='needs tf2_msgs')
    start('nodes.detection_tracker_node', {'position_source': 'ground'})
    peer.subscribe(Detection2DArray, 'detection_tracker/detections')
    sender = peer.advertise(Detection2DArray, 'detections')
    assert peer.count_publishers('/tf') == 0
    assert peer.count_publishers('/humans/bodies/tracked') == 0

    def switch(value: bool, frame: int) -> None:
        """Set publish_tf, and send detections until the publisher exists, or does not."""
        parameter = Parameter('publish_tf', value=value).to_parameter_msg()
        peer.call(SetParameters, 'detection_tracker/set_parameters', parameters=[parameter])
        message = Detection2DArray()
        message.header.stamp.sec = frame
        sender.publish(message)
        peer.wait(lambda: peer.count_publishers('/tf') == value, f'publish_tf: {value}')

    switch(True, 1)
    frames = peer.subscribe(tf2_msgs.TFMessage, '/tf')
    switch(False, 2)
    assert frames == []


def test_tf_frames_are_unique_among_nodes(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    tf2_msgs = pytest.importorskip('tf2_msgs.msg', reason='needs tf2_msgs')
    peer.destroy_image_publisher()
    start(
        'nodes.fairmot_node',
        {
            'position_source': 'ground',
            'publish_tf': True,
            'camera_height': 3.0,
            'camera_pitch': 0.2,
            'max_range': 500.0,
        },
        {'__ns': '/robot'},
    )
    frames = peer.subscribe(tf2_msgs.TFMessage, '/tf')
    results = peer.subscribe(Detection2DArray, 'robot/fairmot/detections')
    height, width = images[0].shape[:2]
    info = CameraInfo(width=width, height=height, distortion_model='plumb_bob')
    info.k = np.array([700.0, 0, width / 2, 0, 700.0, height / 2, 0, 0, 1])
    peer.advertise(CameraInfo, 'robot/camera_info').publish(info)
    sender = peer.advertise(Image, 'robot/image')
    for i in range(5):
        sender.publish(make_image(images[i], 10 + i / 7))
        peer.wait(lambda n=i: len(results) > n, 'the result')
        if frames:
            break
    peer.wait(lambda: frames, 'tf frames')
    ids = {d.id for message in results for d in message.detections}
    for transform in frames[0].transforms:
        assert transform.header.frame_id == 'eye'
        assert transform.child_frame_id in {body_frame(body_id('/robot/fairmot', i)) for i in ids}
        assert transform.transform.translation.z > 0
        turn = transform.transform.rotation
        assert turn.x == turn.w, 'z is up'
