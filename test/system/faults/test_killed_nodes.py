# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""SIGKILL at random moments of nodes that write: no file is corrupt, and the node starts again.

Others: test/identities/test_persistence.py, test/identities/store/test_identity_store.py.
"""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from lifecycle_calls import wait_until_spinning
from moments import check_all, moments
from peers import NodeStarter, Peer
from published_tracks import PublishedTracks
from written_files import corrupt_files

MOMENTS = 18  # of each node
SECONDS = 4.0  # in which the node is killed, after its start

NODES: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    'recorder': (
        'tools.recorder_node',
        {'output': '.', 'frame_rate': 30.0},
        {'tracks': '/door/tracks', 'image_annotated': '/door/image_annotated'},
    ),
    'fairmot_identities': ('nodes.identities_node', {'store': 'people.db'}, {}),
}


@pytest.mark.long
@pytest.mark.parametrize('name', NODES)
def test_a_killed_node_leaves_sound_files_and_starts_again(
    name: str, peer: Peer, start: NodeStarter, tmp_path: Path
) -> None:
    module, parameters, remappings = NODES[name]
    tracks = PublishedTracks(peer)

    def begin(folder: Path) -> Any:
        paths = {
            key: str(folder / value) if key in ('output', 'store') else value
            for key, value in parameters.items()
        }
        return start(module, paths, remappings)

    def check(moment: float) -> str:
        folder = tmp_path / f'at_{moment}'
        folder.mkdir()
        node = begin(folder)
        peer.wait(lambda: name in peer.get_node_names(), 'the node')
        end = time.monotonic() + moment
        while time.monotonic() < end:
            tracks.show()
        node.process.kill()
        node.process.wait()
        peer.wait(lambda: name not in peer.get_node_names(), 'the node to be missed')
        if corrupt := corrupt_files(folder):
            return f'corrupt: {corrupt}'
        node = begin(folder)
        wait_until_spinning(peer, name)
        for _ in range(10):
            tracks.show()
        if code := node.stop():
            return f'started again, it ends with {code}: {node.last_lines(20)}'
        peer.wait(lambda: name not in peer.get_node_names(), 'the node to end')
        if corrupt := corrupt_files(folder):
            return f'corrupt after the next start: {corrupt}'
        return ''

    check_all(name, list(moments(f'{name} killed', MOMENTS, SECONDS)), signal.SIGKILL, check)
