# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fairmot_ros.boxes import visible_share
from fairmot_ros.training.config import ComposerOptions, DatasetConfig
from fairmot_ros.training.data.dataset_mix import read_dataset_mix
from fairmot_ros.training.synthesis.composer import SampleComposer

OPTIONS = ComposerOptions(width=128, height=96, person_height=(16, 60))


@pytest.fixture(scope='module')
def composer(training_data: Path) -> SampleComposer:
    sets = (
        DatasetConfig('people'),
        DatasetConfig('backgrounds'),
        DatasetConfig('cut_outs', cut_outs=True),
    )
    mix = read_dataset_mix(sets, training_data, max_cut_out_height=90)
    return SampleComposer(mix.images, mix.cut_outs, OPTIONS)


def test_a_mosaic_keeps_boxes_on_their_people(training_data: Path) -> None:
    images = read_dataset_mix((DatasetConfig('people'),), training_data).images
    composer = SampleComposer(images, [], replace(OPTIONS, mosaic_share=1.0))
    samples = [composer._mosaic(np.random.default_rng(i)) for i in range(20)]
    assert all(sample.image.shape == (96, 128, 3) for sample in samples)
    assert max(len(sample.boxes_xyxy) for sample in samples) > 2
    for sample in samples:
        assert len(sample.boxes_xyxy) == len(sample.identities)
        for x0, y0, x1, y1 in sample.boxes_xyxy:
            x, y = int((x0 + x1) / 2), int((y0 + y1) / 2)
            middle = sample.image[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3)
            assert middle.std(axis=0).max() < 8, 'each person in these images has one colour'


def test_samples_are_valid_and_reproducible(composer: SampleComposer) -> None:
    seen = set()
    for i in range(60):
        sample = composer(np.random.default_rng(i))
        assert sample.image.shape == (96, 128, 3)
        assert sample.image.dtype == np.uint8
        assert len(sample.boxes_xyxy) == len(sample.identities)
        assert (visible_share(sample.boxes_xyxy, (128, 96)) > 0).all()
        assert (sample.boxes_xyxy[:, 2:] > sample.boxes_xyxy[:, :2]).all()
        seen.update(sample.identities.tolist())
        again = composer(np.random.default_rng(i))
        assert np.array_equal(sample.image, again.image)
        assert np.array_equal(sample.boxes_xyxy, again.boxes_xyxy)
    assert seen == set(range(7))  # labelled people and cut-outs alike


def test_occluded_people_lose_their_label(composer: SampleComposer, training_data: Path) -> None:
    """Pasted people occlude others, so fewer are labelled than without a minimum."""
    everyone = SampleComposer(
        composer.images_with_people + composer.backgrounds,
        composer.cut_outs,
        replace(OPTIONS, min_visible=0.0),
    )
    strict = SampleComposer(
        composer.images_with_people + composer.backgrounds,
        composer.cut_outs,
        replace(OPTIONS, min_visible=0.8),
    )
    counts = [
        sum(len(c(np.random.default_rng(i)).boxes_xyxy) for i in range(60))
        for c in (everyone, strict)
    ]
    assert counts[0] > counts[1] > 0
