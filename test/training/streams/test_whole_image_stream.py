# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from fairmot_ros.cli import train
from fairmot_ros.training.config import DatasetConfig, TrainingConfig
from fairmot_ros.training.data.problems import DataError
from fairmot_ros.training.engine.factory import make_stream

CONFIG = TrainingConfig(
    'tiny',
    'yolo',
    (DatasetConfig('twenty'),),
    network={'stem_channels': 8, 'head_conv': 8},
    reid_dim=8,
    batch_size=4,
    epochs=2,
    input_size=(96, 64),
    workers=0,
)


def test_every_epoch_uses_each_image_once_in_a_new_order(drawn_people: Path) -> None:
    mix, stream = make_stream(CONFIG, drawn_people)
    assert stream.samples_per_epoch == 20
    assert stream.num_identities == sum(len(p.boxes_xyxy) for p in mix.images) + 1
    orders = [stream._order_of(epoch).tolist() for epoch in (0, 1, 0)]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(20))
    assert orders[0] == orders[2] != orders[1]


def test_an_incomplete_batch_is_dropped(drawn_people: Path) -> None:
    _, stream = make_stream(replace(CONFIG, batch_size=8), drawn_people)
    assert stream.samples_per_epoch == 16


@pytest.mark.parametrize('workers', [0, 2])
def test_processes_and_workers_yield_the_samples_in_order(
    drawn_people: Path, workers: int
) -> None:
    _, stream = make_stream(CONFIG, drawn_people)
    stream.micro_batch_size, stream.world, stream.first_micro_batch = 2, 2, 1
    seen = []
    for stream.rank in range(2):
        loader = torch.utils.data.DataLoader(stream, batch_size=None, num_workers=workers)
        seen.append(
            [micro_batch['image'] for micro_batch, _ in zip(loader, range(3), strict=False)]
        )
    together = torch.cat([image for pair in zip(*seen, strict=True) for image in pair])
    assert torch.equal(
        together, torch.stack([stream.sample_tensors(n)['image'] for n in range(4, 16)])
    )


def test_stride_and_box_channels_apply_to_the_targets(drawn_people: Path) -> None:
    network = {**CONFIG.network, 'stride': 8, 'wh_channels': 2}
    _, stream = make_stream(replace(CONFIG, network=network), drawn_people)
    sample = stream.sample_tensors(0)
    assert sample['hm'].shape == (1, 8, 12)
    assert sample['wh'].shape == (64, 2)


@pytest.fixture
def faulty(drawn_people: Path, tmp_path: Path) -> Path:
    """Dataset `twenty` with a missing, an empty and a truncated image, and a box outside."""
    shutil.copytree(drawn_people / 'twenty', tmp_path / 'twenty')
    images = tmp_path / 'twenty/images'
    (images / '3.png').unlink()
    (images / '4.png').write_bytes(b'')
    (images / '5.png').write_bytes((images / '5.png').read_bytes()[:40])
    path = tmp_path / 'twenty/annotations.json'
    text = path.read_text()
    first = text.index('"bbox": [') + len('"bbox": [')
    path.write_text(text[:first] + '9' + text[first:])
    return tmp_path


def test_training_skips_faulty_images(
    faulty: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / 'tiny.yaml').write_text("""
name: tiny
architecture: yolo
network: {stem_channels: 8, head_conv: 8}
sets: [{folder: twenty}]
batch_size: 4
epochs: 2
input_size: [96, 64]
workers: 1
""")
    run = tmp_path / 'run'
    arguments = [str(tmp_path / 'tiny.yaml'), '--data', str(faulty), '--output', str(run)]
    assert train.main(arguments) == 0
    problems = (run / 'problems.txt').read_text()
    images = faulty / 'twenty/images'
    for number in (3, 4, 5):
        expected = f'the image {images}/{number}.png cannot be read: '
        assert problems.count(expected) == 1
    assert 'boxes lie outside the image of 96 x 64; skipped' in problems
    assert 'problems with the data: 4' in capsys.readouterr().err
    card = (run / 'model_card.md').read_text()
    assert '4 faulty labels and images' in card
    assert '| twenty | 20 |' in card
    assert (run / 'samples.jpg').is_file()


def test_only_faulty_images_are_an_error(faulty: Path) -> None:
    for path in (faulty / 'twenty/images').iterdir():
        path.write_bytes(b'')
    _, stream = make_stream(CONFIG, faulty)
    with pytest.raises(DataError, match='none of the images can be read'):
        stream.sample_tensors(0)


def test_too_few_images_are_an_error(drawn_people: Path) -> None:
    with pytest.raises(DataError, match='20 images are less than one batch of 32'):
        make_stream(replace(CONFIG, batch_size=32), drawn_people)
