# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Time in seconds: frame rate, gaps and dropped frames hardly change the results."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from fairmot_ros.evaluation import evaluate_mot
from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.types import Detections

PEOPLE = 12


def walkers(stamps: np.ndarray) -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
    """Yield stamp, boxes_xyxy and identities of people on straight, crossing paths."""
    rng = np.random.default_rng(3)
    start = rng.uniform((0, 100), (1600, 700), (PEOPLE, 2))
    target = rng.uniform((400, 200), (1200, 600), (PEOPLE, 2))
    path = target - start
    velocity = path / np.linalg.norm(path, axis=1)[:, None] * rng.uniform(60, 140, PEOPLE)[:, None]
    for stamp in stamps:
        corner = start + velocity * stamp
        boxes = np.concatenate((corner, corner + np.array([50, 130])), axis=1)
        yield stamp, boxes, np.arange(1, PEOPLE + 1)


def identity(config: TrackerConfig, stamps: np.ndarray) -> tuple[float, int]:
    """Return IDF1 and the number of identity switches of a run."""
    rng = np.random.default_rng(5)
    tracker, truth, results = Tracker(config), [], []
    for frame, (stamp, boxes, ids) in enumerate(walkers(stamps), start=1):
        size = boxes[:, 2:] - boxes[:, :2]
        truth += [[frame, i, *b[:2], *s, 1, -1, -1, -1] for i, b, s in zip(ids, boxes, size)]
        seen = rng.random(PEOPLE) < 0.95
        noisy = boxes[seen] + rng.normal(0, 1.5, (int(seen.sum()), 4))
        for track in tracker.update(Detections(noisy, np.full(len(noisy), 0.9)), stamp):
            results.append([frame, track.track_id, *track.box_xywh, 1, -1, -1, -1])
    metrics = evaluate_mot({'walk': (np.array(truth), np.array(results))})['COMBINED']
    return metrics['IDF1'], metrics['IDSW']


def stamps_of(kind: str) -> np.ndarray:
    """Return the stamps of half a minute of frames."""
    rng = np.random.default_rng(1)
    if kind == 'irregular':
        return np.cumsum(rng.uniform(0.02, 0.2, 270))
    if kind == 'bursts':
        return np.cumsum(np.tile([0.033, 0.033, 0.033, 0.3], 75))
    return np.arange(0, 30, 1 / float(kind))


@pytest.mark.parametrize('kind', ['7', '15', '30', 'irregular', 'bursts'])
def test_ids_are_stable_at_any_frame_rate(kind: str) -> None:
    idf1, _ = identity(TrackerConfig(), stamps_of(kind))
    assert idf1 > 0.93


def test_dropped_frames_cost_little_unlike_in_the_reference() -> None:
    every = stamps_of('10')
    half = every[np.random.default_rng(2).random(len(every)) < 0.5]
    ours, reference = TrackerConfig(), TrackerConfig.reference(variant='byte')
    cost = {
        config: identity(config, every)[0] - identity(config, half)[0]
        for config in (ours, reference)
    }
    assert cost[ours] < 0.02
    assert cost[reference] > 0.2


def test_uncertainty_grows_with_time_not_with_frames() -> None:
    spreads = []
    for frames in (1, 10):
        tracker = Tracker()
        for i in range(10):
            tracker.update(Detections([[100, 100, 140, 200]], [0.9]), i / 10)
        for i in range(frames):
            tracker.update(Detections.empty(), 0.9 + 0.5 * (i + 1) / frames)
        (lost,) = tracker.lost
        spreads.append(np.trace(lost.covariance))
    assert spreads[0] == pytest.approx(spreads[1], rel=0.1)


def test_tracks_continue_at_a_frame_interval_above_lost_timeout() -> None:
    tracker = Tracker(TrackerConfig(lost_timeout=0.5))
    for i in range(6):
        boxes = [[100 + 5 * i, 100, 140 + 5 * i, 200]]
        (track,) = tracker.update(Detections(boxes, [0.9]), 2.0 * i)
    assert track.track_id == 1
