# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Public behaviour of `Tracker`, mainly with the default association."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest

from fairmot_ros.tracker import ASSOCIATIONS, Tracker, TrackerConfig
from fairmot_ros.types import Detections, TrackState

RED, BLUE = np.eye(8)[0], np.eye(8)[1]


def person(
    x: float, embedding: np.ndarray = RED, score: float = 0.9, y: float = 100.0
) -> Detections:
    return Detections([[x, y, x + 40, y + 100]], [score], [embedding])


def joined(*people: Detections) -> Detections:
    return Detections(
        np.concatenate([p.boxes_xyxy for p in people]),
        np.concatenate([p.scores for p in people]),
        np.concatenate([p.embeddings for p in people]),
    )


NO_DETECTIONS = Detections.empty(8)


def test_moving_track_has_one_id_and_a_velocity() -> None:
    tracker = Tracker()
    for i in range(60):
        (track,) = tracker.update(person(100 + 3 * i), stamp=10 + i / 30)
    assert track.track_id == 1
    assert track.state is TrackState.TRACKED
    assert track.velocity == pytest.approx([90, 0], abs=2)
    assert track.hits == 60
    assert track.age == pytest.approx(59 / 30)
    assert track.time_since_update == 0
    assert np.linalg.norm(track.embedding) == pytest.approx(1)
    assert track.box_xyxy[2] - track.box_xyxy[0] == pytest.approx(40, abs=1)


@pytest.mark.parametrize('rate', [7.0, 10.0, 30.0, 60.0])
def test_velocity_is_in_pixels_per_second_at_any_rate(rate: float) -> None:
    tracker = Tracker()
    for i in range(int(4 * rate)):
        (track,) = tracker.update(person(100 + 60 * i / rate), stamp=i / rate)
    assert track.track_id == 1
    assert track.velocity[0] == pytest.approx(60, rel=0.05)


def test_dropped_frames_do_not_break_a_track() -> None:
    rng = np.random.default_rng(1)
    tracker = Tracker()
    ids = set()
    for i in range(300):
        if i < 5 or rng.random() < 0.5:
            ids.update(t.track_id for t in tracker.update(person(100 + 2 * i), stamp=i / 30))
    assert ids == {1}


def test_lost_timeout_is_in_seconds() -> None:
    for rate in (5, 50):
        tracker = Tracker(TrackerConfig(lost_timeout=1.0, reid_timeout=0.0))
        for i in range(rate):
            tracker.update(person(100), stamp=i / rate)
        last = (rate - 1) / rate
        tracker.update(NO_DETECTIONS, stamp=last + 0.9)
        (lost,) = tracker.lost
        assert lost.state is TrackState.LOST
        assert lost.time_since_update == pytest.approx(0.9)
        tracker.update(NO_DETECTIONS, stamp=last + 1.1)
        tracker.update(NO_DETECTIONS, stamp=last + 1.2)
        assert tracker.lost == []


def test_lost_track_is_matched_again() -> None:
    tracker = Tracker()
    for i in range(20):
        tracker.update(person(100), stamp=i / 10)
    tracker.update(NO_DETECTIONS, stamp=2.5)
    (track,) = tracker.update(person(103), stamp=3.0)
    assert track.track_id == 1


def test_new_track_is_tentative_until_its_second_detection() -> None:
    tracker = Tracker()
    tracker.update(person(100), stamp=0.0)
    visible = tracker.update(joined(person(100), person(400, BLUE)), stamp=0.1)
    assert [t.track_id for t in visible] == [1]
    (tentative,) = tracker.tentative
    assert tentative.state is TrackState.TENTATIVE
    visible = tracker.update(joined(person(100), person(402, BLUE)), stamp=0.2)
    assert [t.track_id for t in visible] == [1, 2]


def test_low_scores_continue_tracks_but_spawn_none() -> None:
    tracker = Tracker()
    tracker.update(person(100), stamp=0.0)
    (track,) = tracker.update(joined(person(101, score=0.3), person(500, score=0.3)), stamp=0.1)
    assert track.track_id == 1
    assert track.score == pytest.approx(0.3)
    assert tracker.tentative == []


def test_reset_drops_tracks_and_never_reuses_ids() -> None:
    tracker = Tracker()
    tracker.update(person(100), stamp=5.0)
    tracker.reset()
    assert tracker.lost == tracker.tentative == []
    (track,) = tracker.update(person(100), stamp=1.0)
    assert track.track_id == 2


def test_trackers_are_independent() -> None:
    first, second = Tracker(), Tracker()
    for i in range(3):
        first.update(joined(person(100), person(300, BLUE)), stamp=float(i) / 10)
        (track,) = second.update(person(100), stamp=float(i) / 10)
    assert track.track_id == 1


@pytest.mark.parametrize('association', ASSOCIATIONS)
def test_results_are_not_changed_by_later_updates(association: str) -> None:
    tracker = Tracker(TrackerConfig(association=association))
    results, copies = [], []
    for i in range(8):
        moving = person(100 + 10 * i, BLUE * 0.3 + RED)
        detections = joined(moving, person(400, BLUE)) if i % 3 else moving
        for tracks in (tracker.update(detections, stamp=i / 10), tracker.lost, tracker.tentative):
            results.append(tracks)
            copies.append(deepcopy(vars(tracks)))
    assert sum(map(len, results)) > 12
    for tracks, copy in zip(results, copies):
        for name, values in copy.items():
            assert np.array_equal(getattr(tracks, name), values)
    # Changing a result does not change the tracker either.
    (track, *_) = tracker.update(person(180), stamp=0.8)
    track.box_xywh[:] = 0
    assert tracker.update(person(190), stamp=0.9)[0].box_xywh[2] > 30


def test_camera_motion_keeps_ids_when_the_image_shifts() -> None:
    shift = np.array([[1, 0, 150], [0, 1, 0]])
    for given, ids in ((shift, {1}), (None, {1, 2})):
        tracker = Tracker(TrackerConfig(use_appearance=False))
        seen = set()
        for i in range(12):
            shifted = i >= 6
            motion = given if i == 6 else None
            tracks = tracker.update(
                person(100 + 150 * shifted), stamp=i / 10, camera_motion=motion
            )
            seen.update(t.track_id for t in tracks)
        assert seen == ids


def test_tracks_match_only_their_class() -> None:
    tracker = Tracker()
    tracker.update(person(100), stamp=0.0)
    other = Detections([[100, 100, 140, 200]], [0.9], [RED], [1])
    assert tracker.update(other, stamp=0.1) == []


def test_number_of_tracks_is_bounded() -> None:
    rng = np.random.default_rng(0)
    tracker = Tracker()
    for i in range(400):
        x = rng.uniform(0, 5000, 10)
        boxes = np.stack((x, x, x + 40, x + 100), axis=1)
        tracker.update(Detections(boxes, np.full(10, 0.9), rng.normal(size=(10, 8))), i / 10)
    # At most the tracks of the last 2.5 s, not all 4000.
    assert len(tracker._association.table) <= 10 * 25


def test_covariance_is_positive_and_shrinks_with_observations() -> None:
    tracker = Tracker()
    (first,) = tracker.update(person(100), stamp=0.0)
    for i in range(1, 10):
        (track,) = tracker.update(person(100), stamp=i / 30)
    assert (np.linalg.eigvalsh(track.covariance) > 0).all()
    assert np.trace(track.covariance) < np.trace(first.covariance)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ((person(1),), 'stamp must be the time of the frame in seconds, got None'),
        ((person(1), float('nan')), 'got nan'),
        ((Detections([[1, 1, 9, 9]], [0.9], [[1, np.nan]]), 1.0), 'embeddings must be finite'),
        ((person(1), 1.0, None, np.eye(3)), r'camera_motion must be .* \[2, 3\], got \[3, 3\]'),
    ],
    ids=['no stamp', 'nan stamp', 'nan embeddings', 'camera motion'],
)
def test_invalid_input_raises(arguments: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Tracker().update(*arguments)


@pytest.mark.parametrize('stamp', [5.0, 4.9])
def test_stamp_that_does_not_increase_raises(stamp: float) -> None:
    tracker = Tracker()
    tracker.update(person(1), stamp=5.0)
    with pytest.raises(ValueError, match='stamp must increase: got .* after 5.0'):
        tracker.update(person(1), stamp=stamp)


def test_embeddings_of_another_size_raise() -> None:
    tracker = Tracker()
    tracker.update(person(1), stamp=0.0)
    with pytest.raises(ValueError, match='embeddings have 3 numbers, but those of the tracks'):
        tracker.update(Detections([[1, 1, 9, 9]], [0.9], [[1, 2, 3]]), stamp=0.1)


def test_flat_boxes_and_zero_embeddings_give_finite_results() -> None:
    tracker = Tracker()
    flat = Detections([[5, 5, 5, 50], [5, 5, 50, 5]], [0.9, 0.9], np.ones((2, 8)))
    without_appearance = Detections([[100, 100, 140, 200]], [0.9], np.zeros((1, 8)))
    for i in range(5):
        tracker.update(joined(flat, without_appearance), stamp=i / 10)
    (track,) = tracker.update(without_appearance, stamp=1.0)
    assert np.isfinite(track.box_xywh).all()
    assert np.isfinite(track.embedding).all()


def test_settings_can_change_while_tracking() -> None:
    tracker = Tracker(TrackerConfig(score_threshold=0.5))
    tracker.update(person(100, score=0.9), stamp=0.0)
    tracker.reconfigure(TrackerConfig(score_threshold=0.3))
    (track,) = tracker.update(person(100, score=0.9), stamp=0.1)
    assert track.track_id == 1
    with pytest.raises(ValueError, match='cannot change while tracking'):
        tracker.reconfigure(TrackerConfig.reference())


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ({'score_threshold': 1.2}, r'score_threshold must be within 0\.\.1, got 1\.2'),
        ({'score_threshold': 0.1}, 'low_score_threshold must not be above score_threshold'),
        ({'lost_timeout': -1}, 'lost_timeout must be within 0..3600 seconds, got -1'),
        ({'class_thresholds': [2]}, r'class_thresholds must be within 0\.\.1, got 2'),
    ],
)
def test_invalid_settings_raise(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TrackerConfig(**arguments)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ({'variant': 'sort'}, "variant must be one of .* got 'sort'"),
        ({'frame_rate': 0}, 'frame_rate must be positive, got 0'),
        ({'track_buffer': -1}, 'track_buffer must be a number >= 0, got -1'),
        ({'score_threshold': 7}, r'score_threshold must be within 0\.\.1, got 7'),
    ],
)
def test_invalid_reference_settings_raise(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TrackerConfig.reference(**arguments)


def test_times_and_velocities_of_reference_tracks_are_in_seconds() -> None:
    """The reference counts frames; here, there are ten a second."""
    tracker = Tracker(TrackerConfig.reference(frame_rate=10, variant='byte'))
    for i in range(30):
        (track,) = tracker.update(person(100 + 3 * i))
    assert track.age == pytest.approx(2.9)
    assert track.velocity == pytest.approx([30, 0], abs=2)
    for _ in range(4):
        tracker.update(NO_DETECTIONS)
    (track,) = tracker.lost
    assert track.time_since_update == pytest.approx(0.4)


def test_reference_without_embeddings_raises() -> None:
    boxes_only = Detections([[1, 1, 9, 9]], [0.9])
    with pytest.raises(ValueError, match="needs embeddings.*use variant 'byte'"):
        Tracker(TrackerConfig.reference()).update(boxes_only)
    assert len(Tracker(TrackerConfig.reference(variant='byte')).update(boxes_only)) == 1


def test_reference_thresholds_can_change_while_tracking() -> None:
    tracker = Tracker(TrackerConfig.reference(score_threshold=0.5))
    tracker.update(person(100, score=0.9))
    assert tracker.update(person(100, score=0.4)) == []
    tracker.reconfigure(TrackerConfig.reference(score_threshold=0.3))
    (track,) = tracker.update(person(100, score=0.4))
    assert track.track_id == 1
    with pytest.raises(ValueError, match='cannot change while tracking'):
        tracker.reconfigure(TrackerConfig.reference(frame_rate=10))
