# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Weights that are cut short, replaced or deleted while a node runs them.

Others: test/detector/test_mapped_files.py; parameter files, which are read at the start only, and
weights that are unusable from the start: test/system/test_starting.py.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from diagnostic_msgs.msg import DiagnosticStatus
from lifecycle_calls import Lifecycle, Results
from peers import NodeStarter, Peer

import fairmot_ros
from fairmot_ros.cli import export

DEFAULT = Path(fairmot_ros.__file__).parent / 'weights' / 'default.pth'
SIZE = {'input_width': 224, 'input_height': 160}


def cut_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def replace(path: Path) -> None:
    path.write_text('an entry of the shopping list')


def delete(path: Path) -> None:
    path.unlink()


def make_weights(folder: Path, suffix: str) -> list[Path]:
    """Write weights; return the file that is given to the node, and those beside it."""
    path = folder / f'model{suffix}'
    if suffix == '.pth':
        shutil.copy(DEFAULT, path)
        return [path]
    size = f'{SIZE["input_width"]}x{SIZE["input_height"]}'
    assert export.main(['default', str(path), '--input-size', size]) == 0
    return [path, path.with_suffix('.bin')] if suffix == '.xml' else [path]


@pytest.mark.parametrize(
    ('suffix', 'changes'),
    [
        ('.pth', [cut_short]),
        pytest.param('.pth', [replace, delete], marks=pytest.mark.long),
        pytest.param('.onnx', [cut_short, replace, delete], marks=pytest.mark.long),
        pytest.param('.xml', [cut_short, replace, delete], marks=pytest.mark.long),
    ],
)
def test_a_node_runs_what_it_loaded_and_reports_the_file_when_configured_again(
    suffix: str,
    changes: list[Callable[[Path], None]],
    peer: Peer,
    start: NodeStarter,
    images: list[np.ndarray],
    tmp_path: Path,
) -> None:
    files = make_weights(tmp_path, suffix)
    sound = {path: path.read_bytes() for path in files}
    engine = 'torch' if suffix == '.pth' else 'auto'  # nothing is converted
    parameters = {'autostart': False, 'weights': str(files[0]), 'engine': engine, **SIZE}
    node = start('nodes.fairmot_node', parameters)
    diagnostics = peer.subscribe_to_diagnostics()
    lifecycle = Lifecycle(peer, 'fairmot')
    results = Results(peer, images)
    for change in changes:
        for path in files:
            assert lifecycle.configure() and lifecycle.activate(), node.last_lines(100)
            results.wait('of sound weights')
            change(path)
            results.wait(f'after {change.__name__} of {path.name}')
            assert lifecycle.deactivate() and lifecycle.cleanup()
            assert not lifecycle.configure()
            assert lifecycle.is_unconfigured
            lines = node.last_lines(200).splitlines()
            sentence = [line for line in lines if 'cannot configure: ' in line][-1]
            assert str(files[0]) in sentence
            peer.wait(
                lambda: (
                    diagnostics
                    and diagnostics[-1].status[0].level == DiagnosticStatus.ERROR
                    and str(files[0]) in diagnostics[-1].status[0].message
                ),
                'the sentence in the diagnostics',
            )
            path.write_bytes(sound[path])
    assert lifecycle.configure() and lifecycle.activate(), node.last_lines(100)
    results.wait('of weights that are back')
    assert 'Traceback' not in node.last_lines(1000)
    assert node.stop() == 0
