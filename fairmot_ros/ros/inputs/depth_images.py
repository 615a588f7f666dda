# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The last depth images of a camera, and the one that belongs to an image."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import Image

from fairmot_ros.ros.conversions.images import ImageError, to_depth
from fairmot_ros.ros.conversions.times import to_seconds

BUFFER_SIZE = 15  # half a second at 30 Hz: the time until an image has been processed


class DepthImages:
    """Buffer of depth images; `add` may be called by one thread beside that of `at`."""

    def __init__(self, topic: str) -> None:
        """Start without images; the topic is for error messages."""
        self._topic = topic
        self._images: deque[Image] = deque(maxlen=BUFFER_SIZE)

    def add(self, message: Image) -> None:
        """Add an image; the oldest one is dropped if there are too many."""
        self._images.append(message)

    def clear(self) -> None:
        """Drop all images."""
        self._images.clear()

    def at(
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
        candidates = list(self._images)
        if not candidates:
            raise ImageError(
                f'positions are not computed: no depth image received on {self._topic}'
            )
        nearest = min(candidates, key=lambda m: abs(to_seconds(m.header.stamp) - stamp))
        difference = abs(to_seconds(nearest.header.stamp) - stamp)
        if difference > tolerance:
            raise ImageError(
                'positions are not computed: the stamp of the nearest depth image differs by '
                f'{difference:.3f} s from that of the image; depth_tolerance is {tolerance:.3f} s'
            )
        frame = nearest.header.frame_id.lstrip('/')
        if frame_id and frame and frame != frame_id.lstrip('/'):
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
