# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Non-maximum suppression and weighted boxes fusion on worked examples."""

import numpy as np
import pytest

from fairmot_ros.training.distillation.teachers.fusion import fuse, suppress


def rows(*boxes: list[float]) -> np.ndarray:
    return np.array(boxes, np.float32).reshape(-1, 5)


def test_suppression_keeps_the_best_of_overlapping_boxes() -> None:
    # The third overlaps the second alone, which the first suppresses.
    found = rows([4, 0, 14, 10, 0.5], [0, 0, 10, 10, 0.9], [8, 0, 18, 10, 0.4])
    assert suppress(found, 0.4)[:, 4].tolist() == pytest.approx([0.9, 0.4])
    assert suppress(found[:0], 0.4).shape == (0, 5)


def test_fused_boxes_are_means_weighted_by_score() -> None:
    fused = fuse([rows([0, 0, 10, 20, 0.9]), rows([1, 0, 11, 20, 0.6]), rows()])
    np.testing.assert_allclose(fused, [[0.4, 0, 10.4, 20, 0.5]], rtol=1e-6)


def test_a_box_of_one_detector_of_four_scores_low() -> None:
    single, common = [50, 0, 60, 20, 0.8], [0, 0, 10, 20, 0.6]
    fused = fuse([rows(common, single), rows(common), rows(common), rows(common)])
    np.testing.assert_allclose(fused, rows(common, [*single[:4], 0.2]), rtol=1e-6)


def test_boxes_that_overlap_too_little_stay_apart() -> None:
    # IoU 0.6 and 0.43
    near, far = [0, 0, 10, 20, 0.9], [2.5, 0, 12.5, 20, 0.5]
    assert len(fuse([rows(near), rows(far)])) == 1
    assert len(fuse([rows(near), rows([4, 0, 14, 20, 0.5])])) == 2
    assert len(fuse([rows(near), rows(far)], min_iou=0.65)) == 2


def test_two_boxes_of_one_detector_do_not_count_twice() -> None:
    fused = fuse([rows([0, 0, 10, 20, 0.9], [0, 1, 10, 20, 0.7]), rows([0, 0, 10, 20, 0.8])])
    assert fused[:, 4].tolist() == pytest.approx([0.8])


def test_nothing_fuses_to_nothing() -> None:
    assert fuse([rows(), rows()]).shape == (0, 5)
