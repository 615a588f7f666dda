# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Subscriptions to camera calibration and depth images, for positions in space."""

from __future__ import annotations

from typing import Any

import numpy as np
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, Image

from fairmot_ros.ros.conversions.images import ImageError
from fairmot_ros.ros.inputs import beside_image
from fairmot_ros.ros.inputs.depth_images import DepthImages
from fairmot_ros.ros.inputs.subscription import Callback, InputSubscription
from fairmot_ros.spatial.geometry import PinholeCamera

PINHOLE_MODELS = ('', 'plumb_bob', 'rational_polynomial')


class SpatialInputs:
    """Keeps the newest `camera_info` and the last depth images of one camera.

    Attributes:
        depth_images: the last ones received.
    """

    def __init__(
        self, node: Node, prefix: str, *, depth: bool, camera_info_topic: str = ''
    ) -> None:
        """Resolve the topics; `activate` subscribes to them.

        Args:
            node: creates the subscriptions.
            prefix: of the topics, '<camera>/' or ''.
            depth: whether to subscribe to `depth` as well.
            camera_info_topic: see `beside_image.camera_info_topic`.

        Raises:
            ValueError: if `camera_info_topic` is not a valid name.
        """
        self._node = node
        self._topics = [
            beside_image.camera_info_topic(node, prefix, camera_info_topic),
            node.resolve_topic_name(prefix + 'depth'),
        ]
        self._uses_depth = depth
        self._subscriptions: list[InputSubscription] = []
        self._info: CameraInfo | None = None
        self.depth_images = DepthImages(self._topics[1])

    def activate(self) -> None:
        """Subscribe to the topics.

        Raises:
            ValueError: if a `qos_overrides` parameter has an unknown value.
        """
        info, depth = self._topics
        self._subscribe(info, CameraInfo, self._on_info)
        if self._uses_depth:
            self._subscribe(depth, Image, self._on_depth)

    def deactivate(self) -> None:
        """Unsubscribe and drop the buffered depth images; the calibration is kept."""
        for subscription in self._subscriptions:
            subscription.destroy()
        self._subscriptions.clear()
        self.depth_images.clear()

    def follow_publishers(self) -> None:
        """Adapt the reliability of the subscriptions to the present publishers."""
        for subscription in self._subscriptions:
            subscription.follow_publishers()

    def _subscribe(self, topic: str, message_type: type, callback: Callback) -> None:
        self._subscriptions.append(
            InputSubscription(self._node, [(topic, message_type)], callback)
        )

    def _on_info(self, message: CameraInfo, _: dict[str, Any]) -> None:
        self._info = message

    def _on_depth(self, message: Image, _: dict[str, Any]) -> None:
        self.depth_images.add(message)

    def camera(self, shape: tuple[int, ...] | None) -> PinholeCamera:
        """Return the newest calibration.

        Args:
            shape: (height, width) of the camera's images, None if unknown.

        Raises:
            ImageError: if no calibration was received, its distortion model is not supported, or
                it is for images of another size.
        """
        info = self._info
        if info is None:
            raise ImageError(
                f'positions are not computed: no calibration received on {self._topics[0]}'
            )
        return pinhole_camera(info, self._topics[0], shape)


def pinhole_camera(
    info: CameraInfo, topic: str, shape: tuple[int, ...] | None = None
) -> PinholeCamera:
    """Convert a CameraInfo message.

    Args:
        info: the message.
        topic: its topic, for error messages.
        shape: (height, width) of the camera's images, None if unknown.

    Raises:
        ImageError: if the distortion model is not supported, a value is invalid, or the
            calibration is for images of another size.
    """
    if info.distortion_model not in PINHOLE_MODELS:
        raise ImageError(
            f'positions are not computed: the distortion model {info.distortion_model!r} is not '
            'supported; rectify the images'
        )
    if shape is not None and shape != (info.height, info.width):
        raise ImageError(
            f'positions are not computed: the calibration on {topic} is for images of '
            f'{info.width} x {info.height} pixels; the images have {shape[1]} x {shape[0]}'
        )
    matrix = np.array(info.k, np.float64).reshape(3, 3)
    distortion = np.array(info.d, np.float64)
    try:
        return PinholeCamera(info.width, info.height, matrix, distortion)
    except ValueError as error:
        raise ImageError(f'positions are not computed: {error}') from error
