# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""No file of weights is mapped into memory: cutting it short would kill the process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairmot_ros.cli import export
from fairmot_ros.detector import Detector
from fairmot_ros.network import create_network, save_checkpoint

SIZE = (64, 32)
IMAGE = np.zeros((32, 64, 3), np.uint8)


@pytest.mark.parametrize(
    ('suffix', 'engine'),
    [
        ('.pth', 'torch'),
        ('.pth', 'openvino'),
        ('.xml', 'openvino'),
        ('.onnx', 'onnxruntime'),
    ],
)
def test_weights_that_are_cut_short_are_still_run(
    suffix: str, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(engine, reason=f'needs {engine}')
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    path = tmp_path / 'model.pth'
    network = create_network('yolo', stem_channels=8, reid_dim=12, id_channels=16)
    save_checkpoint(network, path, name='small', input_size=SIZE)
    if suffix != '.pth':
        exported = path.with_suffix(suffix)
        assert export.main([str(path), str(exported)]) in (0, 1)
        path = exported
    for _ in range(2):  # the second one from the cache
        detector = Detector(path, device='cpu', engine=engine, score_threshold=0.0)
        before = detector(IMAGE).boxes_xyxy
    mapped = Path('/proc/self/maps').read_text().splitlines()
    weights = (f'{tmp_path}/model', f'{tmp_path}/cache/fairmot_ros')
    assert not [line for line in mapped if any(folder in line for folder in weights)]
    for file in tmp_path.rglob('*.*'):
        if file.is_file():
            file.write_bytes(b'')
    np.testing.assert_array_equal(detector(IMAGE).boxes_xyxy, before)
