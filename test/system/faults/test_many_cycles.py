# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Lifecycle cycles while images arrive: what a node holds does not grow."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from lifecycle_calls import Lifecycle, Results
from peers import NodeStarter, Peer

from benchmarks.soak.process_usage import usage_of

CYCLES = 500
CYCLES_IN_SUITE = 3
SETTLED = 0.1  # share of the cycles after which memory is compared
MEMORY_PER_CYCLE = 0.1  # MB, beyond the slack
MEMORY_SLACK = 30.0  # MB
SIZE = {'input_width': 224, 'input_height': 160}


def test_memory_descriptors_and_threads_are_bounded(
    peer: Peer, start: NodeStarter, images: list[np.ndarray], all_faults: bool
) -> None:
    engine = 'auto' if all_faults else 'torch'  # a first conversion takes long
    parameters = {'autostart': False, 'gallery': True, 'engine': engine, **SIZE}
    node = start('nodes.fairmot_node', parameters)
    lifecycle = Lifecycle(peer, 'fairmot')
    results = Results(peer, images)
    count = CYCLES if all_faults else CYCLES_IN_SUITE
    pid, usage = node.process.pid, []
    for cycle in range(count):
        assert lifecycle.configure(), (cycle, node.last_lines(100))
        assert lifecycle.activate(), (cycle, node.last_lines(100))
        results.wait(f'in cycle {cycle}')
        results.send()  # perhaps processed while the node deactivates
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
