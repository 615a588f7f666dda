# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Diagnostics and behaviour of the node with faulty inputs and conflicting publishers."""

from __future__ import annotations

import time
from array import array

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from peers import Camera, NodeStarter, Peer, make_image
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import SetParameters
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_srvs.srv import SetBool
from vision_msgs.msg import Detection2DArray, Detection3DArray


@pytest.fixture
def diagnostics(peer: Peer) -> list[DiagnosticArray]:
    return peer.subscribe_to_diagnostics()


def await_status(
    peer: Peer,
    diagnostics: list[DiagnosticArray],
    words: str,
    level: bytes = DiagnosticStatus.WARN,
) -> DiagnosticStatus:
    """Wait until the newest status contains `words`; check its level."""

    def newest() -> DiagnosticStatus | None:
        status = diagnostics[-1].status[0] if diagnostics else DiagnosticStatus()
        return status if words in status.message else None

    status = peer.wait(newest, f'{words!r} in the diagnostics')
    assert status.level == level
    return status


def count(diagnostics: list[DiagnosticArray], key: str) -> int:
    """Return a counter of the newest status."""
    values = diagnostics[-1].status[0].values if diagnostics else []
    return next((int(v.value) for v in values if v.key == key), 0)


def test_skipped_and_stale_images_are_reported(
    peer: Peer, start: NodeStarter, images: list[np.ndarray], diagnostics: list
) -> None:
    start('nodes.fairmot_node')
    for i in range(5):
        peer.send_image(images[0], 100.0)
        peer.wait(lambda n=i: count(diagnostics, 'received') > n, 'the image to arrive')
    await_status(peer, diagnostics, 'messages were skipped because their stamps do not increase')

    limit = ParameterValue(type=ParameterType.PARAMETER_DOUBLE, double_value=0.5)
    peer.call(
        SetParameters,
        'fairmot/set_parameters',
        parameters=[Parameter(name='max_input_age', value=limit)],
    )
    for i in range(5):
        peer.send_image(images[0], 101.0 + i)
        peer.wait(lambda n=i: count(diagnostics, 'stale') > n, 'the image to be stale')
    await_status(peer, diagnostics, 'the last 5 messages were all older than max_input_age')


def test_wrong_type_and_two_publishers_are_reported(
    peer: Peer, start: NodeStarter, images: list[np.ndarray], diagnostics: list
) -> None:
    peer.destroy_image_publisher()
    start('nodes.fairmot_node', {'input_timeout': 1.0, 'image_transport': 'raw'})
    wrong = peer.create_publisher(CompressedImage, 'image', 10)
    await_status(peer, diagnostics, '/image is published by /peer as sensor_msgs/msg/Compressed')
    peer.destroy_publisher(wrong)
    senders = [peer.advertise(Image, 'image') for _ in range(2)]
    await_status(peer, diagnostics, '2 publishers share /image')
    peer.destroy_publisher(senders.pop())
    senders[0].publish(make_image(images[0], 5.0))
    await_status(peer, diagnostics, 'tracking', DiagnosticStatus.OK)


def test_diagnostics_explain_missing_positions(
    peer: Peer, start: NodeStarter, images: list[np.ndarray], diagnostics: list
) -> None:
    start(
        'nodes.fairmot_node',
        {
            'position_source': 'ground',
            'camera_height': 3.0,
            'camera_pitch': 0.2,
            'max_range': 500.0,
            'qos_overrides./camera_info.subscription.durability': 'transient_local',
        },
    )
    camera = Camera(peer, peer.subscribe(Detection2DArray, 'fairmot/detections'))
    located = peer.subscribe(Detection3DArray, 'fairmot/detections_3d')
    camera.send(images[0])
    await_status(peer, diagnostics, 'no calibration received on /camera_info')
    height, width = images[0].shape[:2]
    latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    # Published before the node subscribes: the override makes the subscription transient_local.
    infos = peer.create_publisher(CameraInfo, 'camera_info', latched)
    info = CameraInfo(width=2 * width, height=2 * height, distortion_model='plumb_bob')
    info.k = np.array([700.0, 0, width / 2, 0, 700.0, height / 2, 0, 0, 1])
    infos.publish(info)

    def send_until(words: str) -> bool:
        camera.send(images[0])
        return bool(diagnostics) and words in diagnostics[-1].status[0].message

    peer.wait(lambda: send_until('is for images of'), 'the warning about the size')
    assert not any(array.detections for array in located)
    info.width, info.height = width, height
    info.d = [0.1, 0.01, 0.0]
    infos.publish(info)
    peer.wait(
        lambda: send_until('the camera has 3 distortion coefficients; expected 0, 4, 5, 8, 12 or'),
        'the warning about the distortion',
    )
    info.d = []
    infos.publish(info)
    peer.wait(lambda: send_until('tracking'), 'the warning to end')
    assert located[-1].detections


def test_dark_and_large_images_are_reported(
    peer: Peer, start: NodeStarter, images: list[np.ndarray], diagnostics: list
) -> None:
    height, width = images[0].shape[:2]
    node = start('nodes.fairmot_node', {'max_image_pixels': width * height})
    dark = make_image(images[0], 0.0)
    dark.encoding, dark.step = 'mono16', 2 * width
    dark.data = array('B', (images[0].mean(axis=2).astype(np.uint16) * 16).tobytes())

    def send_until(message: Image, words: str) -> bool:
        message.header.stamp = peer.get_clock().now().to_msg()
        peer.send_message(message)
        peer.spinner.spin_once(timeout_sec=0.05)
        return bool(diagnostics) and words in diagnostics[-1].status[0].message

    words = 'the 16-bit images are nearly black'
    peer.wait(lambda: send_until(dark, words), 'the warning')
    assert diagnostics[-1].status[0].level == DiagnosticStatus.WARN
    good = make_image(images[0], 0.0)
    peer.wait(lambda: send_until(good, 'tracking'), 'the warning to end')
    assert node.last_lines(1000).count(words) == 1
    large = make_image(resize(images[0], 1.1), 0.0)
    peer.wait(lambda: send_until(large, 'more than the limit of'), 'the error')
    assert diagnostics[-1].status[0].level == DiagnosticStatus.ERROR
    limit = ParameterValue(type=ParameterType.PARAMETER_INTEGER, integer_value=2 * width * height)
    peer.call(
        SetParameters,
        'fairmot/set_parameters',
        parameters=[Parameter(name='max_image_pixels', value=limit)],
    )
    peer.wait(lambda: send_until(large, 'tracking'), 'the error to end')


def resize(image: np.ndarray, factor: float) -> np.ndarray:
    import cv2

    return cv2.resize(image, None, fx=factor, fy=factor)


def test_images_of_different_sizes_and_encodings_in_one_stream(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    start('nodes.fairmot_node')
    camera = Camera(peer, peer.subscribe(Detection2DArray, 'fairmot/detections'))
    image = images[0]

    def rightmost_centre(image: np.ndarray) -> float:
        return max((d.bbox.center.position.x for d in camera.send(image).detections), default=0)

    expected = rightmost_centre(image)
    assert expected > 0
    assert rightmost_centre(resize(image, 3840 / image.shape[1])) == pytest.approx(
        expected * 3840 / image.shape[1], rel=0.02
    )
    assert camera.send(image[:8, :8].copy()).detections == []
    grey = make_image(image, 0.0)
    pixels = image.mean(axis=2).astype('>u2') * 256
    padded = np.zeros((len(pixels), pixels.shape[1] + 7), '>u2')
    padded[:, : pixels.shape[1]] = pixels
    grey.encoding, grey.step, grey.is_bigendian = 'mono16', 2 * padded.shape[1], 1
    grey.data = array('B', padded.tobytes())
    camera.time += 1 / camera.rate
    grey.header.stamp = make_image(image, camera.time).header.stamp
    peer.send_message(grey)
    assert camera.result_of(grey).detections
    assert rightmost_centre(image) == pytest.approx(expected, rel=0.02)


def test_overloaded_node_responds_and_ends_in_time(
    peer: Peer, start: NodeStarter, images: list[np.ndarray], diagnostics: list
) -> None:
    node = start('nodes.fairmot_node')
    peer.wait_for_subscriber('image')
    # Not larger: DDS over UDP, without shared memory, would be slower than the node.
    message = make_image(images[0], 0.0)

    def flood() -> bool:
        # In bursts: a single image per turn would not overload the node.
        for _ in range(5):
            message.header.stamp = peer.get_clock().now().to_msg()
            peer.send_message(message)
        return count(diagnostics, 'dropped') > 20

    peer.wait(flood, 'images to be dropped')
    for enabled in (False, True):
        assert peer.call(SetBool, 'fairmot/set_enabled', data=enabled).success
        flood()
    node.process.terminate()
    assert node.process.wait(60) == 0
    assert 'Traceback' not in node.last_lines(100)


def test_nodes_with_the_same_name_in_two_namespaces_are_independent(
    peer: Peer, start: NodeStarter, images: list[np.ndarray], diagnostics: list
) -> None:
    peer.destroy_image_publisher()
    robots = ('r1', 'r2')
    for robot in robots:
        start('nodes.fairmot_node', remappings={'__ns': f'/{robot}'})
    results = {r: peer.subscribe(Detection2DArray, f'{r}/fairmot/detections') for r in robots}
    senders = {robot: peer.advertise(Image, f'{robot}/image') for robot in robots}
    message = make_image(images[0], 7.0)
    senders['r1'].publish(message)
    peer.wait(lambda: results['r1'], 'the result')
    assert {d.id for d in results['r1'][0].detections} >= {'1', '2'}
    peer.wait(
        lambda: (
            {s.name for a in diagnostics for s in a.status}
            == {f'{robot}/fairmot: tracking' for robot in robots}
        ),
        'the diagnostics of both',
    )
    assert results['r2'] == []


def test_parameter_of_the_wrong_type_ends_the_node_with_one_line(start: NodeStarter) -> None:
    node = start('nodes.fairmot_node', {'lost_timeout': 3})
    assert node.process.wait(90) == 2
    lines = node.last_lines(100).splitlines()
    # From Kilted on, Fast DDS warns of the variable that names its profiles up to Jazzy; and of
    # shared memory that a killed process has left locked.
    by_middleware = ('FASTRTPS_DEFAULT_PROFILES_FILE', 'RTPS_TRANSPORT_SHM')
    (line,) = [line for line in lines if not any(word in line for word in by_middleware)]
    assert line.startswith(
        "error: Trying to set parameter 'lost_timeout' to '3' of type 'INTEGER'"
    )
    assert line.endswith('; write it like 3.0')


def test_hint_uses_the_name_before_remapping_and_ignores_new_publishers(
    peer: Peer, start: NodeStarter, images: list[np.ndarray], diagnostics: list
) -> None:
    """A remapped topic, a second tracker, and a camera that starts late and delays its images."""
    peer.destroy_image_publisher()
    start('nodes.fairmot_node', {'autostart': True}, {'__ns': '/other'})
    peer.wait(
        lambda: peer.count_publishers('/other/fairmot/image_annotated'), 'the second tracker'
    )
    node = start('nodes.fairmot_node', {'input_timeout': 3.0}, {'image': '/front/image_raw'})
    name = 'fairmot: tracking'

    def message() -> str:
        found = [s.message for a in diagnostics[-3:] for s in a.status if s.name == name]
        return found[-1] if found else ''

    peer.wait(lambda: '/front/image_raw has no publisher, nor has' in message(), 'the reason')
    elsewhere = peer.create_publisher(Image, '/rear/image', 10)
    peer.wait(lambda: '`-r image:=/rear/image`' in message(), 'the hint')
    assert 'annotated' not in message()
    peer.destroy_publisher(elsewhere)
    results = peer.subscribe(Detection2DArray, '/fairmot/detections')
    sender = peer.advertise(Image, '/front/image_raw')
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        peer.spinner.spin_once(timeout_sec=0.05)
    sender.publish(make_image(images[0], 5.0))
    peer.wait(lambda: results, 'the result')
    assert 'but no message arrives' not in node.last_lines(100)
