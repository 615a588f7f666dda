# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of the selected detections of a frame."""

import numpy as np
import pytest

from fairmot_ros.tracker.matching.observations import Observations
from fairmot_ros.tracker.motion.parametrizations import XyahParametrization, XywhParametrization
from fairmot_ros.types import Detections

DETECTIONS = Detections(
    [[0, 0, 10, 20], [5, 5, 9, 9], [10, 20, 40, 80]],
    [0.9, 0.8, 0.7],
    [[3, 4], [1, 0], [0, 2]],
    [4, 5, 6],
)
CHOSEN = np.array([2, 0])


def test_selected_detections_keep_the_order_of_the_indices() -> None:
    found = Observations.of(DETECTIONS, CHOSEN, 2, XywhParametrization())
    assert len(found) == 2
    assert found.xyxy.T.tolist() == [[10, 20, 40, 80], [0, 0, 10, 20]]
    assert found.measurements.T.tolist() == [[25, 50, 30, 60], [5, 10, 10, 20]]
    assert found.class_ids.tolist() == [6, 4]
    assert found.scores == pytest.approx([0.7, 0.9])
    assert found.relative_scores is found.scores
    assert found.embeddings == pytest.approx(np.array([[0, 1], [0.6, 0.8]]))


def test_measurements_have_the_parametrization_of_the_filter() -> None:
    found = Observations.of(DETECTIONS, CHOSEN, 2, XyahParametrization())
    assert found.measurements.T.tolist() == [[25, 50, 0.5, 60], [5, 10, 0.5, 20]]


def test_relative_scores_are_selected_too() -> None:
    relative = np.array([0.1, 0.2, 0.3], np.float32)
    found = Observations.of(DETECTIONS, CHOSEN, 2, XywhParametrization(), relative)
    assert found.relative_scores == pytest.approx([0.3, 0.1])


def test_embeddings_that_no_track_stores_are_left_out() -> None:
    found = Observations.of(DETECTIONS, CHOSEN, 0, XywhParametrization())
    assert found.embeddings.shape == (2, 0)


def test_embeddings_of_detections_without_any_are_zero() -> None:
    plain = Detections(DETECTIONS.boxes_xyxy, DETECTIONS.scores)
    found = Observations.of(plain, CHOSEN, 2, XywhParametrization())
    assert found.embeddings.tolist() == [[0, 0], [0, 0]]
