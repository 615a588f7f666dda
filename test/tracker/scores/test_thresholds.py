# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Relative scores, thresholds by class, and evidence, at and around their limits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fairmot_ros.tracker import TrackerConfig
from fairmot_ros.tracker.scores.scale import ScoreScale
from fairmot_ros.tracker.scores.thresholds import class_shift, evidence, relative_scores, usable
from fairmot_ros.types import Detections

CLASSES = np.array([0, 1, 2, 9])


def scores(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_relative_scores_are_divided_by_the_scale_and_at_most_1() -> None:
    """The highest score of the first frame is the mean; 0.95 makes a scale of 1."""
    config = TrackerConfig(min_score_scale=0.1)
    given = scores(0.475, 0.19, 0.4)
    assert relative_scores(given, ScoreScale(), config) == pytest.approx([0.95, 0.38, 0.8])
    scale = ScoreScale()
    relative_scores(given, scale, config)
    assert relative_scores(scores(0.6), scale, config).tolist() == [1.0]
    assert relative_scores(scores(0.97, 0.3), ScoreScale(), config).tolist() == [
        np.float32(0.97),
        np.float32(0.3),
    ]


def test_the_scale_is_at_most_1() -> None:
    assert ScoreScale().factor(scores(0.99, 0.2), lowest=0.1) == 1.0


def test_lowest_scale() -> None:
    config = TrackerConfig(min_score_scale=0.5)
    assert relative_scores(scores(0.2), ScoreScale(), config) == pytest.approx([0.4])


@pytest.mark.parametrize(('score', 'seconds'), [(0.9, 3.0), (0.3, 10.0)], ids=['rise', 'fall'])
def test_mean_score_has_moved_by_63_percent_after_the_time_constant(
    score: float, seconds: float
) -> None:
    scale = ScoreScale()
    scale.factor(scores(0.6), lowest=0.1)
    scale.update(scores(score), seconds)
    expected = 0.6 + (score - 0.6) * (1 - math.exp(-1))
    assert scale.factor(scores(), lowest=0.1) == pytest.approx(expected / 0.95)


def test_updates_without_scores_or_before_the_first_frame_change_nothing() -> None:
    scale = ScoreScale()
    scale.update(scores(0.4), 1.0)
    assert scale.factor(scores(0.6), lowest=0.1) == pytest.approx(0.6 / 0.95)
    scale.update(scores(), 1.0)
    assert scale.factor(scores(), lowest=0.1) == pytest.approx(0.6 / 0.95)


def test_shift_of_classes_without_a_threshold_is_0() -> None:
    config = TrackerConfig(score_threshold=0.5, class_thresholds=[0.0, 0.8, 0.25])
    assert class_shift(CLASSES, config) == pytest.approx([0.0, 0.3, -0.25, 0.0])
    assert class_shift(CLASSES, TrackerConfig(class_thresholds=[0.0, 0.0])) == 0.0


@pytest.mark.parametrize(
    ('recover', 'indices', 'high'),
    [(True, [1, 2, 3], [False, False, True]), (False, [3], [True])],
)
def test_scores_at_a_threshold_are_below_it(
    recover: bool, indices: list[int], high: list[bool]
) -> None:
    config = TrackerConfig(
        score_threshold=0.5, low_score_threshold=0.25, recover_low_scores=recover
    )
    boxes = np.array([[0, 0, 10, 20]] * 4)
    detections = Detections(boxes, [0.25, 0.375, 0.5, 0.625])
    found, is_high = usable(detections, detections.scores, config)
    assert (found.tolist(), is_high.tolist()) == (indices, high)


def test_boxes_without_area_are_not_used() -> None:
    boxes = [[0, 0, 10, 20], [5, 0, 5, 20], [0, 7, 10, 7], [0, 0, 1, 1]]
    detections = Detections(boxes, [0.9] * 4)
    assert usable(detections, detections.scores, TrackerConfig())[0].tolist() == [0, 3]


def test_evidence_is_limited_at_0_99() -> None:
    limit = math.log(0.5 / 0.01)
    assert evidence(scores(0.98, 0.99, 1.0), 0.5) == pytest.approx(
        [math.log(0.5 / 0.02), limit, limit], rel=1e-5
    )
    assert evidence(scores(1.0), 1.0) == pytest.approx([0.0])
    assert evidence(scores(0.75, 0.5), np.array([0.5, 0.75])) == pytest.approx(
        [math.log(2), -math.log(2)]
    )
