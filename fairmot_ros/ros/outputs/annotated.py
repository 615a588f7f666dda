"""`~/image_annotated` and its compressed twin, drawn only while somebody looks."""

from __future__ import annotations

from array import array

import cv2
from rclpy.node import Node
from sensor_msgs.msg import CompressedImage, Image

from fairmot_ros.media.drawing import Annotator
from fairmot_ros.ros.conversions.images import from_bgr
from fairmot_ros.ros.outputs.base import FrameResult, Output, has_subscribers
from fairmot_ros.ros.parameters import NodeParameters


class AnnotatedOutput(Output):
    """The camera's image with boxes, ids and trails."""

    stage = 'annotate'

    def __init__(self, node: Node, camera: str) -> None:
        """Offer both topics."""
        super().__init__(node, camera)
        self._raw = self._create_publisher(Image, 'image_annotated', 5)
        self._compressed = self._create_publisher(CompressedImage, 'image_annotated/compressed', 5)
        self._annotator = Annotator()

    def publish(self, result: FrameResult) -> None:
        """Draw for whoever listens; the trails are kept up in any case."""
        parameters = result.parameters
        assert isinstance(parameters, NodeParameters)
        self._annotator.trail_seconds = parameters.annotation.trail_seconds
        self._annotator.add_positions(result.visible, result.stamp)
        raw, compressed = has_subscribers(self._raw), has_subscribers(self._compressed)
        if result.image is None or not (raw or compressed):
            return
        lost = result.lost if parameters.outputs.publish_lost else None
        canvas = self._annotator.draw(result.image, result.visible, result.rate, lost)
        if raw:
            self._raw.publish(from_bgr(canvas, result.header))
        if compressed:
            quality = (cv2.IMWRITE_JPEG_QUALITY, parameters.annotation.jpeg_quality)
            _, data = cv2.imencode('.jpg', canvas, quality)
            self._compressed.publish(
                CompressedImage(
                    header=result.header,
                    format='bgr8; jpeg compressed bgr8',
                    data=array('B', data.tobytes()),
                )
            )

    def forget(self) -> None:
        """Drop the trails."""
        self._annotator.reset()
