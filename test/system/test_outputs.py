# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Further outputs of the nodes, and inputs other than raw images of one camera."""

from __future__ import annotations

from array import array

import cv2
import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from geometry_msgs.msg import PoseStamped
from peers import Camera, NodeStarter, Peer, make_image
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_srvs.srv import Trigger
from vision_msgs.msg import Detection2D, Detection2DArray, Detection3DArray
from vision_msgs.msg import ObjectHypothesisWithPose as Result
from visualization_msgs.msg import Marker, MarkerArray

from fairmot_ros.msg import (
    Timing,
    Track,
    TrackArray,
    TrackEvent,
    TrackEventArray,
    ZoneEvent,
    ZoneEventArray,
    ZoneStateArray,
)

GREY = 127  # value of images without people


def values_of(status: DiagnosticStatus) -> dict[str, str]:
    return {v.key: v.value for v in status.values}


def test_events_timing_and_stale_images(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    start(
        'nodes.fairmot_node',
        {
            'max_input_age': 1e3,
            'lost_timeout': 0.5,
            'publish_lost': True,
            'class_id_format': 'index',
        },
    )
    tracks = peer.subscribe(TrackArray, 'fairmot/tracks')
    results = peer.subscribe(Detection2DArray, 'fairmot/detections')
    events = peer.subscribe(TrackEventArray, 'fairmot/events')
    timing = peer.subscribe(Timing, 'fairmot/timing')
    camera = Camera(peer, results)
    camera.time = peer.get_clock().now().nanoseconds * 1e-9 - 100

    def kinds_of_next(count: int) -> dict[int, set[int]]:
        peer.wait(lambda: len(events) >= count, f'{count} messages with events')
        kinds: dict[int, set[int]] = {}
        for event in events[count - 1].events:
            kinds.setdefault(event.kind, set()).add(event.track_id)
        return kinds

    people = {int(d.id) for d in camera.send(images[0]).detections}
    assert kinds_of_next(1) == {TrackEvent.ENTERED: people}
    assert events[0].header == results[0].header
    assert events[0].events[0].bbox.size_y > 0
    assert {(e.id, e.name) for e in events[0].events} == {(str(i), '') for i in people}
    empty = np.full_like(images[0], GREY)
    assert camera.send(empty).detections == []
    assert kinds_of_next(2) == {TrackEvent.LOST: people}
    peer.wait(lambda: len(tracks) == 2, 'the tracks that are lost')
    before, lost = ({t.track_id: t for t in array.tracks} for array in tracks)
    assert lost.keys() == people
    for track_id, track in lost.items():
        assert (track.state, track.class_id) == (Track.LOST, '0')
        assert track.time_since_update.nanosec * 1e-9 == pytest.approx(1 / camera.rate, abs=1e-6)
        last, predicted = before[track_id].bbox, track.bbox
        moved = predicted.center.position.x - last.center.position.x
        assert moved == pytest.approx(track.velocity[0] / camera.rate, abs=0.5)
        assert predicted.size_y == pytest.approx(last.size_y, rel=0.3)
    found = {int(d.id) for d in camera.send(images[0]).detections}
    assert kinds_of_next(3)[TrackEvent.FOUND] == found & people
    peer.call(Trigger, 'fairmot/reset')
    camera.send(empty)
    assert kinds_of_next(4)[TrackEvent.LEFT] >= found & people

    peer.send_image(images[0], camera.time - 2e3)
    report = peer.wait(lambda: timing and timing[-1].stale == 1 and timing[-1], 'the stale image')
    assert (report.received, report.processed, report.failed) == (5, 4, 0)
    stages = {stage.stage: stage for stage in report.stages}
    assert {'transport', 'wait', 'convert', 'detect', 'track', 'publish', 'latency'} <= set(stages)
    for stage in stages.values():
        assert 0 < stage.p50 <= stage.p95 <= stage.p99, stage.stage
    assert stages['detect'].samples == 4
    assert stages['latency'].p50 > stages['detect'].p50


def test_two_cameras_share_one_network_and_keep_their_ids_apart(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    peer.destroy_image_publisher()
    start('nodes.fairmot_node', {'cameras': ['left', 'right']})
    diagnostics = peer.subscribe(DiagnosticArray, '/diagnostics')
    for name in ('left', 'right'):
        peer.subscribe(Detection2DArray, f'fairmot/{name}/detections')
        peer.subscribe(Timing, f'fairmot/{name}/timing')
    senders = {name: peer.advertise(Image, f'{name}/image') for name in ('left', 'right')}

    def send(name: str, image: np.ndarray, seconds: float) -> Detection2DArray:
        received = peer.received[f'fairmot/{name}/detections']
        message = make_image(image, seconds, name)
        senders[name].publish(message)
        return peer.wait(
            lambda: next((m for m in received if m.header == message.header), None),
            f'the result of {name} at {seconds}',
        )

    # Stamps and content of the cameras are independent.
    left = [send('left', images[i], 10.0 + i / 7) for i in range(2)]
    right = [send('right', images[5][:, ::-1].copy(), 7000.0)]
    left.append(send('left', images[2], 10.0 + 2 / 7))
    ids = {d.id for d in left[-1].detections}
    assert ids & {d.id for d in left[0].detections}
    assert all(i.split('/')[0] == 'left' and int(i.split('/')[1]) >= 1 for i in ids)
    assert 'right/1' in {d.id for d in right[0].detections}
    # The worker processes both images in one batch.
    before = len(peer.received['fairmot/right/detections'])
    senders['left'].publish(make_image(images[3], 10.5, 'left'))
    senders['right'].publish(make_image(images[3][:, ::-1].copy(), 7000.2, 'right'))
    peer.wait(lambda: len(peer.received['fairmot/right/detections']) > before, 'the right result')
    names = peer.wait(
        lambda: (
            diagnostics
            and len(diagnostics[-1].status) == 2
            and [s.name for s in diagnostics[-1].status]
        ),
        'a status of each camera',
    )
    assert names == ['fairmot: left', 'fairmot: right']
    # An unusable image of one camera does not affect the other.
    bad = make_image(images[0], 11.0, 'left')
    bad.encoding = 'unknown'
    senders['left'].publish(bad)
    peer.wait(lambda: diagnostics[-1].status[0].level == DiagnosticStatus.ERROR, 'the error')
    assert diagnostics[-1].status[1].level == DiagnosticStatus.OK


def test_zones_are_counted(peer: Peer, start: NodeStarter, images: list[np.ndarray]) -> None:
    everywhere = 'everywhere: -9999,-9999 9999,-9999 9999,9999 -9999,9999'
    start('nodes.fairmot_node', {'zones': [everywhere], 'lines': ['far: -9,-9 -9,-8']})
    results = peer.subscribe(Detection2DArray, 'fairmot/detections')
    states = peer.subscribe(ZoneStateArray, 'fairmot/zones')
    events = peer.subscribe(ZoneEventArray, 'fairmot/zone_events')
    diagnostics = peer.subscribe_to_diagnostics()
    people = [d.id for d in Camera(peer, results).send(images[0]).detections]
    assert people
    peer.wait(lambda: states and events, 'the counts and events')
    (zone,), (line,) = states[0].zones, states[0].lines
    assert (zone.name, sorted(zone.inside), zone.entered) == (
        'everywhere',
        sorted(people),
        len(people),
    )
    assert (line.name, line.forward, line.backward) == ('far', 0, 0)
    assert states[0].header == results[0].header
    assert [(e.kind, e.name) for e in events[0].events] == [
        (ZoneEvent.ENTERED, 'everywhere')
    ] * len(people)
    expected = f'{len(people)} inside, {len(people)} entered, 0 left, mean dwell 0.0 s'
    peer.wait(
        lambda: (
            values_of(diagnostics[-1].status[0]).get('zone everywhere') == expected
            if diagnostics
            else False
        ),
        'the counts in the diagnostics',
    )


def test_compressed_input_and_compressed_annotated_images(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    peer.destroy_image_publisher()
    start(
        'nodes.fairmot_node',
        {'image_transport': 'compressed'},
        {'image': 'camera/image_raw', 'fairmot/image_annotated': 'view'},
    )
    results = peer.subscribe(Detection2DArray, 'fairmot/detections')
    annotated = peer.subscribe(CompressedImage, 'fairmot/image_annotated/compressed')
    sender = peer.advertise(CompressedImage, 'camera/image_raw/compressed')
    seconds = 5.0

    def result_of(suffix: str) -> Detection2DArray:
        nonlocal seconds
        seconds += 0.1
        _, data = cv2.imencode(suffix, images[0])
        message = CompressedImage(format=suffix[1:], data=array('B', data.tobytes()))
        message.header.stamp.sec = int(seconds)
        message.header.stamp.nanosec = round(seconds % 1 * 1e9)
        sender.publish(message)
        return peer.wait(
            lambda: next((r for r in results if r.header == message.header), None),
            f'the result of a {suffix}',
        )

    # The node draws after it has discovered the subscription.
    peer.wait(lambda: result_of('.jpg') and annotated, 'the first annotated image')
    annotated.clear()
    assert result_of('.jpg').detections
    assert result_of('.png').detections
    peer.wait(lambda: len(annotated) == 2, 'annotated images')
    drawn = cv2.imdecode(np.frombuffer(annotated[1].data, np.uint8), cv2.IMREAD_COLOR)
    assert drawn.shape == images[0].shape
    difference = np.abs(drawn.astype(int) - images[0]).max(axis=2) > 60
    assert 100 < difference.sum() < difference.size / 4, 'only boxes are drawn'


@pytest.mark.parametrize('source', ['depth', 'ground'])
def test_positions_are_published(
    peer: Peer, start: NodeStarter, images: list[np.ndarray], source: str
) -> None:
    start(
        'nodes.fairmot_node',
        {
            'position_source': source,
            'camera_height': 3.0,
            'camera_pitch': 0.2,
            'max_range': 500.0,
            'depth_tolerance': 0.2,
            'follow': '1',
        },
    )
    results = peer.subscribe(Detection2DArray, 'fairmot/detections')
    located = peer.subscribe(Detection3DArray, 'fairmot/detections_3d')
    markers = peer.subscribe(MarkerArray, 'fairmot/markers')
    poses = peer.subscribe(PoseStamped, 'fairmot/follow_pose')
    height, width = images[0].shape[:2]
    info = CameraInfo(width=width, height=height, distortion_model='plumb_bob', d=[0.0] * 5)
    info.k = np.array([700.0, 0, width / 2, 0, 700.0, height / 2, 0, 0, 1])
    infos = peer.create_publisher(CameraInfo, 'camera_info', 10)
    depths = peer.create_publisher(Image, 'depth', 10)
    camera = Camera(peer, results)

    # Without a calibration there are tracks, but no positions.
    result = camera.send(images[0])
    assert result.detections
    peer.wait(lambda: located, 'an empty array of positions')
    assert list(located[0].detections) == []

    peer.wait(infos.get_subscription_count, 'a subscriber of camera_info')
    infos.publish(info)
    if source == 'depth':
        peer.wait(depths.get_subscription_count, 'a subscriber of depth')
    for image in images[1:6]:
        if source == 'depth':
            seconds = camera.time + 1 / camera.rate
            depth = Image(width=width, height=height, encoding='16UC1', step=2 * width)
            depth.header = make_image(image, seconds).header
            pixels = np.full((height, width), 4500, np.uint16)
            depth.data = array('B', pixels.tobytes())
            depths.publish(depth)
        result = camera.send(image)
        if len(located) > 1 and located[-1].detections and markers and poses:
            break
    peer.wait(lambda: located[-1].detections and markers and poses, 'a position')
    flat = {d.id: d for m in results for d in m.detections if m.header == located[-1].header}
    for person in located[-1].detections:
        point, box = person.bbox.center.position, flat[person.id].bbox
        assert person.header.frame_id == 'eye'
        assert point.z > 0
        # The projection of the position is the centre of the box.
        assert 700 * point.x / point.z + width / 2 == pytest.approx(
            box.center.position.x, abs=0.1 if source == 'depth' else 5.0
        )
        if source == 'depth':
            assert point.z == pytest.approx(4.5)
            assert person.bbox.size.y == pytest.approx(box.size_y * 4.5 / 700)
    kinds = {marker.type for marker in markers[-1].markers}
    assert kinds == {Marker.CYLINDER, Marker.TEXT_VIEW_FACING}
    assert poses[-1].header.frame_id == 'eye'


def make_detection(label: str, score: float, x: float, size: float = 40.0) -> Detection2D:
    detection = Detection2D()
    detection.bbox.center.position.x, detection.bbox.center.position.y = x, 100.0
    detection.bbox.size_x, detection.bbox.size_y = size, 2 * size
    for name, value in (('other', score / 3), (label, score)):
        result = Result()
        result.hypothesis.class_id, result.hypothesis.score = name, value
        detection.results.append(result)
    return detection


def test_received_detections_are_tracked(peer: Peer, start: NodeStarter) -> None:
    node = start('nodes.detection_tracker_node', {'score_treshold': 0.3})
    results = peer.subscribe(Detection2DArray, 'detection_tracker/detections')
    assert 'did you mean score_threshold?' in node.last_lines(20)
    tracks = peer.subscribe(TrackArray, 'detection_tracker/tracks')
    diagnostics = peer.subscribe(DiagnosticArray, '/diagnostics')
    sender = peer.advertise(Detection2DArray, 'detections')

    def send(seconds: float, *detections: Detection2D) -> Detection2DArray:
        message = Detection2DArray(detections=detections)
        message.header.frame_id = 'eye'
        message.header.stamp.sec = int(seconds)
        message.header.stamp.nanosec = round(seconds % 1 * 1e9)
        sender.publish(message)
        return message

    def result_of(message: Detection2DArray) -> Detection2DArray:
        return peer.wait(
            lambda: next((r for r in results if r.header == message.header), None), 'the tracks'
        )

    for i in range(5):
        result = result_of(
            send(
                10 + i / 10,
                make_detection('person', 0.9, 100 + 5 * i),
                make_detection('dog', 0.8, 300 - 5 * i),
            )
        )
        assert [(d.id, d.results[0].hypothesis.class_id) for d in result.detections] == [
            ('1', 'person'),
            ('2', 'dog'),
        ]
    assert [len(t.embedding) for t in tracks[-1].tracks] == [0, 0]
    assert result_of(send(10.6)).detections == []
    unscored, infinite, flat = (make_detection('person', 0.9, 100) for _ in range(3))
    unscored.results = []
    infinite.bbox.center.position.x = float('nan')
    flat.bbox.size_y = 0.0
    for seconds, broken, words in (
        (10.65, unscored, 'has no results'),
        (10.7, infinite, 'must be finite'),
        (10.75, flat, 'has no area'),
    ):
        send(seconds, broken)
        peer.wait(
            lambda w=words: diagnostics and w in diagnostics[-1].status[0].message,
            f'the error {words!r}',
        )
    assert result_of(send(10.8, make_detection('person', 0.9, 130))).detections[0].id == '1'


def test_received_embeddings_are_used(peer: Peer, start: NodeStarter) -> None:
    start('nodes.detection_tracker_node', {'with_embeddings': True})
    results = peer.subscribe(TrackArray, 'detection_tracker/tracks')
    sender = peer.advertise(TrackArray, 'detections')

    def send(seconds: float, *people: tuple[float, tuple[float, ...]]) -> list[int]:
        message = TrackArray(model='clothes:1')
        message.header.stamp.sec = int(seconds)
        message.header.stamp.nanosec = round(seconds % 1 * 1e9)
        for x, embedding in people:
            track = Track(class_id='person', score=0.9, embedding=array('f', embedding))
            track.bbox = make_detection('person', 0.9, x, 100.0).bbox
            message.tracks.append(track)
        sender.publish(message)
        result = peer.wait(
            lambda: next((r for r in results if r.header == message.header), None), 'the tracks'
        )
        assert result.model == 'clothes:1'
        return [t.track_id for t in sorted(result.tracks, key=lambda t: t.bbox.center.position.x)]

    red, blue = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)
    for i in range(4):
        assert send(5 + i / 10, (100.0, red), (130.0, blue)) == [1, 2]
    assert send(5.35) == []  # no detections: the tracks are lost
    # The people swap positions: only their embeddings tell them apart.
    for i in range(3):
        swapped = send(5.4 + i / 10, (100.0, blue), (130.0, red))
    assert swapped == [2, 1]


def test_reliability_override_and_explanation_of_a_mismatch(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    peer.destroy_image_publisher()
    node = start(
        'nodes.fairmot_node',
        {
            'image_transport': 'raw',
            'qos_overrides./image.subscription.reliability': 'reliable',
            'input_timeout': 1.0,
        },
    )
    diagnostics = peer.subscribe(DiagnosticArray, '/diagnostics')

    def wait_for_warning(words: str) -> None:
        status = peer.wait(
            lambda: (
                diagnostics
                and words in diagnostics[-1].status[0].message
                and diagnostics[-1].status[0]
            ),
            repr(words),
        )
        assert status.level == DiagnosticStatus.WARN
        assert words in node.last_lines(50)

    wait_for_warning('/image has no publisher, nor has any other topic')
    wrong = peer.create_publisher(CompressedImage, 'image/compressed', 10)
    wait_for_warning('set the parameter `image_transport` to compressed')
    peer.destroy_publisher(wrong)
    sender = peer.create_publisher(
        Image, 'image', QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
    )
    wait_for_warning('best_effort by /peer, but reliable is requested')
    peer.destroy_publisher(sender)
    good = peer.advertise(Image, 'image')
    good.publish(make_image(images[0], 3.0))
    peer.wait(lambda: values_of(diagnostics[-1].status[0]).get('processed') == '1', 'the image')
    assert diagnostics[-1].status[0].level == DiagnosticStatus.OK


def test_subscription_follows_the_reliability_of_the_publisher(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    peer.destroy_image_publisher()
    start('nodes.fairmot_node')
    results = peer.subscribe(Detection2DArray, 'fairmot/detections')
    for number, reliability in enumerate(
        (ReliabilityPolicy.BEST_EFFORT, ReliabilityPolicy.RELIABLE, ReliabilityPolicy.BEST_EFFORT)
    ):
        quality = QoSProfile(depth=1, reliability=reliability)
        sender = peer.create_publisher(Image, 'image', quality)
        peer.wait(
            lambda r=reliability: (
                r
                in {
                    i.qos_profile.reliability
                    for i in peer.get_subscriptions_info_by_topic('image')
                }
            ),
            f'the node to follow {reliability.name}',
        )
        peer.wait(sender.get_subscription_count, 'a subscriber')
        for attempt in range(20):  # best effort may lose one
            sender.publish(make_image(images[0], 100.0 * number + 1 + attempt / 10))
            before = len(results)
            try:
                peer.wait(lambda n=before: len(results) > n, 'a result', timeout=3.0)
                break
            except AssertionError:
                continue
        else:
            pytest.fail(f'no result from a camera with reliability {reliability.name}')
        peer.destroy_publisher(sender)
