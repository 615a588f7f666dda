# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Output of annotated images, raw and compressed, while the topics have subscribers."""

from __future__ import annotations

from array import array

import cv2
from rclpy.node import Node
from sensor_msgs.msg import CompressedImage, Image

from fairmot_ros.media.drawing import Annotator
from fairmot_ros.pixels import encode_image
from fairmot_ros.ros.conversions.images import from_bgr
from fairmot_ros.ros.outputs.base import FrameResult, Output, has_subscribers
from fairmot_ros.ros.outputs.zones import ZoneOutput
from fairmot_ros.ros.parameters import FairmotParameters
from fairmot_ros.zones.drawing import draw_zones


class AnnotatedOutput(Output):
    """Publishes `~/image_annotated` and `~/image_annotated/compressed`."""

    stage = 'annotate'

    def __init__(self, node: Node, camera: str, zones: ZoneOutput | None = None) -> None:
        """Create both publishers; draw zones, if there are any."""
        super().__init__(node, camera)
        self._zones = zones
        self._raw = self._create_publisher(Image, 'image_annotated', 5)
        self._compressed = self._create_publisher(CompressedImage, 'image_annotated/compressed', 5)
        self._annotator = Annotator()

    def publish(self, result: FrameResult) -> None:
        """Update the trails, then draw and publish if a topic has subscribers."""
        parameters = result.parameters
        assert isinstance(parameters, FairmotParameters)
        self._annotator.trail_seconds = parameters.annotation.trail_seconds
        self._annotator.add_positions(result.visible, result.stamp)
        raw, compressed = has_subscribers(self._raw), has_subscribers(self._compressed)
        if result.image is None or not (raw or compressed):
            return
        lost = result.lost if parameters.outputs.publish_lost else None
        canvas = self._annotator.draw(
            result.image, result.visible, result.rate, lost, result.converter.id_of
        )
        if self._zones is not None and self._zones.observations is not None:
            draw_zones(canvas, self._zones.monitor, self._zones.observations)
        if raw:
            self._raw.publish(from_bgr(canvas, result.header))
        if compressed:
            quality = (cv2.IMWRITE_JPEG_QUALITY, parameters.annotation.jpeg_quality)
            data = encode_image('.jpg', canvas, quality)
            self._compressed.publish(
                CompressedImage(
                    header=result.header,
                    format='bgr8; jpeg compressed bgr8',
                    data=array('B', data),
                )
            )

    def reset(self) -> None:
        """Drop the trails."""
        self._annotator.reset()
