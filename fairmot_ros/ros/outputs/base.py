"""What a node publishes: one class per kind of output, all fed with the result of one image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rclpy.node import Node
from rclpy.publisher import Publisher
from std_msgs.msg import Header

from fairmot_ros.ros.conversions.images import BgrImage
from fairmot_ros.ros.conversions.tracks import TrackConverter
from fairmot_ros.ros.parameters import TrackingParameters
from fairmot_ros.types import Track, Tracks


@dataclass(frozen=True)
class FrameResult:
    """What became of one image.

    Attributes:
        header: of the image, for everything that is published of it.
        stamp: seconds, growing, however the header's jumps.
        image: the picture, where there is one.
        visible: tracks seen in it, filtered as the parameters ask.
        lost: tracks that may come back, with predicted boxes.
        tentative: tracks seen once.
        parameters: in force for this image.
        converter: makes messages of tracks.
        rate: images processed per second.
    """

    header: Header
    stamp: float
    image: BgrImage | None
    visible: Tracks
    lost: Tracks
    tentative: Sequence[Track]
    parameters: TrackingParameters
    converter: TrackConverter
    rate: float


class Output:
    """Base of the outputs.

    The worker calls `publish` and `forget`, the node's thread the rest while the worker rests.

    Attributes:
        stage: under which name the time that `publish` takes is reported.
        warning: what kept it from publishing all it should of the last image, or ''.
    """

    stage = 'publish'
    warning = ''

    def __init__(self, node: Node, camera: str) -> None:
        """Offer the topics; `camera` is '' where there is one without a name."""
        self._node = node
        self._prefix = f'{camera}/' if camera else ''
        self._publishers: list[Publisher] = []

    def publish(self, result: FrameResult) -> None:
        """Publish what became of one image."""
        raise NotImplementedError

    def forget(self) -> None:
        """Start anew: all tracks are gone. Called by the worker."""

    def activate(self) -> None:
        """Begin to listen to what the output needs beside the tracks."""

    def refresh(self) -> None:
        """Adapt to what changed around the node; called every second while active."""

    def deactivate(self) -> None:
        """Stop listening."""

    def close(self) -> None:
        """Withdraw the topics."""
        for publisher in self._publishers:
            self._node.destroy_publisher(publisher)
        self._publishers.clear()

    def _create_publisher(self, message_type: type, name: str, qos: Any = 10) -> Publisher:
        """Create a publisher of `~/<camera>/<name>`."""
        publisher = self._node.create_publisher(message_type, f'~/{self._prefix}{name}', qos)
        self._publishers.append(publisher)
        return publisher


def has_subscribers(publisher: Publisher) -> bool:
    """Whether anybody listens: what takes time is done for listeners alone."""
    return publisher.get_subscription_count() > 0
