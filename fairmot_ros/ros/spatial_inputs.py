"""What locating people needs beside the image: the calibration, and perhaps the depth image."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from rclpy.subscription import Subscription
from sensor_msgs.msg import CameraInfo, Image

from fairmot_ros.geometry import PinholeCamera
from fairmot_ros.ros.image_conversion import ImageError, to_depth

KEPT_DEPTHS = 15  # half a second at 30 Hz: about what the network may take for an image
PINHOLE_MODELS = ('', 'plumb_bob', 'rational_polynomial')


class SpatialInputs:
    """Subscribes to `camera_info`, and to `depth` where asked for."""

    def __init__(self, node: Node, prefix: str, *, depth: bool) -> None:
        """Prepare; `prefix` is '<camera>/' or ''."""
        self._node = node
        self._topics = (f'{prefix}camera_info', f'{prefix}depth')
        self._wants_depth = depth
        self._subscriptions: list[Subscription] = []
        self._info: CameraInfo | None = None
        self._camera: PinholeCamera | None = None
        self._depths: deque[Image] = deque(maxlen=KEPT_DEPTHS)

    def activate(self) -> None:
        """Subscribe."""
        info, depth = self._topics
        qos = qos_profile_sensor_data
        self._subscriptions.append(
            self._node.create_subscription(CameraInfo, info, self._on_info, qos))
        if self._wants_depth:
            self._subscriptions.append(
                self._node.create_subscription(Image, depth, self._on_depth, qos))

    def deactivate(self) -> None:
        """Unsubscribe and forget what came."""
        for subscription in self._subscriptions:
            self._node.destroy_subscription(subscription)
        self._subscriptions.clear()
        self._depths.clear()

    def _on_info(self, message: CameraInfo) -> None:
        self._info = message

    def _on_depth(self, message: Image) -> None:
        self._depths.append(message)

    def camera(self) -> PinholeCamera:
        """Return the calibration.

        Raises:
            ImageError: if none has come, or it is not that of a pinhole camera.
        """
        info = self._info
        if info is None:
            raise ImageError(
                f'people are not located: no calibration has come on {self._topics[0]}')
        if info.distortion_model not in PINHOLE_MODELS:
            raise ImageError(
                f'people are not located: the distortion model {info.distortion_model!r} is not '
                'supported; rectify the images'
            )
        matrix = np.array(info.k, np.float64).reshape(3, 3)
        distortion = np.array(info.d, np.float64)
        known = self._camera
        if known is None or not (
            np.array_equal(known.matrix, matrix) and np.array_equal(known.distortion, distortion)
        ):
            try:
                self._camera = PinholeCamera(info.width, info.height, matrix, distortion)
            except ValueError as error:
                raise ImageError(f'people are not located: {error}') from error
        assert self._camera is not None
        return self._camera

    def depth_at(self, stamp: float, tolerance: float, shape: tuple[int, int]
                 ) -> NDArray[np.float32]:
        """Return the depth image nearest in time, [H, W] metres.

        Args:
            stamp: of the camera's image, seconds as in its header.
            tolerance: seconds by which it may differ.
            shape: (height, width) of the camera's image.

        Raises:
            ImageError: if there is none, or it is not registered to that image.
        """
        candidates = list(self._depths)
        if not candidates:
            raise ImageError(f'people are not located: no depth image on {self._topics[1]}')
        nearest = min(candidates, key=lambda m: abs(_seconds(m) - stamp))
        late = abs(_seconds(nearest) - stamp)
        if late > tolerance:
            raise ImageError(
                f'people are not located: the nearest depth image is {late:.3f} s off, '
                f'depth_tolerance allows {tolerance:.3f} s'
            )
        depth = to_depth(nearest)
        if depth.shape != shape:
            raise ImageError(
                f'people are not located: the depth image has {depth.shape[1]} x '
                f'{depth.shape[0]} pixels, not the {shape[1]} x {shape[0]} of the camera: it must '
                'be registered to it'
            )
        return depth


def _seconds(message: Image) -> float:
    return message.header.stamp.sec + message.header.stamp.nanosec * 1e-9
