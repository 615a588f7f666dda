"""ROS4HRI (REP 155): bodies under `/humans`, where the package hri_msgs is installed.

A track id is a body id: it is valid while the person is tracked, and never given twice. Persons
in the sense of that REP, who keep their id for life, are beyond a tracker.
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
    """`/humans/bodies/tracked`, and `/humans/bodies/<id>/roi` for each of them."""

    stage = 'humans'
    # The bodies of each camera of a node, whose list is one: absent from it means gone.
    _rosters: ClassVar[WeakKeyDictionary[Node, dict[str, list[str]]]] = WeakKeyDictionary()

    @staticmethod
    def available() -> bool:
        """Whether hri_msgs is installed."""
        return importlib.util.find_spec('hri_msgs') is not None

    def __init__(self, node: Node, camera: str) -> None:
        """Offer the list; the regions come and go with the bodies."""
        super().__init__(node, camera)
        from hri_msgs.msg import IdsList

        self._camera = camera
        self._roster = self._rosters.setdefault(node, {})
        self._tracked = node.create_publisher(IdsList, '/humans/bodies/tracked', 1)
        self._publishers.append(self._tracked)
        self._regions: dict[str, Publisher] = {}

    def publish(self, result: FrameResult) -> None:
        """Publish who is there, and where in the image."""
        from hri_msgs.msg import IdsList, NormalizedRegionOfInterest2D

        # A topic cannot have the slash of `<camera>/<n>` in one of its names.
        bodies = {
            'b' + result.converter.id_of(track).replace('/', '_'): track
            for track in result.visible
        }
        for name in self._regions.keys() - bodies.keys():
            self._node.destroy_publisher(self._regions.pop(name))
        self._roster[self._camera] = list(bodies)
        everyone = list(chain.from_iterable(self._roster.values()))
        self._tracked.publish(IdsList(header=result.header, ids=everyone))
        if result.image is None:  # without its size, a box cannot be normalised
            return
        for name, track in bodies.items():
            if name not in self._regions:
                self._regions[name] = self._node.create_publisher(
                    NormalizedRegionOfInterest2D, f'/humans/bodies/{name}/roi', 1
                )
            self._regions[name].publish(_region(track, result))

    def close(self) -> None:
        """Withdraw the topics."""
        for publisher in self._regions.values():
            self._node.destroy_publisher(publisher)
        self._regions.clear()
        self._roster.pop(self._camera, None)
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
