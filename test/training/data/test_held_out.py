# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Lists of excluded and included images; the lists of held-out images."""

import tarfile
from pathlib import Path

import pytest

from fairmot_ros.training.config import ConfigError, DatasetConfig, read_names
from fairmot_ros.training.data.dataset_mix import read_dataset_mix
from fairmot_ros.training.data.problems import DataError, Problems
from fairmot_ros.training.data.readers import read_dataset

LISTS = sorted((Path(__file__).parents[3] / 'config/training/held_out').glob('*.txt'))


@pytest.fixture
def held_out(tmp_path: Path) -> str:
    path = tmp_path / 'held_out.txt'
    path.write_text('# one camera\n1.jpg\n\n2.jpg\n')
    return str(path)


def test_training_and_validation_share_no_image(training_data: Path, held_out: str) -> None:
    names, identities = [], []
    for dataset in (
        DatasetConfig('people', exclude=held_out),
        DatasetConfig('people', only=held_out),
    ):
        images = read_dataset(training_data, dataset, Problems())
        names.append([p.path.name for p in images])
        identities.append([p.identities.tolist() for p in images])
    assert names == [['0.jpg', '3.jpg'], ['1.jpg', '2.jpg']]
    assert identities == [[[0], [1]], [[0], [1]]], 'identities are numbered without gaps'


def test_cut_outs_are_held_out_too(training_data: Path, held_out: str) -> None:
    for dataset, count in (
        (DatasetConfig('cut_outs', exclude=held_out, cut_outs=True), 1),
        (DatasetConfig('cut_outs', only=held_out, cut_outs=True), 2),
    ):
        assert len(read_dataset_mix((dataset,), training_data, 60).cut_outs) == count


def test_a_list_without_matching_images_is_reported(training_data: Path, tmp_path: Path) -> None:
    (tmp_path / 'other.txt').write_text('another.jpg\n')
    dataset = DatasetConfig('people', only=str(tmp_path / 'other.txt'))
    with pytest.raises(DataError, match=r'no image of .*people is left: .*other\.txt'):
        read_dataset(training_data, dataset, Problems())
    dataset = DatasetConfig('people', exclude=str(tmp_path / 'missing.txt'))
    with pytest.raises(ConfigError, match=r'cannot read the list of images .*missing\.txt: No'):
        read_dataset(training_data, dataset, Problems())


@pytest.mark.parametrize('path', LISTS, ids=lambda path: path.stem)
def test_about_a_tenth_of_each_dataset_is_held_out(path: Path, reference_data: Path) -> None:
    names = read_names(str(path))
    with tarfile.open(reference_data / f'data/training/{path.stem}.tar') as archive:
        images = {Path(n).name for n in archive.getnames() if '/images/' in n}
    assert names <= images
    # All frames of videos of capston2 are held out in addition.
    videos = {name for name in images if '_youtube_' in name}
    assert videos <= names and len(videos) == (152 if path.stem == 'capston2' else 0)
    assert 0.09 < len(names - videos) / len(images) < 0.11
