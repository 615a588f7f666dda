# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from dataclasses import fields

import numpy as np
import pytest

from fairmot_ros.types import Detections, Track, Tracks, TrackState


def test_numeric_input_is_converted() -> None:
    found = Detections([[0, 1, 2, 3]], [1], np.ones((1, 4)), [2.0])
    assert found.boxes_xyxy.dtype == found.scores.dtype == np.float32
    assert found.embeddings is not None
    assert found.embeddings.dtype == np.float32
    assert found.class_ids.dtype == np.int64


def test_empty_input() -> None:
    for none in (Detections([], []), Detections.empty(), Detections([], [], np.zeros((0, 8)))):
        assert len(none) == 0
        assert none.boxes_xyxy.shape == (0, 4)
    empty = Detections.empty(16)
    assert empty.embeddings is not None
    assert empty.embeddings.shape == (0, 16)


def test_selection_of_detections() -> None:
    found = Detections(np.arange(12).reshape(3, 4), [0.1, 0.2, 0.3], np.eye(3), [0, 1, 2])
    part = found[found.scores > 0.15]
    assert part.class_ids.tolist() == [1, 2]
    assert part.embeddings is not None
    assert part.embeddings.tolist() == [[0, 1, 0], [0, 0, 1]]


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (([[1, 2, 3]], [1]), r'boxes_xyxy must have shape \[N, 4\], got \[1, 3\]'),
        (([[1, 2, 3, 4]], [1, 1]), r'scores must have shape \[1\], got \[2\]'),
        (([[1, 2, 3, 4]], [1], np.ones((2, 3))), r'embeddings must have shape \[1, D\]'),
        (([[1, 2, 3, 4]], [1], None, [1, 2]), r'class_ids must have shape \[1\]'),
        (([[1, 2, 3, np.nan], [1, 2, 3, 4]], [1, np.inf]), r'finite numbers; rows \[0, 1\]'),
    ],
)
def test_invalid_shapes_raise(arguments: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Detections(*arguments)


def track(number: int, embedding: np.ndarray | None = None) -> Track:
    return Track(
        track_id=number,
        box_xywh=np.array([10.0 * number, 20.0, 30.0, 60.0]),
        score=0.5,
        class_id=number % 2,
        velocity=np.array([1.0, -number]),
        covariance=np.eye(4) * number,
        embedding=embedding,
        state=TrackState.LOST,
        hits=number + 1,
        age=0.5 * number,
        time_since_update=0.25,
    )


@pytest.mark.parametrize('embedding', [None, np.array([0.6, 0.8], np.float32)])
def test_tracks_and_single_tracks_have_the_same_values(embedding: np.ndarray | None) -> None:
    given = [track(1, embedding), track(2, embedding), track(3, embedding)]
    tracks = Tracks.of(given)
    assert tracks.ids.tolist() == [1, 2, 3]
    assert tracks.boxes_xyxy.tolist() == [t.box_xyxy.tolist() for t in given]
    assert (tracks.embeddings is None) == (embedding is None)
    for before, after in zip(given, tracks):
        for field in fields(Track):
            value, expected = getattr(after, field.name), getattr(before, field.name)
            assert np.array_equal(value, expected) if expected is not None else value is None
            assert type(value) is type(expected)
            if isinstance(value, np.ndarray):
                assert value.dtype == expected.dtype


def test_tracks_are_indexed_like_lists_and_arrays() -> None:
    tracks = Tracks.of([track(1), track(2), track(3)])
    assert len(tracks) == 3
    assert tracks[-1].track_id == 3
    assert [t.track_id for t in tracks[1:]] == [2, 3]
    assert tracks[np.array([True, False, True])].ids.tolist() == [1, 3]
    assert tracks[np.array([2, 0])].hits.tolist() == [4, 2]
    with pytest.raises(IndexError):
        tracks[3]
    (first, _, _) = tracks
    assert first is tracks[0]


def test_tracks_are_compared_like_lists() -> None:
    tracks = Tracks.of([track(1), track(2)])
    assert tracks == list(tracks)
    assert tracks != [track(1), track(2)]
    assert not Tracks.of([])
    assert Tracks.of([]) == []
    assert Tracks.of([]).boxes_xywh.shape == (0, 4)
