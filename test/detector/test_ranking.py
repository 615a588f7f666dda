# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Decoding with fixed shapes finds what decoding with variable ones finds."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fairmot_ros.detector.decode import DecodedImage, NetworkOutputError, decode_image
from fairmot_ros.detector.ranking import RankedPredictions, rank
from fairmot_ros.network.grid import STRIDES, GridPredictions
from fairmot_ros.network.heat_map import from_whole_maps
from fairmot_ros.network.predictions import Predictions


def heat_maps(seed: int = 0, classes: int = 2) -> Predictions:
    torch.manual_seed(seed)
    # Scores repeat, so that their order matters.
    maps = {
        'hm': torch.randint(-4, 4, (2, classes, 8, 12)).float(),
        'wh': torch.rand(2, 4, 8, 12),
        'reg': torch.rand(2, 2, 8, 12),
        'id': torch.randn(2, 5, 8, 12),
    }
    return from_whole_maps(maps, 48)


def grids(seed: int = 0, embeddings: bool = True) -> Predictions:
    torch.manual_seed(seed)
    maps = {}
    for stride in STRIDES:
        height, width = 64 // stride, 96 // stride
        maps[f'scores_{stride}'] = torch.randint(0, 20, (2, 2, height, width)) / 20
        maps[f'boxes_{stride}'] = torch.rand(2, 4, height, width) + torch.tensor(
            [-2.0, -2.0, 2.0, 2.0]
        ).view(1, 4, 1, 1)
    if embeddings:
        maps['id'] = torch.randn(2, 16, 8, 12)
    return GridPredictions(maps, 96)


def assert_equal(got: DecodedImage, expected: DecodedImage) -> None:
    for name in ('boxes_xyxy', 'scores', 'class_ids', 'cells'):
        assert torch.equal(getattr(got, name), getattr(expected, name)), name
    if expected.embeddings is None:
        assert got.embeddings is None
    else:
        assert torch.allclose(got.embeddings, expected.embeddings, atol=1e-6)


@pytest.mark.parametrize('predictions', [heat_maps(), grids(), grids(1, embeddings=False)])
@pytest.mark.parametrize('threshold', [0.0, 0.3, 0.999])
@pytest.mark.parametrize('limit', [3, 500])
def test_the_detections_are_the_same(
    predictions: Predictions, threshold: float, limit: int
) -> None:
    ranked = RankedPredictions(predictions, rank(predictions, 500), 500)
    found = ranked.decode(limit, threshold)
    assert len(found) == 2
    for row, got in enumerate(found):
        assert_equal(got, decode_image(predictions, row, limit, threshold))


def test_detections_own_their_memory() -> None:
    predictions = heat_maps()
    table = rank(predictions, 10)
    (first, _) = RankedPredictions(predictions, table, 10).decode(10, 0.0)
    before = first.boxes_xyxy.clone(), first.embeddings.clone()
    table.zero_()
    assert torch.equal(first.boxes_xyxy, before[0])
    assert torch.equal(first.embeddings, before[1])


@pytest.mark.parametrize('value', [np.nan, np.inf])
def test_scores_that_are_not_finite_are_an_error(value: float) -> None:
    predictions = grids()
    predictions.levels[1].scores[1, 0, 2, 2] = value
    ranked = RankedPredictions(predictions, rank(predictions, 10), 10)
    with pytest.raises(NetworkOutputError, match='not finite'):
        ranked.decode(10, 0.1)
