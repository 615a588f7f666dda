# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Files with invalid content: readers raise their own class of error; see also `fuzz`."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

pytest.importorskip('rosbags', reason='needs rosbags')
from fairmot_ros.evaluation import read_mot, read_seqinfo
from fairmot_ros.files.errors import reading
from fairmot_ros.files.label_errors import LabelError
from fairmot_ros.network import CheckpointError, create_network, load_checkpoint, save_checkpoint
from fairmot_ros.training.config import DatasetConfig
from fairmot_ros.training.data.problems import DataError, Problems
from fairmot_ros.training.data.readers import read_dataset


def test_any_exception_is_converted() -> None:
    with pytest.raises(LabelError, match='^a.txt is bad: KeyError: 3$') as caught:
        with reading('a.txt is bad', LabelError):
            _ = {}[3]
    assert isinstance(caught.value.__cause__, KeyError)


def test_errors_of_the_kind_and_interrupts_are_not_converted() -> None:
    with pytest.raises(DataError, match='^as it was$'), reading('a.txt', LabelError):
        raise DataError('as it was')
    with pytest.raises(KeyboardInterrupt), reading('a.txt', LabelError):
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    'content',
    [
        None,
        {1: torch.zeros(1)},
        {'state_dict': {'a': 1}},
        {'state_dict': {1: torch.zeros(1)}},
        {'state_dict': {'backbone.stem.conv.conv.weight': torch.zeros(0)}},
    ],
)
def test_checkpoint_with_other_content_raises(content: object, tmp_path: Path) -> None:
    path = tmp_path / 'model.pth'
    torch.save(content, path)
    with pytest.raises(CheckpointError, match='model.pth'):
        load_checkpoint(path)


@pytest.mark.parametrize(
    ('key', 'odd'),
    [
        ('input_size', ['a', None]),
        ('calibration', '{'),
        ('calibration', '[1]'),
        ('calibration', '{"thresholds": {"x": "y"}}'),
        ('calibration', '{"score_line": ["a", null]}'),
    ],
)
def test_checkpoint_with_invalid_metadata_raises(key: str, odd: object, tmp_path: Path) -> None:
    path = tmp_path / 'model.pth'
    network = create_network('yolo', stem_channels=4, head_conv=4, reid_dim=4)
    save_checkpoint(network, path, **{key: odd})
    with pytest.raises(CheckpointError, match='model.pth is not a FairMOT checkpoint'):
        load_checkpoint(path)


LABELS = {'coco': 'annotations.json', 'crowdhuman': 'train.odgt', 'mot': 's/gt/gt.txt'}


def test_missing_label_file_is_a_file_not_found_error(tmp_path: Path) -> None:
    for read in (read_mot, read_seqinfo):
        for kind in (LabelError, FileNotFoundError):
            with pytest.raises(kind, match='no such file'):
                read(tmp_path / 'none.txt')


@pytest.mark.parametrize(
    ('kind', 'content'),
    [
        ('coco', '[]'),
        ('coco', '"text"'),
        ('coco', '5'),
        ('coco', 'null'),
        ('coco', '{"images": [], "annotations": [{"bbox": [1, 2]}]}'),
        ('coco', '{"images": [], "annotations": [{"bbox": null}]}'),
        ('coco', '{"images": 3, "annotations": []}'),
        ('coco', '[' * 100_000),
        ('crowdhuman', '3'),
        ('crowdhuman', '{"ID": "a", "gtboxes": [3]}'),
        ('crowdhuman', '{"ID": "a", "gtboxes": [{"fbox": ["a", 0, 0, 0]}]}'),
        ('mot', '1,1,2,3\n'),
    ],
)
def test_training_labels_of_another_format_raise(kind: str, content: str, tmp_path: Path) -> None:
    path = tmp_path / 'set' / LABELS[kind]
    path.parent.mkdir(parents=True)
    path.write_text(content)
    with pytest.raises(DataError, match='set'):
        read_dataset(tmp_path, DatasetConfig('set', kind), Problems())


def test_invalid_lines_of_paper_labels_are_noted(tmp_path: Path) -> None:
    for folder, text in (('images', ''), ('labels_with_ids', '0 inf .5 .5 .1 .1\n0 nan 1 1 1 1')):
        (tmp_path / 'set' / folder).mkdir(parents=True)
        suffix = '.jpg' if folder == 'images' else '.txt'
        (tmp_path / 'set' / folder / f'a{suffix}').write_text(text)
    problems = Problems()
    (image,) = read_dataset(tmp_path, DatasetConfig('set', 'jde'), problems)
    assert len(image.boxes_xyxy) == 0
    assert len(problems) == 2
