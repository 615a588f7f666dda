# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading of training files: errors, former names, the shipped files."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from fairmot_ros.cli import train
from fairmot_ros.training.ablation import read_plan
from fairmot_ros.training.config import ConfigError, parse_config, read_config
from fairmot_ros.training.engine.factory import make_loss, make_network

CONFIGS = sorted((Path(__file__).resolve().parents[3] / 'config/training').glob('*.yaml'))


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('name: [', 'is not valid YAML'),
        ('just text', 'must hold a mapping'),
        ('name: x\narchitecture: yolo\nsets: []\nspeed: 3', 'unknown setting speed; expected'),
        ('name: x\nsets: [{folder: a, colour: 1}]', 'unknown setting colour'),
        ('name: x\nsets: []', "missing 1 required positional argument: 'architecture'"),
    ],
)
def test_a_wrong_config_is_reported(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / 'wrong.yaml'
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_config(path)


@pytest.mark.parametrize('path', CONFIGS, ids=lambda path: path.stem)
def test_the_shipped_configs_are_valid(path: Path) -> None:
    if path.stem.startswith('ablation'):
        assert len({variant.study for variant in read_plan(path).variants}) > 1
        return
    config = replace(read_config(path), detection_teacher=None)  # which is not there
    with torch.device('meta'):
        network, _ = make_network(config), make_loss(config, 2)
    assert network.stride == (8 if config.architecture == 'yolox_nano' else 4)


@pytest.mark.parametrize(
    ('text', 'reason'),
    [
        ('sets: 5', 'sets must be a list of names with values, got 5'),
        ('sets: null', 'sets must be a list of names with values, got None'),
        ('sets: [5]', 'sets must be a list of names with values'),
        ('sets: [{folder: 5}]', 'folder must be a string, got 5'),
        ('sets: [{folder: a, include: 5}]', r'include must be a list \(a string\), got 5'),
        ('weights: 5', 'weights must be a string or null, got 5'),
        ('composer: 3', 'expected names with values, got 3'),
        ('composer: {width: x}', "width must be an integer, got 'x'"),
        ('input_size: 5', 'input_size must be a list of 2'),
        ('learning_rate: x', "learning_rate must be a finite number, got 'x'"),
        ('ema_decay: .nan', 'ema_decay must be a finite number, got nan'),
        ('freeze: backbone', "freeze must be a list .*, got 'backbone'"),
        ('precision: fp8', "precision must be one of 'fp32', 'bf16', 'fp16', got 'fp8'"),
        ('accumulate: 0', 'accumulate must be an integer of at least 1, got 0'),
        ('input_size: [100, 96]', 'input_size must be .* multiples of 32, got .100, 96.'),
        ('1: 2', 'must hold a mapping of names to values'),
        ('[' * 3000, 'is not valid YAML'),
        ('\0', 'is not valid YAML'),
    ],
)
def test_wrong_types_in_a_training_file(
    text: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    path = tmp_path / 'tiny.yaml'
    given = 'name: tiny\narchitecture: yolo\n'
    path.write_text(given + ('' if text.startswith('sets') else 'sets: []\n') + text)
    assert train.main([str(path), '--data', str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert re.search(f'tiny.yaml.*{reason}', error), error
    assert error.count('\n') == 1


def test_a_training_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / 'tiny.yaml'
    path.write_text('name: tiny\narchitecture: yolo\nsets: []\n', encoding='utf-8-sig')
    assert read_config(path).name == 'tiny'


def test_former_names_of_nested_settings_are_read(caplog: pytest.LogCaptureFixture) -> None:
    content = {
        'name': 'x',
        'architecture': 'yolox_nano',
        'sets': [],
        'composer': {'max_decoys': 2, 'hard_decoys': True},
        'loss': {'box_weight': 3.0, 'embedding': {'kind': 'identity', 'look_weight': 0.5}},
    }
    config = parse_config(content, 'my.yaml')
    assert config.composer is not None
    assert (config.composer.max_distractors, config.composer.hard_distractors) == (2, True)
    embedding = {'kind': 'identity', 'teacher_weight': 0.5}
    assert config.loss == {'box_weight': 3.0, 'embedding': embedding}
    assert 'my.yaml: look_weight is now called teacher_weight' in caplog.text
