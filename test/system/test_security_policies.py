# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The policies in `config/security/` allow what the running nodes open, and nothing else."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState
from peers import NodeStarter, Peer
from policy_rights import Right, beyond, rights_of, used_by
from sensor_msgs.msg import Image

from documentation.executables import node_modules
from documentation.node_graph import CLIP, EVERYTHING, make_bag, write_stand_ins
from documentation.security_policies import FOLDER
from fairmot_ros.msg import TrackArray
from fairmot_ros.ros.conversions.bodies import body_id

SIM_TIME = {'use_sim_time': True}
#: Topics of single bodies need messages of hri_msgs with all fields.
BODIES = {('publish', f'/humans/bodies/*/{name}') for name in ('roi', 'cropped')}


@pytest.fixture
def start_complete(environment: dict[str, str], tmp_path: Path) -> Iterator[NodeStarter]:
    """Starter of nodes that have all optional message packages, or stand-ins of them."""
    path = [str(write_stand_ins(tmp_path)), os.environ.get('PYTHONPATH', '')]
    starter = NodeStarter(
        {**environment, 'PYTHONPATH': os.pathsep.join(filter(None, path))}, tmp_path
    )
    yield starter
    starter.end()


def allowed_to(executable: str) -> set[Right]:
    allowed = rights_of(FOLDER / f'{executable}.policy.xml')
    if find_spec('type_description_interfaces') is None:  # before Iron
        allowed = {right for right in allowed if not right[1].endswith('/get_type_description')}
    return allowed


def module_of(executable: str) -> str:
    return node_modules()[executable].removeprefix('fairmot_ros.ros.')


def wait_for_all(peer: Peer, node: str, expected: set[Right], seen: set[Right]) -> None:
    """Add to `seen` what the node uses until that is all that is expected."""

    def complete() -> bool:
        seen.update(used_by(node, peer))
        return expected <= seen

    try:
        peer.wait(complete, 'all rights to be used')
    except AssertionError:
        pytest.fail(f'allowed, but not opened: {sorted(expected - seen)}')


def wait_until_active(peer: Peer, node: str) -> None:
    def active() -> bool:
        state = peer.call(GetState, f'{node}/get_state').current_state
        return bool(state.id == State.PRIMARY_STATE_ACTIVE)

    peer.wait(active, 'activation')


@pytest.mark.parametrize(
    ('executable', 'node'),
    [('fairmot_node', 'fairmot'), ('detection_tracker_node', 'detection_tracker')],
)
def test_rights_of_tracking_nodes(
    executable: str, node: str, peer: Peer, start_complete: NodeStarter
) -> None:
    allowed = allowed_to(executable)
    default = start_complete(module_of(executable))
    wait_until_active(peer, node)
    assert beyond(used_by(node, peer), allowed) == set()
    default.stop()

    compressed = {('subscribe', '/image/compressed')} & allowed
    seen: set[Right] = set()
    start_complete(module_of(executable), {**EVERYTHING[executable], **SIM_TIME})
    wait_for_all(peer, node, allowed - BODIES - compressed, seen)
    start_complete.end()
    if compressed:
        start_complete(module_of(executable), {'image_transport': 'compressed'})
        wait_for_all(peer, node, compressed, seen)
    assert beyond(seen, allowed) == set()


def test_each_of_several_cameras_adds_its_name_to_the_same_rights(
    peer: Peer, start: NodeStarter
) -> None:
    start('nodes.fairmot_node', {'cameras': ['left', 'right']})
    wait_until_active(peer, 'fairmot')
    expected = {('subscribe', '/left/image'), ('publish', '/fairmot/right/detections')}
    seen: set[Right] = set()
    wait_for_all(peer, 'fairmot', expected, seen)
    without = {(use, re.sub('/(left|right)(?=/)', '', name)) for use, name in seen}
    assert beyond(without, allowed_to('fairmot_node')) == set()


def test_topics_of_bodies_are_within_the_rights() -> None:
    topics = {('publish', f'/humans/bodies/{body_id("/fairmot", "front/7")}/roi')}
    assert beyond(topics, allowed_to('fairmot_node')) == set()
    assert beyond({('publish', '/humans/faces/a/roi')}, allowed_to('fairmot_node')) != set()


def parameters_of(executable: str, folder: Path) -> dict[str, Any]:
    parameters = {
        'fairmot_player': {'video': str(CLIP)},
        'fairmot_recorder': {'output': str(folder / 'recorded')},
        'fairmot_replay': {'output': str(folder / 'replay.npz')},
    }
    return {**EVERYTHING.get(executable, {}), **parameters.get(executable, {}), **SIM_TIME}


@pytest.mark.parametrize(
    ('executable', 'node'),
    [
        ('fairmot_identities', 'fairmot_identities'),
        ('fairmot_player', 'player'),
        ('fairmot_recorder', 'recorder'),
        ('fairmot_replay', 'replay'),
    ],
)
def test_rights_of_other_nodes(
    executable: str, node: str, peer: Peer, start: NodeStarter, tmp_path: Path
) -> None:
    allowed = allowed_to(executable)
    parameters = parameters_of(executable, tmp_path)
    if executable == 'fairmot_replay':
        parameters['bag'] = str(make_bag(tmp_path))
        allowed -= {('publish', '/image/compressed')}
    if executable == 'fairmot_recorder':  # it subscribes to the images when there are results
        parameters['use_sim_time'] = False  # its timers would wait for the clock
        allowed -= {('subscribe', '/clock')}
        peer.create_publisher(TrackArray, 'tracks', 10)
        peer.create_publisher(Image, 'image_annotated', 10)
    start(module_of(executable), parameters)
    seen: set[Right] = set()
    wait_for_all(peer, node, allowed, seen)
    assert beyond(seen, allowed_to(executable)) == set()
