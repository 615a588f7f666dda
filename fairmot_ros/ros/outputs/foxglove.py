# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Output of image annotations for Foxglove, which draws them over the camera image.

Available if the package foxglove_msgs is installed.
"""

from __future__ import annotations

import importlib.util

from builtin_interfaces.msg import Time
from rclpy.node import Node

from fairmot_ros.media.drawing import track_colour
from fairmot_ros.ros.outputs.base import FrameResult, Output, has_subscribers
from fairmot_ros.types import Track


class FoxgloveOutput(Output):
    """Publishes boxes and ids as `foxglove_msgs/ImageAnnotations` on `~/annotations`."""

    stage = 'annotations'

    @staticmethod
    def available() -> bool:
        """Return whether foxglove_msgs is installed."""
        return importlib.util.find_spec('foxglove_msgs') is not None

    def __init__(self, node: Node, camera: str) -> None:
        """Create the publisher."""
        super().__init__(node, camera)
        from foxglove_msgs.msg import ImageAnnotations

        self._annotations = self._create_publisher(ImageAnnotations, 'annotations')

    def publish(self, result: FrameResult) -> None:
        """Publish a box and a label per visible track, if the topic has subscribers."""
        if not has_subscribers(self._annotations):
            return
        from foxglove_msgs.msg import ImageAnnotations

        stamp = result.header.stamp
        message = ImageAnnotations(
            points=[_box(track, stamp) for track in result.visible],
            texts=[
                _label(track, result.converter.id_of(track.track_id), stamp)
                for track in result.visible
            ],
        )
        if hasattr(message, 'timestamp'):  # added in later versions of the package
            message.timestamp = stamp
        self._annotations.publish(message)


def _box(track: Track, stamp: Time) -> object:
    from foxglove_msgs.msg import Point2, PointsAnnotation

    left, top, right, bottom = track.box_xyxy.tolist()
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return PointsAnnotation(
        timestamp=stamp,
        type=PointsAnnotation.LINE_LOOP,
        thickness=2.0,
        points=[Point2(x=x, y=y) for x, y in corners],
        outline_color=_colour(track),
    )


def _label(track: Track, text: str, stamp: Time) -> object:
    from foxglove_msgs.msg import Color, Point2, TextAnnotation

    left, top = track.box_xyxy[:2].tolist()
    return TextAnnotation(
        timestamp=stamp,
        position=Point2(x=left, y=top),
        text=text,
        font_size=14.0,
        text_color=Color(r=0.0, g=0.0, b=0.0, a=1.0),
        background_color=_colour(track),
    )


def _colour(track: Track) -> object:
    from foxglove_msgs.msg import Color

    blue, green, red = (value / 255 for value in track_colour(track.track_id))
    return Color(r=red, g=green, b=blue, a=1.0)
