# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

import numpy as np
import pytest
import torch
from recordings import recordings

from fairmot_ros.detector.decode import decode
from fairmot_ros.detector.letterbox import map_to_image


def blank_maps(height: int = 8, width: int = 12, classes: int = 1) -> dict[str, torch.Tensor]:
    return {
        'hm': torch.full((1, classes, height, width), -10.0),
        'wh': torch.ones(1, 4, height, width),
        'reg': torch.zeros(1, 2, height, width),
        'id': torch.randn(1, 5, height, width),
    }


@pytest.mark.parametrize('path', recordings('decode_80x144.npz'))
def test_equals_the_published_code(path: Path) -> None:
    fixture = np.load(path)
    maps = {name: torch.from_numpy(fixture[name]) for name in ('hm', 'wh', 'reg', 'id')}
    peaks = decode(maps, max_detections=int(fixture['K']))
    expected, cells = fixture['dets'][0], fixture['inds'][0]
    # Equal scores come in no particular order there; here in the order of their cells.
    order = np.lexsort((cells, -expected[:, 4]))
    assert np.array_equal(peaks.cells.numpy(), cells[order])
    assert np.array_equal(peaks.scores.numpy(), expected[order, 4])
    assert np.abs(peaks.boxes_xyxy.numpy() - expected[order, :4]).max() < 1e-5
    assert np.abs(peaks.embeddings.numpy() - fixture['feats'][order]).max() < 1e-6
    for name in (n for n in fixture if n.startswith('boxes_')):
        width, height = map(int, name.removeprefix('boxes_').split('x'))
        boxes = map_to_image(peaks.boxes_xyxy.numpy(), (144, 80), (width, height))
        assert np.abs(boxes - fixture[name][order, :4]).max() < 1e-3, name


def test_nothing_above_the_threshold_is_nothing() -> None:
    peaks = decode(blank_maps(), score_threshold=0.1)
    assert peaks.boxes_xyxy.shape == (0, 4)
    assert peaks.embeddings.shape == (0, 5)


def test_a_peak_hides_its_neighbours_but_not_its_equals() -> None:
    maps = blank_maps()
    maps['hm'][0, 0, 3, 4] = 2.0
    maps['hm'][0, 0, 3, 5] = 1.0  # a slope
    maps['hm'][0, 0, 6, 8:11] = 0.5  # a plateau
    peaks = decode(maps, score_threshold=0.1)
    assert peaks.cells.tolist() == [3 * 12 + 4, 6 * 12 + 8, 6 * 12 + 9, 6 * 12 + 10]
    assert torch.allclose(peaks.scores[0], torch.tensor(2.0).sigmoid())


def test_boxes_are_measured_from_the_shifted_centre() -> None:
    maps = blank_maps()
    maps['hm'][0, 0, 2, 7] = 3.0
    maps['reg'][0, :, 2, 7] = torch.tensor([0.25, 0.5])
    maps['wh'][0, :, 2, 7] = torch.tensor([1.0, 2.0, 3.0, 4.0])
    box = decode(maps, score_threshold=0.5).boxes_xyxy
    assert box.tolist() == [[6.25, 0.5, 10.25, 6.5]]
    maps['wh'] = torch.tensor([3.0, 5.0]).view(1, 2, 1, 1).expand(1, 2, 8, 12)
    assert decode(maps, score_threshold=0.5).boxes_xyxy.tolist() == [[5.75, 0.0, 8.75, 5.0]]


def test_classes_compete_for_the_best_places() -> None:
    maps = blank_maps(classes=3)
    maps['hm'][0, 2, 1, 1] = 3.0
    maps['hm'][0, 0, 5, 5] = 2.0
    maps['hm'][0, 1, 5, 9] = 1.0
    peaks = decode(maps, max_detections=2, score_threshold=0.1)
    assert peaks.class_ids.tolist() == [2, 0]
    assert peaks.cells.tolist() == [13, 65]


def test_embeddings_have_unit_length() -> None:
    maps = blank_maps()
    maps['hm'] = torch.randn(1, 1, 8, 12)
    peaks = decode(maps)
    assert torch.allclose(peaks.embeddings.norm(dim=1), torch.ones(len(peaks.scores)))


def test_a_batch_is_refused() -> None:
    maps = {name: value.repeat(2, 1, 1, 1) for name, value in blank_maps().items()}
    with pytest.raises(ValueError, match='batch of 2'):
        decode(maps)


def test_scores_that_are_not_finite_are_an_error() -> None:
    maps = {
        'hm': torch.full((1, 1, 4, 4), float('nan')),
        'wh': torch.ones(1, 4, 4, 4),
        'id': torch.ones(1, 8, 4, 4),
        'reg': torch.zeros(1, 2, 4, 4),
    }
    with pytest.raises(ValueError, match='the network computed scores that are not finite'):
        decode(maps)
