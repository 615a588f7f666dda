# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The two files of an exported OpenVINO model belong together."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('openvino', reason='needs openvino')
from full_disk import full_disk

from fairmot_ros.detector import Detector
from fairmot_ros.detector.engines import openvino_conversion
from fairmot_ros.detector.openvino_export import export_openvino
from fairmot_ros.files.writing import WriteError
from fairmot_ros.network import CheckpointError, create_network

SIZE = (64, 32)
IMAGE = np.zeros((32, 64, 3), np.uint8)


@pytest.fixture
def exported(tmp_path: Path) -> list[Path]:
    """Two exports of equal networks with different weights."""
    paths = [tmp_path / name / 'model.xml' for name in 'ab']
    for path in paths:
        path.parent.mkdir()
        network = create_network('yolo', stem_channels=8, reid_dim=12, id_channels=16)
        export_openvino(network, path, SIZE)
    return paths


def test_weights_of_another_export_are_refused(exported: list[Path]) -> None:
    first, second = exported
    Detector(first, device='cpu', score_threshold=0.0)(IMAGE)
    shutil.copy(second.with_suffix('.bin'), first.with_suffix('.bin'))
    with pytest.raises(
        CheckpointError, match=f'model.bin does not belong to {re.escape(str(first))}'
    ):
        Detector(first, device='cpu')
    shutil.copy(second, first)
    Detector(first, device='cpu', score_threshold=0.0)(IMAGE)


def test_a_full_disk_is_named_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Before, the conversion writes a file of the same size, and would fail first.
    monkeypatch.setattr(openvino_conversion, '_keep_float32', lambda model: model)
    network = create_network('yolo', stem_channels=8, reid_dim=12, id_channels=16)
    path = tmp_path / 'model.xml'
    with full_disk(), pytest.raises(WriteError, match=f'{re.escape(str(path))} cannot be written'):
        export_openvino(network, path, SIZE)
    assert not list(tmp_path.iterdir())


def test_an_export_that_names_no_weights_is_read(exported: list[Path]) -> None:
    path = exported[0]
    text, count = re.subn(r'<fairmot_ros_weights value="[0-9a-f]{64}" ?/>', '', path.read_text())
    assert count == 1
    path.write_text(text)
    Detector(path, device='cpu', score_threshold=0.0)(IMAGE)
