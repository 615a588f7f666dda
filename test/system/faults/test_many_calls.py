# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Setting changes and service calls while images are processed: none is lost."""

from __future__ import annotations

import itertools
from collections import deque
from typing import Any

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from peers import NodeStarter, Peer
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import GetParameters, SetParameters
from rclpy.task import Future
from std_srvs.srv import SetBool, Trigger
from vision_msgs.msg import Detection2DArray

CALLS = 5000
CALLS_IN_SUITE = 40
AT_ONCE = 8  # calls under way; the depth of a service's queue is 10
EVERY = 5  # calls between two images
SMALL = {'input_width': 224, 'input_height': 160, 'engine': 'torch'}


def setting(name: str, value: float) -> Parameter:
    kind = ParameterType.PARAMETER_DOUBLE
    return Parameter(name=name, value=ParameterValue(type=kind, double_value=value))


def test_all_are_answered_and_the_last_values_stand(
    peer: Peer, start: NodeStarter, images: list[np.ndarray], all_faults: bool
) -> None:
    node = start('nodes.fairmot_node', {**SMALL, 'reliability': 'reliable'})
    results = peer.subscribe(Detection2DArray, 'fairmot/detections')
    change = peer.connect(SetParameters, 'fairmot/set_parameters')
    reset = peer.connect(Trigger, 'fairmot/reset')
    enable = peer.connect(SetBool, 'fairmot/set_enabled')
    count = CALLS if all_faults else CALLS_IN_SUITE
    under_way: deque[Future] = deque()
    answers: list[Any] = []
    stamps: list[float] = []

    def finish(limit: int) -> None:
        while len(under_way) > limit:
            future = under_way[0]
            peer.wait(future.done, f'the answer to call {len(answers)}')
            answers.append(under_way.popleft().result())

    values = {}
    for number in range(count):
        finish(AT_ONCE - 1)
        if number % 10 == 8:
            under_way.append(reset.call_async(Trigger.Request()))
        elif number % 10 == 9:
            under_way.append(enable.call_async(SetBool.Request(data=True)))
        else:
            name = ('lost_timeout', 'gallery_ttl', 'score_threshold')[number % 3]
            values[name] = round(0.4 + (number % 50) / 100, 3) + 2 * (name != 'score_threshold')
            request = SetParameters.Request(parameters=[setting(name, values[name])])
            under_way.append(change.call_async(request))
        if number % EVERY == 0:
            stamps.append(1000 + 0.1 * number)
            peer.send_image(images[number // EVERY % len(images)], stamps[-1])
    finish(0)
    assert len(answers) == count
    for answer in answers:
        outcomes = answer.results if hasattr(answer, 'results') else [answer]
        assert all(
            getattr(o, 'successful', True) and getattr(o, 'success', True) for o in outcomes
        )
    got = peer.call(GetParameters, 'fairmot/get_parameters', names=list(values)).values
    assert [value.double_value for value in got] == list(values.values())
    for late in itertools.count(1):  # results go on
        before = len(results)
        peer.send_image(images[0], stamps[-1] + late)
        peer.wait(lambda before=before: len(results) > before, 'a result after the calls')
        if late == 3:
            break
    seen = [r.header.stamp.sec + r.header.stamp.nanosec * 1e-9 for r in results]
    assert seen == sorted(seen)
    assert len(seen) > 3, 'images were processed between the calls'
    log = node.last_lines(10_000)
    assert 'Traceback' not in log and '[ERROR]' not in log
    assert node.stop() == 0
