# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""SIGINT and SIGTERM at random moments of nodes, imports and images included."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from moments import Ended, check_all, moments, run_module, unfinished_files
from peers import NodeStarter, Peer

from fairmot_ros.starting import ExitCode

MOMENTS = 6  # of each node and signal
BEYOND = 1.5  # moments lie in the start of a node and as long again, times this share
IN_SUITE = ('recorder', signal.SIGTERM)  # at one moment

#: Module of each node by its name, and its parameters from the folders of inputs and outputs.
NODES: dict[str, tuple[str, Callable[[Path, Path], dict[str, Any]]]] = {
    'fairmot': ('nodes.fairmot_node', lambda i, o: {'gallery': True}),
    'detection_tracker': ('nodes.detection_tracker_node', lambda i, o: {}),
    'fairmot_identities': ('nodes.identities_node', lambda i, o: {'store': f'{o}/people.db'}),
    'player': ('tools.player_node', lambda i, o: {'video': f'{i}/images', 'loop': True}),
    'recorder': ('tools.recorder_node', lambda i, o: {'output': f'{o}/out', 'frame_rate': 7.0}),
    'replay': ('tools.replay_node', lambda i, o: {'bag': f'{i}/bag0', 'output': f'{o}/a.npz'}),
}


def fault_of(ended: Ended, folder: Path) -> str:
    """Return what is wrong with a node that was ended, '' for nothing."""
    if ended.code != ExitCode.SUCCESS:
        return f'exit code {ended.code}: {ended.output}'
    if ended.left:
        return f'processes go on: {ended.left}'
    # Before its transition ends, rclpy itself logs that a signal interrupted it (from Kilted on).
    lines = [line for line in ended.output.splitlines() if 'Failed to complete' not in line]
    if any(word in line for line in lines for word in ('Traceback', '[ERROR]', 'error:')):
        return ended.output
    if files := unfinished_files(folder):
        return f'unfinished files: {files}'
    return ''


@pytest.fixture(scope='module')
def camera(
    environment: dict[str, str],
    workload_inputs: Path,
    tmp_path_factory: pytest.TempPathFactory,
    all_faults: bool,
) -> Iterator[None]:
    """Publish images and tracks for the nodes, as a player and a tracker in the suite would."""
    starter = NodeStarter(environment, tmp_path_factory.mktemp('camera'))
    if all_faults:
        images = {'video': str(workload_inputs / 'images'), 'loop': True, 'frame_rate': 10.0}
        starter('tools.player_node', images, {'__node': 'camera'})
    yield
    starter.end()


@pytest.mark.parametrize(
    ('name', 'by'),
    [
        pytest.param(name, by, marks=[] if (name, by) == IN_SUITE else [pytest.mark.long])
        for name in NODES
        for by in (signal.SIGINT, signal.SIGTERM)
    ],
)
def test_a_signal_ends_a_node_with_exit_code_0(
    name: str,
    by: signal.Signals,
    peer: Peer,
    camera: None,
    workload_inputs: Path,
    start: NodeStarter,
    environment: dict[str, str],
    durations: dict[str, float],
    tmp_path: Path,
    all_faults: bool,
) -> None:
    module, parameters_of = NODES[name]
    if name not in durations:
        started = time.monotonic()
        node = start(module, parameters_of(workload_inputs, tmp_path))
        peer.wait(lambda: name in peer.get_node_names(), 'the node')
        durations[name] = (1 + BEYOND) * (time.monotonic() - started)
        assert node.stop() == ExitCode.SUCCESS

    def check(moment: float) -> str:
        folder = tmp_path / f'at_{moment}'
        folder.mkdir()
        ended = run_module(
            f'fairmot_ros.ros.{module}',
            ros_arguments(parameters_of(workload_inputs, folder)),
            folder,
            end_at=moment,
            by=by,
            environment=environment,
        )
        return fault_of(ended, folder)

    count = MOMENTS if all_faults else 1
    check_all(name, list(moments(f'{name} {by.name}', count, durations[name])), by, check)


def ros_arguments(parameters: dict[str, Any]) -> list[str]:
    """Return the command line that sets parameters."""
    arguments = ['--ros-args']
    for key, value in parameters.items():
        arguments += ['-p', f'{key}:={str(value).lower() if value is True else value}']
    return arguments
