# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Score scale: results hardly depend on the score range of the detector."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest

from fairmot_ros.evaluation import evaluate_mot
from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.tracker.associations.default import DefaultAssociation
from fairmot_ros.tracker.scores.scale import TYPICAL_SCORE, ScoreScale
from fairmot_ros.types import Detections, Track

Remap = Callable[[np.ndarray], np.ndarray]
RATE = 10.0
WALKERS = np.array([[50.0, 60.0], [250.0, -40.0], [450.0, 30.0], [650.0, -60.0], [850.0, 20.0]])


def scene(frames: int = 80) -> tuple[list[Detections], np.ndarray]:
    """Return noisy detections and MOTChallenge rows of walking people.

    One box in ten is missing. Every frame has two false detections of lower scores.
    """
    rng = np.random.default_rng(3)
    stream, truth = [], []
    for i in range(frames):
        left = WALKERS[:, 0] + WALKERS[:, 1] * i / RATE
        top = 150.0 + 130.0 * np.arange(len(WALKERS))
        boxes = np.stack((left, top, left + 40, top + 100), axis=1)
        truth += [[i + 1, k + 1, *box[:2], 40, 100, 1, -1, -1, -1] for k, box in enumerate(boxes)]
        found = rng.random(len(boxes)) < 0.9
        corner = rng.uniform((0, 0), (1200, 800), (2, 2))
        false = np.concatenate((corner, corner + np.array((40, 100))), axis=1)
        seen = boxes[found] + rng.normal(0, 1.5, (found.sum(), 4))
        scores = np.concatenate((rng.uniform(0.8, 1.0, found.sum()), rng.uniform(0.3, 0.7, 2)))
        stream.append(Detections(np.concatenate((seen, false)), scores))
    return stream, np.array(truth)


def remapped(stream: Iterable[Detections], remap: Remap) -> list[Detections]:
    return [Detections(d.boxes_xyxy, remap(d.scores.astype(np.float64))) for d in stream]


def mota(stream: list[Detections], truth: np.ndarray) -> float:
    tracker, rows = Tracker(), [np.zeros((0, 10))]
    for i, detections in enumerate(stream):
        tracks = tracker.update(detections, i / RATE)
        rows += [np.array([[i + 1, t.track_id, *t.box_xywh, 1, -1, -1, -1]]) for t in tracks]
    return 100 * evaluate_mot({'scene': (truth, np.concatenate(rows))})['COMBINED']['MOTA']


def person(score: float, x: float = 100.0) -> Detections:
    return Detections([[x, 100, x + 40, 200]], [score])


def last(tracker: Tracker, stream: Iterable[Detections], start: float = 0.0) -> list[Track]:
    tracks: list[Track] = []
    for i, detections in enumerate(stream):
        tracks = tracker.update(detections, start + i / RATE)
    return tracks


@pytest.mark.parametrize(
    'remap',
    [
        lambda s: 0.5 * s,
        lambda s: 0.2 + 0.6 * s,
        lambda s: s**2,
        np.sqrt,
        lambda s: np.round(s, 1),
        lambda s: np.clip(s, 0.2, 0.6),
    ],
    ids=['half', 'compressed', 'squared', 'root', 'rounded', 'clipped'],
)
def test_remapped_scores_hardly_change_the_result(remap: Remap) -> None:
    stream, truth = scene()
    original = mota(stream, truth)
    assert original > 85
    assert mota(remapped(stream, remap), truth) == pytest.approx(original, abs=1.5)


def test_low_scores_give_tracks() -> None:
    rng = np.random.default_rng(0)
    stream = [person(rng.uniform(0.25, 0.45), 100 + 2 * i) for i in range(30)]
    assert [t.track_id for t in last(Tracker(), stream)] == [1]
    assert last(Tracker(TrackerConfig(min_score_scale=1.0)), stream) == []


@pytest.mark.parametrize('score', [0.3, 0.6, 0.95])
def test_detections_in_single_frames_give_no_visible_track(score: float) -> None:
    tracker = Tracker()
    tracker.update(Detections.empty(), -1 / RATE)
    for i in range(100):
        assert tracker.update(person(score, x=(i % 7) * 300), i / RATE) == []


def test_persistent_false_detection_of_low_score_gives_no_track() -> None:
    """Neither beside detections of high score nor alone."""
    beside = Detections([[100, 100, 140, 200], [500, 100, 540, 200]], [0.9, 0.4])
    assert [t.track_id for t in last(Tracker(), [beside] * 100)] == [1]
    assert last(Tracker(), [person(0.24)] * 100) == []


def test_scale_falls_after_high_scores() -> None:
    """Without other tracks, a detection of low score gets a track within half a minute."""
    tracker = Tracker()
    last(tracker, [person(0.9)] * 100)
    assert last(tracker, [person(0.4, x=600)] * 20, start=20.0) == []
    assert len(last(tracker, [person(0.4, x=600)] * 300, start=30.0)) == 1


def test_track_has_the_unscaled_score() -> None:
    (track,) = last(Tracker(), [person(0.5)] * 20)
    assert track.score == pytest.approx(0.5)


def test_first_detections_set_the_scale() -> None:
    scale = ScoreScale()
    nothing = np.zeros(0, np.float32)
    assert scale.factor(nothing, lowest=0.5) == 1
    assert scale.factor(np.array([0.3, 0.6], np.float32), lowest=0.5) == pytest.approx(
        0.6 / TYPICAL_SCORE
    )
    assert scale.factor(nothing, lowest=0.8) == 0.8


def test_without_confirmed_tracks_the_highest_score_sets_the_scale() -> None:
    """Detections that jump are never confirmed; those of low scores do not lower the scale."""
    association = DefaultAssociation(TrackerConfig())
    association.step(Detections.empty(), 0.0, 1, None)
    for i in range(1, 60):
        x = 500.0 * i
        pair = Detections([[x, 0, x + 40, 100], [x, 300, x + 40, 400]], [0.6, 0.3])
        association.step(pair, i / RATE, 1, None)
    assert not association.table.confirmed.any()
    factor = association._score_scale.factor(np.zeros(0, np.float32), lowest=0.1)
    assert factor == pytest.approx(0.6 / TYPICAL_SCORE)


@pytest.mark.parametrize('score', [0.5, 0.95])
def test_scale_does_not_depend_on_the_frame_rate(score: float) -> None:
    factors = []
    for rate in (2, 10, 50):
        scale = ScoreScale()
        scale.factor(np.array([0.7], np.float32), lowest=0.1)
        for _ in range(5 * rate):
            scale.update(np.array([score], np.float32), 1 / rate)
        factors.append(scale.factor(np.array([], np.float32), lowest=0.1))
    assert factors == pytest.approx([factors[0]] * 3)
    assert (factors[0] < 0.7 / TYPICAL_SCORE) == (score < 0.7)


def test_scale_of_one_disables_the_adaptation() -> None:
    tracker = Tracker(TrackerConfig(min_score_scale=1.0, new_track_threshold=0.6))
    assert last(tracker, [person(0.59)] * 30) == []
    assert len(last(tracker, [person(0.7)] * 30, start=5.0)) == 1
