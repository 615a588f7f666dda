# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""tf frames of located people, `body_<id>` as in REP 155."""

from __future__ import annotations

from rclpy.node import Node
from rclpy.publisher import Publisher
from std_msgs.msg import Header

from fairmot_ros.ros.conversions.bodies import body_frame, body_id, body_prefix
from fairmot_ros.ros.conversions.positions import to_transform
from fairmot_ros.ros.conversions.tracks import TrackConverter
from fairmot_ros.spatial.located import LocatedPeople


class BodyFrames:
    """Publishes on `/tf`; the publisher exists only while the frames are enabled."""

    def __init__(self, node: Node, *, enabled: bool) -> None:
        """Create the publisher if `enabled`.

        Raises:
            ValueError: if it is enabled and the package tf2_msgs is missing.
        """
        self._node = node
        self._publisher: Publisher | None = None
        if enabled:
            self._open()

    def publish(
        self,
        located: LocatedPeople,
        header: Header,
        converter: TrackConverter,
        *,
        enabled: bool,
    ) -> None:
        """Publish a frame per person if `enabled`; create or destroy the publisher on a change.

        Raises:
            ValueError: see the constructor.
        """
        if not enabled:
            self.close()
            return
        if self._publisher is None:
            self._publisher = self._open()
        if not located.people:
            return
        from tf2_msgs.msg import TFMessage

        node = self._node.get_fully_qualified_name()
        transforms = [
            to_transform(
                person,
                located,
                header,
                body_frame(body_id(node, converter.id_of(person.track.track_id))),
            )
            for person in located.people
        ]
        self._publisher.publish(TFMessage(transforms=transforms))

    def close(self) -> None:
        """Destroy the publisher."""
        if self._publisher is not None:
            self._node.destroy_publisher(self._publisher)
            self._publisher = None

    def _open(self) -> Publisher:
        try:
            from tf2_msgs.msg import TFMessage
        except ImportError:
            raise ValueError(
                'publish_tf needs the package tf2_msgs: install it, or disable publish_tf'
            ) from None
        prefix = body_prefix(self._node.get_fully_qualified_name())
        self._node.get_logger().info(
            f'publishing tf frames {body_frame(prefix)}_<track id>', once=True
        )
        self._publisher = self._node.create_publisher(TFMessage, '/tf', 100)
        return self._publisher
