# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import numpy as np
import pytest

from fairmot_ros.detector.suppression import non_maximum_suppression

BOXES = np.array(
    [[0, 0, 10, 20], [1, 0, 11, 20], [30, 0, 40, 20], [2, 0, 12, 20]], np.float32
)  # the second overlaps with the first by 0.82, the fourth by 0.67
SAME = np.zeros(4, np.int64)


@pytest.mark.parametrize(
    ('max_iou', 'kept'), [(0.65, [0, 2]), (0.7, [0, 2, 3]), (0.9, [0, 1, 2, 3]), (0.0, [0, 2])]
)
def test_a_better_box_suppresses_those_it_overlaps(max_iou: float, kept: list[int]) -> None:
    assert non_maximum_suppression(BOXES, SAME, max_iou).tolist() == kept


def test_a_suppressed_box_suppresses_nothing() -> None:
    chain = np.array([[0, 0, 10, 10], [3, 0, 13, 10], [6, 0, 16, 10]], np.float32)
    # Neighbours overlap by 0.54, the first and the third by 0.25.
    assert non_maximum_suppression(chain, SAME[:3], 0.5).tolist() == [0, 2]


def test_classes_do_not_suppress_each_other() -> None:
    assert non_maximum_suppression(BOXES, np.array([0, 1, 0, 1])).tolist() == [0, 1, 2]


def test_no_boxes() -> None:
    kept = non_maximum_suppression(np.zeros((0, 4), np.float32), SAME[:0])
    assert kept.shape == (0,)
    assert kept.dtype == np.int64
