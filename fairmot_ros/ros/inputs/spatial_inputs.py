"""Subscriptions to camera calibration and depth images, for positions in space."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, Image

from fairmot_ros.ros.conversions.images import ImageError, to_depth
from fairmot_ros.ros.inputs import beside_image
from fairmot_ros.ros.inputs.subscription import Callback, InputSubscription
from fairmot_ros.spatial.geometry import PinholeCamera

DEPTH_BUFFER_SIZE = 15  # half a second at 30 Hz: the time until an image has been processed
PINHOLE_MODELS = ('', 'plumb_bob', 'rational_polynomial')


class SpatialInputs:
    """Keeps the newest `camera_info` and the last depth images of one camera."""

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
        self._depth_images: deque[Image] = deque(maxlen=DEPTH_BUFFER_SIZE)

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
        self._depth_images.clear()

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
        self._depth_images.append(message)

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

    def depth_at(
        self, stamp: float, tolerance: float, shape: tuple[int, int], frame_id: str = ''
    ) -> NDArray[np.float32]:
        """Return the depth image nearest in time, in metres, [H, W].

        Args:
            stamp: of the camera image, seconds.
            tolerance: largest difference between the stamps, seconds.
            shape: (height, width) of the camera image.
            frame_id: of the camera image, '' if unknown.

        Raises:
            ImageError: if no depth image is near enough in time, or its size or frame differs.
        """
        candidates = list(self._depth_images)
        if not candidates:
            raise ImageError(
                f'positions are not computed: no depth image received on {self._topics[1]}'
            )
        nearest = min(candidates, key=lambda m: abs(_seconds(m) - stamp))
        difference = abs(_seconds(nearest) - stamp)
        if difference > tolerance:
            raise ImageError(
                'positions are not computed: the stamp of the nearest depth image differs by '
                f'{difference:.3f} s from that of the image; depth_tolerance is {tolerance:.3f} s'
            )
        frame = nearest.header.frame_id
        if frame_id and frame and frame != frame_id:
            raise ImageError(
                f'positions are not computed: the depth image is in the frame {frame}, the camera '
                f'image in {frame_id}: register the depth image to the camera image'
            )
        depth = to_depth(nearest)
        if depth.shape != shape:
            raise ImageError(
                'positions are not computed: the depth image has '
                f'{depth.shape[1]} x {depth.shape[0]} pixels; expected {shape[1]} x {shape[0]}: '
                'register it to the camera image'
            )
        return depth


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


def _seconds(message: Image) -> float:
    return message.header.stamp.sec + message.header.stamp.nanosec * 1e-9
