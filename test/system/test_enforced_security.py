# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Nodes work with their policies where the middleware enforces security, and others get nothing.

The wheels of Fast DDS are built without security; those of ROS 2 installations, and Cyclone DDS
with its plugins, have it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from keystore import Keystore
from peers import TIMEOUT, NodeStarter
from policy_rights import Right, rights_of

from documentation.security_policies import FOLDER, PUBLISHED_BY_ALL, SERVED_BY_ALL
from fairmot_ros.cli.shipped_clips import PEDESTRIANS

#: Prints the number of people in the first result, `refused`, or `nothing`, and whom it sees.
LISTEN = """
import sys, time
import rclpy
from vision_msgs.msg import Detection2DArray

name, patience = sys.argv[1], float(sys.argv[2])
rclpy.init()
node = rclpy.create_node(name)
results = []
try:
    node.create_subscription(Detection2DArray, '/fairmot/detections', results.append, 10)
except Exception as error:
    print(error, file=sys.stderr)
    print('refused')
    sys.exit()
end = time.monotonic() + patience
while not results and time.monotonic() < end:
    rclpy.spin_once(node, timeout_sec=0.1)
print(len(results[0].detections) if results else 'nothing', *sorted(node.get_node_names()))
"""
WAIT_FOR_NOTHING = 5.0  # seconds in which an authorised node gets tens of results
MISSING = 'security libraries'  # of Fast DDS, if it is built without


@pytest.fixture(scope='module')
def secured(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Environment variables that enforce the shipped policies; skips where that cannot be done."""
    if shutil.which('openssl') is None:
        pytest.skip('needs the command openssl')
    keystore = Keystore(tmp_path_factory.mktemp('security') / 'keystore', domain_of(environment))
    for name in ('fairmot_node', 'fairmot_player'):
        keystore.add(f'/{name}', rights_of(FOLDER / f'{name}.policy.xml'))
    results = {('subscribe', '/fairmot/detections')}
    keystore.add('/observer', results | rights_of_any('observer'))
    keystore.add('/stranger', rights_of_any('stranger'))
    variables = {
        **environment,
        'ROS_SECURITY_KEYSTORE': str(keystore.folder),
        'ROS_SECURITY_ENABLE': 'true',
        'ROS_SECURITY_STRATEGY': 'Enforce',
    }
    found = listen('observer', variables, 0.0)
    if found.returncode and MISSING in found.stderr:
        pytest.skip("the middleware is built without security: use a ROS 2 installation's")
    assert found.returncode == 0, found.stderr
    return variables


def domain_of(environment: dict[str, str]) -> str:
    return environment['ROS_DOMAIN_ID']


def rights_of_any(node: str) -> set[Right]:
    """Return what a node of rclpy needs to exist."""
    published = {('publish', topic) for topic in PUBLISHED_BY_ALL}
    return published | {('reply', service.replace('~', f'/{node}')) for service in SERVED_BY_ALL}


def listen(
    name: str, environment: dict[str, str], patience: float
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, '-c', LISTEN, name, str(patience)],
        env={**environment, 'ROS_SECURITY_ENCLAVE_OVERRIDE': f'/{name}'},
        capture_output=True,
        text=True,
    )


def test_results_reach_those_with_the_right_and_nobody_else(
    secured: dict[str, str], environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp('nodes')
    starters = []
    for executable, module, parameters in (
        ('fairmot_node', 'nodes.fairmot_node', {}),
        ('fairmot_player', 'tools.player_node', {'video': str(PEDESTRIANS), 'loop': True}),
    ):
        enclave = {'ROS_SECURITY_ENCLAVE_OVERRIDE': f'/{executable}'}
        starters.append(NodeStarter({**secured, **enclave}, folder))
        starters[-1](module, parameters)
    try:
        people, *seen = listen('observer', secured, TIMEOUT).stdout.split()
        assert (int(people) > 0, seen) == (True, ['fairmot', 'observer', 'player'])
        answer = listen('stranger', secured, WAIT_FOR_NOTHING).stdout.split()[0]
        assert answer in ('refused', 'nothing')
        unsecured = listen('nobody', environment, WAIT_FOR_NOTHING)
        assert unsecured.stdout.split() == ['nothing', 'nobody'], unsecured.stderr
    finally:
        for starter in starters:
            starter.end()
