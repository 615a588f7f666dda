# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from recordings import recordings

from fairmot_ros.training.config import parse_config
from fairmot_ros.training.engine.factory import make_stream
from fairmot_ros.training.losses.fairmot_loss import focal_loss
from fairmot_ros.training.losses.targets import (
    draw_gaussian,
    gaussian_radius,
    make_targets,
    mask_ignored_regions,
)


@pytest.mark.parametrize('path', recordings('gaussian_radius.csv'))
def test_radius_equals_the_published_table(path: Path) -> None:
    table = np.loadtxt(path, delimiter=',')
    for height, width, radius in table:
        assert gaussian_radius(height, width) == pytest.approx(radius, abs=1e-6)


@pytest.mark.parametrize(
    ('height', 'width', 'radius'), [(1, 1, 0.2733200531), (1, 2, 0.3677925359)]
)
def test_radius_of_small_boxes(height: int, width: int, radius: float) -> None:
    assert gaussian_radius(height, width) == pytest.approx(radius, abs=1e-9)


def letterbox_labels(labels: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """Put relative centre boxes of an image into cells of the 1088 x 608 network's map."""
    height, width = shape
    ratio = min(608 / height, 1088 / width)
    pad = np.array([(1088 - round(width * ratio)) / 2, (608 - round(height * ratio)) / 2])
    centre = labels[:, 2:4] * (width, height) * ratio + pad
    size = labels[:, 4:6] * (width, height) * ratio
    return np.hstack((centre - size / 2, centre + size / 2)) / 4


@pytest.mark.parametrize('item', range(6))
@pytest.mark.parametrize('path', recordings('targets_1088x608.npz'))
def test_targets_equal_the_published_code(path: Path, item: int) -> None:
    fixture = np.load(path)
    name = f'{"ab"[item // 3]}{item % 3}'
    labels = fixture[f'labels_{name}']
    boxes = letterbox_labels(labels, fixture[f'hw_{name}']).astype(np.float32)
    ids = labels[:, 1].astype(int)
    ids = np.where(ids >= 0, ids + int(fixture['tid_start'][item // 3]), ids)
    targets = make_targets(boxes, ids, (272, 152))
    mask = fixture[f'{item}_reg_mask'].astype(bool)
    assert np.array_equal(targets.mask[:60], mask)
    assert np.array_equal(targets.ind[:60], fixture[f'{item}_ind'])
    assert np.abs(targets.hm - fixture[f'{item}_hm']).max() < 1e-5
    assert np.abs(targets.wh[:60] - fixture[f'{item}_wh'])[mask].max() < 1e-3
    assert np.abs(targets.reg[:60] - fixture[f'{item}_reg'])[mask].max() < 1e-3
    assert np.array_equal(targets.ids[:60][mask], fixture[f'{item}_ids'][mask])


NO_AUGMENTATION = {
    'hsv': 0,
    'rotation': 0,
    'translation': 0,
    'scale': [1, 1],
    'shear': 0,
    'flip': 0,
}


@pytest.mark.parametrize('path', recordings('targets_1088x608.npz'))
def test_label_files_become_the_published_targets(path: Path, tmp_path: Path) -> None:
    """From two datasets on disk, through reader and letterbox, to maps and identities."""
    fixture = np.load(path)
    for name in ('a0', 'a1', 'a2', 'b0', 'b1', 'b2'):
        folder = tmp_path / name[0]
        for sub in ('images', 'labels_with_ids'):
            (folder / sub).mkdir(parents=True, exist_ok=True)
        height, width = fixture[f'hw_{name}']
        cv2.imwrite(str(folder / f'images/{name}.png'), np.zeros((height, width, 3), np.uint8))
        np.savetxt(folder / f'labels_with_ids/{name}.txt', fixture[f'labels_{name}'], '%.9f')
    config = parse_config(
        {
            'name': 'x',
            'architecture': 'dla_34',
            'batch_size': 6,
            'max_objects': 60,
            'input_size': [1088, 608],
            'augmentation': NO_AUGMENTATION,
            'sets': [{'folder': 'a', 'format': 'jde'}, {'folder': 'b', 'format': 'jde'}],
        },
        'x',
    )
    mix, stream = make_stream(config, tmp_path)
    assert stream.num_identities == fixture['nID']
    paths = [p.path.stem for p in mix.images]
    assert paths == ['a0', 'a1', 'a2', 'b0', 'b1', 'b2']
    for number, item in enumerate(stream._order_of(0)):
        sample = {key: value.numpy() for key, value in stream.sample_tensors(number).items()}
        mask = fixture[f'{item}_reg_mask'].astype(bool)
        assert np.array_equal(sample['mask'], mask)
        assert np.array_equal(sample['ind'], fixture[f'{item}_ind'])
        assert np.array_equal(sample['ids'][mask], fixture[f'{item}_ids'][mask])
        assert np.abs(sample['hm'] - fixture[f'{item}_hm']).max() < 1e-5
        for name in ('wh', 'reg'):
            assert np.abs(sample[name] - fixture[f'{item}_{name}'])[mask].max() < 1e-3


def test_a_gaussian_is_cut_at_the_border_and_never_lowers() -> None:
    heatmap = np.zeros((6, 8), np.float32)
    draw_gaussian(heatmap, (0, 0), 3)
    before = heatmap.copy()
    draw_gaussian(heatmap, (2, 0), 3)
    assert heatmap[0, 0] == heatmap[0, 2] == 1
    assert (heatmap >= before).all()
    assert heatmap[5, 7] == 0


def test_invalid_and_surplus_boxes_have_no_target() -> None:
    boxes = np.array([[5, 5, 5, 9], [6, 6, 4, 9], [1, 1, 4, 4], [2, 2, 5, 5]], np.float32)
    targets = make_targets(boxes, np.arange(4), (16, 16), max_objects=3)
    assert targets.mask.tolist() == [False, False, True]
    assert targets.ids.tolist() == [-1, -1, 2]


def test_ignored_regions_have_no_loss() -> None:
    heatmaps = np.zeros((1, 12, 16), np.float32)
    heatmaps[0, 4, 4] = 1.0
    mask_ignored_regions(heatmaps, np.array([[0, 0, 8, 8]], np.float32))
    assert np.count_nonzero(heatmaps == 1.0) == 1, 'centres stay the only centres'
    assert np.flatnonzero(heatmaps.max(axis=(0, 1))).tolist() == [2, 3, 4, 5]
    target = torch.from_numpy(heatmaps[None])
    no_detection = torch.full_like(target, -9.0)
    no_detection[0, 0, 4, 4] = 9.0
    detection_in_region = torch.where((target > 0) & (target < 1), 9.0, no_detection)
    difference = focal_loss(detection_in_region, target) - focal_loss(no_detection, target)
    assert abs(float(difference)) < 1e-3
