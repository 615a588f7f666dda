# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Base class of outputs, and the result of a frame that they publish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rclpy.node import Node
from rclpy.publisher import Publisher
from std_msgs.msg import Header

from fairmot_ros.ros.conversions.images import BgrImage
from fairmot_ros.ros.conversions.tracks import TrackConverter
from fairmot_ros.ros.parameters import TrackingParameters
from fairmot_ros.tracker.gallery import Gallery
from fairmot_ros.types import Detections, Track, Tracks


@dataclass(frozen=True)
class FrameResult:
    """Tracks of one frame and what is needed to publish them.

    Attributes:
        header: of the input message; copied to all published messages.
        stamp: time of the frame in seconds, increasing even if the header's stamps jump.
        image: uint8 [H, W, 3], BGR; None if the input has no image.
        visible: tracks matched in this frame that pass the output filter.
        lost: unmatched tracks with predicted boxes.
        tentative: tentative tracks; empty unless they are published.
        parameters: of the node, as applied to this frame.
        converter: converts tracks to messages.
        rate: processed frames per second.
        detections: of the frame, above the detector's score threshold.
        gallery: of enrolled people, None without one.
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
    detections: Detections | None = None
    gallery: Gallery | None = None


class Output:
    """Base class of outputs.

    The worker thread calls `publish` and `reset`. The executor thread calls the other methods, all
    of them except `refresh` while no frame is processed.

    Attributes:
        stage: name under which the duration of `publish` is reported.
        warning: why the last frame was not published completely, '' if it was.
        logs_warning: whether the output logs `warning` itself; otherwise the node does.
        values: keys and values for diagnostics, replaced as a whole.
    """

    stage = 'publish'
    warning = ''
    logs_warning = False
    values: Mapping[str, str] = {}

    def __init__(self, node: Node, camera: str) -> None:
        """Create the publishers; `camera` is '' for a single unnamed camera."""
        self._node = node
        self._prefix = f'{camera}/' if camera else ''
        self._publishers: list[Publisher] = []

    def publish(self, result: FrameResult) -> None:
        """Publish the result of one frame."""
        raise NotImplementedError

    def reset(self) -> None:
        """Clear what is kept of earlier frames: all tracks have been dropped."""

    def activate(self) -> None:
        """Create subscriptions, if the output has further inputs."""

    def refresh(self) -> None:
        """Adapt the subscriptions to the present publishers; called every second while active."""

    def deactivate(self) -> None:
        """Destroy the subscriptions created by `activate`."""

    def close(self) -> None:
        """Destroy the publishers."""
        for publisher in self._publishers:
            self._node.destroy_publisher(publisher)
        self._publishers.clear()

    def _create_publisher(self, message_type: type, name: str, qos: Any = 10) -> Publisher:
        """Create a publisher of `~/<camera>/<name>`."""
        publisher = self._node.create_publisher(message_type, f'~/{self._prefix}{name}', qos)
        self._publishers.append(publisher)
        return publisher


def has_subscribers(publisher: Publisher) -> bool:
    """Return whether the topic has subscribers; expensive outputs are skipped otherwise."""
    return publisher.get_subscription_count() > 0
