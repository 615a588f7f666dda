# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('vision_msgs', reason='needs ROS 2')
from make_track import make_track
from std_msgs.msg import Header
from visualization_msgs.msg import Marker

from fairmot_ros.ros.conversions.positions import (
    to_detections,
    to_markers,
    to_positions,
    to_transform,
)
from fairmot_ros.ros.conversions.tracks import TrackConverter
from fairmot_ros.spatial.located import LocatedPeople, LocatedPerson
from fairmot_ros.spatial.transforms import Transform
from fairmot_ros.types import TrackState

CONVERTER = TrackConverter(['person'], 'model', camera='front')
TRACK = make_track(7, (0, 0, 10, 20), score=0.5, state=TrackState.LOST, time_since_update=0.5)
COVARIANCE = np.arange(36.0).reshape(6, 6)
HEADER = Header(frame_id='map')


def people(upright: bool, speed: float | None = 1.0, camera: bool = True) -> LocatedPeople:
    person = LocatedPerson(
        TRACK,
        np.array([1.0, 2.0, 0.9]),
        None if speed is None else np.array([0.0, speed, 0.0]),
        COVARIANCE if speed is not None else COVARIANCE[:3, :3],
        np.array([0.5, 1.8]),
        measured=False,
    )
    place = np.array([1.0, 0.0, 1.0]) if camera else None
    return LocatedPeople('map', upright, place, (person,))


def test_boxes_stand_upright_and_face_the_camera() -> None:
    (found,) = to_detections(people(upright=True), HEADER, CONVERTER).detections
    box, pose = found.bbox, found.results[0].pose
    assert (found.id, found.header.frame_id) == ('front/7', 'map')
    assert (box.size.x, box.size.y, box.size.z) == (0.4, 0.5, 1.8)
    turn = box.center.orientation  # the camera is in the direction of -y
    assert (turn.x, turn.y) == (0, 0)
    assert 2 * np.arctan2(turn.z, turn.w) == pytest.approx(-np.pi / 2)
    assert pose.pose == box.center
    covariance = np.reshape(pose.covariance, (6, 6))
    np.testing.assert_array_equal(covariance[:3, :3], COVARIANCE[:3, :3])
    assert (np.diag(covariance)[3:] > 9).all()  # the orientation is a guess


def test_in_an_optical_frame_boxes_have_its_axes() -> None:
    (found,) = to_detections(people(False, None), HEADER, CONVERTER).detections
    assert (found.bbox.size.x, found.bbox.size.y, found.bbox.size.z) == (0.5, 1.8, 0.4)
    assert found.bbox.center.orientation.w == 1.0
    body, label = to_markers(people(False, None), HEADER, CONVERTER)
    assert (body.scale.x, body.scale.z) == (0.5, 1.8)
    assert label.pose.position.y == pytest.approx(2.0 - 0.9 - 0.15)


def test_without_the_place_of_the_camera_boxes_are_not_turned() -> None:
    (found,) = to_detections(people(True, camera=False), HEADER, CONVERTER).detections
    assert found.bbox.center.orientation.w == 1.0


def test_positions_have_velocity_and_covariance() -> None:
    (found,) = to_positions(people(True), HEADER, CONVERTER).positions
    assert (found.track_id, found.id, found.class_id) == (7, 'front/7', 'person')
    assert (found.state, found.measured) == (TrackState.LOST, False)
    assert (found.position.y, found.velocity.y) == (2.0, 1.0)
    assert (found.width, found.height) == (0.5, 1.8)
    assert list(found.covariance) == list(range(36))
    assert list(to_positions(people(True, None), HEADER, CONVERTER).positions) == []


@pytest.mark.parametrize(('speed', 'arrows'), [(1.0, 1), (0.1, 0), (None, 0)])
def test_markers_show_velocities_of_those_who_move(speed: float | None, arrows: int) -> None:
    body, label, *others = to_markers(people(True, speed), HEADER, CONVERTER)
    assert (body.type, label.text) == (Marker.CYLINDER, 'front/7')
    assert label.pose.position.z == pytest.approx(0.9 + 0.9 + 0.15)
    assert len(others) == arrows
    for arrow in others:
        assert [(p.x, p.y) for p in arrow.points] == [(1.0, 2.0), (1.0, 3.0)]


@pytest.mark.parametrize('upright', [True, False])
def test_body_frames_have_z_up_and_x_towards_the_camera(upright: bool) -> None:
    located = people(upright)
    (person,) = located.people
    header = Header(frame_id='map' if upright else 'eye')
    found = to_transform(person, located, header, 'body_x_7')
    assert (found.header.frame_id, found.child_frame_id) == (header.frame_id, 'body_x_7')
    place, turn = found.transform.translation, found.transform.rotation
    assert (place.x, place.y, place.z) == (1.0, 2.0, 0.9)
    rotation = Transform.from_quaternion((0, 0, 0), (turn.x, turn.y, turn.z, turn.w)).rotation
    # The camera is in the direction of -y, or at the origin of its optical frame.
    forward, up = ([0, -1, 0], [0, 0, 1]) if upright else ([-1.0, 0, -0.9], [0, -1, 0])
    np.testing.assert_allclose(rotation[:, 0], forward / np.linalg.norm(forward), atol=1e-9)
    np.testing.assert_allclose(rotation[:, 2], up, atol=1e-9)
