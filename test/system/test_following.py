# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A node follows a person: by id, nearest and name, by parameter and by service."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from geometry_msgs.msg import PoseStamped
from peers import NodeStarter, Peer
from sensor_msgs.msg import CameraInfo
from std_msgs.msg import Header
from vision_msgs.msg import BoundingBox2D

from fairmot_ros.msg import FollowState, Track, TrackArray
from fairmot_ros.srv import EnrolIdentity, Follow, ForgetIdentity

RATE = 10
ADA, BOB = np.eye(2, 16, dtype=np.float32)


class Room:
    """Publishes the detections of two people, and the calibration of the camera."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.results = peer.subscribe(TrackArray, 'detection_tracker/tracks')
        self.states = peer.subscribe(FollowState, 'detection_tracker/follow_state')
        self.poses = peer.subscribe(PoseStamped, 'detection_tracker/follow_pose')
        self.detections = peer.advertise(TrackArray, 'detections')
        info = CameraInfo(width=640, height=480, distortion_model='plumb_bob', d=[0.0] * 5)
        info.k = np.array([500.0, 0, 320, 0, 500.0, 240, 0, 0, 1])
        peer.advertise(CameraInfo, 'camera_info').publish(info)
        self.frame = 0

    def step(self, people: dict[int, tuple[np.ndarray, float]], frames: int = 1) -> TrackArray:
        """Show people, by the x of their centre with their look and the y of their feet."""
        for _ in range(frames):
            self.frame += 1
            header = Header(frame_id='optical')
            header.stamp.sec = 100 + self.frame // RATE
            header.stamp.nanosec = self.frame % RATE * 10**9 // RATE
            tracks = [_detection(x, *person) for x, person in people.items()]
            self.detections.publish(TrackArray(header=header, model='m', tracks=tracks))
            result = self.peer.wait(
                lambda h=header: next((r for r in self.results if r.header == h), None), 'tracks'
            )
        return result

    def state(self, header: Header) -> FollowState:
        """Return the state of a frame."""
        return self.peer.wait(
            lambda: next((s for s in self.states if s.header == header), None), 'a state'
        )

    def follow(self, target: str) -> Any:
        return self.peer.call(Follow, 'detection_tracker/follow', target=target)


def _detection(x: float, embedding: np.ndarray, feet: float) -> Track:
    box = BoundingBox2D(size_x=60.0, size_y=200.0)
    box.center.position.x, box.center.position.y = float(x), feet - 100.0
    return Track(class_id='person', score=0.9, bbox=box, embedding=embedding)


@pytest.fixture
def room(peer: Peer, start: NodeStarter) -> Room:
    start(
        'nodes.detection_tracker_node',
        {
            'with_embeddings': True,
            'gallery': True,
            'lost_timeout': 0.5,
            'position_source': 'ground',
            'follow': '9',
        },
    )
    return Room(peer)


def test_person_is_followed_by_id_nearest_and_name(room: Room, peer: Peer) -> None:
    both = {200: (ADA, 400.0), 450: (BOB, 430.0)}
    tracks = room.step(both, 5)
    state = room.state(tracks.header)
    assert (state.state, state.target, state.id) == (FollowState.LOST, '9', '')
    assert state.reason == 'no visible track has the id 9'
    ada, bob = sorted(tracks.tracks, key=lambda track: track.bbox.center.position.x)

    refused = room.follow('99')
    assert (refused.success, refused.message) == (False, 'no visible track has the id 99')
    refused = room.follow('Ada')
    assert (refused.success, refused.message) == (False, "no person is enrolled as 'Ada'")

    assert room.follow('nearest').success
    state = room.state(room.step(both, 5).header)
    assert (state.state, state.id, state.target) == (FollowState.FOUND, bob.id, 'nearest')
    peer.wait(lambda: room.poses and room.poses[-1].header == state.header, 'the pose')
    assert room.poses[-1].pose.position.x > 0 and room.poses[-1].pose.position.z > 0

    # Bob leaves; someone else stands at his place. Then Bob returns, elsewhere.
    stranger = np.full(16, 0.25, np.float32)
    room.step({200: (ADA, 400.0)}, 4)
    tracks = room.step({200: (ADA, 400.0), 450: (stranger, 430.0)}, 12)
    state = room.state(tracks.header)
    assert state.state in (FollowState.LOST, FollowState.UNSURE)
    room.step({200: (ADA, 400.0)}, 8)
    tracks = room.step({200: (ADA, 400.0), 500: (BOB, 440.0)}, 8)
    state = room.state(tracks.header)
    assert state.state == FollowState.FOUND
    (found,) = (t for t in tracks.tracks if t.id == state.id)
    assert found.bbox.center.position.x == pytest.approx(500, abs=10)
    peer.wait(lambda: room.poses[-1].header == state.header, 'the pose of the person found again')
    found_at = [state.header.stamp for state in room.states if state.state == FollowState.FOUND]
    assert all(pose.header.stamp in found_at for pose in room.poses)

    enrolled = peer.call(EnrolIdentity, 'detection_tracker/enrol_identity', name='Ada', id=ada.id)
    assert enrolled.success
    assert room.follow('Ada').success
    state = room.state(room.step(both, 5).header)
    assert (state.state, state.id, state.name) == (FollowState.FOUND, ada.id, 'Ada')
    assert peer.call(ForgetIdentity, 'detection_tracker/forget_identity', name='Ada').success
    state = room.state(room.step(both).header)
    assert (state.state, state.reason) == (FollowState.LOST, "no person is enrolled as 'Ada'")

    assert room.follow('').message == 'following is disabled'
    state = room.state(room.step(both).header)
    assert (state.state, state.target) == (FollowState.IDLE, '')
    count = len(room.states)
    room.step(both, 2)
    assert len(room.states) == count
