# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A node whose model takes a minute to load, all of it in native code."""

from __future__ import annotations

import sys
import time

import torch

from fairmot_ros.ros.nodes.detection_tracker_node import DetectionTrackerNode
from fairmot_ros.ros.nodes.tracking_node import run_tracking_node
from fairmot_ros.ros.processing.received_detections import ReceivedDetections

LOAD_SECONDS = 60.0
LOADING = 'loading has started'


class SlowNode(DetectionTrackerNode):
    """Multiplies matrices in place of loading a network."""

    def load(self) -> ReceivedDetections:
        print(LOADING, flush=True)
        matrix = torch.rand(700, 700)
        end = time.monotonic() + LOAD_SECONDS
        while time.monotonic() < end:
            matrix = torch.mm(matrix, matrix).tanh_()
        return super().load()


if __name__ == '__main__':
    sys.exit(run_tracking_node(SlowNode))
