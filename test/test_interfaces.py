# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Definitions of the built messages, on which bags and other nodes depend."""

from __future__ import annotations

import importlib
import json
from array import array
from pathlib import Path

import pytest

rclpy_serialization = pytest.importorskip(
    'rclpy.serialization', reason='no ROS 2: `make setup` brings it'
)

# Type hashes of vision_msgs 4.1.1 (REP 2011: types with equal hashes are compatible).
VISION_MSGS_HASHES = {
    'BoundingBox2D': '008eacbb0cf8f26e83795547bed013eec3675485ef386ec056d80eaaf1c1ce2f',
    'BoundingBox3D': 'bbb73a65c163d7f9bb29009c7bde9f7faa576bd2d23299c4511d19230dab4698',
    'Detection2D': '0d12b69df5c593b3455b7346fac8205437a7d4bcb09b9e0e0b2dde787ded38ea',
    'Detection2DArray': '214274120007f4a683866481336b70310268cfa107aebe9d594a6acf75bda968',
    'Detection3D': 'ddd703be132ab0b69d33121f1bb034132bfbb3b0ac5f9fb1516005ba1c8a265b',
    'Detection3DArray': '793f5eab9595ac1c0da07873cc859db42eae51f0ee76056db8562515d830e018',
    'LabelInfo': '3d37df4015cdf660cc851c51897f2acd957e1ca6205ba0a99aebffb9406b0783',
    'ObjectHypothesis': '51da43cec11c01957a64d1e05a24acd18aae7745ec30b74348ad5f6d634f7f90',
    'ObjectHypothesisWithPose': '41c12344c0396c48b81df12467c192d99b2a0eb1463c5c37194e4223251c80bc',
    'Point2D': 'eab0e83f44ab4de92ceaf76dd7d0e7638f2bdd1d16ffbe16c7a136c48e407247',
    'Pose2D': 'b0b5d1d7b4c20dd4fcde3ed1d4b289a919290572007d67a97043814db25d3648',
    'VisionClass': '1e4a11f0fed50b5623cb8ff26ca0e37952a48a9c074d16f804b44e9164c2037a',
    'VisionInfo': '95d3116a17484ad91c9a2686e1d54890bbfc3ff6c6a2de137738c4950d45d284',
}
# Type hashes of the other bundled packages.
BUNDLED_HASHES = {
    ('tf2_msgs', 'TFMessage'): 'e369d0f05a23ae52508854b66f6aa0437f3449d652e8cbf22d5abe85d020f087',
    ('bond', 'Status'): '87eaccffa254ffffadc0b61600452e8251740f06c25659a2dbda4927fdb1f70a',
}

TRACK_FIELDS = {
    'track_id': 'uint64',
    'id': 'string',
    'name': 'string',
    'class_id': 'string',
    'score': 'double',
    'state': 'uint8',
    'bbox': 'vision_msgs/BoundingBox2D',
    'velocity': 'double[2]',
    'bbox_covariance': 'double[16]',
    'age': 'builtin_interfaces/Duration',
    'time_since_update': 'builtin_interfaces/Duration',
    'hits': 'uint32',
    'embedding': 'sequence<float>',
}


def bundled_share(package: str) -> Path:
    """Return the folder share/<package> of a bundled package of messages."""
    module = Path(importlib.import_module(f'{package}.msg').__file__)
    folders = (prefix / 'share' / package for prefix in module.parents)
    share = next((folder for folder in folders if folder.is_dir()), None)
    assert share is not None, f'no share/{package} beside {module}'
    if 'bundled with fairmot_ros' not in (share / 'package.xml').read_text():
        pytest.skip(f'{package} comes from the ROS 2 installation at {share.parents[1]}')
    return share


def type_hash(share: Path, name: str) -> str:
    description = json.loads((share / 'msg' / f'{name}.json').read_text())
    hashes = {entry['type_name']: entry['hash_string'] for entry in description['type_hashes']}
    return hashes[f'{share.name}/msg/{name}'].removeprefix('RIHS01_')


@pytest.fixture(scope='module')
def vision_msgs_share() -> Path:
    return bundled_share('vision_msgs')


@pytest.mark.parametrize('name', VISION_MSGS_HASHES)
def test_bundled_vision_msgs_have_the_same_type_hashes(vision_msgs_share: Path, name: str) -> None:
    assert type_hash(vision_msgs_share, name) == VISION_MSGS_HASHES[name]


def test_bundled_vision_msgs_are_all_compared(vision_msgs_share: Path) -> None:
    assert {path.stem for path in vision_msgs_share.glob('msg/*.json')} == set(VISION_MSGS_HASHES)


@pytest.mark.parametrize(('package', 'name'), BUNDLED_HASHES)
def test_other_bundled_messages_have_the_same_type_hashes(package: str, name: str) -> None:
    assert type_hash(bundled_share(package), name) == BUNDLED_HASHES[package, name]


def test_track_has_the_documented_fields() -> None:
    from fairmot_ros.msg import Track

    assert Track.get_fields_and_field_types() == TRACK_FIELDS
    assert (Track.TENTATIVE, Track.TRACKED, Track.LOST, Track.REMOVED) == (0, 1, 2, 3)


def test_track_array_has_the_documented_fields() -> None:
    from fairmot_ros.msg import TrackArray

    assert TrackArray.get_fields_and_field_types() == {
        'header': 'std_msgs/Header',
        'model': 'string',
        'tracks': 'sequence<fairmot_ros/Track>',
    }


def test_new_track_is_empty() -> None:
    from fairmot_ros.msg import Track, TrackArray

    track = Track()
    assert (track.track_id, track.class_id, track.score, track.hits) == (0, '', 0.0, 0)
    assert track.state == Track.TENTATIVE
    assert list(track.velocity) == [0.0] * 2
    assert list(track.bbox_covariance) == [0.0] * 16
    assert len(track.embedding) == 0
    assert list(TrackArray().tracks) == []


def test_serialization_round_trip() -> None:
    from fairmot_ros.msg import Track, TrackArray

    track = Track(
        track_id=2**64 - 1, class_id='Fußgänger', score=0.75, state=Track.LOST, hits=2**32 - 1
    )
    track.bbox.center.position.x = -12.5
    track.bbox.size_y = 1e-300
    track.velocity = [3.25, -4.5]
    track.bbox_covariance = [float(i) for i in range(16)]
    track.age.sec, track.age.nanosec = 7, 999_999_999
    track.embedding = array('f', [0.6, -0.8])
    message = TrackArray(model='sha256:0123', tracks=[track, Track()])
    message.header.frame_id = 'camera_optical_frame'
    message.header.stamp.sec = 1_700_000_000

    data = rclpy_serialization.serialize_message(message)
    assert rclpy_serialization.deserialize_message(data, TrackArray) == message


@pytest.mark.parametrize(
    ('name', 'request_fields', 'response_fields'),
    [
        ('EnrolIdentity', ['name', 'id', 'embedding', 'model'], ['success', 'message']),
        (
            'QueryIdentity',
            ['id', 'embedding', 'model', 'max_matches'],
            ['success', 'message', 'matches'],
        ),
        ('ForgetIdentity', ['id', 'name', 'everybody'], ['success', 'message', 'forgotten']),
    ],
)
def test_services_have_the_documented_fields(
    name: str, request_fields: list[str], response_fields: list[str]
) -> None:
    service = getattr(importlib.import_module('fairmot_ros.srv'), name)
    assert list(service.Request.get_fields_and_field_types()) == request_fields
    assert list(service.Response.get_fields_and_field_types()) == response_fields
