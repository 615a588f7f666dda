# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Two publishers on one input topic, whose stamps do not agree."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from detection_messages import STATUS, TRACKER, make_detections
from peers import NodeStarter, Peer
from statuses import OK, WARN, Statuses, logged, wait_for_log
from vision_msgs.msg import Detection2DArray

from fairmot_ros.msg import TrackArray

#: Seconds by which the second publisher is late; below half a second a frame counts as overtaken.
OVERTAKEN, JUMP = 0.23, 40.0


@pytest.mark.long
@pytest.mark.parametrize('offset', [OVERTAKEN, JUMP])
def test_two_publishers_are_reported_until_one_leaves(
    peer: Peer, start: NodeStarter, offset: float
) -> None:
    statuses = Statuses(peer, STATUS)
    node = start(TRACKER)
    results = peer.subscribe(Detection2DArray, 'detection_tracker/detections')
    both = [peer.advertise(Detection2DArray, 'detections') for _ in range(2)]
    count = 0

    def send(number: int) -> None:
        """Let one of the publishers send, and wait until the node has received the message."""
        nonlocal count
        count += 1
        both[number].publish(make_detections(100.0 + count / 10 - number * offset))
        peer.wait(lambda: int(statuses.value('received')) == count, f'message {count}')

    for _ in range(6):
        send(0)
        send(1)
    words = '2 publishers share /detections; expected one: give each camera its own topic'
    statuses.wait(words, WARN)
    wait_for_log(peer, node, words)
    assert logged(node, words) == 1
    if offset == JUMP:  # every message is a jump of the stamps
        peer.wait(lambda: int(statuses.value('time_jumps')) == count - 1, 'the jumps')
        assert 0 < logged(node, 's: dropping all tracks') < count
    else:
        peer.wait(lambda: int(statuses.value('skipped')) >= count // 2 - 1, 'the skips')
    seen = [d.id for result in results for d in result.detections]
    assert len(seen) > count // 3

    peer.destroy_publisher(both.pop())
    for _ in range(4):
        send(0)
    statuses.wait('tracking', OK)
    newest = make_detections(100.0 + count / 10).header
    peer.wait(lambda: results[-1].header == newest, 'the last result')
    last = [result.detections[0].id for result in results[-3:]]
    assert last[0] == last[-1], 'one publisher gives one track again'


@pytest.mark.long
def test_two_trackers_on_one_topic_are_reported_by_the_identities_node(
    peer: Peer, start: NodeStarter
) -> None:
    statuses = Statuses(peer, 'fairmot_identities: identities')
    node = start('nodes.identities_node')
    both = [peer.create_publisher(TrackArray, 'fairmot/tracks', 10) for _ in range(2)]
    words = '2 publishers share /fairmot/tracks; expected one: give each camera its own topic'
    statuses.wait(words, WARN)
    assert logged(node, words) == 1
    peer.destroy_publisher(both.pop())
    statuses.wait('matching', OK)


@pytest.mark.long
def test_two_trackers_are_reported_by_the_recorder(
    peer: Peer, start: NodeStarter, tmp_path: Path
) -> None:
    node = start('tools.recorder_node', {'output': str(tmp_path / 'out')})
    for _ in range(2):
        peer.create_publisher(TrackArray, 'tracks', 10)
    wait_for_log(peer, node, '2 publishers share /tracks; expected one')
    assert node.stop() == 0
    assert logged(node, 'publishers share') == 1
