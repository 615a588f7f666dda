# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')

from fairmot_ros.ros.parameters import FairmotParameters
from fairmot_ros.ros.parameters.settings import parse_camera_pose

MOVING = {'position_source': 'depth', 'target_frame': 'odom', 'odometry': True}


def test_a_camera_pose_is_six_numbers() -> None:
    parameters = FairmotParameters(**MOVING, camera_pose=' 0.1 0 1.2  0 0.1 -3e-1')
    assert parse_camera_pose(parameters.positions.camera_pose) == (0.1, 0, 1.2, 0, 0.1, -0.3)
    assert parse_camera_pose('') == ()


@pytest.mark.parametrize(
    ('values', 'message'),
    [
        ({'odometry': True}, 'odometry needs a target_frame or a camera_motion_frame, such as'),
        ({**MOVING, 'camera_pose': '0 0 1'}, "camera_pose must be six numbers, .*, got '0 0 1'"),
        ({**MOVING, 'camera_pose': '0 0 1 0 0 nan'}, 'camera_pose must be six numbers'),
        ({**MOVING, 'camera_pose': '0,0,1,0,0,0'}, 'camera_pose must be six numbers'),
        ({'camera_pose': '0 0 1 0 0 0'}, 'camera_pose needs odometry'),
        (
            {**MOVING, 'camera_pose': '0 0 1 0 0 0', 'cameras': ['left', 'right']},
            'camera_pose is the pose of a single camera; with several, publish their poses on',
        ),
    ],
)
def test_settings_that_contradict_are_one_sentence(values: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        FairmotParameters(**values)
    assert len(str(caught.value).splitlines()) == 1
