# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Table of the default association: prediction, correction, evidence and timeouts by value."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fairmot_ros.tracker.associations.default_table import DefaultTable
from fairmot_ros.tracker.matching.observations import Observations
from fairmot_ros.tracker.motion.kalman import P, V
from fairmot_ros.tracker.motion.models import DEFAULT_MOTION
from fairmot_ros.tracker.motion.parametrizations import XywhParametrization
from fairmot_ros.types import Detections

BOXES = [[0, 0, 40, 100], [200, 0, 240, 100]]
NONE = np.array([False, False])


def observations(boxes: list, scores: list[float], embeddings: list | None = None) -> Observations:
    size = 0 if embeddings is None else len(embeddings[0])
    detections = Detections(boxes, scores, embeddings)
    return Observations.of(detections, np.arange(len(boxes)), size, XywhParametrization())


@pytest.fixture
def table() -> DefaultTable:
    """Two tracks of ids 5 and 6, spawned at 10 seconds."""
    return DefaultTable.empty().with_spawned(
        observations(BOXES, [0.9, 0.8]),
        np.array([0, 1]),
        first_id=5,
        now=10.0,
        confirmed=np.array([True, False]),
        evidence=np.array([1.0, -2.0]),
    )


def test_spawned_tracks(table: DefaultTable) -> None:
    assert table.ids.tolist() == [5, 6]
    assert table.hits.tolist() == [1, 1]
    assert table.started.tolist() == table.seen.tolist() == [10.0, 10.0]
    assert table.confirmed.tolist() == [True, False]
    assert table.evidence.tolist() == [1.0, -2.0]
    assert table.state[P].T.tolist() == [[20, 50, 40, 100], [220, 50, 40, 100]]
    assert not table.state[V].any()


def test_unmatched_tracks_slow_down_and_keep_their_size(table: DefaultTable) -> None:
    table.state[V] = 8.0
    table.predict(0.5, np.array([False, True]))
    slowed = 8.0 * math.exp(-0.5 / 1.7)
    assert table.state[V].T == pytest.approx(
        np.array([[8.0, 8.0, 8.0, 8.0], [slowed, slowed, 0, 0]])
    )
    assert table.state[P].T == pytest.approx(
        np.array([[24, 54, 44, 104], [220 + slowed / 2, 50 + slowed / 2, 40, 100]])
    )


def test_predicted_boxes_have_at_least_one_pixel(table: DefaultTable) -> None:
    table.state[V, 2:] = -1000.0
    table.predict(1.0, NONE)
    assert table.state[P, 2:].tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_correction_stores_score_time_and_hits_of_matched_tracks(table: DefaultTable) -> None:
    table.correct(np.array([1]), observations(BOXES, [0.7, 0.6]), np.array([0]), 11.0)
    assert table.scores == pytest.approx([0.9, 0.7])
    assert table.seen.tolist() == [10.0, 11.0]
    assert table.hits.tolist() == [1, 2]
    assert table.state[P, 0, 0] == 20.0
    assert table.state[P, 0, 1] < 120.0


@pytest.mark.parametrize(('score', 'scale'), [(1.0, 1.0), (0.5, 2.0), (0.25, 2.5)])
def test_low_scores_count_as_less_precise_measurements(
    table: DefaultTable, score: float, scale: float
) -> None:
    table.hits[:] = 2  # of single observations, the velocity variance would be inflated
    table.predict(0.1, NONE)
    moved = observations([[4, 0, 44, 110]], [score])
    expected = table.state.take([0], 2)
    DEFAULT_MOTION.update(expected, moved.measurements, np.array([scale]))
    table.correct(np.array([0]), moved, np.array([0]), 10.1)
    assert table.state.take([0], 2) == pytest.approx(expected)


def test_second_observation_far_away_sets_the_velocity(table: DefaultTable) -> None:
    """The velocity of a track with one observation is unknown, so a large one is no outlier."""
    moved = observations([[250, 0, 290, 100]], [1.0])
    known = table.take(np.array([0, 1]))
    known.hits[:] = 2
    for each in (table, known):
        each.predict(0.5, NONE)
        each.correct(np.array([0]), moved, np.array([0]), 10.5)
    assert table.state[V, 0, 0] == pytest.approx(500, rel=0.05)
    assert known.state[V, 0, 0] < 0.99 * table.state[V, 0, 0]


def test_evidence_adds_up_and_confirms_at_the_threshold(table: DefaultTable) -> None:
    rows = np.array([1])
    table.add_evidence(rows, np.array([2.5]), 1.0)
    assert table.evidence.tolist() == [1.0, 0.5]
    assert table.confirmed.tolist() == [True, False]
    table.add_evidence(rows, np.array([0.5]), 1.0)
    assert table.confirmed.tolist() == [True, True]
    table.add_evidence(rows, np.array([-9.0]), 1.0)
    assert table.confirmed.tolist() == [True, True], 'a confirmed track stays confirmed'


def test_embeddings_are_blended_with_the_weight_of_the_previous_one(table: DefaultTable) -> None:
    table.add_embeddings(2)
    table.embeddings[:] = [[1, 0], [1, 0]]
    table.smooth_embeddings(np.array([1]), np.array([[0, 1]], np.float32), 0.75)
    length = math.hypot(0.75, 0.25)
    assert table.embeddings == pytest.approx(np.array([[1, 0], [0.75 / length, 0.25 / length]]))


def test_tracks_are_kept_up_to_their_timeout(table: DefaultTable) -> None:
    timeouts = np.array([2.0, 1.0])
    assert table.without_expired(timeouts, 11.0).ids.tolist() == [5, 6]
    assert table.without_expired(timeouts, 11.25).ids.tolist() == [5]
    assert table.without_expired(timeouts, 12.25).ids.tolist() == []
