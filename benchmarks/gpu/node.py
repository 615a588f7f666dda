# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The node end to end: images over DDS to a real node on the device, and its results back."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.gpu.networks import Workload

WARM_UP = 5  # exchanges that do not count
EXCHANGES_PER_REPEAT = 5


def node_stages(load: Workload) -> list[dict[str, Any]]:
    """Return the median and the 95th percentile of every stage of the node, in milliseconds."""
    if find_spec('rclpy') is None:
        return [{'stage': 'node', 'not available here': 'ROS 2 is not installed: no rclpy'}]
    from benchmarks.node_camera import Camera, camera_of_node

    parameters = {'device': load.device, 'engine': 'torch'}
    with camera_of_node(Camera, parameters=parameters) as camera:
        camera.wait_for_node()
        for _ in range(WARM_UP):
            camera.exchange()
        warm = len(camera.ages)
        for _ in range(EXCHANGES_PER_REPEAT * load.repeats):
            camera.exchange()
        timing = camera.final_timing()
    ages = 1e3 * np.array(camera.ages[warm:])
    rows = [
        {'stage': stage.stage, 'p50': 1e3 * stage.p50, 'p95': 1e3 * stage.p95}
        for stage in timing.stages
    ]
    p50, p95 = np.percentile(ages, (50, 95))
    return [
        *rows,
        {'stage': 'from publishing to receiving', 'p50': float(p50), 'p95': float(p95)},
    ]
