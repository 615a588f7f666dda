# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A camera that moves through a world with people, its tf, and what it sees of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from fairmot_ros.spatial.geometry import PinholeCamera
from fairmot_ros.spatial.transform_buffer import TransformBuffer
from fairmot_ros.spatial.transforms import OPTICAL, Transform, quaternion_about_z

CAMERA_HEIGHT = 1.0
TALL, WIDE = 1.7, 0.5
STATIC_TRANSFORMS = (
    ('base_link', 'camera', (0, 0, CAMERA_HEIGHT), (0, 0, 0, 1)),
    ('camera', 'optical', (0, 0, 0), OPTICAL),
)

Pose = Callable[[float], tuple[float, float, float]]  # x, y and yaw at a time


def back_and_forth(seconds: float) -> tuple[float, float, float]:
    """Drive forward at 0.5 m/s, turning at 30 deg/s to the right and to the left."""
    rate, swing = np.radians(30), np.radians(20)
    turned = rate * seconds % (4 * swing)
    yaw = swing - abs(turned - 2 * swing)
    return 0.5 * seconds, 0.0, float(yaw)


def orbit(seconds: float) -> tuple[float, float, float]:
    """Drive sideways around the point (0.95, 0), which stays in sight: 0.5 m/s, 30 deg/s."""
    radius, angle = 0.5 / np.radians(30), np.radians(30) * seconds
    return radius * (1 - np.cos(angle)), -radius * np.sin(angle), float(angle)


def turn(seconds: float) -> tuple[float, float, float]:
    """Drive on a circle: 0.5 m/s, 30 deg/s. Whoever stands anywhere is seen for some seconds."""
    radius, angle = 0.5 / np.radians(30), np.radians(30) * seconds
    return radius * np.sin(angle), radius * (1 - np.cos(angle)), float(angle)


@dataclass
class MovingCamera:
    """The simulation; `odom` is the frame that stands still.

    Attributes:
        pose: of the robot, whose camera looks ahead.
        depth_noise: standard deviation of the depth of a person in a frame, as a share.
        box_noise: standard deviation of the edges of a box, pixels.
    """

    pose: Pose
    depth_noise: float = 0.03
    box_noise: float = 1.0
    seed: int = 1
    camera: PinholeCamera = field(
        default_factory=lambda: PinholeCamera(
            640, 480, np.array([[500.0, 0, 320], [0, 500.0, 240], [0, 0, 1]])
        )
    )

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)
        self._buffer = TransformBuffer()
        self._samples = 0
        for parent, child, translation, rotation in STATIC_TRANSFORMS:
            self._buffer.insert(parent, child, 0, translation, rotation, static=True)

    def transforms(self, seconds: float) -> TransformBuffer:
        """Return tf at 50 Hz up to a time: odom -> base_link -> camera -> optical."""
        while self._samples <= seconds * 50 + 1:
            x, y, yaw = self.pose(self._samples / 50)
            stamp = self._samples * 20_000_000
            turned = quaternion_about_z(yaw)
            self._buffer.insert('odom', 'base_link', stamp, (x, y, 0), turned)
            self._samples += 1
        return self._buffer

    def true_pose(self, seconds: float) -> Transform:
        """Return the transform from the optical frame to odom."""
        x, y, yaw = self.pose(seconds)
        base = Transform.from_quaternion((x, y, CAMERA_HEIGHT), quaternion_about_z(yaw))
        return base @ Transform.from_quaternion((0, 0, 0), OPTICAL)

    def see(
        self, person: tuple[float, float], seconds: float
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Return the box [4] and the depth image [480, 640] of a person, None out of sight."""
        middle = self.true_pose(seconds).inverse().apply([[*person, TALL / 2]])[0]
        if middle[2] < 0.3:
            return None
        focal = self.camera.focal_lengths[0]
        centre = middle[:2] / middle[2] * focal + (320, 240)
        half = np.array([WIDE, TALL]) * focal / middle[2] / 2
        if not (half[0] < centre[0] < 640 - half[0]):
            return None
        box = np.concatenate((centre - half, centre + half))
        depth = np.full((480, 640), 12.0, np.float32)  # a wall
        left, top, right, bottom = box.clip(0, 640).astype(int)
        noisy = middle[2] * (1 + self.depth_noise * self.random.normal())
        depth[top : bottom + 1, left : right + 1] = noisy
        return box + self.box_noise * self.random.normal(size=4), depth
