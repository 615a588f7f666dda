# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

import cv2
import numpy as np
import pytest

from fairmot_ros.cli import convert
from fairmot_ros.training.config import DatasetConfig
from fairmot_ros.training.data.problems import Problems
from fairmot_ros.training.data.readers import read_dataset


@pytest.fixture
def sequences(tmp_path: Path) -> Path:
    """Two sequences whose rows are sorted by frame, and which share the ids 1 and 2."""
    for name in ('A', 'B'):
        folder = tmp_path / 'MOT/train' / name
        (folder / 'gt').mkdir(parents=True)
        (folder / 'img1').mkdir()
        rows = [f'{f},{i},{10 * i},10,20,40,1,1,1' for f in (1, 2, 3) for i in (1, 2)]
        (folder / 'gt/gt.txt').write_text('\n'.join(rows))
        for frame in (1, 2, 3):
            cv2.imwrite(str(folder / f'img1/{frame:06d}.jpg'), np.zeros((80, 100, 3), np.uint8))
    return tmp_path / 'MOT/train'


def labels(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): p.read_text()
        for p in sorted((folder / 'labels_with_ids').rglob('*.txt'))
    }


def test_sequences_share_no_identities_in_any_row_order(
    sequences: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    arguments = [str(sequences), str(tmp_path / 'out'), '--format', 'mot', '--name', 'mot']
    assert convert.main(arguments) == 0
    assert 'mot.train: 6 images' in capsys.readouterr().out
    written = labels(tmp_path / 'out')
    assert len(written) == 6
    for name, text in written.items():
        first = 0 if '/A/' in name else 2
        assert text == (
            f'0 {first} 0.200000 0.375000 0.200000 0.500000\n'
            f'0 {first + 1} 0.300000 0.375000 0.200000 0.500000\n'
        )
    assert convert.main(arguments) == 0
    assert labels(tmp_path / 'out') == written  # nothing was appended


def test_converted_labels_are_read_back(sequences: Path, tmp_path: Path) -> None:
    (sequences / 'B/img1/000002.jpg').write_bytes(b'')
    arguments = [str(sequences), str(tmp_path / 'out'), '--format', 'mot']
    assert convert.main(arguments) == 0
    problems = Problems()
    before = read_dataset(sequences.parent, DatasetConfig('train', 'mot'), problems)
    after = read_dataset(tmp_path, DatasetConfig('out', 'jde', labels='train.train'), problems)
    assert not len(problems)
    assert len(after) == 5
    for one, two in zip([p for p in before if p.path.stat().st_size], after, strict=True):
        assert np.array_equal(one.identities, two.identities)
        assert np.abs(one.load().boxes_xyxy - two.load().boxes_xyxy).max() < 1e-3


def test_labels_can_be_written_beside_the_images(sequences: Path, tmp_path: Path) -> None:
    root = tmp_path / 'MOT'
    (root / 'train').rename(root / 'images')
    assert convert.main([str(root), str(root), '--format', 'mot', '--half', 'first']) == 0
    assert sorted(labels(root)) == [
        'labels_with_ids/A/img1/000001.txt',
        'labels_with_ids/B/img1/000001.txt',
    ]
    assert not (root / 'images/A/img1/000001.jpg').is_symlink()


def test_each_box_can_be_its_own_identity(training_data: Path, tmp_path: Path) -> None:
    people = str(training_data / 'people')
    for identities, expected in (('each_box', '0 2 '), ('none', '0 -1 ')):
        out = tmp_path / identities
        assert convert.main([people, str(out), '--identities', identities]) == 0
        assert (out / 'labels_with_ids/2.txt').read_text().startswith(expected)


def test_a_missing_dataset_is_reported_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert convert.main([str(tmp_path / 'no'), str(tmp_path), '--format', 'mot']) == 2
    assert capsys.readouterr().err.count('\n') == 1
