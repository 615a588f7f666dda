# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
import pytest

pytest.importorskip('sensor_msgs', reason='needs ROS 2')
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from fairmot_ros.pixels import ImageError
from fairmot_ros.ros.inputs.depth_images import BUFFER_SIZE, DepthImages

SHAPE = (3, 4)


def depth_image(stamp: float, frame_id: str = 'optical', **changed: Any) -> Image:
    """Return an image whose depths are its stamp in metres."""
    pixels = np.full(SHAPE, stamp, np.float32)
    fields = {'encoding': '32FC1', 'width': 4, 'height': 3, 'step': 16, **changed}
    header = Header(frame_id=frame_id)
    header.stamp.sec, header.stamp.nanosec = int(stamp), round(stamp % 1 * 1e9)
    return Image(header=header, data=array('B', pixels.tobytes()), **fields)


def images(*messages: Image) -> DepthImages:
    buffer = DepthImages('/depth')
    for message in messages:
        buffer.add(message)
    return buffer


def test_the_nearest_image_in_time_is_returned() -> None:
    buffer = images(depth_image(5.0), depth_image(5.1), depth_image(5.2))
    assert buffer.at(5.12, 0.05, SHAPE, 'optical')[0, 0] == np.float32(5.1)
    assert buffer.at(5.3, 0.15, SHAPE).shape == SHAPE


def test_a_leading_slash_and_missing_frames_are_no_difference() -> None:
    for found, expected in (('/optical', 'optical'), ('optical', '/optical'), ('', 'optical')):
        assert images(depth_image(5.0, found)).at(5.0, 0.0, SHAPE, expected).shape == SHAPE


def test_old_images_are_dropped() -> None:
    buffer = images(*(depth_image(float(second)) for second in range(BUFFER_SIZE + 1)))
    with pytest.raises(ImageError, match='differs by 1.000 s'):
        buffer.at(0.0, 0.05, SHAPE)
    buffer.clear()
    with pytest.raises(ImageError, match='no depth image received on /depth'):
        buffer.at(5.0, 0.05, SHAPE)


@pytest.mark.parametrize(
    ('message', 'reason'),
    [
        (depth_image(4.9), r'differs by 0\.100 s .*; depth_tolerance is 0\.050 s'),
        (depth_image(2e9), 'the stamp of the nearest depth image differs by 199'),
        (depth_image(5.0, 'infrared'), 'is in the frame infrared, the camera image in optical'),
        (depth_image(5.0, width=2, height=6, step=8), 'has 2 x 6 pixels; expected 4 x 3'),
        (depth_image(5.0, encoding='rgb8'), 'not the encoding of a depth image'),
        (depth_image(5.0, height=4), 'bytes'),
        (depth_image(5.0, width=0, height=0, step=0), r'0 x 0|no pixels|empty'),
    ],
)
def test_an_image_that_does_not_fit_is_one_sentence(message: Image, reason: str) -> None:
    with pytest.raises(ImageError, match=reason) as caught:
        images(message).at(5.0, 0.05, SHAPE, 'optical')
    assert len(str(caught.value).splitlines()) == 1
