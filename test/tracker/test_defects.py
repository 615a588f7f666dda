# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Edge cases in which the reference fails and the default association does not."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from recordings import SHIPPED

from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.types import Detections

Frames = list[Detections]
Ids = list[set[int]]


@pytest.fixture(scope='module')
def arrays() -> dict[str, np.ndarray]:
    return dict(np.load(SHIPPED / 'edge_cases.npz'))


def frames_of(arrays: dict[str, np.ndarray], case: str) -> Frames:
    offsets, rows, embeddings = (arrays[f'{case}/{name}'] for name in ('offsets', 'dets', 'feats'))
    return [
        Detections(rows[a:b, :4], rows[a:b, 4], embeddings[a:b])
        for a, b in itertools.pairwise(offsets)
    ]


def without_embeddings(frames: Frames) -> Frames:
    return [Detections(d.boxes_xyxy, d.scores) for d in frames]


def visible_ids(tracker: Tracker, frames: Frames) -> Ids:
    """Return the ids of the visible tracks in each frame, at 30 Hz."""
    return [{t.track_id for t in tracker.update(d, i / 30)} for i, d in enumerate(frames)]


def with_and_without_embeddings(frames: Frames) -> Iterator[Ids]:
    """Yield the ids of each frame with embeddings, then without."""
    for version in (frames, without_embeddings(frames)):
        yield visible_ids(Tracker(), version)


@pytest.mark.parametrize('case', ['gap_31', 'gap_31_then_1', 'gap_32', 'gap_33'])
def test_removed_track_is_not_revived(arrays: dict[str, np.ndarray], case: str) -> None:
    """The reference matches it once more and drops it at the next miss."""
    frames = frames_of(arrays, case)
    config = TrackerConfig(lost_timeout=1.0, reid_timeout=0.0)
    tracker = Tracker(config)
    ids = visible_ids(tracker, frames)
    assert set().union(*ids) == {1, 2}  # a new track after the gap ...
    after = [i for i, seen in enumerate(ids) if 2 in seen]
    detected = [i for i, d in enumerate(frames) if len(d) and i >= after[0]]
    assert after == detected  # ... which is visible in every frame with a detection


@pytest.mark.parametrize('case', ['gap_01', 'gap_10', 'gap_29', 'gap_31', 'gap_33'])
def test_track_keeps_its_id_after_a_short_gap(arrays: dict[str, np.ndarray], case: str) -> None:
    frames = frames_of(arrays, case)
    ids = visible_ids(Tracker(), frames)
    assert set().union(*ids) == {1}
    assert [bool(seen) for seen in ids] == [bool(len(d)) for d in frames]


@pytest.mark.parametrize('case', ['appearance_change_lost', 'duplicate_old_lost'])
def test_new_identity_at_the_place_of_a_lost_track_is_visible(
    arrays: dict[str, np.ndarray], case: str
) -> None:
    """The reference does not output it until the lost track expires."""
    frames = frames_of(arrays, case)
    again = next(i for i, d in enumerate(frames) if i and len(d) and not len(frames[i - 1]))
    for ids in with_and_without_embeddings(frames):
        assert all(len(seen) == 1 for seen in ids[again + 1 :])
        assert len(set().union(*ids)) <= 2  # no further track was spawned


def test_fast_new_track_is_confirmed(arrays: dict[str, np.ndarray]) -> None:
    """The reference never confirms a track that moves by most of its width per frame."""
    frames = frames_of(arrays, 'unconfirmed_moves')
    first = next(i for i, d in enumerate(frames) if len(d) == 2)
    ids = visible_ids(Tracker(), frames)
    assert all(len(seen) == 2 for seen in ids[first + 1 :])
    assert len(set().union(*ids)) == 2


def test_fast_new_track_is_confirmed_without_embeddings() -> None:
    """At 7 frames per second, a runner moves by most of a width per frame."""
    tracker, ids = Tracker(), []
    for i in range(12):
        boxes = [[100, 300, 160, 450]]
        if i >= 4:
            x = 300 + 40 * i
            boxes.append([x, 300, x + 60, 450])
        ids.append(
            {t.track_id for t in tracker.update(Detections(boxes, [0.9] * len(boxes)), i / 7)}
        )
    assert all(len(seen) == 2 for seen in ids[5:])
    assert tracker.last_id == 2


def test_tracked_identity_keeps_its_id_when_its_appearance_changes(
    arrays: dict[str, np.ndarray],
) -> None:
    for ids in with_and_without_embeddings(frames_of(arrays, 'appearance_change_tracked')):
        assert set().union(*ids) == {1}


def test_crossing_tracks_keep_their_ids(arrays: dict[str, np.ndarray]) -> None:
    frames = frames_of(arrays, 'crossing')
    tracker = Tracker()
    identities: dict[int, set[int]] = {}
    for i, detections in enumerate(frames):
        for track in tracker.update(detections, i / 30):
            identities.setdefault(track.track_id, set()).add(
                int(np.argmax(np.abs(track.embedding)))
            )
    assert len(identities) == 2
    assert all(len(of_one) == 1 for of_one in identities.values())


def test_every_edge_case_has_a_result_for_each_frame(arrays: dict[str, np.ndarray]) -> None:
    cases = sorted({name.split('/')[0] for name in arrays})
    for case in cases:
        for ids in with_and_without_embeddings(frames_of(arrays, case)):
            assert len(ids) == len(frames_of(arrays, case))
