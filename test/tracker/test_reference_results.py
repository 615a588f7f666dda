# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reference associations reproduce the recorded results of the published trackers."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from recordings import SHIPPED, recordings

from fairmot_ros.tracker import REFERENCE_VARIANTS, Tracker, TrackerConfig
from fairmot_ros.tracker.matching.assignment import assign
from fairmot_ros.tracker.motion import kalman
from fairmot_ros.types import Detections

SCENES = recordings('scene_?_*[0-9].npz')
OWN_SCENES = Path(__file__).parent / 'data'
Rows = list[tuple[int, np.ndarray, float]]


def recorded(path: Path) -> dict[tuple[str, int], Rows]:
    """Read `[case,]frame,id,x,y,w,h,score,shown` lines."""
    packed = path.with_name(path.name + '.gz')
    text = gzip.decompress(packed.read_bytes()).decode() if packed.exists() else path.read_text()
    frames: dict[tuple[str, int], Rows] = {}
    for line in text.split():
        columns = line.split(',')
        case = '' if columns[0].isdigit() else columns.pop(0)
        values = [float(v) for v in columns]
        row = (int(values[1]), np.array(values[2:6]), values[6])
        frames.setdefault((case, int(values[0])), []).append(row)
    return frames


class Scene:
    """A recorded stream of detections with the parameters it was run with."""

    def __init__(self, arrays: dict[str, np.ndarray], case: str = '') -> None:
        prefix = f'{case}/' if case else ''
        self.case = case
        self.arrays = {
            k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)
        }

    def config(self, variant: str) -> TrackerConfig:
        names = {'frame_rate': 30, 'track_buffer': 30, 'conf_thres': 0.4}
        rate, buffer, threshold = (self.arrays.get(n, d) for n, d in names.items())
        return TrackerConfig.reference(float(rate), float(buffer), float(threshold), variant)

    def __iter__(self) -> Iterator[Detections]:
        rows, features = self.arrays['dets'], self.arrays['feats']
        for start, end in zip(self.arrays['offsets'][:-1], self.arrays['offsets'][1:]):
            part = slice(int(start), int(end))
            yield Detections(rows[part, :4], rows[part, 4], features[part])


def assert_same(scene: Scene, variant: str, expected: dict[tuple[str, int], Rows]) -> None:
    tracker = Tracker(scene.config(variant))
    for frame, detections in enumerate(scene, start=1):
        tracks = tracker.update(detections)
        rows = expected.get((scene.case, frame), [])
        assert [t.track_id for t in tracks] == [r[0] for r in rows], (scene.case, frame)
        for track, (_, box, score) in zip(tracks, rows):
            assert np.abs(track.box_xywh - box).max() < 1e-6, (scene.case, frame)
            assert track.score == pytest.approx(score, abs=1e-6)


@pytest.mark.parametrize('variant', REFERENCE_VARIANTS)
@pytest.mark.parametrize('path', SCENES)
def test_scenes(path: Path, variant: str) -> None:
    scene = Scene(dict(np.load(path)))
    assert_same(scene, variant, recorded(path.with_name(f'{path.stem}.{variant}.txt')))


@pytest.mark.parametrize('variant', REFERENCE_VARIANTS)
@pytest.mark.parametrize('path', recordings('edge_cases.npz'))
def test_edge_cases(path: Path, variant: str) -> None:
    arrays = dict(np.load(path))
    expected = recorded(path.with_name(f'edge_cases.{variant}.txt'))
    cases = sorted({name.split('/')[0] for name in arrays})
    assert len(cases) >= 40
    for case in cases:
        assert_same(Scene(arrays, case), variant, expected)


@pytest.mark.parametrize('variant', REFERENCE_VARIANTS)
def test_own_scene(variant: str) -> None:
    scene = Scene(dict(np.load(OWN_SCENES / 'crossing.npz')))
    assert_same(scene, variant, recorded(OWN_SCENES / f'crossing.{variant}.txt'))


@pytest.fixture
def without_lap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use SciPy, as a plain ROS installation without lap does."""
    monkeypatch.setattr(
        'fairmot_ros.tracker.matching.matches.assign', partial(assign, backend='scipy')
    )


@pytest.mark.parametrize('variant', REFERENCE_VARIANTS)
def test_own_scene_without_lap(variant: str, without_lap: None) -> None:
    test_own_scene(variant)


@pytest.mark.parametrize('variant', REFERENCE_VARIANTS)
@pytest.mark.parametrize('path', SCENES)
def test_scenes_without_lap(path: Path, variant: str, without_lap: None) -> None:
    test_scenes(path, variant)


def test_filter_states() -> None:
    """Compare mean and variances of all tracked and lost tracks after each frame."""
    scene = Scene(dict(np.load(SHIPPED / 'scene_e_lowfps_100x25.npz')))
    states = dict(np.load(SHIPPED / 'scene_e_lowfps_100x25.fairmot.states.npz'))
    numbers = states['states'][:, :2].astype(int).tolist()  # frame, id
    recorded_states = dict(zip(map(tuple, numbers), zip(states['states'], states['cov_diag'])))
    tracker = Tracker(scene.config('fairmot'))
    compared = 0
    for frame, detections in enumerate(scene, start=1):
        tracker.update(detections)
        table = tracker._association.table
        for row, track_id in enumerate(table.ids.tolist()):
            state, variances = recorded_states[frame, track_id]
            filtered = table.state[..., row]
            assert filtered[:2].ravel() == pytest.approx(state[-8:], abs=1e-6)
            assert filtered[[kalman.PP, kalman.VV]].ravel() == pytest.approx(variances, rel=1e-6)
            compared += 1
    assert compared > 1000
