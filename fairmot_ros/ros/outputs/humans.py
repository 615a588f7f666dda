# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Output of ROS4HRI bodies (REP 155) under `/humans`; needs the package hri_msgs.

Tracks are published as bodies, whose ids are valid while they are tracked. Persons of REP 155,
whose ids are permanent, are not published.
"""

from __future__ import annotations

from collections.abc import Container
from itertools import chain
from typing import ClassVar
from weakref import WeakKeyDictionary

from rclpy.node import Node
from rclpy.publisher import Publisher
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from fairmot_ros.ros.conversions.bodies import body_id, body_prefix
from fairmot_ros.ros.conversions.images import from_bgr
from fairmot_ros.ros.outputs.base import FrameResult, Output, has_subscribers
from fairmot_ros.types import Track

TRACKED = '/humans/bodies/tracked'


class HumansOutput(Output):
    """Publishes `/humans/bodies/tracked`, and `roi` and `cropped` below `/humans/bodies/<id>`."""

    stage = 'humans'
    # Body ids by node and camera: `tracked` lists the bodies of all cameras of a node.
    _bodies_of_nodes: ClassVar[WeakKeyDictionary[Node, dict[str, list[str]]]] = WeakKeyDictionary()

    def __init__(self, node: Node, camera: str) -> None:
        """Create the publisher of the list; each visible body gets publishers of its own.

        Raises:
            ValueError: if the package hri_msgs is missing.
        """
        super().__init__(node, camera)
        try:
            from hri_msgs.msg import IdsList
        except ImportError:
            raise ValueError(
                'publish_humans needs the package hri_msgs: install it, or disable publish_humans'
            ) from None
        self._camera = camera
        self._bodies = self._bodies_of_nodes.setdefault(node, {})
        self._tracked = node.create_publisher(IdsList, TRACKED, 1)
        self._publishers.append(self._tracked)
        prefix = body_prefix(node.get_fully_qualified_name())
        node.get_logger().info(f'publishing ROS4HRI bodies {prefix}_<track id>', once=True)
        self._regions: dict[str, Publisher] = {}
        self._images: dict[str, Publisher] = {}
        self._last_header = Header()

    def publish(self, result: FrameResult) -> None:
        """Publish the ids of all visible bodies, and region and image of each."""
        name = self._node.get_fully_qualified_name()
        bodies = {
            body_id(name, result.converter.id_of(track.track_id)): track
            for track in result.visible
        }
        self._last_header = result.header
        self._keep_publishers_of(bodies)
        self._publish_list(list(bodies))
        if result.image is None:  # boxes cannot be normalised without the image size
            return
        for body, track in bodies.items():
            self._publish_body(body, track, result)

    def refresh(self) -> None:
        """Warn if another node publishes a list of its own."""
        own = self._node.get_fully_qualified_name()
        names = {
            f'{info.node_namespace.rstrip("/")}/{info.node_name}'
            for info in self._node.get_publishers_info_by_topic(TRACKED)
        }
        others = ', '.join(sorted(names - {own}))
        self.warning = (
            f'{others} also publishes {TRACKED}, which readers take for the whole list: set '
            'publish_humans for one node only'
            if others
            else ''
        )

    def deactivate(self) -> None:
        """Publish that no bodies of this camera are tracked any more."""
        if self._bodies.get(self._camera):
            self._publish_list([])
        self._keep_publishers_of(())

    def close(self) -> None:
        """Destroy the publishers."""
        self._keep_publishers_of(())
        self._bodies.pop(self._camera, None)
        super().close()

    def _publish_list(self, own: list[str]) -> None:
        from hri_msgs.msg import IdsList

        self._bodies[self._camera] = own
        ids = list(chain.from_iterable(self._bodies.values()))
        self._tracked.publish(IdsList(header=self._last_header, ids=ids))

    def _publish_body(self, body: str, track: Track, result: FrameResult) -> None:
        from hri_msgs.msg import NormalizedRegionOfInterest2D

        if body not in self._regions:
            topic = f'/humans/bodies/{body}'
            self._regions[body] = self._node.create_publisher(
                NormalizedRegionOfInterest2D, f'{topic}/roi', 1
            )
            self._images[body] = self._node.create_publisher(Image, f'{topic}/cropped', 1)
        self._regions[body].publish(_region(track, result))
        if has_subscribers(self._images[body]):
            assert result.image is not None
            left, top, right, bottom = track.box_xyxy.round().clip(0).astype(int).tolist()
            cropped = result.image[top:bottom, left:right]
            if cropped.size:
                self._images[body].publish(from_bgr(cropped, result.header))

    def _keep_publishers_of(self, bodies: Container[str]) -> None:
        """Destroy the publishers of all other bodies."""
        for publishers in (self._regions, self._images):
            for body in [body for body in publishers if body not in bodies]:
                self._node.destroy_publisher(publishers.pop(body))


def _region(track: Track, result: FrameResult) -> object:
    from hri_msgs.msg import NormalizedRegionOfInterest2D

    assert result.image is not None
    height, width = result.image.shape[:2]
    left, top, right, bottom = track.box_xyxy.tolist()
    return NormalizedRegionOfInterest2D(
        header=result.header,
        c=float(track.score),
        xmin=min(max(left / width, 0.0), 1.0),
        ymin=min(max(top / height, 0.0), 1.0),
        xmax=min(max(right / width, 0.0), 1.0),
        ymax=min(max(bottom / height, 0.0), 1.0),
    )
