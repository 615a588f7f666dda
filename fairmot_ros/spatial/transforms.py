# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Rigid transforms between coordinate frames."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

#: Largest deviation of a quaternion's length from 1.
QUATERNION_TOLERANCE = 0.01
#: Cosine of half the angle above which two rotations are interpolated linearly.
NEARLY_EQUAL = 0.9995
#: Rotation (x, y, z, w) of an optical frame (x right, y down, z ahead) in one with x ahead, y to
#: the left and z up, see REP 103.
OPTICAL = (-0.5, 0.5, -0.5, 0.5)


class TransformError(ValueError):
    """A transform is not known; the message is a sentence that says why.

    Attributes:
        newest: nanoseconds, the time up to which the transform is known if a later one was asked
            for: waiting may help. None if waiting does not help.
    """

    def __init__(self, message: str, newest: int | None = None) -> None:
        super().__init__(message)
        self.newest = newest


@dataclass(frozen=True)
class Transform:
    """Maps points of one frame to another.

    >>> turn = Transform.from_quaternion([1, 0, 0], [0, 0, math.sqrt(0.5), math.sqrt(0.5)])
    >>> turn.apply([[1.0, 0.0, 0.0]]).round(6).tolist()
    [[1.0, 1.0, 0.0]]

    Attributes:
        rotation: float64 [3, 3].
        translation: float64 [3], metres, added after the rotation.
    """

    rotation: Array
    translation: Array

    @staticmethod
    def identity() -> Transform:
        """Return the transform that changes nothing."""
        return Transform(np.eye(3), np.zeros(3))

    @staticmethod
    def from_quaternion(translation: ArrayLike, quaternion: Sequence[float]) -> Transform:
        """Return a transform.

        Args:
            translation: [3], metres.
            quaternion: (x, y, z, w) of unit length.
        """
        return Transform(rotation_matrix(quaternion), np.asarray(translation, np.float64))

    def apply(self, points: ArrayLike) -> Array:
        """Return points [N, 3] in the other frame."""
        return np.asarray(points, np.float64) @ self.rotation.T + self.translation

    def rotate(self, covariances: Array) -> Array:
        """Return covariances [N, 3, 3] of points in the other frame."""
        return self.rotation @ covariances @ self.rotation.T

    def inverse(self) -> Transform:
        """Return the transform back."""
        return Transform(self.rotation.T, -self.rotation.T @ self.translation)

    def __matmul__(self, first: Transform) -> Transform:
        """Return the transform that applies `first`, then this one."""
        return Transform(self.rotation @ first.rotation, self.apply(first.translation))


def rotation_matrix(quaternion: Sequence[float]) -> Array:
    """Return the rotation [3, 3] of a quaternion (x, y, z, w) of unit length."""
    x, y, z, w = quaternion
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def normalized(quaternion: Sequence[float]) -> tuple[float, ...]:
    """Return a quaternion (x, y, z, w) with a length of exactly 1.

    Raises:
        ValueError: if its length is not about 1, or a value is not finite.
    """
    length = math.sqrt(sum(value * value for value in quaternion))
    if not abs(length - 1) <= QUATERNION_TOLERANCE:  # also if it is not finite
        raise ValueError(f'the quaternion has the length {length:.3g}; expected 1')
    return tuple(value / length for value in quaternion)


def interpolate_rotation(
    first: Sequence[float], second: Sequence[float], share: float
) -> tuple[float, ...]:
    """Return the quaternion at a share of the way between two, at constant angular velocity."""
    cosine = sum(a * b for a, b in zip(first, second))
    if cosine < 0:  # of the two quaternions of the rotation, the nearer one
        second, cosine = [-value for value in second], -cosine
    if cosine > NEARLY_EQUAL:
        weights = 1 - share, share
    else:
        angle = math.acos(cosine)
        weights = math.sin((1 - share) * angle), math.sin(share * angle)
    mixed = [weights[0] * a + weights[1] * b for a, b in zip(first, second)]
    length = math.sqrt(sum(value * value for value in mixed))
    return tuple(value / length for value in mixed)


def multiply(first: Sequence[float], second: Sequence[float]) -> tuple[float, ...]:
    """Return the quaternion (x, y, z, w) of the rotation by `second`, then by `first`."""
    ax, ay, az, aw = first
    bx, by, bz, bw = second
    return (
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    )


def quaternion_of_camera(roll: float, pitch: float, yaw: float) -> tuple[float, ...]:
    """Return the quaternion of the optical frame of a camera that looks along x, turned by angles.

    Args:
        roll: rotation about x, radians, applied first.
        pitch: about y, which points to the left: positive looks down.
        yaw: about z, which points up, applied last (fixed axes, as in URDF).
    """
    about_x = math.sin(roll / 2), 0.0, 0.0, math.cos(roll / 2)
    about_y = 0.0, math.sin(pitch / 2), 0.0, math.cos(pitch / 2)
    turned = multiply(quaternion_about_z(yaw), multiply(about_y, about_x))
    return multiply(turned, OPTICAL)


def quaternion_about_z(angle: float) -> tuple[float, float, float, float]:
    """Return the quaternion (x, y, z, w) of a rotation about z, radians."""
    return 0.0, 0.0, math.sin(angle / 2), math.cos(angle / 2)
