"""What goes wrong in the reference, on its recorded edge cases, and not in ours."""

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
    offsets, rows, looks = (arrays[f'{case}/{name}'] for name in ('offsets', 'dets', 'feats'))
    return [
        Detections(rows[a:b, :4], rows[a:b, 4], looks[a:b]) for a, b in itertools.pairwise(offsets)
    ]


def without_looks(frames: Frames) -> Frames:
    return [Detections(d.boxes_xyxy, d.scores) for d in frames]


def shown(tracker: Tracker, frames: Frames) -> Ids:
    """Return the ids in the output of each frame."""
    return [{t.track_id for t in tracker.update(d, i / 30)} for i, d in enumerate(frames)]


def both(frames: Frames) -> Iterator[Ids]:
    """With and without embeddings."""
    for version in (frames, without_looks(frames)):
        yield shown(Tracker(), version)


@pytest.mark.parametrize('case', ['gap_31', 'gap_31_then_1', 'gap_32', 'gap_33'])
def test_a_removed_track_stays_removed(arrays: dict[str, np.ndarray], case: str) -> None:
    """The reference revives it once more and loses it at the next miss (D2)."""
    frames = frames_of(arrays, case)
    config = TrackerConfig(lost_timeout=1.0, reid_timeout=0.0)
    tracker = Tracker(config)
    ids = shown(tracker, frames)
    assert set().union(*ids) == {1, 2}  # the second time it is somebody new ...
    after = [i for i, seen in enumerate(ids) if 2 in seen]
    detected = [i for i, d in enumerate(frames) if len(d) and i >= after[0]]
    assert after == detected  # ... who is shown from then on whenever there is a detection


@pytest.mark.parametrize('case', ['gap_01', 'gap_10', 'gap_29', 'gap_31', 'gap_33'])
def test_who_comes_back_in_time_has_the_old_id(arrays: dict[str, np.ndarray], case: str) -> None:
    frames = frames_of(arrays, case)
    ids = shown(Tracker(), frames)
    assert set().union(*ids) == {1}
    assert [bool(seen) for seen in ids] == [bool(len(d)) for d in frames]


@pytest.mark.parametrize('case', ['appearance_change_lost', 'duplicate_old_lost'])
def test_another_look_on_the_same_spot_is_visible_at_once(
    arrays: dict[str, np.ndarray], case: str
) -> None:
    """The reference hides that person for as long as the lost track lives (D3)."""
    frames = frames_of(arrays, case)
    again = next(i for i, d in enumerate(frames) if i and len(d) and not len(frames[i - 1]))
    for ids in both(frames):
        assert all(len(seen) == 1 for seen in ids[again + 1 :])
        assert len(set().union(*ids)) <= 2  # and no id is burned


def test_fast_newcomers_are_confirmed(arrays: dict[str, np.ndarray]) -> None:
    """The reference never shows somebody who moves by most of a width per frame (D6)."""
    frames = frames_of(arrays, 'unconfirmed_moves')
    first = next(i for i, d in enumerate(frames) if len(d) == 2)
    ids = shown(Tracker(), frames)
    assert all(len(seen) == 2 for seen in ids[first + 1 :])
    assert len(set().union(*ids)) == 2


def test_fast_newcomers_are_confirmed_by_their_boxes_alone() -> None:
    """A runner past a camera of 7 images per second moves by most of a width per image."""
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


def test_people_who_change_their_look_in_sight_keep_their_id(
    arrays: dict[str, np.ndarray],
) -> None:
    for ids in both(frames_of(arrays, 'appearance_change_tracked')):
        assert set().union(*ids) == {1}


def test_crossing_people_keep_their_ids(arrays: dict[str, np.ndarray]) -> None:
    frames = frames_of(arrays, 'crossing')
    tracker = Tracker()
    looks: dict[int, set[int]] = {}
    for i, detections in enumerate(frames):
        for track in tracker.update(detections, i / 30):
            looks.setdefault(track.track_id, set()).add(int(np.argmax(np.abs(track.embedding))))
    assert len(looks) == 2
    assert all(len(of_one) == 1 for of_one in looks.values())


def test_every_edge_case_is_survived(arrays: dict[str, np.ndarray]) -> None:
    cases = sorted({name.split('/')[0] for name in arrays})
    for case in cases:
        for ids in both(frames_of(arrays, case)):
            assert len(ids) == len(frames_of(arrays, case))
