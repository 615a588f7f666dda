# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import pytest

pytest.importorskip('sensor_msgs', reason='needs ROS 2')
from sensor_msgs.msg import CameraInfo

from fairmot_ros.pixels import ImageError
from fairmot_ros.ros.inputs.spatial_inputs import pinhole_camera


def calibration(**changed: object) -> CameraInfo:
    matrix = [500.0, 0.0, 320.0, 0.0, 510.0, 240.0, 0.0, 0.0, 1.0]
    fields = {'width': 640, 'height': 480, 'k': matrix, 'distortion_model': 'plumb_bob'}
    return CameraInfo(**{**fields, **changed})


def test_valid_calibration_is_converted() -> None:
    camera = pinhole_camera(calibration(d=[0.1] * 5), '/camera_info', (480, 640))
    assert (camera.width, camera.height, camera.focal_lengths) == (640, 480, (500.0, 510.0))
    assert camera.distortion.tolist() == [0.1] * 5


@pytest.mark.parametrize(
    ('changed', 'reason'),
    [
        ({'distortion_model': 'a\nb'}, 'the distortion model .* is not supported'),
        ({'width': 641}, 'the calibration on /camera_info is for images of 641 x 480 pixels'),
        ({'k': [0.0] * 9}, 'focal lengths must be positive'),
        ({'k': [1e999] * 9}, 'not finite'),
        ({'d': [0.1] * 3}, '3 distortion coefficients'),
    ],
)
def test_unusable_calibration_is_rejected(changed: dict[str, object], reason: str) -> None:
    with pytest.raises(ImageError, match=f'positions are not computed: .*{reason}') as caught:
        pinhole_camera(calibration(**changed), '/camera_info', (480, 640))
    assert len(str(caught.value).splitlines()) == 1
