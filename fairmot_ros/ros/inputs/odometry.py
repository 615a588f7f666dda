# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Transforms with the motion of the robot from odometry, where tf does not have it."""

from __future__ import annotations

from typing import Any

from rclpy.node import Node

from fairmot_ros.ros.inputs.subscription import InputSubscription
from fairmot_ros.ros.inputs.transforms import ReceivedTransforms
from fairmot_ros.spatial.transforms import Transform, TransformError, quaternion_of_camera

TOPIC = 'odom'
QUEUE_LENGTH = 100  # messages, as of /tf


class OdometryTransforms(ReceivedTransforms):
    """Transforms from `nav_msgs/Odometry` and tf.

    Odometry is the transform from its `child_frame_id` to its `frame_id`, instead of one that tf
    has for `child_frame_id`. A given pose of the camera is in `child_frame_id`, and also replaces
    that of tf.
    """

    def __init__(self, node: Node, camera_pose: tuple[float, ...] = ()) -> None:
        """Prepare the subscriptions.

        Args:
            node: creates them.
            camera_pose: of the camera on the robot, see `quaternion_of_camera`: x, y, z in metres,
                roll, pitch, yaw in radians; () if tf has it.

        Raises:
            ImportError: if nav_msgs or tf2_msgs is missing.
        """
        from nav_msgs.msg import Odometry

        super().__init__(node)
        self._odometry_type = Odometry
        self._topic = node.resolve_topic_name(TOPIC)
        self._camera_pose = camera_pose
        self._base = self._camera = ''
        self._subscription: InputSubscription | None = None

    def refresh(self) -> None:
        """Adapt the reliability of the subscription to the present publishers."""
        if self._subscription is not None:
            self._subscription.follow_publishers()

    def _open(self) -> None:
        self._subscription = InputSubscription(
            self._node,
            [(self._topic, self._odometry_type)],
            self._on_odometry,
            depth=QUEUE_LENGTH,
        )
        super()._open()

    def _close(self) -> None:
        if self._subscription is not None:
            self._subscription.destroy()
        self._subscription = None
        super()._close()
        self._base = self._camera = ''

    def _on_odometry(self, message: Any, _: dict[str, Any]) -> None:
        stamp, pose = message.header.stamp, message.pose.pose
        place, turned = pose.position, pose.orientation
        base = message.child_frame_id.lstrip('/')
        with self._changed:
            try:
                self._buffer.insert(
                    message.header.frame_id.lstrip('/'),
                    base,
                    stamp.sec * 1_000_000_000 + stamp.nanosec,
                    (place.x, place.y, place.z),
                    (turned.x, turned.y, turned.z, turned.w),
                )
            except TransformError as error:
                self._node.get_logger().warning(
                    f'ignoring odometry on {self._topic}: {error}', throttle_duration_sec=5.0
                )
                return
            if base != self._base:
                self._base, self._camera = base, ''
            self._note_received()

    def _insert(self, message: Any, static: bool) -> None:
        child = message.child_frame_id.lstrip('/')
        if not child or child not in (self._base, self._camera):
            super()._insert(message, static)

    def _find(self, target: str, source: str, stamp: int | None) -> Transform:
        with self._changed:
            if not self._base:
                raise TransformError(
                    f'there is no transform from {source} to {target}: no odometry received on '
                    f'{self._topic}'
                )
            if self._camera_pose and source != self._camera:
                place, angles = self._camera_pose[:3], self._camera_pose[3:]
                turned = quaternion_of_camera(*angles)
                self._buffer.insert(self._base, source, 0, place, turned, static=True)
                self._camera = source
        return super()._find(target, source, stamp)
