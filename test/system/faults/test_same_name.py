# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Two nodes with one name in one domain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from peers import NodeStarter, Peer
from statuses import OK, WARN, Statuses, logged, wait_for_log

TRACKER = 'nodes.detection_tracker_node'


def test_two_nodes_of_one_name_warn_until_one_leaves(peer: Peer, start: NodeStarter) -> None:
    statuses = Statuses(peer, 'twins/detection_tracker: tracking')
    both = [start(TRACKER, None, {'__ns': '/twins'}) for _ in range(2)]
    words = '2 nodes are named /twins/detection_tracker; expected one'
    for node in both:
        wait_for_log(peer, node, words)
    status = statuses.wait(words, WARN)
    assert 'give each its own name with `-r __node:=NAME`' in status.message
    assert both[1].stop() == 0
    wait_for_log(peer, both[0], 'no other node is named /twins/detection_tracker any more')
    peer.wait(lambda: words not in statuses.newest().message, 'the warning to end')
    assert [logged(node, words) for node in both] == [1, 1]


@pytest.mark.long
def test_a_node_that_is_not_active_warns(peer: Peer, start: NodeStarter) -> None:
    statuses = Statuses(peer, 'detection_tracker: tracking')
    for _ in range(2):
        start(TRACKER, {'autostart': False})
    statuses.wait('not active; 2 nodes are named /detection_tracker', WARN)


@pytest.mark.long
def test_a_node_started_in_place_of_a_killed_one_does_not_warn(
    peer: Peer, start: NodeStarter
) -> None:
    statuses = Statuses(peer, 'detection_tracker: tracking')
    first = start(TRACKER)
    statuses.wait_for_more(2)
    first.process.kill()
    first.process.wait()
    second = start(TRACKER)
    assert all('are named' not in s.message for s in statuses.wait_for_more(6))
    assert logged(second, 'are named') == 0


def nodes_and_names(folder: Path) -> list[tuple[str, dict[str, Any], str]]:
    """Return module, parameters and name of every other node."""
    clip = Path(__file__).parents[3] / 'fairmot_ros' / 'data' / 'pedestrians.mp4'
    return [
        ('nodes.fairmot_node', {}, 'fairmot'),
        ('nodes.identities_node', {}, 'fairmot_identities'),
        ('tools.player_node', {'video': str(clip)}, 'player'),
        ('tools.recorder_node', {'output': str(folder)}, 'recorder'),
    ]


@pytest.mark.long
@pytest.mark.parametrize('number', range(4))
def test_every_node_detects_another_one_of_its_name(
    peer: Peer, start: NodeStarter, tmp_path: Path, number: int
) -> None:
    module, parameters, name = nodes_and_names(tmp_path)[number]
    statuses = Statuses(peer, f'{name}: {"tracking" if name == "fairmot" else "identities"}')
    both = [start(module, parameters) for _ in range(2)]
    for node in both:
        wait_for_log(peer, node, f'2 nodes are named /{name}; expected one')
    if module.startswith('nodes.'):
        statuses.wait('2 nodes are named', WARN)


@pytest.mark.long
def test_the_same_name_in_another_namespace_is_another_node(
    peer: Peer, start: NodeStarter
) -> None:
    statuses = Statuses(peer, 'r1/detection_tracker: tracking')
    nodes = [start(TRACKER, None, {'__ns': f'/{robot}'}) for robot in ('r1', 'r2')]
    peer.wait(lambda: logged(nodes[1], 'subscribed to'), 'the second node')
    assert all('are named' not in s.message for s in statuses.wait_for_more(6))
    assert statuses.newest().level in (OK, WARN)
    assert [logged(node, 'are named') for node in nodes] == [0, 0]
