# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Where a camera's calibration is expected, by parameter, remapping or the topic of its images."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
import rclpy

from fairmot_ros.ros.inputs.beside_image import camera_info_topic


@pytest.fixture
def context(environment: dict[str, str]) -> Iterator[object]:
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=int(environment['ROS_DOMAIN_ID']))
    yield context
    rclpy.try_shutdown(context=context)


@pytest.mark.parametrize(
    ('remapping', 'prefix', 'given', 'topic'),
    [
        (None, '', '', '/robot/camera_info'),
        (None, 'front/', '', '/robot/front/camera_info'),
        ('image:=/cam/color/image_raw', '', '', '/cam/color/camera_info'),
        ('image:=image_raw', '', '', '/robot/camera_info'),
        ('front/image:=/front/color/image', 'front/', '', '/front/color/camera_info'),
        ('image:=/image', '', '', '/camera_info'),
        ('camera_info:=/calibrated', '', '', '/calibrated'),
        ('image:=/cam/color/image_raw', '', '/elsewhere/info', '/elsewhere/info'),
        ('image:=/cam/color/image_raw', 'front/', 'info', '/robot/front/info'),
        ('image:=/cam/color/image_raw', '', '~/info', '/robot/tracker/info'),
    ],
)
def test_the_calibration_is_beside_the_images_unless_told_otherwise(
    context: object, remapping: str | None, prefix: str, given: str, topic: str
) -> None:
    arguments = [] if remapping is None else ['--ros-args', '-r', remapping]
    node = rclpy.create_node('tracker', context=context, namespace='robot', cli_args=arguments)
    assert camera_info_topic(node, prefix, given) == topic
    node.destroy_node()


def test_a_name_that_is_no_topic_is_refused(context: object) -> None:
    node = rclpy.create_node('tracker', context=context)
    with pytest.raises(ValueError, match='camera_info_topic is not a valid topic'):
        camera_info_topic(node, '', 'a b')
    node.destroy_node()
