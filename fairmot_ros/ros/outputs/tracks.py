"""`~/detections` and `~/tracks`: what the node is there for."""

from __future__ import annotations

from rclpy.node import Node
from vision_msgs.msg import Detection2DArray

from fairmot_ros.msg import TrackArray
from fairmot_ros.ros.outputs.base import FrameResult, Output


class TrackOutput(Output):
    """The people of every image, empty arrays included."""

    def __init__(self, node: Node, camera: str) -> None:
        """Offer both topics."""
        super().__init__(node, camera)
        self._detections = self._create_publisher(Detection2DArray, 'detections')
        self._tracks = self._create_publisher(TrackArray, 'tracks')

    def publish(self, result: FrameResult) -> None:
        """Publish both, in the same order of tracks."""
        settings = result.parameters.outputs
        self._detections.publish(result.converter.detections(result.visible, result.header))
        everyone = list(result.visible)
        if settings.publish_lost:
            everyone += result.lost
        if settings.publish_tentative:
            everyone += result.tentative
        self._tracks.publish(
            result.converter.tracks(
                everyone, result.header, embeddings=settings.publish_embeddings
            )
        )
