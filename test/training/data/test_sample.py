# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Samples: cropping, flipping, pasting and selection keep image and labels consistent."""

import numpy as np
import pytest

from fairmot_ros.training.data.sample import Sample, crop_window


def marked_sample() -> Sample:
    """Return a sample with a labelled white rectangle on black."""
    image = np.zeros((100, 200, 3), np.uint8)
    image[20:60, 50:70] = 255
    return Sample(image, np.array([[50, 20, 70, 60]], np.float32), np.array([7]))


@pytest.mark.parametrize('scale', [(0.5, 0.5), (1.0, 1.0), (1.5, 0.75)])
@pytest.mark.parametrize('corner', [(0, 0), (30.4, 10.2), (-8, -15)])
def test_a_window_keeps_boxes_on_their_people(
    corner: tuple[float, float], scale: tuple[float, float]
) -> None:
    window = crop_window(marked_sample(), *corner, scale, (96, 64), min_visible=0.1)
    assert window.image.shape == (64, 96, 3)
    (box,) = window.boxes_xyxy
    white = np.argwhere(window.image[:, :, 0] > 200)
    seen = np.array([*white.min(axis=0)[::-1], *(white.max(axis=0)[::-1] + 1)])
    assert np.abs(seen - np.clip(box, 0, [96, 64, 96, 64])).max() <= 1.5


def test_people_hardly_inside_a_window_are_ignored() -> None:
    window = crop_window(marked_sample(), 65, 0, (1, 1), (96, 64), min_visible=0.3)
    assert len(window.boxes_xyxy) == len(window.identities) == 0
    assert window.ignored_xyxy.tolist() == [[-15, 20, 5, 60]]


def test_people_outside_a_window_are_dropped() -> None:
    window = crop_window(marked_sample(), 69, 0, (1, 1), (96, 64), min_visible=0.3)
    assert len(window.boxes_xyxy) == len(window.ignored_xyxy) == 0


def test_flipping_mirrors_boxes() -> None:
    sample = marked_sample()
    sample.ignored_xyxy = np.array([[0, 0, 5, 5]], np.float32)
    sample.flip()
    assert sample.boxes_xyxy.tolist() == [[130, 20, 150, 60]]
    assert sample.ignored_xyxy.tolist() == [[195, 0, 200, 5]]
    assert sample.image[30, 131:149].min() == 255


def test_scores_stay_with_their_people() -> None:
    """Crops, pasted samples and selected rows keep their scores; added people have 1."""
    sample = marked_sample()
    sample.scores = np.array([0.5], np.float32)
    window = crop_window(sample, 20, 0, (1, 1), (96, 64), min_visible=0.1)
    window.paste(crop_window(marked_sample(), 20, 0, (1, 1), (48, 64), min_visible=0.1), 48, 0)
    assert window.label_scores().tolist() == [0.5, 1]
    window.boxes_xyxy = np.concatenate((window.boxes_xyxy, window.boxes_xyxy[:1]))
    window.identities = np.concatenate((window.identities, window.identities[:1]))
    assert window.label_scores().tolist() == [0.5, 1, 1]
    window.keep(np.array([False, True, True]))
    assert window.label_scores().tolist() == [1, 1]
    assert marked_sample().label_scores().tolist() == [1]
