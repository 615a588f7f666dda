# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A node reads a parameter file of version 0.1, described in test/data/v0_1/README.md."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

pytest.importorskip('rclpy', reason='needs ROS 2')
import rclpy
from rclpy.node import Node

from fairmot_ros.ros.parameters import FairmotParameters
from fairmot_ros.ros.parameters.declaration import declare_parameters
from fairmot_ros.settings.former import REMOVED, RENAMED

FILE = Path(__file__).parents[1] / 'data' / 'v0_1' / 'parameters.yaml'


def test_every_parameter_of_the_file_is_applied(environment: dict[str, str]) -> None:
    expected = yaml.safe_load(FILE.read_text())['/**']['ros__parameters']
    context = rclpy.Context()
    rclpy.init(
        args=['--ros-args', '--params-file', str(FILE)],
        context=context,
        domain_id=int(environment['ROS_DOMAIN_ID']),
    )
    node = Node('fairmot', context=context)
    try:
        values = declare_parameters(node, FairmotParameters).values
    finally:
        node.destroy_node()
        rclpy.try_shutdown(context=context)
    for name, value in expected.items():
        if name in REMOVED:
            continue
        expected_value = tuple(value) if isinstance(value, list) else value
        assert values[RENAMED.get(name, name)] == expected_value, name
