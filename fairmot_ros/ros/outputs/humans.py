"""Output of ROS4HRI bodies (REP 155) under `/humans`.

Available if the package hri_msgs is installed. Tracks are published as bodies, whose ids are valid
while they are tracked and are never reused. Persons of REP 155, whose ids are permanent, are not
published.
"""

from __future__ import annotations

import importlib.util
from itertools import chain
from typing import ClassVar
from weakref import WeakKeyDictionary

from rclpy.node import Node
from rclpy.publisher import Publisher

from fairmot_ros.ros.outputs.base import FrameResult, Output
from fairmot_ros.types import Track


class HumansOutput(Output):
    """Publishes `/humans/bodies/tracked`, and `/humans/bodies/<id>/roi` for each body."""

    stage = 'humans'
    # Body ids by node and camera: `tracked` lists the bodies of all cameras of a node.
    _bodies_of_nodes: ClassVar[WeakKeyDictionary[Node, dict[str, list[str]]]] = WeakKeyDictionary()

    @staticmethod
    def available() -> bool:
        """Return whether hri_msgs is installed."""
        return importlib.util.find_spec('hri_msgs') is not None

    def __init__(self, node: Node, camera: str) -> None:
        """Create the publisher of the list; each visible body gets a publisher of its region."""
        super().__init__(node, camera)
        from hri_msgs.msg import IdsList

        self._camera = camera
        self._bodies = self._bodies_of_nodes.setdefault(node, {})
        self._tracked = node.create_publisher(IdsList, '/humans/bodies/tracked', 1)
        self._publishers.append(self._tracked)
        self._regions: dict[str, Publisher] = {}

    def publish(self, result: FrameResult) -> None:
        """Publish the ids of all visible bodies, and the region of each in the image."""
        from hri_msgs.msg import IdsList, NormalizedRegionOfInterest2D

        # The slash of `<camera>/<n>` would separate levels of a topic name.
        bodies = {
            'b' + result.converter.id_of(track.track_id).replace('/', '_'): track
            for track in result.visible
        }
        for name in self._regions.keys() - bodies.keys():
            self._node.destroy_publisher(self._regions.pop(name))
        self._bodies[self._camera] = list(bodies)
        ids = list(chain.from_iterable(self._bodies.values()))
        self._tracked.publish(IdsList(header=result.header, ids=ids))
        if result.image is None:  # boxes cannot be normalised without the image size
            return
        for name, track in bodies.items():
            if name not in self._regions:
                self._regions[name] = self._node.create_publisher(
                    NormalizedRegionOfInterest2D, f'/humans/bodies/{name}/roi', 1
                )
            self._regions[name].publish(_region(track, result))

    def close(self) -> None:
        """Destroy the publishers."""
        for publisher in self._regions.values():
            self._node.destroy_publisher(publisher)
        self._regions.clear()
        self._bodies.pop(self._camera, None)
        super().close()


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
