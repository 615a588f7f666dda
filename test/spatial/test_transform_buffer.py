# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.spatial.transform_buffer import TransformBuffer
from fairmot_ros.spatial.transforms import TransformError, quaternion_about_z

LEVEL = (0.0, 0.0, 0.0, 1.0)
SECOND = 1_000_000_000


@pytest.fixture
def buffer() -> TransformBuffer:
    """Return map -> odom -> base -> camera; the base drives at 1 m/s and turns at 1 rad/s."""
    buffer = TransformBuffer()
    buffer.insert('map', 'odom', 0, (0, 0, 5), LEVEL, static=True)
    buffer.insert('base', 'camera', 0, (0, 2, 0), LEVEL, static=True)
    for second in range(4):
        turn = quaternion_about_z(float(second))
        buffer.insert('odom', 'base', second * SECOND, (float(second), 0, 0), turn)
    return buffer


def test_a_chain_is_interpolated_in_time(buffer: TransformBuffer) -> None:
    found = buffer.lookup('map', 'camera', int(1.25 * SECOND))
    place = (1.25 - 2 * np.sin(1.25), 2 * np.cos(1.25), 5)
    np.testing.assert_allclose(found.translation, place)
    back = buffer.lookup('camera', 'map', int(1.25 * SECOND))
    np.testing.assert_allclose(back.apply(found.translation[None]), np.zeros((1, 3)), atol=1e-12)


def test_a_frame_is_reached_through_a_common_ancestor(buffer: TransformBuffer) -> None:
    buffer.insert('odom', 'goal', 0, (10, 0, 0), LEVEL, static=True)
    found = buffer.lookup('goal', 'base', 2 * SECOND)
    np.testing.assert_allclose(found.translation, (-8, 0, 0))


def test_without_a_time_the_newest_common_one_counts(buffer: TransformBuffer) -> None:
    buffer.insert('map', 'odom', 2 * SECOND, (0, 0, 7), LEVEL)
    np.testing.assert_allclose(buffer.lookup('map', 'base', None).translation, (2, 0, 7))


def test_a_frame_is_itself(buffer: TransformBuffer) -> None:
    np.testing.assert_array_equal(buffer.lookup('new', 'new', 5).rotation, np.eye(3))


@pytest.mark.parametrize(
    ('target', 'source', 'stamp', 'reason', 'newest'),
    [
        (
            'odom',
            'camera',
            4 * SECOND,
            'the newest transform from base to odom is 1.000 s older than the requested stamp',
            3 * SECOND,
        ),
        (
            'odom',
            'camera',
            -SECOND,
            'the oldest transform from base to odom is 1.000 s newer than the requested stamp',
            None,
        ),
        ('odom', 'lidar', SECOND, 'the frame lidar is not published', None),
        ('world', 'base', SECOND, 'the frame world is not published', None),
        (
            'island',
            'base',
            SECOND,
            'base and island are in different tf trees, with the roots map and island',
            None,
        ),
    ],
)
def test_a_missing_transform_is_explained(
    buffer: TransformBuffer, target: str, source: str, stamp: int, reason: str, newest: int | None
) -> None:
    buffer.insert('island', 'hut', 0, (0, 0, 0), LEVEL, static=True)
    with pytest.raises(TransformError) as caught:
        buffer.lookup(target, source, stamp)
    assert str(caught.value) == f'there is no transform from {source} to {target}: {reason}'
    assert caught.value.newest == newest


def test_a_link_that_is_not_on_the_way_may_be_old(buffer: TransformBuffer) -> None:
    buffer.insert('map', 'odom', 0, (0, 0, 7), LEVEL)
    assert buffer.lookup('odom', 'camera', 3 * SECOND).translation.shape == (3,)
    with pytest.raises(TransformError, match='from odom to map is 3.000 s older'):
        buffer.lookup('map', 'camera', 3 * SECOND)


def test_a_loop_is_named(buffer: TransformBuffer) -> None:
    buffer.insert('camera', 'map', 0, (0, 0, 0), LEVEL, static=True)
    loop = 'the frames form a loop, camera -> base -> odom -> map -> camera'
    with pytest.raises(TransformError, match=loop) as caught:
        buffer.lookup('camera', 'odom', SECOND)
    assert caught.value.newest is None


@pytest.mark.parametrize(
    ('parent', 'child', 'translation', 'quaternion', 'reason'),
    [
        ('a', 'a', (0, 0, 0), LEVEL, 'the same parent and child frame, a'),
        ('', 'a', (0, 0, 0), LEVEL, 'has an empty frame name'),
        ('b', 'a', (0, 0, np.nan), LEVEL, 'values that are not finite'),
        ('b', 'a', (0, 0, 0), (0, 0, 0, 0), 'the quaternion has the length 0; expected 1'),
        ('b', 'a', (0, 0, 0), (0, np.inf, 0, 0), 'the quaternion has the length inf'),
    ],
)
def test_an_invalid_transform_is_refused(
    parent: str, child: str, translation: tuple, quaternion: tuple, reason: str
) -> None:
    buffer = TransformBuffer()
    with pytest.raises(TransformError, match=reason):
        buffer.insert(parent, child, 0, translation, quaternion)
    with pytest.raises(TransformError, match='is not published'):
        buffer.lookup('a', 'b', 0)


def test_transforms_may_come_late_and_twice(buffer: TransformBuffer) -> None:
    buffer.insert('odom', 'base', int(2.5 * SECOND), (9, 0, 0), LEVEL)
    buffer.insert('odom', 'base', int(2.5 * SECOND), (8, 0, 0), LEVEL)
    found = buffer.lookup('odom', 'base', int(2.5 * SECOND))
    np.testing.assert_allclose(found.translation, (8, 0, 0))


def test_time_that_starts_anew_drops_what_was(buffer: TransformBuffer) -> None:
    for second in range(3, 100):
        buffer.insert('odom', 'base', second * SECOND, (float(second), 0, 0), LEVEL)
    with pytest.raises(
        TransformError, match='newer than the requested stamp'
    ):  # kept for ten seconds
        buffer.lookup('odom', 'base', 50 * SECOND)
    buffer.insert('odom', 'base', SECOND, (1, 1, 0), LEVEL)
    np.testing.assert_allclose(buffer.lookup('odom', 'base', SECOND).translation, (1, 1, 0))
    with pytest.raises(TransformError, match='is 1.000 s older'):
        buffer.lookup('odom', 'base', 2 * SECOND)


def test_frames_that_are_not_published_any_more_are_forgotten() -> None:
    buffer = TransformBuffer()
    for second in range(3000):  # a person every second, for a second
        for part in range(10):
            stamp = second * SECOND + part * SECOND // 10
            buffer.insert('odom', 'base', stamp, (0, 0, 0), LEVEL)
            buffer.insert('odom', f'person/{second}', stamp, (1, 0, 0), LEVEL)
    assert sum(map(len, buffer._moving.values())) < 2000
    assert buffer.lookup('base', 'person/2999', 2999 * SECOND).translation[0] == 1
    with pytest.raises(TransformError, match='from person/2600 to odom is 399.000 s older'):
        buffer.lookup('base', 'person/2600', 3000 * SECOND - SECOND // 10)
    with pytest.raises(TransformError, match='the frame person/2000 is not published'):
        buffer.lookup('base', 'person/2000', 3000 * SECOND - SECOND // 10)


def test_a_frame_may_change_its_parent(buffer: TransformBuffer) -> None:
    buffer.insert('gripper', 'cup', 0, (0, 0, 1), LEVEL)
    buffer.insert('base', 'gripper', 0, (1, 0, 0), LEVEL, static=True)
    buffer.insert('odom', 'cup', SECOND, (7, 7, 0), LEVEL)
    np.testing.assert_allclose(buffer.lookup('base', 'cup', SECOND // 2).translation, (1, 0, 1))
    np.testing.assert_allclose(buffer.lookup('odom', 'cup', SECOND).translation, (7, 7, 0))
