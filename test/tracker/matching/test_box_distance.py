# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Box distance of the default association, compared with one written out for a single pair."""

from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.tracker.matching.box_distance import gated_box_distance
from fairmot_ros.tracker.matching.observations import Observations

TRACK = (100.0, 200.0, 40.0, 100.0)  # centre x, centre y, width, height
WIDE = (1e6, 1e6, 0.0, 0.0)  # variances with which no pair is outside the gate


def iou(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Return the IoU of two boxes by centre and size, or of two intervals."""
    axes = len(a) // 2
    shared = area_a = area_b = 1.0
    for axis in range(axes):
        low = max(box[axis] - box[axis + axes] / 2 for box in (a, b))
        high = min(box[axis] + box[axis + axes] / 2 for box in (a, b))
        shared *= max(high - low, 0.0)
        area_a *= a[axis + axes]
        area_b *= b[axis + axes]
    return shared / (area_a + area_b - shared)


def expected_distance(track: tuple, detection: tuple, score: float, seconds: float) -> float:
    growth = 1 + 2 * min(0.11 + 0.27 * seconds, 0.32)
    grown = [(x, y, growth * w, growth * h) for x, y, w, h in (track, detection)]
    vertical = iou((track[1], track[3]), (detection[1], detection[3]))
    return 1 - iou(*grown) * vertical**1.75 * (0.64 + 0.36 * score)


def distances(
    track: tuple, detection: tuple, score: float, seconds: float, variance: tuple = WIDE
) -> list[float]:
    """Return the cost of the pair, or nothing if it is no candidate."""
    state = np.zeros((5, 4, 1))
    state[0, :, 0] = track
    scores = np.array([score], np.float32)
    observations = Observations(
        np.zeros((4, 1)),
        np.array([detection]).T,
        scores,
        scores,
        np.zeros(1, np.int64),
        np.zeros((1, 0), np.float32),
    )
    innovation = np.array([variance]).T
    pairs = gated_box_distance(state, innovation, np.array([seconds]), observations)
    return pairs.cost.tolist()


@pytest.mark.parametrize('seconds', [0.0, 0.5, 3.0])
@pytest.mark.parametrize('score', [0.25, 1.0])
@pytest.mark.parametrize(
    'detection',
    [
        pytest.param(TRACK, id='same'),
        pytest.param((110.0, 185.0, 30.0, 120.0), id='moved'),
        pytest.param((104.0, 202.0, 10.0, 20.0), id='inside'),
        pytest.param((148.0, 210.0, 40.0, 100.0), id='overlap when enlarged'),
    ],
)
def test_distance_of_a_pair(detection: tuple, score: float, seconds: float) -> None:
    expected = expected_distance(TRACK, detection, score, seconds)
    assert distances(TRACK, detection, score, seconds) == pytest.approx([expected])


@pytest.mark.parametrize(
    'detection',
    [(155.0, 200.0, 40.0, 100.0), (100.0, 305.0, 40.0, 100.0)],
    ids=['beside', 'below'],
)
def test_pair_without_overlap_is_no_candidate(detection: tuple) -> None:
    assert distances(TRACK, detection, 1.0, 0.0) == []


@pytest.mark.parametrize(('offset', 'count'), [(6.0, 1), (8.0, 0)])
def test_pair_outside_the_gate_is_no_candidate(offset: float, count: int) -> None:
    """The gate is a squared distance of 40; that of both axes together is 36 or 64."""
    detection = (100 + offset * 0.6, 200 + offset * 0.8, 40.0, 100.0)
    assert len(distances(TRACK, detection, 1.0, 0.0, (1.0, 1.0, 0.0, 0.0))) == count
