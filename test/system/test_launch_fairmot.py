# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`fairmot.launch.py` under launch_testing: arguments reach the node, which tracks and ends."""

from __future__ import annotations

import unittest

import pytest

pytest.importorskip('launch_testing', reason='needs launch_testing, which is not on PyPI')
from launch import LaunchDescription
from launch_testing import post_shutdown_test
from launched import assert_clean_exit, describe, track
from peers import open_peer
from private_domain import private_environment
from rcl_interfaces.srv import GetParameters
from vision_msgs.msg import Detection2DArray


@pytest.mark.launch_test
def generate_test_description() -> LaunchDescription:
    return describe(
        'fairmot.launch.py',
        image='/camera/image',
        namespace='robot',
        name='people',
        device='cpu',
        use_sim_time='true',
        log_level='warn',
    )


class WhileRunning(unittest.TestCase):
    def test_people_in_the_remapped_topic_are_tracked(self) -> None:
        with open_peer(private_environment()) as peer:
            results = peer.subscribe(Detection2DArray, '/robot/people/detections')
            assert [d.id for d in track(peer, '/camera/image', results).detections]

    def test_arguments_become_parameters(self) -> None:
        with open_peer(private_environment()) as peer:
            device, sim_time = peer.call(
                GetParameters, '/robot/people/get_parameters', names=['device', 'use_sim_time']
            ).values
        assert (device.string_value, sim_time.bool_value) == ('cpu', True)


@post_shutdown_test()
class AfterShutdown(unittest.TestCase):
    def test_node_ended_without_an_error(self, proc_info: object, proc_output: object) -> None:
        assert_clean_exit(proc_info, proc_output)
