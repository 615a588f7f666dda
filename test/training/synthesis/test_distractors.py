# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Shapes of distractors, cast shadows, and samples with hard distractors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fairmot_ros.training.config import ComposerOptions, DatasetConfig
from fairmot_ros.training.data.dataset_mix import read_dataset_mix
from fairmot_ros.training.synthesis import distractors
from fairmot_ros.training.synthesis.composer import SampleComposer

SEEDS = range(20)


def test_a_rectangle_fills_its_size() -> None:
    mask = distractors.rectangle(30, 12, np.random.default_rng(0))
    assert (mask.shape, mask.min()) == ((30, 12), 255)


@pytest.mark.parametrize(('height', 'width'), [(30, 12), (10, 3), (1, 1)])
def test_a_disc_leaves_the_corners_free(height: int, width: int) -> None:
    mask = distractors.disc(height, width, np.random.default_rng(0))
    assert mask.shape == (height, width)
    assert mask[height // 2, width // 2] == 255
    if height > 20:
        assert mask[[0, 0, -1, -1], [0, -1, 0, -1]].tolist() == [0] * 4
        assert (mask > 0).mean() == pytest.approx(np.pi / 4, abs=0.1)


def test_a_sign_post_has_a_plate_above_a_narrower_post() -> None:
    for seed in SEEDS:
        mask = distractors.sign_post(100, 4, np.random.default_rng(seed)) > 0
        assert mask.shape == (100, 20), 'at least a fifth of the height wide'
        widths = mask.sum(1)
        assert widths[:50].max() >= 19
        assert 1 <= widths[-1] <= 0.35 * 20
        assert (widths[60:] == widths[-1]).all()


def test_a_silhouette_keeps_the_proportions_of_the_person() -> None:
    person = np.zeros((80, 40), np.uint8)
    person[:, 10:30] = 255
    mask = distractors.silhouette(40, person)
    assert mask.shape == (40, 20)
    assert (mask[:, 8:12] == 255).all()
    assert not mask[:, :4].any()
    assert distractors.silhouette(4, person).shape == (4, 3), 'at least three pixels wide'


def test_a_shadow_darkens_a_part_of_the_ground() -> None:
    person = np.full((40, 16), 255, np.uint8)
    for seed in SEEDS:
        image = np.full((120, 160, 3), 200, np.uint8)
        distractors.cast_shadow(image, person, 70, 30, np.random.default_rng(seed))
        darker = image[..., 0] < 199
        assert image.max() == 200
        assert image.min() >= 200 * 0.4 - 1
        rows = darker.any(1).nonzero()[0]
        assert len(rows)
        assert abs(int(rows[0]) - 70) <= 10 or abs(int(rows[-1]) - 70) <= 10, 'it begins at feet'
        assert darker.mean() < 0.5


def test_hard_distractors_change_images_but_not_their_validity(training_data: Path) -> None:
    sets = (
        DatasetConfig('people'),
        DatasetConfig('backgrounds'),
        DatasetConfig('cut_outs', cut_outs=True),
    )
    mix = read_dataset_mix(sets, training_data, max_cut_out_height=90)
    options = ComposerOptions(width=128, height=96, person_height=(16, 60), hard_distractors=True)
    hard = SampleComposer(mix.images, mix.cut_outs, options)
    easy = SampleComposer(mix.images, mix.cut_outs, replace(options, hard_distractors=False))
    differing = 0
    for seed in range(40):
        sample, again, other = (c(np.random.default_rng(seed)) for c in (hard, hard, easy))
        assert np.array_equal(sample.image, again.image)
        assert sample.image.shape == (96, 128, 3)
        assert len(sample.boxes_xyxy) == len(sample.identities)
        assert (sample.boxes_xyxy[:, 2:] > sample.boxes_xyxy[:, :2]).all()
        differing += not np.array_equal(sample.image, other.image)
    assert differing > 20
