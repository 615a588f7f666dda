# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Default association: the effect of each setting and stage."""

from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.types import Detections, Track

EMBEDDINGS = np.eye(8)


def people(
    *boxes_and_identities: tuple[float, int], score: float = 0.9, classes: list[int] | None = None
) -> Detections:
    """Return boxes of 40 x 100 pixels at each x, with the embedding of an identity."""
    boxes = [[x, 100, x + 40, 200] for x, _ in boxes_and_identities]
    embeddings = [EMBEDDINGS[identity] for _, identity in boxes_and_identities]
    return Detections(boxes, [score] * len(boxes), embeddings, classes)


NO_DETECTIONS = Detections.empty(8)


def last(
    tracker: Tracker, frames: list[Detections], start: float = 0.0, rate: float = 10.0
) -> list[Track]:
    """Process frames at a given rate and return the tracks of the last one."""
    for i, detections in enumerate(frames):
        tracks = tracker.update(detections, start + i / rate)
    return tracks


def ids(tracks: list[Track]) -> list[int]:
    return [track.track_id for track in tracks]


@pytest.mark.parametrize(('recover', 'expected'), [(True, [1]), (False, [])])
def test_low_scores_continue_a_track(recover: bool, expected: list[int]) -> None:
    tracker = Tracker(TrackerConfig(recover_low_scores=recover))
    last(tracker, [people((100, 0))] * 5)
    assert ids(tracker.update(people((101, 0), score=0.3), 1.0)) == expected


@pytest.mark.parametrize(('seconds', 'expected'), [(30.0, 1), (0.0, 2)])
def test_long_lost_track_is_reidentified_by_appearance(seconds: float, expected: int) -> None:
    tracker = Tracker(TrackerConfig(reid_timeout=seconds))
    last(tracker, [people((100, 0))] * 5)
    last(tracker, [NO_DETECTIONS] * 80, start=1.0)
    (track,) = last(tracker, [people((900, 0))] * 3, start=10.0)
    assert track.track_id == expected


@pytest.mark.parametrize(
    ('use', 'expected'), [(True, {0.9: 1, 0.8: 2}), (False, {0.9: 2, 0.8: 1})]
)
def test_appearance_goes_before_the_nearest_box(use: bool, expected: dict[float, int]) -> None:
    """Two people change places between two frames; their scores tell which one has which id."""
    tracker = Tracker(TrackerConfig(use_appearance=use))
    last(tracker, [people((100, 0), (125, 1))] * 5)
    boxes = people((122, 0), (103, 1)).boxes_xyxy
    tracks = tracker.update(Detections(boxes, [0.9, 0.8], EMBEDDINGS[[0, 1]]), 0.5)
    assert {round(track.score, 1): track.track_id for track in tracks} == expected


def test_another_identity_does_not_get_the_id_of_a_lost_track() -> None:
    tracker = Tracker()
    last(tracker, [people((100, 0))] * 5)
    last(tracker, [NO_DETECTIONS] * 80, start=1.0)
    (track,) = last(tracker, [people((900, 1))] * 3, start=10.0)
    assert track.track_id == 2


@pytest.mark.parametrize(('skip', 'is_unchanged'), [(True, True), (False, False)])
def test_occluded_detections_do_not_change_the_embedding(skip: bool, is_unchanged: bool) -> None:
    """A person walks behind another, whose appearance then dominates both embeddings."""
    tracker = Tracker(TrackerConfig(skip_occluded_appearance=skip))
    apart = people((100, 0), (300, 1))
    mixed = [0.5 * EMBEDDINGS[0] + EMBEDDINGS[1], EMBEDDINGS[1]]
    behind = Detections([[100, 100, 140, 195], [108, 100, 148, 200]], [0.9, 0.9], mixed)
    for i in range(5):
        tracker.update(apart, i / 10)
    for i in range(5, 15):
        share = (i - 4) / 10
        frame = Detections(
            (1 - share) * apart.boxes_xyxy + share * behind.boxes_xyxy,
            [0.9, 0.9],
            EMBEDDINGS[[0, 1]],
        )
        tracker.update(frame, i / 10)
    for i in range(15, 40):
        tracks = tracker.update(behind, i / 10)
    assert ids(tracks) == [1, 2]
    assert (tracks[0].embedding @ EMBEDDINGS[0] > 0.9) == is_unchanged


@pytest.mark.parametrize(('separate', 'expected'), [(True, []), (False, [1])])
def test_separate_classes(separate: bool, expected: list[int]) -> None:
    tracker = Tracker(TrackerConfig(separate_classes=separate))
    last(tracker, [people((100, 0))] * 5)
    assert ids(tracker.update(people((100, 0), classes=[1]), 1.0)) == expected


def test_class_thresholds() -> None:
    config = TrackerConfig(class_thresholds=[0.0, 0.8], min_score_scale=1.0)
    for class_id, score, count in ((0, 0.7, 1), (1, 0.7, 0), (1, 0.95, 1), (7, 0.7, 1)):
        detections = people((100, 0), score=score, classes=[class_id])
        assert len(last(Tracker(config), [detections] * 3)) == count, (class_id, score)


@pytest.mark.parametrize(('class_id', 'score', 'count'), [(0, 0.7, 1), (1, 0.7, 0), (1, 0.85, 1)])
def test_class_thresholds_raise_the_threshold_of_new_tracks(
    class_id: int, score: float, count: int
) -> None:
    """A class whose threshold is 0.2 higher needs scores 0.2 higher for new tracks, too."""
    config = TrackerConfig(
        score_threshold=0.4,
        new_track_threshold=0.6,
        class_thresholds=[0.0, 0.6],
        min_score_scale=1.0,
    )
    detections = people((100, 0), score=score, classes=[class_id])
    assert len(last(Tracker(config), [detections] * 3)) == count


@pytest.mark.parametrize('use', [True, False])
def test_use_camera_motion(use: bool) -> None:
    tracker = Tracker(TrackerConfig(use_camera_motion=use, use_appearance=False))
    last(tracker, [people((100, 0))] * 5)
    shift = [[1, 0, 200], [0, 1, 0]]
    assert ids(tracker.update(people((300, 0)), 0.5, camera_motion=shift)) == ([1] if use else [])


@pytest.mark.parametrize('estimate', [True, False])
def test_estimate_camera_motion(estimate: bool) -> None:
    pytest.importorskip('cv2', reason='needs OpenCV')
    rng = np.random.default_rng(0)
    wall = np.kron(rng.integers(0, 255, (60, 120, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    tracker = Tracker(TrackerConfig(estimate_camera_motion=estimate, use_appearance=False))
    for i in range(5):
        tracker.update(people((100, 0)), i / 10, image=wall[:, 60:700])
    tracks = tracker.update(people((160, 0)), 0.5, image=wall[:, :640])
    assert ids(tracks) == ([1] if estimate else [])


def test_frames_with_and_without_embeddings_can_alternate() -> None:
    tracker = Tracker()
    for i in range(30):
        detections = people((100 + 3 * i, 0), (400 - 3 * i, 1))
        if i % 3:
            detections = Detections(detections.boxes_xyxy, detections.scores)
        tracks = tracker.update(detections, i / 10)
    assert ids(tracks) == [1, 2]
    assert [int(np.argmax(t.embedding)) for t in tracks] == [0, 1]


def test_track_without_embeddings_has_none() -> None:
    (track,) = last(Tracker(), [Detections([[1, 1, 41, 101]], [0.9])] * 3)
    assert track.embedding is None


def test_duplicate_detection_spawns_no_track() -> None:
    tracker = Tracker()
    last(tracker, [people((100, 0))] * 3)
    last(tracker, [people((100, 0), (103, 0))] * 5, start=1.0)
    assert tracker.last_id == 1


def test_low_scores_delay_confirmation() -> None:
    delays = []
    for score in (0.95, 0.65):
        tracker = Tracker(TrackerConfig(min_score_scale=1.0))
        tracker.update(NO_DETECTIONS, 0.0)
        visible = [
            bool(tracker.update(people((100, 0), score=score), i / 10)) for i in range(1, 20)
        ]
        delays.append(visible.index(True) + 1)
    assert delays[0] == 2
    assert 3 <= delays[1] <= 8


@pytest.mark.parametrize(
    ('others', 'height', 'expected'),
    [
        pytest.param([], 100, [1], id='unambiguous'),
        pytest.param([], 150, [], id='another height'),
        pytest.param([(70, 100)], 100, [], id='two detections'),
    ],
)
def test_small_overlap_matches_unambiguous_pairs(
    others: list[tuple[float, float]], height: float, expected: list[int]
) -> None:
    def frame(*places: tuple[float, float]) -> Detections:
        boxes = [[x, 200 - height, x + 40, 200] for x, height in places]
        return Detections(boxes, [0.9] * len(boxes))

    tracker = Tracker()
    last(tracker, [frame((100, 100))] * 5)
    tracks = tracker.update(frame((130, height), *others), 0.5)
    assert ids(tracks) == expected
