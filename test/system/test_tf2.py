# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""tf2_ros: frames of people in its buffer, and lookups as in the buffer of this package."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

pytest.importorskip('tf2_ros', reason='needs tf2_ros, which is not on PyPI')
from geometry_msgs.msg import TransformStamped
from peers import Peer
from rclpy.time import Time
from test_target_frame import World, transform, world
from tf2_ros import Buffer, TransformException, TransformListener

from fairmot_ros.ros.conversions.bodies import body_frame, body_id
from fairmot_ros.ros.inputs.tf2_transforms import Tf2Transforms
from fairmot_ros.ros.inputs.transform_sources import transforms_of
from fairmot_ros.ros.parameters.settings import PositionSettings
from fairmot_ros.spatial.transform_buffer import TransformBuffer
from fairmot_ros.spatial.transforms import Transform, TransformError

__all__ = ['world']  # a fixture

SECOND = 1_000_000_000


def as_transform(message: TransformStamped) -> Transform:
    moved, turned = message.transform.translation, message.transform.rotation
    return Transform.from_quaternion(
        (moved.x, moved.y, moved.z), (turned.x, turned.y, turned.z, turned.w)
    )


def test_nodes_use_tf2_where_it_is_installed(peer: Peer) -> None:
    assert isinstance(transforms_of(peer, PositionSettings()), Tf2Transforms)


def test_frames_of_people_are_looked_up_with_tf2(world: World, peer: Peer) -> None:
    buffer = Buffer()
    listener = TransformListener(buffer, peer)
    for _ in range(20):
        answer = world.step()
    (person,) = answer.detections
    stamp = Time.from_msg(answer.header.stamp)
    frame = body_frame(body_id('/detection_tracker', person.id))
    peer.wait(lambda: buffer.can_transform('odom', frame, stamp), 'the frame of the person')
    place = as_transform(buffer.lookup_transform('odom', frame, stamp)).translation
    point = person.bbox.center.position
    assert place.tolist() == [point.x, point.y, point.z]

    x, y, yaw = world.simulation.pose((world.frame - 1) / 20)
    seen = as_transform(buffer.lookup_transform('base_link', frame, stamp)).translation
    turn = np.array([[np.cos(yaw), np.sin(yaw)], [-np.sin(yaw), np.cos(yaw)]])
    np.testing.assert_allclose(seen[:2], turn @ (place[:2] - (x, y)), atol=1e-6)
    listener.unregister()


def random_transforms(seed: int) -> list[TransformStamped]:
    """Return two moving frames and two fixed ones of one tree."""
    rng = np.random.default_rng(seed)
    messages = []
    for parent, child in (('map', 'odom'), ('odom', 'base'), ('base', 'camera'), ('map', 'goal')):
        for step in range(1 if child in ('camera', 'goal') else 6):
            turned = rng.normal(size=4)
            message = transform(
                parent, child, tuple(rng.normal(size=3)), tuple(turned / np.linalg.norm(turned))
            )
            message.header.stamp = Time(nanoseconds=(10 + step) * SECOND // 2).to_msg()
            messages.append(message)
    return messages


@pytest.mark.parametrize('seed', range(3))
def test_both_buffers_give_the_same_transforms(seed: int) -> None:
    ours, theirs = TransformBuffer(), Buffer()
    for message in random_transforms(seed):
        fixed = message.child_frame_id in ('camera', 'goal')
        moved, turned = message.transform.translation, message.transform.rotation
        ours.insert(
            message.header.frame_id,
            message.child_frame_id,
            Time.from_msg(message.header.stamp).nanoseconds,
            (moved.x, moved.y, moved.z),
            (turned.x, turned.y, turned.z, turned.w),
            static=fixed,
        )
        (theirs.set_transform_static if fixed else theirs.set_transform)(message, 'test')
    frames = ('map', 'odom', 'base', 'camera', 'goal')
    known = 0
    # Between, at and beyond the stamps, which are from 5 s to 7.5 s.
    for seconds in (4.9, 5.0, 5.2, 5.75, 6.0, 7.5, 7.6):
        for target, source in itertools.permutations(frames, 2):
            stamp = round(seconds * SECOND)
            try:
                found = as_transform(
                    theirs.lookup_transform(target, source, Time(nanoseconds=stamp))
                )
            except TransformException:
                with pytest.raises(TransformError):
                    ours.lookup(target, source, stamp)
                continue
            mine = ours.lookup(target, source, stamp)
            np.testing.assert_allclose(mine.translation, found.translation, atol=1e-9)
            np.testing.assert_allclose(mine.rotation, found.rotation, atol=1e-9)
            known += 1
    assert known > 100
