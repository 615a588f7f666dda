# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`~/detections_3d`, `~/positions`, `~/markers` and tf: people in metres.

All of it is in `target_frame`, or else in the frame of the image's header, the camera's optical
frame.
"""

from __future__ import annotations

from rclpy.node import Node
from std_msgs.msg import Header
from vision_msgs.msg import Detection3DArray
from visualization_msgs.msg import MarkerArray

from fairmot_ros.msg import TrackPositionArray
from fairmot_ros.ros.conversions.positions import to_detections, to_markers, to_positions
from fairmot_ros.ros.outputs.base import FrameResult, Output, has_subscribers
from fairmot_ros.ros.outputs.body_frames import BodyFrames
from fairmot_ros.ros.parameters import TrackingParameters
from fairmot_ros.ros.processing.person_locator import PersonLocator


class SpatialOutput(Output):
    """Locates people and publishes their positions; later outputs find them in the locator."""

    stage = 'locate'
    logs_warning = True

    def __init__(
        self, node: Node, camera: str, parameters: TrackingParameters, locator: PersonLocator
    ) -> None:
        """Create the publishers.

        Raises:
            ValueError: if `publish_tf` is set and the package tf2_msgs is missing.
        """
        super().__init__(node, camera)
        self._locator = locator
        self._detections = self._create_publisher(Detection3DArray, 'detections_3d')
        self._markers = self._create_publisher(MarkerArray, 'markers')
        self._positions = None
        if parameters.positions.target_frame:
            self._positions = self._create_publisher(TrackPositionArray, 'positions')
        self._frames = BodyFrames(node, enabled=parameters.positions.publish_tf)

    def activate(self) -> None:
        """Subscribe to calibration, depth images and transforms."""
        self._locator.activate()

    def refresh(self) -> None:
        """Adapt the reliability of the subscriptions to the present publishers."""
        self._locator.refresh()

    def deactivate(self) -> None:
        """Unsubscribe."""
        self._locator.deactivate()

    def reset(self) -> None:
        """Drop the positions of all tracks."""
        self._locator.forget()

    def publish(self, result: FrameResult) -> None:
        """Publish the positions of a frame; people without a position are omitted."""
        located = self._locator.locate(
            result.header,
            result.stamp,
            None if result.image is None else result.image.shape[:2],
            result.visible,
            result.lost,
            result.parameters.positions,
        )
        self.warning = self._locator.warning
        if self.warning:
            self._node.get_logger().warning(self.warning, throttle_duration_sec=5.0)
        header = Header(stamp=result.header.stamp, frame_id=located.frame_id)
        converter = result.converter
        self._detections.publish(to_detections(located, header, converter))
        if self._positions is not None:
            self._positions.publish(to_positions(located, header, converter))
        if has_subscribers(self._markers):
            self._markers.publish(MarkerArray(markers=to_markers(located, header, converter)))
        enabled = result.parameters.positions.publish_tf
        self._frames.publish(located, header, converter, enabled=enabled)

    def close(self) -> None:
        """Destroy the publishers."""
        self._frames.close()
        super().close()
