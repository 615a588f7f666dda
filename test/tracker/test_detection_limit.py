# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`max_detections`: only the detections with the highest scores are used."""

from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.pipeline import FrameSettings, FrameTracker
from fairmot_ros.tracker import REFERENCE_VARIANTS, Tracker, TrackerConfig
from fairmot_ros.types import Detections


def row_of_people(count: int, scores: np.ndarray) -> Detections:
    """Return detections side by side, without overlap."""
    left = 50.0 * np.arange(count)
    boxes = np.stack((left, np.zeros(count), left + 40, np.full(count, 120.0)), axis=1)
    return Detections(boxes, scores, np.eye(count, 8) + 0.1, np.arange(count) % 3)


def test_best_keeps_the_order_of_detections() -> None:
    scores = np.array([0.5, 0.9, 0.5, 0.7, 0.5, 0.9], np.float32)
    detections = row_of_people(6, scores)
    for count, rows in ((1, [1]), (2, [1, 5]), (4, [0, 1, 3, 5]), (5, [0, 1, 2, 3, 5])):
        best, expected = detections.best(count), detections[np.array(rows)]
        for name in ('boxes_xyxy', 'scores', 'embeddings', 'class_ids'):
            assert np.array_equal(getattr(best, name), getattr(expected, name))
    assert detections.best(6) is detections.best(9) is detections
    assert len(Detections.empty().best(3)) == 0


def test_default_limit_is_the_documented_one() -> None:
    assert TrackerConfig().max_detections == 1000


def test_other_detections_do_not_change_results() -> None:
    rng = np.random.default_rng(0)
    limited, given = Tracker(TrackerConfig(max_detections=20)), Tracker()
    for frame in range(6):
        detections = row_of_people(30, rng.uniform(0.3, 1.0, 30).astype(np.float32))
        found = limited.update(detections, frame / 10)
        expected = given.update(detections.best(20), frame / 10)
        assert limited.ignored_detections == 10
        assert given.ignored_detections == 0
        assert np.array_equal(found.ids, expected.ids)
        assert np.array_equal(found.boxes_xywh, expected.boxes_xywh)
    limited.update(detections[:20], 1.0)
    assert limited.ignored_detections == 0


@pytest.mark.parametrize('variant', REFERENCE_VARIANTS)
def test_reference_has_no_limit(variant: str) -> None:
    tracker = Tracker(TrackerConfig.reference(variant=variant))
    assert len(tracker.update(row_of_people(1200, np.full(1200, 0.9, np.float32)))) == 1200
    assert tracker.ignored_detections == 0


def test_limit_can_change_while_tracking() -> None:
    frames = FrameTracker(FrameSettings(TrackerConfig(max_detections=2)))
    people = row_of_people(4, np.full(4, 0.95, np.float32))
    for stamp, limit, count in ((1.0, 2, 2), (1.1, 3, 2), (1.2, 3, 3)):
        frames.configure(FrameSettings(TrackerConfig(max_detections=limit)))
        assert frames.admit(stamp).is_tracked
        assert len(frames.track(people, stamp)) == count


@pytest.mark.parametrize('limit', [0, -1, 1_000_001])
def test_limit_out_of_range_raises(limit: int) -> None:
    with pytest.raises(ValueError, match='max_detections must be within 1'):
        TrackerConfig(max_detections=limit)
