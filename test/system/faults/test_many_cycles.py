# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Lifecycle cycles while images arrive: what a node holds does not grow."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from lifecycle_calls import Lifecycle
from peers import NodeStarter, Peer
from vision_msgs.msg import Detection2DArray

from benchmarks.soak.process_usage import usage_of

CYCLES = 500
CYCLES_IN_SUITE = 4
SETTLED = 0.1  # share of the cycles after which memory is compared
MEMORY_PER_CYCLE = 0.1  # MB, beyond the slack
MEMORY_SLACK = 30.0  # MB
SIZE = {'input_width': 224, 'input_height': 160}


def test_memory_descriptors_and_threads_are_bounded(
    peer: Peer, start: NodeStarter, images: list[np.ndarray], all_faults: bool
) -> None:
    node = start('nodes.fairmot_node', {'autostart': False, 'gallery': True, **SIZE})
    lifecycle = Lifecycle(peer, 'fairmot')
    results: list[Detection2DArray] = []
    peer.create_subscription(Detection2DArray, 'fairmot/detections', results.append, 10)
    count = CYCLES if all_faults else CYCLES_IN_SUITE
    pid, usage, stamp = node.process.pid, [], 1000.0
    for cycle in range(count):
        assert lifecycle.configure(), (cycle, node.last_lines(100))
        assert lifecycle.activate(), (cycle, node.last_lines(100))
        before = len(results)

        def got_result() -> bool:
            nonlocal stamp
            stamp += 0.1
            peer.send_image(images[int(10 * stamp) % len(images)], stamp)
            return len(results) > before  # noqa: B023

        peer.wait(got_result, f'a result in cycle {cycle}')
        peer.send_image(images[0], stamp + 0.05)  # perhaps processed while the node deactivates
        assert lifecycle.deactivate(), (cycle, node.last_lines(100))
        assert lifecycle.cleanup(), (cycle, node.last_lines(100))
        usage.append(usage_of(pid))
    first, last = usage[int(SETTLED * count)], usage[-1]
    shown = [usage[i] for i in np.linspace(0, count - 1, 10).astype(int)]
    assert last.threads <= first.threads + 1, shown
    assert last.descriptors <= first.descriptors + 2, shown
    assert last.memory - first.memory <= MEMORY_SLACK + MEMORY_PER_CYCLE * count, shown
    log = node.last_lines(100_000)
    assert 'Traceback' not in log and '[ERROR]' not in log
    assert node.stop() == 0
