# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Outputs implement the methods that are called, under the names that are called."""

from __future__ import annotations

import inspect

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
import fairmot_ros.ros.outputs  # noqa: F401  (defines all outputs)
from fairmot_ros.ros.outputs.base import Output

#: Methods of single outputs that something calls which knows the class.
CALLED_BY_NAME = {'FollowOutput': {'restart'}}  # by FollowService


@pytest.mark.parametrize('output', Output.__subclasses__(), ids=lambda kind: kind.__name__)
def test_every_public_method_is_one_that_is_called(output: type[Output]) -> None:
    methods = {
        name
        for name, value in vars(output).items()
        if inspect.isfunction(value) and name[0] != '_'
    }
    called = CALLED_BY_NAME.get(output.__name__, set())
    assert methods - called <= set(dir(Output)), 'methods that nothing calls'
