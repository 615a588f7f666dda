# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Messages about positions of people."""

from __future__ import annotations

from typing import Any

import numpy as np
from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point, Quaternion, TransformStamped, Vector3
from std_msgs.msg import ColorRGBA, Header
from vision_msgs.msg import BoundingBox3D, Detection3D, Detection3DArray
from visualization_msgs.msg import Marker

from fairmot_ros.media.drawing import track_colour
from fairmot_ros.msg import TrackPosition, TrackPositionArray
from fairmot_ros.ros.conversions.tracks import TrackConverter
from fairmot_ros.spatial.located import LocatedPeople, LocatedPerson
from fairmot_ros.spatial.transforms import quaternion_about_z

#: Metres from front to back, which a camera cannot measure.
DEPTH_OF_PERSON = 0.4
MARKER_LIFETIME = Duration(nanosec=500_000_000)
#: A cylinder stands along its z axis; in an optical frame up is -y.
UPRIGHT_IN_OPTICAL = Quaternion(x=float(np.sqrt(0.5)), w=float(np.sqrt(0.5)))
#: Variance, in rad², of the orientation of a body, which is not estimated.
UNKNOWN_ROTATION = float(np.pi**2)
#: Speed, in metres per second, from which a marker shows the velocity, and its length in seconds.
SHOWN_SPEED, ARROW_SECONDS = 0.2, 1.0


def to_detections(
    located: LocatedPeople, header: Header, converter: TrackConverter
) -> Detection3DArray:
    """Return people as boxes that stand upright and face the camera."""
    return Detection3DArray(
        header=header,
        detections=[_detection(p, located, header, converter) for p in located.people],
    )


def to_positions(
    located: LocatedPeople, header: Header, converter: TrackConverter
) -> TrackPositionArray:
    """Return people with their velocities and covariances."""
    return TrackPositionArray(
        header=header,
        positions=[
            TrackPosition(
                **converter.identity(person.track),
                state=int(person.track.state),
                position=Point(**_xyz(person.position)),
                velocity=Vector3(**_xyz(person.velocity)),
                covariance=person.covariance.ravel(),
                width=float(person.size[0]),
                height=float(person.size[1]),
                measured=person.measured,
            )
            for person in located.people
            if person.velocity is not None
        ],
    )


def to_markers(located: LocatedPeople, header: Header, converter: TrackConverter) -> list[Marker]:
    """Return a cylinder, a label and an arrow for each person; they disappear by themselves."""
    markers = []
    for person in located.people:
        markers += [
            _body_marker(person, located, header),
            _label_marker(person, located, header, converter),
        ]
        if person.velocity is not None and np.linalg.norm(person.velocity) >= SHOWN_SPEED:
            markers.append(_velocity_marker(person, header))
    return markers


def to_transform(
    person: LocatedPerson, located: LocatedPeople, header: Header, child: str
) -> TransformStamped:
    """Return the frame of a person, at the middle of the body: z up, x towards the camera."""
    transform = TransformStamped(header=header, child_frame_id=child)
    transform.transform.translation = Vector3(**_xyz(person.position))
    transform.transform.rotation = (
        _facing(person, located) if located.upright else _facing_in_optical(person)
    )
    return transform


def _xyz(point: np.ndarray) -> dict[str, float]:
    return dict(zip('xyz', map(float, point)))


def _detection(
    person: LocatedPerson, located: LocatedPeople, header: Header, converter: TrackConverter
) -> Detection3D:
    width, height = map(float, person.size)
    box = BoundingBox3D()
    box.center.position = Point(**_xyz(person.position))
    if located.upright:
        box.size = Vector3(x=DEPTH_OF_PERSON, y=width, z=height)
        box.center.orientation = _facing(person, located)
    else:
        box.size = Vector3(x=width, y=height, z=DEPTH_OF_PERSON)
    hypothesis = converter.hypothesis(person.track)
    hypothesis.pose.pose = box.center
    covariance = np.zeros((6, 6))
    covariance[:3, :3] = person.covariance[:3, :3]
    covariance[3:, 3:] = UNKNOWN_ROTATION * np.eye(3)
    hypothesis.pose.covariance = covariance.ravel()
    return Detection3D(
        header=header, results=[hypothesis], bbox=box, id=converter.id_of(person.track.track_id)
    )


def _facing(person: LocatedPerson, located: LocatedPeople) -> Quaternion:
    """Return the rotation about z that turns the x axis towards the camera."""
    if located.camera is None:
        return Quaternion()
    x, y = (located.camera - person.position)[:2].tolist()
    return Quaternion(**dict(zip('xyzw', quaternion_about_z(float(np.arctan2(y, x))))))


def _facing_in_optical(person: LocatedPerson) -> Quaternion:
    """Return the rotation in the camera's optical frame to z up and x towards the camera."""
    x, _, z = person.position.tolist()
    half = np.arctan2(-x, z) / 2
    a, b = (np.cos(half) + np.sin(half)) / 2, (np.cos(half) - np.sin(half)) / 2
    # First upright, with x against the optical axis, then about z.
    return Quaternion(x=float(a), y=float(b), z=float(-b), w=float(a))


def _marker(person: LocatedPerson, header: Header, **properties: Any) -> Marker:
    return Marker(
        header=header,
        id=person.track.track_id % 2**31,
        action=Marker.ADD,
        lifetime=MARKER_LIFETIME,
        **properties,
    )


def _body_marker(person: LocatedPerson, located: LocatedPeople, header: Header) -> Marker:
    blue, green, red = (value / 255 for value in track_colour(person.track.track_id))
    width, height = map(float, person.size)
    marker = _marker(
        person,
        header,
        ns='people',
        type=Marker.CYLINDER,
        color=ColorRGBA(r=red, g=green, b=blue, a=0.6 if person.measured else 0.3),
    )
    marker.pose.position = Point(**_xyz(person.position))
    if located.upright:
        marker.scale = Vector3(x=DEPTH_OF_PERSON, y=width, z=height)
        marker.pose.orientation = _facing(person, located)
    else:
        marker.scale = Vector3(x=width, y=DEPTH_OF_PERSON, z=height)
        marker.pose.orientation = UPRIGHT_IN_OPTICAL
    return marker


def _label_marker(
    person: LocatedPerson, located: LocatedPeople, header: Header, converter: TrackConverter
) -> Marker:
    up = np.array([0.0, 0.0, 1.0] if located.upright else [0.0, -1.0, 0.0])
    marker = _marker(
        person,
        header,
        ns='ids',
        type=Marker.TEXT_VIEW_FACING,
        text=converter.id_of(person.track.track_id),
        scale=Vector3(z=0.25),
        color=ColorRGBA(r=1.0, g=1.0, b=1.0, a=1.0),
    )
    marker.pose.position = Point(**_xyz(person.position + up * (person.size[1] / 2 + 0.15)))
    return marker


def _velocity_marker(person: LocatedPerson, header: Header) -> Marker:
    assert person.velocity is not None
    end = person.position + ARROW_SECONDS * person.velocity
    return _marker(
        person,
        header,
        ns='velocities',
        type=Marker.ARROW,
        points=[Point(**_xyz(person.position)), Point(**_xyz(end))],
        scale=Vector3(x=0.05, y=0.1),
        color=ColorRGBA(r=1.0, g=1.0, b=1.0, a=0.8),
    )
