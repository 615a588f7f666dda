# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Invalid files, found by `make fuzz`, that were once accepted or raised an unexpected error."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fairmot_ros.evaluation.runs.configuration import ConfigurationError, read_configuration
from fairmot_ros.files.errors import FileError
from fairmot_ros.network import CheckpointError, create_network, load_checkpoint, save_checkpoint
from fairmot_ros.training.ablation.plan import read_plan
from fairmot_ros.training.config import ConfigError, DatasetConfig, read_config
from fairmot_ros.training.data.problems import DataError, Problems
from fairmot_ros.training.data.readers import read_dataset
from fairmot_ros.training.data.teacher_labels import read_detections, read_embeddings

TRAINING = 'name: a\narchitecture: yolo\nsets: [{folder: b}]\n'
PLAN = (
    'base: {architecture: yolo, sets: [{folder: b}]}\nstudies: {s: {v: {}}}\nseeds: [1]\n'
    'scoring: {detection: {folder: b}, embedding: {folder: b}}\n'
)


def error_message(
    kind: type[Exception], read: Callable[[Path], object], path: Path, text: str
) -> str:
    """Return the message of the error that a reader raises for a file with this text."""
    path.write_text(text)
    with pytest.raises(kind, match=path.name) as caught:
        read(path)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    return message


def test_file_error_is_a_single_line() -> None:
    assert str(FileError('a.yaml: unknown b\n  in line 3')) == 'a.yaml: unknown b in line 3'


@pytest.mark.parametrize(
    ('text', 'reason'),
    [
        ('\0', 'is not valid YAML'),
        ('\x85: [', 'is not valid YAML'),
        (TRAINING + '3: 4\nx: 5\n', 'must hold a mapping of names to values'),
        (TRAINING + '"a\\nb": 1\n', 'unknown setting a b'),
        (TRAINING + 'composer: 3\n', 'expected names with values, got 3'),
        ('sets: 3\n', 'sets must be a list of names with values'),
        ('sets: [3]\n', 'sets must be a list of names with values'),
    ],
)
def test_training_files(text: str, reason: str, tmp_path: Path) -> None:
    assert reason in error_message(ConfigError, read_config, tmp_path / 'train.yaml', text)


@pytest.mark.parametrize(
    ('old', 'new', 'reason'),
    [
        ('base: {architecture: yolo, sets: [{folder: b}]}', 'base:', 'is not a plan of ablations'),
        ('{s: {v: {}}}', '3', 'is not a plan of ablations'),
        ('architecture: yolo', 'architecture:', 'architecture must be a string, got None'),
    ],
)
def test_plans_of_ablations(old: str, new: str, reason: str, tmp_path: Path) -> None:
    assert old in PLAN
    text = PLAN.replace(old, new)
    assert reason in error_message(ConfigError, read_plan, tmp_path / 'plan.yaml', text)


@pytest.mark.parametrize(
    ('text', 'reason'),
    [
        ('association:', 'association must be a string, got None'),
        ('score_threshold: null', 'score_threshold must be a finite number, got None'),
        ('class_thresholds: [{a: 1}]', "class_thresholds must be a finite number, got {'a': 1}"),
        ('class_thresholds: 3', 'class_thresholds must be a list, got 3'),
        ("use_appearance: 'no'", "use_appearance must be true or false, got 'no'"),
        ('weights: 3', 'weights must be a string, got 3'),
        ('a: {ros__parameters: 3}', 'expected a mapping of names to values, got 3'),
    ],
)
def test_configurations_to_evaluate(text: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / 'tracker.yaml'
    assert reason in error_message(ConfigurationError, read_configuration, path, text)


@pytest.mark.parametrize('thresholds', [{'score_threshold': 2.0}, {'a': float('nan')}])
def test_thresholds_of_checkpoints(thresholds: dict[str, float], tmp_path: Path) -> None:
    path = tmp_path / 'model.pth'
    network = create_network('yolo', stem_channels=4, head_conv=4, reid_dim=4)
    save_checkpoint(network, path, calibration=json.dumps({'thresholds': thresholds}))
    with pytest.raises(CheckpointError, match='model.pth .* must be within 0..1'):
        load_checkpoint(path)


def test_teacher_detections_that_are_not_finite(tmp_path: Path) -> None:
    (tmp_path / 'teacher.json').write_text('{"a.jpg": [[null, 2, 3, 4, 0.5]]}')
    with pytest.raises(DataError, match='teacher.json: a.jpg has a detection'):
        read_detections(tmp_path)


@pytest.mark.parametrize('name', ['embedding', 'detection_embedding'])
def test_teacher_embeddings_of_other_sizes(name: str, tmp_path: Path) -> None:
    arrays = {
        'annotation': np.arange(2),
        'embedding': np.ones((2, 4)),
        'detection_file': np.array(['a.jpg']),
        'detection_row': np.array([0]),
        'detection_embedding': np.ones((1, 4)),
    }
    odd = np.ones((len(arrays[name]), 4, 0))
    np.savez(tmp_path / 'teacher_embeddings.npz', **{**arrays, name: odd})
    with pytest.raises(DataError, match='teacher_embeddings.npz: not all embeddings have 4 num'):
        read_embeddings(tmp_path)


@pytest.mark.parametrize(
    ('kind', 'labels', 'text'),
    [
        (
            'coco',
            'annotations.json',
            '{"images": [{"id": 1, "file_name": "1.jpg"}],'
            ' "annotations": [{"id": 1, "image_id": 1, "bbox": [0, 0, 1e39, 5]}]}',
        ),
        ('crowdhuman', 'train.odgt', '{"ID": "1", "gtboxes": [{"fbox": [0, 0, 1e39, 5]}]}'),
        ('mot', 's/gt/gt.txt', '1,1,0,0,1e39,5,1'),
    ],
)
def test_boxes_beyond_float32_are_skipped_with_a_note(
    kind: str, labels: str, text: str, tmp_path: Path
) -> None:
    for name in (labels, '1.jpg', 's/img1/1.jpg'):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    problems = Problems()
    (image,) = read_dataset(tmp_path, DatasetConfig('.', kind), problems)
    assert len(image.boxes_xyxy) == 0
    assert len(problems) == 1
