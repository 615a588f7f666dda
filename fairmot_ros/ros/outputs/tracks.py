# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Output of tracks: `~/detections` and `~/tracks`."""

from __future__ import annotations

from rclpy.node import Node
from vision_msgs.msg import Detection2DArray

from fairmot_ros.msg import TrackArray
from fairmot_ros.ros.outputs.base import FrameResult, Output


class TrackOutput(Output):
    """Publishes the tracks of every frame, also if there are none."""

    def __init__(self, node: Node, camera: str) -> None:
        """Create both publishers."""
        super().__init__(node, camera)
        self._detections = self._create_publisher(Detection2DArray, 'detections')
        self._tracks = self._create_publisher(TrackArray, 'tracks')

    def publish(self, result: FrameResult) -> None:
        """Publish both messages, with the visible tracks in the same order."""
        settings = result.parameters.outputs
        self._detections.publish(result.converter.detections(result.visible, result.header))
        tracks = list(result.visible)
        if settings.publish_lost:
            tracks += result.lost
        if settings.publish_tentative:
            tracks += result.tentative
        self._tracks.publish(
            result.converter.tracks(tracks, result.header, embeddings=settings.publish_embeddings)
        )
