# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""fairmot-similarity measures a model on pasted people and states what it found."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from fairmot_ros.cli import similarity
from fairmot_ros.identities.calibration import IdentityStatement, statement_path
from fairmot_ros.network import create_network, load_checkpoint, save_checkpoint

SIZE = (96, 64)
CONFIG = """
name: small
architecture: yolox_nano
input_size: [96, 64]
sets: [{folder: people, cut_outs: true}, {folder: streets}]
composer: {width: 96, height: 64, person_height: [30, 40], background_share: 1.0,
  max_pasted: 5, max_distractors: 0}
"""


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a checkpoint, cut-outs of people in one colour each, and an empty street."""
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    torch.manual_seed(0)
    save_checkpoint(create_network('yolox_nano', reid_dim=16), tmp_path / 'a.pth', input_size=SIZE)
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (255, 0, 255), (0, 255, 255)]
    mask = np.zeros((64, 32), np.uint8)
    mask[8:56, 8:24] = 255
    write_set(tmp_path / 'people', [np.full((64, 32, 3), c, np.uint8) for c in colours], mask)
    write_set(tmp_path / 'streets', [np.full((64, 96, 3), 128, np.uint8)], None)
    (tmp_path / 'small.yaml').write_text(CONFIG)
    return tmp_path / 'a.pth'


def write_set(folder: Path, images: list[np.ndarray], mask: np.ndarray | None) -> None:
    (folder / 'images').mkdir(parents=True)
    entries = []
    for number, image in enumerate(images):
        name = f'images/{number}.png'
        cv2.imwrite(str(folder / name), image)
        height, width = image.shape[:2]
        entry = {'id': number, 'file_name': name, 'width': width, 'height': height}
        if mask is not None:
            cv2.imwrite(str(folder / f'{number}.png'), mask)
            entry['mask'] = f'{number}.png'
        entries.append(entry)
    content = {'images': entries, 'annotations': [], 'categories': [{'id': 1, 'name': 'person'}]}
    (folder / 'annotations.json').write_text(json.dumps(content))


def run(weights: Path, *options: str) -> int:
    config = str(weights.parent / 'small.yaml')
    data = str(weights.parent)
    return similarity.main([config, '--data', data, '--weights', str(weights), *options])


def test_it_states_threshold_and_evidence(
    weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(weights, '--samples', '400') == 0
    statement = IdentityStatement.read(statement_path(weights))
    assert statement.sha256 == load_checkpoint(weights).info.sha256
    assert statement.identities == 6 and statement.views > 400
    assert statement.false_merges <= 0.01
    printed = capsys.readouterr().out
    assert f'threshold {statement.calibration.threshold:.3f}: ' in printed


def test_too_few_samples_are_refused_and_nothing_is_written(
    weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(weights, '--samples', '5') != 0
    assert 'take more samples' in capsys.readouterr().err
    assert not statement_path(weights).exists()
