# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Launch files under launch_testing, and cameras whose images they track."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path

import launch_testing
import pytest
from ament_index_python.packages import PackageNotFoundError, get_package_prefix
from launch import LaunchDescription
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch_testing.actions import ReadyToTest
from peers import Peer, make_image
from private_domain import enter_private_domain
from sensor_msgs.msg import Image
from vision_msgs.msg import Detection2DArray

import fairmot_ros
from fairmot_ros.media.video_source import VideoSource

CLIP = Path(fairmot_ros.__file__).parent / 'data' / 'pedestrians.mp4'
LAUNCH = Path(__file__).parents[2] / 'launch'

try:
    get_package_prefix('fairmot_ros')
except (PackageNotFoundError, OSError):  # the latter without AMENT_PREFIX_PATH
    pytest.skip(
        f'fairmot_ros is not in AMENT_PREFIX_PATH; with the environment of `make setup`, it is '
        f'{sys.prefix}',
        allow_module_level=True,
    )


def describe(file: str, **arguments: str) -> LaunchDescription:
    """Return what launch_testing starts: a file of `launch/` in the domain of the tests."""
    enter_private_domain()
    source = PythonLaunchDescriptionSource(str(LAUNCH / file))
    return LaunchDescription(
        [IncludeLaunchDescription(source, launch_arguments=arguments.items()), ReadyToTest()]
    )


def track(peer: Peer, topic: str, results: list[Detection2DArray]) -> Detection2DArray:
    """Send some images of people as frames of a camera; return the result of the last one."""
    camera = peer.advertise(Image, topic)
    for frame, image in enumerate(islice(VideoSource(CLIP), 3)):
        message = make_image(image, 1000 + frame / 7)
        camera.publish(message)
        result = peer.wait(
            lambda stamp=message.header.stamp: next(
                (r for r in results if r.header.stamp == stamp), None
            ),
            f'the result of {topic}',
        )
    return result


def assert_clean_exit(proc_info: object, proc_output: object) -> None:
    """Check exit codes and output of all processes after the shutdown."""
    launch_testing.asserts.assertExitCodes(proc_info)
    output = ''.join(line.text.decode() for line in proc_output)
    assert 'Traceback' not in output, output
