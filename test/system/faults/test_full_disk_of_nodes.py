# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Nodes on a disk that fills up while they run.

Others: test/system/test_recorder.py.
"""

from __future__ import annotations

import resource
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from lifecycle_calls import Results, wait_until_spinning
from peers import NodeStarter, Peer
from published_tracks import PublishedTracks
from std_srvs.srv import Trigger

from fairmot_ros.identities import StoreReader
from fairmot_ros.ros.tools.node_processes import NodeProcess

SMALL = {'input_width': 224, 'input_height': 160, 'engine': 'torch'}


def fill_disk(node: NodeProcess, largest: int = 1) -> None:
    """Let no file of a process grow beyond a number of bytes, its logs included."""
    _, most = resource.prlimit(node.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(node.process.pid, resource.RLIMIT_FSIZE, (largest, most))


def free_disk(node: NodeProcess) -> None:
    """Let files grow again."""
    _, most = resource.prlimit(node.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(node.process.pid, resource.RLIMIT_FSIZE, (most, most))


@pytest.mark.long
def test_a_tracker_whose_log_cannot_be_written_goes_on(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    node = start('nodes.fairmot_node', SMALL)
    results = Results(peer, images)
    results.wait('before')
    fill_disk(node)
    peer.send_image(images[0][:96, :128], 2000.0)  # logs that the size has changed
    for number in range(5):
        results.wait(f'{number} on a full disk')
    assert peer.call(Trigger, 'fairmot/reset').success
    assert node.stop() == 0


@pytest.mark.long
def test_identities_are_matched_while_the_store_cannot_be_written(
    peer: Peer, start: NodeStarter, tmp_path: Path
) -> None:
    def newest() -> DiagnosticStatus:
        own = [m.status[0] for m in diagnostics if 'identities' in m.status[0].name]
        return own[-1] if own else DiagnosticStatus()

    def play(condition, what: str) -> None:
        def shown() -> bool:
            tracks.show()
            return bool(condition())

        peer.wait(shown, what)

    store = tmp_path / 'people.db'
    diagnostics: list[DiagnosticArray] = peer.subscribe_to_diagnostics()
    node = start('nodes.identities_node', {'store': str(store)})
    tracks = PublishedTracks(peer)
    play(lambda: newest().level == DiagnosticStatus.OK and len(diagnostics) > 2, 'the node')
    fill_disk(node)
    play(lambda: newest().level == DiagnosticStatus.ERROR, 'the error in the diagnostics')
    assert 'cannot be' in newest().message, newest().message
    assert str(store) in newest().message
    free_disk(node)
    play(lambda: newest().level == DiagnosticStatus.OK, 'the end of the error')
    assert node.stop() == 0
    assert 'Traceback' not in node.last_lines(1000)
    with StoreReader(store) as reader:
        assert reader.identities()


@pytest.mark.long
def test_a_replay_says_that_its_results_are_not_written(
    peer: Peer, start: NodeStarter, workload_inputs: Path, tmp_path: Path
) -> None:
    pytest.importorskip('rosbags', reason='needs rosbags')
    output = tmp_path / 'out' / 'replay.npz'
    output.parent.mkdir()
    output.write_bytes(b'before')
    node = start(
        'tools.replay_node', {'bag': str(workload_inputs / 'bag0'), 'output': str(output)}
    )
    wait_until_spinning(peer, 'replay')
    fill_disk(node, 1000)  # enough for its log
    assert node.stop() == 2
    log = node.last_lines(100)
    assert 'Traceback' not in log
    assert f'error: {output} cannot be written: File too large' in log
    assert [path.read_bytes() for path in output.parent.iterdir()] == [b'before']
