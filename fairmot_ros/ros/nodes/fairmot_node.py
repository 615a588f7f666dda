# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The `fairmot` node: detects and tracks people in camera images."""

from __future__ import annotations

import sys
from typing import Any

from sensor_msgs.msg import CompressedImage, Image

from fairmot_ros.detector import Detector
from fairmot_ros.detector.engines.memory import keep_freed_memory
from fairmot_ros.ros.health.input_diagnosis import SUFFIX
from fairmot_ros.ros.inputs.subscription import Source
from fairmot_ros.ros.nodes.log_forwarding import forward_logging
from fairmot_ros.ros.nodes.tracking_node import TrackingNode, run_tracking_node
from fairmot_ros.ros.parameters import FairmotParameters
from fairmot_ros.ros.processing.network_source import NetworkSource


class FairmotNode(TrackingNode[FairmotParameters]):
    """Runs one network for all cameras and tracks its detections."""

    parameter_type = FairmotParameters
    input_name = 'image'
    takes_images = True

    def __init__(self, node_name: str = 'fairmot', **options: Any) -> None:
        """See `TrackingNode`."""
        super().__init__(node_name, **options)
        forward_logging(self.get_logger())

    def load(self) -> NetworkSource:
        """Load the network and run it once, so that the first frame is not delayed."""
        detector = Detector(**self.parameters.detector.arguments())
        if detector.engine == 'torch' and detector.device.type == 'cpu':
            keep_freed_memory()
        detector.warm_up(len(self.parameters.inputs.cameras))
        self.get_logger().info(
            f'{detector.model_name} in {detector.runtime}, '
            f'input {detector.input_size[0]} x {detector.input_size[1]}'
        )
        return NetworkSource(detector)

    def sources_of(self, prefix: str) -> list[Source]:
        """Return the topics `image` and `image/compressed`, or one of them, by the transport."""
        topic = self.resolve_topic_name(prefix + self.input_name)
        # As in image_transport, the suffix is appended after remapping.
        raw, compressed = (topic, Image), (f'{topic}{SUFFIX}', CompressedImage)
        transport = self.parameters.images.transport_of(prefix.rstrip('/'))
        if transport == 'auto':  # the last one: a remapping may name the compressed topic itself
            return [raw, compressed, (topic, CompressedImage)]
        return [raw] if transport == 'raw' else [compressed]


def main() -> int:
    """Run the node."""
    return run_tracking_node(FairmotNode)


if __name__ == '__main__':
    sys.exit(main())
