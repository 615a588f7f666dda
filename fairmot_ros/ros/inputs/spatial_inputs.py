"""What locating people needs beside the image: the calibration, and perhaps the depth image."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, Image

from fairmot_ros.geometry import PinholeCamera
from fairmot_ros.ros.conversions.images import ImageError, to_depth
from fairmot_ros.ros.inputs.subscription import InputSubscription

KEPT_DEPTHS = 15  # half a second at 30 Hz: about what the network may take for an image
PINHOLE_MODELS = ('', 'plumb_bob', 'rational_polynomial')


class SpatialInputs:
    """Subscribes to `camera_info`, and to `depth` where asked for."""

    def __init__(self, node: Node, prefix: str, *, depth: bool) -> None:
        """Prepare; `prefix` is '<camera>/' or ''."""
        self._node = node
        self._topics = [
            node.resolve_topic_name(prefix + name) for name in ('camera_info', 'depth')
        ]
        self._wants_depth = depth
        self._sources: list[InputSubscription] = []
        self._info: CameraInfo | None = None
        self._depths: deque[Image] = deque(maxlen=KEPT_DEPTHS)

    def activate(self) -> None:
        """Subscribe; raises ValueError if a `qos_overrides` parameter has an unknown value."""
        info, depth = self._topics
        self._sources.append(InputSubscription(self._node, info, CameraInfo, self._on_info))
        if self._wants_depth:
            self._sources.append(InputSubscription(self._node, depth, Image, self._on_depth))

    def deactivate(self) -> None:
        """Unsubscribe and forget what came."""
        for source in self._sources:
            source.destroy()
        self._sources.clear()
        self._depths.clear()

    def follow_publishers(self) -> None:
        """Subscribe anew where a publisher's reliability changed."""
        for source in self._sources:
            source.follow_publisher()

    def _on_info(self, message: CameraInfo, _: dict[str, Any]) -> None:
        self._info = message

    def _on_depth(self, message: Image, _: dict[str, Any]) -> None:
        self._depths.append(message)

    def camera(self, shape: tuple[int, ...] | None) -> PinholeCamera:
        """Return the calibration.

        Args:
            shape: (height, width) of the images that it is used for, where known.

        Raises:
            ImageError: if none has come, or it is not that of a pinhole camera, or of images of
                another size.
        """
        info = self._info
        if info is None:
            raise ImageError(
                f'people are not located: no calibration has come on {self._topics[0]}'
            )
        return pinhole_camera(info, self._topics[0], shape)

    def depth_at(
        self, stamp: float, tolerance: float, shape: tuple[int, int]
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


def pinhole_camera(
    info: CameraInfo, topic: str, shape: tuple[int, ...] | None = None
) -> PinholeCamera:
    """Return a calibration.

    Args:
        info: as it was received.
        topic: where, for messages.
        shape: (height, width) of the images that it is used for, where known.

    Raises:
        ImageError: if it is not that of a pinhole camera, or of images of another size.
    """
    if info.distortion_model not in PINHOLE_MODELS:
        raise ImageError(
            f'people are not located: the distortion model {info.distortion_model!r} is not '
            'supported; rectify the images'
        )
    if shape is not None and shape != (info.height, info.width):
        raise ImageError(
            f'people are not located: {topic} is of images of {info.width} x {info.height} '
            f'pixels, and these have {shape[1]} x {shape[0]}'
        )
    matrix = np.array(info.k, np.float64).reshape(3, 3)
    distortion = np.array(info.d, np.float64)
    try:
        return PinholeCamera(info.width, info.height, matrix, distortion)
    except ValueError as error:
        raise ImageError(f'people are not located: {error}') from error


def _seconds(message: Image) -> float:
    return message.header.stamp.sec + message.header.stamp.nanosec * 1e-9
