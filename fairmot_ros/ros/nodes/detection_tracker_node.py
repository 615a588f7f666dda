# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The `detection_tracker` node: tracks the detections of another node."""

from __future__ import annotations

import sys
from typing import Any

from vision_msgs.msg import Detection2DArray

from fairmot_ros.msg import TrackArray
from fairmot_ros.ros.inputs.subscription import Source
from fairmot_ros.ros.nodes.tracking_node import TrackingNode, run_tracking_node
from fairmot_ros.ros.parameters import DetectionTrackerParameters
from fairmot_ros.ros.processing.received_detections import ReceivedDetections


class DetectionTrackerNode(TrackingNode[DetectionTrackerParameters]):
    """Tracks received detections; runs no network and needs no images."""

    parameter_type = DetectionTrackerParameters
    input_name = 'detections'

    def __init__(self, node_name: str = 'detection_tracker', **options: Any) -> None:
        """See `TrackingNode`."""
        super().__init__(node_name, **options)

    def load(self) -> ReceivedDetections:
        """Return the detection source; no model is loaded."""
        return ReceivedDetections()

    def sources_of(self, prefix: str) -> list[Source]:
        """Return the topic `detections` and its type: TrackArray if embeddings are used."""
        kind = TrackArray if self.parameters.detections.with_embeddings else Detection2DArray
        return [(self.resolve_topic_name(prefix + self.input_name), kind)]


def main() -> int:
    """Run the node."""
    return run_tracking_node(DetectionTrackerNode)


if __name__ == '__main__':
    sys.exit(main())
