# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Packed datasets: reduced images, limited size, read like the original ones."""

import json
import resource
import shutil
import tarfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from fairmot_ros.cli import pack
from fairmot_ros.training.config import DatasetConfig
from fairmot_ros.training.data.dataset_mix import read_dataset_mix
from fairmot_ros.training.data.teacher_labels import TeacherEmbeddings, write_embeddings

DATASETS = (
    DatasetConfig('people', teacher=True, teacher_embeddings=True),
    DatasetConfig('cut_outs', cut_outs=True),
)


@pytest.fixture
def sets(training_data: Path, tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(training_data, tmp_path / 'sets'))
    rows = [[100, 30, 120, 90, 0.9], [130, 30, 151, 90, 0.2], [0, 0, 9, 9, 0.04]]
    (folder / 'people/teacher.json').write_text(json.dumps({'0.jpg': rows, '3.jpg': rows}))
    embeddings = np.random.default_rng(0).normal(size=(6, 5)).astype(np.float16)
    write_embeddings(
        folder / 'people/teacher_embeddings.npz',
        TeacherEmbeddings(
            dict(enumerate(embeddings[:4])),
            {('0.jpg', 0): embeddings[4], ('3.jpg', 0): embeddings[5]},
            5,
        ),
    )
    return folder


def unpack(archive: Path, folder: Path) -> Path:
    with tarfile.open(archive) as file:
        file.extractall(folder, filter='data')
    return folder


def test_packed_datasets_are_read_like_the_original_ones(
    sets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / 'new/packed.tar.gz'
    command = [f'{sets}/people@80', f'{sets}/cut_outs@40', '--output', str(archive)]
    assert pack.main(command) == 0
    assert '2 sets' in capsys.readouterr().out
    before = read_dataset_mix(DATASETS, sets, 60)
    after = read_dataset_mix(DATASETS, unpack(archive, tmp_path / 'unpacked'), 60)
    assert after.num_identities == before.num_identities
    for one, other in zip(before.images, after.images):
        assert one.path.name == other.path.name
        assert other.load().image.shape == (60, 80, 3)
        np.testing.assert_allclose(other.boxes_xyxy, one.boxes_xyxy / 2, atol=0.01)
        np.testing.assert_allclose(other.ignored_xyxy, one.ignored_xyxy / 2, atol=0.01)
        np.testing.assert_array_equal(other.identities, one.identities)
        np.testing.assert_array_equal(other.teacher_embeddings, one.teacher_embeddings)
    half = cv2.resize(before.images[0].load().image, (80, 60), interpolation=cv2.INTER_AREA)
    assert np.abs(after.images[0].load().image - half.astype(float)).mean() < 8
    # The masks begin in the middle of a pixel.
    assert [c.image.shape for c in after.cut_outs] == [(30, 11, 3)] * 3
    assert all((c.mask[:, 1:10] == 255).all() for c in after.cut_outs)


def test_quality_is_reduced_until_the_datasets_fit(sets: Path, tmp_path: Path) -> None:
    archives = [tmp_path / 'large.tar.gz', tmp_path / 'small.tar.gz']
    assert pack.main([f'{sets}/people', '--output', str(archives[0])]) == 0
    limit = archives[0].stat().st_size / 1e6 - 0.002
    command = [f'{sets}/people', '--output', str(archives[1]), '--max-megabytes', str(limit)]
    assert pack.main(command) == 0
    assert archives[1].stat().st_size <= limit * 1e6


def test_datasets_that_do_not_fit_are_an_error(
    sets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / 'packed.tar.gz'
    command = [f'{sets}/people', '--output', str(archive), '--max-megabytes', '0.002']
    assert pack.main(command) == 2
    assert 'do not fit into 0.002 MB at quality 10' in capsys.readouterr().err
    assert not archive.exists()
    assert pack.main([f'{sets}/none', '--output', str(archive)]) == 2
    assert 'no images in' in capsys.readouterr().err


def test_images_are_excluded_by_name(sets: Path, tmp_path: Path) -> None:
    archive = tmp_path / 'packed.tar.gz'
    command = [f'{sets}/people', '--output', str(archive), '--leave-out', '[01].jpg', '2.*']
    assert pack.main(command) == 0
    folder = unpack(archive, tmp_path / 'unpacked')
    images = read_dataset_mix(DATASETS[:1], folder).images
    assert [p.path.name for p in images] == ['3.jpg']
    assert len(images[0].boxes_xyxy) == 2
    detections = json.loads((folder / 'people/teacher.json').read_text())
    assert {name: len(rows) for name, rows in detections.items()} == {'3.jpg': 2}


def test_a_full_disk_keeps_the_existing_archive(
    sets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / 'packed.tar.gz'
    archive.write_bytes(b'before')
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))
    try:
        code = pack.main([f'{sets}/people', '--output', str(archive)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert code == 2
    assert f'{archive} cannot be written: File too large' in capsys.readouterr().err
    assert archive.read_bytes() == b'before'
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ['packed.tar.gz']


def test_a_dataset_may_be_the_current_folder(
    sets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(sets / 'people')
    archive = tmp_path / 'packed.tar.gz'
    assert pack.main(['.', '--output', str(archive)]) == 0
    assert (unpack(archive, tmp_path / 'unpacked') / 'people/annotations.json').is_file()
    assert pack.main(['.', str(sets / 'people'), '--output', str(archive)]) == 2
    assert 'two sets have the same name' in capsys.readouterr().err
