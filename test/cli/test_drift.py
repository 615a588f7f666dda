# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""fairmot-drift measures a model on labelled images and states what it found."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from fairmot_ros.cli import drift
from fairmot_ros.detector.engines.openvino_maps import native_precisions
from fairmot_ros.detector.engines.precision_statement import PrecisionStatement, statement_path
from fairmot_ros.network import create_network, load_checkpoint, save_checkpoint

SIZE = (96, 64)
CONFIG = 'name: small\narchitecture: yolox_nano\ninput_size: [96, 64]\nsets: [{folder: people}]\n'


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a checkpoint, and a dataset of two labelled images."""
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    torch.manual_seed(0)
    save_checkpoint(create_network('yolox_nano', reid_dim=16), tmp_path / 'a.pth', input_size=SIZE)
    (tmp_path / 'people' / 'images').mkdir(parents=True)
    names = ['0.png', '1.png']
    rng = np.random.default_rng(0)
    for name in names:
        image = rng.integers(0, 256, (SIZE[1], SIZE[0], 3), dtype=np.uint8)
        cv2.imwrite(str(tmp_path / 'people' / 'images' / name), image)
    content = {
        'images': [
            {'id': i, 'file_name': f'images/{name}', 'width': SIZE[0], 'height': SIZE[1]}
            for i, name in enumerate(names)
        ],
        'annotations': [
            {'id': i, 'image_id': i, 'category_id': 1, 'bbox': [10, 5, 30, 50]} for i in (0, 1)
        ],
        'categories': [{'id': 1, 'name': 'person'}],
    }
    (tmp_path / 'people' / 'annotations.json').write_text(json.dumps(content))
    (tmp_path / 'small.yaml').write_text(CONFIG)
    return tmp_path / 'a.pth'


def test_it_states_the_drift_of_bf16(weights: Path, capsys: pytest.CaptureFixture) -> None:
    pytest.importorskip('openvino')
    if 'bf16' not in native_precisions():
        pytest.skip('this CPU has no bf16')
    arguments = [str(weights.parent / 'small.yaml'), '--data', str(weights.parent)]
    assert drift.main([*arguments, '--weights', str(weights)]) == 0
    assert 'openvino bf16: AP ' in capsys.readouterr().out
    statement = PrecisionStatement.read(statement_path(weights))
    assert statement.holds_for(load_checkpoint(weights))
    (found,) = statement.drifts
    assert (found.engine, found.precision, found.images) == ('openvino', 'bf16', 2)
    assert 0 < found.cosine <= found.worst_cosine < 0.1


def test_a_file_of_another_model_is_refused(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    pytest.importorskip('openvino')
    from fairmot_ros.cli import export

    save_checkpoint(create_network('yolox_nano', reid_dim=0), tmp_path / 'b.pth', input_size=SIZE)
    assert export.main([str(tmp_path / 'b.pth'), str(tmp_path / 'b.xml')]) == 0
    arguments = [str(weights.parent / 'small.yaml'), '--data', str(weights.parent)]
    code = drift.main(
        [*arguments, '--weights', str(weights), '--exported', str(tmp_path / 'b.xml')]
    )
    assert code == 2
    assert 'was not exported from' in capsys.readouterr().err
