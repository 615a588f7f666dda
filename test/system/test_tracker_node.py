# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Topics and services of the tracker node, used from another process."""

from __future__ import annotations

import re

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from peers import LATCHED, Camera, Peer, make_image
from sensor_msgs.msg import Image
from std_srvs.srv import SetBool, Trigger
from vision_msgs.msg import Detection2DArray, LabelInfo, VisionInfo

from fairmot_ros.msg import Track, TrackArray
from fairmot_ros.ros.conversions.images import to_bgr
from fairmot_ros.ros.tools.node_processes import NodeProcess


@pytest.fixture
def results(peer: Peer, tracker: NodeProcess) -> list[Detection2DArray]:
    return peer.subscribe(Detection2DArray, 'fairmot/detections')


@pytest.fixture
def tracks(peer: Peer, tracker: NodeProcess) -> list[TrackArray]:
    return peer.subscribe(TrackArray, 'fairmot/tracks')


def level_of(diagnostics: list[DiagnosticArray]) -> tuple[bytes, str]:
    """Return level and message of the newest status."""
    status = diagnostics[-1].status[0] if diagnostics else DiagnosticStatus(message='none yet')
    return status.level, status.message


def value_of(diagnostics: list[DiagnosticArray], key: str) -> str:
    """Return a value of the newest status."""
    return next(v.value for v in diagnostics[-1].status[0].values if v.key == key)


def test_detections_and_tracks_are_published(
    peer: Peer, results: list, tracks: list, images: list[np.ndarray]
) -> None:
    camera = Camera(peer, results)
    seen = [camera.send(image) for image in images[:4]]
    for message in seen:
        assert message.header.frame_id == 'eye'
        assert message.detections, 'every image of the clip shows people'
        height, width = images[0].shape[:2]
        for detection in message.detections:
            assert detection.header == message.header
            assert int(detection.id) >= 1
            (result,) = detection.results
            assert result.hypothesis.class_id == 'person'
            assert 0.0 < result.hypothesis.score <= 1.0
            assert 0 < detection.bbox.center.position.x < width
            assert 0 < detection.bbox.center.position.y < height
            assert 0 < detection.bbox.size_x < detection.bbox.size_y < height
    first, last = ({d.id for d in message.detections} for message in (seen[0], seen[-1]))
    assert first & last, 'no track kept its id'

    peer.wait(lambda: len(tracks) == 4, 'tracks of every image')
    for array, message in zip(tracks, seen):
        assert array.header == message.header
        assert array.model
        assert [str(t.track_id) for t in array.tracks] == [d.id for d in message.detections]
        for track, detection in zip(array.tracks, message.detections):
            assert track.bbox == detection.bbox
            assert track.state == Track.TRACKED
            assert track.class_id == 'person'
            assert len(track.embedding) >= 16
            assert np.linalg.norm(track.embedding) == pytest.approx(1.0, abs=1e-5)
            covariance = np.reshape(track.bbox_covariance, (4, 4))
            assert np.allclose(covariance, covariance.T)
            assert (np.linalg.eigvalsh(covariance) > 0).all()
            assert np.isfinite(track.velocity).all()
    oldest = max(tracks[-1].tracks, key=lambda track: track.hits)
    assert oldest.hits == 4
    assert oldest.age.sec + 1e-9 * oldest.age.nanosec == pytest.approx(3 / camera.rate, abs=1e-6)


def test_image_without_people_gives_empty_arrays(
    peer: Peer, results: list, tracks: list, images: list[np.ndarray]
) -> None:
    result = Camera(peer, results).send(np.full_like(images[0], 127))
    assert result.detections == []
    assert result.header.frame_id == 'eye'
    peer.wait(lambda: tracks, 'the empty track array')
    assert tracks[0].tracks == [] or list(tracks[0].tracks) == []


def test_reset_drops_all_tracks(peer: Peer, results: list, images: list[np.ndarray]) -> None:
    camera = Camera(peer, results)
    before = {int(d.id) for d in camera.send(images[0]).detections}
    kept = {int(d.id) for d in camera.send(images[0]).detections}
    assert kept == before
    assert peer.call(Trigger, 'fairmot/reset').success
    after = {int(d.id) for d in camera.send(images[0]).detections}
    assert len(after) == len(before)
    assert min(after) > max(before), 'an id was reused'


def test_stamp_that_goes_back_drops_tracks_and_repeated_stamp_is_skipped(
    peer: Peer, results: list, images: list[np.ndarray]
) -> None:
    diagnostics = peer.subscribe(DiagnosticArray, '/diagnostics')
    camera = Camera(peer, results)
    before = {int(d.id) for d in camera.send(images[0]).detections}
    camera.time -= 500.0
    after = {int(d.id) for d in camera.send(images[0]).detections}
    assert min(after) > max(before)
    peer.send_image(images[1], camera.time)  # a repeated stamp
    peer.wait(
        lambda: diagnostics and value_of(diagnostics, 'skipped') == '1', 'the skip to be counted'
    )
    assert len(results) == 2


def test_set_enabled_pauses_and_resumes_tracking(
    peer: Peer, results: list, images: list[np.ndarray]
) -> None:
    camera = Camera(peer, results)
    camera.send(images[0])
    assert peer.call(SetBool, 'fairmot/set_enabled', data=False).success
    camera.time += 1.0
    unseen = peer.send_image(images[1], camera.time)
    # The response to the second call shows that the image has arrived before it.
    assert peer.call(SetBool, 'fairmot/set_enabled', data=True).success
    camera.send(images[1])
    assert unseen.header.stamp not in [message.header.stamp for message in results]
    assert len(results) == 2


def _wrong_encoding(image: np.ndarray) -> Image:
    message = make_image(image, 200.0)
    message.encoding = 'yuv400_unheard_of'
    return message


def _empty(image: np.ndarray) -> Image:
    return Image(header=make_image(image, 200.0).header, encoding='bgr8')


def _truncated(image: np.ndarray) -> Image:
    message = make_image(image, 200.0)
    message.data = message.data[: len(message.data) // 2]
    return message


def test_unusable_images_are_reported_and_skipped(
    peer: Peer, results: list, images: list[np.ndarray]
) -> None:
    diagnostics = peer.subscribe(DiagnosticArray, '/diagnostics')
    camera = Camera(peer, results)
    for make, words in (
        (_wrong_encoding, 'yuv400_unheard_of'),
        (_empty, 'is empty'),
        (_truncated, 'is truncated'),
    ):
        message = make(images[0])
        camera.time += 1.0
        message.header.stamp.sec = int(camera.time)
        peer.send_message(message)
        level, text = peer.wait(
            lambda words=words: words in level_of(diagnostics)[1] and level_of(diagnostics),
            f'{words!r} in the diagnostics',
        )
        assert level == DiagnosticStatus.ERROR, text
    assert results == []
    assert camera.send(images[0]).detections


def test_annotated_image_labels_and_model(
    peer: Peer, results: list, images: list[np.ndarray]
) -> None:
    annotated = peer.subscribe(Image, 'fairmot/image_annotated')
    labels = peer.subscribe(LabelInfo, 'fairmot/label_info', LATCHED)
    models = peer.subscribe(VisionInfo, 'fairmot/vision_info', LATCHED)
    peer.wait(lambda: labels and models, 'the latched messages')
    assert [c.class_name for c in labels[0].class_map] == ['person']
    assert re.fullmatch(
        r'FairMOT \S+, (openvino|torch) \S+ \(cpu, (fp32|bf16)\)', models[0].method
    )

    # The node draws after it has discovered the subscription.
    camera = Camera(peer, results)
    peer.wait(lambda: camera.send(images[0]) and annotated, 'the annotated image')
    for message in annotated[:1]:
        result = next(r for r in results if r.header == message.header)
        drawn = to_bgr(message)
        assert drawn.shape == images[0].shape
        box = result.detections[0].bbox
        left = round(box.center.position.x - box.size_x / 2)
        middle = round(box.center.position.y)
        window = np.s_[middle - 8 : middle + 8, max(left - 2, 0) : left + 3]
        difference = np.abs(drawn[window].astype(int) - images[0][window]).max(axis=(1, 2))
        assert (difference > 40).all(), 'the left edge of the box is not drawn'
