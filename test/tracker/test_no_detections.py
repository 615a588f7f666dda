# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Frames without detections, in every form of empty arrays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from fairmot_ros.tracker import REFERENCE_VARIANTS, Tracker, TrackerConfig
from fairmot_ros.tracker.gallery import Gallery, GalleryConfig
from fairmot_ros.tracker.matching.assignment import assign
from fairmot_ros.tracker.matching.candidate_pairs import (
    NO_PAIRS,
    appearance_distance,
    intersecting,
    of_one_class,
    overlapping,
    reference_appearance_distance,
    within_gate,
)
from fairmot_ros.tracker.motion.camera_motion import CameraMotion
from fairmot_ros.types import Detections

CONFIGS = {
    'default': TrackerConfig(),
    'reidentification': TrackerConfig(reid_timeout=2.0, max_reid_distance=0.2),
    'all classes': TrackerConfig(separate_classes=False, class_thresholds=(0.3, 0.2)),
    **{name: TrackerConfig.reference(variant=name) for name in REFERENCE_VARIANTS},
}
EMPTY = {
    'lists': Detections([], [], [], []),
    'without embeddings': Detections([], []),
    'embeddings [0, 4]': Detections(np.zeros((0, 4)), [], np.zeros((0, 4))),
    'embeddings [0, 0]': Detections(np.zeros((0, 4)), [], np.zeros((0, 0))),
    'embeddings of another size': Detections.empty(7),
    'empty()': Detections.empty(),
}
EMBEDDING = np.array([[1.0, 2.0, 3.0, 4.0]])


def one(score: float = 0.95, x: float = 100.0) -> Detections:
    return Detections([[x, 100, x + 40, 220]], [score], EMBEDDING)


@pytest.mark.parametrize('motion', [None, np.eye(2, 3)], ids=['', 'camera motion'])
@pytest.mark.parametrize('empty', EMPTY.values(), ids=EMPTY)
@pytest.mark.parametrize('config', CONFIGS.values(), ids=CONFIGS)
@pytest.mark.parametrize('gallery', [False, True], ids=['', 'gallery'])
def test_tracks_age_through_frames_without_detections(
    config: TrackerConfig, empty: Detections, gallery: bool, motion: np.ndarray | None
) -> None:
    if gallery and not config.uses_embeddings:
        pytest.skip('this variant has no embeddings')
    tracker = Tracker(config, gallery=Gallery(GalleryConfig()) if gallery else None)

    def update(detections: Detections, frame: int) -> list[int]:
        image = np.full((240, 320, 3), frame, np.uint8)
        tracks = tracker.update(detections, 1 + frame / 30, image, motion)
        return [track.track_id for track in tracks]

    assert update(empty, 0) == []
    update(one(), 1)
    update(one(), 2)
    assert update(one(), 3) == [1]
    assert update(empty, 4) == update(empty, 5) == []
    (lost,) = tracker.lost
    assert (lost.track_id, lost.time_since_update) == (1, pytest.approx(2 / 30))
    assert update(one(score=0.01), 6) == []  # the score is too low to count
    assert update(one(), 7) == [1]
    for frame in range(8, 80):
        assert update(empty, frame) == []
    assert len(tracker.lost) == len(tracker.tentative) == 0
    tracker.reset()
    assert update(empty, 81) == []


@pytest.mark.parametrize('empty', EMPTY.values(), ids=EMPTY)
def test_selection_of_no_detections_is_empty(empty: Detections) -> None:
    for rows in (slice(None), slice(0, 5), np.zeros(0, bool), np.zeros(0, np.int64)):
        chosen = empty[rows]
        assert len(chosen) == 0
        assert chosen.boxes_xyxy.shape == (0, 4)
        assert (chosen.embeddings is None) == (empty.embeddings is None)


NO_BOXES, ONE_BOX = np.zeros((4, 0)), np.array([[0.0], [0.0], [5.0], [9.0]])


@pytest.mark.parametrize(
    ('a', 'b'), [(NO_BOXES, ONE_BOX), (ONE_BOX, NO_BOXES), (NO_BOXES, NO_BOXES)]
)
def test_no_boxes_give_no_pairs(a: np.ndarray, b: np.ndarray) -> None:
    assert [len(part) for part in intersecting(a[:2], a[2:], b[:2], b[2:])] == [0, 0]
    assert [len(part) for part in overlapping(a, b)] == [0, 0, 0]
    assert [len(part) for part in within_gate(a, np.ones_like(a), b, 9.0)] == [0, 0, 0]


@pytest.mark.parametrize('distance', [appearance_distance, reference_appearance_distance])
@pytest.mark.parametrize('tracks', [(0, 0), (0, 4), (3, 4)])
@pytest.mark.parametrize('detections', [(0, 0), (0, 4), (3, 4)])
def test_appearance_distance_of_no_pairs_is_empty(
    distance: Callable, tracks: tuple[int, int], detections: tuple[int, int]
) -> None:
    found = distance(NO_PAIRS, np.zeros(tracks, 'f4'), np.zeros(detections, 'f4'))
    assert (found.shape, found.dtype) == ((0,), np.float64)


@pytest.mark.parametrize('backend', ['lap', 'scipy'])
def test_no_pairs_give_no_matches(backend: str) -> None:
    assert [len(part) for part in assign(NO_PAIRS, 0.5, backend)] == [0, 0]
    none = np.zeros(0, np.int64)
    assert len(of_one_class(NO_PAIRS, none, none).rows) == 0


@pytest.mark.parametrize('shape', [(120, 160, 3), (1, 1, 3)])
def test_camera_motion_without_boxes(shape: tuple[int, ...]) -> None:
    motion = CameraMotion()
    for seed in range(3):
        image = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
        assert motion.estimate(image, np.zeros((0, 4))).shape == (2, 3)


def test_empty_gallery_rejects_empty_embeddings() -> None:
    gallery = Gallery(GalleryConfig())
    assert gallery.query(np.ones(4), 5) == []
    assert gallery.names == list(gallery.enrolled()) == []
    assert gallery.names_by_track() == {}
    assert gallery.forget() == gallery.forget(3) == gallery.forget('unknown') == 0
    for nothing in (np.zeros((0, 4)), np.zeros((0, 0)), np.zeros(0)):
        with pytest.raises(ValueError, match='embedding'):
            gallery.enrol('Ada', nothing)
    with pytest.raises(ValueError, match='embedding'):
        gallery.query(np.zeros(0))
    assert gallery.names == []
