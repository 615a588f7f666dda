# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Costs and candidates of single stages, and overlaps between the detections of a frame."""

from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.boxes import xyxy_to_cxcywh
from fairmot_ros.tracker.matching.candidate_pairs import CandidatePairs
from fairmot_ros.tracker.matching.observations import Observations
from fairmot_ros.tracker.matching.overlaps import largest_overlap, occluded
from fairmot_ros.tracker.matching.stages import by_appearance, unambiguous

Pair = tuple[int, int, float]


def pairs_of(*pairs: Pair) -> CandidatePairs:
    rows, columns, cost = zip(*pairs)
    return CandidatePairs(np.array(rows), np.array(columns), np.array(cost))


def observed(boxes: list, embeddings: list | None = None) -> Observations:
    xyxy = np.array(boxes, np.float64)
    scores = np.full(len(boxes), 0.9, np.float32)
    vectors = np.zeros((len(boxes), 0)) if embeddings is None else np.array(embeddings)
    return Observations(
        xyxy.T,
        xyxy_to_cxcywh(xyxy).T,
        scores,
        scores,
        np.zeros(len(boxes), np.int64),
        vectors.astype(np.float32),
    )


def test_cost_by_appearance_has_two_percent_of_the_box_distance() -> None:
    pairs = pairs_of((0, 0, 0.5), (0, 1, 1.0))
    tracks, detections = np.array([[1, 0]], 'f4'), np.array([[0.6, 0.8], [0, 1]], 'f4')
    cost = by_appearance(pairs, tracks, detections).cost
    assert cost == pytest.approx([0.98 * 0.4 + 0.02 * 0.5, 0.98 * 1.0 + 0.02 * 1.0])


@pytest.mark.parametrize(
    ('pairs', 'expected'),
    [
        pytest.param([(0, 0, 0.8), (1, 1, 0.8)], [(0, 0), (1, 1)], id='no other'),
        pytest.param([(0, 0, 0.8), (1, 0, 0.8)], [], id='two tracks'),
        pytest.param([(0, 0, 0.8), (0, 1, 0.8)], [], id='two detections'),
        pytest.param([(0, 0, 0.8), (0, 1, 0.9)], [(0, 0)], id='the other one is far'),
        pytest.param([(0, 0, 0.88), (1, 1, 0.87)], [(1, 1)], id='largest distance'),
    ],
)
def test_unambiguous_pairs(pairs: list[Pair], expected: list[tuple[int, int]]) -> None:
    heights = np.full(2, 100.0)
    eligible = np.ones(len(pairs), np.bool_)
    rows, columns, _ = unambiguous(pairs_of(*pairs), eligible, heights, heights)
    assert list(zip(rows.tolist(), columns.tolist())) == expected


def test_pairs_that_are_not_eligible_make_others_ambiguous_but_are_not_returned() -> None:
    heights = np.full(3, 100.0)
    pairs = pairs_of((0, 0, 0.5), (1, 0, 0.5), (2, 2, 0.5))
    for eligible in ([True, False, True], [True, True, True]):
        assert unambiguous(pairs, np.array(eligible), heights, heights).rows.tolist() == [2]
    none = np.array([True, False, False])
    assert unambiguous(pairs, none, heights, heights).rows.tolist() == []


@pytest.mark.parametrize(
    ('track', 'detection', 'count'),
    [(124.0, 100.0, 1), (100.0, 124.0, 1), (125.0, 100.0, 0), (100.0, 125.0, 0)],
)
def test_unambiguous_pairs_have_similar_heights(
    track: float, detection: float, count: int
) -> None:
    pairs = unambiguous(
        pairs_of((0, 0, 0.5)), np.array([True]), np.array([track]), np.array([detection])
    )
    assert len(pairs.rows) == count


def test_detection_whose_feet_are_higher_is_occluded() -> None:
    behind, front, apart = [0, 0, 10, 90], [2, 0, 12, 100], [50, 0, 60, 80]
    assert occluded(observed([behind, front, apart])).tolist() == [True, False, False]
    assert occluded(observed([front, behind])).tolist() == [False, True]
    assert occluded(observed([front, front])).tolist() == [False, False], 'feet at one height'


@pytest.mark.parametrize(('left', 'expected'), [(5.0, True), (6.0, False)])
def test_small_overlap_occludes_nothing(left: float, expected: bool) -> None:
    """Where the boxes share 5 columns of 10, their IoU is 0.33; with 4 columns, 0.25."""
    boxes = [[0, 0, 10, 100], [left, 0.001, left + 10, 100.001]]
    assert occluded(observed(boxes)).tolist() == [expected, False]


def test_largest_overlap_is_the_largest_iou_with_others() -> None:
    boxes = [[0, 0, 10, 10], [5, 0, 15, 10], [8, 0, 18, 10], [40, 0, 50, 10]]
    overlap = largest_overlap(observed(boxes), np.array([0, 3]), np.array([1, 2]), 0.4)
    assert overlap == pytest.approx([5 / 15, 0.0])


def test_largest_overlap_counts_others_of_similar_appearance() -> None:
    boxes = [[0, 0, 10, 10], [2, 0, 12, 10], [5, 0, 15, 10]]
    embeddings = [[1, 0], [0.6, 0.8], [0.8, 0.6]]
    seen = observed(boxes, embeddings)
    columns, others = np.array([0]), np.array([1, 2])
    for max_distance, expected in ((0.5, 8 / 12), (0.3, 5 / 15), (0.1, 0.0)):
        assert largest_overlap(seen, columns, others, max_distance) == pytest.approx([expected])
