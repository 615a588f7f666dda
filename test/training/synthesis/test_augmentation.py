# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import random
from pathlib import Path

import cv2
import numpy as np
import pytest
from recordings import recordings

from fairmot_ros.training.config import AugmentationOptions
from fairmot_ros.training.data.sample import Sample
from fairmot_ros.training.synthesis.augmentation import (
    augment,
    jitter_hsv,
    map_boxes,
    random_affine,
    warp,
)

NO_AUGMENTATION = AugmentationOptions(
    hsv=0, rotation=0, translation=0, scale=(1, 1), shear=0, flip=0
)


@pytest.mark.parametrize('seed', range(4))
@pytest.mark.parametrize('path', recordings('random_affine_272x152.npz'))
def test_the_affine_transform_equals_the_reference(path: Path, seed: int) -> None:
    fixture = np.load(path)
    random.seed(seed)
    matrix, angle = random_affine(random.random, (272, 152), AugmentationOptions())
    assert np.abs(matrix - fixture[f'M_{seed}']).max() < 1e-12
    difference = warp(fixture['image'], matrix).astype(int) - fixture[f'img_{seed}']
    assert np.abs(difference).max() <= 1
    boxes, kept = map_boxes(fixture[f'in_{seed}'][:, 2:], matrix, angle, (272, 152))
    expected = fixture[f'out_{seed}']
    assert np.abs(boxes - expected[:, 2:]).max() < 1e-4
    assert np.array_equal(fixture[f'in_{seed}'][kept, :2], expected[:, :2])


def test_colours_equal_the_reference() -> None:
    """Saturation, then value: float factor, clipped from above, truncated to a byte."""
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    for seed in range(5):
        draw, again = random.Random(seed), random.Random(seed)
        hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
        for channel in (1, 2):
            factor = (again.random() * 2 - 1) * 0.5 + 1
            values = np.minimum(hsv[:, :, channel].astype(np.float32) * factor, 255)
            hsv[:, :, channel] = values.astype(np.uint8)
        expected = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)
        assert np.array_equal(jitter_hsv(image, draw.random, 0.5), expected)


def test_without_augmentation_an_image_is_only_letterboxed() -> None:
    image = np.full((50, 200, 3), 255, np.uint8)
    sample = Sample(image, np.array([[20, 10, 60, 40]], np.float32), np.array([3]))
    done = augment(sample, (100, 100), NO_AUGMENTATION, np.random.default_rng(0))
    assert done.boxes_xyxy.tolist() == [[10, 42.5, 30, 57.5]]
    assert done.image[60, 50].tolist() == [255, 255, 255]
    assert done.image[10, 50].tolist() == [128, 128, 128]


def test_boxes_follow_their_people() -> None:
    """A bright rectangle stays inside its box, and fills most of it."""
    image = np.zeros((120, 160, 3), np.uint8)
    image[30:90, 60:90] = 255
    for seed in range(30):
        sample = Sample(image, np.array([[60, 30, 90, 90]], np.float32), np.array([3]))
        options = AugmentationOptions(hsv=0, flip=seed % 2)
        done = augment(sample, (160, 128), options, np.random.default_rng(seed))
        (box,) = done.boxes_xyxy
        bright = np.argwhere(done.image[:, :, 0] > 150)[:, ::-1]
        inside = (bright >= box[:2] - 2).all(axis=1) & (bright <= box[2:] + 2).all(axis=1)
        assert inside.mean() > 0.95
        assert len(bright) > 0.7 * np.prod(box[2:] - box[:2])
